/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The EFI variables of trials, which early/trial creates. Others are never touched. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/base.h"
#include "lib/lib.h"
#include "trials/trials.h"

/* -- where they are ------------------------------------------------------------------ */

static bool is_efivarfs(int fd)
{
	struct statfs st;

	return fstatfs(fd, &st) == 0 && st.f_type == EFIVARFS_MAGIC;
}

/*
 * Opens their directory. Returns a descriptor; -ENOENT without EFI; -ENODEV if they are
 * not mounted; or another negative errno. A copy of a machine has plain files.
 */
static int open_directory(const struct host *host)
{
	int fd = beneath_open(host->root_fd, TRIAL_EFIVARS);

	if (fd < 0 || !host->is_this || is_efivarfs(fd))
		return fd;
	close(fd);
	return -ENODEV;
}

/* The same, and mounts them on this machine. The kernel loads what it needs for that. */
static int mount_directory(const struct host *host)
{
	int fd = open_directory(host);

	if (fd != -ENODEV)
		return fd;
	if (mount("efivarfs", "/" TRIAL_EFIVARS, "efivarfs",
		  MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return -errno;
	return open_directory(host);
}

char *trials_find_obstacle(const struct host *host, bool is_dry)
{
	_cleanup_close_ int fd = is_dry ? open_directory(host) : mount_directory(host);
	char *text;

	if (fd == -ENOENT || fd == -EOPNOTSUPP)
		return strdup(
			"a trial needs an EFI variable, and this boot has none: the machine starts without UEFI, or the kernel with efi=noruntime");
	if (fd == -ENODEV && is_dry)
		return NULL;
	if (fd >= 0 && (faccessat(fd, ".", W_OK, 0) == 0 || errno != EROFS))
		return NULL;
	if (fd >= 0)
		return strdup(
			"a trial needs an EFI variable, and these are mounted read-only; run mount -o remount,rw /" TRIAL_EFIVARS);
	return asprintf(&text,
			"a trial needs an EFI variable, and /%s cannot be mounted: %s%s",
			TRIAL_EFIVARS, strerror(-fd),
			fd == -EPERM || fd == -EACCES ? "; run this as root" : "") < 0
		       ? NULL
		       : text;
}

/* -- what they say ------------------------------------------------------------------- */

static ssize_t read_value(int directory_fd, const char *name,
			  char value[static TRIAL_VALUE_SIZE])
{
	_cleanup_close_ int fd =
		openat(directory_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, value, TRIAL_VALUE_SIZE);

	return length < 0 ? -errno : length;
}

/* The boots' IDs differ. */
static bool says(const char *value, size_t length, const char *token, bool is_confirmed)
{
	char wanted[TRIAL_VALUE_SIZE];
	size_t size = trial_format_value(token, is_confirmed, "", wanted) - 1;

	return length > size && memcmp(value, wanted, size) == 0;
}

enum variable_state trials_read_variable(const struct host *host, const char *token)
{
	_cleanup_close_ int fd = open_directory(host);
	char name[TRIAL_NAME_SIZE], value[TRIAL_VALUE_SIZE];
	ssize_t length;

	if (fd < 0)
		return fd == -ENOENT ? VARIABLE_NO_EFI : VARIABLE_UNKNOWN;
	trial_variable_name(token, name);
	length = read_value(fd, name, value);
	if (length < 0)
		return length == -ENOENT ? VARIABLE_ABSENT : VARIABLE_UNKNOWN;
	if (says(value, (size_t)length, token, false))
		return VARIABLE_TRIED;
	return says(value, (size_t)length, token, true) ? VARIABLE_CONFIRMED
							: VARIABLE_STRANGE;
}

/* -- changing them ------------------------------------------------------------------- */

/*
 * The kernel protects variables that it does not know from being changed by mistake. What
 * this is for fails if it fails.
 */
static void unprotect(int directory_fd, const char *name)
{
	_cleanup_close_ int fd =
		openat(directory_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int flags = 0;

	if (fd < 0 || ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0 ||
	    !(flags & FS_IMMUTABLE_FL))
		return;
	flags &= ~FS_IMMUTABLE_FL;
	(void)ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

/* One write(2) is one call of the firmware. */
static int write_value(int directory_fd, const char *name, const char *value,
		       size_t length)
{
	char found[TRIAL_VALUE_SIZE];
	_cleanup_close_ int fd = -1;
	ssize_t written;

	unprotect(directory_fd, name);
	fd = openat(directory_fd, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		    0644);
	written = fd < 0 ? -1 : write(fd, value, length);
	if (written < 0)
		return -errno;
	return (size_t)written == length &&
			       read_value(directory_fd, name, found) == written &&
			       memcmp(found, value, length) == 0
		       ? 0
		       : -EIO;
}

int trials_confirm_variable(const struct host *host, const char *token)
{
	_cleanup_close_ int fd = mount_directory(host);
	_cleanup_free_ char *boot = NULL;
	char name[TRIAL_NAME_SIZE], value[TRIAL_VALUE_SIZE];
	size_t length;
	int r;

	if (fd < 0)
		return fd;
	r = beneath_read(host->root_fd, "proc/sys/kernel/random/boot_id", &boot);
	if (r < 0)
		return r;
	boot[strcspn(boot, "\n")] = '\0';
	trial_variable_name(token, name);
	length = trial_format_value(token, true, boot, value);
	return write_value(fd, name, value, length);
}

int trials_remove_variable(const struct host *host, const char *token)
{
	_cleanup_close_ int fd = open_directory(host);
	char name[TRIAL_NAME_SIZE];

	if (fd < 0)
		return fd == -ENOENT || fd == -ENODEV ? 0 : fd;
	trial_variable_name(token, name);
	unprotect(fd, name);
	if (unlinkat(fd, name, 0) == 0)
		return 1;
	return errno == ENOENT ? 0 : -errno;
}
