/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_INTERNAL_H
#define PASSTHRU_GUARD_INTERNAL_H

#include "guard/guard.h"

/* What only the files of this folder share. */

/* -- devspec ------------------------------------------------------------------------- */

struct devspecs {
	struct devspec *items;
	size_t count;
	/* A sign that the boot needs the network, "" for none, for the log. */
	char network[DEVSPEC_ORIGIN_SIZE];
	bool root_is_remote;
	bool root_is_named; /* by root= */
	/* The root file system is on "/": the initramfs is over, or never was. */
	bool is_mounted;
	/* Where the initramfs has mounted it, without the first "/"; NULL: not yet. */
	const char *root_directory;
};

/* Appends a copy. Returns 0 or -ENOMEM. */
int devspecs_add(struct devspecs *devspecs, const struct devspec *devspec) _must_check_;

void devspecs_free(struct devspecs *devspecs);

/*
 * Reads a device as root= and fstab(5) name it, TAG=VALUE, MAJOR:MINOR or a path, into
 * the kind and the value.
 */
void devspec_parse(struct span text, struct devspec *ret);

/*
 * Reads a number of three or more hex digits, as root=801: devt_from_devnum() in
 * block/early-lookup.c. Returns whether it is one.
 */
bool devspec_parse_hex(struct span text, struct devspec *ret);

/*
 * Appends the devices that options of a mount or a volume name besides, such as device=
 * of btrfs(5) and header= of crypttab(5), with the source and origin of model. Returns 0
 * or -ENOMEM.
 */
int devspecs_add_options(struct devspecs *devspecs, const struct devspec *model,
			 struct span options) _must_check_;

/*
 * The same for the devices in DEVICE, PATH:DEVICE or DEVICE:PATH, as keys and headers are
 * named; none for a path alone, which is in a file system.
 */
int devspecs_add_key(struct devspecs *devspecs, const struct devspec *model,
		     struct span text) _must_check_;

/*
 * Takes the next device of a source, which has one device, whose name may have colons
 * itself, or is a list of several, joined by colons, as bcachefs(8) has it. Returns false
 * at the end.
 */
bool devspec_next(struct span *source, bool is_list, struct span *ret);

/* Whether the options of a mount or a volume have that word. */
bool devspec_has_option(struct span options, const char *name);

/*
 * Whether a device may be behind what was parsed: not for a directory, an image, tmpfs or
 * server:/path, nor for what the kernel makes from memory or files.
 */
bool devspec_is_device(const struct devspec *devspec);

/* Notes a sign that the boot needs the network; the first one is kept. */
void devspecs_note_network(struct devspecs *devspecs, struct span sign);

/* Whether a file system of this type is remote. */
bool devspec_is_remote_type(struct span type);

/* Whether it is one that a hypervisor shares: its source is a name. */
bool devspec_is_shared_type(struct span type);

/* Whether the value is a device number, MAJOR:MINOR. */
bool devspec_is_number(struct span value);

/*
 * Copies a value and decodes "\x20", as udev escapes names, and "\040", as /proc does.
 * Returns false if the buffer is too small; then it holds the beginning, NUL-terminated.
 */
bool devspec_copy(char *buffer, size_t size, struct span value);

/* Whether it is in use already: mounted, or active swap. */
bool devspec_is_in_use(const struct devspec *devspec);

/* Whether two UUIDs are equal, ignoring case, "-" and ":". */
bool devspec_equals_uuid(const char *a, const char *b);

/* The same, but uuid may be longer than its beginning. */
bool devspec_begins_uuid(const char *uuid, const char *beginning);

/* -- backing ------------------------------------------------------------------------- */

struct backing {
	int root_fd; /* the directory above sys, proc and dev */
	struct devspecs devspecs;
	struct block_list blocks;
	struct visit *visits;  /* one per block device */
	bool *found;	       /* one per devspec: whether a block device matches it */
	bool is_remote;	       /* a remote disk, or a sign of one, is needed */
	bool is_stack_unclear; /* a device depends on one that is not visible */
	bool has_lvm;	       /* an LVM volume backs the system */
	/* Of a volume that was found, but not all of its devices; or NULL. */
	const struct devspec *incomplete;
};

/*
 * Scans the block devices that sysfs knows, without reading them. Returns 0 or a negative
 * errno; release with backing_free() in either case.
 */
int backing_scan(struct backing *backing) _must_check_;

/*
 * Reads the superblocks until the deadline (in milliseconds of clock_ms()) and finds the
 * block devices that back one of the devspecs. Returns 0 or a negative errno; a disk that
 * cannot be read is not an error.
 */
int backing_find(struct backing *backing, uint64_t deadline) _must_check_;

/*
 * Looks for what was not found, since disks may still appear: if the block devices are
 * others than before, reads those that are new. What is known of the others is kept if
 * block_read_diskseqs() was called for them. Returns 0 or a negative errno.
 */
int backing_find_again(struct backing *backing, uint64_t deadline) _must_check_;

/* What is missing, and why one asks. */
enum missing_kind {
	MISSING_REQUIRED,   /* it has to be found */
	MISSING_MAY_APPEAR, /* the same, but a disk may still bring it: it is not in a
			       container that nobody has opened */
	MISSING_OPTIONAL,   /* the boot goes on without it: nofail */
};

/*
 * The first devspec that was not found, or backing->incomplete: one of which only a part
 * was found. NULL if there is none.
 */
const struct devspec *backing_find_missing(const struct backing *backing,
					   enum missing_kind kind);

/* Whether it is an LVM physical volume that does not name its group: it may be any. */
bool backing_is_nameless(const struct block *block);

void backing_free(struct backing *backing);

/* -- class --------------------------------------------------------------------------- */

/* Which PCI classes the guards care about. */

/* Whether no more disks can be attached later: an NVMe drive. */
bool guard_is_fixed(const struct pci_id *id);

/*
 * Whether the device is a Thunderbolt or USB4 controller: it tunnels PCIe, so disks that
 * depend on it appear on other PCI paths.
 */
bool guard_is_tunnel(const struct pci_id *id);

/*
 * Whether a driver of a file system that the hypervisor shares, 9p or virtiofs, is bound
 * to a virtio device of the PCI function. root_fd is the directory above sys.
 */
bool virtio_shares_files(int root_fd, const struct pci_address *address);

/* CXL memory: PCI_CLASS_MEMORY_CXL in include/linux/pci_ids.h. */
#define CLASS_CXL 0x0502

/* Whether a memory device is below the PCI function, and any region is in use. */
bool cxl_has_region(int root_fd, const struct pci_address *address);

/* -- devspec cmdline ----------------------------------------------------------------- */

/*
 * Reads the parameters of a kernel command line that name disks, and notes those that
 * configure the network. tests/unit/early/guard/names.c has the list of all that the
 * manual pages of systemd, dracut and other generators give. Returns 0 or -ENOMEM.
 */
int devspecs_add_cmdline(struct devspecs *devspecs, const struct cmdline *cmdline);

/* -- devspec tables ------------------------------------------------------------------ */

/*
 * Adds what fstab(5) mounts or swaps on during the boot or on first access: not the
 * entries with noauto, unless they have x-systemd.automount. Those with nofail or _netdev
 * are optional. A device below /dev/mapper is looked up in crypttab. The entry of "/"
 * counts as root= if that is not on the command line, which must have been read before;
 * else it is optional. Both are
 * the texts of the files, or NULL. Returns 0 or -ENOMEM.
 */
int devspecs_add_fstab(struct devspecs *devspecs, const char *fstab,
		       const char *crypttab) _must_check_;

/* The same for a mount, WHAT, WHERE, type and options, that another source names. */
struct mount_words {
	struct span source, place, type, options;
};

int devspecs_add_mount(struct devspecs *devspecs, const struct devspec *model,
		       const struct mount_words *words) _must_check_;

/*
 * Adds the devices that crypttab(5), veritytab(5) or integritytab(5) opens during the
 * boot, with their keys and headers. Returns 0 or -ENOMEM.
 */
enum volume_table { CRYPTTAB, VERITYTAB, INTEGRITYTAB };
int devspecs_add_volumes(struct devspecs *devspecs, enum volume_table table,
			 const char *text) _must_check_;

/*
 * Makes comments of the rows that the other table has, too, by their first two words: the
 * device and the mount point, or the volume and its device. Either may be NULL.
 */
void devspec_table_subtract(char *table, const char *other);

/* Whether the fstab has an entry for the mount point, with noauto or without. */
bool devspec_table_mounts(const char *fstab, const char *place);

/*
 * Adds the mounted file systems, and unless is_mounted is set, notes where the initramfs
 * has mounted the root file system; text is /proc/self/mountinfo. Returns 0 or -ENOMEM.
 */
int devspecs_add_mounts(struct devspecs *devspecs, const char *text);

/* Adds the active swap devices; text is /proc/swaps. Returns 0 or -ENOMEM. */
int devspecs_add_swaps(struct devspecs *devspecs, const char *text);

/* -- devspec read -------------------------------------------------------------------- */

/*
 * Collects everything that the system needs: what the kernel command line names, and in
 * an initramfs the parameters in /etc/cmdline.d; the mounted file systems and active
 * swap; fstab, crypttab and the like of the system once it is mounted, and in an
 * initramfs what only the image's copies in /etc/passthru have; signs of a remote root.
 * root_fd is the directory above sys, proc and etc; is_mounted tells that the root file
 * system is on "/". Returns 0 or a negative errno; release with devspecs_free() in either
 * case.
 */
int devspecs_read(int root_fd, const struct cmdline *cmdline, bool is_mounted,
		  struct devspecs *ret) _must_check_;

/* -- disk ---------------------------------------------------------------------------- */

/* What is known about the disks behind a device. */
struct disk_attributes {
	bool is_late;	 /* nothing more will be known later */
	bool root_found; /* the root file system is mounted */
	/* A sign that the boot needs the network, if an interface behind it is up. */
	const char *network;
	/* A block device behind it and the devspec that this one backs, or both NULL. */
	const struct block *block;
	const struct devspec *devspec;
	/* A block device behind it that rules out a safe verdict, or NULL: */
	const struct block *unread;
	const struct block *unclear;
	/* A devspec that no device matches and that it may still bring, or NULL. */
	const struct devspec *missing;
	bool is_part; /* some devices of its volume were found */
	/* A block device that could not be read and may be the missing one, or NULL. */
	const struct block *unread_elsewhere;
	bool is_stack_unclear; /* the stack below the root file system has no known end */
};

/*
 * Keeps or defers the entry if its attributes demand it, and notes the reason in it.
 * Opens nothing.
 */
void guard_disk_judge(const struct disk_attributes *attributes, struct plan_entry *entry);

/*
 * Whether the guard may have to judge the entry: it is pending, its device is not bound
 * to the requested driver yet, and no "!" lifts the guards.
 */
bool guard_disk_applies(const struct plan_entry *entry);

/* -- display ------------------------------------------------------------------------- */

/* Applies the guard alone, once the attributes of all displays are known. Opens nothing.
 */
void guard_display_judge(const struct pci_list *list, struct plan *plan);

/* -- network ------------------------------------------------------------------------- */

/*
 * The way to a root file system on the network. All paths are relative to root_fd, the
 * directory above sys.
 */

/*
 * Notes the signs, other than parameters, that the boot needs the network: files in the
 * initramfs that configure a remote root or an interface, or that unlock the disk over
 * the network, and the firmware's tables of iSCSI and NVMe disks (iBFT, NBFT). Adds the
 * disks that the configuration of initramfs-tools names. Returns 0 or -ENOMEM.
 */
int network_find_signs(int root_fd, struct devspecs *devspecs) _must_check_;

/*
 * Whether the PCI function is the way to the network: an interface behind it, whatever
 * buses are between, is up and has a route (or no interface has one), or it has a port
 * for Fibre Channel or RDMA.
 */
bool network_is_used(int root_fd, const struct pci_address *address);

#endif
