/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "disks.h"

#define ROOT  "1 1 259:2 / / rw - ext4 /dev/a2 rw\n"
#define GAMES "UUID=77-77 /games ext4 nofail\n"

static const struct {
	const char *name;
	const char *disks;
	const char *cmdline;
	const char *mounts;
	const char *fstab;
	const char *crypttab;
	const char *words;
} rows[] = {
	{ "nothing", PAIR, "root=/dev/a2", ROOT, "", "", "" },
	{ "all are there", PAIR, "root=/dev/a2", ROOT,
	  "UUID=22-22 / ext4 defaults\nLABEL=data /data ext4 nofail\n", "", "" },
	{ "optional", PAIR, "root=/dev/a2", ROOT, GAMES, "",
	  "fstab:/games=UUID=77-77; " },
	{ "by path", PAIR, "root=/dev/a2", ROOT, "/dev/c1 /srv xfs defaults\n", "",
	  "fstab:/srv=/dev/c1; " },
	{ "noauto", PAIR, "root=/dev/a2", ROOT, "UUID=77-77 /games ext4 noauto\n", "",
	  "" },
	{ "crypttab", PAIR, "root=/dev/a2", ROOT, "", "games UUID=7 none nofail\n",
	  "crypttab:games=UUID=7; " },
	{ "fstab by way of crypttab", PAIR, "root=/dev/a2", ROOT,
	  "/dev/mapper/games /games ext4 nofail\n", "games UUID=7 none luks\n",
	  "crypttab:games=UUID=7; fstab:/games=/dev/mapper/games; " },
	{ "a parameter", PAIR, "root=/dev/a2 resume=UUID=99", ROOT, "", "",
	  "resume=UUID=99; " },
	{ "another name of the root file system", PAIR, "root=UUID=99", ROOT,
	  "UUID=98 / ext4 defaults\n", "", "" },
	/* what cannot be read, but is in use */
	{ "unread", "a pci0000:00/%1/x state=unread\n", "root=UUID=1 resume=UUID=2",
	  "1 1 259:1 / / rw - ext4 /dev/a rw\n", "UUID=1 / ext4 defaults\n" GAMES, "",
	  "fstab:/games=UUID=77-77; " },
	{ "unread and mounted", "a pci0000:00/%1/x state=unread\n", "",
	  "1 1 259:1 / / rw - ext4 /dev/a rw\n2 1 259:1 / /games rw - ext4 /dev/a rw\n",
	  "UUID=77-77 / ext4 defaults\n" GAMES, "", "" },
	{ "unread and opened",
	  "a pci0000:00/%1/x state=unread\n"
	  "dm-0 virtual/block dm=games on=a state=unread\n",
	  "", ROOT, "", "games UUID=7 none nofail\n", "" },
};

static void note(void *data, const struct devspec *devspec)
{
	char *words = data;

	sprintf(words + strlen(words), "%s; ", devspec->origin);
}

START_TEST(finds_what_is_missing)
{
	struct cmdline cmdline = { 0 };
	char words[512] = "";
	unsigned before;

	put_disks(rows[_i].disks);
	put_file(&disks_root, "proc/self/mountinfo", rows[_i].mounts);
	put_file(&disks_root, "etc/fstab", rows[_i].fstab);
	put_file(&disks_root, "etc/crypttab", rows[_i].crypttab);
	ck_assert_int_eq(cmdline_split(rows[_i].cmdline, &cmdline), 0);
	before = count_fds();
	ck_assert_int_eq(guard_each_missing(disks_root.fd, &cmdline, 0, note, words), 0);
	ck_assert_uint_eq(count_fds(), before);
	expect_text(rows[_i].name, words, rows[_i].words);
	cmdline_free(&cmdline);
}

int main(void)
{
	TCase *tcase = tcase_create("missing");

	tcase_add_checked_fixture(tcase, disks_set_up, disks_tear_down);
	add_rows(tcase, finds_what_is_missing, rows);
	return unit_run(tcase);
}
