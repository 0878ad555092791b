/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "cmdline/cmdline.h"

static void log_ignored(void *data, struct span word)
{
	const struct config_stage *stage = data;

	if (stage->is_first)
		log_line(
			LOG_LEVEL_WARNING,
			"\"%.*s\" in the configuration is ignored: it is not a parameter of passthru",
			(int)word.length, word.at);
}

static bool is_ignored(const char *cmdline, const struct config_stage *stage)
{
	struct span rescue = config_find_rescue(cmdline);

	if (rescue.length && stage->is_first)
		log_line(
			LOG_LEVEL_INFO,
			"the configuration is ignored: \"%.*s\" is on the kernel command line",
			(int)rescue.length, rescue.at);
	return rescue.length;
}

static void put_text(FILE *file, const void *text)
{
	fputs(text, file);
}

/* For the later stages, most of which run without the image. */
static void keep(int root_fd, const char *config)
{
	int r = file_make_directory(root_fd, CONFIG_RUN_PATH);

	if (r == 0)
		r = file_replace(root_fd, CONFIG_RUN_PATH, put_text, config);
	if (r < 0)
		log_line(LOG_LEVEL_WARNING, "cannot write /%s: %s", CONFIG_RUN_PATH,
			 strerror(-r));
}

int config_read(int root_fd, const char *cmdline, const struct config_stage *stage,
		char **ret_text)
{
	_cleanup_free_ char *config = NULL, *filtered = NULL;
	bool is_kept = file_read(root_fd, CONFIG_RUN_PATH, &config) == 0;

	if ((!is_kept && file_read(root_fd, CONFIG_IMAGE_PATH, &config) < 0) ||
	    is_ignored(cmdline, stage)) {
		*ret_text = strdup(cmdline);
		return *ret_text ? 0 : -ENOMEM;
	}
	if (!is_kept && stage->is_first && !stage->is_dry)
		keep(root_fd, config);
	if (config_filter(config, log_ignored, (void *)stage, &filtered) < 0 ||
	    asprintf(ret_text, "%s%s", filtered, cmdline) < 0) {
		*ret_text = NULL;
		return -ENOMEM;
	}
	return 0;
}
