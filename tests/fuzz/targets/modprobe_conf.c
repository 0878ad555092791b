/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "migrate/modprobe_conf.h"

/* A file of /usr/lib/modprobe.d. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int root_fd;

	input_write("usr/lib/modprobe.d/file.conf", data, size);
	root_fd = open(input_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	require(root_fd >= 0);
	free(modprobe_conf_ids(input_directory()));
	free(modprobe_conf_foreign(root_fd));
	close(root_fd);
	return 0;
}
