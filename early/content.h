/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CONTENT_H
#define PASSTHRU_CONTENT_H

#include <stdbool.h>

/* Whether a block device could be read, and understood. */
enum content_state {
	CONTENT_UNREAD,	 /* not looked at, or not readable */
	CONTENT_UNCLEAR, /* it has the marks of more than one format */
	CONTENT_EMPTY,	 /* of no known format */
	CONTENT_KNOWN,
};

#define CONTENT_TYPE_SIZE 32
#define CONTENT_UUID_SIZE 48
#define CONTENT_NAME_SIZE 260

/*
 * What is on a block device, in libblkid's words; "" for what it does not have. This is
 * what strangers' disks say about themselves: strings without more meaning than that.
 */
struct content {
	enum content_state state;
	bool is_container; /* of other block devices: RAID, LVM, LUKS and their like */
	char type[CONTENT_TYPE_SIZE];
	char uuid[CONTENT_UUID_SIZE];
	char label[CONTENT_NAME_SIZE];
	/* Of an LVM physical volume: */
	char group_uuid[CONTENT_UUID_SIZE];
	char group_name[CONTENT_NAME_SIZE];
};

#endif
