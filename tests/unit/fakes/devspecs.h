/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_DEVSPECS_H
#define PASSTHRU_TESTS_DEVSPECS_H

#include "guard/internal.h"

/*
 * The devspecs in words: "[root ][optional ]KIND VALUE; "..., then "network", "network
 * root" if the root file system is remote, and "mounted" or "at DIRECTORY".
 */
void devspecs_describe(const struct devspecs *devspecs, char *words, size_t size);

#endif
