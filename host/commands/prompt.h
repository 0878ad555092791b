/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMMANDS_PROMPT_H
#define PASSTHRU_COMMANDS_PROMPT_H

#include "machine/machine.h"

/*
 * Prompts on the terminal for devices and sets named, by index of the device. Standard
 * output is left for the result: the prompt goes to standard error. Returns 0, or a
 * negative errno after a warning.
 */
int prompt_devices(const struct machine *machine, bool *named);

#endif
