/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"
#include "machine/dry_run.h"
#include "report/reader.h"
#include "run.h"
#include "ui/log_capture.h"
#include "ui/message.h"

/* The report goes to standard output, here a buffer. */
int dry_run(struct host *host, const char *cmdline, struct params *params,
	    char **ret_report)
{
	struct options options = { .dry_run = true,
				   .root = host->root,
				   .cmdline = cmdline };
	_cleanup_free_ char *log = NULL;
	FILE *saved = stdout;
	size_t size;
	FILE *buffer = open_memstream(ret_report, &size);
	int r;

	if (!buffer)
		return -ENOMEM;
	params->dryrun = true;
	log_capture_begin();
	stdout = buffer;
	(void)run_early(&options, host->root_fd, params, clock_us(), clock_ms());
	r = fclose(buffer) == 0 ? 0 : -ENOMEM;
	stdout = saved;
	log = log_capture_end();
	if (r == 0 && !(*ret_report)[0])
		r = -EIO;
	if (r < 0)
		warn("cannot make the plan: %s", log && log[0] ? log : strerror(-r));
	return r;
}

bool dry_run_claims(const char *report, const struct pci_address *address)
{
	struct report_device device;

	if (!report_find_device(report, address, &device))
		return false;
	/* By the next boot, no virtual functions are enabled yet. */
	return strcmp(device.verdict, "claimed") == 0 ||
	       (device.has_reason && (device.entry.reason == REASON_DRYRUN ||
				      device.entry.reason == REASON_HAS_VFS));
}
