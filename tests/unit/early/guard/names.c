/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "devspecs.h"
#include "guard/internal.h"
#include "unit.h"

/*
 * Every name for a disk, a key, a header or the network in the manual pages of the
 * programs that boot a system, and what becomes of it. A name that is missing here has
 * been missed: add it with its page.
 *
 *   READ       the guards know the disk, or the sign of the network, that it names
 *   NO_DISK    it names none, says the reason
 *   ELSEWHERE  it is decided in another way, says the reason
 *
 * rescues[] in tests/unit/early/cmdline/config.c is the same list for rescue boots.
 */
enum verdict_on_name { READ, NO_DISK, ELSEWHERE };

#define FSTAB_GENERATOR	     "systemd-fstab-generator(8)"
#define CRYPTSETUP_GENERATOR "systemd-cryptsetup-generator(8)"
#define VERITY_GENERATOR     "systemd-veritysetup-generator(8)"
#define GPT_GENERATOR	     "systemd-gpt-auto-generator(8)"
#define RESUME_GENERATOR     "systemd-hibernate-resume-generator(8)"
#define NETWORK_GENERATOR    "systemd-network-generator.service(8)"
#define COMMAND_LINE	     "kernel-command-line(7)"
#define DRACUT		     "dracut.cmdline(7)"
#define INITRAMFS_TOOLS	     "initramfs-tools(7)"
#define CRYPTSETUP_INITRAMFS "README.initramfs of cryptsetup"
#define MKINITCPIO	     "mkinitcpio(8) and its hooks"
#define LIVE_BOOT	     "live-boot(7)"

#define HASH                               \
	"00112233445566778899aabbccddeeff" \
	"ffeeddccbbaa99887766554433221100"

#define SWITCH	"turns something off: what the rest names counts all the same"
#define TUNING	"how, not where"
#define CARRIES "how a network that another parameter asks for is set up"

static const struct {
	const char *page;
	const char *text; /* root=x is added */
	enum verdict_on_name verdict;
	const char *words; /* READ: what the guards take; otherwise why */
} names[] = {
	{ FSTAB_GENERATOR, "fstab=no", ELSEWHERE, SWITCH },
	{ FSTAB_GENERATOR, "rd.fstab=0", ELSEWHERE, SWITCH },
	{ FSTAB_GENERATOR, "rootfstype=ext4", NO_DISK, "tells a list of devices only" },
	{ FSTAB_GENERATOR, "rootflags=device=/dev/b", READ, "path /dev/b; " },
	{ FSTAB_GENERATOR, "mount.usr=UUID=1", READ, "uuid 1; " },
	{ FSTAB_GENERATOR, "mount.usr=10.0.0.1:/usr", READ, "network" },
	{ FSTAB_GENERATOR, "mount.usrfstype=nfs", ELSEWHERE, "mount.usr= has a colon" },
	{ FSTAB_GENERATOR, "mount.usrflags=logdev=/dev/b", READ, "path /dev/b; " },
	{ FSTAB_GENERATOR, "systemd.mount-extra=UUID=1:/home:ext4:nofail", READ,
	  "optional uuid 1; " },
	{ FSTAB_GENERATOR,
	  "systemd.mount-extra=/dev/disk/by-path/pci-0000\\:02\\:00.0-nvme-1:/home", READ,
	  "path /dev/disk/by-path/pci-0000:02:00.0-nvme-1; " },
	{ FSTAB_GENERATOR, "systemd.mount-extra=/dev/b:/home:btrfs:device=/dev/c", READ,
	  "path /dev/b; path /dev/c; " },
	{ FSTAB_GENERATOR, "systemd.mount-extra=tmpfs:/run/x:tmpfs", READ, "" },
	{ FSTAB_GENERATOR, "systemd.mount-extra=tank/a:/a:zfs", READ, "pool tank; " },
	{ FSTAB_GENERATOR, "systemd.mount-extra=10.0.0.1\\:/usr:/usr:nfs", READ,
	  "network" },
	{ FSTAB_GENERATOR, "rd.systemd.mount-extra=LABEL=a:/sysroot/a", READ,
	  "label a; " },
	{ FSTAB_GENERATOR, "systemd.swap-extra=UUID=1:discard", READ, "uuid 1; " },
	{ FSTAB_GENERATOR, "rd.systemd.swap-extra=/dev/b", READ, "path /dev/b; " },
	{ FSTAB_GENERATOR, "systemd.swap=0", ELSEWHERE, SWITCH },
	{ FSTAB_GENERATOR, "systemd.volatile=yes", NO_DISK,
	  "/ becomes a tmpfs; root= still has /usr" },
	{ CRYPTSETUP_GENERATOR, "luks=no", ELSEWHERE, SWITCH },
	{ CRYPTSETUP_GENERATOR, "rd.luks=0", ELSEWHERE, SWITCH },
	{ CRYPTSETUP_GENERATOR, "luks.crypttab=no", ELSEWHERE, SWITCH },
	{ CRYPTSETUP_GENERATOR, "rd.luks.crypttab=no", ELSEWHERE, SWITCH },
	{ CRYPTSETUP_GENERATOR, "luks.uuid=1", READ, "luks 1; " },
	{ CRYPTSETUP_GENERATOR, "rd.luks.uuid=1", READ, "luks 1; " },
	{ CRYPTSETUP_GENERATOR, "luks.name=1=c", READ, "luks 1; " },
	{ CRYPTSETUP_GENERATOR, "rd.luks.name=1=c", READ, "luks 1; " },
	{ CRYPTSETUP_GENERATOR, "luks.data=1a-2=/dev/b", READ, "path /dev/b; " },
	{ CRYPTSETUP_GENERATOR, "rd.luks.data=1a-2=PARTUUID=3", READ, "partuuid 3; " },
	{ CRYPTSETUP_GENERATOR, "luks.key=1a=/key:LABEL=keys", READ, "label keys; " },
	{ CRYPTSETUP_GENERATOR, "rd.luks.key=/key:UUID=3", READ, "uuid 3; " },
	{ CRYPTSETUP_GENERATOR, "rd.luks.key=1a-2b=/key:/dev/disk/by-id/usb-a-0:0", READ,
	  "path /dev/disk/by-id/usb-a-0:0; " },
	{ CRYPTSETUP_GENERATOR, "rd.luks.key=1a=/etc/key", READ, "" },
	{ CRYPTSETUP_GENERATOR, "luks.options=1a=discard,header=/h:UUID=4", READ,
	  "uuid 4; " },
	{ CRYPTSETUP_GENERATOR, "rd.luks.options=header=/dev/b", READ, "path /dev/b; " },
	{ CRYPTSETUP_GENERATOR, "rd.luks.options=header=/etc/h,tpm2-device=auto", READ,
	  "" },
	{ VERITY_GENERATOR, "systemd.verity=no", ELSEWHERE, SWITCH },
	{ VERITY_GENERATOR, "rd.systemd.verity=no", ELSEWHERE, SWITCH },
	{ VERITY_GENERATOR, "veritytab=no", ELSEWHERE, SWITCH },
	{ VERITY_GENERATOR, "rd.veritytab=no", ELSEWHERE, SWITCH },
	{ VERITY_GENERATOR, "roothash=" HASH, READ,
	  "partuuid 00112233445566778899aabbccddeeff; "
	  "partuuid ffeeddccbbaa99887766554433221100; " },
	{ VERITY_GENERATOR, "usrhash=" HASH, READ,
	  "partuuid 00112233445566778899aabbccddeeff; "
	  "partuuid ffeeddccbbaa99887766554433221100; " },
	{ VERITY_GENERATOR, "systemd.verity_root_data=/dev/b", READ, "path /dev/b; " },
	{ VERITY_GENERATOR, "systemd.verity_root_hash=LABEL=h", READ, "label h; " },
	{ VERITY_GENERATOR, "systemd.verity_root_options=fec-device=/dev/c", READ,
	  "path /dev/c; " },
	{ VERITY_GENERATOR, "systemd.verity_usr_data=/dev/b", READ, "path /dev/b; " },
	{ VERITY_GENERATOR, "systemd.verity_usr_hash=/dev/c", READ, "path /dev/c; " },
	{ VERITY_GENERATOR, "systemd.verity_usr_options=fec-device=/dev/c", READ,
	  "path /dev/c; " },
	{ GPT_GENERATOR, "systemd.gpt_auto=yes", ELSEWHERE,
	  "its partitions are on the root disk" },
	{ GPT_GENERATOR, "rd.systemd.gpt_auto=yes", ELSEWHERE,
	  "its partitions are on the root disk" },
	{ GPT_GENERATOR, "systemd.image_policy=root=verity", NO_DISK, TUNING },
	{ RESUME_GENERATOR, "resume=UUID=1", READ, "uuid 1; " },
	{ RESUME_GENERATOR, "resume=802", READ, "number 8:2; " },
	{ RESUME_GENERATOR, "resume=/dev/b noresume", READ, "" },
	{ RESUME_GENERATOR, "resume_offset=1 resumeflags=x resumewait resumedelay=5",
	  NO_DISK, TUNING },
	{ NETWORK_GENERATOR, "ip=dhcp", READ, "network" },
	{ NETWORK_GENERATOR, "rd.route=1.0.0.0/8:10.0.0.1", READ, "network" },
	{ NETWORK_GENERATOR, "rd.peerdns=0 nameserver=10.0.0.1", NO_DISK, CARRIES },
	{ NETWORK_GENERATOR, "ifname=lan:52:54:00:12:34:56 net.ifname-policy=mac",
	  NO_DISK, CARRIES },
	{ NETWORK_GENERATOR, "vlan=vlan5:eth0", READ, "network" },
	{ NETWORK_GENERATOR, "bond=bond0:eth0,eth1", READ, "network" },
	{ NETWORK_GENERATOR, "bridge=br0:eth0", READ, "network" },
	{ NETWORK_GENERATOR, "bootdev=eth0", READ, "network" },
	{ COMMAND_LINE, "modules_load=loop rd.modules_load=loop", NO_DISK, TUNING },
	{ COMMAND_LINE, "systemd.machine_id=1 systemd.hostname=a", NO_DISK, TUNING },
	{ DRACUT, "root=live:LABEL=x", READ, "root label x; " },
	{ DRACUT, "root=live:http://10.0.0.1/x", READ, "network root" },
	{ DRACUT, "root=nfs:10.0.0.1:/x", READ, "network root" },
	{ DRACUT, "root=cifs://10.0.0.1/x", READ, "network root" },
	{ DRACUT, "root=iscsi:10.0.0.1::::iqn", READ, "network root" },
	{ DRACUT, "root=nbd:10.0.0.1:1", READ, "network root" },
	{ DRACUT, "root=dhcp6", READ, "network root" },
	{ DRACUT, "root=virtiofs:tag", READ, "root tag tag; " },
	{ DRACUT, "rootfallback=/dev/b", READ, "optional path /dev/b; " },
	{ DRACUT, "rd.auto=1 rd.hostonly=0", NO_DISK, TUNING },
	{ DRACUT, "iso-scan/filename=/a.iso", ELSEWHERE,
	  "the disk is mounted when the late stage runs" },
	{ DRACUT, "rd.lvm.vg=vg", READ, "group vg; " },
	{ DRACUT, "rd.lvm.lv=vg/lv", READ, "group vg; " },
	{ DRACUT, "rd.lvm.snapshot=vg/lv", READ, "group vg; " },
	{ DRACUT, "rd.lvm=0 rd.lvm.conf=0 rd.dm=0 rd.md=0 rd.md.imsm=0", ELSEWHERE,
	  SWITCH },
	{ DRACUT, "rd.luks.uuid=keysource:1", READ, "luks 1; " },
	{ DRACUT, "rd.luks.uuid=luks-1", READ, "luks 1; " },
	{ DRACUT, "rd.luks.partuuid=1", READ, "partuuid 1; " },
	{ DRACUT, "rd.luks.serial=1", ELSEWHERE, "a locked container has it" },
	{ DRACUT, "rd.luks.key=/key:UUID=1:UUID=2", READ, "uuid 1; uuid 2; " },
	{ DRACUT, "rd.luks.key=/key", ELSEWHERE, "any disk may have it" },
	{ DRACUT, "rd.luks.allow-discards=1 rd.luks.timeout=5", NO_DISK, TUNING },
	{ DRACUT, "rd.md.uuid=1:2:3:4", READ, "md 1:2:3:4; " },
	{ DRACUT, "rd.dm.uuid=isw_a", ELSEWHERE, "its members are containers" },
	{ DRACUT, "rd.multipath=default", NO_DISK, TUNING },
	{ DRACUT, "boot=/dev/b", READ, "path /dev/b; " },
	{ DRACUT, "boot=UUID=1", READ, "uuid 1; " },
	{ DRACUT, "BOOTIF=01-52-54-00-12-34-56", READ, "network" },
	{ DRACUT, "rd.bootif=0", ELSEWHERE, SWITCH },
	{ DRACUT, "rd.neednet=1", READ, "network" },
	{ DRACUT, "team=team0:eth0", READ, "network" },
	{ DRACUT, "biosdevname=0 rd.net.timeout.dhcp=5", NO_DISK, CARRIES },
	{ DRACUT, "nfsroot=10.0.0.1:/x", READ, "network root" },
	{ DRACUT, "netroot=iscsi:x", READ, "network root" },
	{ DRACUT, "rd.nfs.domain=x cifsuser=a cifspass=b", NO_DISK, CARRIES },
	{ DRACUT, "rd.iscsi.firmware=1", READ, "network" },
	{ DRACUT, "rd.fcoe=0", ELSEWHERE, SWITCH },
	{ DRACUT, "fcoe=edd:dcb", READ, "network" },
	{ DRACUT, "rd.nonvmf", ELSEWHERE, SWITCH },
	{ DRACUT, "rd.nvmf.discover=tcp,10.0.0.1", READ, "network" },
	{ DRACUT, "rd.dasd=0.0.1 rd.zfcp=0.0.1", NO_DISK, "no PCI device" },
	{ DRACUT, "rd.znet=qeth,1", READ, "network" },
	{ DRACUT, "rd.zipl=UUID=1", READ, "uuid 1; " },
	{ DRACUT, "rd.live.overlay=LABEL=o:/a", READ, "label o; " },
	{ DRACUT, "rd.live.overlay=/dev/b:auto", READ, "path /dev/b; " },
	{ DRACUT, "rd.live.overlay=none", READ, "" },
	{ DRACUT, "rd.overlay=LABEL=o", READ, "label o; " },
	{ DRACUT, "rd.live.dir=/a rd.live.ram=1 rd.live.squashimg=a", NO_DISK,
	  "a path on what root= names" },
	{ DRACUT, "rd_LUKS_UUID=1", READ, "luks 1; " },
	{ DRACUT, "rd_LUKS_KEYDEV_UUID=1", READ, "uuid 1; " },
	{ DRACUT, "rd_LVM_VG=vg", READ, "group vg; " },
	{ DRACUT, "rd_LVM_LV=vg/lv", READ, "group vg; " },
	{ DRACUT, "rd_MD_UUID=1", READ, "md 1; " },
	{ DRACUT, "iscsi_initiator=x", READ, "network" },
	{ DRACUT, "masterkey=/a ecryptfskey=/a", NO_DISK,
	  "a path in the root file system" },
	{ INITRAMFS_TOOLS, "nfsroot=auto ip=off", READ, "network root" },
	{ INITRAMFS_TOOLS, "boot=nfs", READ, "network root" },
	{ INITRAMFS_TOOLS, "boot=local", READ, "" },
	{ INITRAMFS_TOOLS, "boot=http", READ, "network" },
	{ INITRAMFS_TOOLS, "boot=zfs", READ, "pool ; " },
	{ INITRAMFS_TOOLS, "rootdelay=5 panic=5 blacklist=a", NO_DISK, TUNING },
	{ INITRAMFS_TOOLS, "netconsole=@/,@10.0.0.1/", NO_DISK,
	  "the boot does without it" },
	{ CRYPTSETUP_INITRAMFS, "cryptopts=target=c,source=UUID=1,header=/h:UUID=2", READ,
	  "uuid 1; uuid 2; " },
	{ CRYPTSETUP_INITRAMFS, "cryptopts=source=/dev/b,key=/dev/c:/key", READ,
	  "path /dev/b; path /dev/c; " },
	{ MKINITCPIO, "cryptdevice=UUID=1:c:allow-discards", READ, "uuid 1; " },
	{ MKINITCPIO, "cryptdevice=/dev/b:c", READ, "path /dev/b; " },
	{ MKINITCPIO, "cryptkey=/dev/b:ext4:/key", READ, "path /dev/b; " },
	{ MKINITCPIO, "cryptkey=/dev/b:0:512", READ, "path /dev/b; " },
	{ MKINITCPIO, "cryptkey=rootfs:/key", READ, "" },
	{ MKINITCPIO, "nfsaddrs=10.0.0.1", READ, "network" },
	{ MKINITCPIO, "zfs=bootfs", READ, "pool ; " },
	{ MKINITCPIO, "zfs=tank/a", READ, "pool tank; " },
	{ MKINITCPIO, "disablehooks=a earlymodules=b", NO_DISK, TUNING },
	{ LIVE_BOOT, "boot=live", READ, "" },
	{ LIVE_BOOT, "fetch=http://10.0.0.1/x", READ, "network root" },
	{ LIVE_BOOT, "httpfs=http://10.0.0.1/x", READ, "network root" },
	{ LIVE_BOOT, "ftpfs=ftp://10.0.0.1/x", READ, "network root" },
	{ LIVE_BOOT, "iscsi=10.0.0.1;iqn", READ, "network" },
	{ LIVE_BOOT, "netboot=nfs", READ, "network root" },
	{ LIVE_BOOT, "netboot", READ, "network root" },
	{ LIVE_BOOT, "nfsopts=ro", NO_DISK, CARRIES },
	{ LIVE_BOOT, "ip=frommedia", READ, "network" },
	{ LIVE_BOOT, "live-media=/dev/b", READ, "path /dev/b; " },
	{ LIVE_BOOT, "live-media=removable-usb", ELSEWHERE,
	  "the disk is mounted when the late stage runs" },
	{ LIVE_BOOT, "bootfrom=LABEL=a", READ, "label a; " },
	{ LIVE_BOOT, "fromiso=/dev/b1/live/a.iso", READ, "path /dev/b1; " },
	{ LIVE_BOOT, "fromiso=/dev/disk/by-label/a/live/a.iso", READ,
	  "path /dev/disk/by-label/a; " },
	{ LIVE_BOOT, "fromiso=/dev/mapper/a/a.iso", READ, "path /dev/mapper/a; " },
	{ LIVE_BOOT, "findiso=/live/a.iso", ELSEWHERE,
	  "the disk is mounted when the late stage runs" },
	{ LIVE_BOOT, "todisk=/dev/b", READ, "path /dev/b; " },
	{ LIVE_BOOT, "persistence persistence-label=a persistence-media=removable",
	  ELSEWHERE, "the disk is mounted when the late stage runs" },
	{ LIVE_BOOT, "toram live-media-path=/live module=a", NO_DISK,
	  "a path on the medium" },
	{ LIVE_BOOT, "swap=true", ELSEWHERE, "swap in use counts" },
	{ LIVE_BOOT, "dm-verity-root-hash=a:b", NO_DISK, "a file on the medium" },
};

#define ROOT "root path x; "

/* What the line has besides root=x, which is read after all others but resume=. */
static void describe(const char *text, char *words, size_t size)
{
	struct devspecs devspecs = { 0 };
	struct cmdline cmdline;
	char line[512], *root;

	snprintf(line, sizeof(line), "root=x %s", text);
	expect_number(text, cmdline_split(line, &cmdline), 0);
	expect_number(text, devspecs_add_cmdline(&devspecs, &cmdline), 0);
	devspecs_describe(&devspecs, words, size);
	root = strstr(words, ROOT);
	if (root)
		memmove(root, root + strlen(ROOT), strlen(root + strlen(ROOT)) + 1);
	cmdline_free(&cmdline);
	devspecs_free(&devspecs);
}

START_TEST(knows_names)
{
	char words[512];

	describe(names[_i].text, words, sizeof(words));
	expect_text(names[_i].text, words,
		    names[_i].verdict == READ ? names[_i].words : "");
	expect(names[_i].page, names[_i].words && names[_i].page[0]);
}

/* The columns of the tables: fstab(5), crypttab(5), veritytab(5), integritytab(5). */
static const struct {
	const char *table;
	const char *text;
	const char *words;
} tables[] = {
	{ "crypttab", "c UUID=1 none luks\n", "uuid 1; " },
	{ "crypttab", "c UUID=1 /key:UUID=2 luks\n", "uuid 1; uuid 2; " },
	{ "crypttab", "c UUID=1 /dev/disk/by-id/usb-a-0:0 luks\n",
	  "uuid 1; path /dev/disk/by-id/usb-a-0:0; " },
	{ "crypttab", "c UUID=1 /dev/b:/key luks,keyscript=passdev\n",
	  "uuid 1; path /dev/b; " },
	{ "crypttab", "c UUID=1 /dev/disk/by-id/usb-a-0:0:/key:5 keyscript=passdev\n",
	  "uuid 1; path /dev/disk/by-id/usb-a-0:0; " },
	{ "crypttab", "c UUID=1 /dev/urandom swap\n", "uuid 1; " },
	{ "crypttab", "c UUID=1 other keyscript=decrypt_derived\n", "uuid 1; " },
	{ "crypttab", "c /dev/a - header=/dev/b\n", "path /dev/a; path /dev/b; " },
	{ "crypttab", "c /dev/a - header=/h:LABEL=b\n", "path /dev/a; label b; " },
	{ "crypttab", "c /dev/a - header=/etc/h\n", "path /dev/a; " },
	{ "crypttab", "c UUID=1 none luks,nofail\n", "optional uuid 1; " },
	{ "crypttab", "c UUID=1 none luks,_netdev\n", "optional uuid 1; " },
	{ "crypttab", "c UUID=1 /key:UUID=2 noauto\n", "" },
	{ "veritytab", "v /dev/a /dev/b 12ab\n", "path /dev/a; path /dev/b; " },
	{ "veritytab", "v PARTUUID=1 PARTUUID=2 12ab fec-device=UUID=3\n",
	  "partuuid 1; partuuid 2; uuid 3; " },
	{ "veritytab", "v UUID=1 UUID=2 12ab _netdev,noauto\n", "" },
	{ "integritytab", "i UUID=1 - data-device=/dev/b,allow-discards\n",
	  "uuid 1; path /dev/b; " },
	{ "integritytab", "i UUID=1 /etc/key nofail\n", "optional uuid 1; " },
	{ "fstab", "/dev/zvol/tank/home /home ext4\n", "pool tank; " },
	{ "fstab", "host /mnt virtiofs\n", "tag host; " },
	{ "fstab", "host /mnt 9p trans=virtio\n", "tag host; " },
	{ "fstab", "/x /y none bind,x-systemd.requires=/dev/b\n", "path /dev/b; " },
	{ "fstab", "/x /y none bind,x-systemd.requires=a.service\n", "" },
	{ "fstab", "/dev/mapper/m /y ext4\n", "uuid 5; uuid 6; uuid 7; " },
	{ "fstab", "UUID=1 /y ext4 journal_dev=0x10301\n", "uuid 1; number 259:1; " },
	{ "fstab", "uuid=1 /y ext4\n", "uuid 1; " },
};

#define LATER "m UUID=5 /key:UUID=6 noauto,header=/h:UUID=7\n"

static int add_table(struct devspecs *devspecs, const char *table, const char *text)
{
	if (strcmp(table, "fstab") == 0)
		return devspecs_add_fstab(devspecs, text, LATER);
	if (strcmp(table, "veritytab") == 0)
		return devspecs_add_volumes(devspecs, VERITYTAB, text);
	return devspecs_add_volumes(
		devspecs, strcmp(table, "crypttab") == 0 ? CRYPTTAB : INTEGRITYTAB, text);
}

START_TEST(knows_tables)
{
	struct devspecs devspecs = { 0 };
	char words[512];

	expect_number(tables[_i].text,
		      add_table(&devspecs, tables[_i].table, tables[_i].text), 0);
	devspecs_describe(&devspecs, words, sizeof(words));
	expect_text(tables[_i].text, words, tables[_i].words);
	devspecs_free(&devspecs);
}

int main(void)
{
	TCase *tcase = tcase_create("names");

	add_rows(tcase, knows_names, names);
	add_rows(tcase, knows_tables, tables);
	return unit_run(tcase);
}
