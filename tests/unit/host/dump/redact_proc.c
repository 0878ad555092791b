/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "dump/internal.h"
#include "lib/lib.h"
#include "unit.h"

#define HEAD "format=1 version=0.1.0 dryrun=no\n"

static const struct {
	redact_file *put_redacted;
	const char *text, *redacted;
} files[] = {
	/* mounts */
	{ redact_put_mounts, "", "" },
	{ redact_put_mounts,
	  "22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw,errors=x\n",
	  "22 1 8:2 / / rw - ext4 /dev/sda2 rw\n" },
	{ redact_put_mounts, "23 22 8:3 /secret /home rw - ext4 /dev/sda3 rw\n",
	  "23 22 8:3 / /home rw - ext4 /dev/sda3 rw\n" },
	{ redact_put_mounts, "23 22 8:3 / /home/me rw - ext4 /dev/mapper/vg-x rw\n",
	  "23 22 8:3 / /name1 rw - ext4 /dev/mapper/name2-name3 rw\n" },
	{ redact_put_mounts, "24 22 0:40 / /media/me rw - btrfs /dev/sdb1 rw\n",
	  "24 22 0:40 / /name1 rw - btrfs /dev/sdb1 rw\n" },
	{ redact_put_mounts, "25 22 0:41 / /run rw - tmpfs tmpfs rw\n", "" },
	{ redact_put_mounts, "26 22 0:42 / / rw - overlay overlay rw\n",
	  "26 22 0:42 / / rw - overlay overlay rw\n" },
	{ redact_put_mounts, "27 22 0:43 / /tank rw - zfs tank/me rw\n",
	  "27 22 0:43 / /name1 rw - zfs name2/name3 rw\n" },
	{ redact_put_mounts, "27 22 0:43 / / rw - nfs4 server:/srv/me rw\n",
	  "27 22 0:43 / / rw - nfs4 name1: rw\n" },
	{ redact_put_mounts, "27 22 0:43 / / rw - 9p mine rw\n",
	  "27 22 0:43 / / rw - 9p name1 rw\n" },
	{ redact_put_mounts, "28 22\n", "" },
	{ redact_put_mounts, "rubbish\n\n\n", "" },
	/* swap */
	{ redact_put_swaps, "Filename Type\n/dev/sda3 partition 1 0 -2\n",
	  "Filename Type\n/dev/sda3 partition 1 0 -2\n" },
	{ redact_put_swaps, "/home/me/swap file 1 0 -2\n", "/name1 file 1 0 -2\n" },
	{ redact_put_swaps, "/dev/mapper/vg-swap\tpartition 1 0 -2\n",
	  "/dev/mapper/name1-swap partition 1 0 -2\n" },
	/* the report */
	{ redact_put_report, HEAD "device=0000:0b:00.0 block=sda for=/media/me\n",
	  HEAD "device=0000:0b:00.0 block=sda for=/name1\n" },
	{ redact_put_report, "device=0000:0b:00.0 block=dm-0 for=root=UUID=1b2c\n",
	  "device=0000:0b:00.0 block=dm-0 for=root=UUID=0001\n" },
	{ redact_put_report, "device=0000:0b:00.0 for=/dev/vg/x reason=root-disk\n",
	  "device=0000:0b:00.0 for=/dev/name1/name2 reason=root-disk\n" },
	{ redact_put_report,
	  "device=0000:0b:00.0 for=swap\ndevice=0000:0b:00.1 for=/home\n",
	  "device=0000:0b:00.0 for=swap\ndevice=0000:0b:00.1 for=/home\n" },
	{ redact_put_report, "device=0000:0b:00.0 for=ip=10.0.0.1::::host\n",
	  "device=0000:0b:00.0 for=ip=name1::::name2\n" },
	{ redact_put_report, "new=secret device=x nothing\n", "new=removed device=x\n" },
	/* the processor */
	{ redact_put_cpu,
	  "processor\t: 0\nvendor_id\t: AuthenticAMD\nSerial\t: 1\n\nprocessor\t: 1\n",
	  "processor\t: 0\nvendor_id\t: AuthenticAMD\n" },
	/* the distribution */
	{ redact_put_os_release,
	  "NAME=\"Mine\"\nID=debian\nVERSION_ID=\"13\"\nHOME_URL=x\n",
	  "ID=debian\nVERSION_ID=\"13\"\n" },
	/* device mapper */
	{ redact_put_dm_uuid, "LVM-abcdef\n", "LVM-name1\n" },
	{ redact_put_dm_uuid, "mpath-3600508b4", "mpath-name1\n" },
	{ redact_put_dm_uuid, "part12-mpath-3600508b4", "part12-mpath-name1\n" },
	{ redact_put_dm_uuid, "CRYPT-LUKS2-0b1c2d3e111122223333444455556666-vg-x",
	  "CRYPT-LUKS2-00000000000000000000000000000001-name2-name3\n" },
	{ redact_put_dm_uuid, "CRYPT-PLAIN-name", "CRYPT-PLAIN-name1\n" },
	{ redact_put_dm_uuid, "", "\n" },
	{ redact_put_dm_line, "my--vg-root\n", "name1-root\n" },
};

START_TEST(redacts)
{
	struct redaction redaction = { .host_name = "" };
	struct text_file kept;
	FILE *file = text_file_open(&kept);
	_cleanup_free_ char *redacted = NULL;

	files[_i].put_redacted(&redaction, file, files[_i].text);
	redacted = text_file_close(&kept);
	redact_close(&redaction);
	expect_text(files[_i].text, redacted, files[_i].redacted);
}

static const struct {
	const char *file, *name;
} hosts[] = {
	{ "myhost\n", "myhost" },
	{ "myhost.example.org\n", "myhost" },
	/* It would be found in other words. */
	{ "debian\n", "" },
	{ "pc\n", "" },
};

START_TEST(finds_the_host_name)
{
	struct directory root = make_directory();
	struct redaction redaction;

	redact_open(root.fd, &redaction);
	expect_text("no name", redaction.host_name, "");
	put_file(&root, "proc/sys/kernel/hostname", hosts[_i].file);
	redact_open(root.fd, &redaction);
	expect_text(hosts[_i].file, redaction.host_name, hosts[_i].name);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("redact_proc");

	add_rows(tcase, redacts, files);
	add_rows(tcase, finds_the_host_name, hosts);
	return unit_run(tcase);
}
