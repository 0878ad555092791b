/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_NEED_H
#define PASSTHRU_NEED_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What carries the system: the block devices that the boot needs or that are in use, as
 * the kernel command line and the files of /proc name them. Nothing here opens a file.
 */

/* How a block device is named. */
enum need_kind {
	NEED_PATH,	/* below /dev, "/dev/" included or not */
	NEED_NUMBER,	/* MAJOR:MINOR */
	NEED_UUID,	/* of a file system */
	NEED_LABEL,	/* of a file system */
	NEED_PARTUUID,	/* of a partition */
	NEED_PARTLABEL, /* of a partition */
	NEED_LUKS,	/* UUID of a LUKS header, or its beginning */
	NEED_MD,	/* UUID of an md array */
	NEED_GROUP,	/* an LVM volume group */
	NEED_POOL,	/* a ZFS pool; "" is any of them */
	NEED_UNKNOWN,	/* in a way that is not understood */
};

/* Who needs it. */
enum need_source {
	NEED_FROM_ROOT,	     /* root=: without it nothing can be said about any disk */
	NEED_FROM_PARAMETER, /* another parameter */
	NEED_FROM_MOUNT,     /* it is mounted */
	NEED_FROM_SWAP,	     /* it is in use as swap */
};

#define NEED_VALUE_SIZE	 256
#define NEED_ORIGIN_SIZE 96

struct need {
	enum need_kind kind;
	enum need_source source;
	char value[NEED_VALUE_SIZE];
	/* For the log: the parameter, or where it is mounted; long ones are cut. */
	char origin[NEED_ORIGIN_SIZE];
};

struct needs {
	struct need *items;
	size_t count;
	bool on_network; /* the root file system comes over the network */
	bool is_mounted; /* the root file system is mounted on "/": no initramfs any more
			  */
};

/*
 * Reads root=, resume=, rootflags=, mount.usr=, rd.luks.*, rd.lvm.*, rd.md.* and what
 * else names disks off a kernel command line: dracut.cmdline(7),
 * systemd-cryptsetup-generator(8), initramfs-tools(7). Without root= there is one need of
 * which nothing is known. Returns 0 or -ENOMEM.
 */
int needs_add_cmdline(struct needs *needs, const char *text);

/* Adds what is mounted; text is that of /proc/self/mountinfo. Returns 0 or -ENOMEM. */
int needs_add_mounts(struct needs *needs, const char *text);

/* Adds what is in use as swap; text is that of /proc/swaps. Returns 0 or -ENOMEM. */
int needs_add_swaps(struct needs *needs, const char *text);

void needs_free(struct needs *needs);

/* Whether two UUIDs are the same: case, "-" and ":" do not matter. */
bool need_equals_uuid(const char *a, const char *b);

/* As need_equals_uuid(), but uuid may go on where the other ends. */
bool need_begins_uuid(const char *uuid, const char *beginning);

#endif
