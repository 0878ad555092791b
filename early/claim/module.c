/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <libkmod.h>

#include "base/base.h"
#include "claim/internal.h"

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

/* The value of the last ids= in that much of a module's options, or an empty one. */
static struct span find_ids(const char *options, size_t length)
{
	struct text_cursor rest = { options, options + length };
	struct span found = { 0 };
	struct parameter word;

	while (tokenizer_next(&rest, &word))
		if (word.value.at && span_equals(word.name, "ids"))
			found = word.value;
	return found;
}

static struct span find_all_ids(const struct kmod_module *module)
{
	const char *options = kmod_module_get_options(module);

	return find_ids(options, options ? strlen(options) : 0);
}

/*
 * Options to append. With ids= vfio-pci takes every device of these IDs, past all guards
 * and, since this program loads it first, before the usual drivers. An empty list at the
 * end adds none.
 */
static const char *find_extra_options(const struct kmod_module *module)
{
	return find_all_ids(module).length ? "ids=" : NULL;
}

static void log_extra_options(const struct kmod_module *module)
{
	struct span ids = find_all_ids(module);

	log_line(
		LOG_LEVEL_WARNING,
		"ignoring ids=%.*s for %s, which modprobe.d or the kernel command line sets; passthru migrate replaces it",
		(int)ids.length, ids.at, kmod_module_get_name(module));
}

/* Called instead of an install command. */
static int insert_instead(struct kmod_module *module, const char *command, void *data)
{
	const char *options = kmod_module_get_options(module);
	const char *extra = find_extra_options(module);
	_cleanup_free_ char *all = NULL;

	(void)data;
	log_line(
		LOG_LEVEL_WARNING,
		"ignoring modprobe.d's install command for %s, loading the module instead: %s",
		kmod_module_get_name(module), command);
	if (!extra)
		return kmod_module_insert_module(module, 0, options);
	if (asprintf(&all, "%s %s", options, extra) < 0)
		return -ENOMEM;
	return kmod_module_insert_module(module, 0, all);
}

static int find_modules(const char *root, const char *kernel, char path[static PATH_SIZE])
{
	int r = path_format(path, PATH_SIZE, "%s/" MODULES_OF_ADDON "/%s", root, kernel);

	if (r == 0 && access(path, F_OK) < 0)
		r = path_format(path, PATH_SIZE, "%s/" MODULES "/%s", root, kernel);
	return r;
}

#define ITEM(directory) directory

/* Without modprobe.d, only the kernel command line has options. */
static int open_context(const char *root, bool has_files, struct kmod_ctx **ret)
{
	static const char *const directories[] = { MODPROBE_ETC, MODPROBE_OTHERS(ITEM) };
	char text[ARRAY_SIZE(directories)][PATH_SIZE], modules[PATH_SIZE];
	const char *paths[ARRAY_SIZE(directories) + 1] = { NULL };
	struct utsname kernel;
	int r = uname(&kernel) < 0 ? -errno : 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(directories); i++) {
		r = path_format(text[i], PATH_SIZE, "%s/%s", root, directories[i]);
		paths[i] = text[i];
	}
	if (r == 0)
		r = find_modules(root, kernel.release, modules);
	if (r < 0)
		return r;
	*ret = kmod_new(modules, has_files ? paths : paths + ARRAY_SIZE(directories));
	if (!*ret)
		return -ENOMEM;
	kmod_set_log_fn(*ret, log_libkmod, NULL);
	return 0;
}

static int insert_list(struct kmod_list *list, int flags, bool adopts)
{
	struct kmod_list *item;
	int r = -ENOENT;

	kmod_list_foreach(item, list)
	{
		struct kmod_module *module = kmod_module_get_module(item);
		const char *extra = find_extra_options(module);

		if (extra && !adopts)
			log_extra_options(module);
		r = kmod_module_probe_insert_module(module,
						    KMOD_PROBE_IGNORE_LOADED | flags,
						    extra, insert_instead, NULL, NULL);
		kmod_module_unref(module);
		/* Other modules may have the same alias. */
		if (r != 0 && !flags)
			break;
	}
	/* Positive only with KMOD_PROBE_APPLY_BLACKLIST. */
	return r > 0 ? -EPERM : r;
}

/*
 * As module_load(), with flags of libkmod. A blacklist does not apply to a module that is
 * requested by name. With adopts, ids= is logged elsewhere.
 */
static int load_module(const char *root, const char *name, int flags, bool adopts)
{
	struct kmod_ctx *context;
	struct kmod_list *list = NULL;
	int r = open_context(root, true, &context);

	if (r < 0)
		return r;
	r = kmod_module_new_from_lookup(context, name, &list);
	if (r >= 0)
		r = insert_list(list, flags, adopts);
	kmod_module_unref_list(list);
	kmod_unref(context);
	return r;
}

/* The options of vfio-pci, as libkmod joins them; freed by the caller. */
static int read_options(const char *root, bool has_files, char **ret)
{
	struct kmod_ctx *context;
	struct kmod_module *module = NULL;
	const char *options;
	int r = open_context(root, has_files, &context);

	if (r < 0)
		return r;
	r = kmod_module_new_from_name(context, "vfio-pci", &module);
	options = kmod_module_get_options(module);
	*ret = strdup(options ? options : "");
	kmod_module_unref(module);
	kmod_unref(context);
	return r == 0 && !*ret ? -ENOMEM : r;
}

/* libkmod puts those of the kernel command line last. */
int module_read_list(const char *root, char **ret_list)
{
	_cleanup_free_ char *all = NULL, *last = NULL;
	struct span ids;
	int r = read_options(root, true, &all);

	if (r == 0)
		r = read_options(root, false, &last);
	if (r < 0)
		return r;
	ids = find_ids(all, strlen(all) - strlen(last));
	if (ids.length)
		memmove(all, ids.at, ids.length);
	all[ids.length] = '\0';
	*ret_list = take_pointer(all);
	return 0;
}

int module_load(const char *root, const char *name)
{
	return load_module(root, name, 0, true);
}

bool module_is_there(const char *root, int bus_fd, const char *name)
{
	struct claims claims = { .bus_fd = bus_fd };
	char driver[DRIVER_NAME_SIZE];
	struct kmod_ctx *context;
	struct kmod_list *list = NULL;
	bool is_there;

	strcpy(driver, name);
	if (driver_find(&claims, driver))
		return true;
	if (open_context(root, true, &context) < 0)
		return false;
	is_there = kmod_module_new_from_lookup(context, name, &list) >= 0 && list;
	kmod_module_unref_list(list);
	kmod_unref(context);
	return is_there;
}

bool driver_find(const struct claims *claims, char name[static DRIVER_NAME_SIZE])
{
	_cleanup_closedir_ DIR *directory = NULL;
	char path[sizeof("drivers/") + DRIVER_NAME_SIZE];
	struct dirent *entry;

	snprintf(path, sizeof(path), "drivers/%s", name);
	if (sysfs_exists(claims->bus_fd, path))
		return true;
	directory = sysfs_open_directory(claims->bus_fd, "drivers");
	while (directory && (entry = readdir(directory))) {
		if (!text_equals_name(entry->d_name, name))
			continue;
		strcpy(name, entry->d_name);
		return true;
	}
	return false;
}

static int load_logged(const struct claims *claims, const char *name, int flags)
{
	int r;

	log_debug("loading %s", name);
	r = load_module(claims->root, name, flags, claims->adopts);
	if (r < 0)
		log_debug("loading %s: %s", name, strerror(-r));
	return r;
}

int driver_provide(struct claims *claims, struct claim *claim)
{
	int r;

	if (strcmp(claims->failed_driver, claim->entry.wanted) == 0)
		return claims->failed_error;
	if (driver_find(claims, claim->entry.wanted))
		return 0;
	r = load_logged(claims, claim->entry.wanted, 0);
	/* A module of that name need not register a driver of that name. */
	if (r == 0 && !driver_find(claims, claim->entry.wanted))
		r = -ENOENT;
	if (r < 0) {
		strcpy(claims->failed_driver, claim->entry.wanted);
		claims->failed_error = r;
	}
	return r;
}

void driver_load_helper(const struct claims *claims, const char *name)
{
	(void)load_logged(claims, name, 0);
}

void driver_load_iommu(struct claims *claims)
{
	if (!claims->load_iommu)
		return;
	claims->load_iommu = false;
	(void)load_logged(claims, "virtio_pci", 0);
	(void)load_logged(claims, "virtio_iommu", 0);
}

void driver_load_usual(struct claims *claims, const struct claim *claim)
{
	char path[DEVICE_PATH_SIZE], alias[DRIVER_NAME_SIZE];

	pci_device_path(path, &claim->entry.device->address, "modalias");
	if (sysfs_read(claims->bus_fd, path, alias, sizeof(alias)) <= 0 ||
	    strcmp(alias, claims->usual) == 0)
		return;
	(void)load_logged(claims, alias, KMOD_PROBE_APPLY_BLACKLIST);
	strcpy(claims->usual, alias);
}
