/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>

#include "base/base.h"
#include "machine/machine.h"
#include "run/run.h"
#include "view/view.h"

int run_stage(const struct host *host, struct params *params, enum run_mode mode,
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
		.is_preview = mode != RUN_NOW,
		.iommu_pending = mode == RUN_PREVIEW_WITH_IOMMU,
		.start_us = clock_us(),
		.start_ms = clock_ms(),
	};

	struct run_result earlier;
	int r;

	*ret = (struct run_result){ 0 };
	if (bus_fd < 0)
		return -errno;
	(void)reader_choose();
	params->dryrun |= request.is_preview;
	/* It knows what the devices had before this boot changed them. */
	if (report_read(host->root_fd, REPORT_PATH, &earlier) == 0)
		request.earlier = &earlier;
	r = run_early(&request, ret);
	run_result_free(&earlier);
	return r;
}
