/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_VIEW_INTERNAL_H
#define PASSTHRU_VIEW_INTERNAL_H

#include "view/view.h"

/* What only the files of this folder share. */

/* Whether the next boot will claim it. */
bool view_is_planned(const struct view *view, const struct view_device *device);

#endif
