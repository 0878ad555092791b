/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libc functions that libblkid needs and klibc lacks. */
#include "blkid-klibc.h"

/*
 * For attributes in sysfs: short files that libblkid opens for a single scan. This reads
 * the whole file, whatever the format consumes.
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

/* For a DIR just made from a duplicated descriptor, which has buffered nothing. */
void rewinddir(DIR *dir)
{
	lseek(dirfd(dir), 0, SEEK_SET);
}
