/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_CAVEATS_H
#define PASSTHRU_MACHINE_CAVEATS_H

#include "machine/choice.h"

/* What the user should know about the chosen devices: calls back with a phrase for each.
 */
void caveats_each(const struct choice *choice, void (*each)(void *data, const char *text),
		  void *data);

#endif
