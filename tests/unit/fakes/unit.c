/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "unit.h"

char *exact_copy(const char *text, size_t length)
{
	char *copy = malloc(length);

	if (length)
		memcpy(copy, text, length);
	return copy;
}

struct pci_address address_of(const char *text)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	ck_assert_msg(address_parse(text, strlen(text), &pattern, &why, &at) == 0,
		      "%s is not an address", text);
	return pattern.address;
}

struct directory make_directory(void)
{
	const char *top = getenv("TMPDIR");
	struct directory directory;

	snprintf(directory.path, sizeof(directory.path), "%s/passthru-unit.XXXXXX",
		 top ? top : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(directory.path));
	directory.fd = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(directory.fd, 0);
	return directory;
}

static int remove_one(const char *path, const struct stat *status, int type,
		      struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

void drop_directory(struct directory *directory)
{
	close(directory->fd);
	nftw(directory->path, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void put_parents(const struct directory *directory, const char *path)
{
	char parent[256];

	for (const char *slash = strchr(path, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path), path);
		(void)mkdirat(directory->fd, parent, 0755);
	}
}

void put_bytes(const struct directory *directory, const char *path, const void *bytes,
	       size_t size)
{
	int fd;

	put_parents(directory, path);
	fd = openat(directory->fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ck_assert_msg(fd >= 0, "cannot make %s", path);
	ck_assert_int_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
}

void put_file(const struct directory *directory, const char *path, const char *content)
{
	put_bytes(directory, path, content, strlen(content));
}

void put_link(const struct directory *directory, const char *path, const char *target)
{
	put_parents(directory, path);
	ck_assert_int_eq(symlinkat(target, directory->fd, path), 0);
}

void put_directory(const struct directory *directory, const char *path)
{
	put_parents(directory, path);
	ck_assert_int_eq(mkdirat(directory->fd, path, 0755), 0);
}

char *get_file(const struct directory *directory, const char *path)
{
	size_t room = 1 << 20;
	int fd = openat(directory->fd, path, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	char *text;

	if (fd < 0)
		return NULL;
	text = malloc(room);
	length = read(fd, text, room - 1);
	close(fd);
	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	return text;
}

unsigned count_fds(void)
{
	DIR *directory = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static int diverted[STDERR_FILENO + 1];

static void replace(int fd, int with)
{
	fflush(stdout);
	fflush(stderr);
	ck_assert_int_eq(dup2(with, fd), fd);
	close(with);
}

void divert(const struct directory *directory, int fd, const char *path)
{
	int file = openat(directory->fd, path,
			  O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);

	ck_assert_int_ge(file, 0);
	diverted[fd] = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	ck_assert_int_ge(diverted[fd], 0);
	replace(fd, file);
}

void undivert(int fd)
{
	replace(fd, diverted[fd]);
}

static void print_failures(SRunner *runner)
{
	TestResult **results = srunner_failures(runner);

	for (int i = 0; i < srunner_ntests_failed(runner); i++)
		printf("FAILED: %s:%d: %s: %s\n", tr_lfile(results[i]),
		       tr_lno(results[i]), tr_tcname(results[i]), tr_msg(results[i]));
	free(results);
}

/* Counts the failures in the first number and all tests in the second. */
static void run_tests(const char *name, TCase *tcase, enum fork_status status,
		      int *failed, int *run)
{
	Suite *suite = suite_create(name);
	SRunner *runner;

	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, getenv("CK_FORK") ? CK_FORK_GETENV : status);
	srunner_run_all(runner, CK_SILENT);
	*run += srunner_ntests_run(runner);
	*failed += srunner_ntests_failed(runner);
	print_failures(runner);
	srunner_free(runner);
}

int unit_run_file(const char *file, TCase *tcase, TCase *apart)
{
	static const char top[] = "tests/unit/";
	int run = 0, failed = 0;
	char name[64];

	if (strncmp(file, top, strlen(top)) == 0)
		file += strlen(top);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(file, "."), file);
	run_tests(name, tcase, CK_NOFORK, &failed, &run);
	if (apart)
		run_tests(name, apart, CK_FORK, &failed, &run);
	printf("%s: %d passed, %d failed\n", name, run - failed, failed);
	return failed || !run ? EXIT_FAILURE : EXIT_SUCCESS;
}
