/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CMDLINE_CONFIG_READ_H
#define PASSTHRU_CMDLINE_CONFIG_READ_H

#include <stdbool.h>

#include "base/base.h"

struct config_stage {
	bool is_first; /* logs what is ignored, and keeps the configuration in /run */
	bool is_dry;   /* writes nothing */
};

/*
 * Puts the configuration before the kernel command line, so that lists add up and the
 * values of the kernel command line count; without a configuration, or if the boot is a
 * rescue, it is a copy of the command line. Returns 0 or -ENOMEM; the caller frees
 * *ret_text.
 */
int config_read(int root_fd, const char *cmdline, const struct config_stage *stage,
		char **ret_text) _must_check_;

#endif
