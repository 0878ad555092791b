/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_DEVSPEC_H
#define PASSTHRU_GUARD_DEVSPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"

/*
 * Devspecs: the ways in which the kernel command line, fstab(5) and the files of /proc
 * name the block devices that the system needs. Nothing here opens a file.
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
	DEVSPEC_TAG,	   /* a directory that the hypervisor shares: 9p, virtiofs */
	DEVSPEC_UNKNOWN,   /* not understood */
};

/* Where it comes from. */
enum devspec_source {
	DEVSPEC_FROM_ROOT,	/* root=; if no device matches it, any disk may */
	DEVSPEC_FROM_PARAMETER, /* another parameter, fstab or crypttab */
	DEVSPEC_FROM_MOUNT,	/* a mounted file system */
	DEVSPEC_FROM_SWAP,	/* active swap */
};

#define DEVSPEC_VALUE_SIZE  256
#define DEVSPEC_ORIGIN_SIZE 96

struct devspec {
	enum devspec_kind kind;
	enum devspec_source source;
	bool is_optional; /* the boot does not wait for it: nofail */
	char value[DEVSPEC_VALUE_SIZE];
	/* For the log: the parameter or the mount point, truncated if it is long. */
	char origin[DEVSPEC_ORIGIN_SIZE];
};

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
 * Appends the devices that mount options name besides, such as device= of btrfs(5), with
 * the source and origin of model. Returns 0 or -ENOMEM.
 */
int devspecs_add_options(struct devspecs *devspecs, const struct devspec *model,
			 struct span options) _must_check_;

/*
 * Takes the next device of a source: bcachefs(8) joins several with colons, any other
 * type of file system has one, whose name may have colons itself. Returns false at the
 * end.
 */
bool devspec_next(struct span *source, struct span type, struct span *ret);

/* Notes a sign that the boot needs the network; the first one is kept. */
void devspecs_note_network(struct devspecs *devspecs, struct span sign);

/* Whether a file system of this type is remote. */
bool devspec_is_remote_type(struct span type);

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
