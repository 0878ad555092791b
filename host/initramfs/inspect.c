/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/base.h"
#include "cmdline/cmdline.h"
#include "initramfs/internal.h"
#include "lib/lib.h"

/* A "newc" header: a magic number of six bytes and 13 numbers of eight hex digits. */
#define HEADER_SIZE  110
#define SIZE_AT	     54
#define NAME_SIZE_AT 94

static void note_name(struct image *image, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (strcmp(name, "passthru-early") == 0)
		image->has_program = true;
	else if (generators_is_starter(name))
		image->has_start = true;
	else if (strncmp(name, "vfio-pci.ko", 11) == 0)
		image->has_driver = true;
	else if (strncmp(name, "vfio_iommu_type1.ko", 19) == 0)
		image->has_type1 = true;
}

/* Longer ones are no configuration. */
#define CONFIG_MAX (1 << 20)

static bool is_config(const char *path)
{
	path += strspn(path, "./");
	return strcmp(path, CONFIG_IMAGE_PATH) == 0;
}

/* The room for the content of the file, one byte more than it has, or NULL. */
static char *make_config(struct image *image, size_t size)
{
	free(image->config);
	image->config = size <= CONFIG_MAX ? calloc(size + 1, 1) : NULL;
	return image->config;
}

static bool read_number(const char *at, size_t *ret)
{
	struct text_cursor cursor = { at, at + 8 };
	uint32_t value;

	if (text_read_hex(&cursor, 8, &value) < 0 || cursor.at != cursor.end)
		return false;
	*ret = value;
	return true;
}

static size_t align(size_t offset)
{
	return (offset + 3) & ~(size_t)3;
}

static bool is_archive(const char *data, size_t size)
{
	return size >= HEADER_SIZE && strncmp(data, "07070", 5) == 0 &&
	       (data[5] == '1' || data[5] == '2');
}

/*
 * The length of the uncompressed archive at data, including its trailer and the padding
 * that follows; 0 if it is corrupt. libarchive does not tell where an archive ends.
 */
static size_t walk_archive(struct image *image, const char *data, size_t size)
{
	size_t at = 0;

	while (is_archive(data + at, size - at)) {
		size_t name_size, file_size;
		const char *name = data + at + HEADER_SIZE;

		if (!read_number(data + at + SIZE_AT, &file_size) ||
		    !read_number(data + at + NAME_SIZE_AT, &name_size) ||
		    name_size == 0 || name_size > size - at - HEADER_SIZE ||
		    name[name_size - 1])
			return 0;
		at = align(at + HEADER_SIZE + name_size);
		if (at > size || file_size > size - at)
			return 0;
		if (is_config(name) && make_config(image, file_size))
			memcpy(image->config, data + at, file_size);
		at = align(at + file_size);
		if (strcmp(name, "TRAILER!!!") == 0) {
			while (at < size && !data[at])
				at++;
			return at < size ? at : size;
		}
		if (at > size)
			return 0;
		note_name(image, name);
	}
	return 0;
}

static void read_entry(struct image *image, struct archive *archive,
		       struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);
	size_t size = (size_t)archive_entry_size(entry);

	if (!path)
		return;
	note_name(image, path);
	if (is_config(path) && make_config(image, size))
		(void)archive_read_data(archive, image->config, size);
}

/* The compressed archive at the end of the image. */
static int read_compressed(struct image *image, const char *data, size_t size)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	int got = ARCHIVE_FATAL;

	if (!archive)
		return -ENOMEM;
	archive_read_support_filter_all(archive);
	archive_read_support_format_cpio(archive);
	if (archive_read_open_memory(archive, data, size) == ARCHIVE_OK)
		while ((got = archive_read_next_header(archive, &entry)) == ARCHIVE_OK)
			read_entry(image, archive, entry);
	archive_read_free(archive);
	return got == ARCHIVE_EOF ? 0 : -EINVAL;
}

static int read_parts(struct image *image, const char *data, size_t size)
{
	while (is_archive(data, size)) {
		size_t length = walk_archive(image, data, size);

		if (length == 0)
			return -EINVAL;
		data += length;
		size -= length;
	}
	return size ? read_compressed(image, data, size) : 0;
}

int inspect_image(int root_fd, const char *path, size_t offset, size_t size,
		  struct image *ret)
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	struct stat st;
	char *data;
	int r;

	*ret = (struct image){ 0 };
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (size == 0)
		size = (size_t)st.st_size;
	if (!S_ISREG(st.st_mode) || size == 0 || size > (size_t)st.st_size ||
	    offset > (size_t)st.st_size - size)
		return -EINVAL;
	data = mmap(NULL, offset + size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	r = read_parts(ret, data + offset, size);
	munmap(data, offset + size);
	return r;
}

void image_free(struct image *image)
{
	free(image->config);
	*image = (struct image){ 0 };
}
