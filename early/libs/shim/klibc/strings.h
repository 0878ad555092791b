/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For util-linux's strutils.h: klibc declares these functions in string.h. */
#include <string.h>
