/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_FAULTS_PROMISES_H
#define PASSTHRU_TESTS_FAULTS_PROMISES_H

#include <stddef.h>

#include "kernel.h"

/*
 * The promises, as docs/proof.md writes them down. Each function returns what is broken,
 * in words in the buffer, or NULL.
 */

/* How far the fault may reach. */
enum reach {
	REACH_CLAIM,  /* the program has to make up for it */
	REACH_PLAN,   /* it may give up before it changes anything */
	REACH_REPORT, /* the report may be missing */
	REACH_MAIN,   /* the first process died: only a second run completes */
};

/*
 * After a run that ended with status, as from wait(2). had are the drivers before it, as
 * many as the kernel has devices.
 */
const char *promises_after_run(const struct kernel *kernel, const struct kernel *had,
			       int status, enum reach reach, char *buffer, size_t size);

/*
 * After a second run without a fault, which began with the drivers in first: all is
 * claimed, or the slot is whole as it was.
 */
const char *promises_after_second(const struct kernel *kernel, const struct kernel *first,
				  const struct kernel *had, int status, char *buffer,
				  size_t size);

#endif
