/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libblkid takes from a libc and klibc lacks. Included before all else. */
#pragma once

#include <alloca.h> /* elsewhere in stdlib.h */
#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>

/* klibc's own is different; util-linux brings another. */
#undef container_of

/* klibc's ioctl() takes a pointer; libblkid passes numbers, and nothing, too. */
#define ioctl(fd, op, ...) ioctl(fd, op, (void *)(uintptr_t)(__VA_ARGS__ + 0))

/* klibc's assert.h is without it. */
#define static_assert _Static_assert

/* Unknown to klibc's sysconf(), which answers -1: the caller is ready for that. */
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

/* Nowhere: the linker drops what calls these. */
int dprintf(int fd, const char *format, ...);
int mkstemp(char *name);
