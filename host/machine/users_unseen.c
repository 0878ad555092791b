/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What cannot be known of the users of a device. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "machine/internal.h"

/* The inode of the first namespace: PROC_PID_INIT_INO in include/linux/proc_ns.h. */
#define FIRST_PID_NAMESPACE 0xeffffffcU

/* Whether there are processes that /proc does not show; a phrase about it. */
static const char *find_hidden(const struct host *host)
{
	_cleanup_closedir_ DIR *directory =
		sysfs_open_directory(host->root_fd, "proc/1/fd");
	struct stat st;

	if (!directory)
		return "/proc does not show what processes of other users have open (hidepid)";
	if (fstatat(host->root_fd, "proc/self/ns/pid", &st, 0) == 0 &&
	    st.st_ino != FIRST_PID_NAMESPACE)
		return "/proc shows only the processes of this container";
	return NULL;
}

/*
 * Drivers whose nodes are all known, wherever they come from: below the device in sysfs,
 * or in the table "outside". r8125 and r8168 have none.
 */
static const char *const known[] = {
	"ahci", "amdgpu", "i915",  "igb",   "ixgbe",	     "nouveau",	 "nvidia",
	"nvme", "r8125",  "r8168", "r8169", "snd_hda_intel", "xhci_hcd", "xe",
};

/* Drivers of the kernel that have nodes elsewhere, such as /dev/sev and /dev/vmci. */
static const char *const elsewhere[] = { "420xx", "4xxx",     "c3xxx",	 "c6xx",
					 "ccp",	  "dh895xcc", "vmw_vmci" };

/* Whether the driver's module comes with the kernel: Documentation/admin-guide/
 * tainted-kernels.rst. */
static bool is_of_kernel(const struct host *host, const char *driver)
{
	char path[DRIVER_NAME_SIZE + 64], module[DRIVER_NAME_SIZE], taint[32];

	snprintf(path, sizeof(path), "sys/bus/pci/drivers/%s/module", driver);
	if (sysfs_read_link(host->root_fd, path, module, sizeof(module)) < 0)
		return true;
	snprintf(path, sizeof(path), "sys/module/%s/taint", module);
	return sysfs_read(host->root_fd, path, taint, sizeof(taint)) <= 0 ||
	       !strpbrk(taint, "OP");
}

static bool has_known_nodes(const struct host *host, const char *driver)
{
	struct span name = span_of(driver);

	if (!driver[0] || pci_driver_is_vfio(driver) ||
	    span_is_one_of(name, known, ARRAY_SIZE(known)))
		return true;
	return !span_is_one_of(name, elsewhere, ARRAY_SIZE(elsewhere)) &&
	       is_of_kernel(host, driver);
}

void machine_read_unseen(const struct host *host, struct machine *machine)
{
	const char *hidden = find_hidden(host);

	for (size_t i = 0; i < machine->count; i++) {
		struct device *device = &machine->devices[i];
		char *unseen = device->uses.unseen;
		const char *driver = device->pci->driver;

		if (!has_known_nodes(host, driver))
			snprintf(unseen, sizeof(device->uses.unseen),
				 "the device nodes of %s are not known", driver);
		else if (hidden && driver[0])
			snprintf(unseen, sizeof(device->uses.unseen), "%s", hidden);
	}
}
