/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/sysfs.h"
#include "base/text.h"
#include "base/util.h"
#include "block/stack.h"
#include "guard/backing.h"
#include "guard/class.h"
#include "guard/disk.h"

/* -- the verdict on one device ------------------------------------------------------- */

bool guard_disk_applies(const struct plan_entry *entry)
{
	const struct pci_id *id = &entry->device->id;

	return entry->verdict == VERDICT_PENDING &&
	       !text_equals_name(entry->was, entry->driver) &&
	       (guard_is_storage(id) || guard_is_network(id));
}

static enum reason find_reason(const struct disk_attributes *attributes)
{
	if (attributes->block)
		return devspec_is_in_use(attributes->devspec) ? REASON_IN_USE
							      : REASON_ROOT_DISK;
	if (attributes->has_root_network)
		return REASON_ROOT_NETWORK;
	if (!attributes->root_found)
		return REASON_ROOT_UNKNOWN;
	if (attributes->unread)
		return REASON_UNREADABLE;
	if (attributes->unclear || attributes->missing || attributes->is_stack_unclear)
		return REASON_UNCLEAR;
	return REASON_NONE;
}

static void note(struct plan_entry *entry, const struct block *block,
		 const struct devspec *devspec)
{
	_Static_assert(BLOCK_NAME_SIZE <= PLAN_DISK_SIZE, "a disk's name fits");
	_Static_assert(DEVSPEC_ORIGIN_SIZE <= PLAN_NOTE_SIZE, "an origin fits");

	if (block)
		strcpy(entry->disk, block->name);
	if (devspec)
		strcpy(entry->backs, devspec->origin);
}

void guard_disk_judge(const struct disk_attributes *attributes, struct plan_entry *entry)
{
	enum reason reason = find_reason(attributes);

	if (reason == REASON_NONE)
		return;
	entry->reason = reason;
	entry->verdict = reason == REASON_ROOT_UNKNOWN && !attributes->is_late
				 ? VERDICT_DEFERRED
				 : VERDICT_KEPT;
	if (attributes->block)
		note(entry, attributes->block, attributes->devspec);
	else if (attributes->unread || attributes->unclear)
		note(entry, attributes->unread ? attributes->unread : attributes->unclear,
		     NULL);
	else
		note(entry, NULL, attributes->missing);
}

/* -- the attributes of one device ---------------------------------------------------- */

/* A physical volume that does not name its volume group may belong to any. */
static bool is_nameless_volume(const struct block *block)
{
	return strcmp(block->superblock.type, "LVM2_member") == 0 &&
	       !block->superblock.group_uuid[0];
}

/* A devspec that no device matches and that this one may be, or contain. */
static const struct devspec *find_missing(const struct backing *backing,
					  const struct block *block)
{
	for (size_t i = 0; i < backing->devspecs.count; i++) {
		const struct devspec *devspec = &backing->devspecs.items[i];

		if (backing->found[i] || devspec->source != DEVSPEC_FROM_PARAMETER)
			continue;
		if (block->superblock.is_container || devspec->kind == DEVSPEC_UNKNOWN)
			return devspec;
	}
	return NULL;
}

static void add_block(const struct backing *backing, size_t index,
		      struct disk_attributes *attributes)
{
	const struct block *block = &backing->blocks.items[index];
	const struct devspec *devspec = backing->visits[index].devspec;

	/* A partition says more than its disk. */
	if (devspec && (!attributes->block || block->number)) {
		attributes->block = block;
		attributes->devspec = devspec;
	}
	if (block->superblock.state == SUPERBLOCK_UNREAD)
		attributes->unread = block;
	if (block->superblock.state == SUPERBLOCK_UNCLEAR ||
	    (is_nameless_volume(block) && backing->has_lvm))
		attributes->unclear = block;
	if (!attributes->missing)
		attributes->missing = find_missing(backing, block);
}

/* Whether an interface of this network card is up: IFF_UP in <linux/if.h>. */
static bool is_network_up(int root_fd, const struct pci_address *address)
{
	char path[sizeof("sys/bus/pci/") + DEVICE_PATH_SIZE + 64], name[DEVICE_PATH_SIZE];
	_cleanup_closedir_ DIR *directory = NULL;
	struct dirent *entry;

	pci_device_path(name, address, "net");
	snprintf(path, sizeof(path), "sys/bus/pci/%s", name);
	directory = sysfs_open_directory(root_fd, path);
	while (directory && (entry = readdir(directory))) {
		char flags[16];

		snprintf(path, sizeof(path), "%.60s/flags", entry->d_name);
		if (sysfs_read(dirfd(directory), path, flags, sizeof(flags)) > 0 &&
		    strtoul(flags, NULL, 16) & 1)
			return true;
	}
	return false;
}

/* Whether claiming the device would take the block device away. */
static bool leads_to(const struct backing *backing, const struct pci_device *device,
		     size_t index)
{
	const struct block *block = &backing->blocks.items[index];

	if (block_is_behind(block, &device->address))
		return true;
	return backing->visits[index].devspec && guard_is_tunnel(&device->id) &&
	       block_may_be_tunnelled(backing->root_fd, block, &device->address);
}

static void judge(const struct backing *backing, struct plan_entry *entry)
{
	const struct pci_device *device = entry->device;
	struct disk_attributes attributes = {
		.is_late = true,
		/* root= says nothing about a network card without disks. */
		.root_found = backing->root_found || !guard_is_storage(&device->id),
		.is_stack_unclear = backing->is_stack_unclear,
	};

	attributes.has_root_network = backing->devspecs.on_network &&
				      guard_is_network(&device->id) &&
				      is_network_up(backing->root_fd, &device->address);
	for (size_t i = 0; i < backing->blocks.count; i++)
		if (leads_to(backing, device, i))
			add_block(backing, i, &attributes);
	guard_disk_judge(&attributes, entry);
}

/* -- the plan ------------------------------------------------------------------------ */

/* Before the disks appear: defers every device that may back the system. */
static void defer_all(const struct devspecs *devspecs, struct plan *plan)
{
	static const struct disk_attributes attributes = { 0 };

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];

		if (guard_disk_applies(entry) &&
		    (guard_is_storage(&entry->device->id) || devspecs->on_network))
			guard_disk_judge(&attributes, entry);
	}
}

static bool applies_to_any(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (guard_disk_applies(&plan->entries[i]))
			return true;
	return false;
}

static int judge_all(struct backing *backing, bool is_late, uint64_t deadline,
		     struct plan *plan)
{
	int r;

	if (!is_late && !backing->devspecs.is_mounted) {
		defer_all(&backing->devspecs, plan);
		return 0;
	}
	r = backing_find(backing, deadline);
	for (size_t i = 0; r == 0 && i < plan->count; i++)
		if (guard_disk_applies(&plan->entries[i]))
			judge(backing, &plan->entries[i]);
	return r;
}

/* After an error nothing is known about any of them. */
static void keep_all(struct plan *plan)
{
	static const struct disk_attributes attributes = { .is_late = true };

	for (size_t i = 0; i < plan->count; i++)
		if (guard_disk_applies(&plan->entries[i]))
			guard_disk_judge(&attributes, &plan->entries[i]);
}

void guard_disks(int root_fd, const char *cmdline, bool is_late, uint64_t deadline,
		 struct plan *plan)
{
	struct backing backing;
	int r;

	if (!applies_to_any(plan))
		return;
	r = backing_read_devspecs(root_fd, cmdline, &backing);
	if (r == 0)
		r = judge_all(&backing, is_late, deadline, plan);
	if (r < 0) {
		log_debug("cannot find the disks that back the system: %s", strerror(-r));
		keep_all(plan);
	}
	backing_free(&backing);
}
