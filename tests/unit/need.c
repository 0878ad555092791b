/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "need.h"
#include "seams.h"
#include "unit.h"

static const char *const kinds[] = {
	[NEED_PATH] = "path",	      [NEED_NUMBER] = "number",
	[NEED_UUID] = "uuid",	      [NEED_LABEL] = "label",
	[NEED_PARTUUID] = "partuuid", [NEED_PARTLABEL] = "partlabel",
	[NEED_LUKS] = "luks",	      [NEED_MD] = "md",
	[NEED_GROUP] = "group",	      [NEED_POOL] = "pool",
	[NEED_UNKNOWN] = "unknown",
};

/* The needs in words: "[root ]KIND VALUE; ", and what else is known. */
static void describe(const struct needs *needs, char *words, size_t size)
{
	size_t at = 0;

	words[0] = '\0';
	for (size_t i = 0; i < needs->count; i++) {
		const struct need *need = &needs->items[i];

		at += (size_t)snprintf(words + at, size - at, "%s%s %s; ",
				       need->source == NEED_FROM_ROOT ? "root " : "",
				       kinds[need->kind], need->value);
	}
	snprintf(words + at, size - at, "%s%s", needs->on_network ? "network" : "",
		 needs->is_mounted ? "mounted" : "");
}

#define UNSET "root unknown ; "

static const struct {
	const char *text;
	const char *words;
} cmdlines[] = {
	{ "", UNSET },
	{ "quiet ro", UNSET },
	{ "root=", UNSET },
	{ "root=/dev/sda2", "root path /dev/sda2; " },
	{ "root=UUID=12-34", "root uuid 12-34; " },
	{ "root=\"UUID=12-34\"", "root uuid 12-34; " },
	{ "\"root=LABEL=my root\"", "root label my root; " },
	{ "root=UUID=\"12-34\" x", "root uuid 12-34; " },
	{ "root=LABEL=a=b", "root label a=b; " },
	{ "root=PARTUUID=aa-02", "root partuuid aa-02; " },
	{ "root=PARTUUID=aa-02/PARTNROFF=1", "root partuuid aa-02; " },
	{ "root=PARTLABEL=root", "root partlabel root; " },
	{ "root=/dev/disk/by-uuid/12-34", "root uuid 12-34; " },
	{ "root=/dev/disk/by-label/my\\x20root", "root label my root; " },
	{ "root=/dev/disk/by-partuuid/aa-02", "root partuuid aa-02; " },
	{ "root=/dev/disk/by-partlabel/a\\x2fb", "root partlabel a/b; " },
	{ "root=/dev/disk/by-id/nvme-x", "root path /dev/disk/by-id/nvme-x; " },
	{ "root=/dev/mapper/vg-root", "root path /dev/mapper/vg-root; " },
	{ "root=259:3", "root number 259:3; " },
	{ "root=block:LABEL=x", "root label x; " },
	{ "root=live:CDLABEL=x", "root label x; " },
	{ "root=live:/dev/sr0", "root path /dev/sr0; " },
	{ "root=ZFS=rpool/ROOT/debian", "root pool rpool; " },
	{ "root=zfs:rpool/ROOT", "root pool rpool; " },
	{ "root=zfs:AUTO", "root pool ; " },
	{ "root=zfs", "root pool ; " },
	{ "boot=zfs root=zfs:tank/a", "pool ; root pool tank; " },
	{ "bootfs=tank/a root=x", "pool tank; root path x; " },
	/* the last one counts */
	{ "root=/dev/sda root=/dev/sdb", "root path /dev/sdb; " },
	{ "root=/dev/sda root=", UNSET },
	/* on the network */
	{ "root=/dev/nfs nfsroot=10.0.0.1:/srv", "network" },
	{ "root=nfs:10.0.0.1:/srv", "network" },
	{ "root=10.0.0.1:/srv", "network" },
	{ "root=iscsi:@10.0.0.1::3260::iqn", "network" },
	{ "root=dhcp", "network" },
	{ "boot=nfs", "network" },
	{ "netroot=iscsi:x root=UUID=12", "root uuid 12; network" },
	{ "rd.iscsi.initiator=x root=LABEL=r", "root label r; network" },
	{ "ip=dhcp root=LABEL=r", "root label r; " },
	/* what else is needed */
	{ "root=x resume=UUID=ab", "root path x; uuid ab; " },
	{ "root=x resume=/dev/sda1 resume=/dev/sdb1", "root path x; path /dev/sdb1; " },
	{ "root=x resume=/dev/sda1 noresume", "root path x; " },
	{ "root=x resume=none", "root path x; " },
	{ "root=x resume=", "root path x; " },
	{ "root=x mount.usr=PARTLABEL=usr", "partlabel usr; root path x; " },
	{ "root=x rootflags=subvol=@,device=/dev/sdb,device=/dev/sdc",
	  "path /dev/sdb; path /dev/sdc; root path x; " },
	{ "root=x rootflags=logdev=UUID=1,rtdev=/dev/b",
	  "uuid 1; path /dev/b; root path x; " },
	{ "root=x rootflags=journal_path=/dev/b", "path /dev/b; root path x; " },
	{ "root=x rootflags=journal_dev=0x801", "unknown 0x801; root path x; " },
	{ "root=x rd.luks.uuid=luks-12", "luks 12; root path x; " },
	{ "root=x luks.uuid=12", "luks 12; root path x; " },
	{ "root=x rd.luks.name=12=crypt", "luks 12; root path x; " },
	{ "root=x rd.lvm.vg=vg", "group vg; root path x; " },
	{ "root=x rd.lvm.lv=vg/lv", "group vg; root path x; " },
	{ "root=x rd.md.uuid=a:b:c:d", "md a:b:c:d; root path x; " },
	{ "root=x cryptopts=target=c,source=UUID=12,lvm=v", "uuid 12; root path x; " },
	{ "root=x fstab:/home=UUID=12", "uuid 12; root path x; " },
	{ "root=x rd.lvm.vg rd.lvm.lv= rd.luks", "root path x; " },
	/* for init, not for the boot */
	{ "root=x -- root=y", "root path x; " },
};

START_TEST(reads_command_lines)
{
	const char *text = cmdlines[_i].text;
	struct needs needs = { 0 };
	char words[512];

	expect_number(text, needs_add_cmdline(&needs, text), 0);
	describe(&needs, words, sizeof(words));
	expect_text(text, words, cmdlines[_i].words);
	needs_free(&needs);
}

START_TEST(says_where_it_comes_from)
{
	char text[400] = "root=UUID=12 resume=/dev/";
	struct needs needs = { 0 };

	memset(text + strlen(text), 'x', 300);
	expect_number("root", needs_add_cmdline(&needs, text), 0);
	expect_text("root", needs.items[0].origin, "root=UUID=12");
	/* Longer than any name: nothing has it, and the log gets part of it. */
	expect_number("resume", needs.items[1].kind, NEED_UNKNOWN);
	expect_number("resume", strlen(needs.items[1].origin), NEED_ORIGIN_SIZE - 1);
	needs_free(&needs);
}

#define ROOTFS "1 1 0:2 / / rw - rootfs rootfs rw\n"

static const struct {
	const char *text;
	const char *words;
} mounts[] = {
	{ "", "" },
	{ ROOTFS, "" },
	{ "1 1 0:25 / / rw - tmpfs tmpfs rw\n", "" },
	{ "24 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw\n",
	  "number 259:2; mounted" },
	{ "24 1 259:2 / / rw - ext4 /dev/a rw", "number 259:2; mounted" },
	{ ROOTFS "24 1 259:2 / /root rw - ext4 /dev/nvme0n1p2 rw\n", "number 259:2; " },
	/* bind mounts */
	{ "1 1 8:1 / / rw - ext4 /dev/a rw\n2 1 8:1 /x /y rw - ext4 /dev/a rw\n",
	  "number 8:1; mounted" },
	{ "1 1 0:33 /@ / rw - btrfs /dev/sda2 rw,subvol=/@\n",
	  "path /dev/sda2; mounted" },
	{ "1 1 0:33 / / rw - bcachefs /dev/sda:/dev/sdb rw\n",
	  "path /dev/sda; path /dev/sdb; mounted" },
	{ "1 1 0:33 / / rw - zfs rpool/ROOT/d rw\n", "pool rpool; mounted" },
	{ "1 1 0:33 / / rw - overlay overlay rw,lowerdir=/a\n", "mounted" },
	{ "1 1 0:33 / / rw - nfs4 10.0.0.1:/srv rw\n", "networkmounted" },
	{ "1 1 0:33 / /mnt rw - nfs4 10.0.0.1:/srv rw\n", "" },
	{ "1 1 8:1 / /a\\040b rw - ext4 /dev/a rw\n", "number 8:1; " },
	{ "1 1 0:5 / /a rw - btrfs /dev/mapper/a\\040b rw\n", "path /dev/mapper/a b; " },
	/* broken off */
	{ "1 1 8:1", "number 8:1; " },
	{ "1\n\n1 1\n", "" },
};

START_TEST(reads_mounts)
{
	const char *text = mounts[_i].text;
	struct needs needs = { 0 };
	char words[512];

	expect_number(text, needs_add_mounts(&needs, text), 0);
	describe(&needs, words, sizeof(words));
	expect_text(text, words, mounts[_i].words);
	needs_free(&needs);
}

START_TEST(says_where_it_is_mounted)
{
	struct needs needs = { 0 };

	needs_add_mounts(&needs, "1 1 8:1 / /a\\040b rw - ext4 /dev/a rw\n");
	expect_text("a b", needs.items[0].origin, "/a b");
	expect_number("a b", needs.items[0].source, NEED_FROM_MOUNT);
	needs_free(&needs);
}

START_TEST(reads_swaps)
{
	struct needs needs = { 0 };
	char words[128];

	expect_number("swaps",
		      needs_add_swaps(&needs, "Filename\tType\tSize\tUsed\tPriority\n"
					      "/dev/sda2   partition\t1\t0\t-2\n"
					      "/swapfile   file\t1\t0\t-3\n"
					      "/dev/dm-1\tpartition\t1\t0\t-3\n"),
		      0);
	describe(&needs, words, sizeof(words));
	expect_text("swaps", words, "path /dev/sda2; path /dev/dm-1; ");
	expect_number("swaps", needs.items[0].source, NEED_FROM_SWAP);
	needs_free(&needs);
}

static const struct {
	const char *a;
	const char *b;
	bool equals;
	bool begins;
} uuids[] = {
	{ "", "", false, false },	   { "12", "", false, false },
	{ "", "12", false, false },	   { "ab-12", "ab-12", true, true },
	{ "ab-12", "AB12", true, true },   { "a:b:1:2", "ab-12", true, true },
	{ "ab-12", "ab", false, true },	   { "ab-12", "ab-", false, true },
	{ "ab-12", "ab-3", false, false }, { "ab", "ab-12", false, false },
	{ "-", "-", false, false },
};

START_TEST(compares_uuids)
{
	expect_number(uuids[_i].a, need_equals_uuid(uuids[_i].a, uuids[_i].b),
		      uuids[_i].equals);
	expect_number(uuids[_i].a, need_begins_uuid(uuids[_i].a, uuids[_i].b),
		      uuids[_i].begins);
}

START_TEST(lacks_memory)
{
	struct needs needs = { 0 };
	int r = -ENOMEM;

	for (unsigned nth = 1; r == -ENOMEM && nth < 20; nth++) {
		seam_fail(SEAM_ALLOCATE, nth, ENOMEM);
		r = needs_add_cmdline(&needs, "root=a resume=b rd.lvm.vg=c rd.lvm.vg=d");
		seam_reset(SEAM_ALLOCATE);
		needs_free(&needs);
	}
	expect_number("memory", r, 0);
}

int main(void)
{
	TCase *tcase = tcase_create("need");

	add_rows(tcase, reads_command_lines, cmdlines);
	tcase_add_test(tcase, says_where_it_comes_from);
	add_rows(tcase, reads_mounts, mounts);
	tcase_add_test(tcase, says_where_it_is_mounted);
	tcase_add_test(tcase, reads_swaps);
	add_rows(tcase, compares_uuids, uuids);
	tcase_add_test(tcase, lacks_memory);
	return unit_run("need", tcase);
}
