/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_INPUTS_H
#define PASSTHRU_BOOT_INPUTS_H

#include "boot/sources.h"

/*
 * Adds the files from which the boot loader's files are generated: those of
 * boot/config_files.h that are CONFIG_FOR_BOOT and in a format of the mask, 1 << format
 * each. Returns 0 or -ENOMEM.
 */
int inputs_read(int root_fd, unsigned formats, struct boot_sources *sources);

#endif
