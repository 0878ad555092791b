/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "initramfs/inspect.h"
#include "input.h"

/* An initramfs image. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = input_file(data, size);
	char path[INPUT_PATH_SIZE];
	struct image image;

	input_path(fd, path);
	(void)inspect_image(AT_FDCWD, path, 0, 0, &image);
	image_free(&image);
	close(fd);
	return 0;
}
