/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/uki.h"
#include "input.h"

/* A unified kernel image. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = input_file(data, size);
	char path[INPUT_PATH_SIZE];
	struct uki uki;

	input_path(fd, path);
	if (uki_read(AT_FDCWD, path, &uki) == 0 && uki.cmdline)
		require(!strchr(uki.cmdline, '\n'));
	uki_free(&uki);
	close(fd);
	return 0;
}
