/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

#define GRUB_DEFAULT "etc/default/grub"

struct boot_source *boot_sources_add(struct boot_sources *sources, const char *path,
				     char *cmdline)
{
	struct boot_source *source =
		cmdline ? array_append(sources->items, sources->count) : NULL;

	if (!source) {
		free(cmdline);
		return NULL;
	}
	snprintf(source->path, sizeof(source->path), "%s", path);
	source->cmdline = cmdline;
	return source;
}

void boot_source_set_kernel(struct boot_source *source, const char *file)
{
	static const char prefix[] = "vmlinuz-";
	const char *name = beneath_name(file);

	if (strncmp(name, prefix, strlen(prefix)) == 0)
		snprintf(source->kernel, sizeof(source->kernel), "%s",
			 name + strlen(prefix));
}

void boot_sources_free(struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		free(sources->items[i].cmdline);
	free(sources->items);
	*sources = (struct boot_sources){ 0 };
}

const struct boot_source *boot_next(const struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->items[i].is_final)
			return &sources->items[i];
	/* A fragment says nothing about the rest of the command line. */
	for (size_t i = 0; i < sources->count; i++)
		if (!sources->items[i].is_fragment)
			return &sources->items[i];
	return NULL;
}

/* -- the inputs of the files that boot loaders read ---------------------------------- */

static bool is_input(const struct config_file *file, enum config_format format)
{
	return file->format == format && file->uses & CONFIG_FOR_BOOT;
}

/*
 * Calls add() for the files of a format until it returns 1, which stands for "this file
 * overrides those that follow", or -ENOMEM. Returns 0 or -ENOMEM.
 */
static int add_files(int root_fd, enum config_format format,
		     int (*add)(int root_fd, const char *path, struct boot_sources *ret),
		     struct boot_sources *ret)
{
	int r = 0;

	for (const struct config_file *file = config_files; r == 0 && file->path;
	     file++) {
		_cleanup_free_ char **paths = NULL;

		if (!is_input(file, format))
			continue;
		paths = config_file_paths(root_fd, file);
		if (!paths)
			return -ENOMEM;
		for (size_t i = 0; r == 0 && paths[i]; i++)
			r = add(root_fd, paths[i], ret);
	}
	return r < 0 ? r : 0;
}

/* -- GRUB's defaults ----------------------------------------------------------------- */

static void put_files(FILE *to, int root_fd, const struct config_file *file)
{
	_cleanup_free_ char **paths = config_file_paths(root_fd, file);

	for (size_t i = 0; paths && paths[i]; i++) {
		_cleanup_free_ char *text = NULL;

		if (beneath_read(root_fd, paths[i], &text) == 0)
			fprintf(to, "%s\n", text);
	}
}

/* The file and then its drop-ins, as one script; freed by the caller. */
static char *read_grub_defaults(int root_fd)
{
	struct text_file script;
	FILE *to = text_file_open(&script);

	if (!to)
		return NULL;
	for (int drop_ins = 0; drop_ins < 2; drop_ins++)
		for (const struct config_file *file = config_files; file->path; file++)
			if (is_input(file, CONFIG_GRUB) && !!file->suffix == drop_ins)
				put_files(to, root_fd, file);
	return text_file_close(&script);
}

static int add_grub_script(const char *script, struct boot_sources *ret)
{
	bool plain = true;
	_cleanup_free_ char *always =
		shell_vars_resolve(script, "GRUB_CMDLINE_LINUX", "", &plain);
	_cleanup_free_ char *normally =
		shell_vars_resolve(script, "GRUB_CMDLINE_LINUX_DEFAULT", "", &plain);
	struct boot_source *source;
	char *both = NULL;

	if (!always || !normally ||
	    asprintf(&both, "%s%s%s", always, *always && *normally ? " " : "", normally) <
		    0)
		return -ENOMEM;
	source = boot_sources_add(ret, GRUB_DEFAULT, both);
	if (!source)
		return -ENOMEM;
	source->rebuild = "update-grub";
	source->is_unclear = !plain;
	return 0;
}

static int add_grub(int root_fd, struct boot_sources *ret)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *script = NULL;

	if (beneath_read(root_fd, GRUB_DEFAULT, &text) < 0)
		return 0;
	script = read_grub_defaults(root_fd);
	return script ? add_grub_script(script, ret) : -ENOMEM;
}

/* -- files with only a command line -------------------------------------------------- */

/* Returns 1, 0 if there is no such file, or -ENOMEM. */
static int add_plain(int root_fd, const char *path, struct boot_sources *ret)
{
	char *text = NULL;

	if (beneath_read(root_fd, path, &text) < 0)
		return 0;
	for (char *at = text; *at; at++)
		if (*at == '\n')
			*at = ' ';
	return boot_sources_add(ret, path, text) ? 1 : -ENOMEM;
}

static struct boot_source *last_source(struct boot_sources *sources)
{
	return &sources->items[sources->count - 1];
}

/* kernel-install reads the first file that it finds. */
static int add_kernel_cmdline(int root_fd, const char *path, struct boot_sources *ret)
{
	int r = add_plain(root_fd, path, ret);

	if (r > 0)
		last_source(ret)->rebuild =
			"kernel-install, or whatever builds the kernel image";
	return r;
}

/* -- fragments of a UKI's command line ----------------------------------------------- */

static void mark_fragment(struct boot_source *source)
{
	source->rebuild = "dracut --force --regenerate-all, or whatever builds the UKI";
	source->is_fragment = true;
}

static int add_fragment(int root_fd, const char *path, struct boot_sources *ret)
{
	int r = add_plain(root_fd, path, ret);

	if (r > 0)
		mark_fragment(last_source(ret));
	return r < 0 ? r : 0;
}

static int add_dracut(int root_fd, const char *path, struct boot_sources *ret)
{
	_cleanup_free_ char *text = NULL;
	struct boot_source *source;
	bool plain = true;
	char *value;

	if (beneath_read(root_fd, path, &text) < 0)
		return 0;
	value = shell_vars_resolve(text, "kernel_cmdline", "", &plain);
	if (value && !value[0]) {
		free(value);
		return 0;
	}
	source = boot_sources_add(ret, path, value);
	if (!source)
		return -ENOMEM;
	mark_fragment(source);
	return 0;
}

int boot_sources_add_inputs(struct boot_sources *sources, int root_fd, unsigned formats)
{
	static const struct {
		enum config_format format;
		int (*add)(int root_fd, const char *path, struct boot_sources *ret);
	} readers[] = {
		{ CONFIG_CMDLINE, add_kernel_cmdline },
		{ CONFIG_FRAGMENT, add_fragment },
		{ CONFIG_DRACUT, add_dracut },
	};
	int r = (formats & 1U << CONFIG_GRUB) ? add_grub(root_fd, sources) : 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(readers); i++)
		if (formats & 1U << readers[i].format)
			r = add_files(root_fd, readers[i].format, readers[i].add,
				      sources);
	return r;
}
