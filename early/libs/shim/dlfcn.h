/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In place of the libc's, for kmod's util.c: what it opens are decompressors, of
 * which none is built, so that the linker drops the caller. Names of our own keep
 * a static glibc from bringing its loader, and a warning about it.
 */
#pragma once

#define RTLD_LAZY 1

#define dlopen	no_dlopen
#define dlsym	no_dlsym
#define dlclose no_dlclose
#define dlerror no_dlerror

void *dlopen(const char *file, int mode);
void *dlsym(void *handle, const char *name);
int dlclose(void *handle);
char *dlerror(void);
