/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "pci/internal.h"
#include "unit.h"

/* The kernel's text for a display with 16 MiB of video memory. */
#define BARS                                                         \
	"0x00000000c0000000 0x00000000c0ffffff 0x0000000000042208\n" \
	"0x0000000000000000 0x0000000000000000 0x0000000000000000\n" \
	"0x00000000c1000000 0x00000000c1000fff 0x0000000000040200\n"
#define ABOVE_4G "0x0000000800000000 0x000000080fffffff 0x000000000014220c\n"

#define HIGH "800000000-80fffffff : 0000:01:00.0\n"
#define LOW                              \
	"00000000-00000fff : Reserved\n" \
	"000a0000-000bffff : PCI Bus 0000:00\n"
#define BUS                                       \
	"c0000000-febfffff : PCI Bus 0000:00\n"   \
	"  c0000000-c10fffff : PCI Bus 0000:01\n" \
	"    c0000000-c0ffffff : 0000:01:00.0\n"

/* siderolabs/talos#14356: simpledrm holds the BAR. */
static const struct {
	const char *name;
	const char *iomem;
	const char *resource;
	bool overlaps;
} rows[] = {
	{ "nothing at all", "", "", false },
	{ "no framebuffer", LOW BUS, BARS, false },
	{ "a bridge's window of the same size",
	  "fd000000-fdffffff : PCI Bus 0000:01\n  fd000000-fdffffff : 0000:01:00.0\n",
	  "0x00000000fd000000 0x00000000fdffffff 0x0000000000042208\n", false },
	{ "a bridge's window of the same size, and efifb",
	  "fd000000-fdffffff : PCI Bus 0000:01\n  fd000000-fdffffff : 0000:01:00.0\n"
	  "    fd000000-fd3dffff : efifb\n",
	  "0x00000000fd000000 0x00000000fdffffff 0x0000000000042208\n", true },
	{ "efifb", LOW BUS "      c0000000-c01d4bff : efifb\n", BARS, true },
	{ "simpledrm in sysfb's region",
	  LOW BUS
	  "      c0000000-c01d4bff : BOOTFB\n        c0000000-c01d4bff : simpledrm\n",
	  BARS, true },
	{ "the whole BAR", BUS "      c0000000-c0ffffff : BOOTFB\n", BARS, true },
	{ "the last BAR",
	  BUS "    c1000000-c1000fff : 0000:01:00.0\n      c1000000-c1000fff : efifb\n",
	  BARS, true },
	{ "ends after the BAR", BUS "c0000000-c1000000 : efifb\n", BARS, false },
	{ "starts before the BAR", BUS "bfffffff-c0000000 : efifb\n", BARS, false },
	{ "over another card", BUS "      d0000000-d01d4bff : efifb\n", BARS, false },
	{ "above 4 GiB", HIGH "  800000000-8003fffff : BOOTFB\n", ABOVE_4G, true },
	{ "above 4 GiB, elsewhere", HIGH "c0000000-c03fffff : BOOTFB\n", ABOVE_4G,
	  false },
	{ "not root: all zeroes",
	  "00000000-00000000 : 0000:01:00.0\n  00000000-00000000 : efifb\n", BARS,
	  false },
	{ "no newline at the end", BUS "      c0000000-c01d4bff : efifb", BARS, true },
	{ "truncated resource", BUS "      c0000000-c01d4bff : efifb\n",
	  "0x00000000c0000000 0x", false },
	{ "nonsense", "c0000000 efifb\n-\n : \n", BARS, false },
	{ "five digits of domain", "c0000000-c01d4bff : 10000:01:00.0\n", BARS, false },
};

START_TEST(finds_overlaps)
{
	char *iomem = exact_copy(rows[_i].iomem, strlen(rows[_i].iomem) + 1);
	char *resource = exact_copy(rows[_i].resource, strlen(rows[_i].resource) + 1);

	expect_number(rows[_i].name, framebuffer_overlaps(iomem, resource),
		      rows[_i].overlaps);
	free(iomem);
	free(resource);
}

#define PLATFORM "sys/bus/platform/devices/"

/* A machine with one display and the framebuffer driver efifb. */
static struct directory make_machine(const char *device, const char *target,
				     const char *iomem)
{
	struct directory root = make_directory();
	char path[128];

	put_file(&root, "sys/bus/pci/devices/0000:01:00.0/resource", BARS);
	put_file(&root, "proc/iomem", iomem);
	put_directory(&root, "sys/bus/platform");
	put_directory(&root, "sys/bus/platform/devices");
	if (!device)
		return root;
	snprintf(path, sizeof(path), "sys/devices/%s/%s/name", target, device);
	put_file(&root, path, device);
	snprintf(path, sizeof(path), "sys/devices/%s/%s/driver", target, device);
	put_link(&root, path, "../../../../bus/platform/drivers/efi-framebuffer");
	put_file(&root, "sys/bus/platform/drivers/efi-framebuffer/unbind", "");
	put_file(&root, "sys/bus/platform/drivers/efi-framebuffer/bind", "");
	snprintf(path, sizeof(path), "../../../../sys/devices/%s/%s", target, device);
	{
		char link[128];

		snprintf(link, sizeof(link), PLATFORM "%s", device);
		put_link(&root, link, path);
	}
	return root;
}

#define OVER BUS "      c0000000-c01d4bff : efifb\n"

static const struct {
	const char *name;
	const char *device; /* the platform device, NULL for none */
	const char *parent; /* below sys/devices */
	const char *iomem;
	int result;
} machines[] = {
	{ "none", NULL, NULL, BUS, -ENOENT },
	{ "6.1: below platform", "efi-framebuffer.0", "platform", OVER, 0 },
	{ "6.12: below the display", "efi-framebuffer.0",
	  "pci0000:00/0000:00:02.0/0000:01:00.0", OVER, 0 },
	{ "below the display, not in iomem", "simple-framebuffer.0",
	  "pci0000:00/0000:00:02.0/0000:01:00.0", BUS, 0 },
	{ "below another display", "efi-framebuffer.0",
	  "pci0000:00/0000:00:03.0/0000:02:00.0", OVER, -ENOENT },
	{ "over another display", "efi-framebuffer.0", "platform",
	  BUS "    d0000000-d01d4bff : efifb\n", -ENOENT },
	{ "another platform device", "serial8250", "platform", OVER, -ENOENT },
};

START_TEST(finds_the_framebuffer)
{
	struct directory root = make_machine(machines[_i].device, machines[_i].parent,
					     machines[_i].iomem);
	struct pci_address address = address_of("0000:01:00.0");
	struct framebuffer framebuffer;
	unsigned fds = count_fds();
	int r = framebuffer_find(root.fd, &address, &framebuffer);

	expect_number(machines[_i].name, r, machines[_i].result);
	expect_number(machines[_i].name, count_fds(), fds);
	if (r == 0) {
		expect_text(machines[_i].name, framebuffer.device, machines[_i].device);
		expect_text(machines[_i].name, framebuffer.driver, "efi-framebuffer");
	}
	drop_directory(&root);
}

static const struct {
	const char *name;
	const char *iomem; /* afterwards */
	int result;
} releases[] = {
	{ "released", BUS, 0 },
	{ "still overlapped", OVER, -EBUSY },
};

START_TEST(releases_and_restores)
{
	struct directory root =
		make_machine("efi-framebuffer.0", "platform", releases[_i].iomem);
	struct framebuffer framebuffer = { .device = "efi-framebuffer.0",
					   .driver = "efi-framebuffer" };
	struct pci_address address = address_of("0000:01:00.0");
	char *written;

	expect_number(releases[_i].name,
		      framebuffer_release(root.fd, &address, &framebuffer),
		      releases[_i].result);
	written = get_file(&root, "sys/bus/platform/drivers/efi-framebuffer/unbind");
	expect_text(releases[_i].name, written, "efi-framebuffer.0");
	free(written);
	expect_number(releases[_i].name, framebuffer_restore(root.fd, &framebuffer), 0);
	written = get_file(&root, "sys/bus/platform/drivers/efi-framebuffer/bind");
	expect_text(releases[_i].name, written, "efi-framebuffer.0");
	free(written);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("framebuffer");

	add_rows(tcase, finds_overlaps, rows);
	add_rows(tcase, finds_the_framebuffer, machines);
	add_rows(tcase, releases_and_restores, releases);
	return unit_run(tcase);
}
