/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/boot.h"
#include "input.h"

const unsigned input_parts = 1;

/* A unified kernel image. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct uki uki;
	int root_fd, r;

	input_write("file", data, size);
	root_fd = open(input_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = uki_read(root_fd, "file", &uki);
	/* The file is read; only its content may be refused. */
	require(r == 0 || r == -ENOEXEC);
	if (r == 0 && uki.cmdline) {
		require(!strchr(uki.cmdline, '\n'));
		reached(0);
	}
	uki_free(&uki);
	r = uki_read_profile(root_fd, "file", 1, &uki);
	require(r == 0 || r == -ENOEXEC || r == -ENOENT);
	uki_free(&uki);
	close(root_fd);
	return 0;
}
