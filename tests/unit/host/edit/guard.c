/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "edit/edit.h"
#include "unit.h"

#define LOCK "var/lib/passthru/lock"

/* What a process does that changes files while the signal comes. */
static void change_files(const struct directory *root, int number)
{
	/* libcheck has handlers of its own. */
	signal(number, SIG_DFL);
	if (!edit_begin(root->fd))
		_exit(1);
	kill(getpid(), number);
	if (edit_interrupted() != (number == SIGPIPE ? 0 : number))
		_exit(2);
	put_file(root, "done", "");
	edit_end();
	_exit(3);
}

static const int signals[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };

START_TEST(holds_signals)
{
	struct directory root = make_directory();
	_cleanup_free_ char *done = NULL;
	char name[32];
	pid_t child;
	int status;

	snprintf(name, sizeof(name), "signal %d", signals[_i]);
	child = fork();
	if (child == 0)
		change_files(&root, signals[_i]);
	expect_number(name, waitpid(child, &status, 0), child);
	done = get_file(&root, "done");
	expect(name, done);
	if (signals[_i] == SIGPIPE)
		expect_number(name, WIFEXITED(status) ? WEXITSTATUS(status) : -1, 3);
	else
		expect_number(name, WIFSIGNALED(status) ? WTERMSIG(status) : -1,
			      signals[_i]);
	drop_directory(&root);
}

START_TEST(keeps_others_out)
{
	struct directory root = make_directory();
	_cleanup_free_ char *owner = NULL;
	char number[16];
	int fd;

	expect("lock", edit_lock(root.fd));
	expect("once more", edit_lock(root.fd));
	fd = openat(root.fd, LOCK, O_RDONLY | O_CLOEXEC);
	expect("locked", fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0);
	owner = get_file(&root, LOCK);
	snprintf(number, sizeof(number), "%ld\n", (long)getpid());
	expect_text("owner", owner, number);
	edit_end();
	expect("unlocked", flock(fd, LOCK_EX | LOCK_NB) == 0);
	close(fd);
	drop_directory(&root);
}

START_TEST(refuses_links)
{
	struct directory root = make_directory();

	put_link(&root, LOCK, "../../../outside");
	divert(&root, STDERR_FILENO, "said");
	expect("a link", !edit_lock(root.fd));
	undivert(STDERR_FILENO);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("guard");

	add_rows(tcase, holds_signals, signals);
	tcase_add_test(tcase, keeps_others_out);
	tcase_add_test(tcase, refuses_links);
	return unit_run(tcase);
}
