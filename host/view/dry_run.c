/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>

#include "base/base.h"
#include "run.h"
#include "view/view.h"

int dry_run(const struct host *host, struct params *params, bool iommu_pending,
	    struct run_result *ret)
{
	_cleanup_close_ int bus_fd =
		openat(host->root_fd, "sys/bus/pci", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct run_request request = {
		.params = params,
		.root = host->root,
		.root_fd = host->root_fd,
		.bus_fd = bus_fd,
		.stage = STAGE_EARLY,
		.is_booted = true,
		.is_preview = true,
		.iommu_pending = iommu_pending,
		.start_us = clock_us(),
		.start_ms = clock_ms(),
	};

	*ret = (struct run_result){ 0 };
	if (bus_fd < 0)
		return -errno;
	params->dryrun = true;
	return run_early(&request, ret);
}

bool dry_run_claims(const struct run_result *result, const struct pci_address *address)
{
	const struct plan_entry *entry = run_result_find(result, address);

	return entry && entry->verdict == VERDICT_CLAIMED;
}
