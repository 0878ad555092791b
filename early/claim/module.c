/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include <libkmod.h>

#include "base/log.h"
#include "claim/module.h"

#define PATH_SIZE 512

/* libkmod's messages, for passthru.debug. */
static void log_libkmod(void *data, int priority, const char *file, int line,
			const char *function, const char *format, va_list arguments)
{
	char text[256];

	(void)data;
	(void)priority;
	(void)file;
	(void)line;
	vsnprintf(text, sizeof(text), format, arguments);
	text[strcspn(text, "\n")] = '\0';
	log_debug("libkmod: %s: %s", function, text);
}

/* Called instead of an install command. */
static int insert_instead(struct kmod_module *module, const char *command, void *data)
{
	(void)data;
	log_line(
		LOG_LEVEL_WARNING,
		"ignoring modprobe.d's install command for %s, loading the module instead: %s",
		kmod_module_get_name(module), command);
	return kmod_module_insert_module(module, 0, kmod_module_get_options(module));
}

static struct kmod_ctx *open_context(const char *root)
{
	static const char *const directories[] = { "/etc/modprobe.d", "/run/modprobe.d",
						   "/usr/local/lib/modprobe.d",
						   "/usr/lib/modprobe.d",
						   "/lib/modprobe.d" };
	char text[ARRAY_SIZE(directories)][PATH_SIZE], modules[PATH_SIZE];
	const char *paths[ARRAY_SIZE(directories) + 1] = { NULL };
	struct kmod_ctx *context;
	struct utsname kernel;

	if (uname(&kernel) < 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		snprintf(text[i], PATH_SIZE, "%s%s", root, directories[i]);
		paths[i] = text[i];
	}
	snprintf(modules, sizeof(modules), "%s/lib/modules/%s", root, kernel.release);
	context = kmod_new(modules, paths);
	if (!context)
		return NULL;
	kmod_set_log_fn(context, log_libkmod, NULL);
	return context;
}

static int insert_list(struct kmod_list *list)
{
	struct kmod_list *item;
	int r = -ENOENT;

	kmod_list_foreach(item, list)
	{
		struct kmod_module *module = kmod_module_get_module(item);

		r = kmod_module_probe_insert_module(module, KMOD_PROBE_IGNORE_LOADED,
						    NULL, insert_instead, NULL, NULL);
		kmod_module_unref(module);
		if (r != 0)
			break;
	}
	/* Positive only with KMOD_PROBE_APPLY_BLACKLIST. */
	return r > 0 ? -EPERM : r;
}

int module_load(const char *root, const char *name)
{
	struct kmod_ctx *context = open_context(root);
	struct kmod_list *list = NULL;
	int r;

	if (!context)
		return -ENOMEM;
	r = kmod_module_new_from_lookup(context, name, &list);
	if (r >= 0)
		r = insert_list(list);
	kmod_module_unref_list(list);
	kmod_unref(context);
	return r;
}
