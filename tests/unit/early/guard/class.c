/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guard/internal.h"
#include "unit.h"

static const struct {
	const char *name;
	struct pci_id id;
	bool is_storage;
	bool is_network;
} classes[] = {
	{ "AHCI", { .class = 0x010601 }, true, false },
	{ "NVMe", { .class = 0x010802 }, true, false },
	{ "virtio disk", { .class = 0x010000 }, true, false },
	{ "VMD", { .class = 0x010400 }, true, false },
	{ "xhci", { .class = 0x0c0330 }, true, false },
	{ "uhci", { .class = 0x0c0300 }, true, false },
	{ "USB4", { .class = 0x0c0340 }, true, false },
	{ "FireWire", { .class = 0x0c0010 }, true, false },
	{ "Fibre Channel", { .class = 0x0c0400 }, true, false },
	{ "InfiniBand", { .class = 0x0c0600 }, true, true },
	{ "SD", { .class = 0x080501 }, true, false },
	{ "CXL memory", { .class = 0x050210 }, true, false },
	{ "Thunderbolt", { .vendor = 0x8086, .class = 0x088000 }, true, false },
	{ "SD by Ricoh", { .vendor = 0x1180, .class = 0x088000 }, true, false },
	{ "SD by JMicron", { .vendor = 0x197b, .class = 0x088001 }, true, false },
	/* Realtek's card readers, with mmc_block on rtsx_pci */
	{ "RTS5229", { .vendor = 0x10ec, .class = 0xff0000 }, true, false },
	{ "virtio-9p", { .vendor = 0x1af4, .class = 0x000200 }, true, false },
	{ "virtiofs", { .vendor = 0x1af4, .class = 0x018000 }, true, false },
	{ "Ethernet", { .class = 0x020000 }, false, true },
	{ "WLAN", { .class = 0x028000 }, false, true },
	{ "VGA", { .class = 0x030000 }, false, false },
	{ "audio", { .class = 0x040300 }, false, false },
	{ "bridge", { .class = 0x060400 }, false, false },
	{ "serial", { .class = 0x070002 }, false, false },
	{ "SMBus", { .class = 0x0c0500 }, false, false },
	{ "accelerator", { .class = 0x120000 }, false, false },
};

START_TEST(knows_classes)
{
	expect_number(classes[_i].name, guard_is_storage(&classes[_i].id),
		      classes[_i].is_storage);
	expect_number(classes[_i].name, guard_is_network(&classes[_i].id),
		      classes[_i].is_network);
}

/* Its memory is not below the PCI function. */
START_TEST(knows_cxl)
{
	struct directory root = make_directory();
	struct pci_address address = address_of("35:00.0"), other = address_of("36:00.0");

	expect("nothing", !cxl_has_region(root.fd, &address));
	put_link(&root, "sys/bus/cxl/devices/mem0",
		 "../../../devices/pci0000:34/0000:34:00.0/0000:35:00.0/mem0");
	expect("no region", !cxl_has_region(root.fd, &address));
	put_link(&root, "sys/bus/cxl/devices/region0",
		 "../../../devices/platform/ACPI0017:00/root0/decoder0.0/region0");
	expect("a region", cxl_has_region(root.fd, &address));
	expect("another device", !cxl_has_region(root.fd, &other));
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("guard class");

	add_rows(tcase, knows_classes, classes);
	tcase_add_test(tcase, knows_cxl);
	return unit_run(tcase);
}
