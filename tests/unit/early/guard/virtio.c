/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "disks.h"

/* The directory of a virtual machine that its hypervisor shares. */
START_TEST(guards_shared_directories)
{
	const char *machine = "01:00.0 144d:a808 000200 1 virtio-pci\n"
			      "02:00.0 144d:a808 000200 2 virtio-pci\n";
	char words[256];

	put_disks("c platform/x type=ext4 uuid=1\n");
	put_link(&disks_root, "sys/bus/virtio/drivers/9pnet_virtio/virtio3",
		 "../../../../devices/pci0000:00/0000:02:00.0/virtio3");
	disks_judge(machine, "root=tag rootfstype=9p", NULL, DISK_MOMENT_EARLY, words,
		    sizeof(words));
	expect_text("early", words, "1 root-unknown; 2 root-unknown; ");
	disks_judge(machine, "root=tag rootfstype=9p",
		    INITRAMFS "2 1 0:30 / /root rw - 9p tag rw\n", DISK_MOMENT_LATE,
		    words, sizeof(words));
	expect_text("late", words, "1 claimed; 2 root-disk - root=tag; ");
}

int main(void)
{
	TCase *tcase = tcase_create("virtio");

	tcase_add_checked_fixture(tcase, disks_set_up, disks_tear_down);
	tcase_add_test(tcase, guards_shared_directories);
	return unit_run(tcase);
}
