/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_GRUB_TEST_H
#define PASSTHRU_BOOT_GRUB_TEST_H

#include "lib/lib.h"

/* In this order, "-a" is the minimum of two values, and "-o" the maximum. */
enum grub_truth { GRUB_FALSE, GRUB_UNKNOWN, GRUB_TRUE };

/*
 * The result of GRUB's command "[" for its arguments, the words from one index up to
 * another, without "]". Tests for empty strings are always decided; comparisons only if
 * is_known, that is, if the words use no variable that GRUB itself may set; tests of
 * files and numbers never.
 */
enum grub_truth grub_test(const struct wordlist *wordlist, size_t from, size_t to,
			  bool is_known);

#endif
