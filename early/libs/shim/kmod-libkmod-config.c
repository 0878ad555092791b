/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libkmod-config.c without weakdep, which only generators of initramfs images look at.
 * Such a line is ignored, like each that is unknown.
 */
#include <shared/util.h>

#undef streq
#define streq(a, b) (strcmp(b, "weakdep") != 0 && strcmp(a, b) == 0)

#include <libkmod/libkmod-config.c>
