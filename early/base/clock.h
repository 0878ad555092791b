/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_CLOCK_H
#define PASSTHRU_BASE_CLOCK_H

#include <stdint.h>

/*
 * Microseconds, for durations that the user sees. With klibc, which lacks
 * clock_gettime(), this is the wall clock: never use it for a deadline.
 */
uint64_t clock_us(void);

/* Milliseconds of a monotonic clock, for deadlines; with klibc in steps of 10. */
uint64_t clock_ms(void);

#endif
