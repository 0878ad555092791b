/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_DEVSPEC_H
#define PASSTHRU_GUARD_DEVSPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/util.h"

/*
 * Devspecs: the ways in which the kernel command line and the files of /proc name the
 * block devices that the system needs. Nothing here opens a file.
 */

/* How it names a block device. */
enum devspec_kind {
	DEVSPEC_PATH,	   /* a path below /dev, with or without "/dev/" */
	DEVSPEC_NUMBER,	   /* MAJOR:MINOR */
	DEVSPEC_UUID,	   /* of a file system */
	DEVSPEC_LABEL,	   /* of a file system */
	DEVSPEC_PARTUUID,  /* of a partition */
	DEVSPEC_PARTLABEL, /* of a partition */
	DEVSPEC_LUKS,	   /* the UUID of a LUKS header, or its beginning */
	DEVSPEC_MD,	   /* the UUID of an md array */
	DEVSPEC_GROUP,	   /* an LVM volume group */
	DEVSPEC_POOL,	   /* a ZFS pool; "" means any */
	DEVSPEC_UNKNOWN,   /* not understood */
};

/* Where it comes from. */
enum devspec_source {
	DEVSPEC_FROM_ROOT,	/* root=; if no device matches it, any disk may */
	DEVSPEC_FROM_PARAMETER, /* another parameter */
	DEVSPEC_FROM_MOUNT,	/* a mounted file system */
	DEVSPEC_FROM_SWAP,	/* active swap */
};

#define DEVSPEC_VALUE_SIZE  256
#define DEVSPEC_ORIGIN_SIZE 96

struct devspec {
	enum devspec_kind kind;
	enum devspec_source source;
	char value[DEVSPEC_VALUE_SIZE];
	/* For the log: the parameter or the mount point, truncated if it is long. */
	char origin[DEVSPEC_ORIGIN_SIZE];
};

struct devspecs {
	struct devspec *items;
	size_t count;
	bool on_network; /* the root file system is remote */
	bool is_mounted; /* the root file system is mounted on "/": the initramfs is over
			  */
};

/* Appends a copy. Returns 0 or -ENOMEM. */
int devspecs_add(struct devspecs *devspecs, const struct devspec *devspec) _must_check_;

void devspecs_free(struct devspecs *devspecs);

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

#endif
