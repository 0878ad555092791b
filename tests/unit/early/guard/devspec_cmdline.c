/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "devspecs.h"
#include "guard/internal.h"
#include "seams.h"
#include "unit.h"

#define UNSET "root path /dev/gpt-auto-root; root path /dev/gpt-auto-root-luks; "

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
	{ "root=/dev/disk/by-path/pci-0000:02:00.0-nvme-1",
	  "root path /dev/disk/by-path/pci-0000:02:00.0-nvme-1; " },
	{ "root=/dev/a:/dev/b rootfstype=bcachefs",
	  "root path /dev/a; root path /dev/b; " },
	{ "rootfstype=bcachefs root=UUID=1-1 resume=/dev/a:/dev/b",
	  "root uuid 1-1; path /dev/a:/dev/b; " },
	/* mount(8) and the kernel take the list without the type, too */
	{ "root=/dev/a:/dev/b", "root path /dev/a; root path /dev/b; " },
	{ "root=/dev/a:/dev/b rootfstype=ext4", "root path /dev/a:/dev/b; " },
	/* the kernel's numbers: MAJOR:MINOR, and as one in hex */
	{ "root=0801", "root number 8:1; " },
	{ "root=801", "root number 8:1; " },
	{ "root=10301", "root number 259:1; " },
	{ "root=uuid=ab-cd", "root uuid ab-cd; " },
	{ "root=PartUUID=ab-cd", "root partuuid ab-cd; " },
	/* no disk at all */
	{ "root=tmpfs mount.usr=UUID=1", "uuid 1; " },
	{ "root=/dev/ram0", "" },
	{ "root=off", "" },
	/* a directory of the hypervisor */
	{ "root=virtiofs:host", "root tag host; " },
	{ "root=host rootfstype=virtiofs", "root tag host; " },
	{ "root=/dev/root rootfstype=9p", "root tag /dev/root; " },
	{ "root=live:/dev/sr0", "root path /dev/sr0; " },
	{ "root=ZFS=rpool/ROOT/debian", "root pool rpool; " },
	{ "root=zfs:rpool/ROOT", "root pool rpool; " },
	{ "root=zfs:AUTO", "root pool ; " },
	{ "root=zfs", "root pool ; " },
	{ "boot=zfs root=zfs:tank/a", "pool ; root pool tank; " },
	{ "bootfs=tank/a root=x", "pool tank; root path x; " },
	/* the last occurrence wins */
	{ "root=/dev/sda root=/dev/sdb", "root path /dev/sdb; " },
	{ "root=/dev/sda root=", UNSET },
	/* remote */
	{ "root=/dev/nfs nfsroot=10.0.0.1:/srv", "network root" },
	{ "root=nfs:10.0.0.1:/srv", "network root" },
	{ "root=10.0.0.1:/srv", "network root" },
	{ "root=iscsi:@10.0.0.1::3260::iqn", "network root" },
	{ "root=dhcp", "network root" },
	{ "boot=nfs", "network root" },
	{ "netroot=iscsi:x root=UUID=12", "root uuid 12; network root" },
	{ "rd.iscsi.initiator=x root=LABEL=r", "root label r; network" },
	{ "root=/dev/nbd0p1", "network root" },
	{ "root=live:http://10.0.0.1/x", "network root" },
	{ "nvmf.discover=tcp root=LABEL=r", "root label r; network" },
	/* unlocking over the network: the root file system is local */
	{ "ip=dhcp root=LABEL=r", "root label r; network" },
	{ "ip=off root=LABEL=r", "root label r; " },
	{ "ip=none root=LABEL=r", "root label r; " },
	{ "rd.neednet=1 root=LABEL=r", "root label r; network" },
	{ "rd.neednet root=LABEL=r", "root label r; network" },
	{ "rd.neednet=0 root=LABEL=r", "root label r; " },
	{ "ip=dhcp", UNSET "network" },
	/* systemd looks for it */
	{ "root=gpt-auto", UNSET },
	{ "root=fstab", UNSET },
	/* other parameters */
	{ "root=x resume=UUID=ab", "root path x; uuid ab; " },
	{ "root=x resume=/dev/sda1 resume=/dev/sdb1", "root path x; path /dev/sdb1; " },
	{ "root=x resume=/dev/sda1 noresume", "root path x; " },
	{ "root=x resume=none", "root path x; " },
	{ "root=x resume=", "root path x; " },
	{ "root=x mount.usr=10.0.0.1:/usr", "root path x; network" },
	{ "root=x mount.usr=PARTLABEL=usr", "partlabel usr; root path x; " },
	{ "root=x rootflags=subvol=@,device=/dev/sdb,device=/dev/sdc",
	  "path /dev/sdb; path /dev/sdc; root path x; " },
	{ "root=x rootflags=logdev=UUID=1,rtdev=/dev/b",
	  "uuid 1; path /dev/b; root path x; " },
	{ "root=x rootflags=journal_path=/dev/b", "path /dev/b; root path x; " },
	{ "root=x rootflags=journal_dev=0x801", "number 8:1; root path x; " },
	{ "root=x rootflags=journal_dev=66305", "number 259:1; root path x; " },
	{ "root=x rootflags=journal_dev=sdb", "unknown ; root path x; " },
	{ "root=x rd.luks.uuid=luks-12", "luks 12; root path x; " },
	{ "root=x luks.uuid=12", "luks 12; root path x; " },
	{ "root=x rd.luks.name=12=crypt", "luks 12; root path x; " },
	{ "root=x rd.lvm.vg=vg", "group vg; root path x; " },
	{ "root=x rd.lvm.lv=vg/lv", "group vg; root path x; " },
	{ "root=x rd.md.uuid=a:b:c:d", "md a:b:c:d; root path x; " },
	{ "root=x cryptopts=target=c,source=UUID=12,lvm=v", "uuid 12; root path x; " },
	{ "root=x rd.lvm.vg rd.lvm.lv= rd.luks", "root path x; " },
	/* after "--": for init */
	{ "root=x -- root=y", "root path x; " },
};

static int add_text(struct devspecs *devspecs, const char *text)
{
	struct cmdline cmdline;
	int r = cmdline_split(text, &cmdline);

	if (r == 0)
		r = devspecs_add_cmdline(devspecs, &cmdline);
	cmdline_free(&cmdline);
	return r;
}

START_TEST(reads_command_lines)
{
	const char *text = cmdlines[_i].text;
	struct devspecs devspecs = { 0 };
	char words[512];

	expect_number(text, add_text(&devspecs, text), 0);
	devspecs_describe(&devspecs, words, sizeof(words));
	expect_text(text, words, cmdlines[_i].words);
	devspecs_free(&devspecs);
}

START_TEST(notes_the_origin)
{
	char text[400] = "root=UUID=12 resume=/dev/";
	struct devspecs devspecs = { 0 };

	memset(text + strlen(text), 'x', 300);
	expect_number("root", add_text(&devspecs, text), 0);
	expect_text("root", devspecs.items[0].origin, "root=UUID=12");
	/* No device has so long a name; the log shows the beginning. */
	expect_number("resume", devspecs.items[1].kind, DEVSPEC_UNKNOWN);
	expect_number("resume", strlen(devspecs.items[1].origin),
		      DEVSPEC_ORIGIN_SIZE - 1);
	devspecs_free(&devspecs);
}

START_TEST(lacks_memory)
{
	struct devspecs devspecs = { 0 };
	int r = -ENOMEM;

	for (unsigned nth = 1; r == -ENOMEM && nth < 20; nth++) {
		seam_fail(SEAM_ALLOCATE, nth, ENOMEM);
		r = add_text(&devspecs, "root=a resume=b rd.lvm.vg=c rd.lvm.vg=d");
		seam_reset(SEAM_ALLOCATE);
		devspecs_free(&devspecs);
	}
	expect_number("memory", r, 0);
}

int main(void)
{
	TCase *tcase = tcase_create("devspec_cmdline");

	add_rows(tcase, reads_command_lines, cmdlines);
	tcase_add_test(tcase, notes_the_origin);
	tcase_add_test(tcase, lacks_memory);
	return unit_run(tcase);
}
