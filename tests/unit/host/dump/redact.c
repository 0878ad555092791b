/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump/internal.h"
#include "unit.h"

#define UUID_A "0b1c2d3e-1111-2222-3333-44445555666a"
#define UUID_B "FFFFFFFF-ffff-FFFF-ffff-FFFFFFFFFFFF"
#define FIRST  "00000000-0000-0000-0000-000000000001"
#define SECOND "00000000-0000-0000-0000-000000000002"

/* Texts of the machine "myhost", as a shell or modprobe reads them. */
static const struct {
	const char *text, *redacted;
} texts[] = {
	{ "", "" },
	{ "quiet passthru.ids=1002:67df@0000:0b:00.0", NULL },
	{ "0000:0b:00.0 10de:13c2", NULL },
	/* UUIDs: numbers, the same one for the same UUID. */
	{ "UUID=" UUID_A, "UUID=" FIRST },
	{ UUID_A " " UUID_B " " UUID_A, FIRST " " SECOND " " FIRST },
	{ "0B1C2D3E-1111-2222-3333-44445555666A", FIRST },
	{ UUID_A "0", NULL },
	{ "0b1c2d3e-1111-2222-3333", NULL },
	/* MAC addresses: six pairs or more. */
	{ "52:54:00:12:34:56", "xx:xx:xx:xx:xx:xx" },
	{ "bridge=52-54-00-12-34-56", "bridge=xx-xx-xx-xx-xx-xx" },
	{ "01-52-54-00-12-34-56", "xx-xx-xx-xx-xx-xx-xx" },
	{ "52:54:00:12:34", NULL },
	{ "52:54:00-12:34:56", NULL },
	/* The host's name in the name of a volume group. */
	{ "/dev/myhost-vg/root", "/dev/xxxxxx-vg/root" },
	{ "/dev/mapper/myhost--vg-root", "/dev/mapper/xxxxxx--vg-root" },
	{ "myhost", NULL },
	{ "notmyhost-vg", NULL },
	/* Parameters and variables that look like secrets. */
	{ "rd.iscsi.password=abc quiet", "rd.iscsi.password=xxx quiet" },
	{ "GRUB_PASSWORD=\"a b\" c", "GRUB_PASSWORD=\"xxx\" c" },
	{ "GRUB_PASSWORD='a\"b'", "GRUB_PASSWORD='xxx'" },
	{ "X=\"a rd.luks.key=b\"", "X=\"a rd.luks.key=x\"" },
	{ "systemd.hostname=a\nb", "systemd.hostname=x\nb" },
	{ "token= a", NULL },
	{ "keymap", NULL },
};

START_TEST(redacts)
{
	struct redaction redaction = { .host_name = "myhost" };
	_cleanup_free_ char *text = strdup(texts[_i].text);

	redact_text(&redaction, text);
	expect_text(texts[_i].text, text,
		    texts[_i].redacted ? texts[_i].redacted : texts[_i].text);
}

/* On a kernel command line quotes may stand before the name. */
static const struct {
	const char *text, *redacted;
} cmdlines[] = {
	{ "root=/dev/sda1 quiet", "root=/dev/sda1 quiet" },
	{ "rd.luks.key=\"a b\" quiet", "rd.luks.key=\"xxx\" quiet" },
	{ "\"rd.luks.key=a b\" quiet", "\"rd.luks.key=xxx\" quiet" },
	{ "resume=UUID=" UUID_A, "resume=UUID=" FIRST },
};

START_TEST(redacts_cmdlines)
{
	struct redaction redaction = { .host_name = "" };
	_cleanup_free_ char *text = strdup(cmdlines[_i].text);

	redact_cmdline(&redaction, text);
	expect_text(cmdlines[_i].text, text, cmdlines[_i].redacted);
}

START_TEST(numbers_few_uuids)
{
	struct redaction redaction = { .host_name = "" };
	char text[64];

	for (unsigned i = 0; i < REDACT_UUIDS_MAX + 2; i++) {
		snprintf(text, sizeof(text), "%08x-aaaa-aaaa-aaaa-aaaaaaaaaaaa", i);
		redact_text(&redaction, text);
	}
	/* Any further UUIDs are redacted as well, all to the same text. */
	expect_text("the last", text, "00000000-0000-0000-0000-000000000000");
}

static const struct {
	const char *lines, *redacted;
} mounts[] = {
	{ "", "" },
	{ "22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw,errors=x\n",
	  "22 1 8:2 / / rw - ext4 /dev/sda2 rw\n" },
	{ "23 22 8:3 /secret /home rw - ext4 /dev/sda3 rw\n",
	  "23 22 8:3 / /home rw - ext4 /dev/sda3 rw\n" },
	{ "23 22 8:3 / /home/me rw - ext4 /dev/sda3 rw\n",
	  "23 22 8:3 / /removed rw - ext4 /dev/sda3 rw\n" },
	{ "24 22 0:40 / /media/me rw - btrfs /dev/sdb1 rw\n",
	  "24 22 0:40 / /removed rw - btrfs /dev/sdb1 rw\n" },
	{ "25 22 0:41 / /run rw - tmpfs tmpfs rw\n", "" },
	{ "26 22 0:42 / / rw - overlay overlay rw\n",
	  "26 22 0:42 / / rw - overlay overlay rw\n" },
	{ "27 22 0:43 / /tank rw - zfs tank rw\n",
	  "27 22 0:43 / /removed rw - zfs tank rw\n" },
	{ "28 22\n", "" },
	{ "rubbish\n\n\n", "" },
};

START_TEST(redacts_mounts)
{
	_cleanup_free_ char *kept = redact_mounts(mounts[_i].lines);

	expect_text(mounts[_i].lines, kept, mounts[_i].redacted);
}

static const struct {
	const char *lines, *redacted;
} swaps[] = {
	{ "Filename Type\n/dev/sda3 partition 1 0 -2\n",
	  "Filename Type\n/dev/sda3 partition 1 0 -2\n" },
	{ "/home/me/swap file 1 0 -2\n", "/removed file 1 0 -2\n" },
};

START_TEST(redacts_swaps)
{
	_cleanup_free_ char *kept = redact_swaps(swaps[_i].lines);

	expect_text(swaps[_i].lines, kept, swaps[_i].redacted);
}

static const struct {
	const char *uuid, *redacted;
} dm_uuids[] = {
	{ "LVM-abcdef", "LVM-abcdef" },
	{ "mpath-3600508b4", "mpath-xxxxxxxxx" },
	{ "CRYPT-LUKS2-0b1c2d3e1111-name", "CRYPT-LUKS2-xxxxxxxxxxxx-name" },
	{ "CRYPT-PLAIN-name", "CRYPT-PLAIN-name" },
	{ "", "" },
};

START_TEST(redacts_dm_uuids)
{
	_cleanup_free_ char *uuid = strdup(dm_uuids[_i].uuid);

	redact_dm_uuid(uuid);
	expect_text(dm_uuids[_i].uuid, uuid, dm_uuids[_i].redacted);
}

START_TEST(finds_the_host_name)
{
	struct directory root = make_directory();
	struct redaction redaction;

	redact_open(root.fd, &redaction);
	expect_text("no name", redaction.host_name, "");
	put_file(&root, "proc/sys/kernel/hostname", "myhost\n");
	redact_open(root.fd, &redaction);
	expect_text("a name", redaction.host_name, "myhost");
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("redact");

	add_rows(tcase, redacts, texts);
	add_rows(tcase, redacts_cmdlines, cmdlines);
	tcase_add_test(tcase, numbers_few_uuids);
	add_rows(tcase, redacts_mounts, mounts);
	add_rows(tcase, redacts_swaps, swaps);
	add_rows(tcase, redacts_dm_uuids, dm_uuids);
	tcase_add_test(tcase, finds_the_host_name);
	return unit_run(tcase);
}
