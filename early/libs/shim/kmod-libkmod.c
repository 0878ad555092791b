/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libkmod.c without the indexes that kmod_load_resources() keeps in memory: the program
 * does not call it, so lookups read the files. The linker drops 1 kB of readers.
 */
#include <libkmod/libkmod-index.h>

#define index_mm_search(index, key)	NULL
#define index_mm_searchwild(index, key) NULL
#define index_mm_close(index)		(void)0

#include <libkmod/libkmod.c>
