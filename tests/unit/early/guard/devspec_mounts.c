/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "devspecs.h"
#include "guard/internal.h"
#include "unit.h"

#define ROOTFS "1 1 0:2 / / rw - rootfs rootfs rw\n"

static const struct {
	const char *text;
	const char *words;
	bool is_mounted; /* the root file system is on "/" */
} mounts[] = {
	{ "", "" },
	{ ROOTFS, "" },
	{ ROOTFS "1 1 8:1 / /mnt rw - ext4 /dev/a rw\n", "number 8:1; " },
	/* dracut's module squash: not the root file system */
	{ "30 1 0:27 / / rw,relatime - overlay overlay rw,lowerdir=/squash/root\n", "" },
	{ "1 1 0:27 / / rw - nfs4 10.0.0.1:/srv rw\n", "" },
	{ "24 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw\n",
	  "number 259:2; mounted", true },
	{ "24 1 259:2 / / rw - ext4 /dev/a rw", "number 259:2; mounted", true },
	/* the initramfs has mounted it */
	{ ROOTFS "24 1 259:2 / /root rw - ext4 /dev/nvme0n1p2 rw\n",
	  "number 259:2; at root" },
	{ ROOTFS "24 1 0:30 / /sysroot rw - overlay live rw\n", "at sysroot" },
	{ ROOTFS "24 1 0:30 / /root rw - nfs 10.0.0.1:/srv rw\n", "network rootat root" },
	{ ROOTFS "24 1 259:2 / /root/boot rw - ext4 /dev/a rw\n", "number 259:2; " },
	/* bind mounts */
	{ "1 1 8:1 / / rw - ext4 /dev/a rw\n2 1 8:1 /x /y rw - ext4 /dev/a rw\n",
	  "number 8:1; mounted", true },
	{ "1 1 0:33 /@ / rw - btrfs /dev/sda2 rw,subvol=/@\n", "path /dev/sda2; mounted",
	  true },
	{ "1 1 0:33 / / rw - bcachefs /dev/sda:/dev/sdb rw\n",
	  "path /dev/sda; path /dev/sdb; mounted", true },
	{ "1 1 0:33 / /a rw - btrfs /dev/disk/by-path/pci-0000:02:00.0-nvme-1 rw\n",
	  "path /dev/disk/by-path/pci-0000:02:00.0-nvme-1; " },
	{ "1 1 0:33 / /a rw - bcachefs /dev/mapper/a:b:/dev/sdb rw\n",
	  "path /dev/mapper/a:b; path /dev/sdb; " },
	{ "1 1 0:33 / / rw - zfs rpool/ROOT/d rw\n", "pool rpool; mounted", true },
	{ "1 1 0:33 / / rw - overlay overlay rw,lowerdir=/a\n", "mounted", true },
	{ "1 1 0:33 / / rw - nfs4 10.0.0.1:/srv rw\n", "network rootmounted", true },
	{ "1 1 0:33 / / rw - 9p tag rw\n", "tag tag; mounted", true },
	{ ROOTFS "1 1 0:33 / /root rw - virtiofs fs rw\n", "tag fs; at root" },
	{ "1 1 8:1 / / rw - ext4 /dev/a rw\n2 1 0:9 / /root rw - nfs 10.0.0.1:/a rw\n",
	  "number 8:1; mounted", true },
	{ "1 1 0:33 / /mnt rw - nfs4 10.0.0.1:/srv rw\n", "" },
	{ "1 1 8:1 / /a\\040b rw - ext4 /dev/a rw\n", "number 8:1; " },
	{ "1 1 0:5 / /a rw - btrfs /dev/mapper/a\\040b rw\n", "path /dev/mapper/a b; " },
	/* truncated */
	{ "1 1 8:1", "number 8:1; " },
	{ "1\n\n1 1\n", "" },
};

START_TEST(reads_mounts)
{
	const char *text = mounts[_i].text;
	struct devspecs devspecs = { .is_mounted = mounts[_i].is_mounted };
	char words[512];

	expect_number(text, devspecs_add_mounts(&devspecs, text), 0);
	devspecs_describe(&devspecs, words, sizeof(words));
	expect_text(text, words, mounts[_i].words);
	devspecs_free(&devspecs);
}

START_TEST(notes_the_mount_point)
{
	struct devspecs devspecs = { 0 };

	devspecs_add_mounts(&devspecs, "1 1 8:1 / /a\\040b rw - ext4 /dev/a rw\n");
	expect_text("a b", devspecs.items[0].origin, "/a b");
	expect_number("a b", devspecs.items[0].source, DEVSPEC_FROM_MOUNT);
	devspecs_free(&devspecs);
}

START_TEST(reads_swaps)
{
	struct devspecs devspecs = { 0 };
	char words[128];

	expect_number("swaps",
		      devspecs_add_swaps(&devspecs,
					 "Filename\tType\tSize\tUsed\tPriority\n"
					 "/dev/sda2   partition\t1\t0\t-2\n"
					 "/swapfile   file\t1\t0\t-3\n"
					 "/dev/dm-1\tpartition\t1\t0\t-3\n"),
		      0);
	devspecs_describe(&devspecs, words, sizeof(words));
	expect_text("swaps", words, "path /dev/sda2; path /dev/dm-1; ");
	expect_number("swaps", devspecs.items[0].source, DEVSPEC_FROM_SWAP);
	devspecs_free(&devspecs);
}

int main(void)
{
	TCase *tcase = tcase_create("devspec_mounts");

	add_rows(tcase, reads_mounts, mounts);
	tcase_add_test(tcase, notes_the_mount_point);
	tcase_add_test(tcase, reads_swaps);
	return unit_run(tcase);
}
