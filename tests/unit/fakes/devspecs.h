/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_DEVSPECS_H
#define PASSTHRU_TESTS_DEVSPECS_H

#include "guard/devspec.h"

/* The devspecs in words: "[root ]KIND VALUE; "..., then "network" and "mounted". */
void devspecs_describe(const struct devspecs *devspecs, char *words, size_t size);

#endif
