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
	else if (strncmp(name, "vendor-reset.ko", 15) == 0)
		image->has_reset = true;
}

/* Longer ones are no configuration or table. */
#define TEXT_MAX (1 << 20)

/* Where the content of the file belongs, or NULL. */
static char **find_text(struct image *image, const char *path)
{
	struct span name;

	path += strspn(path, "./");
	if (strcmp(path, CONFIG_IMAGE_PATH CONFIG_BEFORE_TRIAL) == 0)
		return &image->before_trial;
	if (strcmp(path, CONFIG_IMAGE_PATH) == 0) {
		image->has_config = true;
		return &image->config.text;
	}
	name = span_of(path);
	if (span_skip_prefix(&name, "etc/passthru/"))
		for (size_t i = 0; i < IMAGE_TABLE_COUNT; i++)
			if (span_equals(name, image_table_names[i]))
				return &image->tables[i];
	return NULL;
}

static void add_modprobe(struct image *image, struct archive *archive, const char *path,
			 size_t size)
{
	const struct config_file *row;
	char *text;

	path += strspn(path, "./");
	row = config_file_find(path);
	if (!row || row->format != FORMAT_MODPROBE || size > TEXT_MAX ||
	    *beneath_name(path) == '.')
		return;
	text = calloc(size + 1, 1);
	if (text && archive_read_data(archive, text, size) == (la_ssize_t)size)
		(void)modprobe_add(&image->modprobe, path, text);
	else
		free(text);
}

/* The room for the content of the file, one byte more than it has, or NULL. */
static char *make_text(char **text, size_t size)
{
	free(*text);
	*text = size <= TEXT_MAX ? calloc(size + 1, 1) : NULL;
	return *text;
}

static void read_profile(struct image *image, struct archive *archive, const char *path,
			 size_t size)
{
	char *text = NULL;

	if (strncmp(path, PROFILES_PATH, strlen(PROFILES_PATH)) != 0 ||
	    !make_text(&text, size))
		return;
	(void)archive_read_data(archive, text, size);
	(void)configuration_add(&image->config, path, text);
}

static void read_entry(struct image *image, struct archive *archive,
		       struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);
	size_t size = (size_t)archive_entry_size(entry);
	char **text;

	if (!path)
		return;
	note_name(image, path);
	text = find_text(image, path);
	if (text && make_text(text, size))
		(void)archive_read_data(archive, *text, size);
	if (!text) {
		read_profile(image, archive, path + strspn(path, "./"), size);
		add_modprobe(image, archive, path, size);
	}
}

/* Also finds out how long the archive is, up to the end of its trailer. */
static int read_archive(struct image *image, const char *data, size_t size,
			size_t *ret_length)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	int got = ARCHIVE_FATAL;

	if (!archive)
		return -ENOMEM;
	archive_read_support_format_cpio(archive);
	if (archive_read_open_memory(archive, data, size) == ARCHIVE_OK)
		while ((got = archive_read_next_header(archive, &entry)) == ARCHIVE_OK)
			read_entry(image, archive, entry);
	*ret_length = (size_t)archive_filter_bytes(archive, 0);
	archive_read_free(archive);
	return got == ARCHIVE_EOF ? 0 : -EINVAL;
}

static bool is_cpio(const char *data, size_t size)
{
	return size >= 4 && memcmp(data, "0707", 4) == 0;
}

/* Archives that are not compressed. Zeros may follow each of them. */
static int read_archives(struct image *image, const char *data, size_t size)
{
	int r = 0;

	while (r == 0 && size > 0) {
		size_t length;

		r = read_archive(image, data, size, &length);
		if (r == 0 && (length == 0 || length > size))
			r = -EINVAL;
		for (; r == 0 && length < size && !data[length]; length++)
			;
		data += length;
		size -= length;
	}
	return r;
}

/* More than the images of any distribution. */
#define IMAGE_MAX ((off_t)4 << 30)

/* Writes what is compressed to the file in memory, in place of what it has. */
static int decompress(const char *data, size_t size, int fd, size_t *ret_length)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	int got = ftruncate(fd, 0) < 0 ? ARCHIVE_FATAL : ARCHIVE_OK;
	const void *block;
	size_t length;
	la_int64_t offset;

	if (!archive)
		return -ENOMEM;
	archive_read_support_filter_all(archive);
	archive_read_support_format_raw(archive);
	if (got == ARCHIVE_OK)
		got = archive_read_open_memory(archive, data, size);
	if (got == ARCHIVE_OK)
		got = archive_read_next_header(archive, &entry);
	while (got == ARCHIVE_OK &&
	       (got = archive_read_data_block(archive, &block, &length, &offset)) ==
		       ARCHIVE_OK)
		if (offset + (la_int64_t)length > IMAGE_MAX ||
		    pwrite(fd, block, length, offset) != (ssize_t)length)
			got = ARCHIVE_FATAL;
	if (got == ARCHIVE_EOF)
		*ret_length = (size_t)archive_filter_bytes(archive, -1);
	archive_read_free(archive);
	return got == ARCHIVE_EOF ? 0 : -EINVAL;
}

/* What the next archive can begin with: cpio, gzip, xz, zstd, lz4 as kernels use it. */
static const struct {
	const char *bytes;
	size_t length;
} beginnings[] = { { "07070", 5 },
		   { "\x1f\x8b\x08", 3 },
		   { "\xfd"
		     "7zXZ",
		     5 },
		   { "\x28\xb5\x2f\xfd", 4 },
		   { "\x02\x21\x4c\x18", 4 } };

static bool is_beginning(const char *data, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (size >= beginnings[i].length &&
		    memcmp(data, beginnings[i].bytes, beginnings[i].length) == 0)
			return true;
	return false;
}

/* A few bytes in the middle may look like a beginning, and the end may be zeros. */
#define TRIES_MAX 32
#define ZEROS_MAX 4

/*
 * The library cannot tell where the compressed archive ends if another one, of another
 * kind or after zeros, follows: finds that out.
 */
static int decompress_first(const char *data, size_t size, int fd, size_t *ret_length)
{
	int tries = 0;

	for (size_t at = 1; at < size && tries < TRIES_MAX; at++) {
		size_t end = at;

		if (!is_beginning(data + at, size - at))
			continue;
		while (end > 1 && !data[end - 1])
			end--;
		for (size_t more = 0; more <= ZEROS_MAX && end + more <= at; more++) {
			tries++;
			if (decompress(data, end + more, fd, ret_length) == 0)
				return 0;
		}
	}
	return -EINVAL;
}

static int read_mapped(struct image *image, int fd)
{
	struct stat st;
	char *data;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size == 0)
		return -EINVAL;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	r = read_archives(image, data, (size_t)st.st_size);
	munmap(data, (size_t)st.st_size);
	return r;
}

static int read_compressed(struct image *image, const char *data, size_t size,
			   size_t *ret_length)
{
	_cleanup_close_ int fd = memfd_create("initramfs", MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = decompress(data, size, fd, ret_length);
	if (r < 0)
		r = decompress_first(data, size, fd, ret_length);
	return r == 0 ? read_mapped(image, fd) : r;
}

/* Archives, compressed or not, and zeros between them. */
static int read_all(struct image *image, const char *data, size_t size)
{
	int r = 0;

	while (r == 0 && size > 0) {
		size_t length = 0;

		if (!*data)
			length = 1;
		else if (is_cpio(data, size))
			r = read_archive(image, data, size, &length);
		else
			r = read_compressed(image, data, size, &length);
		if (r == 0 && (length == 0 || length > size))
			r = -EINVAL;
		data += length;
		size -= length;
	}
	return r;
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
	r = read_all(image, data + offset, size);
	munmap(data, offset + size);
	return r;
}

void image_free(struct image *image)
{
	modprobe_free(&image->modprobe);
	free(image->before_trial);
	configuration_free(&image->config);
	for (size_t i = 0; i < IMAGE_TABLE_COUNT; i++)
		free(image->tables[i]);
	*image = (struct image){ 0 };
}
