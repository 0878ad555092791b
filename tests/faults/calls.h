/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_FAULTS_CALLS_H
#define PASSTHRU_TESTS_FAULTS_CALLS_H

/* A system call of the program, and the errors with which it can fail. */
struct call {
	long number;
	const char *name;
	/*
	 * Ends with 0. From section 2 of the manual pages, without those of wrong
	 * arguments and without ENOENT: a file of sysfs vanishes only with its device.
	 */
	int errors[10];
};

/* Never NULL: a call that the table lacks has the name "?" and no errors. */
const struct call *call_find(long number);

#endif
