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
#include "initramfs/initramfs.h"
#include "lib/lib.h"

/* Whether a file of that name in the initramfs starts passthru-early. */
static bool is_starter(const char *name)
{
	for (const struct generator *at = generators; at->name; at++)
		for (size_t i = 0; i < ARRAY_SIZE(at->starters); i++)
			if (at->starters[i] && strcmp(name, at->starters[i]) == 0)
				return true;
	return false;
}

static void note_name(struct image *image, const char *path)
{
	const char *name = beneath_name(path);

	path += strspn(path, "./");
	if (strcmp(path, "init") == 0)
		image->has_init = true;
	if (strcmp(name, "passthru-early") == 0)
		image->has_program = true;
	else if (is_starter(name))
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

/* Also finds out how long the archive is. A compressed one is the rest of the image. */
static int read_archive(struct image *image, const char *data, size_t size,
			size_t *ret_length)
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
	*ret_length = archive_filter_count(archive) > 1
			      ? size
			      : (size_t)archive_filter_bytes(archive, 0);
	archive_read_free(archive);
	return got == ARCHIVE_EOF ? 0 : -EINVAL;
}

/* Zeros may follow each archive. */
static int read_archives(struct image *image, const char *data, size_t size)
{
	while (size > 0) {
		size_t length;
		int r = read_archive(image, data, size, &length);

		if (r < 0 || length == 0 || length > size)
			return r < 0 ? r : -EINVAL;
		while (length < size && !data[length])
			length++;
		data += length;
		size -= length;
	}
	return 0;
}

int inspect_image(int root_fd, const char *path, size_t offset, size_t size,
		  struct image *image)
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	struct stat st;
	char *data;
	int r;

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
	r = read_archives(image, data + offset, size);
	munmap(data, offset + size);
	return r;
}

void image_free(struct image *image)
{
	free(image->config);
	*image = (struct image){ 0 };
}
