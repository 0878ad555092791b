/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_FAULTS_TRACER_H
#define PASSTHRU_TESTS_FAULTS_TRACER_H

#include <stdbool.h>

#include "kernel.h"

/* Runs a program with all its processes, call by call. Needs ptrace(2) and x86-64. */

#define CALLS_MAX   4096
#define NUMBERS_MAX 512 /* of system calls */

enum action {
	ACTION_NONE,
	ACTION_FAIL,	    /* the call returns an error, without effect */
	ACTION_FAIL_AFTER,  /* it has its effect and returns an error */
	ACTION_KILL_BEFORE, /* the process dies instead of the call */
	ACTION_KILL_AFTER,  /* it dies once the call has had its effect */
};

/*
 * Where: processes count from 0 in the order of their creation, their calls of one number
 * from 0, too. How often a process waits and reads the clock depends on the others.
 */
struct fault {
	unsigned process;
	long number; /* of the system call */
	unsigned nth;
	enum action action;
	int error; /* an errno, for ACTION_FAIL and ACTION_FAIL_AFTER */
};

struct traced_call {
	unsigned process;
	long number;
	unsigned nth;
};

/*
 * When the fault was hit: before the process that works starts others, or after their
 * end. That is the second one: the first only waits for it.
 */
enum hit { HIT_NEVER, HIT_BEFORE, HIT_DURING, HIT_AFTER };

struct trace {
	struct traced_call calls[CALLS_MAX];
	unsigned count;
	int status; /* of the first process, as from wait(2) */
	enum hit hit;
};

/*
 * Runs argv until all its processes have ended, with the fault. Returns 0, or a negative
 * errno if it cannot be run or traced. With mutant, the kernel forgets the clearing of
 * overrides: to show that the model sees it.
 */
int trace_run(char *const argv[], struct kernel *kernel, const struct fault *fault,
	      bool mutant, struct trace *trace);

#endif
