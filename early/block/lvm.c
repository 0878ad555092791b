/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <asm/byteorder.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "block/internal.h"

#define SECTOR	      512
#define LABEL_SECTORS 4
#define AREAS_MAX     16
#define MDA_MAGIC     " LVM2 x[5A%r0N*>"

/* All numbers are little-endian. */
struct label_header {
	char id[8]; /* "LABELONE" */
	uint64_t sector;
	uint32_t crc;
	uint32_t offset; /* of struct pv_header, from the start of this one */
	char type[8];
};

struct location {
	uint64_t offset;
	uint64_t size;
};

/* Data areas, an empty location, metadata areas, an empty location. */
struct pv_header {
	char uuid[32];
	uint64_t size;
	struct location areas[AREAS_MAX];
};

struct mda_header {
	uint32_t crc;
	char magic[16];
	uint32_t version;
	uint64_t start;
	uint64_t size;
	struct location text; /* from the start of the area, a ring buffer */
} __attribute__((packed));

bool block_read_at(int fd, void *buffer, size_t size, uint64_t offset)
{
	return offset < INT64_MAX &&
	       pread(fd, buffer, size, (off_t)offset) == (ssize_t)size;
}

static bool find_label(int fd, struct pv_header *ret)
{
	unsigned char sector[SECTOR];

	for (unsigned i = 0; i < LABEL_SECTORS; i++) {
		struct label_header label;
		uint32_t offset;

		if (!block_read_at(fd, sector, sizeof(sector), (uint64_t)i * SECTOR))
			return false;
		memcpy(&label, sector, sizeof(label));
		offset = __le32_to_cpu(label.offset);
		if (memcmp(label.id, "LABELONE", 8) != 0 ||
		    offset > SECTOR - sizeof(*ret))
			continue;
		memcpy(ret, sector + offset, sizeof(*ret));
		return true;
	}
	return false;
}

/* Returns the index after the list of areas at i, or AREAS_MAX if it has no end. */
static unsigned skip_areas(const struct pv_header *pv, unsigned i)
{
	while (i < AREAS_MAX && pv->areas[i].offset)
		i++;
	return i < AREAS_MAX ? i + 1 : i;
}

static bool copy_part(char *buffer, size_t size, const char *at, size_t length)
{
	if (length == 0 || length >= size)
		return false;
	memcpy(buffer, at, length);
	buffer[length] = '\0';
	return true;
}

int lvm_parse_group(const char *text, struct superblock *superblock)
{
	static const char before_id[] = " {\nid = \"";
	size_t length = strcspn(text, " {\n\"");
	const char *id = text + length;

	if (strncmp(id, before_id, strlen(before_id)) != 0)
		return -EINVAL;
	id += strlen(before_id);
	if (!copy_part(superblock->group_name, sizeof(superblock->group_name), text,
		       length) ||
	    !copy_part(superblock->group_uuid, sizeof(superblock->group_uuid), id,
		       strcspn(id, "\"\n"))) {
		superblock->group_name[0] = '\0';
		return -EINVAL;
	}
	return 0;
}

#define TEXT_SIZE (32 << 10)

/* From a ring buffer, whose first sector is the header of the area. */
static char *read_text(int fd, uint64_t area, const struct mda_header *mda)
{
	uint64_t start = __le64_to_cpu(mda->text.offset), size = __le64_to_cpu(mda->size);
	uint64_t length = __le64_to_cpu(mda->text.size), first;
	char *text = calloc(1, TEXT_SIZE + 1);

	if (length > TEXT_SIZE)
		length = TEXT_SIZE;
	first = start < size && length > size - start ? size - start : length;
	if (text && block_read_at(fd, text, first, area + start) &&
	    block_read_at(fd, text + first, length - first, area + SECTOR))
		return text;
	free(text);
	return NULL;
}

unsigned lvm_count_volumes(const char *text)
{
	static const char start[] = "\npe_start = ";
	unsigned count = 0;

	for (; (text = strstr(text, start)); text += strlen(start))
		count++;
	return count;
}

/* Without a count there may be any number. */
static void read_count(int fd, uint64_t area, const struct mda_header *mda,
		       struct superblock *superblock)
{
	_cleanup_free_ char *text = read_text(fd, area, mda);
	unsigned count = text ? lvm_count_volumes(text) : 0;

	superblock->members = count ? count : UINT32_MAX;
}

void lvm_read_group(int fd, struct superblock *superblock)
{
	struct pv_header pv;
	struct mda_header mda;
	char text[SECTOR + 1];
	uint64_t area;
	unsigned i;

	if (!find_label(fd, &pv))
		return;
	for (i = skip_areas(&pv, 0); i < AREAS_MAX && pv.areas[i].offset; i++) {
		area = __le64_to_cpu(pv.areas[i].offset);
		if (!block_read_at(fd, &mda, sizeof(mda), area) ||
		    memcmp(mda.magic, MDA_MAGIC, sizeof(mda.magic)) != 0 ||
		    !block_read_at(fd, text, SECTOR,
				   area + __le64_to_cpu(mda.text.offset)))
			continue;
		text[SECTOR] = '\0';
		if (lvm_parse_group(text, superblock) < 0)
			continue;
		read_count(fd, area, &mda, superblock);
		return;
	}
}
