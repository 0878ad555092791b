/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "block/block.h"
#include "guard/internal.h"

/* -- the verdict on one device ------------------------------------------------------- */

bool guard_disk_applies(const struct plan_entry *entry)
{
	return entry->verdict == VERDICT_PENDING && !entry->is_forced &&
	       !text_equals_name(entry->was, entry->wanted);
}

static enum reason find_reason(const struct disk_attributes *attributes)
{
	if (attributes->devspec)
		return devspec_is_in_use(attributes->devspec) ? REASON_IN_USE
							      : REASON_ROOT_DISK;
	if (attributes->network)
		return REASON_ROOT_NETWORK;
	if (!attributes->root_found)
		return REASON_ROOT_UNKNOWN;
	if (attributes->unread)
		return REASON_UNREADABLE;
	if (attributes->unclear || attributes->is_stack_unclear)
		return REASON_UNCLEAR;
	return attributes->missing ? REASON_NOT_FOUND : REASON_NONE;
}

#define PART_OF "part of "

_Static_assert(BLOCK_NAME_SIZE <= PLAN_DISK_SIZE, "a disk's name fits");
_Static_assert(DEVSPEC_ORIGIN_SIZE + sizeof(PART_OF) <= PLAN_NOTE_SIZE + 1,
	       "an origin fits");

/* The details for the log and the report. */
static void note(const struct disk_attributes *attributes, struct plan_entry *entry)
{
	switch (entry->reason) {
	case REASON_ROOT_DISK:
	case REASON_IN_USE:
		if (attributes->block)
			strcpy(entry->disk, attributes->block->name);
		strcpy(entry->note, attributes->devspec->origin);
		break;
	case REASON_UNREADABLE:
		strcpy(entry->disk, attributes->unread->name);
		break;
	case REASON_UNCLEAR:
		if (attributes->unclear)
			strcpy(entry->disk, attributes->unclear->name);
		break;
	case REASON_ROOT_NETWORK:
		strcpy(entry->note, attributes->network);
		break;
	case REASON_NOT_FOUND:
		if (attributes->unread_elsewhere)
			strcpy(entry->disk, attributes->unread_elsewhere->name);
		if (attributes->is_part)
			strcpy(entry->note, PART_OF);
		strcat(entry->note, attributes->missing->origin);
		break;
	default: /* nothing more is known */
		break;
	}
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
	note(attributes, entry);
}

/* -- the attributes of one device ---------------------------------------------------- */

/* Whether the block device may contain what was not found: locked, or of no known format.
 */
static bool may_contain(const struct backing *backing, size_t index)
{
	const struct block *block = &backing->blocks.items[index];

	if (block->superblock.is_container)
		return true;
	if (block->superblock.state != SUPERBLOCK_EMPTY || block->is_empty)
		return false;
	/* A disk with partitions has no format of its own. */
	for (size_t i = 0; !block->number && i < backing->blocks.count; i++)
		if (i != index && backing->blocks.items[i].disk == index)
			return false;
	return true;
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
	    (backing_is_nameless(block) && backing->has_lvm))
		attributes->unclear = block;
}

/* A block device of unknown content, wherever it is, or NULL. */
static const struct block *find_unread(const struct backing *backing)
{
	for (size_t i = 0; i < backing->blocks.count; i++)
		if (backing->blocks.items[i].superblock.state == SUPERBLOCK_UNREAD)
			return &backing->blocks.items[i];
	return NULL;
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

/*
 * Whether the device may still bring a disk: it has none yet, or more can be attached to
 * it. An NVMe drive has all of its namespaces once it has settled.
 */
static bool may_bring(const struct backing *backing, const struct pci_device *device)
{
	bool has_disk = false;

	if (!guard_is_storage(&device->id))
		return false;
	for (size_t i = 0; i < backing->blocks.count; i++) {
		if (!block_is_behind(&backing->blocks.items[i], &device->address))
			continue;
		if (may_contain(backing, i))
			return true;
		has_disk = true;
	}
	return !has_disk || !guard_is_fixed(&device->id);
}

/* A file system that the hypervisor shares through this virtio device. */
static const struct devspec *find_shared(const struct backing *backing,
					 const struct pci_device *device)
{
	if (!virtio_shares_files(backing->root_fd, &device->address))
		return NULL;
	for (size_t i = 0; i < backing->devspecs.count; i++)
		if (backing->devspecs.items[i].kind == DEVSPEC_TAG)
			return &backing->devspecs.items[i];
	return NULL;
}

/*
 * Memory of CXL is not below its PCI function. If there is any region, of RAM or a disk,
 * it may be on each of them.
 */
static const struct devspec *find_memory(const struct backing *backing,
					 const struct pci_device *device)
{
	static const struct devspec region = { .source = DEVSPEC_FROM_MOUNT,
					       .origin = "a CXL region" };

	return device->id.class >> 8 == CLASS_CXL &&
			       cxl_has_region(backing->root_fd, &device->address)
		       ? &region
		       : NULL;
}

static bool is_root_mounted(const struct backing *backing)
{
	return backing->devspecs.is_mounted || backing->devspecs.root_directory;
}

static void judge(const struct backing *backing, struct plan_entry *entry)
{
	const struct pci_device *device = entry->device;
	struct disk_attributes attributes = {
		.is_late = true,
		.root_found = is_root_mounted(backing),
		.is_stack_unclear =
			backing->is_stack_unclear && guard_is_storage(&device->id),
		.devspec = find_shared(backing, device),
	};

	if (!attributes.devspec)
		attributes.devspec = find_memory(backing, device);
	if (backing->is_remote && network_is_used(backing->root_fd, &device->address))
		attributes.network = backing->devspecs.network[0]
					     ? backing->devspecs.network
					     : "a remote disk";
	for (size_t i = 0; i < backing->blocks.count; i++)
		if (leads_to(backing, device, i))
			add_block(backing, i, &attributes);
	if (may_bring(backing, device))
		attributes.missing = backing_find_missing(backing, MISSING_REQUIRED);
	attributes.is_part =
		attributes.missing && attributes.missing == backing->incomplete;
	if (attributes.missing)
		attributes.unread_elsewhere = find_unread(backing);
	guard_disk_judge(&attributes, entry);
}

/* -- the plan ------------------------------------------------------------------------ */

static bool has_disk_behind(const struct backing *backing,
			    const struct pci_device *device)
{
	for (size_t i = 0; i < backing->blocks.count; i++)
		if (block_is_behind(&backing->blocks.items[i], &device->address))
			return true;
	return false;
}

/*
 * Whether the device may be the way to something that the system needs: by its class, or
 * since a disk is behind it, of a driver that is built in.
 */
static bool may_back(const struct backing *backing, const struct plan_entry *entry)
{
	const struct pci_device *device = entry->device;

	return guard_disk_applies(entry) &&
	       (guard_is_storage(&device->id) || guard_is_network(&device->id) ||
		has_disk_behind(backing, device));
}

/*
 * Whether disks have to be read to judge the device. If it is a network card that is up,
 * they tell whether the system needs a remote one.
 */
static bool needs_contents(const struct backing *backing, const struct plan_entry *entry)
{
	const struct pci_device *device = entry->device;

	return may_back(backing, entry) &&
	       (guard_is_storage(&device->id) || has_disk_behind(backing, device) ||
		network_is_used(backing->root_fd, &device->address));
}

/* Before the disks appear: defers every device that may back the system. */
static void defer_all(const struct backing *backing, struct plan *plan)
{
	static const struct disk_attributes attributes = { 0 };

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];
		const struct pci_id *id = &entry->device->id;
		bool has_no_disks = guard_is_network(id) && !guard_is_storage(id);

		if (may_back(backing, entry) &&
		    (!has_no_disks || backing->devspecs.network[0]))
			guard_disk_judge(&attributes, entry);
	}
}

/* Whether the function is true of any entry. */
static bool is_any(bool (*function)(const struct backing *backing,
				    const struct plan_entry *entry),
		   const struct backing *backing, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++)
		if (function(backing, &plan->entries[i]))
			return true;
	return false;
}

/* Without a driver, a device has no disk and no interface behind it; disks may come. */
static bool may_have_any(const struct backing *backing, const struct plan_entry *entry)
{
	(void)backing;
	return guard_disk_applies(entry) &&
	       (entry->was[0] || guard_is_storage(&entry->device->id));
}

/*
 * Whether a disk may appear behind one of the devices soon: not behind one without a
 * driver, unless udev may still be loading that.
 */
static bool any_may_bring(const struct backing *backing, const struct plan *plan)
{
	bool is_udev_busy = file_exists(backing->root_fd, "run/udev/queue");

	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		if (guard_disk_applies(entry) && (entry->was[0] || is_udev_busy) &&
		    may_bring(backing, entry->device))
			return true;
	}
	return false;
}

/* Whether a drive has a driver; or, with is_new, a driver but no disk yet. */
static bool any_drive(const struct backing *backing, const struct plan *plan, bool is_new)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		if (guard_disk_applies(entry) && entry->was[0] &&
		    guard_is_fixed(&entry->device->id) &&
		    !(is_new && has_disk_behind(backing, entry->device)))
			return true;
	}
	return false;
}

#define POLL_MS 100
/* The namespaces of an NVMe drive appear one after the other. */
#define SETTLE_MS 1000

/*
 * What is worth waiting for, or NULL: what a device may bring; what a drive of which not
 * all namespaces have appeared may have; and for a drive that its driver is still
 * initialising also what is optional.
 */
static const struct devspec *find_awaited(const struct backing *backing, bool is_settled,
					  const struct plan *plan)
{
	const struct devspec *missing = backing_find_missing(backing, MISSING_MAY_APPEAR);

	if (missing && (any_may_bring(backing, plan) ||
			(!is_settled && any_drive(backing, plan, false))))
		return missing;
	missing = backing_find_missing(backing, MISSING_OPTIONAL);
	return missing && any_drive(backing, plan, true) ? missing : NULL;
}

/* Waits for the disks that are named but missing, as long as that may change a verdict.
 */
static int wait_for_missing(struct backing *backing, uint64_t deadline,
			    const struct plan *plan)
{
	uint64_t start = clock_ms(), now = start;
	const struct devspec *missing;
	int r = 0;

	while (r == 0 && now < deadline &&
	       (missing = find_awaited(backing, now >= start + SETTLE_MS, plan))) {
		if (now == start) {
			log_line(LOG_LEVEL_INFO, "waiting up to %u s for %s%s",
				 (unsigned)((deadline - now + 999) / 1000),
				 missing == backing->incomplete ? PART_OF : "",
				 missing->origin);
			block_read_diskseqs(backing->root_fd, &backing->blocks);
		}
		usleep(POLL_MS * 1000);
		r = backing_find_again(backing, deadline);
		now = clock_ms();
	}
	return r;
}

static int judge_all(struct backing *backing, const struct cmdline *cmdline,
		     bool is_mounted, enum disk_moment moment, uint64_t deadline,
		     struct plan *plan)
{
	bool is_early = moment != DISK_MOMENT_LATE && !is_mounted;
	int r;

	if (is_mounted && !is_any(may_have_any, backing, plan))
		return 0;
	r = backing_scan(backing);
	/* Most graphics cards have no disk behind them: nothing else has to be read. */
	if (r < 0 || !is_any(may_back, backing, plan))
		return r;
	r = devspecs_read(backing->root_fd, cmdline, is_mounted, &backing->devspecs);
	if (r < 0)
		return r;
	if (is_early) {
		defer_all(backing, plan);
		return 0;
	}
	if (is_root_mounted(backing) && !is_any(needs_contents, backing, plan))
		return 0;
	r = backing_find(backing, deadline);
	/* Without a root file system, everything stays with the host. */
	if (r == 0 && backing->devspecs.root_directory)
		r = wait_for_missing(backing, deadline, plan);
	for (size_t i = 0; r == 0 && i < plan->count; i++)
		if (may_back(backing, &plan->entries[i]))
			judge(backing, &plan->entries[i]);
	return r;
}

/* After an error nothing is known about any of them. */
static void keep_all(struct plan *plan)
{
	static const struct disk_attributes attributes = { .is_late = true };

	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *entry = &plan->entries[i];
		const struct pci_id *id = &entry->device->id;

		if (guard_disk_applies(entry) &&
		    (guard_is_storage(id) || guard_is_network(id)))
			guard_disk_judge(&attributes, entry);
	}
}

/* Whether a device may matter: by its class, or since a driver has had it already. */
static bool is_concerned(const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		if (guard_disk_applies(entry) &&
		    (entry->was[0] || guard_is_storage(&entry->device->id) ||
		     guard_is_network(&entry->device->id)))
			return true;
	}
	return false;
}

/*
 * Whether this is an initramfs: each generator leaves a mark in its images that no
 * installed system has.
 */
static bool is_initramfs(int root_fd)
{
	/* dracut, mkosi, and all with systemd, which needs it */
	return file_exists(root_fd, "etc/initrd-release") ||
	       file_exists(root_fd, "usr/lib/initrd-release") ||
	       /* initramfs-tools */
	       file_exists(root_fd, "conf/arch.conf") ||
	       /* mkinitcpio with busybox */
	       file_exists(root_fd, "init_functions");
}

static bool is_mounted(int root_fd, enum disk_moment moment)
{
	return moment == DISK_MOMENT_BOOTED ||
	       (moment == DISK_MOMENT_EVENT && !is_initramfs(root_fd));
}

void guard_disks(int root_fd, const struct cmdline *cmdline, enum disk_moment moment,
		 uint64_t deadline, struct plan *plan)
{
	struct backing backing = { .root_fd = root_fd };
	int r;

	if (!is_concerned(plan))
		return;
	r = judge_all(&backing, cmdline, is_mounted(root_fd, moment), moment, deadline,
		      plan);
	if (r < 0) {
		log_debug("cannot find the disks that back the system: %s", strerror(-r));
		keep_all(plan);
	}
	backing_free(&backing);
}
