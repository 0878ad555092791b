/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical functions, whose virtual ones are claimed or given back. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "run/internal.h"

void run_leave_udev(const struct run *run)
{
	static const char *const files[] = { "sys/fs/cgroup/cgroup.procs",
					     "sys/fs/cgroup/systemd/cgroup.procs" };

	if (run->stage != STAGE_DEVICE)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (sysfs_write(run->root_fd, files[i], "0") == 0)
			return;
}

/* Somebody else may have silenced the PF of the event: then no VF has events, either. */
static void mark_own_vfs(struct run *run)
{
	const struct pci_device *device =
		pci_list_find(&run->result->devices, &run->request->device);
	struct pf pf;

	if (run->stage == STAGE_DEVICE && device &&
	    !pfs_find_at(&run->result->pfs, &device->address) &&
	    pf_read(run->bus_fd, device, &pf))
		pf_mark(run->bus_fd, &pf, &run->result->devices);
}

static int find_devices(struct run *run, const struct pfs *earlier, bool *ret_partial)
{
	struct pci_list *devices = &run->result->devices;
	int r = run_scan(run, ret_partial);

	if (run->params->has_paths)
		pci_read_paths(run->bus_fd, devices);
	if (r < 0 || *ret_partial)
		return r;
	r = pfs_find(run->bus_fd, run->params, earlier, devices, &run->result->pfs);
	mark_own_vfs(run);
	return r;
}

bool run_has_pf(const struct run *run, const struct pf *pf)
{
	return run->stage == STAGE_EARLY ||
	       (run->stage == STAGE_DEVICE &&
		address_compare(&pf->address, &run->request->device) == 0);
}

static void silence_pfs(struct run *run)
{
	struct pfs *pfs = &run->result->pfs;

	for (size_t i = 0; i < pfs->count; i++) {
		struct pf *pf = &pfs->items[i];

		if (!run_has_pf(run, pf) || !pf->autoprobe)
			continue;
		if (pf_silence(run->bus_fd, pf) < 0)
			log_line(
				LOG_LEVEL_WARNING,
				"sriov_drivers_autoprobe cannot be written; virtual functions get their usual driver first");
		pf_mark(run->bus_fd, pf, &run->result->devices);
	}
}

/* For what the host keeps. */
static const struct settings none;

struct claims *run_set_up(const struct run *run, struct claims *claims)
{
	if (!claims)
		return NULL;
	claims->bus_fd = run->bus_fd;
	claims->root_fd = run->root_fd;
	claims->root = run->request->root;
	return claims;
}

/*
 * While VFs are made, the initramfs may have ended: then its files are gone, and /sys and
 * /dev are below the root of the first process. proc_fd is from before that.
 */
static void follow_init(const struct run *run, int proc_fd)
{
	_cleanup_close_ int root_fd =
		openat(proc_fd, "1/root", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (root_fd < 0 || dup2(root_fd, run->root_fd) < 0 || fchdir(root_fd) < 0 ||
	    chroot(".") < 0)
		log_debug("the root of the first process: %s", strerror(errno));
}

/* Returns whether it has been tried. */
static bool make_vfs(struct run *run, struct pf *pf)
{
	struct pci_device *device = pci_list_find(&run->result->devices, &pf->address);
	_cleanup_close_ int proc_fd = -1;
	struct claims *claims;

	if (!run_has_pf(run, pf) || !pf->wanted || pf->made == pf->wanted ||
	    pf->wanted > pf->total || !run_has_file(run, &pf->address, "driver"))
		return false;
	/* The number that an administrator has written is theirs. */
	if (pf->made && run->request->is_change) {
		pf->verdict = VERDICT_CLAIMED;
		pf->reason = REASON_NONE;
		return false;
	}
	claims = device ? run_set_up(run, claims_new_release(&device, 1, &none)) : NULL;
	if (!claims)
		return false;
	run_leave_udev(run);
	/* Leaves time for the claim. */
	if (run->request->is_detached && !run->request->root[0])
		proc_fd =
			openat(run->root_fd, "proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	claims_make_vfs(claims, pf, run->start_ms + run->timeout_ms * 7 / 10);
	if (proc_fd >= 0)
		follow_init(run, proc_fd);
	/* Nobody waits: the claim need not pay for a slow driver of the PF. */
	if (run->request->is_detached)
		run->start_ms = clock_ms();
	claims_free(claims);
	return true;
}

/*
 * Before the driver of a PF is loaded, and then again when it is bound. Not in the first
 * stage of a boot, which has no time for it: udev announces all devices later. Returns
 * whether there may be other devices now.
 */
static bool prepare_pfs(struct run *run)
{
	struct pfs *pfs = &run->result->pfs;
	bool has_tried = false;

	if (run->params->dryrun)
		return false;
	silence_pfs(run);
	for (size_t i = 0; i < pfs->count; i++)
		if (run->stage != STAGE_EARLY || run->request->is_booted)
			has_tried |= make_vfs(run, &pfs->items[i]);
	return has_tried;
}

int run_find_devices(struct run *run, const struct pfs *earlier, bool *ret_partial)
{
	int r = find_devices(run, earlier, ret_partial);
	struct pfs before = run->result->pfs;

	if (r < 0 || !prepare_pfs(run))
		return r;
	pci_list_free(&run->result->devices);
	r = find_devices(run, &before, ret_partial);
	free(before.items);
	return r;
}

/* A VF without a driver that nobody has requested. */
static bool is_left(const struct run *run, struct pci_device *device)
{
	const struct plan_entry *entry = plan_find(&run->result->plan, device);

	if (!device->is_silenced ||
	    (!run->request->is_booted &&
	     address_compare(&device->physical, &run->request->device) != 0) ||
	    (entry && (plan_entry_is_taken(entry) || entry->verdict == VERDICT_DEFERRED)))
		return false;
	pci_read_again(run->bus_fd, device);
	return !device->driver[0] && !device->is_gone;
}

unsigned run_count_vfs(const struct run *run)
{
	const struct pf *pf =
		run->stage == STAGE_DEVICE
			? pfs_find_at(&run->result->pfs, &run->request->device)
			: NULL;

	return pf ? pf->made : 0;
}

void run_give_back(struct run *run)
{
	struct pci_list *devices = &run->result->devices;
	struct pci_device **left = NULL;
	struct claims *claims;
	unsigned count = 0;

	if (run->params->dryrun ||
	    (run->stage != STAGE_DEVICE && !run->request->is_booted))
		return;
	for (size_t i = 0; i < devices->count; i++) {
		struct pci_device **added;

		if (!is_left(run, &devices->devices[i]))
			continue;
		added = array_append(left, count);
		if (added)
			*added = &devices->devices[i];
	}
	claims = count ? run_set_up(run, claims_new_release(left, count, &none)) : NULL;
	if (claims) {
		run_leave_udev(run);
		claims->vfs_known = run_count_vfs(run);
		claims_give_back(claims, run->start_ms + run->timeout_ms);
	}
	for (unsigned i = 0; i < count; i++)
		pci_read_again(run->bus_fd, left[i]);
	claims_free(claims);
	free(left);
}

void run_find_physical(int bus_fd, struct run_request *request)
{
	struct pci_device device = { .address = request->device };
	char path[DEVICE_PATH_SIZE], text[4];

	pci_device_path(path, &request->device, "physfn/sriov_drivers_autoprobe");
	if (request->stage != STAGE_DEVICE ||
	    sysfs_read(bus_fd, path, text, sizeof(text)) <= 0)
		return;
	pci_read_physical(bus_fd, &device);
	if (device.is_virtual &&
	    (text[0] == '0' ||
	     (request->earlier && pfs_find_at(&request->earlier->pfs, &device.physical))))
		request->device = device.physical;
}

bool run_detaches(const struct run_request *request)
{
	const struct selectors *vfs = &request->params->vfs;
	struct run run = { .request = request,
			   .root_fd = request->root_fd,
			   .bus_fd = request->bus_fd,
			   .stage = request->stage };
	bool has_count = false;

	for (size_t i = 0; i < vfs->count; i++)
		has_count |= vfs->items[i].vf_count > 0;
	if (run.stage != STAGE_DEVICE || !has_count ||
	    !run_has_file(&run, &request->device, "sriov_numvfs") ||
	    !run_has_file(&run, &request->device, "driver") ||
	    run_has_file(&run, &request->device, "virtfn0"))
		return false;
	run_leave_udev(&run);
	return true;
}
