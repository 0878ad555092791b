/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What passthru.adopt adds to a boot: libkmod reads modprobe.d there, below its root;
 * here links must not lead out of the root, and images have files, too.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "initramfs/internal.h"
#include "lib/lib.h"

/* -- modprobe.d(5) ------------------------------------------------------------------- */

/* A file that some other one has the name of counts if its directory comes first. */
static int compare(const void *a, const void *b)
{
	const struct modprobe_file *left = a, *right = b;
	int order = strcmp(beneath_name(left->path), beneath_name(right->path));

	if (order)
		return order;
	return config_file_find(left->path) > config_file_find(right->path) ? 1 : -1;
}

/* A backslash continues a line: freadline_wrapped() in kmod's shared/util.c. */
static void join_lines(char *text)
{
	char *to = text;

	for (const char *at = text; *at; at++)
		if (at[0] == '\\' && at[1] == '\n')
			at++;
		else
			*to++ = *at;
	*to = '\0';
}

/* Replaces *list with the last one that the line sets. Returns 0 or -ENOMEM. */
static int read_line(struct text_cursor line, char **list)
{
	struct parameter word;
	int r = 0;

	if (line.at == line.end || *line.at == '#' ||
	    !span_equals(text_next_word(&line), "options") ||
	    !span_equals_name(text_next_word(&line), "vfio_pci"))
		return 0;
	while (r == 0 && tokenizer_next(&line, &word)) {
		if (!word.value.at || !span_equals(word.name, "ids"))
			continue;
		free(*list);
		*list = strndup(word.value.at, word.value.length);
		r = *list ? 0 : -ENOMEM;
	}
	return r;
}

char *modprobe_find_list(struct modprobe_files *files)
{
	char *list = strdup("");
	int r = list ? 0 : -ENOMEM;

	if (files->count)
		qsort(files->items, files->count, sizeof(files->items[0]), compare);
	for (size_t i = 0; i < files->count; i++) {
		const struct modprobe_file *file = &files->items[i];
		const char *rest = file->text;
		struct text_cursor line;

		if (i &&
		    strcmp(beneath_name(file->path), beneath_name(file[-1].path)) == 0)
			continue;
		join_lines(file->text);
		while (r == 0 && text_next_line(&rest, &line))
			r = read_line(line, &list);
	}
	return list;
}

int modprobe_add(struct modprobe_files *files, const char *path, char *text)
{
	struct modprobe_file *file;

	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->items[i].path, path) == 0) {
			free(files->items[i].text);
			files->items[i].text = text;
			return 0;
		}
	file = array_append(files->items, files->count);
	if (file) {
		file->text = text;
		file->path = strdup(path);
		if (file->path)
			return 0;
		files->count--;
	}
	free(text);
	return -ENOMEM;
}

void modprobe_free(struct modprobe_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->items[i].path);
		free(files->items[i].text);
	}
	free(files->items);
	*files = (struct modprobe_files){ 0 };
}

static int add_row(int root_fd, const struct config_file *row, struct modprobe_files *ret)
{
	_cleanup_free_ char **paths = config_file_paths(root_fd, row);
	int r = paths ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && paths[i]; i++) {
		char *text = NULL;

		if (beneath_read(root_fd, paths[i], &text) < 0)
			text = strdup("");
		r = text ? modprobe_add(ret, paths[i], text) : -ENOMEM;
	}
	return r;
}

char *modprobe_read_list(int root_fd)
{
	struct modprobe_files files = { 0 };
	char *list = NULL;
	int r = 0;

	for (const struct config_file *row = config_files; r == 0 && row->path; row++)
		if (row->format == FORMAT_MODPROBE)
			r = add_row(root_fd, row, &files);
	if (r == 0)
		list = modprobe_find_list(&files);
	modprobe_free(&files);
	return list;
}

/* -- a boot -------------------------------------------------------------------------- */

static bool has_builtin(int root_fd, const char *kernel)
{
	_cleanup_free_ char *config = NULL;
	char running[128];

	if (!kernel[0] && sysfs_read(root_fd, "proc/sys/kernel/osrelease", running,
				     sizeof(running)) > 0)
		kernel = running;
	if (!kernel[0])
		return false;
	if (kernel_has_module_built_in(root_fd, kernel, "vfio-pci"))
		return true;
	config = kernel_config_read(root_fd, kernel);
	return config && strstr(config, "\nCONFIG_VFIO_PCI=y");
}

int adopt_for_boot(int root_fd, const char *kernel, struct image *image,
		   struct params *params)
{
	char *list = NULL;
	bool is_builtin;

	if (!params->adopt)
		return 0;
	is_builtin = has_builtin(root_fd, kernel);
	if (!is_builtin && !params_have_list(params)) {
		list = image ? modprobe_find_list(&image->modprobe)
			     : modprobe_read_list(root_fd);
		if (!list)
			return -ENOMEM;
	}
	return params_adopt(params, list, is_builtin);
}

bool adopt_is_outdated(int root_fd, const char *cmdline, struct image *image)
{
	_cleanup_free_ char *own = NULL, *now = NULL;
	struct whole_cmdline whole;
	struct params params = { 0 };
	bool counts = false;

	if (whole_cmdline_make(&image->config, cmdline, &whole) == 0 &&
	    params_parse(whole.text, &params) == 0)
		counts = params.adopt && !params.off && !params_have_list(&params);
	params_free(&params);
	whole_cmdline_free(&whole);
	if (!counts)
		return false;
	own = modprobe_find_list(&image->modprobe);
	now = modprobe_read_list(root_fd);
	return own && now && strcmp(own, now) != 0;
}

const struct selector *adopt_find_first(const struct params *params)
{
	for (size_t i = 0; i < params->wanted.count; i++)
		if (params->wanted.items[i].source)
			return &params->wanted.items[i];
	return NULL;
}
