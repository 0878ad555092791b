/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <libkmod.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sysfs.h"
#include "cmdline/tokenizer.h"
#include "lib/dirlist.h"
#include "migrate/modprobe_conf.h"

/* The first of two files with the same name overrides the other. */
static const char *const places[] = { "etc/modprobe.d", "run/modprobe.d",
				      "usr/local/lib/modprobe.d", "usr/lib/modprobe.d",
				      "lib/modprobe.d" };

static void ignore_log(void *data, int priority, const char *file, int line,
		       const char *function, const char *format, va_list arguments)
{
	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	(void)function;
	(void)format;
	(void)arguments;
}

static struct kmod_ctx *open_config(const char *root)
{
	char paths[ARRAY_SIZE(places)][PATH_MAX];
	const char *list[ARRAY_SIZE(places) + 1] = { NULL };
	struct kmod_ctx *context;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(paths[i], sizeof(paths[i]), "%s/%s", root, places[i]);
		list[i] = paths[i];
	}
	context = kmod_new(NULL, list);
	if (context)
		kmod_set_log_fn(context, ignore_log, NULL);
	return context;
}

/* libkmod adds the options on the running command line, which is not a file. */
static bool is_running(const char *running, const char *ids)
{
	struct text_cursor rest = { .at = running, .end = running + strlen(running) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter))
		if (span_equals_name(parameter.name, "vfio_pci.ids") &&
		    span_equals(parameter.value, ids))
			return true;
	return false;
}

static void put_ids(FILE *file, char *options, const char *running)
{
	char *rest;

	for (char *option = strtok_r(options, " \t", &rest); option;
	     option = strtok_r(NULL, " \t", &rest))
		if (strncmp(option, "ids=", 4) == 0 && !is_running(running, option + 4))
			fprintf(file, "%s%s", ftell(file) ? "," : "", option + 4);
}

char *modprobe_conf_ids(const char *root)
{
	_cleanup_free_ char *running = NULL;
	struct kmod_ctx *context = open_config(root);
	struct kmod_config_iter *iter;
	char *ids = NULL;
	size_t size;
	FILE *file;

	if (!context)
		return NULL;
	iter = kmod_config_get_options(context);
	file = open_memstream(&ids, &size);
	if (file_read(AT_FDCWD, "/proc/cmdline", &running) < 0)
		running = NULL;
	while (file && iter && kmod_config_iter_next(iter)) {
		const char *module = kmod_config_iter_get_key(iter);
		const char *value = kmod_config_iter_get_value(iter);
		_cleanup_free_ char *options = value ? strdup(value) : NULL;

		if (options && text_equals_name(module, "vfio_pci"))
			put_ids(file, options, running ? running : "");
	}
	if (file && fclose(file) != 0) {
		free(ids);
		ids = NULL;
	}
	kmod_config_iter_free_iter(iter);
	kmod_unref(context);
	return ids;
}

static bool is_overridden(int root_fd, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", places[0], name);
	return sysfs_exists(root_fd, path);
}

static bool has_vfio_pci(int root_fd, const char *path)
{
	_cleanup_free_ char *text = NULL;

	if (file_read(root_fd, path, &text) < 0)
		return false;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (line[strspn(line, " \t")] != '#' &&
		    (strstr(line, "vfio-pci") || strstr(line, "vfio_pci")))
			return true;
	return false;
}

char *modprobe_conf_foreign(int root_fd)
{
	char *found = NULL;
	size_t size;
	FILE *file = open_memstream(&found, &size);

	/* Without the last one: /lib is /usr/lib on current systems. */
	for (size_t i = 1; file && i + 1 < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char **names = dirlist_read(root_fd, places[i], ".conf");
		char path[PATH_MAX];

		for (size_t j = 0; names && names[j]; j++) {
			snprintf(path, sizeof(path), "%s/%s", places[i], names[j]);
			if (!is_overridden(root_fd, names[j]) &&
			    has_vfio_pci(root_fd, path))
				fprintf(file, "%s/%s", ftell(file) ? " " : "", path);
		}
	}
	if (file && fclose(file) != 0) {
		free(found);
		return NULL;
	}
	return found;
}
