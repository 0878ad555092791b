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
	{ "other", { .vendor = 0x1b36, .class = 0x088000 }, false, false },
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

int main(void)
{
	TCase *tcase = tcase_create("guard class");

	add_rows(tcase, knows_classes, classes);
	return unit_run(tcase);
}
