/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "complain.h"
#include "rebuild.h"
#include "sysfs.h"

struct tool {
	const char *path, *command;
};

static const char *find_tool(const struct host *host, const struct tool *tools,
			     size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (sysfs_exists(host->root_fd, tools[i].path))
			return tools[i].command;
	return NULL;
}

const char *rebuild_grub(const struct host *host)
{
	static const struct tool tools[] = {
		{ "usr/sbin/update-grub", "update-grub" },
		{ "usr/sbin/grub2-mkconfig", "grub2-mkconfig -o /boot/grub2/grub.cfg" },
		{ "usr/bin/grub-mkconfig", "grub-mkconfig -o /boot/grub/grub.cfg" },
	};

	return find_tool(host, tools, ARRAY_SIZE(tools));
}

const char *rebuild_image(const struct host *host)
{
	static const struct tool tools[] = {
		{ "usr/sbin/update-initramfs", "update-initramfs -u -k all" },
		{ "usr/bin/dracut", "dracut --force --regenerate-all" },
		{ "usr/sbin/dracut", "dracut --force --regenerate-all" },
	};

	return find_tool(host, tools, ARRAY_SIZE(tools));
}

int rebuild_run(const struct host *host, const char *command)
{
	char line[128];

	if (!host->is_this) {
		say("Now run there: %s", command);
		return 0;
	}
	say("Running %s", command);
	fflush(NULL);
	/*
	 * One of the strings above, nothing of which comes from anybody else. Standard
	 * output is for what the program itself prints.
	 */
	snprintf(line, sizeof(line), "%s >&2", command);
	if (system(line) == 0)
		return 0;
	complain("%s has failed; see above, and run it again, or take all back with "
		 "passthru migrate --undo",
		 command);
	return -EIO;
}
