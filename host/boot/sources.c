/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

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

int boot_source_add_image(struct boot_source *source, int root_fd, const char *name)
{
	_cleanup_free_ char *found = boot_find_file(root_fd, name);
	struct boot_image *image = array_append(source->images, source->image_count);

	if (!image)
		return -ENOMEM;
	image->path = strdup(found ? found : name + strspn(name, "/"));
	image->is_found = found;
	return image->path ? 0 : -ENOMEM;
}

static void free_source(struct boot_source *source)
{
	for (size_t i = 0; i < source->image_count; i++)
		free(source->images[i].path);
	free(source->images);
	free(source->cmdline);
}

void boot_sources_free(struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		free_source(&sources->items[i]);
	free(sources->items);
	*sources = (struct boot_sources){ 0 };
}

const struct boot_source *boot_next(const struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->items[i].is_read_by_loader)
			return &sources->items[i];
	/* A fragment says nothing about the rest of the command line. */
	for (size_t i = 0; i < sources->count; i++)
		if (!sources->items[i].is_fragment)
			return &sources->items[i];
	return NULL;
}

/* The file and then its drop-ins, as one script; freed by the caller. */
static char *read_grub_defaults(int root_fd)
{
	_cleanup_free_ char **drop_ins =
		dirlist_paths(root_fd, GRUB_DEFAULTS ".d", ".cfg");
	const char *path = GRUB_DEFAULTS;
	struct text_file script;
	FILE *file = text_file_open(&script);

	if (!file || !drop_ins) {
		free(text_file_close(&script));
		return NULL;
	}
	for (size_t i = 0; path; path = drop_ins[i++]) {
		_cleanup_free_ char *text = NULL;

		if (beneath_read(root_fd, path, &text) == 0)
			fprintf(file, "%s\n", text);
	}
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
	source = boot_sources_add(ret, GRUB_DEFAULTS, both);
	if (!source)
		return -ENOMEM;
	source->is_unclear = !plain;
	return 0;
}

static int add_grub(int root_fd, struct boot_sources *ret)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *script = NULL;

	if (beneath_read(root_fd, GRUB_DEFAULTS, &text) < 0)
		return 0;
	script = read_grub_defaults(root_fd);
	return script ? add_grub_script(script, ret) : -ENOMEM;
}

/* -- files with a command line or a part of it --------------------------------------- */

bool config_file_has_comments(int root_fd, enum config_format format)
{
	return format == FORMAT_FRAGMENT ||
	       (format == FORMAT_CMDLINE &&
		beneath_exists(root_fd, "usr/bin/mkinitcpio"));
}

/* Each returns 1, 0 if there is no such file or it has none, or -ENOMEM. */
static int read_lines(int root_fd, const char *path, bool has_comments, char **ret)
{
	_cleanup_free_ char *text = NULL;
	struct text_file words;
	struct text_cursor line;
	const char *rest;
	FILE *file;

	if (beneath_read(root_fd, path, &text) < 0)
		return 0;
	file = text_file_open(&words);
	rest = text;
	while (file && text_next_line(&rest, &line))
		if (!has_comments || line.at == line.end || *line.at != '#')
			fprintf(file, "%.*s ", (int)(line.end - line.at), line.at);
	*ret = text_file_close(&words);
	return *ret ? 1 : -ENOMEM;
}

static int read_cmdline(int root_fd, const char *path, char **ret)
{
	return read_lines(root_fd, path,
			  config_file_has_comments(root_fd, FORMAT_CMDLINE), ret);
}

static int read_fragment(int root_fd, const char *path, char **ret)
{
	return read_lines(root_fd, path,
			  config_file_has_comments(root_fd, FORMAT_FRAGMENT), ret);
}

static int read_dracut(int root_fd, const char *path, char **ret)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *value = NULL;
	bool plain = true;

	if (beneath_read(root_fd, path, &text) < 0)
		return 0;
	value = shell_vars_resolve(text, "kernel_cmdline", "", &plain);
	if (!value || !value[0])
		return value ? 0 : -ENOMEM;
	*ret = take_pointer(value);
	return 1;
}

static const struct input {
	enum config_format format;
	int (*read)(int root_fd, const char *path, char **ret);
	bool is_fragment; /* otherwise the first file is all that is read */
} inputs[] = {
	{ FORMAT_CMDLINE, read_cmdline, false },
	{ FORMAT_FRAGMENT, read_fragment, true },
	{ FORMAT_DRACUT, read_dracut, true },
};

/* Returns 1 if there is something to add, 0, or -ENOMEM. */
static int add_input(int root_fd, const struct input *input, const char *path,
		     struct boot_sources *ret)
{
	struct boot_source *source;
	char *cmdline;
	int r = input->read(root_fd, path, &cmdline);

	if (r <= 0)
		return r;
	source = boot_sources_add(ret, path, cmdline);
	if (!source)
		return -ENOMEM;
	source->is_fragment = input->is_fragment;
	return 1;
}

static int add_inputs(int root_fd, const struct input *input, struct boot_sources *ret)
{
	for (const struct config_file *file = config_files; file->path; file++) {
		_cleanup_free_ char **paths = NULL;

		if (file->format != input->format || !(file->uses & CONFIG_FOR_BOOT))
			continue;
		paths = config_file_paths(root_fd, file);
		if (!paths)
			return -ENOMEM;
		for (size_t i = 0; paths[i]; i++) {
			int r = add_input(root_fd, input, paths[i], ret);

			if (r < 0 || (r > 0 && !input->is_fragment))
				return r < 0 ? r : 0;
		}
	}
	return 0;
}

int boot_sources_add_inputs(struct boot_sources *sources, int root_fd, unsigned formats)
{
	int r = (formats & 1U << FORMAT_GRUB) ? add_grub(root_fd, sources) : 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(inputs); i++)
		if (formats & 1U << inputs[i].format)
			r = add_inputs(root_fd, &inputs[i], sources);
	return r;
}
