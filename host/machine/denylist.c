/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "lib/lib.h"
#include "machine/machine.h"

bool denylist_has(const struct pci_id *id)
{
	return pci_is_denylisted(id);
}

/* Sources: param_set_bool() in kernel/params.c, kstrtobool() in lib/kstrtox.c. */
static bool is_true(struct span value)
{
	if (!value.at)
		return true;
	if (!value.length)
		return false;
	if (strchr("oO", value.at[0]))
		return value.length > 1 && strchr("nN", value.at[1]);
	return strchr("yYtT1", value.at[0]);
}

static void read_cmdline(const char *cmdline, bool *is_off)
{
	struct text_cursor rest = { cmdline, cmdline + strlen(cmdline) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter))
		if (span_equals_name(parameter.name, "vfio-pci.disable_denylist"))
			*is_off = is_true(parameter.value);
}

/* options vfio-pci ids=10de:13c2 disable_denylist=1 */
static void read_options(struct text_cursor line, bool *is_off)
{
	struct span word;

	if (!span_equals(text_next_word(&line), "options") ||
	    !span_equals_name(text_next_word(&line), "vfio-pci"))
		return;
	while ((word = text_next_word(&line)).length) {
		struct span name = span_until(word, '='), value = { 0 };

		if (name.length < word.length)
			value = (struct span){ name.at + name.length + 1,
					       word.length - name.length - 1 };
		if (span_equals_name(name, "disable_denylist"))
			*is_off = is_true(value);
	}
}

static void read_modprobe(int root_fd, const char *path, bool *is_off)
{
	_cleanup_free_ char *text = NULL;
	struct text_cursor line;
	const char *rest;

	if (beneath_read(root_fd, path, &text) < 0)
		return;
	rest = text;
	while (text_next_line(&rest, &line))
		read_options(line, is_off);
}

bool denylist_is_off(const struct host *host, const char *cmdline)
{
	bool is_off = false;

	for (const struct config_file *file = config_files; file->path; file++) {
		_cleanup_free_ char **paths = NULL;

		if (file->format != FORMAT_MODPROBE)
			continue;
		paths = config_file_paths(host->root_fd, file);
		for (size_t i = 0; paths && paths[i]; i++)
			read_modprobe(host->root_fd, paths[i], &is_off);
	}
	/* libkmod puts the command line after the files. */
	read_cmdline(cmdline, &is_off);
	return is_off;
}

bool denylist_refuses(const struct host *host, const struct device *device)
{
	const struct boot_source *next = NULL;
	struct boot_sources sources = { 0 };
	bool refuses = denylist_has(&device->pci->id);

	if (!refuses || boot_read(host->root_fd, &sources) < 0)
		return refuses;
	next = boot_next(&sources);
	if (next || boot_sources_add_running(&sources, host->root_fd, &next) == 0)
		refuses = !denylist_is_off(host, next->cmdline);
	boot_sources_free(&sources);
	return refuses;
}
