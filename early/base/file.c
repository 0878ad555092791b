/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/util.h"

#define STEP 4096

int file_read(int fd, const char *path, char **ret_text)
{
	_cleanup_close_ int file = openat(fd, path, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	size_t size = 0, length = 0;

	if (file < 0)
		return -errno;
	for (;;) {
		ssize_t got;

		if (size - length < 2) {
			char *larger = realloc(text, size + STEP);

			if (!larger)
				return -ENOMEM;
			text = larger;
			size += STEP;
		}
		got = read(file, text + length, size - length - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	text[length] = '\0';
	*ret_text = take_pointer(text);
	return 0;
}
