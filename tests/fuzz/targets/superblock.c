/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

/* What the child of the sandbox calls, and how the parent checks its reply. */
#include "block/blkid_probe.c"
#include "input.h"

enum { SUPERBLOCK, PARTITIONS, PARTS };
const unsigned input_parts = PARTS;

#define DISK_SIZE (2 << 20) /* formats want some room before their second copy */

static void read_disk(int fd, struct slot *slot)
{
	blkid_probe probe = open_probe(fd);

	require(probe);
	read_superblock(probe, fd, &slot->reply.superblock);
	if (slot->reply.superblock.state != SUPERBLOCK_UNREAD)
		read_partitions(probe, &slot->reply);
	if (slot->reply.superblock.state == SUPERBLOCK_KNOWN)
		reached(SUPERBLOCK);
	if (slot->reply.count > 0)
		reached(PARTITIONS);
	slot->length = reply_size(slot->reply.count);
	require(is_valid(slot));
	blkid_free_probe(probe);
}

/* A child that the disk has taken over may reply anything. */
static void read_forged(const uint8_t *data, size_t size, struct slot *slot)
{
	slot->length = size < sizeof(slot->reply) ? size : sizeof(slot->reply);
	memcpy(&slot->reply, data, slot->length);
	if (is_valid(slot))
		require(strlen(slot->reply.superblock.type) < SUPERBLOCK_TYPE_SIZE);
}

/* A disk, or its beginning; and a reply. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slot *slot = calloc(1, sizeof(*slot));
	int fd = input_file(data, size);

	require(slot);
	if (size < DISK_SIZE)
		require(ftruncate(fd, DISK_SIZE) == 0);
	read_disk(fd, slot);
	if (size > 0)
		read_forged(data, size, slot);
	close(fd);
	free(slot);
	return 0;
}
