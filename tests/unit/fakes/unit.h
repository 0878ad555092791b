/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_UNIT_H
#define PASSTHRU_TESTS_UNIT_H

#include <check.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/base.h"
#include "pci/pci.h"

/*
 * What the unit tests share. A test is a table of rows and a function that libcheck calls
 * once per row; "_i" is the index of the row. Every expectation begins with the name of
 * the row, so that a failure names it. A test leaves its process as it has found it:
 * usually all rows of a program run in one.
 */

/* Adds a test that is run for each row of the table. */
#define add_rows(tcase, test, rows) \
	tcase_add_loop_test((tcase), (test), 0, (int)ARRAY_SIZE(rows))

/*
 * ck_assert_msg() without its mark: libcheck writes one for each assertion that holds,
 * and tests that try all inputs have a million.
 */
#define expect_msg(condition, ...)                 \
	do {                                       \
		if (!(condition))                  \
			ck_abort_msg(__VA_ARGS__); \
	} while (0)

#define expect(name, condition) \
	expect_msg((condition), "%s: expected: %s", (name), #condition)

#define expect_number(name, got, want)                                              \
	do {                                                                        \
		long long got_ = (long long)(got), want_ = (long long)(want);       \
                                                                                    \
		expect_msg(got_ == want_, "%s: %s is %lld, not %lld", (name), #got, \
			   got_, want_);                                            \
	} while (0)

#define expect_text(name, got, want)                                                   \
	do {                                                                           \
		const char *got_ = (got), *want_ = (want);                             \
                                                                                       \
		expect_msg(strcmp(got_, want_) == 0, "%s: %s is\n%s\nnot\n%s", (name), \
			   #got, got_, want_);                                         \
	} while (0)

#define expect_span(name, got, want)                                               \
	do {                                                                       \
		struct span got_ = (got);                                          \
		const char *want_ = (want);                                        \
                                                                                   \
		expect_msg(span_equals(got_, want_),                               \
			   "%s: %s is \"%.*s\", not "                              \
			   "\"%s\"",                                               \
			   (name), #got, (int)got_.length, got_.at ? got_.at : "", \
			   want_);                                                 \
	} while (0)

/*
 * Copies the text into memory of exactly its size, so that the address sanitizer finds
 * reads past its end. The caller frees it.
 */
char *exact_copy(const char *text, size_t length);

/* Parses an address, which must be valid. */
struct pci_address address_of(const char *text);

/* A temporary directory; drop_directory() removes it with its contents. */
struct directory {
	char path[64];
	int fd;
};

struct directory make_directory(void);
void drop_directory(struct directory *directory);

/* Creates a file, a symbolic link or a directory, and the directories above it. */
void put_file(const struct directory *directory, const char *path, const char *content);
void put_bytes(const struct directory *directory, const char *path, const void *bytes,
	       size_t size);
void put_link(const struct directory *directory, const char *path, const char *target);
void put_directory(const struct directory *directory, const char *path);

/* The content of a file as text, for the caller to free; NULL if there is no file. */
char *get_file(const struct directory *directory, const char *path);

/*
 * Sends what is printed to a standard descriptor to a new file in the directory, until
 * undivert(). One descriptor of each number at a time.
 */
void divert(const struct directory *directory, int fd, const char *path);
void undivert(int fd);

/* The number of open descriptors. */
unsigned count_fds(void);

/*
 * Runs the tests, prints the failures and then "NAME: N passed, N failed"; NAME is
 * what UNIT= takes, the path of the test in tests/unit without ".c". Returns the exit
 * status. All rows run in this process; with CK_FORK=yes, which tests/unit/run sets to
 * show which row fails or crashes, each has its own.
 */
#define unit_run(tcase) unit_run_file(__FILE__, (tcase), NULL)

/*
 * The same; each row of the second test case always has a process of its own, because it
 * leaves child processes to be killed. CK_FORK=no, for gdb, keeps them together, too.
 */
#define unit_run_with(tcase, apart) unit_run_file(__FILE__, (tcase), (apart))

int unit_run_file(const char *file, TCase *tcase, TCase *apart);

#endif
