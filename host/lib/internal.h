/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LIB_INTERNAL_H
#define PASSTHRU_LIB_INTERNAL_H

#include "lib/lib.h"

/* What only the files of this folder share. */

/* Opens a directory in the same way. Returns NULL on any error. */
DIR *beneath_open_directory(int root_fd, const char *path);

#endif
