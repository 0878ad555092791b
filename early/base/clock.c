/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/base.h"

#ifdef __KLIBC__
#include <stddef.h>
#include <sys/time.h>
#include <sys/times.h>

uint64_t clock_us(void)
{
	struct timeval now;

	gettimeofday(&now, NULL);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_usec;
}

/* times() counts in USER_HZ, which is 100 on every architecture but Alpha. */
uint64_t clock_ms(void)
{
	struct tms unused;

	return (uint64_t)(unsigned long)times(&unused) * 10;
}
#else
#include <time.h>

uint64_t clock_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

uint64_t clock_ms(void)
{
	return clock_us() / 1000;
}
#endif
