/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "devspecs.h"
#include "guard/internal.h"
#include "seams.h"
#include "unit.h"

#define OPENED                                    \
	"# <target> <source> <key> <options>\n"   \
	"home_crypt UUID=12-34 none luks\n"       \
	"cryptswap /dev/sda3 /dev/urandom swap\n" \
	"later UUID=56 none luks,noauto\n"        \
	"spare\tPARTUUID=78\tnone\tluks,nofail\n" \
	"file /srv/image none luks"

static const struct {
	const char *fstab;
	const char *words;
} tables[] = {
	{ "", "" },
	{ "# a comment\n\n  # another\n", "" },
	{ "UUID=12-34 /home ext4 defaults 0 2\n", "uuid 12-34; " },
	/* a last line without a newline */
	{ "UUID=1 /home ext4 defaults\nUUID=2 /srv ext4 defaults 0 2",
	  "uuid 1; uuid 2; " },
	{ "\tUUID=1\t /home \text4\tdefaults\n", "uuid 1; " },
	{ "UUID=\"12\" /home ext4 defaults\n", "uuid 12; " },
	{ "LABEL=my\\040data /data ext4 defaults\n", "label my data; " },
	{ "/dev/disk/by-label/my\\x20data /data ext4 defaults\n", "label my data; " },
	{ "PARTUUID=aa /a ext4 defaults\nPARTLABEL=b /b ext4 defaults\n",
	  "partuuid aa; partlabel b; " },
	{ "/dev/sda2 /home ext4\n", "path /dev/sda2; " },
	{ "/dev/sda2\n", "path /dev/sda2; " },
	{ "tank/home /home zfs defaults\n", "pool tank; " },
	/* names with colons: only bcachefs joins devices with them */
	{ "/dev/disk/by-path/pci-0000:02:00.0-nvme-1 /home ext4 defaults\n",
	  "path /dev/disk/by-path/pci-0000:02:00.0-nvme-1; " },
	{ "/dev/disk/by-id/usb-WD_Elements_25A2-0:0-part1 /b ext4 nofail\n",
	  "optional path /dev/disk/by-id/usb-WD_Elements_25A2-0:0-part1; " },
	{ "ID=usb-WD_Elements_25A2-0:0 /b ext4 defaults\n",
	  "path /dev/disk/by-id/usb-WD_Elements_25A2-0:0; " },
	{ "LABEL=data:1 /d ext4 defaults\n", "label data:1; " },
	{ "LABEL=\"data:1\" /d ext4 defaults\n", "label data:1; " },
	{ "LABEL=a\\040b:c /d ext4 defaults\n", "label a b:c; " },
	{ "/dev/disk/by-path/pci-0000:02:00.0-nvme-1:/dev/sdb /d bcachefs defaults\n",
	  "path /dev/disk/by-path/pci-0000:02:00.0-nvme-1; path /dev/sdb; " },
	{ "UUID=1-1:UUID=2-2 /d bcachefs defaults\n", "uuid 1-1; uuid 2-2; " },
	{ "/dev/sda:/dev/sdb /d ext4 defaults\n", "path /dev/sda:/dev/sdb; " },
	{ "/dev/sda:/dev/sdb /home bcachefs defaults\n",
	  "path /dev/sda; path /dev/sdb; " },
	{ "UUID=1 /home btrfs subvol=@home,device=/dev/sdb\n",
	  "uuid 1; path /dev/sdb; " },
	{ "UUID=1 /home xfs logdev=UUID=2\n", "uuid 1; uuid 2; " },
	/* what the boot does not mount, and what it can do without */
	{ "UUID=1 /mnt ext4 noauto\n", "" },
	{ "UUID=1 /mnt ext4 user,noauto,ro\n", "" },
	{ "UUID=1 /mnt ext4 nofail\n", "optional uuid 1; " },
	{ "UUID=1 /srv ext4 x-systemd.automount\n", "uuid 1; " },
	{ "UUID=1 /srv ext4 noauto,x-systemd.automount\n", "uuid 1; " },
	{ "UUID=1 /mnt ext4 _netdev\n", "optional uuid 1; " },
	{ "ID=nvme-x /mnt ext4 defaults\n", "path /dev/disk/by-id/nvme-x; " },
	{ "ID=\"nvme-x\" /mnt ext4 defaults\n", "path /dev/disk/by-id/nvme-x; " },
	{ "\"/dev/sda1\" /mnt ext4 defaults\n", "path /dev/sda1; " },
	/* swap */
	{ "UUID=1 none swap sw 0 0\n", "uuid 1; " },
	{ "/swapfile none swap sw 0 0\n", "" },
	{ "/dev/zram0 none swap sw 0 0\n", "" },
	/* no device */
	{ "tmpfs /tmp tmpfs size=1g\nproc /proc proc\n/a /b none bind\n", "" },
	{ "/image.iso /mnt iso9660 loop\n", "" },
	{ "10.0.0.1:/home /home nfs defaults\n//host/share /share cifs guest\n", "" },
	/* the root file system, when root= does not name it */
	{ "UUID=1 / ext4 defaults\n", "root uuid 1; " },
	{ "10.0.0.1:/root / nfs defaults\n", "network root" },
	{ "UUID=1 / ext4 _netdev\n", "root optional uuid 1; network" },
	{ "10.0.0.1:/usr /usr nfs defaults\n", "network" },
	/* what crypttab opens */
	{ "/dev/mapper/home_crypt /home ext4 defaults\n", "uuid 12-34; " },
	{ "/dev/mapper/cryptswap none swap sw\n", "path /dev/sda3; " },
	{ "/dev/mapper/vg-home /home ext4 defaults\n", "path /dev/mapper/vg-home; " },
	{ "/dev/mapper/home /home ext4 defaults\n", "path /dev/mapper/home; " },
};

START_TEST(reads_fstab)
{
	const char *text = tables[_i].fstab;
	struct devspecs devspecs = { 0 };
	char words[512];

	expect_number(text, devspecs_add_fstab(&devspecs, text, OPENED), 0);
	devspecs_describe(&devspecs, words, sizeof(words));
	expect_text(text, words, tables[_i].words);
	devspecs_free(&devspecs);
}

START_TEST(reads_crypttab)
{
	struct devspecs devspecs = { 0 };
	char words[512];

	expect_number("crypttab", devspecs_add_volumes(&devspecs, CRYPTTAB, OPENED), 0);
	devspecs_describe(&devspecs, words, sizeof(words));
	expect_text("crypttab", words,
		    "uuid 12-34; path /dev/sda3; optional partuuid 78; ");
	expect_text("crypttab", devspecs.items[0].origin,
		    "crypttab:home_crypt=UUID=12-34");
	expect_number("no file", devspecs_add_volumes(&devspecs, CRYPTTAB, NULL), 0);
	expect_number("no file", devspecs_add_fstab(&devspecs, NULL, NULL), 0);
	expect_number("no file", devspecs.count, 3);
	devspecs_free(&devspecs);
}

START_TEST(notes_the_origin)
{
	struct devspecs devspecs = { .root_is_named = true };
	const char *text = "UUID=1 / ext4 defaults\n"
			   "/dev/mapper/cryptswap none swap sw\n"
			   "LABEL=a\\040b /my\\040data ext4 defaults\n";

	expect_number("fstab", devspecs_add_fstab(&devspecs, text, OPENED), 0);
	expect_number("/", devspecs.items[0].source, DEVSPEC_FROM_PARAMETER);
	expect("/", devspecs.items[0].is_optional);
	expect("swap", !devspecs.items[1].is_optional);
	expect_text("/", devspecs.items[0].origin, "fstab:/=UUID=1");
	expect_text("swap", devspecs.items[1].origin, "fstab:swap=/dev/mapper/cryptswap");
	expect_text("blank", devspecs.items[2].origin,
		    "fstab:/my\\040data=LABEL=a\\040b");
	devspecs_free(&devspecs);
}

START_TEST(lacks_memory)
{
	struct devspecs devspecs = { 0 };
	int r = -ENOMEM;

	for (unsigned nth = 1; r == -ENOMEM && nth < 20; nth++) {
		seam_fail(SEAM_ALLOCATE, nth, ENOMEM);
		r = devspecs_add_volumes(&devspecs, CRYPTTAB, OPENED);
		if (r == 0)
			r = devspecs_add_fstab(
				&devspecs, "a/b / zfs\nUUID=1 /a btrfs device=/dev/b\n",
				OPENED);
		seam_reset(SEAM_ALLOCATE);
		devspecs_free(&devspecs);
	}
	expect_number("memory", r, 0);
}

int main(void)
{
	TCase *tcase = tcase_create("devspec_tables");

	add_rows(tcase, reads_fstab, tables);
	tcase_add_test(tcase, reads_crypttab);
	tcase_add_test(tcase, notes_the_origin);
	tcase_add_test(tcase, lacks_memory);
	return unit_run(tcase);
}
