/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_SEAMS_H
#define PASSTHRU_TESTS_SEAMS_H

#include <stdbool.h>

/*
 * Functions of the C library that a test can make fail: the linker puts ours in their
 * place (--wrap), for the code under test and the test alike.
 */
enum seam {
	SEAM_ALLOCATE, /* malloc(), calloc() and realloc() */
	SEAM_MMAP,
	SEAM_FORK,
	SEAM_PIPE,
	SEAM_FDOPENDIR,
	SEAM_RENAME,
	SEAMS,
};

/* The call number "nth" from now on (1 is the next) fails with that errno, once. */
void seam_fail(enum seam seam, unsigned nth, int error);

/* The call number "nth" from now on and all behind it fail. */
void seam_fail_from(enum seam seam, unsigned nth, int error);

/* Back to normal. Returns whether the call that was to fail has been made. */
bool seam_reset(enum seam seam);

#endif
