/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "block/internal.h"

/* -- formats ------------------------------------------------------------------------- */

bool format_carries_others(const char *type)
{
	/* Besides every "…_member": RAID, LVM, ZFS and VMFS. */
	static const char types[] =
		"bcache BitLocker cs_fvault2 crypto_LUKS DM_integrity DM_snapshot_cow "
		"DM_verity_hash drbd drbdmanage_control_volume drbdproxy_datalog jbd "
		"stratis ubi vdo xfs_external_log";
	size_t length = strlen(type), end = strlen("_member");

	return (length > end && strcmp(type + length - end, "_member") == 0) ||
	       span_is_in(span_of(type), types);
}

/* -- numbers ------------------------------------------------------------------------- */

/* A little-endian number; 0 if it cannot be read. */
static uint64_t read_number(int fd, uint64_t offset, unsigned bytes)
{
	unsigned char data[8];
	uint64_t number = 0;

	if (!block_read_at(fd, data, bytes, offset))
		return 0;
	while (bytes--)
		number = number << 8 | data[bytes];
	return number;
}

/* -- formats with several devices ---------------------------------------------------- */

/* struct btrfs_super_block in include/uapi/linux/btrfs_tree.h. */
#define BTRFS	      0x10000u
#define BTRFS_FLAGS   (BTRFS + 0x38)
#define BTRFS_COUNT   (BTRFS + 0x88)
#define BTRFS_SEEDING (UINT64_C(1) << 32)

static void read_btrfs(int fd, uint64_t magic, struct superblock *superblock)
{
	(void)magic;
	superblock->members = (unsigned)read_number(fd, BTRFS_COUNT, 8);
	superblock->is_seed = read_number(fd, BTRFS_FLAGS, 8) & BTRFS_SEEDING;
}

/* struct bch_sb in fs/bcachefs/bcachefs_format.h. */
static void read_bcachefs(int fd, uint64_t magic, struct superblock *superblock)
{
	(void)magic;
	superblock->members = (unsigned)read_number(fd, 4096 + 123, 1);
}

/* mdp_superblock_s and mdp_superblock_1 in include/uapi/linux/raid/md_p.h. */
static void read_md(int fd, uint64_t magic, struct superblock *superblock)
{
	bool is_first = read_number(fd, magic + 4, 4) != 1;
	uint32_t count = (uint32_t)read_number(fd, magic + (is_first ? 40 : 92), 4);

	/* The first version has the byte order of its machine. */
	superblock->members = count > 0xffff ? __builtin_bswap32(count) : count;
}

/* struct cache_sb_disk in drivers/md/bcache/bcache_ondisk.h. */
#define BCACHE	       4096u
#define BCACHE_VERSION (BCACHE + 16)
#define BCACHE_SET     (BCACHE + 56)
#define BCACHE_FLAGS   (BCACHE + 104)

/* A backing device and the cache that it is attached to are two parts of a volume. */
static void read_bcache(int fd, uint64_t magic, struct superblock *superblock)
{
	uint64_t version = read_number(fd, BCACHE_VERSION, 8);
	bool is_backing = version == 1 || version == 4 || version == 6;

	(void)magic;
	superblock->part = is_backing;
	if (is_backing && !(read_number(fd, BCACHE_FLAGS, 8) >> 61 & 3))
		return;
	snprintf(superblock->group_uuid, sizeof(superblock->group_uuid), "%016llx%016llx",
		 (unsigned long long)read_number(fd, BCACHE_SET, 8),
		 (unsigned long long)read_number(fd, BCACHE_SET + 8, 8));
	superblock->parts = is_backing ? 2 : 1;
}

/* struct f2fs_super_block in include/linux/f2fs_fs.h: the paths of the other devices. */
#define F2FS_DEVICES	 (1024 + 0x899)
#define F2FS_DEVICES_MAX 8
#define F2FS_DEVICE_SIZE 68
#define F2FS_PATH_SIZE	 64

static void read_f2fs(int fd, uint64_t magic, struct superblock *superblock)
{
	char *needs = superblock->needs;

	(void)magic;
	for (unsigned i = 1; i < F2FS_DEVICES_MAX; i++) {
		char path[F2FS_PATH_SIZE + 1] = "";

		if (!block_read_at(fd, path, F2FS_PATH_SIZE,
				   F2FS_DEVICES + (uint64_t)i * F2FS_DEVICE_SIZE) ||
		    !path[0])
			break;
		needs += snprintf(needs, sizeof(path) + 1, "%s\n", path);
	}
}

_Static_assert((F2FS_DEVICES_MAX - 1) * (F2FS_PATH_SIZE + 1) < SUPERBLOCK_NEEDS_SIZE,
	       "the paths fit");

/* -- zfs ----------------------------------------------------------------------------- */

/*
 * The label of a ZFS device: an nvlist in XDR, with the tree of the top-level device that
 * it is in. Sources: zio_checksum and nvs_xdr_* in module/nvpair/nvpair.c,
 * vdev_config_generate() in module/zfs/vdev_label.c of OpenZFS.
 */
#define ZFS_LIST      (16 << 10)
#define ZFS_LIST_SIZE (32 << 10)
#define ZFS_DEPTH_MAX 8
#define XDR_NUMBER    8
#define XDR_NUMBERS   16
#define XDR_LIST      19
#define XDR_LISTS     20

struct xdr {
	const unsigned char *data;
	size_t size;
	struct superblock *superblock;
	unsigned leaves, holes;
};

static uint32_t xdr_number(const struct xdr *xdr, size_t at)
{
	const unsigned char *data = xdr->data + at;

	if (at > xdr->size - 4)
		return 0;
	return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 |
	       (uint32_t)data[2] << 8 | data[3];
}

static bool xdr_is(const struct xdr *xdr, size_t at, uint32_t length, const char *name)
{
	return length == strlen(name) && at + length <= xdr->size &&
	       memcmp(xdr->data + at, name, length) == 0;
}

/* Reads the list at that place. Returns where it ends, or the end of the data. */
static size_t xdr_read(struct xdr *xdr, size_t at, unsigned depth)
{
	bool has_children = false;
	uint32_t size;

	/* Each pair has its size, the size in memory, a name, a type and a count. */
	for (at += 8; depth < ZFS_DEPTH_MAX && (size = xdr_number(xdr, at)); at += size) {
		uint32_t length = xdr_number(xdr, at + 8);
		size_t value = at + 12 + ((size_t)length + 3) / 4 * 4;
		uint32_t type = xdr_number(xdr, value),
			 count = xdr_number(xdr, value + 4);

		if (size < 20 || size > xdr->size - at)
			break;
		if (type == XDR_NUMBER && depth == 0 &&
		    xdr_is(xdr, at + 12, length, "vdev_children"))
			xdr->superblock->parts = xdr_number(xdr, value + 12);
		if (type == XDR_NUMBERS && xdr_is(xdr, at + 12, length, "hole_array"))
			xdr->holes = count;
		if (type == XDR_NUMBER && depth == 1 &&
		    xdr_is(xdr, at + 12, length, "id"))
			xdr->superblock->part = xdr_number(xdr, value + 12);
		if (type == XDR_LIST && xdr_is(xdr, at + 12, length, "vdev_tree"))
			(void)xdr_read(xdr, value + 8, depth + 1);
		if (type != XDR_LISTS || !xdr_is(xdr, at + 12, length, "children"))
			continue;
		has_children = true;
		for (value += 8; count-- && value < at + size;)
			value = xdr_read(xdr, value, depth + 1);
	}
	xdr->leaves += depth > 0 && !has_children;
	return at + 8;
}

static void read_zfs(int fd, uint64_t magic, struct superblock *superblock)
{
	_cleanup_free_ unsigned char *data = malloc(ZFS_LIST_SIZE);
	struct xdr xdr = { data, ZFS_LIST_SIZE, superblock, 0, 0 };

	(void)magic;
	if (!data || !block_read_at(fd, data, ZFS_LIST_SIZE, ZFS_LIST))
		return;
	/* After the encoding and the byte order. */
	(void)xdr_read(&xdr, 4, 0);
	superblock->members = xdr.leaves;
	/* Without a count, as in old pools, there may be any number. */
	if (!superblock->parts)
		superblock->parts = UINT32_MAX;
	else if (xdr.holes < superblock->parts)
		superblock->parts -= xdr.holes;
}

/* -- all of them --------------------------------------------------------------------- */

void members_read(int fd, uint64_t magic, struct superblock *superblock)
{
	static const struct {
		const char *type;
		void (*read)(int fd, uint64_t magic, struct superblock *superblock);
	} readers[] = {
		{ "btrfs", read_btrfs },   { "bcachefs", read_bcachefs },
		{ "bcache", read_bcache }, { "linux_raid_member", read_md },
		{ "f2fs", read_f2fs },	   { "zfs_member", read_zfs },
	};

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (strcmp(superblock->type, readers[i].type) == 0)
			readers[i].read(fd, magic, superblock);
	if (strcmp(superblock->type, "LVM2_member") == 0)
		lvm_read_group(fd, superblock);
}
