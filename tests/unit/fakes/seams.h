/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_SEAMS_H
#define PASSTHRU_TESTS_SEAMS_H

#include <stdbool.h>

/*
 * Functions of the C library that a test can make fail. The linker replaces them
 * (--wrap), both in the code under test and in the test itself.
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

/* Makes the nth call from now on (1 is the next) fail with this errno, once. */
void seam_fail(enum seam seam, unsigned nth, int error);

/* Makes the nth call from now on and all later ones fail. */
void seam_fail_from(enum seam seam, unsigned nth, int error);

/* Makes calls succeed again. Returns whether one has failed. */
bool seam_reset(enum seam seam);

#endif
