/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a boot loader's configuration is made of: GRUB's defaults, kernel-install, dracut.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "boot_parts.h"
#include "directory.h"
#include "file.h"
#include "shell.h"
#include "util.h"

/* GRUB's two variables, through /etc/default/grub and what comes after it. */
static char *read_grub_variable(int root_fd, const char *name, bool *ret_plain)
{
	_cleanup_free_ char **names =
		directory_list(root_fd, "etc/default/grub.d", ".cfg");
	_cleanup_free_ char *text = NULL;
	char *value;

	if (file_read(root_fd, "etc/default/grub", &text) < 0)
		return NULL;
	value = shell_variable(text, name, "", ret_plain);
	for (size_t i = 0; names && names[i] && value; i++) {
		_cleanup_free_ char *more = NULL;
		char path[512], *next;

		snprintf(path, sizeof(path), "etc/default/grub.d/%s", names[i]);
		if (file_read(root_fd, path, &more) < 0)
			continue;
		next = shell_variable(more, name, value, ret_plain);
		free(value);
		value = next;
	}
	return value;
}

static int add_grub_default(int root_fd, struct boot_sources *ret)
{
	bool plain = true;
	_cleanup_free_ char *always =
		read_grub_variable(root_fd, "GRUB_CMDLINE_LINUX", &plain);
	_cleanup_free_ char *usually =
		read_grub_variable(root_fd, "GRUB_CMDLINE_LINUX_DEFAULT", &plain);
	struct boot_source *source;
	char *both = NULL;

	if (!always || !usually)
		return 0;
	if (asprintf(&both, "%s%s%s", always, *always && *usually ? " " : "", usually) <
	    0)
		return -ENOMEM;
	source = boot_add(ret, "etc/default/grub", both);
	if (!source)
		return -ENOMEM;
	source->rebuild = "update-grub";
	source->is_unclear = !plain;
	return 0;
}

/* A file that is nothing but a command line; its lines are as good as blanks. */
static struct boot_source *add_plain(int root_fd, const char *path,
				     struct boot_sources *ret, int *r)
{
	struct boot_source *source;
	char *text = NULL;

	*r = 0;
	if (file_read(root_fd, path, &text) < 0)
		return NULL;
	for (char *at = text; *at; at++)
		if (*at == '\n')
			*at = ' ';
	source = boot_add(ret, path, text);
	*r = source ? 0 : -ENOMEM;
	return source;
}

/* kernel-install's: the first of the two counts. */
static int add_kernel_cmdline(int root_fd, struct boot_sources *ret)
{
	static const char *const paths[] = { "etc/kernel/cmdline",
					     "usr/lib/kernel/cmdline" };
	struct boot_source *source = NULL;
	int r = 0;

	for (size_t i = 0; r == 0 && !source && i < ARRAY_SIZE(paths); i++)
		source = add_plain(root_fd, paths[i], ret, &r);
	if (source)
		source->rebuild = "kernel-install, or whatever builds the kernel image";
	return r;
}

static void mark_part(struct boot_source *source)
{
	source->rebuild = "dracut --force --regenerate-all, or whatever builds the "
			  "kernel image";
	source->is_part = true;
}

static int add_cmdline_directory(int root_fd, struct boot_sources *ret)
{
	_cleanup_free_ char **names = directory_list(root_fd, "etc/cmdline.d", ".conf");
	int r = 0;

	for (size_t i = 0; r == 0 && names && names[i]; i++) {
		struct boot_source *source;
		char path[512];

		snprintf(path, sizeof(path), "etc/cmdline.d/%s", names[i]);
		source = add_plain(root_fd, path, ret, &r);
		if (source)
			mark_part(source);
	}
	return r;
}

static int add_dracut_file(int root_fd, const char *path, struct boot_sources *ret)
{
	_cleanup_free_ char *text = NULL;
	struct boot_source *source;
	bool plain = true;
	char *value;

	if (file_read(root_fd, path, &text) < 0)
		return 0;
	value = shell_variable(text, "kernel_cmdline", "", &plain);
	if (value && !value[0]) {
		free(value);
		return 0;
	}
	source = boot_add(ret, path, value);
	if (!source)
		return -ENOMEM;
	mark_part(source);
	return 0;
}

static int add_dracut(int root_fd, struct boot_sources *ret)
{
	_cleanup_free_ char **names =
		directory_list(root_fd, "etc/dracut.conf.d", ".conf");
	int r = add_dracut_file(root_fd, "etc/dracut.conf", ret);

	for (size_t i = 0; r == 0 && names && names[i]; i++) {
		char path[512];

		snprintf(path, sizeof(path), "etc/dracut.conf.d/%s", names[i]);
		r = add_dracut_file(root_fd, path, ret);
	}
	return r;
}

int boot_add_inputs(int root_fd, bool of_grub, bool of_entries, struct boot_sources *ret)
{
	int r = of_grub ? add_grub_default(root_fd, ret) : 0;

	/* Of no effect, and so of no interest, where GRUB has a menu of its own. */
	if (r == 0 && of_entries)
		r = add_kernel_cmdline(root_fd, ret);
	if (r == 0)
		r = add_cmdline_directory(root_fd, ret);
	return r < 0 ? r : add_dracut(root_fd, ret);
}
