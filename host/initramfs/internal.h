/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_INITRAMFS_INTERNAL_H
#define PASSTHRU_INITRAMFS_INTERNAL_H

#include "initramfs/initramfs.h"

/* What only the files of this folder share. */

/* Whether a file of that name in the initramfs starts passthru-early. */
bool generators_is_starter(const char *name);

#endif
