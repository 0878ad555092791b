/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ACPI tables in which the firmware describes IOMMUs. Sources: include/acpi/actbl1.h
 * and actbl2.h in the kernel; Intel's, AMD's and Arm's specifications of VT-d, of the AMD
 * IOMMU and of the IO Remapping Table (DEN 0049).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/internal.h"

#define TABLES "sys/firmware/acpi/tables/"

/* What all begin with: the signature, the length of the table, and more. */
#define LENGTH_AT 4
#define FIRST_AT  48
#define TABLE_MAX (1U << 20) /* real ones have some kilobytes */

/* The structures after that begin with their type; their length has two bytes. */
struct format {
	const char *name;
	size_t offset_at; /* what tells where the first one is, or 0 */
	size_t length_at; /* in a structure */
	bool has_wide_type;
	unsigned types[3]; /* those of IOMMUs */
	const char *advice;
};

#define THEN_UPDATE "; if it is enabled there, the firmware needs an update"

static const struct format formats[] = {
	/* DRHD */
	{ "DMAR",
	  0,
	  2,
	  true,
	  { 0x00, 0x00, 0x00 },
	  "the firmware's table DMAR names no IOMMU: enable VT-d in the firmware" THEN_UPDATE },
	/* IVHD */
	{ "IVRS",
	  0,
	  2,
	  false,
	  { 0x10, 0x11, 0x40 },
	  "the firmware's table IVRS names no IOMMU: enable the IOMMU (AMD-Vi) in the firmware" THEN_UPDATE },
	/* SMMU and SMMUv3 */
	{ "IORT",
	  40,
	  1,
	  false,
	  { 3, 4, 4 },
	  "the firmware's table IORT names no SMMU: enable the SMMU in the firmware" THEN_UPDATE },
};

static unsigned get_16(const uint8_t *at)
{
	return at[0] | (unsigned)at[1] << 8;
}

static size_t get_32(const uint8_t *at)
{
	return get_16(at) | (size_t)get_16(at + 2) << 16;
}

/* One byte, but for DMAR. */
static unsigned get_type(const struct format *format, const uint8_t *at)
{
	return format->has_wide_type ? get_16(at) : at[0];
}

static bool is_iommu(const struct format *format, unsigned type)
{
	for (size_t i = 0; i < ARRAY_SIZE(format->types); i++)
		if (type == format->types[i])
			return true;
	return false;
}

/* Of one that is cut off or damaged, nobody can say that it lacks anything. */
static bool lacks_iommu(const struct format *format, const uint8_t *table, size_t size)
{
	size_t end, at, length;

	if (size < FIRST_AT || memcmp(table, format->name, LENGTH_AT) != 0)
		return false;
	end = get_32(table + LENGTH_AT);
	at = format->offset_at ? get_32(table + format->offset_at) : FIRST_AT;
	if (end > size || at < FIRST_AT || at > end)
		return false;
	for (; at < end; at += length) {
		if (end - at < 4)
			return false;
		length = get_16(table + at + format->length_at);
		if (is_iommu(format, get_type(format, table + at)) || length < 4 ||
		    length > end - at)
			return false;
	}
	return true;
}

/* Only root may read them. */
static uint8_t *read_table(int root_fd, const char *path, size_t *ret_size)
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	_cleanup_free_ uint8_t *table = NULL;
	size_t size = 0;
	struct stat st;
	ssize_t r;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size < 1 ||
	    st.st_size > TABLE_MAX)
		return NULL;
	table = malloc((size_t)st.st_size);
	if (!table)
		return NULL;
	while ((r = read(fd, table + size, (size_t)st.st_size - size)) > 0)
		size += (size_t)r;
	if (r < 0)
		return NULL;
	*ret_size = size;
	return take_pointer(table);
}

const char *firmware_find_lack(const struct host *host)
{
	const char *advice = NULL;

	/* That of virtual machines. */
	if (beneath_exists(host->root_fd, TABLES "VIOT"))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		const struct format *format = &formats[i];
		_cleanup_free_ char *path =
			beneath_find(host->root_fd, TABLES "%s", format->name);
		_cleanup_free_ uint8_t *table = NULL;
		size_t size = 0;

		if (!path)
			continue;
		table = read_table(host->root_fd, path, &size);
		if (!table || !lacks_iommu(format, table, size))
			return NULL;
		advice = format->advice;
	}
	return advice;
}
