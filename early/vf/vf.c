/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "vf/vf.h"

/* -- foretelling --------------------------------------------------------------------- */

/* As pci_iov_virtfn_bus() and pci_iov_virtfn_devfn() in drivers/pci/iov.c. */
bool pf_foretell(const struct pf *pf, unsigned number, struct pci_address *ret)
{
	unsigned routing = (unsigned)pf->address.bus << 8 |
			   (unsigned)pf->address.slot << 3 | pf->address.function;

	if (number >= pf->total || !pf->offset || (number && !pf->stride))
		return false;
	routing += pf->offset + number * pf->stride;
	if (routing > 0xffff)
		return false;
	*ret = (struct pci_address){ .domain = pf->address.domain,
				     .bus = (uint8_t)(routing >> 8),
				     .slot = (uint8_t)(routing >> 3 & 0x1f),
				     .function = (uint8_t)(routing & 7) };
	return true;
}

/* A VF hangs below the same bridges as its PF. */
static void foretell_path(const struct pci_device *pf, struct pci_device *vf)
{
	unsigned count = pf->path.step_count;

	vf->path = pf->path;
	if (count)
		vf->path.steps[count - 1] =
			(uint8_t)(vf->address.slot << 3 | vf->address.function);
}

/* What a VF has of its own in sysfs is not known before: its subsystem and its class. */
static struct selector without_details(const struct selector *selector)
{
	struct selector loose = *selector;

	loose.id.subvendor = loose.id.subdevice = PCI_ANY;
	loose.class_mask = 0;
	return loose;
}

static bool names_vf(const struct selector *selector, const struct pf *pf,
		     const struct pci_device *device)
{
	struct selector loose = without_details(selector);
	struct pci_device vf = { .id = { .vendor = pf->id.vendor,
					 .device = pf->vf_device } };

	if (!loose.has_address)
		return pf->total > 0 && selector_matches(&loose, &vf);
	for (unsigned i = 0; pf_foretell(pf, i, &vf.address); i++) {
		foretell_path(device, &vf);
		if (selector_matches(&loose, &vf))
			return true;
	}
	return false;
}

bool pf_is_foretold(const struct pf *pf, const struct pci_device *device,
		    const struct params *params)
{
	bool any = false;

	for (size_t i = 0; i < params->wanted.count; i++) {
		const struct selector *selector = &params->wanted.items[i];

		/* Whoever takes the PF gets no VFs. */
		if (selector_matches(selector, device))
			return false;
		any = any || names_vf(selector, pf, device);
	}
	return any;
}

bool pfs_foretell(const struct pfs *pfs, const struct pci_list *list,
		  const struct selector *selector)
{
	for (size_t i = 0; i < pfs->count; i++) {
		const struct pf *pf = &pfs->items[i];
		const struct pci_device *device = pci_list_find(list, &pf->address);

		if (device && names_vf(selector, pf, device))
			return true;
	}
	return false;
}

/* -- judging ------------------------------------------------------------------------- */

static void decide(struct pf *pf, enum verdict verdict, enum reason reason)
{
	pf->verdict = verdict;
	pf->reason = reason;
}

void pf_judge(struct pf *pf)
{
	if (pf->total == 0)
		decide(pf, VERDICT_REFUSED, REASON_NO_SRIOV);
	else if (pf->wanted > pf->total)
		decide(pf, VERDICT_REFUSED, REASON_TOO_MANY_VFS);
	else if (pf->made && (pf->made == pf->wanted || !pf->wanted))
		decide(pf, VERDICT_CLAIMED, REASON_NONE);
	else if (pf->verdict == VERDICT_PENDING)
		decide(pf, VERDICT_DEFERRED, REASON_NO_VFS);
}

/* -- sysfs --------------------------------------------------------------------------- */

#define AUTOPROBE "sriov_drivers_autoprobe"

/* Returns false if there is no such file. */
static bool read_number(int bus_fd, const struct pci_address *address, const char *file,
			int base, unsigned *ret)
{
	char path[DEVICE_PATH_SIZE], text[16];

	pci_device_path(path, address, file);
	*ret = 0;
	if (sysfs_read(bus_fd, path, text, sizeof(text)) <= 0)
		return false;
	*ret = (unsigned)strtoul(text, NULL, base);
	return true;
}

bool pf_read(int bus_fd, const struct pci_device *device, struct pf *ret)
{
	unsigned autoprobe;

	*ret = (struct pf){ .address = device->address, .id = device->id };
	if (!read_number(bus_fd, &ret->address, AUTOPROBE, 10, &autoprobe))
		return false;
	ret->autoprobe = ret->was = autoprobe != 0;
	read_number(bus_fd, &ret->address, "sriov_totalvfs", 10, &ret->total);
	read_number(bus_fd, &ret->address, "sriov_offset", 10, &ret->offset);
	read_number(bus_fd, &ret->address, "sriov_stride", 10, &ret->stride);
	read_number(bus_fd, &ret->address, "sriov_vf_device", 16, &ret->vf_device);
	return true;
}

static int write_autoprobe(int bus_fd, const struct pf *pf, bool value)
{
	char path[DEVICE_PATH_SIZE];
	int lock, r;

	pci_device_path(path, &pf->address, AUTOPROBE);
	lock = sysfs_lock(bus_fd, path);
	if (lock < 0)
		return lock;
	log_debug("writing \"%d\" to %s", value, path);
	r = sysfs_write(bus_fd, path, value ? "1" : "0");
	close(lock);
	return r;
}

int pf_silence(int bus_fd, struct pf *pf)
{
	int r;

	if (!pf->autoprobe)
		return 0;
	r = write_autoprobe(bus_fd, pf, false);
	pf->autoprobe = r < 0;
	pf->is_new = r == 0;
	return r;
}

int pf_restore(int bus_fd, struct pf *pf)
{
	int r = pf_is_silenced(pf) ? write_autoprobe(bus_fd, pf, true) : 0;

	if (r == 0)
		pf->autoprobe = pf->was;
	return r;
}

void pfs_restore(int bus_fd, struct pfs *pfs)
{
	for (size_t i = 0; i < pfs->count; i++)
		if (pfs->items[i].is_new)
			(void)pf_restore(bus_fd, &pfs->items[i]);
}

void vfs_restore(int bus_fd)
{
	_cleanup_closedir_ DIR *directory = sysfs_open_directory(bus_fd, "devices");
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		struct pci_device device = { 0 };
		struct pf pf;

		if (address_parse_name(entry->d_name, &device.address) < 0 ||
		    !pf_read(bus_fd, &device, &pf))
			continue;
		pf.was = true;
		(void)pf_restore(bus_fd, &pf);
	}
}

bool pf_find_vf(int bus_fd, const struct pci_address *pf, unsigned number,
		struct pci_address *ret)
{
	char path[DEVICE_PATH_SIZE], file[sizeof("virtfn4294967295")], name[ADDRESS_SIZE];

	snprintf(file, sizeof(file), "virtfn%u", number);
	pci_device_path(path, pf, file);
	return sysfs_read_link(bus_fd, path, name, sizeof(name)) == 0 &&
	       address_parse_name(name, ret) == 0;
}

unsigned pf_count_vfs(int bus_fd, const struct pf *pf)
{
	struct pci_address unused;
	unsigned count = 0;

	while (pf_find_vf(bus_fd, &pf->address, count, &unused))
		count++;
	return count;
}

void pf_mark(int bus_fd, struct pf *pf, struct pci_list *list)
{
	struct pci_address address;

	for (pf->made = 0; pf_find_vf(bus_fd, &pf->address, pf->made, &address);
	     pf->made++) {
		struct pci_device *vf = pci_list_find(list, &address);

		if (!vf)
			continue;
		vf->is_virtual = true;
		vf->is_given = pf->is_named;
		vf->is_silenced = pf_is_silenced(pf);
		vf->physical = pf->address;
	}
}

/* -- finding ------------------------------------------------------------------------- */

/*
 * Whether an item may name a VF of the device, if that is a PF: to ask sysfs of every
 * device would cost too much. A VF has the vendor of its PF.
 */
static bool may_be_foretold(const struct pci_device *device, const struct params *params)
{
	for (size_t i = 0; i < params->wanted.count; i++) {
		const struct selector *selector = &params->wanted.items[i];
		const struct pci_address *address = &selector->address.address;

		if (selector->has_id && selector->id.vendor != PCI_ANY &&
		    selector->id.vendor != device->id.vendor)
			continue;
		if (selector->has_address && (address->domain != device->address.domain ||
					      (!selector->address.step_count &&
					       address->bus < device->address.bus)))
			continue;
		return true;
	}
	return false;
}

/*
 * Whether passthru.vfs names the device, not only by a wildcard, and how many VFs to
 * make: the last number.
 */
static bool is_named(const struct params *params, const struct pci_device *device,
		     bool *ret_meant, unsigned *ret_wanted)
{
	bool named = false;

	*ret_meant = false;
	*ret_wanted = 0;
	for (size_t i = 0; i < params->vfs.count; i++) {
		const struct selector *selector = &params->vfs.items[i];

		if (!selector_matches(selector, device))
			continue;
		named = true;
		*ret_meant |= !selector_is_wildcard(selector);
		if (selector->vf_count)
			*ret_wanted = selector->vf_count;
	}
	return named;
}

static bool is_bridge(const struct pci_device *device)
{
	return pci_base_class(&device->id) == PCI_BASE_CLASS_BRIDGE;
}

/* Returns whether the VFs of the device go to guests. */
static bool find(int bus_fd, const struct params *params, const struct pci_device *device,
		 struct pf *ret)
{
	unsigned wanted;
	bool meant, named = is_named(params, device, &meant, &wanted);

	if (is_bridge(device) || (!named && !may_be_foretold(device, params)))
		return false;
	if (!pf_read(bus_fd, device, ret)) {
		/* A VF has the ID of its PF, or the card has no SR-IOV at all. */
		char path[DEVICE_PATH_SIZE];

		pci_device_path(path, &device->address, "physfn");
		if (!meant || sysfs_exists(bus_fd, path))
			return false;
	}
	ret->is_named = named;
	ret->wanted = wanted;
	return named || pf_is_foretold(ret, device, params);
}

/* What the earlier stages have changed, or failed to change. */
static void note_earlier(const struct pfs *earlier, struct pf *pf)
{
	const struct pf *before = earlier ? pfs_find_at(earlier, &pf->address) : NULL;

	if (!before)
		return;
	pf->was |= before->was;
	pf->is_new = before->is_new;
	if (before->wanted != pf->wanted ||
	    (before->verdict != VERDICT_FAILED && before->verdict != VERDICT_REFUSED &&
	     before->verdict != VERDICT_KEPT))
		return;
	pf->verdict = before->verdict;
	pf->reason = before->reason;
	pf->error = before->error;
	strcpy(pf->note, before->note);
}

int pfs_find(int bus_fd, const struct params *params, const struct pfs *earlier,
	     struct pci_list *list, struct pfs *ret)
{
	*ret = (struct pfs){ 0 };
	for (size_t i = 0; i < list->count; i++) {
		struct pci_device *device = &list->devices[i];
		struct pf found, *added;

		if (!find(bus_fd, params, device, &found))
			continue;
		added = array_append(ret->items, ret->count);
		if (!added)
			return -ENOMEM;
		*added = found;
		device->gives_vfs = found.is_named;
		note_earlier(earlier, added);
		pf_mark(bus_fd, added, list);
		pf_judge(added);
	}
	return 0;
}

struct pf *pfs_find_at(const struct pfs *pfs, const struct pci_address *address)
{
	for (size_t i = 0; i < pfs->count; i++)
		if (address_compare(&pfs->items[i].address, address) == 0)
			return &pfs->items[i];
	return NULL;
}
