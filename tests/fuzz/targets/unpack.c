/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dump/dump.h"
#include "input.h"

const unsigned input_parts = 1;

/* A dump, unpacked below a directory; nothing comes to lie beside it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = input_file(data, size), parent, directory;
	char path[INPUT_PATH_SIZE];
	struct stat status;

	input_path(fd, path);
	input_write("dump/file", "", 0);
	parent = open(input_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	require(parent >= 0);
	directory = openat(parent, "dump", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	require(directory >= 0);
	if (unpack_dump(path, directory) == 0)
		reached(0);
	require(fstat(parent, &status) == 0 && status.st_nlink == 3);
	close(directory);
	close(parent);
	close(fd);
	input_clear();
	return 0;
}
