/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLOCK_H
#define PASSTHRU_CLOCK_H

#include <stdint.h>

/*
 * Microseconds, for durations that are shown to the user. Under klibc, which has no
 * clock_gettime(), this is the wall clock: do not wait by it.
 */
uint64_t clock_us(void);

/* Milliseconds that never go back or jump, for deadlines; under klibc in steps of 10. */
uint64_t clock_ms(void);

#endif
