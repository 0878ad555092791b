/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_GRUB_TEST_H
#define PASSTHRU_BOOT_GRUB_TEST_H

#include "lib/wordlist.h"

/* In this order "-a" is the lesser of two, and "-o" the greater. */
enum grub_truth { GRUB_FALSE, GRUB_UNKNOWN, GRUB_TRUE };

/*
 * What GRUB's command "[" makes of the words from one index up to another: its arguments,
 * without "]". Whether a text is empty is known; whether two are equal only if is_known,
 * that is when no variable is in them that GRUB may have set by itself; anything about
 * files and numbers is not.
 */
enum grub_truth grub_test(const struct wordlist *wordlist, size_t from, size_t to,
			  bool is_known);

#endif
