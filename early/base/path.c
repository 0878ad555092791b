/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "base/base.h"

int path_vformat(char *path, size_t size, const char *format, va_list arguments)
{
	int length = vsnprintf(path, size, format, arguments);

	if (length >= 0 && (size_t)length < size)
		return 0;
	path[0] = '\0';
	return -ENAMETOOLONG;
}

int path_format(char *path, size_t size, const char *format, ...)
{
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = path_vformat(path, size, format, arguments);
	va_end(arguments);
	return r;
}
