/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MODULE_H
#define PASSTHRU_MODULE_H

#include "util.h"

/*
 * Loads the module of that name (with "-" and "_" the same) and what it depends on, from
 * lib/modules/RELEASE below root. Options come from modprobe.d and the kernel command
 * line; install commands in modprobe.d are never run, the modules are loaded instead. A
 * blacklist does not count for a module that is asked for by name.
 * Returns 0 when it is loaded or built in, -ENOENT where there is no such module, or the
 * negative errno of what failed.
 */
int module_load(const char *root, const char *name) _must_check_;

#endif
