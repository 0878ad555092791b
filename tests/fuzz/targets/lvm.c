/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "block/internal.h"
#include "input.h"

enum { VOLUME, TEXT, PARTS };
const unsigned input_parts = PARTS;

static void check(const struct superblock *superblock)
{
	require(strnlen(superblock->group_uuid, SUPERBLOCK_UUID_SIZE) <
		SUPERBLOCK_UUID_SIZE);
	require(strnlen(superblock->group_name, SUPERBLOCK_NAME_SIZE) <
		SUPERBLOCK_NAME_SIZE);
}

/* A physical volume, and a metadata text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct superblock superblock = { 0 };
	char *text = input_text(data, size);
	int fd = input_file(data, size);

	lvm_read_group(fd, &superblock);
	check(&superblock);
	if (superblock.group_uuid[0])
		reached(VOLUME);
	superblock = (struct superblock){ 0 };
	if (lvm_parse_group(text, &superblock) == 0)
		reached(TEXT);
	check(&superblock);
	close(fd);
	free(text);
	return 0;
}
