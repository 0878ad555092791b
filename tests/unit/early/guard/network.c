/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "disks.h"
#include "guard/guard.h"
#include "machine.h"

/* An interface matters only if the boot needs the network, whatever bus it is on. */
static const struct {
	const char *cmdline;
	const char *flags;
	bool is_late;
	const char *words;
	const char *sign; /* a file in the image, and what is in it */
	const char *content;
	const char *interface;
	const char *machine;
} cards[] = {
	{ "root=/dev/a2", "0x1003", false, "3 claimed; " },
	{ "root=/dev/nfs", "0x1003", false, "3 root-unknown; " },
	{ "root=/dev/nfs", "0x1003", true, "3 root-network - root=/dev/nfs; " },
	{ "root=/dev/nfs", "0x1002", true, "3 claimed; " },
	{ "root=/dev/nowhere", "0x1003", true, "3 claimed; " },
	{ "netroot=iscsi:x root=/dev/c", "0x1003", true,
	  "3 root-network - netroot=iscsi:x; " },
	/* an iSCSI disk is remote by its sysfs path */
	{ "root=UUID=7", "0x1003", true, "3 root-network - a remote disk; " },
	/* signs in the image: the early stage defers */
	{ "root=UUID=22-22 ip=dhcp rd.neednet=1", "0x1003", false, "3 root-unknown; " },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ", "etc/iscsi.initramfs",
	  "ISCSI_INITIATOR=x\n" },
	{ "root=UUID=22-22", "0x1003", true, "3 root-network - etc/iscsi.initramfs; ",
	  "etc/iscsi.initramfs", "ISCSI_INITIATOR=x\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ",
	  "sys/firmware/acpi/tables/IBFT", "" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ",
	  "sys/firmware/acpi/tables/NBFT", "" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ",
	  "usr/bin/clevis-decrypt-tang", "" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ", "usr/sbin/dropbear",
	  "" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ",
	  "lib/mandos/plugin-runner", "" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ",
	  "usr/sbin/wpa_supplicant", "" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ",
	  "etc/systemd/network/20-lan.network", "[Network]\nDHCP=yes\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 claimed; ",
	  "etc/systemd/network/99-default.link", "" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ",
	  "etc/NetworkManager/system-connections/lan.nmconnection", "" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ", "etc/cmdline",
	  "ip=dhcp\n" },
	{ "boot=live fetch=http://10.0.0.1/x", "0x1003", false, "3 root-unknown; " },
	{ "boot=live netboot", "0x1003", false, "3 root-unknown; " },
	{ "boot=live BOOTIF=01-52-54-00-12-34-56", "0x1003", false, "3 root-unknown; " },
	{ "boot=live", "0x1003", false, "3 claimed; " },
	{ "boot=http", "0x1003", false, "3 root-unknown; " },
	{ "root=UUID=22-22 mount.usr=10.0.0.1:/usr", "0x1003", false,
	  "3 root-unknown; " },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ", "conf/initramfs.conf",
	  "# BOOT=local\nBOOT=nfs\n" },
	{ "", "0x1003", true, "3 root-network - BOOT=nfs; ", "conf/conf.d/nfs",
	  "BOOT=\"nfs\"\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ", "conf/conf.d/ip",
	  "IP=dhcp\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 claimed; ", "conf/initramfs.conf",
	  "# BOOT=nfs\nBOOT=local\nIP=\nNFSROOT=auto\n" },
	/* initramfs-tools reads them with sh */
	{ "root=UUID=22-22", "0x1003", false, "3 claimed; ", "conf/initramfs.conf",
	  "BOOT=\"local\"\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 claimed; ", "conf/initramfs.conf",
	  "BOOT='local'\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 claimed; ", "conf/initramfs.conf",
	  "  export BOOT='lo'cal IP='off' # BOOT=nfs\nNFSROOT=au\\\nto;\n" },
	{ "", "0x1003", true, "3 root-network - BOOT=nfs; ", "conf/initramfs.conf",
	  "IP=off BOOT='nfs'\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ", "conf/initramfs.conf",
	  "BOOT=$WHERE\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ",
	  "etc/cmdline.d/40-network.conf", "ip=dhcp rd.neednet=1\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ", "etc/passthru/fstab",
	  "10.0.0.1:/usr /usr nfs defaults 0 0\n" },
	/* the interface of a virtio device, of a USB controller */
	{ "root=/dev/nfs", "0x1003", true, "3 root-network - root=/dev/nfs; ", NULL, NULL,
	  "pci0000:00/0000:03:00.0/virtio0/net/eth0" },
	{ "root=/dev/nfs", "0x1003", true, "3 root-network - root=/dev/nfs; ", NULL, NULL,
	  "pci0000:00/0000:03:00.0/usb1/1-1/1-1:1.0/net/eth0",
	  "03:00.0 8086:1533 0c0330 3 xhci_hcd\n" },
	{ "root=/dev/nfs", "0x1002", true, "3 claimed; ", NULL, NULL,
	  "pci0000:00/0000:03:00.0/usb1/1-1/1-1:1.0/net/eth0",
	  "03:00.0 8086:1533 0c0330 3 xhci_hcd\n" },
	{ "root=/dev/nfs", "0x1003", true, "3 claimed; ", NULL, NULL,
	  "pci0000:00/0000:04:00.0/net/eth0" },
};

START_TEST(guards_network_cards)
{
	const char *interface = cards[_i].interface;
	struct situation situation;
	char words[64], text[256];

	if (!interface)
		interface = "pci0000:00/0000:03:00.0/net/eth0";
	put_disks(PAIR "c platform/host3/session1/target3 type=ext4 uuid=7\n");
	put_file(&disks_root, "proc/self/mountinfo",
		 cards[_i].is_late ? SYSROOT : INITRAMFS);
	snprintf(text, sizeof(text), "sys/devices/%s/flags", interface);
	put_file(&disks_root, text, cards[_i].flags);
	snprintf(text, sizeof(text), "../../devices/%s", interface);
	put_link(&disks_root, "sys/class/net/eth0", text);
	if (cards[_i].sign)
		put_file(&disks_root, cards[_i].sign, cards[_i].content);
	snprintf(text, sizeof(text), "passthru.ids=8086:1533 %s", cards[_i].cmdline);
	situation_make(cards[_i].machine ? cards[_i].machine
					 : "03:00.0 8086:1533 020000 3 igb\n",
		       text, &situation);
	guard_disks(disks_root.fd, &situation.params.cmdline,
		    cards[_i].is_late ? DISK_MOMENT_LATE : DISK_MOMENT_EARLY, 0,
		    &situation.result.plan);
	situation_claim(&situation);
	disks_describe(&situation.result.plan, words, sizeof(words));
	expect_text(text, words, cards[_i].words);
	situation_free(&situation);
}

/*
 * ipconfig of klibc and other tools bring up every card, but configure only one. eth0 is
 * on 03:00.0, eth1 on 04:00.0; both are up.
 */
#define HEADING "Iface\tDestination\tGateway\n"

static const struct {
	const char *name;
	const char *route;
	const char *ipv6_route;
	const char *upper; /* a file that is a link in reality */
	const char *words;
} routes[] = {
	{ "none", HEADING, "", NULL, "3 root-network; 4 root-network; " },
	{ "no files", NULL, NULL, NULL, "3 root-network; 4 root-network; " },
	{ "IPv4", HEADING "eth0\t00000000\t0202000A\n", "", NULL,
	  "3 root-network; 4 claimed; " },
	{ "IPv6", HEADING,
	  "fe800000000000000000000000000000 40 x eth0\n"
	  "fe800000000000000000000000000000 40 x eth1\n"
	  "ff000000000000000000000000000000 08 x eth1\n"
	  "00000000000000000000000000000001 80 x       lo\n"
	  "20010db8000000000000000000000000 40 x     eth1\n",
	  NULL, "3 claimed; 4 root-network; " },
	{ "link-local only", HEADING,
	  "fe800000000000000000000000000000 40 x eth0\n"
	  "00000000000000000000000000000001 80 x lo\n",
	  NULL, "3 root-network; 4 root-network; " },
	{ "a bond", HEADING "bond0\t00000000\t0202000A\n", "",
	  "sys/devices/pci0000:00/0000:04:00.0/net/eth1/upper_bond0",
	  "3 claimed; 4 root-network; " },
};

START_TEST(follows_the_routes)
{
	const char *cmdline = "passthru.ids=8086:1533 root=/dev/nfs";
	struct situation situation;
	char words[128];

	put_disks("");
	put_file(&disks_root, "proc/self/mountinfo", SYSROOT);
	for (unsigned i = 0; i < 2; i++) {
		char path[96], target[96];

		snprintf(path, sizeof(path),
			 "sys/devices/pci0000:00/0000:0%u:00.0/net/eth%u/flags", 3 + i,
			 i);
		put_file(&disks_root, path, "0x1003");
		snprintf(path, sizeof(path), "sys/class/net/eth%u", i);
		snprintf(target, sizeof(target),
			 "../../devices/pci0000:00/0000:0%u:00.0/net/eth%u", 3 + i, i);
		put_link(&disks_root, path, target);
	}
	if (routes[_i].route)
		put_file(&disks_root, "proc/net/route", routes[_i].route);
	if (routes[_i].ipv6_route)
		put_file(&disks_root, "proc/net/ipv6_route", routes[_i].ipv6_route);
	if (routes[_i].upper)
		put_file(&disks_root, routes[_i].upper, "");
	situation_make("03:00.0 8086:1533 020000 3 igb\n04:00.0 8086:1533 020000 4 igb\n",
		       cmdline, &situation);
	guard_disks(disks_root.fd, &situation.params.cmdline, DISK_MOMENT_LATE, 0,
		    &situation.result.plan);
	situation_claim(&situation);
	for (size_t i = 0; i < situation.result.plan.count; i++)
		situation.result.plan.entries[i].note[0] = '\0';
	disks_describe(&situation.result.plan, words, sizeof(words));
	expect_text(routes[_i].name, words, routes[_i].words);
	situation_free(&situation);
}

/* A remote root that nobody has mounted yet: without a driver, no interface tells. */
static const struct {
	const char *cmdline, *machine, *words;
} unmounted[] = {
	{ "root=/dev/nfs ip=dhcp", "03:00.0 144d:a808 020000 3 -\n", "3 root-unknown; " },
	{ "root=dhcp", "03:00.0 144d:a808 020000 3 igb\n", "3 root-unknown; " },
	{ "root=/dev/nfs", "03:00.0 144d:a808 0c0330 3 -\n", "3 root-unknown; " },
	{ "root=UUID=22-22 ip=dhcp", "03:00.0 144d:a808 020000 3 igb\n",
	  "3 root-unknown; " },
	/* never deferred, so never here */
	{ "root=dhcp", "03:00.0 144d:a808 030000 3 -\n", "3 claimed; " },
};

START_TEST(waits_for_a_remote_root)
{
	char words[256];

	put_disks(PAIR);
	disks_judge(unmounted[_i].machine, unmounted[_i].cmdline, INITRAMFS,
		    DISK_MOMENT_LATE, words, sizeof(words));
	expect_text(unmounted[_i].cmdline, words, unmounted[_i].words);
	disks_judge(unmounted[_i].machine, unmounted[_i].cmdline,
		    INITRAMFS "2 1 0:30 / /sysroot rw - nfs 10.0.0.1:/ rw\n",
		    DISK_MOMENT_LATE, words, sizeof(words));
	expect_text("mounted", words, "3 claimed; ");
}

/* Fibre Channel has no interface that is up or down. */
START_TEST(guards_fibre_channel)
{
	const char *machine = "01:00.0 144d:a808 0c0400 1 lpfc\n"
			      "02:00.0 144d:a808 0c0400 2 lpfc\n";
	char words[256];

	put_disks("n virtual/nvme-fabrics/ctl/nvme0 type=ext4 uuid=1\n");
	put_link(&disks_root, "sys/class/fc_host/host0",
		 "../../devices/pci0000:00/0000:01:00.0/host0/fc_host/host0");
	disks_judge(machine, "root=UUID=1", NULL, DISK_MOMENT_LATE, words, sizeof(words));
	expect_text("NVMe over FC", words, "1 root-network - a remote disk; 2 claimed; ");
}

int main(void)
{
	TCase *tcase = tcase_create("network");

	tcase_add_checked_fixture(tcase, disks_set_up, disks_tear_down);
	add_rows(tcase, guards_network_cards, cards);
	add_rows(tcase, follows_the_routes, routes);
	add_rows(tcase, waits_for_a_remote_root, unmounted);
	tcase_add_test(tcase, guards_fibre_channel);
	return unit_run(tcase);
}
