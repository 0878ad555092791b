/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libblkid needs from libc and klibc lacks. Included before everything else. */
#pragma once

#include <alloca.h> /* other libcs have it in stdlib.h */
#include <assert.h>
#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* klibc's differs from util-linux's. */
#undef container_of

/* klibc's ioctl() takes a pointer; libblkid also passes numbers, or nothing. */
#define ioctl(fd, op, ...) ioctl(fd, op, (void *)(uintptr_t)(__VA_ARGS__ + 0))

/* klibc's prints the expression: 700 bytes of text. The kernel logs where a trap is. */
#undef assert
#define assert(x) ((x) ? (void)0 : __builtin_trap())

/* klibc's assert.h lacks it. */
#define static_assert _Static_assert

/* klibc's sysconf() returns -1 for it, which the caller handles. */
#define _SC_HOST_NAME_MAX 1000

typedef unsigned int useconds_t;

static inline void *mempcpy(void *dst, const void *src, size_t len)
{
	return (char *)memcpy(dst, src, len) + len;
}

/* In blkid-klibc.c. */
int fscanf(FILE *f, const char *format, ...);
int vfscanf(FILE *f, const char *format, va_list ap);
void rewinddir(DIR *dir);

/* Never defined: the linker drops the callers. */
int dprintf(int fd, const char *format, ...);
int mkstemp(char *name);
