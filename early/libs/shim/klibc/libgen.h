/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For util-linux's sysfs.c: klibc lacks basename(), util-linux has its own. */
#pragma once

#define basename ul_basename
