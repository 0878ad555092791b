/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "carrier.h"
#include "file.h"
#include "guard.h"
#include "log.h"
#include "need.h"
#include "probe.h"
#include "sysfs.h"
#include "util.h"

#define MAJOR_FLOPPY 2
#define MAJOR_LOOP   7

struct search {
	int root_fd;
	struct needs needs;
	struct block_list blocks;
	size_t *targets; /* index of the block by number of the probe's target */
	bool *found;	 /* by number of the need */
	bool root_found;
	bool is_stack_unclear;
};

/* -- what is needed ------------------------------------------------------------------ */

static int add_file(struct search *search, const char *path,
		    int (*add)(struct needs *needs, const char *text))
{
	_cleanup_free_ char *text = NULL;
	int r = file_read(search->root_fd, path, &text);

	/* Without swap in the kernel there is no such file. */
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : add(&search->needs, text);
}

static int read_needs(struct search *search, const char *cmdline)
{
	int r = needs_add_cmdline(&search->needs, cmdline);

	if (r == 0)
		r = add_file(search, "proc/self/mountinfo", needs_add_mounts);
	if (r == 0)
		r = add_file(search, "proc/swaps", needs_add_swaps);
	return r;
}

/* -- what is on the disks ------------------------------------------------------------ */

static void note_partitions(struct search *search, size_t disk,
			    const struct probe_answer *answer)
{
	for (size_t i = 0; i < search->blocks.count; i++) {
		struct block *block = &search->blocks.items[i];

		if (block->disk != disk || !block->number)
			continue;
		for (unsigned j = 0; j < answer->count; j++) {
			const struct probe_partition *entry = &answer->partitions[j];

			if (entry->number != block->number)
				continue;
			strcpy(block->partuuid, entry->uuid);
			strcpy(block->partlabel, entry->name);
		}
	}
}

static void note_answer(void *data, size_t target, const struct probe_answer *answer)
{
	struct search *search = data;
	size_t index = search->targets[target];
	struct block *block = &search->blocks.items[index];

	block->content = answer->content;
	log_debug("%s: type \"%s\", UUID \"%s\", label \"%s\"", block->name,
		  block->content.type, block->content.uuid, block->content.label);
	if (!block->number)
		note_partitions(search, index, answer);
}

static int read_contents(struct search *search, uint64_t deadline)
{
	size_t count = search->blocks.count, used = 0;
	_cleanup_free_ struct probe_target *targets =
		calloc(count + 1, sizeof(targets[0]) + BLOCK_NODE_SIZE);
	char *paths = targets ? (char *)(targets + count + 1) : NULL;

	search->targets = calloc(count + 1, sizeof(search->targets[0]));
	if (!targets || !search->targets)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		struct block *block = &search->blocks.items[i];
		char *path = paths + used * BLOCK_NODE_SIZE;

		if (block->is_empty || block->major == MAJOR_FLOPPY) {
			block->content.state = CONTENT_EMPTY;
			continue;
		}
		block_node(block, path);
		search->targets[used] = i;
		targets[used++] =
			(struct probe_target){ path, block->major, block->minor };
	}
	probe_run(search->root_fd, targets, used, deadline, note_answer, search);
	return 0;
}

/* -- what carries what is needed ----------------------------------------------------- */

static void enter(struct search *search, size_t index, const struct need *need);

static void enter_lower(struct search *search, struct block *block)
{
	size_t lower[BLOCK_LOWER_MAX];
	int count = block_read_lower(search->root_fd, &search->blocks, block, lower);
	bool is_use = block->need->source == NEED_FROM_MOUNT ||
		      block->need->source == NEED_FROM_SWAP;

	/* What is behind a loop device is not visible, unless it is mounted anyway. */
	if (count < 0 || (block->major == MAJOR_LOOP && !is_use))
		search->is_stack_unclear = true;
	for (int i = 0; i < count; i++)
		enter(search, lower[i], block->need);
}

/* Notes that a block device, and all that it stands on, carries what is needed. */
static void enter(struct search *search, size_t index, const struct need *need)
{
	struct block *block = &search->blocks.items[index];

	if (block->walk == BLOCK_ENTERED)
		search->is_stack_unclear = true; /* it stands on itself */
	if (block->walk != BLOCK_UNSEEN)
		return;
	log_debug("%s carries %s", block->name, need->origin);
	block->walk = BLOCK_ENTERED;
	block->need = need;
	if (block_is_remote(block))
		search->needs.on_network = true;
	if (block->disk != index)
		enter(search, block->disk, need);
	else
		enter_lower(search, block);
	block->walk = BLOCK_LEFT;
}

static bool is_type(const struct content *content, const char *type)
{
	return strcmp(content->type, type) == 0;
}

static bool matches(const struct need *need, const struct block *block)
{
	const struct content *content = &block->content;

	switch (need->kind) {
	case NEED_UUID:
		return need_equals_uuid(content->uuid, need->value);
	case NEED_LABEL:
		return need->value[0] && strcmp(content->label, need->value) == 0;
	case NEED_PARTUUID:
		return need_equals_uuid(block->partuuid, need->value);
	case NEED_PARTLABEL:
		return need->value[0] && strcmp(block->partlabel, need->value) == 0;
	case NEED_LUKS:
		return is_type(content, "crypto_LUKS") &&
		       need_begins_uuid(content->uuid, need->value);
	case NEED_MD:
		return is_type(content, "linux_raid_member") &&
		       need_equals_uuid(content->uuid, need->value);
	case NEED_GROUP:
		return need->value[0] && strcmp(content->group_name, need->value) == 0;
	case NEED_POOL:
		return is_type(content, "zfs_member") &&
		       (!need->value[0] || strcmp(content->label, need->value) == 0);
	case NEED_PATH:
		/* A volume that nobody has activated yet. */
		return block_is_in_group(need->value, content->group_name);
	case NEED_NUMBER:
	case NEED_UNKNOWN:
		return false;
	}
	return false;
}

static bool find_need(struct search *search, const struct need *need)
{
	const struct block *block = NULL;
	bool found = false;

	if (need->kind == NEED_PATH)
		block = block_find_path(search->root_fd, &search->blocks, need->value);
	else if (need->kind == NEED_NUMBER)
		block = block_find_number(&search->blocks, need->value);
	if (block) {
		enter(search, (size_t)(block - search->blocks.items), need);
		return true;
	}
	/* All that fit: of two with the same name either may be meant. */
	for (size_t i = 0; i < search->blocks.count; i++) {
		if (!matches(need, &search->blocks.items[i]))
			continue;
		enter(search, i, need);
		found = true;
	}
	return found;
}

static void find_needs(struct search *search)
{
	const struct needs *needs = &search->needs;
	bool root_found = true;

	for (size_t i = 0; i < needs->count; i++) {
		search->found[i] = find_need(search, &needs->items[i]);
		if (needs->items[i].source == NEED_FROM_ROOT && !search->found[i])
			root_found = false;
	}
	search->root_found = root_found || needs->is_mounted;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Formats of which each device names the whole by the same UUID. */
static bool spans_devices(const struct content *content)
{
	return is_type(content, "btrfs") || is_type(content, "bcachefs") ||
	       ends_with(content->type, "_member");
}

#define DM_LVM		"LVM-"
#define LVM_UUID_LENGTH 32

/* The UUID of the volume group that an LVM volume or physical volume is of. */
static void get_group(const struct block *block, char uuid[static CONTENT_UUID_SIZE])
{
	if (strncmp(block->dm_uuid, DM_LVM, strlen(DM_LVM)) == 0)
		snprintf(uuid, CONTENT_UUID_SIZE, "%.*s", LVM_UUID_LENGTH,
			 block->dm_uuid + strlen(DM_LVM));
	else
		strcpy(uuid, block->content.group_uuid);
}

/* Whether the two are parts of one volume, whichever of them it was found by. */
static bool is_same_volume(const struct block *a, const struct block *b)
{
	char a_group[CONTENT_UUID_SIZE], b_group[CONTENT_UUID_SIZE];

	if (spans_devices(&a->content) && is_type(&a->content, b->content.type) &&
	    need_equals_uuid(a->content.uuid, b->content.uuid))
		return true;
	get_group(a, a_group);
	get_group(b, b_group);
	return need_equals_uuid(a_group, b_group);
}

/* Takes in the other devices of volumes that carry something. */
static void find_volumes(struct search *search)
{
	struct block_list *blocks = &search->blocks;
	bool changed = true;

	while (changed) {
		changed = false;
		for (size_t i = 0; i < blocks->count; i++) {
			if (blocks->items[i].walk == BLOCK_UNSEEN)
				continue;
			for (size_t j = 0; j < blocks->count; j++) {
				if (blocks->items[j].walk != BLOCK_UNSEEN ||
				    !is_same_volume(&blocks->items[i], &blocks->items[j]))
					continue;
				enter(search, j, blocks->items[i].need);
				changed = true;
			}
		}
	}
}

/* -- what that means for a PCI function ---------------------------------------------- */

/* A physical volume that does not say what group it is of may be of any. */
static bool is_nameless_volume(const struct block *block)
{
	return is_type(&block->content, "LVM2_member") && !block->content.group_uuid[0];
}

static bool carries_lvm(const struct search *search)
{
	for (size_t i = 0; i < search->blocks.count; i++)
		if (search->blocks.items[i].walk != BLOCK_UNSEEN &&
		    strncmp(search->blocks.items[i].dm_uuid, DM_LVM, strlen(DM_LVM)) == 0)
			return true;
	return false;
}

/* A need that was not found and that may be on, or in, this device. */
static const struct need *find_missing(const struct search *search,
				       const struct block *block)
{
	for (size_t i = 0; i < search->needs.count; i++) {
		const struct need *need = &search->needs.items[i];

		if (search->found[i] || need->source != NEED_FROM_PARAMETER)
			continue;
		if (block->content.is_container || need->kind == NEED_UNKNOWN)
			return need;
	}
	return NULL;
}

static void add_block(const struct search *search, const struct block *block,
		      struct guard_facts *facts)
{
	/* Of a disk and its partition the latter says more. */
	if (block->need && (!facts->block || block->number)) {
		facts->block = block;
		facts->need = block->need;
	}
	if (block->content.state == CONTENT_UNREAD)
		facts->unread = block;
	if (block->content.state == CONTENT_UNCLEAR ||
	    (is_nameless_volume(block) && carries_lvm(search)))
		facts->unclear = block;
	if (!facts->missing)
		facts->missing = find_missing(search, block);
}

/* Whether an interface of this network card is up: <linux/if.h>, IFF_UP. */
static bool is_network_up(const struct search *search, const struct pci_address *address)
{
	char path[sizeof("sys/bus/pci/") + DEVICE_PATH_SIZE + 64], name[DEVICE_PATH_SIZE];
	_cleanup_closedir_ DIR *directory = NULL;
	struct dirent *entry;

	pci_device_path(name, address, "net");
	snprintf(path, sizeof(path), "sys/bus/pci/%s", name);
	directory = sysfs_open_directory(search->root_fd, path);
	while (directory && (entry = readdir(directory))) {
		char flags[16];

		snprintf(path, sizeof(path), "%.60s/flags", entry->d_name);
		if (sysfs_read(dirfd(directory), path, flags, sizeof(flags)) > 0 &&
		    strtoul(flags, NULL, 16) & 1)
			return true;
	}
	return false;
}

/* Whether taking the device would take the block device away. */
static bool leads_to(const struct search *search, const struct pci_device *device,
		     const struct block *block)
{
	if (block_is_behind(block, &device->address))
		return true;
	return block->need && guard_is_tunnel(&device->id) &&
	       block_may_be_tunnelled(search->root_fd, block, &device->address);
}

static void judge(const struct search *search, struct plan_entry *entry)
{
	const struct pci_device *device = entry->device;
	struct guard_facts facts = { .is_late = true,
				     .root_found = search->root_found,
				     .is_stack_unclear = search->is_stack_unclear };

	facts.has_root_network = search->needs.on_network &&
				 guard_is_network(&device->id) &&
				 is_network_up(search, &device->address);
	for (size_t i = 0; i < search->blocks.count; i++)
		if (leads_to(search, device, &search->blocks.items[i]))
			add_block(search, &search->blocks.items[i], &facts);
	/* A network card that carries nothing has nothing to do with root=. */
	if (!guard_is_storage(&device->id))
		facts.root_found = true;
	guard_judge(&facts, entry);
}

/* Before there is any block device: all that may carry the system is put off. */
static void put_off(const struct search *search, struct plan *plan)
{
	static const struct guard_facts facts = { 0 };

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (guard_is_concerned(entry) &&
		    (guard_is_storage(&entry->device->id) || search->needs.on_network))
			guard_judge(&facts, entry);
	}
}

static int find_carriers(struct search *search, uint64_t deadline)
{
	int r = block_scan(search->root_fd, &search->blocks);

	if (r == 0)
		r = read_contents(search, deadline);
	if (r < 0)
		return r;
	search->found = calloc(search->needs.count + 1, sizeof(search->found[0]));
	if (!search->found)
		return -ENOMEM;
	find_needs(search);
	find_volumes(search);
	return 0;
}

static bool is_concerned(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (guard_is_concerned(&plan->entries[i]))
			return true;
	return false;
}

static int judge_all(struct search *search, bool is_late, uint64_t deadline,
		     struct plan *plan)
{
	int r;

	if (!is_late && !search->needs.is_mounted) {
		put_off(search, plan);
		return 0;
	}
	r = find_carriers(search, deadline);
	for (size_t i = 0; r == 0 && i < plan->count; i++)
		if (guard_is_concerned(&plan->entries[i]))
			judge(search, &plan->entries[i]);
	return r;
}

/* Nothing can be said about any of them. */
static void keep_all(struct plan *plan)
{
	static const struct guard_facts facts = { .is_late = true };

	for (size_t i = 0; i < plan->count; i++)
		if (guard_is_concerned(&plan->entries[i]))
			guard_judge(&facts, &plan->entries[i]);
}

void carrier_judge(int root_fd, const char *cmdline, bool is_late, uint64_t deadline,
		   struct plan *plan)
{
	struct search search = { .root_fd = root_fd };
	int r;

	if (!is_concerned(plan))
		return;
	r = read_needs(&search, cmdline);
	if (r == 0)
		r = judge_all(&search, is_late, deadline, plan);
	if (r < 0) {
		log_debug("looking for the root disk: %s", strerror(-r));
		keep_all(plan);
	}
	needs_free(&search.needs);
	block_list_free(&search.blocks);
	free(search.targets);
	free(search.found);
}
