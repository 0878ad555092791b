/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of vfio-pci that passthru.adopt has count as passthru.ids. */
#include <errno.h>

#include "base/base.h"
#include "claim/claim.h"
#include "run/run.h"

/* A module has an initstate: Documentation/ABI/testing/sysfs-module. */
static bool is_builtin(int root_fd)
{
	return file_exists(root_fd, "sys/bus/pci/drivers/vfio-pci") &&
	       !file_exists(root_fd, "sys/module/vfio_pci/initstate");
}

int run_adopt(const char *root, int root_fd, bool may_keep, struct params *params)
{
	bool builtin = is_builtin(root_fd);
	char *list = NULL;
	int r = 0;

	if (!params->adopt)
		return 0;
	/* Later, modprobe.d is that of the system and not of the image. */
	if (!builtin && !params_have_list(params) &&
	    file_read(root_fd, ADOPTED_RUN_PATH, &list) < 0) {
		r = module_read_list(root, &list);
		if (r == 0 && may_keep)
			config_keep_text(root_fd, ADOPTED_RUN_PATH, list);
	}
	return r < 0 ? r : params_adopt(params, list, builtin);
}
