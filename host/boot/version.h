/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_VERSION_H
#define PASSTHRU_BOOT_VERSION_H

/*
 * Compares two versions as boot loaders do: the Version Format Specification, UAPI.10.
 * "6.12~rc4" is before "6.12", and that before "6.12.1". Returns less than 0, 0 or more.
 */
int version_compare(const char *a, const char *b);

#endif
