/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"
#include "unit.h"

#define PCI "../../devices/pci0000:00/"
#define NET "sys/class/net/"

/* Links and files, one for each line: "PATH -> TARGET" or "PATH = TEXT", "|" for a
 * newline. */
static const struct {
	const char *name, *there, *uses;
} rows[] = {
	{ "nothing", "", "" },
	/* monitors */
	{ "a monitor",
	  "sys/class/drm/card0-HDMI-A-1 -> " PCI "0000:01:00.0/drm/card0/card0-HDMI-A-1\n"
	  "sys/devices/pci0000:00/0000:01:00.0/drm/card0/card0-HDMI-A-1/status = connected|\n",
	  "01:00.0 monitor HDMI-A-1; " },
	{ "no monitor",
	  "sys/class/drm/card0-DP-1 -> " PCI "0000:01:00.0/drm/card0/card0-DP-1\n"
	  "sys/devices/pci0000:00/0000:01:00.0/drm/card0/card0-DP-1/status = disconnected|\n",
	  "" },
	/* interfaces */
	{ "one that is up",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "sys/devices/pci0000:00/0000:03:00.0/net/eth0/flags = 0x1003|\n",
	  "03:00.0 network eth0; " },
	{ "one that is down",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "sys/devices/pci0000:00/0000:03:00.0/net/eth0/flags = 0x1002|\n",
	  "03:00.0 network; " },
	{ "behind a USB controller",
	  NET "usb0 -> " PCI "0000:00:14.0/usb1/1-1/1-1:1.0/net/usb0\n",
	  "00:14.0 network; " },
	{ "none of PCI", NET "lo -> ../../devices/virtual/net/lo\n", "" },
	/* routes */
	{ "a default route",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/route = |eth0 00000000 0100000A 0003 0 0 0 00000000 0 0 0|\n",
	  "03:00.0 network eth0 route; " },
	{ "a route to a network",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/route = |eth0 0000000A 00000000 0001 0 0 0 00FFFFFF 0 0 0|\n",
	  "03:00.0 network; " },
	{ "IPv6",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/ipv6_route = 00000000000000000000000000000000 00 "
	      "00000000000000000000000000000000 00 fe800000000000000000000000000001 "
	      "00000400 00000001 00000000 00000003 eth0|\n",
	  "03:00.0 network eth0 route; " },
	{ "IPv6, of lo",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/ipv6_route = 00000000000000000000000000000000 00 "
	      "00000000000000000000000000000000 00 00000000000000000000000000000000 "
	      "ffffffff 00000001 00000000 00200200 lo|\n",
	  "03:00.0 network; " },
	{ "over a bridge of a bond",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n" NET
	      "br0 -> ../../devices/virtual/net/br0\n" NET
	      "bond0 -> ../../devices/virtual/net/bond0\n"
	      "sys/devices/virtual/net/br0/lower_bond0 -> x\n"
	      "sys/devices/virtual/net/bond0/lower_eth0 -> x\n"
	      "proc/net/route = br0 00000000 0100000A 0003 0 0 0 00000000 0 0 0|\n",
	  "03:00.0 network eth0 route; " },
	{ "a bridge of itself",
	  NET "br0 -> ../../devices/virtual/net/br0\n"
	      "sys/devices/virtual/net/br0/lower_br0 -> x\n"
	      "proc/net/route = br0 00000000 0100000A 0003 0 0 0 00000000 0 0 0|\n",
	  "" },
	/* nothing tells what it is made of: any that is up */
	{ "over a tunnel",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "sys/devices/pci0000:00/0000:03:00.0/net/eth0/flags = 0x1003|\n" NET
	      "wg0 -> ../../devices/virtual/net/wg0\n"
	      "proc/net/route = wg0 00000000 00000000 0001 0 0 0 00000000 0 0 0|\n",
	  "03:00.0 network eth0 route; " },
	/* sessions */
	{ "ssh from the network",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/route = eth0 0000000A 00000000 0001 0 0 0 00FFFFFF 0 0 0|\n"
	      "proc/net/tcp = |0: 0100000A:0016 0200000A:D431 01 0 0|\n",
	  "03:00.0 network eth0 session; " },
	{ "ssh in an IPv6 socket",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/route = eth0 0000000A 00000000 0001 0 0 0 00FFFFFF 0 0 0|\n"
	      "proc/net/tcp6 = |0: 0000000000000000FFFF00000100000A:0016 "
	      "0000000000000000FFFF00000200000A:D431 01 0 0|\n",
	  "03:00.0 network eth0 session; " },
	{ "ssh over the more specific route",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n" NET "eth1 -> " PCI
	      "0000:04:00.0/net/eth1\n"
	      "proc/net/route = eth0 00000000 0100000A 0003 0 0 0 00000000 0 0 0|"
	      "eth1 0000000A 00000000 0001 0 0 0 00FFFFFF 0 0 0|\n"
	      "proc/net/tcp = |0: 0100000A:0016 0200000A:D431 01 0 0|\n",
	  "03:00.0 network eth0 route; 04:00.0 network eth1 session; " },
	{ "another port, a listening socket, this machine",
	  NET
	  "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	  "proc/net/route = eth0 0000000A 00000000 0001 0 0 0 00FFFFFF 0 0 0|\n"
	  "proc/net/tcp = |0: 0100000A:0050 0200000A:D431 01 0 0|"
	  "1: 0100000A:0016 0200000A:D431 0A 0 0|1: 0100007F:0016 0100007F:D431 01 0 0|\n",
	  "03:00.0 network; " },
	/* keyboards and sound */
	{ "a USB keyboard",
	  "sys/bus/usb/devices/1-1:1.0 -> ../../../devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0\n"
	  "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/bInterfaceClass = 03|\n"
	  "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/bInterfaceSubClass = 01|\n"
	  "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/bInterfaceProtocol = 01|\n",
	  "00:14.0 keyboards 1; " },
	{ "a USB mouse",
	  "sys/bus/usb/devices/1-1:1.0 -> ../../../devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0\n"
	  "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/bInterfaceClass = 03|\n"
	  "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/bInterfaceSubClass = 01|\n"
	  "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/bInterfaceProtocol = 02|\n",
	  "" },
	{ "a PS/2 keyboard",
	  "sys/class/input/input3 -> ../../devices/platform/i8042/serio0/input/input3\n"
	  "sys/devices/platform/i8042/serio0/input/input3/capabilities/key = 402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe|\n",
	  "others 1 0; " },
	{ "a power button",
	  "sys/class/input/input0 -> ../../devices/LNXSYSTM:00/LNXPWRBN:00/input/input0\n"
	  "sys/devices/LNXSYSTM:00/LNXPWRBN:00/input/input0/capabilities/key = 10000000000000 0|\n",
	  "" },
	{ "sound cards",
	  "sys/class/sound/card0 -> " PCI "0000:01:00.0/sound/card0\n"
	  "sys/class/sound/controlC0 -> " PCI "0000:01:00.0/sound/card0/controlC0\n"
	  "sys/class/sound/card1 -> ../../devices/platform/snd_dummy.0/sound/card1\n",
	  "01:00.0 sound 1; others 0 1; " },
};

static void put_line(const struct directory *root, char *line)
{
	char *link = strstr(line, " -> "), *text = strstr(line, " = ");

	if (text && (!link || text < link)) {
		*text = '\0';
		text += 3;
		for (char *at = text; *at; at++)
			if (*at == '|')
				*at = '\n';
		put_file(root, line, text);
	} else if (link) {
		*link = '\0';
		put_link(root, line, link + 4);
	}
}

static size_t describe(const struct device *device, char *words)
{
	const struct device_uses *uses = &device->uses;
	char text[512] = "";
	size_t at = 0;

	if (uses->connector[0])
		at += (size_t)sprintf(text + at, " monitor %s", uses->connector);
	if (uses->has_network)
		at += (size_t)sprintf(text + at, " network%s%s",
				      uses->interface[0] ? " " : "", uses->interface);
	if (uses->has_route)
		at += (size_t)sprintf(text + at, " route");
	if (uses->has_session)
		at += (size_t)sprintf(text + at, " session");
	if (uses->keyboards)
		at += (size_t)sprintf(text + at, " keyboards %u", uses->keyboards);
	if (uses->sound_cards)
		at += (size_t)sprintf(text + at, " sound %u", uses->sound_cards);
	return at ? (size_t)sprintf(words, "%s%s; ", device->address + 5, text) : 0;
}

START_TEST(reads_uses)
{
	static const char *const addresses[] = { "0000:00:14.0", "0000:01:00.0",
						 "0000:03:00.0", "0000:04:00.0" };
	struct directory root = make_directory();
	struct host host = { .root_fd = root.fd };
	struct pci_device pci[ARRAY_SIZE(addresses)] = { 0 };
	struct device devices[ARRAY_SIZE(addresses)] = { 0 };
	struct machine machine = { .pci = { pci, ARRAY_SIZE(pci) },
				   .devices = devices,
				   .count = ARRAY_SIZE(devices) };
	_cleanup_free_ char *there = strdup(rows[_i].there);
	char *rest = NULL, words[1024] = "";
	size_t at = 0;
	unsigned before;

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		ck_assert_int_eq(address_parse_name(addresses[i], &pci[i].address), 0);
		devices[i].pci = &pci[i];
		strcpy(devices[i].address, addresses[i]);
	}
	for (char *line = strtok_r(there, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		put_line(&root, line);
	before = count_fds();
	machine_read_uses(&host, &machine);
	expect_number(rows[_i].name, count_fds(), before);
	for (size_t i = 0; i < machine.count; i++)
		at += describe(&devices[i], words + at);
	if (machine.other_keyboards || machine.other_sound_cards)
		sprintf(words + at, "others %u %u; ", machine.other_keyboards,
			machine.other_sound_cards);
	expect_text(rows[_i].name, words, rows[_i].uses);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("uses");

	add_rows(tcase, reads_uses, rows);
	return unit_run(tcase);
}
