/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CLAIM_MODULE_H
#define PASSTHRU_CLAIM_MODULE_H

#include "base/util.h"

/*
 * Loads the module of that name ("-" and "_" are the same) and its dependencies from
 * lib/modules/RELEASE below root. Options come from modprobe.d and the kernel command
 * line, but for ids=, which is ignored and logged. Never runs install commands of
 * modprobe.d: it loads the modules instead. A blacklist does not apply to a module that
 * is requested by name. Returns 0 if it is loaded or built in, -ENOENT if there is no
 * such module, or another negative errno.
 */
int module_load(const char *root, const char *name) _must_check_;

#endif
