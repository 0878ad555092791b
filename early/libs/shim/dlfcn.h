/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In place of libc's dlfcn.h, for kmod's util.c: it opens decompressors only, none of
 * which is built, so the linker drops the caller. With other names, a static glibc does
 * not link its loader, which would warn.
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
