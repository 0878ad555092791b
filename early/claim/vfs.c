/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "block/block.h"
#include "claim/internal.h"

/* -- giving back --------------------------------------------------------------------- */

#define PF_AUTOPROBE "physfn/sriov_drivers_autoprobe"

/* Waits until no VFs of the same PF are being made or removed: sriov_numvfs_show() takes
 * the lock of the PF. Returns the number of its VFs. */
static unsigned wait_for_vfs(const struct claims *claims, const struct claim *claim)
{
	char path[DEVICE_PATH_SIZE], text[16];

	pci_device_path(path, &claim->entry.device->address, "physfn/sriov_numvfs");
	if (sysfs_read(claims->bus_fd, path, text, sizeof(text)) <= 0)
		return 0;
	return (unsigned)strtoul(text, NULL, 10);
}

static bool is_silent(const struct claims *claims, const char *path)
{
	char text[4];

	return sysfs_read(claims->bus_fd, path, text, sizeof(text)) > 0 && text[0] == '0';
}

/*
 * An override with the name of its driver would do, but kernels are about to refuse that.
 * So drivers may probe the VFs of this PF while this one is probed. No other VF can get
 * one: those that are requested have their overrides, and the kernel cannot make new ones
 * meanwhile. It would have to remove this one first, which waits for the probe, and then
 * pauses for a second: sriov_disable() in drivers/pci/iov.c.
 */
static void probe_alone(struct claims *claims, struct claim *claim, const char *path)
{
	_cleanup_close_ int lock = sysfs_lock(claims->bus_fd, path);
	bool silent = is_silent(claims, path);

	if (lock < 0)
		return;
	if (silent && (!wait_for_vfs(claims, claim) ||
		       binding_write(claims, claim, PF_AUTOPROBE, "1") < 0))
		return;
	(void)binding_probe(claims, claim);
	if (silent)
		(void)binding_write(claims, claim, PF_AUTOPROBE, "0");
}

void vfs_give_back(struct claims *claims, struct claim *claim)
{
	char path[DEVICE_PATH_SIZE];
	unsigned count = wait_for_vfs(claims, claim);

	/* An event for the new ones follows. */
	if (!count || (claims->vfs_known && count != claims->vfs_known))
		return;
	driver_load_usual(claims, claim);
	pci_device_path(path, &claim->entry.device->address, PF_AUTOPROBE);
	probe_alone(claims, claim, path);
}

static void give_back_job(struct claims *claims, struct claim *claim)
{
	vfs_give_back(claims, claim);
}

void claims_give_back(struct claims *claims, uint64_t deadline)
{
	static const claim_round rounds[] = { give_back_job };
	int r = workers_run(claims, rounds, ARRAY_SIZE(rounds), deadline);

	if (r < 0)
		log_debug("giving back: %s", strerror(-r));
}

/* -- making -------------------------------------------------------------------------- */

#define RETRY_US 500000

/* A file of an interface of the VF; the kernel's names have at most 15 bytes. */
static void interface_path(char path[static DEVICE_PATH_SIZE],
			   const struct pci_address *vf, const char *name,
			   const char *file)
{
	char full[sizeof("net//master") + 15];

	snprintf(full, sizeof(full), "net/%.15s/%s", name, file);
	pci_device_path(path, vf, full);
}

/* IFF_UP in include/uapi/linux/if.h, or part of a bridge or a bond. */
static bool is_interface_used(const struct claims *claims, const struct pci_address *vf,
			      char note[static PLAN_NOTE_SIZE])
{
	_cleanup_closedir_ DIR *directory = NULL;
	char path[DEVICE_PATH_SIZE], text[16];
	struct dirent *entry;

	pci_device_path(path, vf, "net");
	directory = sysfs_open_directory(claims->bus_fd, path);
	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(note, PLAN_NOTE_SIZE, "%.15s", entry->d_name);
		interface_path(path, vf, note, "flags");
		if (sysfs_read(claims->bus_fd, path, text, sizeof(text)) > 0 &&
		    strtoul(text, NULL, 16) & 1)
			return true;
		interface_path(path, vf, note, "master");
		if (sysfs_exists(claims->bus_fd, path))
			return true;
	}
	return false;
}

/* Only one can have a group open, and none while its device is open by itself. */
static bool is_group_used(const struct claims *claims, const struct pci_address *vf,
			  char note[static PLAN_NOTE_SIZE])
{
	char path[DEVICE_PATH_SIZE], group[16] = "";
	int file;

	pci_device_path(path, vf, "iommu_group");
	if (sysfs_read_link(claims->bus_fd, path, group, sizeof(group)) < 0)
		group[0] = '\0';
	snprintf(note, PLAN_NOTE_SIZE, "dev/vfio/%s", group);
	file = openat(claims->root_fd, note, O_RDWR | O_CLOEXEC);
	if (file < 0)
		return true;
	close(file);
	return false;
}

/* Whether somebody uses the VF; in doubt somebody does. */
static bool is_used(const struct claims *claims, const struct pci_address *vf,
		    char note[static PLAN_NOTE_SIZE])
{
	char driver[DRIVER_NAME_SIZE];
	struct block_hold disks = { 0 };
	int r;

	if (is_interface_used(claims, vf, note))
		return true;
	(void)pci_read_driver(claims->bus_fd, vf, driver);
	if (pci_driver_is_vfio(driver) && is_group_used(claims, vf, note))
		return true;
	r = block_open_exclusive(claims->root_fd, vf, &disks);
	block_release(&disks);
	strcpy(note, "disk");
	return r == -EBUSY;
}

static bool find_use(const struct claims *claims, struct pf *pf)
{
	struct pci_address address;
	char note[PLAN_NOTE_SIZE], name[ADDRESS_SIZE];

	for (unsigned i = 0; pf_find_vf(claims->bus_fd, &pf->address, i, &address); i++) {
		if (!is_used(claims, &address, note))
			continue;
		address_format(&address, name);
		snprintf(pf->note, sizeof(pf->note), "%s(%.64s)", name, note);
		return true;
	}
	return false;
}

static int write_number(struct claims *claims, const struct claim *claim, unsigned number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	return binding_write(claims, claim, "sriov_numvfs", text);
}

static void end(struct pf *pf, enum verdict verdict, enum reason reason, int error)
{
	pf->verdict = verdict;
	pf->reason = reason;
	pf->error = error;
}

/* The errors are those of sriov_numvfs_store() in drivers/pci/iov.c. */
static void end_with(const struct claims *claims, struct claim *claim, struct pf *pf,
		     int r)
{
	binding_update(claims, claim);
	if (pf->made == pf->wanted)
		end(pf, VERDICT_CLAIMED, REASON_NONE, 0);
	else if (r == -ENOENT && !claim->entry.now[0])
		end(pf, VERDICT_DEFERRED, REASON_NO_VFS, 0);
	else if (r == -ENOENT)
		end(pf, VERDICT_REFUSED, REASON_NOT_CONFIGURABLE, 0);
	else if (r == -ERANGE)
		end(pf, VERDICT_REFUSED, REASON_TOO_MANY_VFS, 0);
	else
		end(pf, VERDICT_FAILED, REASON_NOT_MADE, r);
}

/* A driver may fail, or make none and report no error, until the link is up. */
static bool may_succeed(const struct claims *claims, const struct pf *pf, int r)
{
	return !pf->made && r != -ENOENT && r != -ERANGE &&
	       clock_ms() + RETRY_US / 1000 < claims->wait_until;
}

static void make_job(struct claims *claims, struct claim *claim)
{
	struct pf *pf = &claims->pf;
	int r = 0;

	if (pf->made && find_use(claims, pf)) {
		end(pf, VERDICT_KEPT, REASON_VFS_IN_USE, 0);
		return;
	}
	if (pf->made)
		r = write_number(claims, claim, 0);
	while (r == 0) {
		r = write_number(claims, claim, pf->wanted);
		pf->made = pf_count_vfs(claims->bus_fd, pf);
		if (pf->made == pf->wanted || !may_succeed(claims, pf, r))
			break;
		r = 0;
		usleep(RETRY_US);
	}
	end_with(claims, claim, pf, r);
}

void claims_make_vfs(struct claims *claims, struct pf *pf, uint64_t deadline)
{
	static const claim_round rounds[] = { make_job };

	pf->note[0] = '\0';
	claims->pf = *pf;
	end(&claims->pf, VERDICT_FAILED, REASON_TIMEOUT, 0);
	claims->wait_until = deadline;
	if (workers_run(claims, rounds, ARRAY_SIZE(rounds), deadline) < 0)
		log_debug("sriov_numvfs: not written in time");
	*pf = claims->pf;
}
