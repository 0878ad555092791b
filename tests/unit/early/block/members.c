/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <blkid.h>

#include "block/internal.h"
#include "unit.h"

/* -- formats ------------------------------------------------------------------------- */

/* All that libblkid knows; a new one has to be added to one of the lists. */
static const char *const alone[] = {
	"adfs",	     "affs",	 "apfs",      "befs",	 "bfs",
	"btrfs",     "bcachefs", "cramfs",    "erofs",	 "exfat",
	"exfs",	     "ext2",	 "ext3",      "ext4",	 "f2fs",
	"gfs",	     "gfs2",	 "hfs",	      "hfsplus", "hpfs",
	"iso9660",   "jfs",	 "minix",     "mpool",	 "nilfs2",
	"nss",	     "ntfs",	 "ocfs",      "ocfs2",	 "oracleasm",
	"ReFS",	     "reiser4",	 "reiserfs",  "romfs",	 "squashfs",
	"squashfs3", "swap",	 "swsuspend", "sysv",	 "ubifs",
	"udf",	     "ufs",	 "vfat",      "VMFS",	 "vxfs",
	"xenix",     "xfs",	 "zonefs",    "ext4dev", "ceph_bluestore",
	"msdos",     "pcfs",
};
static const char *const carriers[] = {
	"adaptec_raid_member",
	"bcache",
	"BitLocker",
	"cs_fvault2",
	"crypto_LUKS",
	"ddf_raid_member",
	"DM_integrity",
	"DM_snapshot_cow",
	"DM_verity_hash",
	"drbd",
	"drbdmanage_control_volume",
	"drbdproxy_datalog",
	"hpt37x_raid_member",
	"hpt45x_raid_member",
	"isw_raid_member",
	"jbd",
	"jmicron_raid_member",
	"linux_raid_member",
	"lsi_mega_raid_member",
	"LVM1_member",
	"LVM2_member",
	"nvidia_raid_member",
	"promise_fasttrack_raid_member",
	"silicon_medley_raid_member",
	"stratis",
	"ubi",
	"vdo",
	"via_raid_member",
	"VMFS_volume_member",
	"xfs_external_log",
	"zfs_member",
};

START_TEST(knows_every_format)
{
	const char *name;

	for (size_t i = 0; blkid_superblocks_get_name(i, &name, NULL) == 0; i++)
		expect(name, span_is_one_of(span_of(name), alone, ARRAY_SIZE(alone)) !=
				     span_is_one_of(span_of(name), carriers,
						    ARRAY_SIZE(carriers)));
	for (size_t i = 0; i < ARRAY_SIZE(alone); i++)
		expect(alone[i], !format_carries_others(alone[i]));
	for (size_t i = 0; i < ARRAY_SIZE(carriers); i++)
		expect(carriers[i], format_carries_others(carriers[i]));
	expect("nothing", !format_carries_others(""));
	expect("an end", !format_carries_others("_member"));
}

/* -- members ------------------------------------------------------------------------- */

#define IMAGE_SIZE (128 << 10)

struct poke {
	unsigned at;
	unsigned char value;
};

static const struct {
	const char *name;
	const char *type;
	unsigned long long magic;
	struct poke pokes[6];
	const char *words; /* PART/PARTS MEMBERS GROUP[ seed] */
} images[] = {
	{ "btrfs", "btrfs", 0x10040, { { 0x10088, 2 } }, "0/0 2 " },
	{ "a seed", "btrfs", 0x10040, { { 0x10088, 1 }, { 0x1003c, 1 } }, "0/0 1  seed" },
	{ "bcachefs", "bcachefs", 4120, { { 4096 + 123, 3 } }, "0/0 3 " },
	{ "md 1.2",
	  "linux_raid_member",
	  4096,
	  { { 4100, 1 }, { 4096 + 92, 4 } },
	  "0/0 4 " },
	{ "md 0.90", "linux_raid_member", 65536, { { 65536 + 40, 2 } }, "0/0 2 " },
	{ "md 0.90, big-endian",
	  "linux_raid_member",
	  65536,
	  { { 65536 + 43, 2 } },
	  "0/0 2 " },
	{ "a cache",
	  "bcache",
	  4120,
	  { { 4096 + 16, 3 }, { 4096 + 56, 0xaa } },
	  "0/1 0 00000000000000aa0000000000000000" },
	{ "a backing device",
	  "bcache",
	  4120,
	  { { 4096 + 16, 1 }, { 4096 + 56, 0xaa }, { 4096 + 111, 0x40 } },
	  "1/2 0 00000000000000aa0000000000000000" },
	{ "a backing device without a cache",
	  "bcache",
	  4120,
	  { { 4096 + 16, 1 }, { 4096 + 56, 0xaa } },
	  "1/0 0 " },
	{ "no such format", "ext4", 1080, { { 0x10088, 2 } }, "0/0 0 " },
};

static void read_image(const unsigned char *data, size_t size, unsigned long long magic,
		       struct superblock *superblock)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	ck_assert_int_eq(pwrite(fd, data, size, 0), (ssize_t)size);
	members_read(fd, magic, superblock);
	close(fd);
}

static void expect_members(const char *name, const struct superblock *superblock,
			   const char *words)
{
	char text[160];

	snprintf(text, sizeof(text), "%u/%u %u %s%s", superblock->part, superblock->parts,
		 superblock->members, superblock->group_uuid,
		 superblock->is_seed ? " seed" : "");
	expect_text(name, text, words);
}

START_TEST(reads_members)
{
	static unsigned char data[IMAGE_SIZE];
	struct superblock superblock = { 0 };

	memset(data, 0, sizeof(data));
	for (size_t i = 0; i < ARRAY_SIZE(images[_i].pokes); i++)
		data[images[_i].pokes[i].at] |= images[_i].pokes[i].value;
	strcpy(superblock.type, images[_i].type);
	read_image(data, sizeof(data), images[_i].magic, &superblock);
	expect_members(images[_i].name, &superblock, images[_i].words);
	/* A short disk has nothing. */
	superblock = (struct superblock){ 0 };
	strcpy(superblock.type, images[_i].type);
	read_image(data, 100, images[_i].magic, &superblock);
	expect_number(images[_i].name, superblock.members, 0);
}

START_TEST(reads_paths)
{
	static unsigned char data[IMAGE_SIZE];
	struct superblock superblock = { .type = "f2fs" };

	memset(data, 0, sizeof(data));
	strcpy((char *)data + 1024 + 0x899, "/dev/sda");
	strcpy((char *)data + 1024 + 0x899 + 68, "/dev/sdb");
	strcpy((char *)data + 1024 + 0x899 + 2 * 68, "/dev/sdc");
	read_image(data, sizeof(data), 1024, &superblock);
	expect_text("f2fs", superblock.needs, "/dev/sdb\n/dev/sdc\n");
	memset(data + 1024, 'x', 4096);
	superblock.needs[0] = '\0';
	read_image(data, sizeof(data), 1024, &superblock);
	expect_number("longest", strlen(superblock.needs), 7 * 65);
}

/* -- ZFS ----------------------------------------------------------------------------- */

static unsigned char list[IMAGE_SIZE];
static size_t used;

static void put(uint32_t number)
{
	for (unsigned shift = 32; shift;)
		list[used++] = (unsigned char)(number >> (shift -= 8));
}

/* Returns where the pair is, to be ended. */
static size_t begin(const char *name, uint32_t type, uint32_t count)
{
	size_t at = used;

	put(0);
	put(1);
	put((uint32_t)strlen(name));
	memcpy(list + used, name, strlen(name));
	used += (strlen(name) + 3) / 4 * 4;
	put(type);
	put(count);
	return at;
}

static void end(size_t at)
{
	size_t here = used;

	used = at;
	put((uint32_t)(here - at));
	used = here;
}

static void put_value(const char *name, uint32_t value)
{
	size_t at = begin(name, 8, 1);

	put(0);
	put(value);
	end(at);
}

static void begin_list(void)
{
	put(0);
	put(1);
}

static void end_list(void)
{
	put(0);
	put(0);
}

static void put_leaves(unsigned count)
{
	size_t at = begin("children", 20, count);

	while (count--) {
		begin_list();
		put_value("id", count);
		end_list();
	}
	end(at);
}

/* A label of the top-level device that is number part of parts, with its leaves. */
static void put_label(unsigned part, unsigned parts, unsigned leaves, unsigned holes)
{
	size_t tree;

	memset(list, 0, sizeof(list));
	used = 16 << 10;
	put(0x01010000);
	begin_list();
	put_value("id", 77); /* not of the tree */
	tree = begin("vdev_tree", 19, 1);
	begin_list();
	put_value("id", part);
	if (leaves > 1)
		put_leaves(leaves);
	end_list();
	end(tree);
	if (parts)
		put_value("vdev_children", parts);
	if (holes) {
		tree = begin("hole_array", 16, holes);
		for (unsigned i = 0; i < 2 * holes; i++)
			put(0);
		end(tree);
	}
	end_list();
}

static const struct {
	const char *name;
	unsigned part, parts, leaves, holes;
	const char *words;
} labels[] = {
	{ "a single disk", 0, 1, 1, 0, "0/1 1 " },
	{ "a mirror", 0, 1, 2, 0, "0/1 2 " },
	{ "the second of two mirrors", 1, 2, 2, 0, "1/2 2 " },
	{ "with a log that is gone", 0, 3, 3, 1, "0/2 3 " },
	{ "an old pool", 0, 0, 1, 0, "0/4294967295 1 " },
};

START_TEST(reads_pools)
{
	struct superblock superblock = { .type = "zfs_member" };

	put_label(labels[_i].part, labels[_i].parts, labels[_i].leaves, labels[_i].holes);
	read_image(list, sizeof(list), 0, &superblock);
	expect_members(labels[_i].name, &superblock, labels[_i].words);
}

/* Whatever is in a label, reading it ends. */
START_TEST(survives_damage)
{
	for (size_t at = 16 << 10; at < (16 << 10) + 300; at++) {
		struct superblock superblock = { .type = "zfs_member" };

		put_label(1, 2, 3, 1);
		list[at] ^= 0xff;
		read_image(list, sizeof(list), 0, &superblock);
	}
}

int main(void)
{
	TCase *tcase = tcase_create("members");

	tcase_add_test(tcase, knows_every_format);
	add_rows(tcase, reads_members, images);
	tcase_add_test(tcase, reads_paths);
	add_rows(tcase, reads_pools, labels);
	tcase_add_test(tcase, survives_damage);
	return unit_run(tcase);
}
