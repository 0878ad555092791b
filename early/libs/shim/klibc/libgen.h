/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For util-linux's sysfs.c: klibc has no basename(), util-linux itself has. */
#pragma once

#define basename ul_basename
