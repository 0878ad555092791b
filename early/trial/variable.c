/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "claim/claim.h"
#include "trial/internal.h"

/* include/uapi/linux/magic.h */
#define EFIVARFS_TYPE 0xde5e81e4U

/* Where it is mounted if it is not where it belongs, for as long as it takes. */
#define PRIVATE_EFIVARS "run/passthru/efivars"

/* EFI_VARIABLE_NON_VOLATILE, _BOOTSERVICE_ACCESS, _RUNTIME_ACCESS: include/linux/efi.h */
#define ATTRIBUTES "\7\0\0"

void trial_variable_name(const char *token, char name[static TRIAL_NAME_SIZE])
{
	snprintf(name, TRIAL_NAME_SIZE, TRIAL_VARIABLE_PREFIX "%s-" TRIAL_GUID, token);
}

size_t trial_format_value(const char *token, bool is_confirmed, const char *boot,
			  char value[static TRIAL_VALUE_SIZE])
{
	memcpy(value, ATTRIBUTES, sizeof(ATTRIBUTES));
	snprintf(value + sizeof(ATTRIBUTES), TRIAL_VALUE_SIZE - sizeof(ATTRIBUTES),
		 "%s %s %s\n", token, is_confirmed ? "confirmed" : "tried    ", boot);
	return sizeof(ATTRIBUTES) + strlen(value + sizeof(ATTRIBUTES));
}

/* -- efivarfs ------------------------------------------------------------------------ */

struct variables {
	const char *root;
	int root_fd;
	int fd;		 /* the directory, or -1 */
	bool is_mounted; /* by this program */
};

static int open_directory(int root_fd, const char *path)
{
	int fd = openat(root_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* A made-up machine has plain files. */
static bool is_efivarfs(const struct variables *variables)
{
	struct statfs info;

	return variables->root[0] || (fstatfs(variables->fd, &info) == 0 &&
				      (unsigned)info.f_type == EFIVARFS_TYPE);
}

static int mount_privately(struct variables *variables)
{
	int r = module_load(variables->root, "efivarfs");

	if (r < 0)
		log_debug("loading efivarfs: %s", strerror(-r));
	if ((mkdir("/run/passthru", 0755) < 0 && errno != EEXIST) ||
	    (mkdir("/" PRIVATE_EFIVARS, 0700) < 0 && errno != EEXIST) ||
	    mount("efivarfs", "/" PRIVATE_EFIVARS, "efivarfs",
		  MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
		return -errno;
	variables->is_mounted = true;
	return open_directory(variables->root_fd, PRIVATE_EFIVARS);
}

static void close_variables(struct variables *variables)
{
	if (variables->fd >= 0)
		close(variables->fd);
	if (variables->is_mounted && umount2("/" PRIVATE_EFIVARS, MNT_DETACH) == 0)
		rmdir("/" PRIVATE_EFIVARS);
}

static struct trial_outcome ignored(enum trial_reason reason, int error)
{
	return (struct trial_outcome){ TRIAL_IGNORED, reason, error };
}

static struct trial_outcome counts(enum trial_verdict verdict)
{
	return (struct trial_outcome){ .verdict = verdict };
}

/* Returns TRIAL_REASON_NONE if the directory is open. */
static enum trial_reason open_variables(struct variables *variables)
{
	variables->fd = open_directory(variables->root_fd, TRIAL_EFIVARS);
	if (variables->fd < 0)
		return TRIAL_NO_EFI;
	if (is_efivarfs(variables))
		return TRIAL_REASON_NONE;
	close(variables->fd);
	variables->fd = mount_privately(variables);
	if (variables->fd >= 0)
		return TRIAL_REASON_NONE;
	/* efivarfs_fill_super() in fs/efivarfs/super.c: no runtime services. */
	return variables->fd == -EOPNOTSUPP ? TRIAL_NO_EFI : TRIAL_NO_EFIVARFS;
}

/* -- the variable -------------------------------------------------------------------- */

struct trial_outcome variable_refusal(int error)
{
	switch (error) {
	case -EROFS:
		return ignored(TRIAL_READ_ONLY, 0);
	case -ENOSPC:
		return ignored(TRIAL_STORE_FULL, 0);
	case -EPERM:
	case -EACCES:
		return ignored(TRIAL_NOT_ALLOWED, 0);
	case -EOPNOTSUPP:
		return ignored(TRIAL_NO_EFI, 0);
	}
	return ignored(TRIAL_CANNOT_WRITE, error);
}

static ssize_t read_variable(const struct variables *variables, const char *name,
			     char value[static TRIAL_VALUE_SIZE])
{
	_cleanup_close_ int fd = openat(variables->fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, value, TRIAL_VALUE_SIZE);

	return length < 0 ? -errno : length;
}

static bool has_value(const struct variables *variables, const char *name,
		      const char *value, size_t length)
{
	char found[TRIAL_VALUE_SIZE];

	return read_variable(variables, name, found) == (ssize_t)length &&
	       memcmp(found, value, length) == 0;
}

/* One write: efivarfs_file_write() sets the variable to what that has. */
static int create_variable(const struct variables *variables, const char *name,
			   const char *value, size_t length)
{
	_cleanup_close_ int fd = openat(variables->fd, name,
					O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	ssize_t written = fd < 0 ? -1 : write(fd, value, length);

	if (written < 0)
		return -errno;
	return (size_t)written == length && has_value(variables, name, value, length)
		       ? 0
		       : -EIO;
}

/* What the variable that is there says; value is that of a first try in this boot. */
static struct trial_outcome judge(const char *token, const char *found,
				  size_t found_length, const char *value, size_t length)
{
	char other[TRIAL_VALUE_SIZE];
	size_t before_boot = sizeof(ATTRIBUTES) + strlen(token) + sizeof(" confirmed");

	if (found_length == length) {
		if (memcmp(found, value, length) == 0)
			return counts(TRIAL_TRIED);
		if (memcmp(found, value, before_boot) == 0)
			return ignored(TRIAL_TRIED_BEFORE, 0);
		trial_format_value(token, true, "", other);
		if (memcmp(found, other, before_boot) == 0)
			return counts(TRIAL_CONFIRMED);
	}
	return ignored(TRIAL_NOT_UNDERSTOOD, 0);
}

static struct trial_outcome use_variable(const struct variables *variables,
					 const char *token)
{
	char name[TRIAL_NAME_SIZE], value[TRIAL_VALUE_SIZE], found[TRIAL_VALUE_SIZE];
	char boot[TRIAL_BOOT_SIZE];
	ssize_t r = sysfs_read(variables->root_fd, "proc/sys/kernel/random/boot_id", boot,
			       sizeof(boot));
	size_t length;

	if (r < 0)
		return variable_refusal((int)r);
	trial_variable_name(token, name);
	length = trial_format_value(token, false, boot, value);
	r = read_variable(variables, name, found);
	if (r >= 0)
		return judge(token, found, (size_t)r, value, length);
	if (r == -ENOENT)
		r = create_variable(variables, name, value, length);
	return r == 0 ? counts(TRIAL_TRIED) : variable_refusal((int)r);
}

/* -- the process --------------------------------------------------------------------- */

static struct trial_outcome find_outcome(const char *root, int root_fd, const char *token)
{
	struct variables variables = { .root = root, .root_fd = root_fd };
	struct trial_outcome outcome = ignored(open_variables(&variables), 0);

	if (outcome.reason == TRIAL_REASON_NONE)
		outcome = use_variable(&variables, token);
	close_variables(&variables);
	return outcome;
}

static struct trial_outcome receive(int fd, pid_t process, uint64_t deadline)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	struct trial_outcome outcome;
	uint64_t now = clock_ms();

	if (poll(&poll_fd, 1, deadline > now ? (int)(deadline - now) : 0) <= 0 ||
	    read(fd, &outcome, sizeof(outcome)) != sizeof(outcome))
		return ignored(TRIAL_NO_ANSWER, 0);
	waitpid(process, NULL, 0);
	return outcome;
}

struct trial_outcome variable_try(const char *root, int root_fd, const char *token,
				  uint64_t deadline)
{
	_cleanup_close_ int fd = -1;
	struct trial_outcome outcome;
	int ends[2];
	pid_t process;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return ignored(TRIAL_CANNOT_WRITE, -errno);
	fd = ends[0];
	process = fork();
	if (process == 0) {
		outcome = find_outcome(root, root_fd, token);
		_exit(write(ends[1], &outcome, sizeof(outcome)) != sizeof(outcome));
	}
	if (process < 0)
		outcome = ignored(TRIAL_CANNOT_WRITE, -errno);
	close(ends[1]);
	return process < 0 ? outcome : receive(fd, process, deadline);
}
