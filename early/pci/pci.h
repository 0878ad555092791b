/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PCI_H
#define PASSTHRU_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* PCI functions as sysfs has them: addresses, IDs, attributes, framebuffers, IOMMUs. */

/* -- address ------------------------------------------------------------------------- */

/*
 * The address of a PCI function. sysfs writes it as DOMAIN:BUS:SLOT.FUNCTION in hex; the
 * domain has at least four digits, and more behind Intel VMD. Source: dev_set_name() in
 * drivers/pci/probe.c.
 */
struct pci_address {
	uint32_t domain;
	uint8_t bus;
	uint8_t slot;	  /* 0 to 0x1f */
	uint8_t function; /* 0 to 7 */
};

/* The most elements that a path has after its first one. */
#define ADDRESS_STEPS_MAX 15

/*
 * An address as written: one function, or every function of its slot if any_function is
 * set, or of its bus if any_slot is set, too. Or a path: the address of a bridge on a
 * root bus, then the slot and function of each device on the way down, whatever the
 * number of its bus. With is_below, the last step stands for whatever is there and below.
 */
struct address_pattern {
	struct pci_address address;
	bool any_function;
	bool any_slot;
	bool is_below;
	uint8_t step_count;		  /* 0: not a path */
	uint8_t steps[ADDRESS_STEPS_MAX]; /* slot << 3 | function */
};

#define ADDRESS_SIZE sizeof("ffffffff:ff:1f.7")

/*
 * Parses [DOMAIN:]BUS:SLOT.FUNCTION[/SLOT.FUNCTION...] from all of text[0..length). The
 * last FUNCTION may be "*", or be left out with its dot, which means the same; the slot
 * of an address may be "*", and the last element of a path. libvirt's name of a device,
 * pci_DOMAIN_BUS_SLOT_FUNCTION, is an address, too. The default domain is 0. The kernel
 * reads paths in this form, too: pci_dev_str_match_path() in drivers/pci/pci.c. Returns
 * 0, or -EINVAL with *ret_why set to a static phrase for the user and *ret_at to the
 * offset of the error.
 */
int address_parse(const char *text, size_t length, struct address_pattern *ret,
		  const char **ret_why, size_t *ret_at);

/* Parses the address of one function, in the spelling of sysfs only. */
int address_parse_name(const char *name, struct pci_address *ret);

/* Writes the address as sysfs does, NUL-terminated. */
void address_format(const struct pci_address *address, char name[static ADDRESS_SIZE]);

/* Orders by domain, bus, slot, function: negative, 0 or positive. */
int address_compare(const struct pci_address *a, const struct pci_address *b);

/* Whether both are functions of one slot, of one card for example. */
bool address_is_same_slot(const struct pci_address *a, const struct pci_address *b);

/* Whether both patterns are the same, but for how they are written. */
bool address_is_same_pattern(const struct address_pattern *a,
			     const struct address_pattern *b);

/* The most functions that a slot has besides one. */
#define ADDRESS_SIBLINGS_MAX 7

/* Whether a path in /sys/devices leads through the function, or ends at it. */
bool address_is_in_path(const struct pci_address *address, const char *path);

/* -- id ------------------------------------------------------------------------------ */

/* A function's identity, from its configuration space. Source: struct pci_dev. */
struct pci_id {
	uint32_t vendor;
	uint32_t device;
	uint32_t subvendor;
	uint32_t subdevice;
	uint32_t class; /* 24 bits: base class, subclass, programming interface */
};

/* The wildcard of all ID fields: PCI_ANY_ID in include/linux/mod_devicetable.h. */
#define PCI_ANY UINT32_C(0xffffffff)

/* Room for the name of a driver, or of its module, and a NUL. */
#define DRIVER_NAME_SIZE 64

/* -- bar ----------------------------------------------------------------------------- */

#define PCI_BARS 6

/*
 * Reads the sizes of the BARs in bytes, 0 for one that the device does not have or that
 * has lost its place. Returns 0 or a negative errno.
 */
int pci_read_bars(int bus_fd, const struct pci_address *address,
		  uint64_t ret[static PCI_BARS]);

/* -- framebuffer --------------------------------------------------------------------- */

/*
 * The boot framebuffer: until a display's own driver loads, the kernel draws into the
 * video memory that the firmware has set up, through a platform device. As long as this
 * device exists, nobody else can map the BAR below it. vfio-pci evicts it, but only from
 * devices of class 0300. Sources: drivers/firmware/sysfb.c, vfio_pci_vga_init() in
 * drivers/vfio/pci/vfio_pci_core.c.
 */
struct framebuffer {
	char device[64]; /* the platform device, such as efi-framebuffer.0 */
	char driver[DRIVER_NAME_SIZE]; /* the driver that it is bound to */
};

/*
 * Finds the boot framebuffer if it overlaps a BAR of the PCI device: its platform device
 * is a child of the PCI device, or /proc/iomem has a foreign region inside the BAR.
 * root_fd is the directory above sys and proc. Returns 0, -ENOENT if there is none on
 * this device, or another negative errno.
 */
int framebuffer_find(int root_fd, const struct pci_address *address,
		     struct framebuffer *ret);

/*
 * Unbinds the framebuffer from its driver, which removes the consoles on it. Returns 0,
 * -EBUSY if a region still overlaps the BAR afterwards, or another negative errno.
 */
int framebuffer_release(int root_fd, const struct pci_address *address,
			const struct framebuffer *framebuffer);

/* Binds it to its driver again. */
int framebuffer_restore(int root_fd, const struct framebuffer *framebuffer);

/* -- pci ----------------------------------------------------------------------------- */

#define NO_GROUP (-1)

/* include/linux/pci_ids.h */
#define PCI_BASE_CLASS_STORAGE	     0x01
#define PCI_BASE_CLASS_NETWORK	     0x02
#define PCI_BASE_CLASS_DISPLAY	     0x03
#define PCI_BASE_CLASS_BRIDGE	     0x06
#define PCI_BASE_CLASS_COMMUNICATION 0x07
#define PCI_CLASS_DISPLAY_VGA	     0x0300
#define PCI_CLASS_DISPLAY_3D	     0x0302
#define PCI_CLASS_MULTIMEDIA_HDA     0x0403

/* A PCI function. */
struct pci_device {
	struct pci_address address;
	struct pci_id id;
	/* Known only after pci_read_paths(); not a path if it is on a root bus: */
	struct address_pattern path;
	/* Attributes, known only after pci_read_attributes(): */
	bool is_read;
	bool is_gone;	      /* it has vanished since the scan */
	int group;	      /* number of its IOMMU group, or NO_GROUP */
	bool is_bridge;	      /* its configuration header is not type 0 */
	bool has_vfs;	      /* a physical function with enabled virtual ones */
	bool is_boot_display; /* the firmware uses it for the boot messages */
	/* Known only after pci_read_physical() or pfs_find(): */
	bool is_virtual;	       /* a virtual function, */
	struct pci_address physical;   /* and of which one */
	char driver[DRIVER_NAME_SIZE]; /* it is bound to; "" for none */
	/* SR-IOV, known only after pfs_find(): */
	bool gives_vfs;	  /* passthru.vfs names this physical function */
	bool is_given;	  /* it names that of this virtual function */
	bool is_silenced; /* a virtual function; passthru keeps the host's drivers from it
			   */
};

/* Every PCI function that sysfs knows, sorted by address. */
struct pci_list {
	struct pci_device *devices;
	size_t count;
	int error; /* why one that is there could not be read and is missing, or 0 */
};

/*
 * Reads the address and ID of every function below bus_fd, which is /sys/bus/pci, with
 * three system calls each. Skips a function that vanishes meanwhile. Returns 0 or a
 * negative errno; release with pci_list_free() in either case.
 */
int pci_scan(int bus_fd, struct pci_list *ret);

/*
 * The same for the functions of the slot and the members of the IOMMU group of the
 * function at that address only; -ENOENT if it has no group.
 */
int pci_scan_group(int bus_fd, const struct pci_address *address, struct pci_list *ret);

void pci_list_free(struct pci_list *list);

/*
 * Reads the path to each device of the list, with one system call each. Only patterns
 * that are paths need it.
 */
void pci_read_paths(int bus_fd, struct pci_list *list);

/* Whether the pattern means the device. For a path, that of the device must be known. */
bool pci_matches(const struct pci_device *device, const struct address_pattern *pattern);

/* Whether a function in the list, of the slot that the address is in, is a display or has
 * serial ports. */
bool pci_slot_has_console(const struct pci_list *list, const struct pci_address *address);

/*
 * Whether both are functions of one card, which is claimed as a whole. A virtual function
 * is a card of its own: each may belong to somebody else.
 */
bool pci_is_same_card(const struct pci_device *a, const struct pci_device *b);

/* Source: PCI_CLASS_REVISION in include/uapi/linux/pci_regs.h. */
static inline unsigned pci_base_class(const struct pci_id *id)
{
	return id->class >> 16;
}

static inline bool pci_is_display(const struct pci_id *id)
{
	return pci_base_class(id) == PCI_BASE_CLASS_DISPLAY;
}

/*
 * Reads the attributes of a device, unless they have been read. Reads none for which the
 * kernel takes the device's lock: a device that hangs must not hang the boot here.
 */
void pci_read_attributes(int bus_fd, struct pci_device *device);

/*
 * Reads again what may have changed since: the driver, whether the device is there, and
 * its IOMMU group if it had none. Returns a negative errno if the driver is unknown.
 */
int pci_read_again(int bus_fd, struct pci_device *device);

/*
 * Reads the attributes of the other members of the device's IOMMU group that are in the
 * list. Returns 0 or a negative errno.
 */
int pci_read_group_attributes(int bus_fd, const struct pci_device *device,
			      struct pci_list *list);

/*
 * Reads the attributes of all functions of the device's slot that are in the list, and of
 * those without a group that again, and whether they are virtual ones. Returns whether
 * any still has none.
 */
bool pci_read_slot_attributes(int bus_fd, const struct pci_device *device,
			      struct pci_list *list);

/* Reads whether the device is a virtual function, and which one its physical one is. */
void pci_read_physical(int bus_fd, struct pci_device *device);

/* Reads the attributes of all displays in the list. */
void pci_read_display_attributes(int bus_fd, struct pci_list *list);

/*
 * The functions of the slot of a device of the list are neighbours: the first one, and
 * the one after *device, or NULL.
 */
struct pci_device *pci_slot_first(const struct pci_list *list,
				  const struct pci_device *device);
struct pci_device *pci_slot_next(const struct pci_list *list,
				 const struct pci_device *device);

/* The device at that address, or NULL. */
struct pci_device *pci_list_find(const struct pci_list *list,
				 const struct pci_address *address);

/* Whether both are of the same vendor and model, all that a report has of an ID. */
bool pci_is_same_model(const struct pci_id *a, const struct pci_id *b);

/* Reads the driver that the device is bound to, "" for none. Returns 0 or a negative
 * errno. */
int pci_read_driver(int bus_fd, const struct pci_address *address,
		    char driver[static DRIVER_NAME_SIZE]);

/* Whether a driver is vfio-pci or one of its variants, which all have "vfio" in their
 * names. */
bool pci_driver_is_vfio(const char *driver);

/*
 * Whether vfio-pci itself refuses the device unless its parameter disable_denylist is
 * set: vfio_pci_dev_in_denylist() in drivers/vfio/pci/vfio_pci.c.
 */
bool pci_is_denylisted(const struct pci_id *id);

/* The path of a file of the device, relative to bus_fd. */
#define DEVICE_PATH_SIZE (sizeof("devices//") + ADDRESS_SIZE + 32)
void pci_device_path(char path[static DEVICE_PATH_SIZE],
		     const struct pci_address *address, const char *file);

/* -- iommu --------------------------------------------------------------------------- */

/*
 * Whether the machine has a virtio-iommu: its driver may be a module that is not loaded
 * yet. Opens nothing.
 */
bool iommu_is_virtio(const struct pci_list *devices);

/*
 * Whether a device without an IOMMU group may get one when a driver probes it: behind a
 * virtio-iommu, and behind the IOMMUs that arm64 firmware describes, on kernels before
 * 6.15 (commit bcb81ac6ae3c). On x86 all groups are there from the start.
 */
bool iommu_may_add_groups(int root_fd, const struct pci_list *devices);

/*
 * Whether VFIO is in its mode without an IOMMU, or will be once it is loaded. That is for
 * user space drivers in virtual machines; a device is no safer than with no VFIO at all.
 */
bool iommu_is_done_without(int root_fd);

/*
 * How to give a device an IOMMU group, as a static phrase for the user; id is NULL for
 * any device. Depends on the ACPI tables in sys/firmware below root_fd, then on the CPU
 * in proc/cpuinfo.
 */
const char *iommu_advice(int root_fd, const struct pci_id *id);

/* -- variant ------------------------------------------------------------------------- */

/*
 * Finds the module of the best variant driver for a device: among the vfio_pci: aliases
 * in the running kernel's modules.alias below root_fd, the match with the fewest
 * wildcards. Sources: Documentation/driver-api/vfio.rst, PCI_DRIVER_OVERRIDE in
 * include/linux/pci.h. Returns 0, -ENOENT if there is none, or another negative errno.
 */
int variant_find(int root_fd, const struct pci_id *id,
		 char module[static DRIVER_NAME_SIZE]);

#endif
