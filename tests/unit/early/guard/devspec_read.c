/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "disks.h"

/* Which fstab counts: the image's copy, that of the mounted root, that of the system. */
static const struct {
	const char *name;
	const char *mounts;
	enum disk_moment moment;
	const char *words;
} moments[] = {
	{ "dracut, before the root is mounted", INITRAMFS, DISK_MOMENT_LATE,
	  "1 root-disk a1 fstab:/x=UUID=11-11; 2 claimed; " },
	{ "init-bottom", INITRAMFS "2 1 0:30 / /root rw - overlay x rw\n",
	  DISK_MOMENT_LATE, "1 claimed; 2 root-disk b1 fstab:/y=UUID=33-33; " },
	{ "a late device in the system", "1 1 0:30 / / rw - overlay x rw\n",
	  DISK_MOMENT_EVENT, "1 claimed; 2 not-found - fstab:/z=UUID=44-44; " },
	{ "the early stage of dracut's squash", "1 1 0:30 / / rw - overlay overlay rw\n",
	  DISK_MOMENT_EARLY, "1 root-unknown; 2 root-unknown; " },
	{ "its late stage", "1 1 0:30 / / rw - overlay overlay rw\n", DISK_MOMENT_LATE,
	  "1 root-disk a1 fstab:/x=UUID=11-11; 2 claimed; " },
	{ "systemd.volatile=yes", "1 1 0:30 / / rw - tmpfs tmpfs rw\n", DISK_MOMENT_EVENT,
	  "1 claimed; 2 not-found - fstab:/z=UUID=44-44; " },
	{ "a system that never leaves its initramfs", INITRAMFS, DISK_MOMENT_BOOTED,
	  "1 claimed; 2 not-found - fstab:/z=UUID=44-44; " },
	{ "a file system on /root of the system",
	  "1 1 0:30 / / rw - tmpfs x rw\n2 1 0:31 / /root rw - overlay x rw\n",
	  DISK_MOMENT_EVENT, "1 claimed; 2 not-found - fstab:/z=UUID=44-44; " },
};

START_TEST(reads_the_fstab_that_counts)
{
	const char *machine = "01:00.0 144d:a808 010802 1 nvme\n"
			      "02:00.0 144d:a808 010700 2 mpt3sas\n";
	char words[256];

	put_disks(PAIR "c platform/x type=ext4 uuid=1\n");
	put_file(&disks_root, "etc/passthru/fstab", "UUID=11-11 /x ext4 defaults");
	put_file(&disks_root, "root/etc/fstab", "UUID=33-33 /y ext4 defaults");
	put_file(&disks_root, "etc/fstab", "UUID=44-44 /z ext4 defaults");
	disks_judge(machine, "root=UUID=1", moments[_i].mounts, moments[_i].moment, words,
		    sizeof(words));
	expect_text(moments[_i].name, words, moments[_i].words);
}

/* Other files of an image that name disks. */
static const struct {
	const char *path;
	const char *text;
	const char *words;
} files[] = {
	{ "etc/passthru/veritytab", "v UUID=33-33 UUID=9 12ab nofail\n",
	  "2 root-disk b1 veritytab:v=UUID=33-33; " },
	{ "etc/passthru/integritytab", "i UUID=33-33\n",
	  "2 root-disk b1 integritytab:i=UUID=33-33; " },
	{ "etc/cmdline", "resume=UUID=33-33\n", "2 root-disk b1 resume=UUID=33-33; " },
	{ "etc/cmdline.d/a.conf", "resume=UUID=33-33\n",
	  "2 root-disk b1 resume=UUID=33-33; " },
	{ "conf/initramfs.conf", "RESUME=UUID=33-33\n",
	  "2 root-disk b1 RESUME=UUID=33-33; " },
	{ "conf/conf.d/zz-resume-auto", "RESUME=\"UUID=33-33\"\n",
	  "2 root-disk b1 RESUME=UUID=33-33; " },
	{ "conf/initramfs.conf", "RESUME=none\n", "2 claimed; " },
	{ "conf/initramfs.conf", "RESUME=UUID=99\n", "2 claimed; " },
};

START_TEST(reads_other_files)
{
	char words[256];

	put_disks(PAIR);
	put_file(&disks_root, files[_i].path, files[_i].text);
	disks_judge("02:00.0 144d:a808 010802 2 nvme\n", "root=/dev/a2", NULL,
		    DISK_MOMENT_LATE, words, sizeof(words));
	expect_text(files[_i].path, words, files[_i].words);
}

/* What tells an initramfs from a system whose "/" is in memory, in the device stage. */
static const struct {
	const char *mark;
	const char *words;
} marks[] = {
	{ "usr/lib/initrd-release", "1 root-unknown; " }, /* dracut without systemd */
	{ "etc/initrd-release", "1 root-unknown; " }, /* dracut, mkosi, any with systemd
						       */
	{ "conf/arch.conf", "1 root-unknown; " },     /* initramfs-tools */
	{ "init_functions", "1 root-unknown; " },     /* mkinitcpio with busybox */
	{ "etc/os-release", "1 claimed; " },
	{ "hooks/post-receive", "1 claimed; " },
	{ "conf/server.conf", "1 claimed; " },
	{ "init", "1 claimed; " },
};

static const char *const roots[] = { "rootfs", "tmpfs", "overlay" };

START_TEST(knows_an_initramfs_by_its_mark)
{
	char words[256], mounts[64];

	put_disks("c platform/x type=ext4 uuid=1\n");
	put_file(&disks_root, marks[_i].mark, "");
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		snprintf(mounts, sizeof(mounts), "1 1 0:30 / / rw - %s x rw\n", roots[i]);
		disks_judge("01:00.0 144d:a808 010802 1 -\n", "root=UUID=1", mounts,
			    DISK_MOMENT_EVENT, words, sizeof(words));
		expect_text(marks[_i].mark, words, marks[_i].words);
	}
}

int main(void)
{
	TCase *tcase = tcase_create("devspec_read");

	tcase_add_checked_fixture(tcase, disks_set_up, disks_tear_down);
	add_rows(tcase, reads_the_fstab_that_counts, moments);
	add_rows(tcase, reads_other_files, files);
	add_rows(tcase, knows_an_initramfs_by_its_mark, marks);
	return unit_run(tcase);
}
