/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Around changes of files: no two programs change them at the same time, and what was
 * begun is finished or undone, whoever closes the terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"
#include "edit/internal.h"
#include "lib/lib.h"
#include "ui/ui.h"

/* The process that has it writes its number there. */
#define LOCK "var/lib/passthru/lock"

#define WAIT_MS 10000
#define STEP_MS 100
#define SAY_MS	1000 /* until a message names the process that has the lock */

static int lock_fd = -1;

/* -- the lock ------------------------------------------------------------------------ */

static int open_lock(int root_fd)
{
	_cleanup_close_ int directory_fd = -1;
	int fd, r = files_make_directories(root_fd, LOCK);

	if (r < 0)
		return r;
	directory_fd = beneath_open_parent(root_fd, LOCK);
	if (directory_fd < 0)
		return directory_fd;
	fd = openat(directory_fd, beneath_name(LOCK),
		    O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	return fd < 0 ? -errno : fd;
}

/* "another passthru (process 1234)", as far as that is known. */
static void describe_owner(int fd, char *ret, size_t size)
{
	char text[16];
	ssize_t length = pread(fd, text, sizeof(text) - 1, 0);
	long pid;

	text[length > 0 ? length : 0] = '\0';
	pid = strtol(text, NULL, 10);
	snprintf(ret, size,
		 pid > 0 ? "another passthru (process %ld)" : "another passthru", pid);
}

/* Returns 0; -EWOULDBLOCK if another process still has it; or another negative errno. */
static int wait_for(int fd)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	char owner[64];

	for (int waited = 0;; waited += STEP_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (waited >= WAIT_MS)
			return -EWOULDBLOCK;
		if (waited == SAY_MS) {
			describe_owner(fd, owner, sizeof(owner));
			info("Waiting for %s, which changes files", owner);
		}
		nanosleep(&step, NULL);
	}
}

/* Without it the lock is the same, and only the message of others knows less. */
static void write_owner(int fd)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)length, 0) < 0)
		return;
}

bool edit_lock(int root_fd)
{
	int fd = lock_fd < 0 ? open_lock(root_fd) : lock_fd;
	char owner[64];
	int r;

	if (lock_fd >= 0)
		return true;
	r = fd < 0 ? fd : wait_for(fd);
	/* Nobody changes anything there; what is tried says so. */
	if (r == -EROFS)
		return true;
	if (r == 0) {
		write_owner(fd);
		lock_fd = fd;
		return true;
	}
	if (r == -EWOULDBLOCK && fd >= 0) {
		describe_owner(fd, owner, sizeof(owner));
		warn("nothing was changed: %s changes files; run this again once it has ended",
		     owner);
	} else {
		warn("nothing was changed: cannot lock /%s: %s%s", LOCK,
		     files_error(root_fd, LOCK, r),
		     r == -EACCES ? "; run this as root" : "");
	}
	if (fd >= 0)
		close(fd);
	return false;
}

/* -- signals ------------------------------------------------------------------------- */

static volatile sig_atomic_t caught;

static void note_signal(int number)
{
	caught = number;
}

/* A handler, since programs that are run would inherit that a signal is ignored. */
static void drop_signal(int number)
{
	(void)number;
}

static struct held {
	int number;
	void (*handler)(int number);
	struct sigaction before;
} held[] = {
	{ .number = SIGHUP, .handler = note_signal },
	{ .number = SIGINT, .handler = note_signal },
	{ .number = SIGTERM, .handler = note_signal },
	{ .number = SIGPIPE, .handler = drop_signal },
};
static bool is_holding;

static void hold_signals(void)
{
	for (size_t i = 0; !is_holding && i < ARRAY_SIZE(held); i++) {
		struct sigaction action = { .sa_handler = held[i].handler,
					    .sa_flags = SA_RESTART };

		sigaction(held[i].number, NULL, &held[i].before);
		/* As nohup(1) leaves it. */
		if (held[i].before.sa_handler != SIG_IGN)
			sigaction(held[i].number, &action, NULL);
	}
	is_holding = true;
}

bool edit_begin(int root_fd)
{
	if (!edit_lock(root_fd))
		return false;
	hold_signals();
	programs_set_path();
	return true;
}

int edit_interrupted(void)
{
	return caught;
}

void edit_end(void)
{
	for (size_t i = 0; is_holding && i < ARRAY_SIZE(held); i++)
		sigaction(held[i].number, &held[i].before, NULL);
	is_holding = false;
	if (lock_fd >= 0)
		close(lock_fd);
	lock_fd = -1;
	if (!caught)
		return;
	fflush(NULL);
	raise(caught);
}
