/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keeps drivers from all devices, where passthru keeps them from the chosen ones. */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "lib/lib.h"

/* Drivers of the devices that people pass through. */
static bool is_driver_of_cards(struct span module)
{
	static const char *const names[] = { "nouveau",	 "nova_core", "nvidia",
					     "nvidiafb", "amdgpu",    "radeon",
					     "i915",	 "xe",	      "snd_hda_intel",
					     "radeonfb" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_equals_name(module, names[i]))
			return true;
	return false;
}

static void add(struct findings *findings, struct span what, const char *path)
{
	findings_add(
		findings, FINDING_NOTE, "blacklist",
		"%.*s in /%s keeps drivers from all devices, also from those of the host; passthru does not need it",
		(int)what.length, what.at, path);
}

static bool has_driver_of_cards(struct span list)
{
	struct span item;

	while (span_next_item(&list, &item))
		if (is_driver_of_cards(item))
			return true;
	return false;
}

static void check_cmdline_words(struct findings *findings, const char *cmdline,
				const char *path)
{
	static const char *const lists[] = { "module_blacklist", "modprobe.blacklist",
					     "rd.driver.blacklist" };
	struct text_cursor rest = { .at = cmdline, .end = cmdline + strlen(cmdline) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter))
		if (span_equals(parameter.name, "nomodeset") ||
		    span_equals(parameter.name, "initcall_blacklist") ||
		    (span_is_one_of(parameter.name, lists, ARRAY_SIZE(lists)) &&
		     has_driver_of_cards(parameter.value)))
			add(findings, parameter.name, path);
}

static void check_file(struct findings *findings, const char *path)
{
	_cleanup_free_ char *text = NULL;
	const char *rest;
	struct text_cursor line;

	if (beneath_read(findings->host->root_fd, path, &text) < 0)
		return;
	rest = text;
	while (text_next_line(&rest, &line)) {
		const char *start = line.at;

		if (span_equals(text_next_word(&line), "blacklist") &&
		    is_driver_of_cards(text_next_word(&line)))
			add(findings, (struct span){ start, (size_t)(line.at - start) },
			    path);
	}
}

void check_blacklists(struct findings *findings, const char *cmdline, const char *path)
{
	check_cmdline_words(findings, cmdline, path);
	for (const struct config_file *file = config_files; file->path; file++) {
		_cleanup_free_ char **paths = NULL;

		/* A package's may be for a driver of its own. */
		if (file->format != CONFIG_MODPROBE || file->uses & CONFIG_IS_FOREIGN)
			continue;
		paths = config_file_paths(findings->host->root_fd, file);
		for (size_t i = 0; paths && paths[i]; i++)
			check_file(findings, paths[i]);
	}
}
