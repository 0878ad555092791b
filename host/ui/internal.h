/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_UI_INTERNAL_H
#define PASSTHRU_UI_INTERNAL_H

#include "ui/ui.h"

/* What only the files of this folder share. */

/*
 * The output of --json. Missing values are null, so that all objects of a kind have the
 * same keys. JSON_FORMAT increases when a key is removed or changes its meaning.
 */
#define JSON_FORMAT 1

#endif
