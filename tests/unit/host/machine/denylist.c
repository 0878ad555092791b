/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "machine/machine.h"
#include "unit.h"

static const struct {
	const char *options, *cmdline;
	bool is_off;
} rows[] = {
	{ "", "quiet", false },
	{ "", "vfio-pci.disable_denylist=1", true },
	{ "", "vfio_pci.disable_denylist=Y quiet", true },
	{ "", "vfio-pci.disable_denylist", true },
	{ "", "vfio-pci.disable_denylist=on", true },
	{ "", "vfio-pci.disable_denylist=0", false },
	{ "", "vfio-pci.disable_denylist=off", false },
	{ "", "vfio-pci.disable_denylist=", false },
	{ "", "vfio-pci.disable_denylist=1 vfio-pci.disable_denylist=n", false },
	{ "", "vfio.disable_denylist=1 disable_denylist=1", false },
	{ "options vfio-pci ids=8086:37c9 disable_denylist=1\n", "quiet", true },
	{ "options vfio_pci disable-denylist\n", "quiet", true },
	{ "options vfio-pci disable_denylist=1\n", "vfio-pci.disable_denylist=0", false },
	{ "#options vfio-pci disable_denylist=1\n", "quiet", false },
	{ "options vfio disable_denylist=1\noptions\noptions vfio-pci\n", "quiet",
	  false },
};

START_TEST(reads_the_override)
{
	struct directory root = make_directory();
	struct host host = { .root_fd = root.fd };

	put_file(&root, "etc/modprobe.d/vfio.conf", rows[_i].options);
	expect_number(rows[_i].cmdline, denylist_is_off(&host, rows[_i].cmdline),
		      rows[_i].is_off);
	drop_directory(&root);
}

START_TEST(knows_the_list)
{
	expect("a VF of QAT",
	       denylist_has(&(struct pci_id){ .vendor = 0x8086, .device = 0x37c9 }));
	expect("of another vendor",
	       !denylist_has(&(struct pci_id){ .vendor = 0x10de, .device = 0x37c9 }));
	expect("another device",
	       !denylist_has(&(struct pci_id){ .vendor = 0x8086, .device = 0x1592 }));
}

int main(void)
{
	TCase *tcase = tcase_create("denylist");

	add_rows(tcase, reads_the_override, rows);
	tcase_add_test(tcase, knows_the_list);
	return unit_run(tcase);
}
