/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "base/base.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "ui/ui.h"

const struct grub_tool grub_tools[] = {
	{ "usr/sbin/update-grub", "update-grub" },
	{ "usr/sbin/grub2-mkconfig", "grub2-mkconfig -o /boot/grub2/grub.cfg" },
	{ "usr/bin/grub-mkconfig", "grub-mkconfig -o /boot/grub/grub.cfg" },
	{ NULL, NULL },
};

const char *rebuild_grub_command(const struct host *host)
{
	for (const struct grub_tool *at = grub_tools; at->path; at++)
		if (beneath_exists(host->root_fd, at->path))
			return at->command;
	return NULL;
}

/* kernel_count is 0 if that does not matter. */
static bool run(const struct host *host, const char *command, size_t kernel_count)
{
	char line[128];

	if (!host->is_this) {
		info("Now run this on that machine: %s", command);
		return true;
	}
	if (kernel_count)
		info("Running %s: %zu %s, up to a minute for each", command, kernel_count,
		     kernel_count == 1 ? "kernel" : "kernels");
	else
		info("Running %s", command);
	fflush(NULL);
	/*
	 * The shell runs constant commands only, without any outside input. Standard
	 * output is reserved for what the program itself prints.
	 */
	snprintf(line, sizeof(line), "%s >&2", command);
	if (system(line) == 0)
		return true;
	warn("%s failed; its messages are above", command);
	return false;
}

bool rebuild_grub(const struct host *host)
{
	const char *command = rebuild_grub_command(host);

	if (command)
		return run(host, command, 0);
	warn("cannot regenerate GRUB's configuration: there is no grub-mkconfig");
	return false;
}

bool rebuild_images(const struct host *host)
{
	const struct generator *generator = generators_installed(host->root_fd);
	size_t count;
	_cleanup_free_ char **kernels = kernels_list(host->root_fd, &count);

	if (generator)
		return run(host, generator->rebuild_all, kernels ? count : 0);
	warn("cannot rebuild the initramfs: %s", generators_obstacle(host->root_fd));
	return false;
}
