/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boot/internal.h"
#include "input.h"

const unsigned input_parts = 2;

static void add_all(int root_fd, const struct boot_entries *entries)
{
	struct boot_sources sources = { 0 };

	for (size_t i = 0; i < entries->count; i++)
		require(bls_add(root_fd, &entries->items[i], strdup(""), NULL, "",
				&sources) == 0);
	for (size_t i = 0; i < sources.count; i++)
		if (sources.items[i].image_count)
			reached(1);
	boot_sources_free(&sources);
}

/* A boot entry, a NUL, and another one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *first = input_text(data, size);
	char *second = input_second_text(data, size);
	struct boot_entries entries;
	int root_fd;

	input_write("boot/loader/entries/a+3-1.conf", first, strlen(first));
	input_write("boot/loader/entries/b.conf", second, strlen(second));
	root_fd = open(input_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	require(root_fd >= 0);
	require(bls_read(root_fd, &entries) == 0);
	for (size_t i = 0; i < entries.count; i++)
		if (entries.items[i].cmdline)
			reached(0);
	add_all(root_fd, &entries);
	bls_free(&entries);
	require(bls_read_for_grub(root_fd, &entries) == 0);
	bls_free(&entries);
	/* The order has no cycles of two. */
	require((version_compare(first, second) > 0) ==
		(version_compare(second, first) < 0));
	close(root_fd);
	free(first);
	free(second);
	return 0;
}
