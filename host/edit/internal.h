/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_EDIT_INTERNAL_H
#define PASSTHRU_EDIT_INTERNAL_H

#include "edit/edit.h"

/* What only the files of this folder share. */

/* The new content of the file, freed by the caller; NULL without memory. */
char *edit_result(const struct edit *edit);

#endif
