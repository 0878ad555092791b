/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions that libblkid takes from a libc and klibc lacks. */
#include "blkid-klibc.h"

/*
 * For attributes in /sys: a short file, opened for one scan and closed after it.
 * So all of it is read, and where the scan stopped is not told.
 */
int vfscanf(FILE *f, const char *format, va_list ap)
{
	char buf[1024];
	size_t len = fread(buf, 1, sizeof(buf) - 1, f);

	if (!len)
		return EOF;
	buf[len] = '\0';
	return vsscanf(buf, format, ap);
}

int fscanf(FILE *f, const char *format, ...)
{
	va_list ap;
	int ret;

	va_start(ap, format);
	ret = vfscanf(f, format, ap);
	va_end(ap);
	return ret;
}

/* For a DIR just made from a duplicated descriptor: nothing is buffered in it. */
void rewinddir(DIR *dir)
{
	lseek(dirfd(dir), 0, SEEK_SET);
}
