/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_MODULES_H
#define PASSTHRU_BASE_MODULES_H

/*
 * Where a kernel's modules are, in a directory with the name of its release, relative to
 * the root. An addon to a unified kernel image brings its own, which do not mix with
 * those of the image: dracut/50passthru/addon-initrd.
 */
#define MODULES_OF_ADDON "usr/lib/passthru/modules"
#define MODULES		 "lib/modules"

#endif
