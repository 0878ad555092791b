/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BASE_PATH_H
#define PASSTHRU_BASE_PATH_H

#include <stdarg.h>
#include <stddef.h>

#include "base/util.h"

/*
 * Writes a path of any length into a buffer of that size, which the arguments may not be
 * in. Returns 0; or -ENAMETOOLONG if it does not fit: then the buffer has "", never a
 * part of the path, which may be the path of another file.
 *
 * snprintf() is enough for a buffer whose size is the sum of its parts' sizes.
 */
int path_format(char *path, size_t size, const char *format, ...) _must_check_
	_printf_(3, 4);

/* The same with a list of arguments. */
int path_vformat(char *path, size_t size, const char *format,
		 va_list arguments) _must_check_ _printf_(3, 0);

#endif
