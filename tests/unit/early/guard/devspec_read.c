/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <unistd.h>

#include "disks.h"

/* Which fstab counts: the image's copy, that of the mounted root, that of the system. */
static const struct {
	const char *name;
	const char *mounts;
	enum disk_moment moment;
	const char *words;
} moments[] = {
	{ "the root is not mounted", INITRAMFS, DISK_MOMENT_LATE,
	  "1 root-disk a1 initramfs:fstab:/x=UUID=11-11; 2 root-unknown; " },
	{ "init-bottom", INITRAMFS "2 1 0:30 / /root rw - overlay x rw\n",
	  DISK_MOMENT_LATE,
	  "1 root-disk a1 initramfs:fstab:/x=UUID=11-11; "
	  "2 root-disk b1 fstab:/y=UUID=33-33; " },
	{ "a root without tables", SYSROOT, DISK_MOMENT_LATE,
	  "1 root-disk a1 initramfs:fstab:/x=UUID=11-11; 2 claimed; " },
	{ "a late device in the system", "1 1 0:30 / / rw - overlay x rw\n",
	  DISK_MOMENT_EVENT, "1 claimed; 2 not-found - fstab:/z=UUID=44-44; " },
	{ "the early stage of dracut's squash", "1 1 0:30 / / rw - overlay overlay rw\n",
	  DISK_MOMENT_EARLY, "1 root-unknown; 2 root-unknown; " },
	{ "its late stage",
	  "1 1 0:30 / / rw - overlay overlay rw\n"
	  "2 1 0:31 / /sysroot rw - overlay x rw\n",
	  DISK_MOMENT_LATE, "1 root-disk a1 initramfs:fstab:/x=UUID=11-11; 2 claimed; " },
	{ "systemd.volatile=yes", "1 1 0:30 / / rw - tmpfs tmpfs rw\n", DISK_MOMENT_EVENT,
	  "1 claimed; 2 not-found - fstab:/z=UUID=44-44; " },
	{ "a system that never leaves its initramfs", INITRAMFS, DISK_MOMENT_BOOTED,
	  "1 claimed; 2 not-found - fstab:/z=UUID=44-44; " },
	{ "a file system on /root of the system",
	  "1 1 0:30 / / rw - tmpfs x rw\n2 1 0:31 / /root rw - overlay x rw\n",
	  DISK_MOMENT_EVENT, "1 claimed; 2 not-found - fstab:/z=UUID=44-44; " },
};

#define STORAGE                             \
	"01:00.0 144d:a808 010802 1 nvme\n" \
	"02:00.0 144d:a808 010700 2 mpt3sas\n"

START_TEST(reads_the_fstab_that_counts)
{
	char words[256];

	put_disks(PAIR "c platform/x type=ext4 uuid=1\n");
	put_file(&disks_root, "etc/passthru/fstab", "UUID=11-11 /x ext4 defaults");
	put_file(&disks_root, "root/etc/fstab", "UUID=33-33 /y ext4 defaults");
	put_file(&disks_root, "etc/fstab", "UUID=44-44 /z ext4 defaults");
	disks_judge(STORAGE, "root=UUID=1", moments[_i].mounts, moments[_i].moment, words,
		    sizeof(words));
	expect_text(moments[_i].name, words, moments[_i].words);
}

/* The tables of the mounted root, and what only the image's copies have. */
static const struct {
	const char *name;
	const char *fstab, *crypttab;		    /* of the root; NULL: it has none */
	const char *copied_fstab, *copied_crypttab; /* in the image */
	const char *words;
} places[] = {
	{ "only the root has it", "UUID=33-33 /y ext4 defaults", NULL, NULL, NULL,
	  "1 claimed; 2 root-disk b1 fstab:/y=UUID=33-33; " },
	{ "both have it", "UUID=33-33 /y ext4 defaults", NULL,
	  "UUID=33-33 /y ext4 defaults", NULL,
	  "1 claimed; 2 root-disk b1 fstab:/y=UUID=33-33; " },
	{ "only the image has it", "# none\n", NULL, "UUID=33-33 /y ext4 defaults", NULL,
	  "1 claimed; 2 root-disk b1 initramfs:fstab:/y=UUID=33-33; " },
	{ "noauto since then", "UUID=33-33 /y ext4 noauto", NULL,
	  "UUID=33-33 /y ext4 defaults", NULL, "1 claimed; 2 claimed; " },
	{ "nofail since then", "UUID=44-44 /y ext4 nofail", NULL,
	  "UUID=44-44 /y ext4 defaults", NULL, "1 claimed; 2 claimed; " },
	{ "mounted elsewhere since then", "UUID=33-33 /z ext4 noauto", NULL,
	  "UUID=33-33 /y ext4 defaults", NULL,
	  "1 claimed; 2 root-disk b1 initramfs:fstab:/y=UUID=33-33; " },
	/* a disk that is gone is no reason to keep others, if the root has an fstab */
	{ "gone", "UUID=33-33 /y ext4 defaults", NULL,
	  "UUID=33-33 /y ext4 defaults\nUUID=99 /old ext4 defaults", NULL,
	  "1 claimed; 2 root-disk b1 fstab:/y=UUID=33-33; " },
	{ "missing, and the root has none", NULL, NULL, "UUID=99 /old ext4 defaults",
	  NULL, "1 claimed; 2 not-found - initramfs:fstab:/old=UUID=99; " },
	{ "missing, and the root's own is not what the system sees",
	  "overlay /etc overlay x-initrd.mount,lowerdir=/sysroot/etc", NULL,
	  "overlay /etc overlay x-initrd.mount,lowerdir=/sysroot/etc\n"
	  "UUID=99 /old ext4 defaults",
	  NULL, "1 claimed; 2 not-found - initramfs:fstab:/old=UUID=99; " },
	/* "/" of the tree where a generic image was built */
	{ "another root", "UUID=1 / ext4 defaults", NULL, "UUID=99 / ext4 defaults", NULL,
	  "1 claimed; 2 claimed; " },
	/* volumes */
	{ "crypttab of the root", NULL, "c UUID=33-33 none x-initrd.attach", NULL, NULL,
	  "1 claimed; 2 root-disk b1 crypttab:c=UUID=33-33; " },
	{ "crypttab of the image", NULL, NULL, NULL, "c UUID=33-33 none x-initrd.attach",
	  "1 claimed; 2 root-disk b1 initramfs:crypttab:c=UUID=33-33; " },
	{ "crypttab of both", NULL, "c UUID=33-33", NULL, "c UUID=33-33 none luks",
	  "1 claimed; 2 root-disk b1 crypttab:c=UUID=33-33; " },
	{ "a volume whose crypttab is in the image", "/dev/mapper/c /y ext4 nofail", NULL,
	  NULL, "c UUID=33-33 none noauto",
	  "1 claimed; 2 root-disk b1 fstab:/y=/dev/mapper/c; " },
	{ "a volume whose crypttab is in the root", "# none\n",
	  "c UUID=33-33 none noauto", "/dev/mapper/c /y ext4", NULL,
	  "1 claimed; 2 root-disk b1 initramfs:fstab:/y=/dev/mapper/c; " },
	{ "/usr", "UUID=33-33 /usr ext4 x-initrd.mount", NULL, NULL, NULL,
	  "1 claimed; 2 root-disk b1 fstab:/usr=UUID=33-33; " },
};

START_TEST(reads_both_places)
{
	char words[256];

	put_disks(PAIR "c platform/x type=ext4 uuid=1\n");
	if (places[_i].fstab)
		put_file(&disks_root, "sysroot/etc/fstab", places[_i].fstab);
	if (places[_i].crypttab)
		put_file(&disks_root, "sysroot/etc/crypttab", places[_i].crypttab);
	if (places[_i].copied_fstab)
		put_file(&disks_root, "etc/passthru/fstab", places[_i].copied_fstab);
	if (places[_i].copied_crypttab)
		put_file(&disks_root, "etc/passthru/crypttab",
			 places[_i].copied_crypttab);
	disks_judge(STORAGE, "root=UUID=1", NULL, DISK_MOMENT_LATE, words, sizeof(words));
	expect_text(places[_i].name, words, places[_i].words);
}

/* A link in the root, as those of NixOS, leads to a file in the root. */
START_TEST(follows_links_in_the_root)
{
	char words[256];

	if (geteuid() != 0)
		return;
	put_disks(PAIR "c platform/x type=ext4 uuid=1\n");
	put_file(&disks_root, "etc/static/fstab", "UUID=11-11 /x ext4 defaults");
	put_file(&disks_root, "sysroot/nix/1/fstab", "UUID=33-33 /y ext4 defaults");
	put_link(&disks_root, "sysroot/etc/static", "/nix/1");
	put_link(&disks_root, "sysroot/etc/fstab", "/etc/static/fstab");
	disks_judge(STORAGE, "root=UUID=1", NULL, DISK_MOMENT_LATE, words, sizeof(words));
	expect_text("link", words, "1 claimed; 2 root-disk b1 fstab:/y=UUID=33-33; ");
	ck_assert_int_eq(access("/etc/passwd", F_OK), 0);
}

/* Other files of an image that name disks. */
static const struct {
	const char *path;
	const char *text;
	const char *words;
} files[] = {
	{ "etc/passthru/veritytab", "v UUID=33-33 UUID=9 12ab nofail\n",
	  "2 root-disk b1 initramfs:veritytab:v=UUID=33-33; " },
	{ "etc/passthru/integritytab", "i UUID=33-33\n",
	  "2 root-disk b1 initramfs:integritytab:i=UUID=33-33; " },
	{ "sysroot/etc/veritytab", "v UUID=33-33 UUID=9 12ab nofail\n",
	  "2 root-disk b1 veritytab:v=UUID=33-33; " },
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
	add_rows(tcase, reads_both_places, places);
	tcase_add_test(tcase, follows_links_in_the_root);
	add_rows(tcase, reads_other_files, files);
	add_rows(tcase, knows_an_initramfs_by_its_mark, marks);
	return unit_run(tcase);
}
