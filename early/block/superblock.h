/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOCK_SUPERBLOCK_H
#define PASSTHRU_BLOCK_SUPERBLOCK_H

#include <stdbool.h>

/* How much is known about the contents of a block device. */
enum superblock_state {
	SUPERBLOCK_UNREAD,  /* not read, or unreadable */
	SUPERBLOCK_UNCLEAR, /* it has signatures of several formats */
	SUPERBLOCK_EMPTY,   /* no known format */
	SUPERBLOCK_KNOWN,
};

#define SUPERBLOCK_TYPE_SIZE 32
#define SUPERBLOCK_UUID_SIZE 48
#define SUPERBLOCK_NAME_SIZE 260

/*
 * The contents of a block device, in libblkid's terms; "" for what it lacks. All of it
 * comes from an untrusted disk.
 */
struct superblock {
	enum superblock_state state;
	bool is_container; /* of other block devices: RAID, LVM, LUKS and the like */
	char type[SUPERBLOCK_TYPE_SIZE];
	char uuid[SUPERBLOCK_UUID_SIZE];
	char label[SUPERBLOCK_NAME_SIZE];
	/* Of an LVM physical volume: */
	char group_uuid[SUPERBLOCK_UUID_SIZE];
	char group_name[SUPERBLOCK_NAME_SIZE];
};

#endif
