/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "machine/machine.h"
#include "unit.h"

#define PCI "../../devices/pci0000:00/"
#define NET "sys/class/net/"

#define DRM                                                                \
	"sys/class/drm/card0 -> " PCI "0000:01:00.0/drm/card0\n"           \
	"sys/class/drm/renderD128 -> " PCI "0000:01:00.0/drm/renderD128\n" \
	"sys/class/drm/card1 -> " PCI "0000:03:00.0/drm/card1\n"
#define SELF "proc/self -> 30\nproc/812/comm = gnome-shell|\n"

/*
 * Links and files, one for each line: "PATH -> TARGET" or "PATH = TEXT", "|" for a
 * newline, "^" for a NUL. Of the running machine if there is proc/self.
 */
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
	{ "ssh with two default routes",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n" NET "wlan0 -> " PCI
	      "0000:04:00.0/net/wlan0\n"
	      "sys/devices/pci0000:00/0000:04:00.0/net/wlan0/phy80211/name = phy0|\n"
	      "proc/net/route = eth0 00000000 0100000A 0003 0 0 600 00000000 0 0 0|"
	      "wlan0 00000000 0100000A 0003 0 0 100 00000000 0 0 0|\n"
	      "proc/net/tcp = |0: 0100000A:0016 0900000B:D431 01 0 0|\n",
	  "03:00.0 network eth0 route; 04:00.0 network wlan0 wifi route session; " },
	{ "ssh from this machine, by its own address and by ::1",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/route = eth0 0000000A 00000000 0001 0 0 0 00FFFFFF 0 0 0|\n"
	      "proc/net/ipv6_route = 00000000000000000000000000000000 00 "
	      "00000000000000000000000000000000 00 fe800000000000000000000000000001 "
	      "00000400 00000001 00000000 00000003 eth0|\n"
	      "proc/net/tcp = |0: 0100000A:0016 0100000A:D431 01 0 0|\n"
	      "proc/net/tcp6 = |0: 00000000000000000000000001000000:0016 "
	      "00000000000000000000000001000000:D431 01 0 0|\n",
	  "03:00.0 network eth0 route; " },
	{ "ssh by a rule that leads to another table",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "sys/devices/pci0000:00/0000:03:00.0/net/eth0/flags = 0x1003|\n"
	      "proc/net/tcp = |0: 0100000A:0016 0200000A:D431 01 0 0|\n",
	  "03:00.0 network eth0 session; " },
	{ "a default route that refuses packets",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "sys/devices/pci0000:00/0000:03:00.0/net/eth0/flags = 0x1003|\n"
	      "proc/net/route = * 00000000 00000000 0200 0 0 0 00000000 0 0 0|\n",
	  "03:00.0 network eth0; " },
	{ "ssh from a link-local address",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n" NET "eth1 -> " PCI
	      "0000:04:00.0/net/eth1\n"
	      "proc/net/if_inet6 = fe800000000000000000000000000001 02 40 20 80 eth0|"
	      "fe800000000000000000000000000002 03 40 20 80 eth1|\n"
	      "proc/net/ipv6_route = fe800000000000000000000000000000 40 "
	      "00000000000000000000000000000000 00 00000000000000000000000000000000 "
	      "00000100 00000001 00000000 00000001 eth0|\n"
	      "proc/net/tcp6 = |0: 000080FE000000000000000002000000:0016 "
	      "000080FE000000000000000009000000:D431 01 0 0|\n",
	  "03:00.0 network; 04:00.0 network eth1 session; " },
	/* sessions of the running machine */
	{ "SSH_CONNECTION of a parent, which sudo has dropped",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/route = eth0 0000000A 00000000 0001 0 0 0 00FFFFFF 0 0 0|\n"
	      "proc/self -> 30\nproc/30/stat = 30 (passthru) S 20 30|\n"
	      "proc/30/environ = HOME=/root^SUDO_USER=me^\n"
	      "proc/20/stat = 20 (a) b) S 10 20|\n"
	      "proc/20/environ = HOME=/root^\nproc/10/stat = 10 (bash) S 1 10|\n"
	      "proc/10/environ = HOME=/home/me^SSH_CONNECTION=10.0.0.2 54321 10.0.0.1 "
	      "2222^TERM=xterm^\n",
	  "03:00.0 network eth0 session own; " },
	{ "the same of IPv6 with an interface",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/self -> 30\nproc/30/stat = 30 (passthru) S 1 30|\n"
	      "proc/30/environ = SSH_CONNECTION=fe80::2%eth0 54321 fe80::1%eth0 22^\n",
	  "03:00.0 network eth0 session own; " },
	{ "the same of IPv6",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/ipv6_route = 20010db8000000000000000000000000 20 "
	      "00000000000000000000000000000000 00 00000000000000000000000000000000 "
	      "00000400 00000001 00000000 00000003 eth0|\n"
	      "proc/self -> 30\nproc/30/stat = 30 (passthru) S 1 30|\n"
	      "proc/30/environ = SSH_CONNECTION=2001:db8::2 54321 2001:db8::1 22^\n",
	  "03:00.0 network eth0 session own; " },
	{ "from this machine, and no address",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "sys/devices/pci0000:00/0000:03:00.0/net/eth0/flags = 0x1003|\n"
	      "proc/self -> 30\nproc/30/stat = 30 (passthru) S 20 30|\n"
	      "proc/30/environ = SSH_CONNECTION=::1 54321 ::1 22^\n",
	  "03:00.0 network eth0; " },
	{ "sshd at another port, from its socket",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/route = eth0 0000000A 00000000 0001 0 0 0 00FFFFFF 0 0 0|\n"
	      "proc/net/tcp = |0: 00000000:08AE 00000000:0000 0A 0:0 0:0 0 0 0 70 1|"
	      "1: 0100000A:08AE 0200000A:D431 01 0:0 0:0 0 0 0 77 1|\n"
	      "proc/self -> 30\nproc/8/comm = sshd-session|\n"
	      "proc/8/fd/4 -> socket:[77]\n",
	  "03:00.0 network eth0 session; " },
	{ "a connection that sshd has opened, and one of another server",
	  NET "eth0 -> " PCI "0000:03:00.0/net/eth0\n"
	      "proc/net/route = eth0 0000000A 00000000 0001 0 0 0 00FFFFFF 0 0 0|\n"
	      "proc/net/tcp = |0: 00000000:0050 00000000:0000 0A 0:0 0:0 0 0 0 70 1|"
	      "1: 0100000A:08AE 0200000A:0050 01 0:0 0:0 0 0 0 77 1|"
	      "2: 0100000A:0050 0200000A:D431 01 0:0 0:0 0 0 0 78 1|\n"
	      "proc/self -> 30\nproc/8/comm = sshd|\nproc/8/fd/4 -> socket:[77]\n"
	      "proc/9/comm = nginx|\nproc/9/fd/4 -> socket:[78]\n",
	  "03:00.0 network; " },
	/* Wi-Fi and USB */
	{ "Wi-Fi",
	  NET "wlan0 -> " PCI "0000:03:00.0/net/wlan0\n"
	      "sys/devices/pci0000:00/0000:03:00.0/net/wlan0/flags = 0x1003|\n"
	      "sys/devices/pci0000:00/0000:03:00.0/net/wlan0/wireless/x = |\n",
	  "03:00.0 network wlan0 wifi; " },
	{ "USB",
	  NET
	  "enx1 -> " PCI "0000:00:14.0/usb1/1-1/1-1:1.0/net/enx1\n"
	  "sys/devices/pci0000:00/0000:00:14.0/usb1/1-1/1-1:1.0/net/enx1/flags = 0x1003|\n",
	  "00:14.0 network enx1 usb; " },
	/* what shows on a card of the running machine */
	{ "a compositor", DRM SELF "proc/812/fd/9 -> /dev/dri/card0\n",
	  "01:00.0 shower gnome-shell (process 812); " },
	{ "in a dump",
	  DRM "proc/812/comm = gnome-shell|\nproc/812/fd/9 -> /dev/dri/card0\n", "" },
	{ "all cards without a monitor",
	  DRM SELF "proc/812/fd/9 -> /dev/dri/card0\nproc/812/fd/10 -> /dev/dri/card1\n",
	  "01:00.0 shower gnome-shell (process 812); 03:00.0 shower gnome-shell (process 812); " },
	{ "of several cards, the one with a monitor",
	  DRM SELF
	  "sys/class/drm/card1-DP-1 -> " PCI "0000:03:00.0/drm/card1/card1-DP-1\n"
	  "sys/devices/pci0000:00/0000:03:00.0/drm/card1/card1-DP-1/status = connected|\n"
	  "proc/812/fd/9 -> /dev/dri/card0\nproc/812/fd/10 -> /dev/dri/card1\n"
	  "proc/812/fd/11 -> /dev/dri/renderD128\n",
	  "03:00.0 monitor DP-1 shower gnome-shell (process 812); " },
	{ "one that only renders", DRM SELF "proc/812/fd/9 -> /dev/dri/renderD128\n",
	  "" },
	{ "one that shows on one card and renders on another",
	  DRM SELF
	  "proc/812/fd/9 -> /dev/dri/card1\nproc/812/fd/8 -> /dev/dri/renderD128\n",
	  "01:00.0 shower gnome-shell (process 812); 03:00.0 shower gnome-shell (process 812); " },
	{ "logind, which opens them for others",
	  DRM "proc/self -> 30\nproc/7/comm = systemd-logind|\n"
	      "proc/7/fd/9 -> /dev/dri/card0\n",
	  "" },
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
		size_t length = strlen(text + 3);

		*text = '\0';
		text += 3;
		for (char *at = text; at < text + length; at++)
			*at = *at == '|' ? '\n' : *at == '^' ? '\0' : *at;
		put_bytes(root, line, text, length);
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
	if (uses->shower[0])
		at += (size_t)sprintf(text + at, " shower %s", uses->shower);
	if (uses->has_network)
		at += (size_t)sprintf(text + at, " network%s%s%s%s",
				      uses->interface[0] ? " " : "", uses->interface,
				      uses->is_wifi ? " wifi" : "",
				      uses->is_usb ? " usb" : "");
	if (uses->has_route)
		at += (size_t)sprintf(text + at, " route");
	if (uses->has_session)
		at += (size_t)sprintf(text + at, " session%s",
				      uses->has_own_session ? " own" : "");
	if (uses->keyboards)
		at += (size_t)sprintf(text + at, " keyboards %u", uses->keyboards);
	if (uses->sound_cards)
		at += (size_t)sprintf(text + at, " sound %u", uses->sound_cards);
	return at ? (size_t)sprintf(words, "%s%s; ", device->address + 5, text) : 0;
}

static const char *const addresses[] = { "0000:00:14.0", "0000:01:00.0", "0000:03:00.0",
					 "0000:04:00.0" };

struct scene {
	struct directory root;
	struct host host;
	struct pci_device pci[ARRAY_SIZE(addresses)];
	struct device devices[ARRAY_SIZE(addresses)];
	struct machine machine;
};

static void scene_make(const char *there, struct scene *ret)
{
	_cleanup_free_ char *copy = strdup(there);
	char *rest = NULL;

	*ret = (struct scene){ .root = make_directory(),
			       .machine = { .pci = { ret->pci, ARRAY_SIZE(addresses) },
					    .devices = ret->devices,
					    .count = ARRAY_SIZE(addresses) } };
	ret->host = (struct host){ .root_fd = ret->root.fd,
				   .is_this = strstr(there, "proc/self") };
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		ck_assert_int_eq(address_parse_name(addresses[i], &ret->pci[i].address),
				 0);
		ret->devices[i].pci = &ret->pci[i];
		strcpy(ret->devices[i].address, addresses[i]);
	}
	for (char *line = strtok_r(copy, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		put_line(&ret->root, line);
}

START_TEST(reads_uses)
{
	struct scene scene;
	char words[1024] = "";
	size_t at = 0;
	unsigned before;

	scene_make(rows[_i].there, &scene);
	before = count_fds();
	machine_read_uses(&scene.host, &scene.machine);
	expect_number(rows[_i].name, count_fds(), before);
	for (size_t i = 0; i < scene.machine.count; i++)
		at += describe(&scene.devices[i], words + at);
	if (scene.machine.other_keyboards || scene.machine.other_sound_cards)
		sprintf(words + at, "others %u %u; ", scene.machine.other_keyboards,
			scene.machine.other_sound_cards);
	expect_text(rows[_i].name, words, rows[_i].uses);
	expect_number(rows[_i].name, scene.machine.has_session,
		      strstr(words, "session") != NULL);
	drop_directory(&scene.root);
}

/* A user without a seat only computes on the card; the X server of root displays on it.
 */
static const struct {
	const char *users;
	bool is_at_seat;
} seats[] = {
	{ "UIDS=1000 1234\n", true },
	{ "ACTIVE=c1\nUIDS=12345 1000\n", false },
	{ "ACTIVE=c1\n", false },
};

START_TEST(asks_for_a_seat)
{
	struct scene scene;

	/* Only root can make a process of another user. */
	if (geteuid() != 0)
		return;
	scene_make(DRM SELF "proc/812/fd/9 -> /dev/dri/card0\n", &scene);
	ck_assert_int_eq(fchownat(scene.root.fd, "proc/812", 1234, 1234, 0), 0);
	put_file(&scene.root, "run/systemd/seats/seat0", seats[_i].users);
	machine_read_uses(&scene.host, &scene.machine);
	expect_number(seats[_i].users, scene.devices[1].uses.shower[0] != '\0',
		      seats[_i].is_at_seat);
	drop_directory(&scene.root);
}

/* What has the X server or a compositor use the card at 01:00.0, card0. */
static const struct {
	const char *there, *text;
} settings[] = {
	{ "", "" },
	{ "etc/X11/xorg.conf = Section \"Device\"|BusID \"PCI:1:0:0\"|\n",
	  "/etc/X11/xorg.conf, line 2, makes the X server use 0000:01:00.0 (BusID \"PCI:1:0:0\"), which it cannot while vfio-pci has it; remove that section" },
	{ "etc/X11/xorg.conf = option \"KMSDev\" \"/dev/dri/card0\"|\n",
	  "/etc/X11/xorg.conf, line 1, makes the X server use 0000:01:00.0 (kmsdev \"/dev/dri/card0\"), which it cannot while vfio-pci has it; remove that section" },
	{ "etc/X11/xorg.conf = Option \"kmsdev\" \"/dev/dri/card1\"|\n", "" },
	{ "etc/environment = LANG=C|KWIN_DRM_DEVICES=/dev/dri/card1:/dev/dri/card0|\n",
	  "KWIN_DRM_DEVICES in /etc/environment makes KWin use 0000:01:00.0, which it cannot while vfio-pci has it; take it out there" },
	{ "etc/environment = KWIN_DRM_DEVICES=/dev/dri/card1|\n", "" },
	{ "etc/environment = #KWIN_DRM_DEVICES=/dev/dri/card0|\n", "" },
	{ "etc/environment = KWIN_DRM_DEVICES=\"/dev/dri/by-path/pci-0000\\:01\\:00.0-card\"|\n",
	  "KWIN_DRM_DEVICES in /etc/environment makes KWin use 0000:01:00.0, which it cannot while vfio-pci has it; take it out there" },
	{ "etc/environment = KWIN_DRM_DEVICES=/dev/dri/by-path/pci-0000\\:03\\:00.0-card|\n",
	  "" },
	{ "etc/environment.d/90-gpu.conf = WLR_DRM_DEVICES=/dev/dri/card0|\n",
	  "WLR_DRM_DEVICES in /etc/environment.d/90-gpu.conf makes wlroots use 0000:01:00.0, which it cannot while vfio-pci has it; take it out there" },
	{ "etc/profile.d/gpu.sh = export AQ_DRM_DEVICES=\"/dev/dri/big:/dev/dri/card1\"|\n"
	  "dev/dri/big -> card0\n",
	  "AQ_DRM_DEVICES in /etc/profile.d/gpu.sh makes Hyprland use 0000:01:00.0, which it cannot while vfio-pci has it; take it out there" },
	{ "etc/udev/rules.d/61-m.rules = |ENV{DEVNAME}==\"/dev/dri/card0\", TAG+=\"mutter-device-preferred-primary\"|\n",
	  "/etc/udev/rules.d/61-m.rules, line 2, makes GNOME prefer 0000:01:00.0 (mutter-device-preferred-primary), which it cannot use while vfio-pci has it; remove that line" },
	{ "etc/udev/rules.d/61-m.rules = SUBSYSTEM==\"drm\", KERNEL==\"card0\", TAG+=\"mutter-device-preferred-primary\"|\n",
	  "/etc/udev/rules.d/61-m.rules, line 1," },
	{ "etc/udev/rules.d/61-m.rules = KERNEL==\"card0\", TAG+=\"mutter-device-ignore\"|\n",
	  "" },
	{ "etc/udev/rules.d/61-m.rules = #KERNEL==\"card0\", TAG+=\"mutter-device-preferred-primary\"|\n",
	  "" },
	{ "etc/udev/rules.d/61-m.rules = KERNEL==\"card1\", TAG+=\"mutter-device-preferred-primary\"|\n",
	  "" },
	{ "etc/udev/rules.d/61-m.rules = ENV{ID_PATH}==\"pci-0000:01:00.0\", TAG+=\"mutter-device-preferred-primary\"|\n",
	  "/etc/udev/rules.d/61-m.rules, line 1," },
	{ "etc/udev/rules.d/61-m.rules = KERNELS==\"0000:01:00.0\", TAG+=\"mutter-device-preferred-primary\"|\n",
	  "/etc/udev/rules.d/61-m.rules, line 1," },
	{ "etc/udev/rules.d/61-m.rules = ATTRS{vendor}==\"0x10de\", ATTRS{device}==\"0x2786\", TAG+=\"mutter-device-preferred-primary\"|\n",
	  "/etc/udev/rules.d/61-m.rules, line 1," },
	{ "etc/udev/rules.d/61-m.rules = ATTRS{vendor}==\"0x10de\", ATTRS{device}==\"0x2787\", TAG+=\"mutter-device-preferred-primary\"|\n",
	  "" },
	{ "usr/lib/udev/rules.d/61-m.rules = DRIVERS==\"nvidia\", TAG+=\"mutter-device-preferred-primary\"|\n",
	  "/usr/lib/udev/rules.d/61-m.rules, line 1," },
};

START_TEST(reads_settings)
{
	struct scene scene;
	const char *text;
	unsigned before;

	scene_make(settings[_i].there, &scene);
	put_link(&scene.root, "sys/class/drm/card0", PCI "0000:01:00.0/drm/card0");
	put_link(&scene.root, "sys/class/drm/card1", PCI "0000:03:00.0/drm/card1");
	scene.pci[1].id =
		(struct pci_id){ .vendor = 0x10de, .device = 0x2786, .class = 0x030000 };
	strcpy(scene.pci[1].driver, "nvidia");
	before = count_fds();
	machine_read_uses(&scene.host, &scene.machine);
	expect_number(settings[_i].there, count_fds(), before);
	text = scene.devices[1].uses.setting;
	expect(settings[_i].there,
	       settings[_i].text[0] ? strstr(text, settings[_i].text) == text : !text[0]);
	ck_assert_str_eq(scene.devices[2].uses.setting, "");
	drop_directory(&scene.root);
}

int main(void)
{
	TCase *tcase = tcase_create("uses");

	add_rows(tcase, reads_uses, rows);
	add_rows(tcase, asks_for_a_seat, seats);
	add_rows(tcase, reads_settings, settings);
	return unit_run(tcase);
}
