/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "boot/boot.h"
#include "lib/lib.h"

#define BOOT	CONFIG_FOR_BOOT
#define MIGRATE CONFIG_FOR_MIGRATE
#define DUMP	CONFIG_FOR_DUMP
#define FOREIGN CONFIG_IS_FOREIGN

#define FOREIGN_MODPROBE(directory)                                           \
	{                                                                     \
		directory, ".conf", FORMAT_MODPROBE, MIGRATE | DUMP | FOREIGN \
	}

const struct config_file config_files[] = {
	{ CONFIGURATION_DIRECTORY, ".conf", FORMAT_OTHER, DUMP },
	{ PROFILES_PATH, PROFILE_SUFFIX, FORMAT_OTHER, DUMP },
	{ BEFORE_TRIAL_DIRECTORY, ".conf", FORMAT_OTHER, DUMP },
	{ MODPROBE_ETC, ".conf", FORMAT_MODPROBE, MIGRATE | DUMP },
	MODPROBE_OTHERS(FOREIGN_MODPROBE),
	{ "etc/modules", NULL, FORMAT_MODULES, MIGRATE | DUMP },
	{ "etc/modules-load.d", ".conf", FORMAT_MODULES, MIGRATE | DUMP },
	{ "etc/initramfs-tools/modules", NULL, FORMAT_MODULES, MIGRATE | DUMP },
	{ "etc/initramfs-tools/conf.d", "", FORMAT_OTHER, DUMP },
	{ "etc/dracut.conf", NULL, FORMAT_DRACUT, BOOT | MIGRATE | DUMP },
	{ "etc/dracut.conf.d", ".conf", FORMAT_DRACUT, BOOT | MIGRATE | DUMP },
	{ "etc/mkinitcpio.conf", NULL, FORMAT_MKINITCPIO, MIGRATE | DUMP },
	{ "etc/mkinitcpio.conf.d", ".conf", FORMAT_MKINITCPIO, MIGRATE | DUMP },
	{ "etc/driverctl.d", "", FORMAT_DRIVERCTL, MIGRATE | DUMP },
	{ "etc/sysfs.conf", NULL, FORMAT_SYSFS, MIGRATE },
	{ "etc/sysfs.d", ".conf", FORMAT_SYSFS, MIGRATE },
	{ BLS_ENTRIES("boot"), ".conf", FORMAT_BOOT_ENTRY, MIGRATE | DUMP },
	{ BLS_ENTRIES("boot/efi"), ".conf", FORMAT_BOOT_ENTRY, MIGRATE | DUMP },
	{ BLS_ENTRIES("efi"), ".conf", FORMAT_BOOT_ENTRY, MIGRATE | DUMP },
	{ GRUB_DEFAULTS ".d", ".cfg", FORMAT_GRUB, BOOT | MIGRATE | DUMP },
	{ GRUB_DEFAULTS, NULL, FORMAT_GRUB, BOOT | MIGRATE | DUMP },
	{ "etc/kernel/cmdline", NULL, FORMAT_CMDLINE, BOOT | MIGRATE | DUMP },
	{ "usr/lib/kernel/cmdline", NULL, FORMAT_CMDLINE,
	  BOOT | MIGRATE | DUMP | FOREIGN },
	{ "etc/cmdline.d", ".conf", FORMAT_FRAGMENT, BOOT | MIGRATE | DUMP },
	/* Not in dumps: they may have passwords. */
	{ "etc/grub.d", "", FORMAT_GENERATED, MIGRATE },
	{ GRUB_CONFIG, NULL, FORMAT_GENERATED, MIGRATE },
	{ GRUB2_CONFIG, NULL, FORMAT_GENERATED, MIGRATE },
	{ GRUB_ENVIRONMENT, NULL, FORMAT_GENERATED, MIGRATE },
	{ GRUB2_ENVIRONMENT, NULL, FORMAT_GENERATED, MIGRATE },
	{ "etc/initramfs-tools/hooks", "", FORMAT_SCRIPT, MIGRATE },
	{ "etc/initramfs-tools/scripts", "", FORMAT_SCRIPT, MIGRATE },
	{ "usr/lib/dracut/modules.d", "", FORMAT_SCRIPT, MIGRATE },
	{ "etc/initcpio/hooks", "", FORMAT_SCRIPT, MIGRATE },
	{ "etc/initcpio/install", "", FORMAT_SCRIPT, MIGRATE },
	{ "etc/udev/rules.d", "", FORMAT_SCRIPT, MIGRATE },
	{ "etc/systemd/system", "", FORMAT_SCRIPT, MIGRATE },
	{ "etc/tmpfiles.d", "", FORMAT_SCRIPT, MIGRATE },
	{ "etc/rc.local", NULL, FORMAT_SCRIPT, MIGRATE },
	{ 0 },
};

/* Whether it is in /lib and that is a link to /usr/lib, which has a row of its own. */
static bool is_listed_elsewhere(int root_fd, const struct config_file *file)
{
	struct stat st;

	return strncmp(file->path, "lib/", 4) == 0 &&
	       fstatat(root_fd, "lib", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISLNK(st.st_mode);
}

char **config_file_paths(int root_fd, const struct config_file *file)
{
	int error;

	return config_file_try_paths(root_fd, file, &error);
}

char **config_file_try_paths(int root_fd, const struct config_file *file, int *ret_error)
{
	char **paths;

	*ret_error = 0;
	if (is_listed_elsewhere(root_fd, file))
		return calloc(1, sizeof(paths[0]));
	if (file->suffix)
		return dirlist_try_paths(root_fd, file->path, file->suffix, ret_error);
	paths = malloc(2 * sizeof(paths[0]) + strlen(file->path) + 1);
	if (!paths)
		return NULL;
	paths[0] = strcpy((char *)(paths + 2), file->path);
	paths[1] = NULL;
	return paths;
}

/* Whether the path names a file directly in the directory, with the suffix. */
static bool is_inside(const struct config_file *file, const char *path)
{
	size_t length = strlen(file->path), suffix_length = strlen(file->suffix);
	const char *name = path + length + 1;

	if (strncmp(path, file->path, length) != 0 || path[length] != '/' ||
	    strchr(name, '/') || strlen(name) <= suffix_length)
		return false;
	return strcmp(name + strlen(name) - suffix_length, file->suffix) == 0;
}

const struct config_file *config_file_find(const char *path)
{
	for (const struct config_file *file = config_files; file->path; file++)
		if (file->suffix ? is_inside(file, path) : strcmp(path, file->path) == 0)
			return file;
	return NULL;
}

bool config_file_is_of_grub(const char *path)
{
	const struct config_file *file = config_file_find(path);

	return file && file->format == FORMAT_GRUB;
}
