/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disks.h"

/* Which fstab counts: the image's copy, that of the mounted root, that of the system. */
static const struct {
	const char *name;
	const char *mounts;
	bool is_late;
	const char *words;
} moments[] = {
	{ "dracut, before the root is mounted", INITRAMFS, true,
	  "1 root-disk a1 fstab:/x=UUID=11-11; 2 claimed; " },
	{ "init-bottom", INITRAMFS "2 1 0:30 / /root rw - overlay x rw\n", true,
	  "1 claimed; 2 root-disk b1 fstab:/y=UUID=33-33; " },
	{ "a late device in the system", "1 1 0:30 / / rw - overlay x rw\n", false,
	  "1 claimed; 2 not-found - fstab:/z=UUID=44-44; " },
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
	disks_judge(machine, "root=UUID=1", moments[_i].mounts, moments[_i].is_late,
		    words, sizeof(words));
	expect_text(moments[_i].name, words, moments[_i].words);
}

int main(void)
{
	TCase *tcase = tcase_create("devspec_read");

	tcase_add_checked_fixture(tcase, disks_set_up, disks_tear_down);
	add_rows(tcase, reads_the_fstab_that_counts, moments);
	return unit_run(tcase);
}
