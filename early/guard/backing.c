/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "block/block.h"
#include "guard/internal.h"

#define MAJOR_FLOPPY 2

/* -- what the disks contain ---------------------------------------------------------- */

/* The data of note_reply(). */
struct reading {
	struct backing *backing;
	size_t *blocks; /* index of the block device, one per target of the probe */
};

static void note_partitions(struct backing *backing, size_t disk,
			    const struct blkid_probe_reply *reply)
{
	for (size_t i = 0; i < backing->blocks.count; i++) {
		struct block *block = &backing->blocks.items[i];

		if (block->disk != disk || !block->number)
			continue;
		for (unsigned j = 0; j < reply->count; j++) {
			const struct blkid_probe_partition *partition =
				&reply->partitions[j];

			if (partition->number != block->number)
				continue;
			strcpy(block->partuuid, partition->uuid);
			strcpy(block->partlabel, partition->name);
		}
	}
}

static void note_reply(void *data, size_t target, const struct blkid_probe_reply *reply)
{
	const struct reading *reading = data;
	size_t index = reading->blocks[target];
	struct block *block = &reading->backing->blocks.items[index];

	block->superblock = reply->superblock;
	log_debug("%s: type \"%s\", UUID \"%s\", label \"%s\"", block->name,
		  block->superblock.type, block->superblock.uuid,
		  block->superblock.label);
	if (!block->number)
		note_partitions(reading->backing, index, reply);
}

static int read_contents(struct backing *backing, uint64_t deadline)
{
	size_t count = backing->blocks.count, used = 0;
	_cleanup_free_ struct blkid_probe_target *targets =
		calloc(count + 1, sizeof(targets[0]) + BLOCK_NODE_SIZE);
	_cleanup_free_ size_t *blocks = calloc(count + 1, sizeof(blocks[0]));
	char *paths = targets ? (char *)(targets + count + 1) : NULL;

	if (!targets || !blocks)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct block *block = &backing->blocks.items[i];
		char *path = paths + used * BLOCK_NODE_SIZE;

		if (block->is_empty || block->major == MAJOR_FLOPPY)
			block->superblock.state = SUPERBLOCK_EMPTY;
		if (block->is_empty || block->major == MAJOR_FLOPPY || block->is_known)
			continue;
		block_node(block, path);
		blocks[used] = i;
		targets[used++] =
			(struct blkid_probe_target){ path, block->major, block->minor };
	}
	blkid_probe_run(backing->root_fd, targets, used, deadline, note_reply,
			&(struct reading){ backing, blocks });
	return 0;
}

/* -- down the stack ------------------------------------------------------------------ */

static void visit(struct backing *backing, size_t index, const struct devspec *devspec);

/* What the kernel makes from memory, and with a file system on a disk below, a loop. */
static bool needs_no_disk(const struct block *block, const struct devspec *devspec)
{
	static const char *const names[] = { "zram", "ram" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strncmp(block->name, names[i], strlen(names[i])) == 0)
			return true;
	/* The file below a loop device is visible only if it is mounted. */
	return block_is_loop(block) && devspec_is_in_use(devspec);
}

/* A volume of ZFS may be in any pool. */
static void visit_pools(struct backing *backing, const struct devspec *devspec)
{
	for (size_t i = 0; i < backing->blocks.count; i++)
		if (strcmp(backing->blocks.items[i].superblock.type, "zfs_member") == 0)
			visit(backing, i, devspec);
}

/* A virtual device has to be on another one, or on the network. */
static void visit_nothing(struct backing *backing, const struct block *block,
			  const struct devspec *devspec)
{
	int loop = -ENOENT;

	if (block_is_loop(block))
		loop = block_read_loop(backing->root_fd, &backing->blocks, block);
	if (loop >= 0)
		visit(backing, (size_t)loop, devspec);
	else if (strncmp(block->name, "zd", 2) == 0)
		visit_pools(backing, devspec);
	else if (!needs_no_disk(block, devspec) && !block_is_remote(block))
		backing->is_stack_unclear = true;
}

static void visit_lower(struct backing *backing, const struct block *block,
			const struct devspec *devspec)
{
	size_t lower[BLOCK_LOWER_MAX];
	int count = block_read_lower(backing->root_fd, &backing->blocks, block, lower);

	if (count < 0)
		backing->is_stack_unclear = true;
	else if (count == 0 && strstr(block->paths, "/virtual/block/"))
		visit_nothing(backing, block, devspec);
	for (int i = 0; i < count; i++)
		visit(backing, lower[i], devspec);
}

/* Notes that a block device and every device below it back the devspec. */
static void visit(struct backing *backing, size_t index, const struct devspec *devspec)
{
	const struct block *block = &backing->blocks.items[index];
	struct visit *visited = &backing->visits[index];

	if (visited->state == VISITING)
		backing->is_stack_unclear = true; /* the stack has a cycle */
	if (visited->state != UNVISITED)
		return;
	log_debug("%s backs %s", block->name, devspec->origin);
	*visited = (struct visit){ VISITING, devspec };
	if (block_is_remote(block))
		backing->is_remote = true;
	if (block->disk != index)
		visit(backing, block->disk, devspec);
	else
		visit_lower(backing, block, devspec);
	visited->state = VISITED;
}

/* -- from devspecs to block devices -------------------------------------------------- */

static bool is_type(const struct superblock *superblock, const char *type)
{
	return strcmp(superblock->type, type) == 0;
}

static bool matches(const struct devspec *devspec, const struct block *block)
{
	const struct superblock *superblock = &block->superblock;

	switch (devspec->kind) {
	case DEVSPEC_UUID:
		return devspec_equals_uuid(superblock->uuid, devspec->value);
	case DEVSPEC_LABEL:
		return devspec->value[0] &&
		       strcmp(superblock->label, devspec->value) == 0;
	case DEVSPEC_PARTUUID:
		return devspec_equals_uuid(block->partuuid, devspec->value);
	case DEVSPEC_PARTLABEL:
		return devspec->value[0] && strcmp(block->partlabel, devspec->value) == 0;
	case DEVSPEC_LUKS:
		return is_type(superblock, "crypto_LUKS") &&
		       devspec_begins_uuid(superblock->uuid, devspec->value);
	case DEVSPEC_MD:
		return is_type(superblock, "linux_raid_member") &&
		       devspec_equals_uuid(superblock->uuid, devspec->value);
	case DEVSPEC_GROUP:
		return devspec->value[0] &&
		       strcmp(superblock->group_name, devspec->value) == 0;
	case DEVSPEC_POOL:
		return is_type(superblock, "zfs_member") &&
		       (!devspec->value[0] ||
			strcmp(superblock->label, devspec->value) == 0);
	case DEVSPEC_PATH:
		/* A logical volume that is not active yet. */
		return block_is_in_group(devspec->value, superblock->group_name);
	case DEVSPEC_NUMBER:
	case DEVSPEC_TAG:
	case DEVSPEC_UNKNOWN:
		return false;
	}
	return false;
}

/* Visits what matches the devspec, for the reason that is given. */
static bool find_devspec(struct backing *backing, const struct devspec *devspec,
			 const struct devspec *why)
{
	const struct block *block = NULL;
	bool found = false;

	/* No block device is behind it: find_shared() in disk.c. */
	if (devspec->kind == DEVSPEC_TAG)
		return true;
	if (devspec->kind == DEVSPEC_PATH)
		block = block_find_path(backing->root_fd, &backing->blocks,
					devspec->value);
	else if (devspec->kind == DEVSPEC_NUMBER)
		block = block_find_number(&backing->blocks, devspec->value);
	if (block) {
		visit(backing, (size_t)(block - backing->blocks.items), why);
		return true;
	}
	/* All that match: of two clones, either may be meant. */
	for (size_t i = 0; i < backing->blocks.count; i++) {
		if (!matches(devspec, &backing->blocks.items[i]))
			continue;
		visit(backing, i, why);
		found = true;
	}
	return found;
}

static void find_devspecs(struct backing *backing)
{
	const struct devspecs *devspecs = &backing->devspecs;

	for (size_t i = 0; i < devspecs->count; i++)
		backing->found[i] =
			find_devspec(backing, &devspecs->items[i], &devspecs->items[i]);
}

/* -- the other devices of a volume --------------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Formats in which every device has the UUID of the whole. */
static bool spans_devices(const struct superblock *superblock)
{
	return is_type(superblock, "btrfs") || is_type(superblock, "bcachefs") ||
	       ends_with(superblock->type, "_member");
}

#define DM_LVM		"LVM-"
#define LVM_UUID_LENGTH 32

static bool is_lvm_volume(const struct block *block)
{
	return strncmp(block->dm_uuid, DM_LVM, strlen(DM_LVM)) == 0;
}

/* The UUID of the volume group of an LVM logical or physical volume. */
static void get_group(const struct block *block, char uuid[static SUPERBLOCK_UUID_SIZE])
{
	if (is_lvm_volume(block))
		snprintf(uuid, SUPERBLOCK_UUID_SIZE, "%.*s", LVM_UUID_LENGTH,
			 block->dm_uuid + strlen(DM_LVM));
	else
		strcpy(uuid, block->superblock.group_uuid);
}

static bool is_same_volume(const struct block *a, const struct block *b)
{
	char a_group[SUPERBLOCK_UUID_SIZE], b_group[SUPERBLOCK_UUID_SIZE];

	if (spans_devices(&a->superblock) &&
	    is_type(&a->superblock, b->superblock.type) &&
	    devspec_equals_uuid(a->superblock.uuid, b->superblock.uuid))
		return true;
	get_group(a, a_group);
	get_group(b, b_group);
	return devspec_equals_uuid(a_group, b_group);
}

/* Visits the other devices of the volume. Returns whether there is one. */
static bool visit_members(struct backing *backing, size_t index)
{
	const struct block_list *blocks = &backing->blocks;
	bool changed = false;

	for (size_t i = 0; i < blocks->count; i++) {
		if (backing->visits[i].state != UNVISITED ||
		    !is_same_volume(&blocks->items[index], &blocks->items[i]))
			continue;
		visit(backing, i, backing->visits[index].devspec);
		changed = true;
	}
	return changed;
}

bool backing_is_nameless(const struct block *block)
{
	return is_type(&block->superblock, "LVM2_member") &&
	       !block->superblock.group_uuid[0];
}

/* Whether it may be a member of the volume that has another UUID, or none. */
static bool may_be_member(const struct backing *backing, const struct block *block,
			  size_t index)
{
	const struct block *member = &backing->blocks.items[index];

	if (backing_is_nameless(member))
		return is_type(&block->superblock, "LVM2_member");
	return backing->visits[index].state != UNVISITED && member->superblock.is_seed &&
	       is_type(&block->superblock, "btrfs");
}

/* Whether all devices of the volume are there. */
static bool is_complete(const struct backing *backing, const struct block *block)
{
	const struct superblock *superblock = &block->superblock;
	unsigned members = 0, parts = 0;
	bool is_new;

	for (size_t i = 0; i < backing->blocks.count; i++) {
		const struct block *other = &backing->blocks.items[i];

		if (other != block &&
		    (!is_type(superblock, other->superblock.type) ||
		     !is_same_volume(block, other)) &&
		    !may_be_member(backing, block, i))
			continue;
		members += other->superblock.part == superblock->part;
		is_new = true;
		for (size_t j = 0; is_new && j < i; j++)
			is_new = other->superblock.part !=
					 backing->blocks.items[j].superblock.part ||
				 !is_same_volume(other, &backing->blocks.items[j]);
		parts += is_new;
	}
	return members >= superblock->members && parts >= superblock->parts;
}

/* Visits what else the format names. Returns whether all of it is there. */
static bool find_needs(struct backing *backing, size_t index)
{
	const char *text = backing->blocks.items[index].superblock.needs;
	struct text_cursor line;
	bool found = true;

	while (*text && text_next_line(&text, &line)) {
		struct devspec devspec = { 0 };

		devspec_parse((struct span){ line.at, (size_t)(line.end - line.at) },
			      &devspec);
		found &= find_devspec(backing, &devspec, backing->visits[index].devspec);
	}
	return found;
}

/* Of btrfs, whose members may be seeds, which have another UUID. */
static bool visit_seeds(struct backing *backing, size_t index)
{
	bool changed = false;

	if (!is_type(&backing->blocks.items[index].superblock, "btrfs"))
		return false;
	for (size_t i = 0; i < backing->blocks.count; i++) {
		if (!backing->blocks.items[i].superblock.is_seed ||
		    backing->visits[i].state != UNVISITED)
			continue;
		visit(backing, i, backing->visits[index].devspec);
		changed = true;
	}
	return changed;
}

/*
 * Visits the other devices of every volume that has a visited one, and notes the first
 * volume of which some are missing.
 */
static void find_volumes(struct backing *backing)
{
	bool changed = true;

	while (changed) {
		changed = false;
		backing->incomplete = NULL;
		for (size_t i = 0; i < backing->blocks.count; i++) {
			const struct devspec *devspec = backing->visits[i].devspec;
			bool is_found;

			if (!devspec)
				continue;
			is_found = find_needs(backing, i);
			changed |= visit_members(backing, i);
			if (!is_complete(backing, &backing->blocks.items[i])) {
				is_found = false;
				changed |= visit_seeds(backing, i);
			}
			if (!is_found && !backing->incomplete)
				backing->incomplete = devspec;
		}
	}
}

static void note_lvm(struct backing *backing)
{
	for (size_t i = 0; i < backing->blocks.count; i++)
		if (backing->visits[i].devspec &&
		    (is_lvm_volume(&backing->blocks.items[i]) ||
		     is_type(&backing->blocks.items[i].superblock, "LVM2_member")))
			backing->has_lvm = true;
}

static int find(struct backing *backing)
{
	backing->visits = calloc(backing->blocks.count + 1, sizeof(backing->visits[0]));
	backing->found = calloc(backing->devspecs.count + 1, sizeof(backing->found[0]));
	if (!backing->visits || !backing->found)
		return -ENOMEM;
	backing->is_stack_unclear = backing->has_lvm = false;
	backing->incomplete = NULL;
	backing->is_remote = backing->devspecs.network[0];
	find_devspecs(backing);
	find_volumes(backing);
	note_lvm(backing);
	return 0;
}

static void forget(struct backing *backing)
{
	free(backing->visits);
	free(backing->found);
	backing->visits = NULL;
	backing->found = NULL;
}

int backing_scan(struct backing *backing)
{
	return block_scan(backing->root_fd, &backing->blocks);
}

int backing_find(struct backing *backing, uint64_t deadline)
{
	int r = read_contents(backing, deadline);

	return r < 0 ? r : find(backing);
}

/* -- what is missing ----------------------------------------------------------------- */

static bool is_same_list(const struct block_list *a, const struct block_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i].name, b->items[i].name) != 0 ||
		    a->items[i].is_empty != b->items[i].is_empty)
			return false;
	return true;
}

/* Takes over what is known of a disk that was there before. */
static void keep_known(const struct block_list *before, struct block_list *blocks)
{
	for (size_t i = 0; i < blocks->count; i++) {
		struct block *block = &blocks->items[i];

		for (size_t j = 0; j < before->count; j++) {
			const struct block *old = &before->items[j];

			if (!block_is_same(block, old) || old->is_empty ||
			    old->superblock.state == SUPERBLOCK_UNREAD)
				continue;
			block->is_known = true;
			block->superblock = old->superblock;
			strcpy(block->partuuid, old->partuuid);
			strcpy(block->partlabel, old->partlabel);
		}
	}
	/* A new partition gets its UUID from the table on the disk. */
	for (size_t i = 0; i < blocks->count; i++)
		if (!blocks->items[i].is_known)
			blocks->items[blocks->items[i].disk].is_known = false;
}

static bool has_unread(const struct block_list *blocks)
{
	for (size_t i = 0; i < blocks->count; i++)
		if (blocks->items[i].superblock.state == SUPERBLOCK_UNREAD)
			return true;
	return false;
}

int backing_find_again(struct backing *backing, uint64_t deadline)
{
	struct block_list blocks;
	int r = block_scan(backing->root_fd, &blocks);

	/*
	 * If there is no new disk, udev may have made a new link to one. The node of one
	 * that could not be read may have come.
	 */
	if (r < 0 ||
	    (is_same_list(&blocks, &backing->blocks) && !has_unread(&backing->blocks))) {
		block_list_free(&blocks);
		forget(backing);
		return r < 0 ? r : find(backing);
	}
	block_read_diskseqs(backing->root_fd, &blocks);
	keep_known(&backing->blocks, &blocks);
	block_list_free(&backing->blocks);
	backing->blocks = blocks;
	forget(backing);
	return backing_find(backing, deadline);
}

/*
 * A container that no other block device is on: LUKS that is locked, for example. Not one
 * that is needed itself, if members of its volume are missing.
 */
static bool has_unopened(const struct backing *backing, bool is_for_members)
{
	for (size_t i = 0; i < backing->blocks.count; i++) {
		const struct block *block = &backing->blocks.items[i];

		if (block->superblock.is_container &&
		    !(is_for_members && backing->visits[i].devspec) &&
		    !block_has_holders(backing->root_fd, block))
			return true;
	}
	return false;
}

/* Whether it has to be found, but was not. */
static bool is_missing(const struct backing *backing, size_t index)
{
	const struct devspec *devspec = &backing->devspecs.items[index];

	if (backing->found[index])
		return false;
	/* What is mounted as the root file system may have other names. */
	return devspec->source != DEVSPEC_FROM_ROOT && !devspec_is_in_use(devspec);
}

const struct devspec *backing_find_missing(const struct backing *backing,
					   enum missing_kind kind)
{
	bool may_appear = kind == MISSING_MAY_APPEAR;

	for (size_t i = 0; i < backing->devspecs.count; i++) {
		const struct devspec *devspec = &backing->devspecs.items[i];

		if (!is_missing(backing, i) ||
		    devspec->is_optional != (kind == MISSING_OPTIONAL))
			continue;
		if (!may_appear ||
		    (devspec->kind != DEVSPEC_UNKNOWN && !has_unopened(backing, false)))
			return devspec;
	}
	if (kind == MISSING_OPTIONAL || !backing->incomplete ||
	    (may_appear && has_unopened(backing, true)))
		return NULL;
	return backing->incomplete;
}

void backing_free(struct backing *backing)
{
	devspecs_free(&backing->devspecs);
	block_list_free(&backing->blocks);
	forget(backing);
}
