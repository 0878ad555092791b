/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "fake.h"

/* In place of libkmod: modules without options that register the drivers of the bus. */
struct kmod_module {
	char name[DRIVER_NAME_SIZE];
};

/* A list of one. */
struct kmod_list {
	struct kmod_module module;
};

struct kmod_ctx {
	struct kmod_list found;
};

struct kmod_ctx *kmod_new(const char *directory, const char *const *config_paths)
{
	static struct kmod_ctx context;

	(void)directory;
	(void)config_paths;
	return &context;
}

struct kmod_ctx *kmod_unref(struct kmod_ctx *context)
{
	(void)context;
	return NULL;
}

void kmod_set_log_fn(struct kmod_ctx *context,
		     void (*log)(void *data, int priority, const char *file, int line,
				 const char *function, const char *format,
				 va_list arguments),
		     const void *data)
{
	(void)context;
	(void)log;
	(void)data;
}

int kmod_module_new_from_lookup(struct kmod_ctx *context, const char *name,
				struct kmod_list **ret)
{
	ck_assert_uint_lt(strlen(name), DRIVER_NAME_SIZE);
	strcpy(context->found.module.name, name);
	*ret = &context->found;
	return 0;
}

int kmod_module_new_from_name(struct kmod_ctx *context, const char *name,
			      struct kmod_module **ret)
{
	(void)context;
	(void)name;
	*ret = NULL;
	return 0;
}

struct kmod_list *kmod_list_next(const struct kmod_list *list,
				 const struct kmod_list *item)
{
	(void)list;
	(void)item;
	return NULL;
}

struct kmod_module *kmod_module_get_module(const struct kmod_list *item)
{
	static struct kmod_module module;

	module = item->module;
	return &module;
}

struct kmod_module *kmod_module_unref(struct kmod_module *module)
{
	(void)module;
	return NULL;
}

int kmod_module_unref_list(struct kmod_list *list)
{
	(void)list;
	return 0;
}

const char *kmod_module_get_name(const struct kmod_module *module)
{
	return module->name;
}

const char *kmod_module_get_options(const struct kmod_module *module)
{
	(void)module;
	return NULL;
}

static int insert(const char *name)
{
	char action[128];
	int r;

	snprintf(action, sizeof(action), "load %s", name);
	r = fake_before(action);
	if (r)
		return r < 0 ? r : 0;
	r = -ENOENT;
	for (unsigned i = 0; i < fake->driver_count; i++) {
		if (!text_equals_name(fake->drivers[i].module, name))
			continue;
		if (!fake->drivers[i].is_registered)
			fake_register(&fake->drivers[i]);
		r = 0;
	}
	return fake_after(action) < 0 ? -EIO : r;
}

int kmod_module_insert_module(struct kmod_module *module, unsigned flags,
			      const char *options)
{
	(void)flags;
	(void)options;
	return insert(module->name);
}

int kmod_module_probe_insert_module(
	struct kmod_module *module, unsigned flags, const char *extra_options,
	int (*run_install)(struct kmod_module *module, const char *command, void *data),
	const void *data,
	void (*print_action)(struct kmod_module *module, bool install,
			     const char *options))
{
	(void)flags;
	(void)extra_options;
	(void)run_install;
	(void)data;
	(void)print_action;
	return insert(module->name);
}
