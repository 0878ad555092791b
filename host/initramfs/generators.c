/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fnmatch.h>
#include <stdio.h>
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
		.starters = { "00-passthru" },
	},
	{
		.name = "dracut",
		.tools = { "usr/bin/dracut", "usr/sbin/dracut" },
		.rebuild_all = "dracut --force --regenerate-all",
		.rebuild_one = "dracut --force /%i %k",
		.prefix = "boot/initramfs-",
		.suffix = ".img",
		.hook = "usr/lib/dracut/modules.d/50passthru/module-setup.sh",
		.obstacle =
			"passthru's hook for dracut is not installed; install passthru again",
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
	_cleanup_free_ char *name = kernel_install_generator(root_fd);

	for (const struct generator *at = generators; name && at->name; at++)
		if (strcmp(name, at->name) == 0 && is_there(root_fd, at))
			return at;
	return NULL;
}

const struct generator *generators_installed(int root_fd)
{
	const struct generator *chosen = find_chosen(root_fd), *first = NULL;

	if (chosen)
		return chosen;
	for (const struct generator *at = generators; at->name; at++) {
		if (!at->prefix || !is_there(root_fd, at))
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
		return "no initramfs generator that passthru supports is installed";
	return beneath_exists(root_fd, installed->hook) ? NULL : installed->obstacle;
}

bool generators_is_starter(const char *name)
{
	for (const struct generator *at = generators; at->name; at++)
		for (size_t i = 0; i < ARRAY_SIZE(at->starters); i++)
			if (at->starters[i] && strcmp(name, at->starters[i]) == 0)
				return true;
	return false;
}

static void put_command(FILE *file, const char *command, const char *kernel,
			const char *image)
{
	for (; *command; command++) {
		if (*command != '%') {
			fputc(*command, file);
			continue;
		}
		command++;
		fputs(*command == 'k' ? kernel : image, file);
	}
}

/* Without a kernel, the commands for all of them. */
static void describe(int root_fd, const char *kernel, const char *image, char *ret,
		     size_t size)
{
	const struct generator *installed = generators_installed(root_fd);
	FILE *file = fmemopen(ret, size, "w");

	ret[0] = '\0';
	if (!file)
		return;
	for (const struct generator *at = generators; at->name; at++) {
		if (installed && at != installed)
			continue;
		if (!installed && !at->prefix)
			continue;
		if (!installed && at != generators)
			fputs(" or ", file);
		put_command(file, kernel ? at->rebuild_one : at->rebuild_all, kernel,
			    image);
	}
	if (fclose(file) != 0)
		ret[0] = '\0';
}

void generators_rebuild_all(int root_fd, char *ret, size_t size)
{
	describe(root_fd, NULL, NULL, ret, size);
}

void generators_rebuild_one(int root_fd, const char *kernel, const char *image, char *ret,
			    size_t size)
{
	describe(root_fd, kernel, image, ret, size);
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
