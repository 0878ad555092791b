/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_DISKS_H
#define PASSTHRU_TESTS_DISKS_H

#include "guard/guard.h"
#include "plan/plan.h"
#include "unit.h"

/*
 * Disks in words, one per line:
 *
 *   NAME PARENT [KEY=VALUE]...
 *
 * PARENT is the parent's path below /sys/devices; "%N" stands for the PCI function
 * 0000:0N:00.0. Keys: part (its number), size (0 for no medium), dm and dmuuid, on (the
 * devices below it, separated by commas), link (a path below /dev); for its contents
 * type, uuid, label, vg and vguuid, partuuid, partlabel, members, parts and of (the part
 * that it is), needs; "seed" for one of btrfs, "usage" for a container, "state" for one
 * that is unreadable or unclear. Of a loop device file, of a disk seq, its diskseq.
 */
extern struct directory disks_root;

/* How long disks_judge() lets the guard wait for missing disks; 0 by default. */
extern unsigned disks_wait_ms;

/* Fixtures that make and drop the tree in disks_root. */
void disks_set_up(void);
void disks_tear_down(void);

/* Puts disks into the tree, and what blkid_probe_run() says of them. */
void put_disks(const char *text);

/* The same for the first lines, as many as now says; the others follow after some time.
 */
void put_disks_later(const char *text, unsigned now, unsigned ms);

/*
 * After some time, adds the second disk of the text, gives the first, "c", another
 * sequence number, and has all that are read from then on contain what the text says.
 */
void disks_change(const char *text, const char *seq, unsigned ms);

/* Replaces "%N" in the text. */
void expand_parent(const char *text, char *parent, size_t size);

/* The verdicts in words: "BUS VERDICT|REASON[ DISK|-][ FOR]; "... */
void disks_describe(const struct plan *plan, char *words, size_t size);

/*
 * Runs the disk guard for the machine (see functions_read()), of which passthru.ids=
 * selects all functions with the ID of the macro IDS, and describes the verdicts. mounts
 * is /proc/self/mountinfo, NULL for that of an initramfs, which in the late stage has
 * mounted the root file system.
 */
#define IDS	  "passthru.ids=144d:a808 "
#define INITRAMFS "1 1 0:2 / / rw - rootfs rootfs rw\n"
#define SYSROOT	  INITRAMFS "2 1 0:30 / /sysroot rw - overlay x rw\n"
void disks_judge(const char *machine, const char *cmdline, const char *mounts,
		 enum disk_moment moment, char *words, size_t size);

/* Two equal NVMe drives, the system on the first one. */
#define NVME                                \
	"01:00.0 144d:a808 010802 1 nvme\n" \
	"02:00.0 144d:a808 010802 2 nvme\n"
#define FIRST                                                                          \
	"a pci0000:00/%1/nvme/nvme0\n"                                                 \
	"a1 pci0000:00/%1/nvme/nvme0/a part=1 partuuid=AA-01 partlabel=esp type=vfat " \
	"uuid=11-11\n"                                                                 \
	"a2 pci0000:00/%1/nvme/nvme0/a part=2 partuuid=aa-02 partlabel=root "          \
	"type=ext4 uuid=22-22 label=root link=disk/by-id/first\n"
#define SECOND                                                                \
	"b pci0000:00/%2/nvme/nvme1\n"                                        \
	"b1 pci0000:00/%2/nvme/nvme1/b part=1 partuuid=bb-01 partlabel=data " \
	"type=ext4 uuid=33-33 label=data\n"
#define PAIR FIRST SECOND

#endif
