/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru claim and release of virtual functions, by their physical ones. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "claim/claim.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "ui/ui.h"

/* -- what is chosen ------------------------------------------------------------------ */

static void choose_vfs(struct machine *machine, bool (*is_meant)(const struct device *))
{
	for (size_t i = 0; i < machine->count; i++) {
		struct device *device = &machine->devices[i];

		if (device->physical && device->physical->is_named && is_meant(device))
			device->is_chosen = true;
	}
}

static bool is_any(const struct device *device)
{
	(void)device;
	return true;
}

static bool is_claimed(const struct device *device)
{
	return device->is_claimed;
}

/* The host may well use the physical function. */
static void choose_only_vfs(struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		machine->devices[i].is_chosen = false;
	choose_vfs(machine, is_any);
}

int vfs_choose_for_claim(const struct host *host, struct machine *ret)
{
	unsigned count;
	int status;

	*ret = (struct machine){ 0 };
	if (!vfs_parse_count(host->arguments->vfs, &count))
		return STATUS_USAGE;
	status = vfs_choose(host, count, ret);
	choose_only_vfs(ret);
	return status;
}

void vfs_choose_for_release(const struct host *host, struct machine *machine)
{
	if (host->arguments->vfs)
		choose_only_vfs(machine);
	else
		choose_vfs(machine, is_claimed);
}

bool vfs_are_replaced(const struct host *host, const struct machine *machine)
{
	unsigned count;

	if (!vfs_parse_count(host->arguments->vfs, &count) || !count)
		return false;
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].is_named && machine->devices[i].vf_count &&
		    machine->devices[i].vf_count != count)
			return true;
	return false;
}

/* -- what the boot has silenced ------------------------------------------------------ */

/* The report of the boot, without any PF if it cannot be read. */
static void read_boot(const struct host *host, struct run_result *ret)
{
	_cleanup_free_ char *report = NULL;

	*ret = (struct run_result){ 0 };
	if (beneath_read(host->root_fd, REPORT_PATH, &report) == 0)
		(void)report_parse(report, ret);
}

void vfs_note_silenced(const struct host *host, struct machine *machine)
{
	struct run_result boot;

	read_boot(host, &boot);
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];
		const struct pf *pf = NULL;

		if (device->physical)
			pf = pfs_find_at(&boot.pfs, &device->physical->pci->address);
		device->pci->is_silenced =
			pf && pf->was && !device->physical->pf.autoprobe;
	}
	run_result_free(&boot);
}

void vfs_let_bind(const struct host *host, int bus_fd)
{
	struct run_result boot;
	struct machine machine = { 0 };

	read_boot(host, &boot);
	if (boot.pfs.count && !machine_read(host, &machine))
		boot.pfs.count = 0;
	for (size_t i = 0; i < boot.pfs.count; i++) {
		struct pf *pf = &boot.pfs.items[i];
		const struct device *device = machine_find(&machine, &pf->address);
		struct vf_summary vfs;
		int r;

		if (!device)
			continue;
		vfs_sum(&machine, device, &vfs);
		pf->autoprobe = device->pf.autoprobe;
		r = vfs.claimed ? 0 : pf_restore(bus_fd, pf);
		if (r < 0)
			warn_error(r, "cannot write sriov_drivers_autoprobe of %s",
				   device->address);
	}
	machine_free(&machine);
	run_result_free(&boot);
}

/* -- removing ------------------------------------------------------------------------ */

/* Returns whether they are gone; says why not. */
static bool remove_vfs(const struct host *host, const struct device *device, int bus_fd)
{
	static const struct settings none = { 0 };
	struct pf pf = device->pf;
	struct claims *claims =
		claims_new_release(&(struct pci_device *){ device->pci }, 1, &none);
	char text[PHRASE_SIZE];

	if (!claims) {
		warn("out of memory");
		return false;
	}
	claims->bus_fd = bus_fd;
	claims->root_fd = host->root_fd;
	claims->root = host->root;
	pf.made = device->vf_count;
	pf.wanted = 0;
	claims_make_vfs(claims, &pf, clock_ms() + TIMEOUT_DEFAULT * 1000);
	claims_free(claims);
	if (pf.verdict == VERDICT_CLAIMED)
		return true;
	phrase_describe_pf(&pf, text);
	warn("%s: %s", device->address, text);
	return false;
}

int vfs_remove(const struct host *host, struct machine *machine)
{
	_cleanup_close_ int bus_fd =
		openat(host->root_fd, "sys/bus/pci", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct json_object *top = NULL, *array = NULL;
	bool ok = true;

	if (host->arguments->json) {
		top = json_begin("release");
		array = json_add_array(top, "devices");
	}
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];
		bool removed;

		if (!device->is_named)
			continue;
		removed = remove_vfs(host, device, bus_fd);
		ok = ok && removed;
		if (array) {
			struct json_object *object = json_append(array);

			json_add_text(object, "address", device->address);
			json_add_bool(object, "released", removed);
			json_add_text(object, "driver", device->pci->driver);
		} else if (removed) {
			output_styled(&host->output, STYLE_TITLE, device->address);
			puts("  its virtual functions are removed");
		}
	}
	vfs_let_bind(host, bus_fd);
	if (top) {
		json_add_bool(top, "ok", ok);
		ok = json_end(top) == 0 && ok;
	}
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
}
