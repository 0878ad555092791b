/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump/internal.h"
#include "lib/lib.h"
#include "unit.h"

/* The text of the machine "myhost" after that; freed by the caller. */
static char *redact(redact_file *put_redacted, const char *text)
{
	struct redaction redaction = { .host_name = "myhost" };
	struct text_file redacted;
	FILE *file = text_file_open(&redacted);

	put_redacted(&redaction, file, text);
	redact_close(&redaction);
	return text_file_close(&redacted);
}

/*
 * Forms of secrets and names that the pages document, with SECRET in their place. Each is
 * tried on a command line, in GRUB's defaults, in a boot entry and in the configuration.
 */
static const struct {
	const char *page, *text;
} forms[] = {
	/* -- root disks -- */
	{ "dracut.cmdline(7)", "root=/dev/SECRET/LogVol00" },
	{ "dracut.cmdline(7)", "root=LABEL=SECRET" },
	{ "dracut.cmdline(7)", "root=LABEL=SECRET/x" },
	{ "dracut.cmdline(7)", "root=/dev/disk/by-label/SECRET" },
	{ "dracut.cmdline(7)", "root=PARTLABEL=SECRET" },
	{ "dracut.cmdline(7)",
	  "root=/dev/disk/by-path/ip-SECRET:3260-iscsi-SECRET-lun-1-part1" },
	{ "dracut.cmdline(7)", "rootflags=subvol=SECRET,device=/dev/mapper/SECRET-a" },
	{ "dracut.cmdline(7)", "rd.fstab=0 resume=/dev/SECRET-vg/swap" },
	{ "dracut.cmdline(7)",
	  "rd.lvm.vg=SECRET rd.lvm.lv=SECRET/root rd.lvm.snapsize=4" },
	{ "dracut.cmdline(7)",
	  "rd.luks.name=6fae2b32=SECRET rd.luks.options=key=SECRET" },
	{ "dracut.cmdline(7)", "rd.luks.uuid=SECRET rd.luks.allow-discards=SECRET" },
	{ "dracut.cmdline(7)", "rd.luks.key=/SECRET/bar.key:UUID=SECRET:SECRET" },
	{ "dracut.cmdline(7)", "rd.luks.serial=SECRET rd.luks.key.tout=5" },
	{ "dracut.cmdline(7)", "rd.md.uuid=SECRET rd.dm=0" },
	{ "dracut.cmdline(7)",
	  "rd.dasd=0.0.SECRET,readonly=X rd.zfcp=0.0.4000,SECRET,0x5022" },
	{ "dracut.cmdline(7)", "rd.znet=qeth,SECRET,layer2=1 rd.znet_ifname=SECRET:0.0" },
	{ "dracut.cmdline(7)", "rd.overlay=LABEL=SECRET rd.live.dir=/SECRET" },
	{ "dracut.cmdline(7)", "root=live:CDLABEL=SECRET" },
	{ "dracut.cmdline(7)", "root=live:http://SECRET:SECRET@SECRET/SECRET.iso" },
	{ "crypttab(5), systemd-cryptsetup-generator(8)",
	  "luks.name=6fae=SECRET luks.key=6fae=/SECRET:LABEL=SECRET luks.options=6fae=SECRET" },
	{ "cryptsetup's README.initramfs",
	  "cryptopts=target=SECRET,source=/dev/SECRET/x,lvm=SECRET" },
	{ "ArchWiki, dm-crypt", "cryptdevice=UUID=6fae:SECRET:allow-discards" },
	{ "ArchWiki, dm-crypt",
	  "cryptdevice=/dev/SECRET/x:SECRET cryptkey=/dev/x:ext4:/SECRET" },
	{ "Anaconda", "rd.lvm.lv=fedora_SECRET/root rd.lvm.lv=rhel_SECRET/swap" },
	{ "Anaconda",
	  "root=/dev/mapper/fedora_SECRET-root resume=/dev/mapper/rhel_SECRET-swap" },
	{ "Debian's installer", "root=/dev/mapper/SECRET--vg-root" },
	{ "dracut's 90zfs", "root=zfs:SECRET/ROOT/debian" },
	{ "dracut's 90zfs", "root=ZFS=SECRET/ROOT/debian@SECRET" },
	{ "zfs-initramfs", "root=ZFS=SECRET/SECRET zfs=SECRET bootfs=SECRET/ROOT/x" },
	{ "Documentation/admin-guide/md.rst", "md=d0,/dev/SECRET,/dev/SECRET" },
	{ "lvmraid", "md=SECRET raid=noautodetect" },
	/* -- the network -- */
	{ "dracut.cmdline(7)", "ip=SECRET::SECRET:255.255.255.0:SECRET:eth0:off" },
	{ "dracut.cmdline(7)", "ip=eth0:dhcp:1500:SECRET ip=SECRET:dhcp" },
	{ "dracut.cmdline(7)", "ip=[SECRET]::[fe80::1]:64:SECRET:enxSECRET:none" },
	{ "dracut.cmdline(7)",
	  "ifname=SECRET:52:54:00:12:34:56 bootdev=SECRET BOOTIF=SECRET" },
	{ "dracut.cmdline(7)", "rd.route=SECRET/24:SECRET:ens10 nameserver=SECRET" },
	{ "dracut.cmdline(7)",
	  "bridge=SECRET:eth0 bond=SECRET:eth0:mode=x vlan=SECRET:eth0" },
	{ "dracut.cmdline(7)", "team=SECRET:eth0 rd.net.dhcp.vendor-class=SECRET" },
	{ "dracut.cmdline(7), NFS", "root=SECRET:/SECRET,SECRET" },
	{ "dracut.cmdline(7), NFS", "root=nfs:SECRET:/SECRET:rw" },
	{ "dracut.cmdline(7), NFS", "root=nfs4:SECRET:/SECRET:rw rd.nfs.domain=SECRET" },
	{ "dracut.cmdline(7), NFS", "root=/dev/nfs nfsroot=SECRET:/SECRET,SECRET" },
	{ "dracut.cmdline(7), NFS", "root=dhcp netroot=nfs:SECRET:/x" },
	{ "Documentation/admin-guide/nfs/nfsroot.rst",
	  "nfsroot=10.0.0.1:/SECRET,vers=3 ip=10.0.0.2:SECRET:::SECRET::on:SECRET:SECRET" },
	{ "Documentation/admin-guide/nfs/nfsroot.rst", "nfs.nfs4_unique_id=SECRET" },
	{ "dracut.cmdline(7), CIFS", "root=cifs://SECRET:SECRET@SECRET/SECRET" },
	{ "dracut.cmdline(7), CIFS",
	  "netroot=cifs:SECRET:SECRET@SECRET:/x cifsuser=SECRET" },
	{ "dracut.cmdline(7), CIFS", "cifspass=SECRET" },
	{ "Documentation/admin-guide/cifs/usage.rst",
	  "root=/dev/cifs cifsroot=//SECRET/SECRET,username=SECRET,password=SECRET" },
	{ "dracut.cmdline(7), iSCSI",
	  "netroot=iscsi:SECRET:SECRET@192.0.2.7::3260:1:iqn.2009-06.SECRET:target0" },
	{ "dracut.cmdline(7), iSCSI",
	  "root=iscsi:SECRET:SECRET:SECRET:SECRET@192.0.2.7::::iqn.SECRET" },
	{ "dracut.cmdline(7), iSCSI", "netroot=iscsi:@SECRET::3260::SECRET" },
	{ "dracut.cmdline(7), iSCSI", "netroot=iscsi: rd.iscsi.initiator=iqn.SECRET" },
	{ "dracut.cmdline(7), iSCSI",
	  "rd.iscsi.target.name=SECRET rd.iscsi.target.ip=SECRET" },
	{ "dracut.cmdline(7), iSCSI",
	  "rd.iscsi.target.port=SECRET rd.iscsi.target.group=SECRET" },
	{ "dracut.cmdline(7), iSCSI",
	  "rd.iscsi.username=SECRET rd.iscsi.password=SECRET" },
	{ "dracut.cmdline(7), iSCSI",
	  "rd.iscsi.in.username=SECRET rd.iscsi.in.password=SECRET" },
	{ "dracut.cmdline(7), iSCSI",
	  "rd.iscsi.param=node.session.auth.password=SECRET" },
	{ "dracut.cmdline(7), iSCSI", "iscsi_initiator=SECRET iscsi_target_name=SECRET" },
	{ "open-iscsi's README.Debian",
	  "ISCSI_INITIATOR=SECRET ISCSI_TARGET_NAME=SECRET ISCSI_TARGET_IP=SECRET" },
	{ "open-iscsi's README.Debian", "ISCSI_USERNAME=SECRET ISCSI_PASSWORD=SECRET" },
	{ "open-iscsi's README.Debian", "iscsi_in_password=SECRET iscsi_auto=SECRET" },
	{ "dracut.cmdline(7), FCoE", "fcoe=SECRET:nodcb fcoe=edd:SECRET" },
	{ "dracut.cmdline(7), NVMf", "rd.nvmf.hostnqn=SECRET rd.nvmf.hostid=SECRET" },
	{ "dracut.cmdline(7), NVMf", "rd.nvmf.discover=tcp,SECRET,SECRET,4420" },
	{ "dracut.cmdline(7), NBD", "root=nbd:SECRET:2000:ext3:ro:SECRET" },
	{ "dracut.cmdline(7), NBD", "netroot=nbd:SECRET:SECRET rd.nbd.x=SECRET" },
	{ "nbd-client's README.Debian", "nbdroot=SECRET,SECRET,nbd0 root=/dev/nbd0" },
	{ "kernel-parameters.txt", "netdev=SECRET nfsaddrs=SECRET" },
	{ "initramfs-tools(7)", "BOOTIF=01-52-54-00-12-34-56 ip=::::SECRET" },
	{ "dropbear-initramfs", "dropbear=SECRET rd.ssh.password=SECRET" },
	{ "clevis", "rd.neednet=1 clevis.tang=SECRET tang=SECRET" },
	{ "virtiofs", "root=virtiofs:SECRET" },
	{ "9p", "root=SECRET rootfstype=9p rootflags=trans=virtio,aname=SECRET" },
	{ "mkosi, systemd", "rootfstype=virtiofs root=SECRET" },
	{ "Ceph", "root=SECRET:/SECRET rootflags=name=SECRET,secret=SECRET" },
	/* -- systemd -- */
	{ "kernel-command-line(7)", "systemd.hostname=SECRET systemd.machine_id=SECRET" },
	{ "systemd.exec(5)",
	  "systemd.set_credential=passwd.plaintext-password.root:SECRET" },
	{ "systemd.exec(5)",
	  "systemd.set_credential_binary=x:SECRET== systemd.setenv=X=SECRET" },
	{ "systemd-run-generator(8)", "systemd.run=\"/bin/SECRET --password=SECRET\"" },
	{ "systemd-fstab-generator(8)",
	  "systemd.mount-extra=//SECRET/x:/mnt:cifs:password=SECRET" },
	{ "systemd-fstab-generator(8)",
	  "mount.usr=/dev/SECRET/usr mount.usrflags=subvol=SECRET" },
	{ "systemd-veritysetup-generator(8)", "roothash=SECRET usrhash=SECRET" },
	{ "systemd.unit", "systemd.unit=SECRET.target systemd.wants=SECRET.service" },
	{ "init", "init=/home/SECRET/init" },
	/* -- installers -- */
	{ "Anaconda's boot options", "inst.ks=http://SECRET:SECRET@SECRET/ks.cfg" },
	{ "Anaconda's boot options",
	  "inst.repo=https://SECRET:SECRET@SECRET/x inst.stage2=SECRET" },
	{ "Anaconda's boot options",
	  "inst.vncpassword=SECRET inst.vncconnect=SECRET:5900" },
	{ "Anaconda's boot options",
	  "inst.rdp.username=SECRET inst.rdp.password=SECRET" },
	{ "Anaconda's boot options",
	  "inst.proxy=http://SECRET:SECRET@SECRET:3128 inst.sshpw=SECRET" },
	{ "Anaconda's boot options",
	  "inst.addrepo=SECRET,SECRET inst.updates=SECRET inst.dd=SECRET" },
	{ "Anaconda's boot options", "ks=SECRET ks.sendmac inst.syslog=SECRET:514" },
	{ "cloud-init, NoCloud",
	  "ds=nocloud-net;s=http://SECRET:SECRET@SECRET/;h=SECRET" },
	{ "cloud-init, NoCloud", "ds=nocloud;i=SECRET;h=SECRET" },
	{ "cloud-init, kernel command line",
	  "cloud-config-url=http://SECRET:SECRET@SECRET/x" },
	{ "cloud-init, kernel command line",
	  "cc: chpasswd: {list: [root:SECRET], user: SECRET} end_cc" },
	{ "cloud-init, kernel command line",
	  "network-config=SECRET== ci.datasource=SECRET" },
	{ "Ubuntu's autoinstall", "autoinstall url=http://SECRET:SECRET@SECRET/x.iso" },
	{ "Debian's installer",
	  "preseed/url=http://SECRET/x passwd/root-password=SECRET" },
	{ "Debian's installer",
	  "hostname=SECRET domain=SECRET passwd/user-fullname=\"SECRET SECRET\"" },
	{ "Debian's installer", "netcfg/get_hostname=SECRET netcfg/wireless_wep=SECRET" },
	{ "live-config(7)",
	  "live-config.hostname=SECRET username=SECRET user-fullname=SECRET" },
	{ "live-boot(7)",
	  "fetch=http://SECRET:SECRET@SECRET/x httpfs=SECRET ftpfs=SECRET" },
	{ "live-boot(7)", "findiso=/SECRET persistence-label=SECRET netboot=nfs" },
	{ "Ignition, Afterburn",
	  "ignition.config.url=http://SECRET/x coreos.inst.install_dev=SECRET" },
	/* -- anything else -- */
	{ "nothing documents it", "/SECRET SECRET:1" },
	{ "nothing documents it", "acme.password=SECRET SECRET.key=1 quiet" },
	{ "nothing documents it", "acme.token=\"SECRET 1 quiet SECRET\"" },
	{ "the kernel's quoting",
	  "\"rd.luks.key=quiet SECRET\" rd.iscsi.password=\"SECRET 5\"" },
	{ "the kernel's quoting", "rd.iscsi.password=a'SECRET" },
	{ "a comment", "# SECRET password=SECRET" },
	{ "a URL", "https://SECRET:SECRET@SECRET" },
};

static const struct {
	const char *name, *before, *after;
	redact_file *put_redacted;
} places[] = {
	{ "command line", "", "\n", redact_put_cmdline },
	{ "GRUB's defaults", "GRUB_CMDLINE_LINUX=\"ro ", " quiet\"\n", redact_put_shell },
	{ "GRUB's defaults, single quotes", "GRUB_CMDLINE_LINUX_DEFAULT='", "'\n",
	  redact_put_shell },
	{ "dracut.conf", "kernel_cmdline+=\" ", " \"\n", redact_put_shell },
	{ "boot entry", "options ", "\n", redact_put_entry },
	{ "configuration", "", "\n", redact_put_shell },
	{ "modules", "", "\n", redact_put_modules },
};

START_TEST(hides_secrets)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *text = NULL;
		_cleanup_free_ char *redacted = NULL;

		ck_assert_int_gt(asprintf(&text, "%s%s%s", places[i].before,
					  forms[_i].text, places[i].after),
				 0);
		redacted = redact(places[i].put_redacted, text);
		expect_msg(!strcasestr(redacted, "SECRET"), "%s, %s: %s\nbecomes %s",
			   forms[_i].page, places[i].name, text, redacted);
		expect("the line ends",
		       strchr(redacted, '\n') == redacted + strlen(redacted) - 1);
	}
}

#define UUID_A "0b1c2d3e-1111-2222-3333-44445555666a"
#define FIRST  "00000000-0000-0000-0000-000000000001"

/* What the program evaluates survives. */
static const struct {
	redact_file *put_redacted;
	const char *text, *redacted; /* NULL: the same */
} texts[] = {
	{ redact_put_cmdline, "", NULL },
	{ redact_put_cmdline, "BOOT_IMAGE=/boot/vmlinuz-6.12.0-amd64 ro quiet splash",
	  NULL },
	{ redact_put_cmdline, "BOOT_IMAGE=(hd0,gpt2)/vmlinuz-6.1 rhgb single s 1 -b",
	  NULL },
	{ redact_put_cmdline, "passthru.ids=1002:67df@0000:0b:00.0,10de:*! passthru.off",
	  NULL },
	{ redact_put_cmdline, "passthru.addrs=00:08.1/00.0 passthru.ids=1002:67dg",
	  NULL },
	{ redact_put_cmdline, "vfio-pci.ids=10de:13c2:1043:8747:030000:ffff00", NULL },
	{ redact_put_cmdline, "intel_iommu=on,sm_on amd_iommu=on iommu=pt iommu.strict=0",
	  NULL },
	{ redact_put_cmdline, "pci=noaer,nommconf pcie_acs_override=downstream", NULL },
	{ redact_put_cmdline, "module_blacklist=nouveau rd.driver.pre=vfio-pci", NULL },
	{ redact_put_cmdline, "video=efifb:off console=ttyS0,115200n8 console=tty0",
	  NULL },
	{ redact_put_cmdline, "root=UUID=" UUID_A " resume=UUID=" UUID_A,
	  "root=UUID=" FIRST " resume=UUID=" FIRST },
	{ redact_put_cmdline, "root=UUID=1B2C-3D4E", "root=UUID=0000-0001" },
	{ redact_put_cmdline,
	  "root=/dev/nvme0n1p2 resume=/dev/sda3 root=/dev/dm-0 root=8:2", NULL },
	{ redact_put_cmdline, "root=PARTUUID=abcd-02/PARTNROFF=1",
	  "root=PARTUUID=name1" },
	{ redact_put_cmdline, "root=/dev/sda:/dev/mapper/a-b",
	  "root=/dev/sda:/dev/mapper/name1-name2" },
	{ redact_put_cmdline, "root=gpt-auto root=/dev/nfs root=dhcp rootfstype=ext4",
	  NULL },
	{ redact_put_cmdline, "root=nfs:server:/path root=server:/path root=/dev/nbd0",
	  "root=nfs:name1 root=name1: root=/dev/nbd0" },
	{ redact_put_cmdline, "root=live:UUID=1b2c root=zfs:AUTO root=ZFS=tank/ROOT/deb",
	  "root=live:UUID=0001 root=zfs:AUTO root=ZFS=name2/ROOT/name3" },
	/* equal names stay equal, in each of their forms */
	{ redact_put_cmdline,
	  "root=/dev/mapper/my--vg-data rd.lvm.lv=my-vg/data mount.usr=/dev/my-vg/data rd.lvm.vg=my-vg",
	  "root=/dev/mapper/name1-name2 rd.lvm.lv=name1/name2 mount.usr=/dev/name1/name2 rd.lvm.vg=name1" },
	{ redact_put_cmdline,
	  "root=/dev/mapper/luks-" UUID_A " rd.luks.uuid=luks-" UUID_A
	  " luks.uuid=" UUID_A,
	  "root=/dev/mapper/luks-" FIRST " rd.luks.uuid=luks-" FIRST
	  " luks.uuid=" FIRST },
	{ redact_put_cmdline, "rd.luks.name=" UUID_A "=cr root=/dev/mapper/cr",
	  "rd.luks.name=" FIRST "=name2 root=/dev/mapper/name2" },
	{ redact_put_cmdline,
	  "rd.md.uuid=0b1c2d3e:11112222:33334444:5555666a root=UUID=" UUID_A,
	  "rd.md.uuid=00000000:00000000:00000000:00000001 root=UUID=" FIRST },
	{ redact_put_cmdline, "cryptdevice=/dev/disk/by-id/nvme-Disk_SERIAL-part3:root",
	  "cryptdevice=/dev/disk/by-id/name1-part3:root" },
	{ redact_put_cmdline,
	  "ip=10.0.0.2::10.0.0.1:255.255.255.0:host:enp3s0:off ip=dhcp",
	  "ip=name1::name2:name3:name4:enp3s0:off ip=dhcp" },
	{ redact_put_cmdline,
	  "netroot=iscsi:u:p@192.0.2.1::::iqn nfsroot=auto ip=off ip=",
	  "netroot=iscsi:name1 nfsroot=name2 ip=off ip=" },
	{ redact_put_cmdline,
	  "init=/bin/bash systemd.unit=rescue.target init=/usr/lib/systemd/systemd",
	  "init=/bash systemd.unit=rescue.target init=/systemd" },
	{ redact_put_cmdline, "init=/opt/mine", "init=/removed" },
	{ redact_put_cmdline, "hugepages=16 mem=4G isolcpus=2-5,8 mitigations=off,nosmt",
	  NULL },
	{ redact_put_cmdline, "kvm.ignore_msrs=1 nvidia-drm.modeset=1 i915.enable_gvt=1",
	  NULL },
	{ redact_put_cmdline,
	  "passthru.profile=myhost initrd=\\0b1c2d3e111122223333444455556666\\i",
	  "passthru.profile=name1 initrd=\\00000000000000000000000000000002\\i" },
	{ redact_put_cmdline, "rd.iscsi.password=1 rd.luks.key=12",
	  "rd.iscsi.password=removed rd.luks.key=removed" },
	{ redact_put_cmdline, "foo bar=baz foo", "name1 name2=removed name1" },
	{ redact_put_cmdline, "\"rd.luks.key=a b\" quiet",
	  "\"rd.luks.key=removed\" quiet" },
	{ redact_put_cmdline, "rd.luks.key=\"a b\" quiet",
	  "rd.luks.key=\"removed\" quiet" },
	/* a script whose name says what it does */
	{ redact_put_modules, "install vfio-pci /root/vfio-bind.sh\n",
	  "install vfio-pci name1-vfio\n" },
	{ redact_put_modules, "options vfio-pci ids=1002:67df,1002:aaf0 disable_vga=1\n",
	  NULL },
	{ redact_put_modules, "options vfio-pci ids=1002:67df, 1002:aaf0\n", NULL },
	{ redact_put_modules, "options vfio-pci ids=1002:67dg\n", NULL },
	{ redact_put_modules, "softdep amdgpu pre: vfio-pci\nblacklist nouveau\n", NULL },
	{ redact_put_modules, "install nouveau /bin/false\nalias nouveau off\n", NULL },
	{ redact_put_modules, "alias pci:v00001002d000067DFsv* vfio-pci\n", NULL },
	{ redact_put_modules, "# why\n\nvfio_pci ids=1002:67df\nlp\n",
	  "#\n\nvfio_pci ids=1002:67df\nlp\n" },
	{ redact_put_modules, "vfio-pci.ids=1002:67df\n", NULL },
	{ redact_put_modules, "options acme key=abc name=\"a b\"\n",
	  "options acme key=removed name=removed removed\n" },
	{ redact_put_shell,
	  "GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nexport GRUB_COLOR_NORMAL=x\n",
	  "GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nexport GRUB_COLOR_NORMAL=removed\n" },
	{ redact_put_shell,
	  "GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`\n", NULL },
	{ redact_put_shell, "GRUB_CMDLINE_LINUX+=\" vfio-pci.ids=1002:67df,1002:aaf0\"\n",
	  NULL },
	{ redact_put_shell, "GRUB_CMDLINE_LINUX=\"a \\\n quiet\"\n",
	  "GRUB_CMDLINE_LINUX=\"name1 \\\n quiet\"\n" },
	{ redact_put_shell, "add_drivers+=\" vfio vfio_pci \"\nMODULES=(vfio_pci acme)\n",
	  NULL },
	{ redact_put_shell, "acme=x\nHOOKS=(base udev vfio)\nMODULES=most\n",
	  "name1=removed\nHOOKS=(base udev vfio)\nMODULES=most\n" },
	{ redact_put_shell, "IP=10.0.0.1::::myhost:eth0:off\nBOOT=nfs\nNFSROOT=auto\n",
	  "IP=name1::::name2:eth0:off\nBOOT=nfs\nNFSROOT=name3\n" },
	{ redact_put_shell, "RESUME=UUID=1b2c\n", "RESUME=UUID=0001\n" },
	{ redact_put_shell, "passthru.addrs=0b:00.0 # 0000:0b:00.0 Bob's card\n",
	  "passthru.addrs=0b:00.0 # 0000:0b:00.0 name1's name2\n" },
	{ redact_put_entry,
	  "# a\ntitle Debian GNU/Linux 13 (trixie)\nversion 6.12.0-amd64\n",
	  "#\ntitle Debian GNU/Linux 13 (trixie)\nversion 6.12.0-amd64\n" },
	{ redact_put_entry,
	  "title Bob\nlinux /vmlinuz-6.1\noptions root=UUID=1b2c quiet\n",
	  "title name1\nlinux /vmlinuz-6.1\noptions root=UUID=0002 quiet\n" },
	{ redact_put_entry,
	  "linux /0b1c2d3e111122223333444455556666/6.1/linux\ngrub_users bob\n",
	  "linux /00000000000000000000000000000001/6.1/linux\ngrub_users name2\n" },
	{ redact_put_line, "52:54:00:12:34:56 0000:0b:00.0 6.1-myhost notmyhost",
	  "00:00:00:00:00:01 0000:0b:00.0 6.1-name2 notmyhost" },
};

START_TEST(keeps_what_is_understood)
{
	_cleanup_free_ char *redacted = redact(texts[_i].put_redacted, texts[_i].text);

	expect_text(texts[_i].text, redacted,
		    texts[_i].redacted ? texts[_i].redacted : texts[_i].text);
}

int main(void)
{
	TCase *tcase = tcase_create("redact_text");

	add_rows(tcase, hides_secrets, forms);
	add_rows(tcase, keeps_what_is_understood, texts);
	return unit_run(tcase);
}
