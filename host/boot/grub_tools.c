/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tools of GRUB on a machine; each distribution has its names and places. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "lib/lib.h"

#define UPDATE_GRUB    "update-grub"
#define GRUB2_MKCONFIG "grub2-mkconfig -o /" GRUB2_CONFIG
#define GRUB_MKCONFIG  "grub-mkconfig -o /" GRUB_CONFIG
/* Where grub.cfg is on the EFI system partition, Red Hat's link leads there. */
#define EFI_LINK	   "etc/grub2-efi.cfg"
#define GRUB2_MKCONFIG_EFI "grub2-mkconfig -o /" EFI_LINK

const struct grub_tool grub_tools[] = {
	{ "usr/sbin/update-grub", UPDATE_GRUB },
	{ "usr/bin/update-grub", UPDATE_GRUB },
	{ "usr/sbin/grub2-mkconfig", GRUB2_MKCONFIG },
	{ "usr/bin/grub2-mkconfig", GRUB2_MKCONFIG },
	{ "usr/sbin/grub-mkconfig", GRUB_MKCONFIG },
	{ "usr/bin/grub-mkconfig", GRUB_MKCONFIG },
	{ "usr/local/sbin/grub-mkconfig", GRUB_MKCONFIG },
	{ NULL, NULL },
};

static bool has_tool(int root_fd, const char *name)
{
	static const char *const directories[] = { "usr/sbin", "usr/bin" };

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_free_ char *path =
			beneath_find(root_fd, "%s/%s", directories[i], name);

		if (path)
			return true;
	}
	return false;
}

const char *grub_find_command(int root_fd)
{
	for (const struct grub_tool *at = grub_tools; at->path; at++) {
		if (!beneath_exists(root_fd, at->path))
			continue;
		if (strcmp(at->command, GRUB2_MKCONFIG) == 0 &&
		    !beneath_exists(root_fd, GRUB2_CONFIG) &&
		    beneath_exists(root_fd, EFI_LINK))
			return GRUB2_MKCONFIG_EFI;
		return at->command;
	}
	return NULL;
}

const char *grub_find_set_default(int root_fd)
{
	bool is_second = has_tool(root_fd, "grub2-set-default") ||
			 (!has_tool(root_fd, "grub-set-default") &&
			  beneath_exists(root_fd, GRUB2_CONFIG));

	return is_second ? "grub2-set-default" : "grub-set-default";
}

/* Red Hat's entries had a variable there for what grub2-mkconfig makes of the defaults.
 */
static bool has_kernelopts(int root_fd)
{
	_cleanup_free_ char *text = NULL;

	return beneath_read(root_fd, GRUB2_ENVIRONMENT, &text) == 0 &&
	       strstr(text, "kernelopts=");
}

void grub_describe_update(int root_fd, const char *parameters,
			  char ret[static GRUB_UPDATE_SIZE])
{
	const char *command = grub_find_command(root_fd);
	bool has_entries = grub_detect_entries(root_fd);

	if (has_entries && has_tool(root_fd, "grubby"))
		snprintf(ret, GRUB_UPDATE_SIZE,
			 "grubby --update-kernel=ALL --args=\"%s\"", parameters);
	else if (!command)
		snprintf(ret, GRUB_UPDATE_SIZE, "what generates GRUB's %s",
			 has_entries ? "boot entries" : "grub.cfg");
	else
		snprintf(ret, GRUB_UPDATE_SIZE, "%s%s", command,
			 has_entries && !has_kernelopts(root_fd) ? " --update-bls-cmdline"
								 : "");
}
