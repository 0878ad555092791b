/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "initramfs/internal.h"
#include "lib/lib.h"

const struct generator generators[] = {
	{
		.name = "initramfs-tools",
		.tools = { "usr/sbin/update-initramfs" },
		.rebuild_all = "update-initramfs -u -k all",
		.rebuild_one = "update-initramfs -u -k %k",
		.prefix = "boot/initrd.img-",
		.suffix = "",
		.hook = "usr/share/initramfs-tools/hooks/passthru",
		.obstacle =
			"passthru's hook for initramfs-tools is not installed; install passthru again",
		.find_switch = switches_of_initramfs_tools,
		.starters = { "00-passthru" },
	},
	{
		.name = "dracut",
		.tools = { "usr/bin/dracut", "usr/sbin/dracut" },
		.rebuild_all = "dracut --force --regenerate-all",
		.rebuild_one = "dracut --force /%i %k",
		.is_one_by_one = true,
		.prefix = "boot/initramfs-",
		.suffix = ".img",
		.hook = "usr/lib/dracut/modules.d/50passthru/module-setup.sh",
		.obstacle =
			"passthru's hook for dracut is not installed; install passthru again",
		.find_switch = switches_of_dracut,
		.starters = { "00-passthru-early.sh", "passthru-early.service" },
	},
	{
		.name = "mkinitcpio",
		.tools = { "usr/bin/mkinitcpio" },
		.rebuild_all = "mkinitcpio -P",
		.rebuild_one = "mkinitcpio -P",
		.prefix = "boot/initramfs-",
		.suffix = ".img",
		.hook = "usr/lib/initcpio/install/passthru",
		.obstacle =
			"passthru's hook for mkinitcpio is not installed; install passthru again",
		.find_switch = switches_of_mkinitcpio,
		.starters = { "passthru-early.sh", "passthru-early.service" },
	},
	/* Only if kernel-install(8) is told so: it is often there for other uses. */
	{
		.name = "mkosi-initrd",
		.tools = { "usr/bin/mkosi-initrd" },
		.rebuild_all = "kernel-install add-all",
		.rebuild_one = "kernel-install add %k",
		.hook = "usr/lib/mkosi-initrd/mkosi.conf.d/passthru.conf",
		.obstacle =
			"passthru's configuration for mkosi-initrd is not installed; install passthru again",
		.starters = { "passthru-early.service" },
	},
	{ 0 },
};

/* -- which one is installed ---------------------------------------------------------- */

/* The first one that is there counts. */
static const char *const settings[] = { "etc/kernel/install.conf",
					"run/kernel/install.conf",
					"usr/local/lib/kernel/install.conf",
					"usr/lib/kernel/install.conf" };

/* All of their files count, and the last one the most. */
static const char *const drop_ins[] = { "usr/lib/kernel/install.conf.d",
					"usr/local/lib/kernel/install.conf.d",
					"run/kernel/install.conf.d",
					"etc/kernel/install.conf.d" };

/* Replaces *value, unless there is no memory. Returns whether the file can be read. */
static bool apply(int root_fd, const char *path, const char *name, char **value)
{
	_cleanup_free_ char *text = NULL;
	bool plain = true;
	char *next;

	if (beneath_read(root_fd, path, &text) < 0)
		return false;
	next = shell_vars_resolve(text, name, *value, &plain);
	if (next) {
		free(*value);
		*value = next;
	}
	return true;
}

char *kernel_install_setting(int root_fd, const char *name)
{
	char *value = strdup("");

	for (size_t i = 0; value && i < ARRAY_SIZE(settings); i++)
		if (apply(root_fd, settings[i], name, &value))
			break;
	for (size_t i = 0; value && i < ARRAY_SIZE(drop_ins); i++) {
		_cleanup_free_ char **paths =
			dirlist_paths(root_fd, drop_ins[i], ".conf");

		for (size_t j = 0; paths && paths[j]; j++)
			(void)apply(root_fd, paths[j], name, &value);
	}
	return value;
}

static bool is_there(int root_fd, const struct generator *generator)
{
	for (size_t i = 0; i < ARRAY_SIZE(generator->tools); i++)
		if (generator->tools[i] && beneath_exists(root_fd, generator->tools[i]))
			return true;
	return false;
}

/* The one that kernel-install is told to use, if it is there. */
static const struct generator *find_chosen(int root_fd)
{
	_cleanup_free_ char *name = kernel_install_setting(root_fd, "initrd_generator");

	for (const struct generator *at = generators; name && at->name; at++)
		if (strcmp(name, at->name) == 0 && is_there(root_fd, at))
			return at;
	return NULL;
}

/*
 * Where both are installed, as on Arch, mkinitcpio builds the images that have presets,
 * and also without any, unless the distribution has a command of its own around dracut.
 */
static bool goes_before_dracut(int root_fd)
{
	_cleanup_free_ char **presets =
		dirlist_read(root_fd, "etc/mkinitcpio.d", ".preset");

	return beneath_exists(root_fd, "usr/bin/mkinitcpio") &&
	       ((presets && presets[0]) ||
		!(beneath_exists(root_fd, "usr/bin/dracut-rebuild") ||
		  beneath_exists(root_fd, "usr/bin/reinstall-kernels")));
}

const struct generator *generators_installed(int root_fd)
{
	const struct generator *chosen = find_chosen(root_fd), *first = NULL;
	bool no_dracut = goes_before_dracut(root_fd);

	if (chosen)
		return chosen;
	for (const struct generator *at = generators; at->name; at++) {
		if (!at->prefix || !is_there(root_fd, at) ||
		    (no_dracut && strcmp(at->name, "dracut") == 0))
			continue;
		if (beneath_exists(root_fd, at->hook))
			return at;
		if (!first)
			first = at;
	}
	return first;
}

const char *generators_obstacle(int root_fd)
{
	const struct generator *installed = generators_installed(root_fd);

	if (!installed)
		return "no initramfs generator that passthru supports (" GENERATOR_NAMES
		       ") is installed";
	if (!beneath_exists(root_fd, installed->hook))
		return installed->obstacle;
	return installed->find_switch ? installed->find_switch(root_fd) : NULL;
}

bool generators_is_for_rescue(const char *path)
{
	static const char *const patterns[] = { "*/0-rescue/*", "*-0-rescue-*",
						"*-fallback", "*-fallback.*" };

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (fnmatch(patterns[i], path, 0) == 0)
			return true;
	return false;
}

bool boot_matters(const struct boot_source *boot)
{
	for (size_t i = 0; i < boot->image_count; i++)
		if (generators_is_for_rescue(boot->images[i].path))
			return false;
	return !boot->is_foreign && !cmdline_is_rescue(boot->cmdline) &&
	       !generators_is_for_rescue(boot->uki);
}

/* -- kernels ------------------------------------------------------------------------- */

/* A kernel without modules only has the list of what is built in (kernel's Makefile). */
bool kernel_is_installed(int root_fd, const char *name)
{
	_cleanup_free_ char *modules =
		beneath_find(root_fd, "lib/modules/%s/modules.dep", name);
	_cleanup_free_ char *builtin =
		beneath_find(root_fd, "lib/modules/%s/modules.builtin", name);

	return modules || builtin;
}

bool kernel_has_module_built_in(int root_fd, const char *kernel, const char *module)
{
	_cleanup_free_ char *text = NULL;
	char line[64];

	snprintf(line, sizeof(line), "/%s.ko\n", module);
	return beneath_readf(root_fd, &text, "lib/modules/%s/modules.builtin", kernel) ==
		       0 &&
	       strstr(text, line);
}

char **kernels_list(int root_fd, size_t *ret_count)
{
	char **names = dirlist_read(root_fd, "lib/modules", "");
	size_t count = 0;

	for (size_t i = 0; names && names[i]; i++)
		if (kernel_is_installed(root_fd, names[i]))
			names[count++] = names[i];
	if (names)
		names[count] = NULL;
	*ret_count = count;
	return names;
}
