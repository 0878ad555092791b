/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "initramfs/initramfs.h"
#include "input.h"

enum { PROGRAM, START, DRIVER, TYPE1, CONFIG, PARTS };
const unsigned input_parts = PARTS;

/* An initramfs image. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct image image = { 0 };
	int root_fd, r;

	input_write("file", data, size);
	root_fd = open(input_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = inspect_image(root_fd, "file", 0, 0, &image);
	/* The file is read; only its content may be refused. */
	require(r == 0 || r == -EINVAL);
	if (image.has_program)
		reached(PROGRAM);
	if (image.has_start)
		reached(START);
	if (image.has_driver)
		reached(DRIVER);
	if (image.has_type1)
		reached(TYPE1);
	if (image.has_config || image.config.profile_count)
		reached(CONFIG);
	image_free(&image);
	close(root_fd);
	return 0;
}
