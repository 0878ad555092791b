/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "lib/lib.h"

/*
 * The fields of a PE file that lead to its sections. The DOS header ends with the offset
 * of the PE header, which has the number of sections and the size of the optional header
 * between itself and the table of sections.
 */
#define DOS_SIZE	     64
#define DOS_PE_AT	     60
#define PE_SIZE		     24
#define PE_SECTION_COUNT_AT  6
#define PE_OPTIONAL_SIZE_AT  20
#define OPTIONAL_SECURITY_AT 144 /* in the optional header of PE32+ */
#define SECTION_SIZE	     40
#define SECTION_NAME_SIZE    8
#define SECTION_USED_AT	     8	/* size in memory, without padding */
#define SECTION_STORED_AT    16 /* size in the file */
#define SECTION_OFFSET_AT    20

/* The format allows 96 sections, firmware fewer. */
#define SECTION_MAX 96
/* Longer than any kernel command line. */
#define TEXT_MAX (64 * 1024)

static uint32_t read_u16(const unsigned char *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return le16toh(value);
}

static uint32_t read_u32(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

/* Reads exactly size bytes. Returns 0, -ENOEXEC at the end of the file, or an errno. */
static int read_at(int fd, uint32_t offset, void *buffer, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t got = pread(fd, (char *)buffer + done, size - done,
				    (off_t)offset + (off_t)done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return -ENOEXEC;
		done += (size_t)got;
	}
	return 0;
}

/* Where its content is in the file. */
static void find_section(const unsigned char *header, uint32_t *ret_at,
			 uint32_t *ret_size)
{
	uint32_t used = read_u32(header + SECTION_USED_AT);
	uint32_t stored = read_u32(header + SECTION_STORED_AT);

	*ret_at = read_u32(header + SECTION_OFFSET_AT);
	*ret_size = used && used < stored ? used : stored;
}

/* The content of a section as text, up to its first NUL. */
static int read_section(int fd, const unsigned char *header, char **ret_text)
{
	_cleanup_free_ char *text = NULL;
	uint32_t at, size;
	int r;

	find_section(header, &at, &size);
	if (size > TEXT_MAX)
		return -ENOEXEC;
	text = calloc(1, (size_t)size + 1);
	if (!text)
		return -ENOMEM;
	r = read_at(fd, at, text, size);
	if (r < 0)
		return r;
	free(*ret_text);
	*ret_text = take_pointer(text);
	return 0;
}

static bool is_named(const unsigned char *header, const char *name)
{
	return strncmp((const char *)header, name, SECTION_NAME_SIZE) == 0;
}

/* Reads a section if it is one that matters. */
static int read_named(int fd, const unsigned char *header, struct uki *ret)
{
	const struct {
		const char *name;
		char **to;
	} texts[] = {
		{ ".profile", &ret->profile },
		{ ".cmdline", &ret->cmdline },
		{ ".osrel", &ret->os_release },
		{ ".uname", &ret->kernel },
	};

	if (is_named(header, ".initrd"))
		find_section(header, &ret->initrd_at, &ret->initrd_size);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (is_named(header, texts[i].name))
			return read_section(fd, header, texts[i].to);
	return 0;
}

/*
 * An image may have several profiles; a section .profile begins each. They inherit the
 * sections before the first one, and their own override these.
 */
static int read_sections(int fd, uint32_t table, uint32_t count, unsigned index,
			 struct uki *ret)
{
	unsigned char header[SECTION_SIZE];
	unsigned profiles = 0;
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < count; i++) {
		r = read_at(fd, table + i * SECTION_SIZE, header, sizeof(header));
		if (r == 0 && is_named(header, ".profile"))
			profiles++;
		if (r == 0 && (profiles == 0 || profiles == index + 1))
			r = read_named(fd, header, ret);
	}
	return r == 0 && index > 0 && profiles <= index ? -ENOENT : r;
}

/*
 * Whether the optional header of PE32+ at that place, of that size, has a certificate
 * table: the fifth data directory, an address and a size.
 */
static bool has_signature(int fd, uint32_t at, uint32_t size)
{
	unsigned char entry[8];

	return size >= OPTIONAL_SECURITY_AT + sizeof(entry) &&
	       read_at(fd, at + OPTIONAL_SECURITY_AT, entry, sizeof(entry)) == 0 &&
	       read_u32(entry) && read_u32(entry + 4);
}

static int read_file(int fd, unsigned index, struct uki *ret)
{
	unsigned char dos[DOS_SIZE], pe[PE_SIZE];
	uint32_t at, count;
	int r = read_at(fd, 0, dos, sizeof(dos));

	if (r < 0)
		return r;
	at = read_u32(dos + DOS_PE_AT);
	if (memcmp(dos, "MZ", 2) != 0 || at > INT32_MAX)
		return -ENOEXEC;
	r = read_at(fd, at, pe, sizeof(pe));
	if (r < 0)
		return r;
	count = read_u16(pe + PE_SECTION_COUNT_AT);
	if (memcmp(pe, "PE\0\0", 4) != 0 || count > SECTION_MAX)
		return -ENOEXEC;
	at += PE_SIZE;
	ret->is_signed = has_signature(fd, at, read_u16(pe + PE_OPTIONAL_SIZE_AT));
	at += read_u16(pe + PE_OPTIONAL_SIZE_AT);
	return read_sections(fd, at, count, index, ret);
}

int uki_read(int root_fd, const char *path, struct uki *ret)
{
	return uki_read_profile(root_fd, path, 0, ret);
}

int uki_read_profile(int root_fd, const char *path, unsigned index, struct uki *ret)
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	int r;

	*ret = (struct uki){ 0 };
	if (fd < 0)
		return fd;
	r = read_file(fd, index, ret);
	for (char *at = ret->cmdline; r == 0 && at && *at; at++)
		if (*at == '\n')
			*at = ' ';
	return r;
}

void uki_free(struct uki *uki)
{
	free(uki->cmdline);
	free(uki->os_release);
	free(uki->kernel);
	free(uki->profile);
	*uki = (struct uki){ 0 };
}
