/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "disks.h"
#include "guard/disk.h"
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
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ", "conf/initramfs.conf",
	  "# BOOT=local\nBOOT=nfs\n" },
	{ "", "0x1003", true, "3 root-network - BOOT=nfs; ", "conf/conf.d/nfs",
	  "BOOT=\"nfs\"\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 root-unknown; ", "conf/conf.d/ip",
	  "IP=dhcp\n" },
	{ "root=UUID=22-22", "0x1003", false, "3 claimed; ", "conf/initramfs.conf",
	  "# BOOT=nfs\nBOOT=local\nIP=\nNFSROOT=auto\n" },
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
	put_file(&disks_root, "proc/self/mountinfo", INITRAMFS);
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
	guard_disks(disks_root.fd, text, cards[_i].is_late, 0, &situation.plan);
	situation_claim(&situation);
	disks_describe(&situation.plan, words, sizeof(words));
	expect_text(text, words, cards[_i].words);
	situation_free(&situation);
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
	disks_judge(machine, "root=UUID=1", NULL, true, words, sizeof(words));
	expect_text("NVMe over FC", words, "1 root-network - a remote disk; 2 claimed; ");
}

int main(void)
{
	TCase *tcase = tcase_create("network");

	tcase_add_checked_fixture(tcase, disks_set_up, disks_tear_down);
	add_rows(tcase, guards_network_cards, cards);
	tcase_add_test(tcase, guards_fibre_channel);
	return unit_run("network", tcase);
}
