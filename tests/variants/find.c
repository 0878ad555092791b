/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * find ROOT: reads devices from standard input, a line each: vendor, device, subvendor,
 * subdevice and class in hex. Prints for each the module that passthru.driver=auto takes
 * for it, according to the modules.alias of the running kernel below ROOT, or "-".
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pci/pci.h"

int main(int argc, char **argv)
{
	char module[DRIVER_NAME_SIZE];
	struct pci_id id;
	int r, root_fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;

	if (root_fd < 0) {
		fprintf(stderr, "usage: find ROOT\n");
		return 2;
	}
	while ((r = scanf("%" SCNx32 "%" SCNx32 "%" SCNx32 "%" SCNx32 "%" SCNx32,
			  &id.vendor, &id.device, &id.subvendor, &id.subdevice,
			  &id.class)) == 5) {
		int found = variant_find(root_fd, &id, module);

		if (found < 0 && found != -ENOENT) {
			fprintf(stderr, "find: %s\n", strerror(-found));
			return 1;
		}
		puts(found < 0 ? "-" : module);
	}
	if (r != EOF) {
		fprintf(stderr, "find: a line is no device\n");
		return 1;
	}
	return 0;
}
