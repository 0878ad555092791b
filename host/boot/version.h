/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_VERSION_H
#define PASSTHRU_BOOT_VERSION_H

/*
 * Compares two versions as boot loaders do, by the Version Format Specification, UAPI.10:
 * 6.12~rc4 < 6.12 < 6.12.1. Returns a number less than, equal to or greater than 0.
 */
int version_compare(const char *a, const char *b);

#endif
