/* For kmod's dlopen'ed decompressors, of which none is built. */
#pragma once

#define RTLD_LAZY 1

void *dlopen(const char *file, int mode);
void *dlsym(void *handle, const char *name);
int dlclose(void *handle);
char *dlerror(void);
