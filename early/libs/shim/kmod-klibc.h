/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kmod needs from libc and klibc lacks. Included before everything else. */
#pragma once

#include <assert.h>
#include <endian.h>
#include <fnmatch.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

/* klibc's differs from kmod's. */
#undef container_of

/* klibc's prints the expression: 700 bytes of text. The kernel logs where a trap is. */
#undef assert
#define assert(x) ((x) ? (void)0 : __builtin_trap())

/* klibc has none of these macros. */
#if __BYTE_ORDER == __LITTLE_ENDIAN
#define be32toh(x) __builtin_bswap32(x)
#define be64toh(x) __builtin_bswap64(x)
#define le64toh(x) (x)
#else
#define be32toh(x) (x)
#define be64toh(x) (x)
#define le64toh(x) __builtin_bswap64(x)
#endif

/* klibc's sys/param.h lacks it. */
#define MIN(a, b) ((a) < (b) ? (a) : (b))

/* For KMOD_LOG: there are no messages. */
#define secure_getenv(name) NULL

/* In klibc's libc.a, but not in its headers. */
int finit_module(int fd, const char *args, int flags);

/* In kmod-klibc.c. */
char *get_current_dir_name(void);
ssize_t getdelim(char **line, size_t *size, int delim, FILE *f);
int kmod_fnmatch(const char *pattern, const char *string, int flags);
#define fnmatch kmod_fnmatch

/* Never defined: the linker drops the callers, which wait for a module to unload. */
int clock_gettime(int clock, struct timespec *ret_now);
int clock_nanosleep(int clock, int flags, const struct timespec *time,
		    struct timespec *ret_left);
