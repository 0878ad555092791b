/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_H
#define PASSTHRU_MACHINE_H

#include <stddef.h>
#include <stdio.h>

#include "block/block.h"
#include "cmdline/cmdline.h"
#include "host.h"
#include "pci/pci.h"
#include "report/report.h"
#include "vf/vf.h"

/* The machine: functions with their names, users and remarks. */

/* -- machine ------------------------------------------------------------------------- */

#define NAME_SIZE 128
#define PATH_SIZE (ADDRESS_SIZE + ADDRESS_STEPS_MAX * (sizeof("/1f.7") - 1))

/* What people use a function for, besides its disks. */
struct device_uses {
	char connector[32];	   /* one with a monitor, such as HDMI-A-1, or "" */
	char setting[PHRASE_SIZE]; /* a phrase: what has the X server or a compositor use
				      it */
	char shower[96];     /* a process that shows on it: "Xorg (process 812)", or "" */
	char interface[256]; /* a network interface behind it that is up, or "" */
	bool is_wifi, is_usb; /* of what kind that interface is */
	bool has_network;     /* an interface is behind it, up or not */
	bool has_route;	      /* a default route leads over it */
	bool has_session;     /* a session of ssh does */
	bool has_own_session; /* that of this command does */
	unsigned keyboards, sound_cards;
	/* Why it may be in use although users_each() finds nothing, or "". */
	char unseen[192]; /* known after machine_read_unseen() */
};

/* A PCI function with its names and its use by the system. */
struct device {
	struct pci_device *pci;
	char address[ADDRESS_SIZE];
	char path[PATH_SIZE]; /* 00:01.0/00.0, see address_parse(); "" on a root bus */
	char class_name[NAME_SIZE];
	char vendor_name[NAME_SIZE];
	char device_name[NAME_SIZE];
	const struct device *card; /* the first display of its card, or NULL */
	unsigned vf_count;	   /* enabled virtual functions */
	struct pf pf; /* what sysfs has of a physical function; total is 0 for others */
	const struct device *physical; /* whose virtual function it is, or NULL */
	bool is_claimed;  /* its driver is vfio's, or the one that this boot bound */
	bool is_reported; /* this boot's report says that it bound that driver */
	enum reason needed_for;	  /* the guard's that keeps it, or REASON_NONE */
	char system[PHRASE_SIZE]; /* a phrase: what the system uses it for, or "" */
	struct device_uses uses;  /* known after machine_read_uses() */
	bool is_named;		  /* the user named it */
	bool is_chosen; /* named, or on the card or in the group of one that is */
};

/* All PCI functions of the machine, in the order of their addresses. */
struct machine {
	struct pci_list pci;
	struct device *devices;
	size_t count;
	bool has_groups;  /* any function has an IOMMU group */
	bool lacks_iommu; /* nor will any: the firmware says that there is no IOMMU */
	bool knows_needs; /* machine_read_needs() has run */
	bool has_session; /* somebody is logged in by ssh, over whatever device */
	unsigned other_keyboards, other_sound_cards; /* behind no PCI function */
	char kernel[128];	    /* the release of the running kernel, or "" */
	char *known_groups;	    /* the text of GROUPS_FILE; "" if there is none */
	const char *advice;	    /* what to do about a missing group (static) */
	const char *display_advice; /* the same for a display */
};

/*
 * Reads all attributes and names. Returns whether that worked; says why not. Release with
 * machine_free() in either case.
 */
bool machine_read(const struct host *host, struct machine *ret);
void machine_free(struct machine *machine);

/*
 * Finds out, once, which devices the system needs: with its disks, the network of its
 * root, or its serial console. Reads the disks if permitted.
 */
void machine_read_needs(const struct host *host, struct machine *machine);

/*
 * Finds out what people use the devices for: monitors (sys/class/drm), interfaces and
 * routes (sys/class/net, proc/net), keyboards and sound; of the running machine also what
 * its processes tell, see sessions_read(). Whatever cannot be read is not used.
 */
void machine_read_uses(const struct host *host, struct machine *machine);

/* The device that a path in sysfs leads to last, or NULL. */
struct device *machine_find_in_path(const struct machine *machine, const char *path);

/* The device at that address, or NULL. */
struct device *machine_find(const struct machine *machine,
			    const struct pci_address *address);

/* The same, unless another model is there now: a slot may get another card. */
struct device *machine_find_same(const struct machine *machine,
				 const struct pci_device *device);

/* Whether both must be passed through together, being in one IOMMU group. */
bool device_goes_with(const struct device *device, const struct device *other);

/*
 * Whether both are functions of one card with a display, in whatever IOMMU groups: those
 * of a slot that have the vendor of the display and are displays, sound, USB or UCSI; and
 * sound behind another port of the card's own switch. Virtual functions belong to none.
 */
bool device_is_of_card(const struct device *device, const struct device *other);

/* "VENDOR DEVICE", as far as pci.ids has the names. */
#define FULL_NAME_SIZE (2 * NAME_SIZE + 1)
void device_full_name(const struct device *device, char name[static FULL_NAME_SIZE]);

/*
 * What to write after "@": its path, or its address if it is on a root bus or another
 * device has the same path.
 */
const char *device_lasting_address(const struct machine *machine,
				   const struct device *device);

/* Reads an attribute in sysfs. Returns whether there is any text. */
bool device_read(const struct host *host, const struct device *device,
		 const char *attribute, char *ret, size_t size);

/* Whether the parameters request it, or the virtual functions to which it belongs. */
bool device_is_requested(const struct device *device, const struct params *params);

/* Whether passthru.vfs names it, so that its virtual functions are requested. */
bool device_gives_vfs(const struct device *device, const struct params *params);

/* Whether its class is that of a display. */
bool device_is_display(const struct device *device);

/*
 * Whether nobody knows what is on its disks: a controller for storage whose driver is
 * VFIO's, but not since this boot's guards had seen its disks.
 */
bool device_is_unseen(const struct device *device);

/* The same for a controller that disks may be attached to, such as one for USB. */
bool device_may_hide_disk(const struct device *device);

/* -- nodes --------------------------------------------------------------------------- */

/*
 * With what programs open a device that one of VFIO's drivers has: the node of its IOMMU
 * group, /dev/vfio/16, and its own for iommufd, /dev/vfio/devices/vfio0; "" if there is
 * none. Source: Documentation/driver-api/vfio.rst.
 */
#define VFIO_NODE_SIZE sizeof("/dev/vfio/devices/vfio4294967295")
struct vfio_nodes {
	char group[VFIO_NODE_SIZE];
	char device[VFIO_NODE_SIZE];
};

void device_read_nodes(const struct host *host, const struct device *device,
		       struct vfio_nodes *ret);

/* -- rom ----------------------------------------------------------------------------- */

/* An image in the ROM of a device: its code type, and what it is for. */
#define ROM_LEGACY 0x00
#define ROM_EFI	   0x03
struct rom_image {
	unsigned type;
	unsigned vendor, device;
	unsigned cpu; /* of an EFI image, as PE files name it */
	size_t size;  /* in bytes */
};

#define ROM_IMAGES_MAX 16
struct rom {
	struct rom_image images[ROM_IMAGES_MAX];
	size_t count;
	char why[128]; /* what is wrong: a clause, such as "it is empty" */
};

/*
 * Reads all images and checks them: that each is whole, and of a device with this ID; and
 * the checksums of legacy ones. Returns whether all is well; if not, ret->why tells.
 */
bool rom_check(const unsigned char *bytes, size_t size, const struct pci_id *id,
	       struct rom *ret);

/* Whether there is an image of that type. */
bool rom_has(const struct rom *rom, unsigned type);

/* "EFI image for x86-64" */
#define ROM_TEXT_SIZE 48
void rom_describe_image(const struct rom_image *image, char text[static ROM_TEXT_SIZE]);

/*
 * Finds the ROM of the device in ACPI's table VFCT, which has those of AMD's displays.
 * Returns 0, with *ret in the table; -ENOENT if there is none; or -EBADMSG if the table
 * is damaged.
 */
int rom_find_in_vfct(const unsigned char *table, size_t size,
		     const struct pci_device *device, const unsigned char **ret,
		     size_t *ret_size);

/* -- virtual functions --------------------------------------------------------------- */

/* What the virtual functions of a physical one that are there have become. */
struct vf_summary {
	size_t count, claimed, idle;	   /* all, on VFIO's driver, without a driver */
	const struct device *first, *last; /* by address, or NULL */
	const char *driver;		   /* the host's, of the first with one; or "" */
};

void vfs_sum(const struct machine *machine, const struct device *physical,
	     struct vf_summary *ret);

/* -- choice -------------------------------------------------------------------------- */

/* The same, and what the system needs, to choose devices. */
bool choice_open(const struct host *host, struct machine *ret);

/*
 * Chooses the devices that a WHAT of the command line names: an address, which may be a
 * path or end with "*"; or what else passthru list filters by, if all that it matches is
 * of one card. What it matches is then named. Returns STATUS_GOOD, or after a warning
 * another exit status: if several cards match, or the word can be read in several ways,
 * that lists them. Nothing is guessed.
 */
int choice_add(struct machine *machine, const char *text);

/*
 * The function that stands for the card of the device: its first display, or the first
 * function of its slot that is not of a graphics card. A virtual function stands for
 * itself.
 */
const struct device *device_of_card(const struct machine *machine,
				    const struct device *device);

/* Whether a name or a group can mean it: no bridge of any kind. */
bool device_can_be_meant(const struct device *device);

/* The address as passthru list prints it: without its domain if there is only 0000. */
const char *device_short_address(const struct machine *machine,
				 const struct device *device);

/* Chooses the rest of their cards and the other members of their IOMMU groups, too. */
void choice_add_members(struct machine *machine);

/* Whether it is chosen for a card only: no device that is named shares its group. */
bool choice_is_by_card(const struct machine *machine, const struct device *device);

/*
 * All of these steps for the operands of the command line, without and with the other
 * functions of cards and groups. Return an exit status, after a warning if it is not
 * STATUS_GOOD; release with machine_free() in either case.
 */
int choice_make_named(const struct host *host, struct machine *ret);
int choice_make(const struct host *host, struct machine *ret);

/*
 * Whether the device needs an item of its own: it is chosen, the parameters in force, if
 * they are given, do not request it, and no device before it has the same item.
 */
bool choice_has_item(const struct machine *machine, const struct params *in_force,
		     const struct device *device);

/*
 * Prints that item of passthru.ids: an ID, with an address if it also matches devices
 * that need none.
 */
void choice_put_item(const struct machine *machine, const struct params *in_force,
		     const struct device *device, FILE *file);

/* Whether one item, without parameters in force, means both of these chosen devices. */
bool choice_shares_item(const struct machine *machine, const struct device *a,
			const struct device *b);

/* "passthru.ids=…" with all of these items; freed by the caller; NULL without memory. */
char *choice_make_parameter(const struct machine *machine);

/* -- groups -------------------------------------------------------------------------- */

/*
 * Which members the IOMMU groups of enabled devices had when passthru enable ran: another
 * kernel, firmware or card may add some. Each line is a group, with items as passthru.ids
 * has them, since the numbers of groups change:
 *
 *	kernel=6.12.0 members=10de:13c2@00:01.0/00.0,10de:0fbb@00:01.0/00.1
 */
#define GROUPS_FILE "var/lib/passthru/groups"

struct known_group {
	struct span kernel, members;
};

/* Reads the next group and advances *text. Returns false at the end. */
bool groups_next(const char **text, struct known_group *ret);

/* Whether the device was a member. */
bool groups_had(const struct known_group *group, const struct device *device);

/*
 * The text with the groups of the chosen devices as they are now, or without those for a
 * member of which is_forgotten() is true. Freed by the caller; NULL without memory.
 */
char *groups_remember(const struct machine *machine, const char *old);
char *groups_forget(const char *old,
		    bool (*is_forgotten)(void *data, const struct selector *member),
		    void *data);

/* Whether the member is a chosen device of the machine, which is data. */
bool groups_is_chosen(void *data, const struct selector *member);

/* -- caveats ------------------------------------------------------------------------- */

/*
 * Calls back with a phrase for each thing to know about the chosen devices before the
 * next boot.
 */
void caveats_each(const struct host *host, const struct machine *machine,
		  void (*each)(void *data, const char *text), void *data);

/* Why its IOMMU group can never be given to a guest, and what to do. */
#define NEED_SIZE (PHRASE_SIZE + 128)
void device_describe_need(const struct device *device, char text[static NEED_SIZE]);

/*
 * Whether no IOMMU group of the chosen devices has a device that the system needs and
 * nobody named: such a group can never be given to a guest. Says which, and what to do.
 */
bool caveats_allow(const struct machine *machine);

/*
 * Whether the system needs none of the devices that the user named, as far as that is
 * known. Says which it needs, what for, and what to do.
 */
bool caveats_allow_named(const struct machine *machine);

/* Whether vfio-pci will accept the chosen devices. Says which not, and what to do. */
bool caveats_allow_driver(const struct host *host, const struct machine *machine);

/* Warns about what is chosen besides what the user named, and about all caveats. */
void caveats_warn(const struct host *host, const struct machine *machine);

/* The same for a claim that comes now, when the kernel decides about the rest. */
void caveats_warn_now(const struct machine *machine);

/*
 * Whether the firmware reserves memory for a device of the IOMMU group: then the kernel
 * refuses to give the group to a guest (require_direct in drivers/iommu/iommu.c,
 * before 6.6 device_is_rmrr_locked() in drivers/iommu/intel/iommu.c).
 */
bool limits_reserve_memory(const struct host *host, int group);

/*
 * Whether the IOMMU group has a device of another bus with a driver of the host, such as
 * the host bridge that a device tree describes: then the kernel refuses, too
 * (platform_dma_configure() in drivers/base/platform.c). *ret_name and *ret_driver are
 * those of the first.
 */
bool limits_find_foreign(const struct host *host, int group,
			 char ret_name[static NAME_SIZE],
			 char ret_driver[static DRIVER_NAME_SIZE]);

/* What the tables of the firmware call such memory, or NULL: Intel's RMRR, Arm's RMR. */
const char *limits_reserved_name(const struct host *host);

/*
 * Calls back with each thing that stands in the way of giving the devices to a guest,
 * although they can be claimed, or that will miss them: a phrase without a full stop.
 * cmdline is the kernel command line of the next boot.
 *
 * Sources: reserved_regions and reset_method in Documentation/ABI/testing/
 * sysfs-kernel-iommu_groups and sysfs-bus-pci; drivers/firmware/sysfb.c and
 * vfio_pci_vga_init() in drivers/vfio/pci/vfio_pci_core.c.
 */
void limits_each(const struct host *host, const struct machine *machine,
		 const char *cmdline, const struct device *const *devices, size_t count,
		 void (*each)(void *data, const char *text), void *data);

/* -- denylist ------------------------------------------------------------------------ */

/*
 * Devices that vfio-pci itself refuses, unless its parameter disable_denylist is set:
 * vfio_pci_dev_in_denylist() in drivers/vfio/pci/vfio_pci.c.
 */
#define DENYLIST_PHRASE                             \
	"vfio-pci refuses this device (denylist); " \
	"vfio-pci.disable_denylist=1 on the kernel command line overrides that"

bool denylist_has(const struct pci_id *id);

/* Whether it is set in modprobe.d(5) or on that kernel command line. */
bool denylist_is_off(const struct host *host, const char *cmdline);

/* Whether vfio-pci would refuse the device at the next boot. */
bool denylist_refuses(const struct host *host, const struct device *device);

/* -- filter -------------------------------------------------------------------------- */

/*
 * A filter for devices: gpu, audio, usb, disk, nvme, net, bridge; a vendor (10de:) or an
 * ID (10de:13c2); an address (06:00.0, 06:00, 06:00.*, 00:01.0/00.0), a bus (06:); the
 * number of an IOMMU group (13, group:13); a driver, or words of a vendor's and device's
 * name, parts of words, too, but not of numbers.
 */
struct filter {
	enum {
		FILTER_CLASS,
		FILTER_ID,
		FILTER_ADDRESS,
		FILTER_BUS,
		FILTER_GROUP,
		FILTER_NAME
	} kind;
	const char *name;    /* not owned; of a group, too, if its number may be one */
	struct pci_id id;    /* PCI_ANY matches any */
	uint32_t class_mask; /* of id.class */
	struct address_pattern address;
	int group;
};

/* Once the machine is read: a number is that of a group if there is one, else a name. */
void filter_settle(const struct machine *machine, struct filter *filter);

/* Returns 0, or -EINVAL if it is none. */
int filter_parse(const char *text, struct filter *ret);

bool filter_matches(const struct filter *filter, const struct device *device);

/* -- reader -------------------------------------------------------------------------- */

/*
 * Lets passthru-early read the disks, if it is installed on this machine in the same
 * version: its libblkid is that of the next boot, and this program's is the
 * distribution's. Returns whether it does.
 */
bool reader_choose(void);

/* -- users --------------------------------------------------------------------------- */

/*
 * Who uses a device of the running machine, or one of its virtual functions: processes
 * that have one of its device nodes open (display, sound, disk, USB and what hangs on it,
 * VFIO's own, those of NVIDIA's driver); the console; network interfaces that are up,
 * have an address or are part of another; disks that are mounted, swap, part of another
 * block device or opened exclusively.
 *
 * Calls back with a phrase for each, such as "Xorg (process 812) has /dev/dri/card0
 * open". Returns the number of them, or a negative errno. Without root's privileges,
 * processes of other users are not seen.
 */
int users_each(const struct host *host, const struct device *device,
	       void (*each)(void *data, const char *text), void *data);

/*
 * Finds out which devices may be in use although users_each() finds nothing. This is a
 * closed list: the driver has device nodes that are not known, or /proc does not show all
 * processes.
 */
void machine_read_unseen(const struct host *host, struct machine *machine);

/* -- companions ---------------------------------------------------------------------- */

/*
 * The usual drivers that a variant driver of VFIO brings along: xe_vfio_pci calls
 * functions of xe, so where it is loaded, xe is as well, and binds what it finds.
 */
#define COMPANIONS_MAX 8 /* more than any variant driver has */
struct companions {
	const char *driver;
	char modules[COMPANIONS_MAX][DRIVER_NAME_SIZE]; /* their names, "_" for "-" */
	size_t count;
};

/*
 * Finds those of the driver in the modules.dep and modules.alias of the running kernel,
 * where a variant driver is found, too: see variant_find(). What cannot be read has none.
 * *ret points to driver.
 */
void companions_find(const struct host *host, const char *driver, struct companions *ret);

/* -- luks ---------------------------------------------------------------------------- */

/* How a LUKS2 volume that is open is unlocked at boot, as the tokens in its header say.
 */
struct unlocking {
	char volume[BLOCK_DM_NAME_SIZE]; /* below /dev/mapper */
	char disk[BLOCK_NAME_SIZE];	 /* that the header is on, below /dev */
	int error;			 /* a negative errno: it could not be read */
	/* By the TPM, on measurements that a new image changes; else this is all: */
	bool is_measured;
	bool is_pcrlock,
		is_clevis; /* the tool that enrolled it; else systemd-cryptenroll(1) */
	uint32_t pcrs;	   /* the measurements: bit N is PCR N */
};

/*
 * Reads the headers of the volumes that are open, of which the caller frees *ret. Returns
 * 0 or a negative errno. Where the machine has no TPM, a header that cannot be read is no
 * matter.
 *
 * Sources: LUKS2 On-Disk Format Specification; systemd's src/shared/tpm2-util.h,
 * tpm2_make_luks2_json(); clevis-luks-bind(1).
 */
int luks_read(const struct host *host, struct unlocking **ret, size_t *ret_count);

#endif
