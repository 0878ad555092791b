/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_UNIT_H
#define PASSTHRU_TESTS_UNIT_H

#include <check.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "base/util.h"
#include "pci/pci.h"

/*
 * What the unit tests share. A test is a table of rows and a function that libcheck calls
 * once per row, in a separate process; "_i" is the index of the row. Every expectation
 * begins with the name of the row, so that a failure names it.
 */

/* Adds a test that is run for each row of the table. */
#define add_rows(tcase, test, rows) \
	tcase_add_loop_test((tcase), (test), 0, (int)ARRAY_SIZE(rows))

#define expect(name, condition) \
	ck_assert_msg((condition), "%s: expected: %s", (name), #condition)

#define expect_number(name, got, want)                                                 \
	do {                                                                           \
		long long got_ = (long long)(got), want_ = (long long)(want);          \
                                                                                       \
		ck_assert_msg(got_ == want_, "%s: %s is %lld, not %lld", (name), #got, \
			      got_, want_);                                            \
	} while (0)

#define expect_text(name, got, want)                                              \
	do {                                                                      \
		const char *got_ = (got), *want_ = (want);                        \
                                                                                  \
		ck_assert_msg(strcmp(got_, want_) == 0, "%s: %s is\n%s\nnot\n%s", \
			      (name), #got, got_, want_);                         \
	} while (0)

#define expect_span(name, got, want)                                                  \
	do {                                                                          \
		struct span got_ = (got);                                             \
		const char *want_ = (want);                                           \
                                                                                      \
		ck_assert_msg(span_equals(got_, want_),                               \
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

/* The number of open descriptors. */
unsigned count_fds(void);

/*
 * Runs the tests, prints the failures and then "unit/NAME: N passed, N failed". Returns
 * the exit status.
 */
int unit_run(const char *name, TCase *tcase);

#endif
