/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which devices are the way to the network: interfaces, routes, ssh sessions. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/internal.h"

#define CLASS_NET "sys/class/net"
/* A bond in a bridge with VLANs, and more. */
#define DEPTH_MAX 8
#define SSH_PORT  22

struct networks {
	const struct host *host;
	struct machine *machine;
};

/* What a route or a session means for the device that it leads over. */
enum mark { MARK_INTERFACE, MARK_ROUTE, MARK_SESSION };

static void set_mark(struct device *device, const char *interface, enum mark mark)
{
	struct device_uses *uses = &device->uses;

	uses->has_network = true;
	uses->has_route |= mark == MARK_ROUTE;
	uses->has_session |= mark == MARK_SESSION;
	/* The one that matters most is named. */
	if (!uses->interface[0] || mark != MARK_INTERFACE)
		snprintf(uses->interface, sizeof(uses->interface), "%s", interface);
}

static struct device *find_device(const struct networks *networks, const char *interface)
{
	char path[sizeof(CLASS_NET "/") + NAME_MAX], target[PATH_MAX];

	if (path_format(path, sizeof(path), CLASS_NET "/%s", interface) < 0 ||
	    sysfs_read_target(networks->host->root_fd, path, target, sizeof(target)) < 0)
		return NULL;
	return machine_find_in_path(networks->machine, target);
}

static DIR *open_interface(const struct networks *networks, const char *interface)
{
	char path[sizeof(CLASS_NET "/") + NAME_MAX];

	if (path_format(path, sizeof(path), CLASS_NET "/%s", interface) < 0)
		return NULL;
	return sysfs_open_directory(networks->host->root_fd, path);
}

/*
 * Marks the devices below an interface: its own, or those of what a bridge, a bond, a
 * VLAN or a macvlan is made of, whose links begin with "lower_". Returns whether there
 * is any.
 */
static bool mark_below(const struct networks *networks, const char *interface,
		       enum mark mark, unsigned depth)
{
	struct device *device = find_device(networks, interface);
	_cleanup_closedir_ DIR *directory = NULL;
	struct dirent *entry;
	bool any = false;

	if (device) {
		set_mark(device, interface, mark);
		return true;
	}
	directory = depth < DEPTH_MAX ? open_interface(networks, interface) : NULL;
	while (directory && (entry = readdir(directory)))
		if (strncmp(entry->d_name, "lower_", 6) == 0)
			any |= mark_below(networks, entry->d_name + 6, mark, depth + 1);
	return any;
}

static bool is_up(const struct networks *networks, const char *interface)
{
	char path[sizeof(CLASS_NET "//flags") + NAME_MAX], flags[16];

	return path_format(path, sizeof(path), CLASS_NET "/%s/flags", interface) == 0 &&
	       sysfs_read(networks->host->root_fd, path, flags, sizeof(flags)) > 0 &&
	       strtoul(flags, NULL, 16) & 1; /* IFF_UP */
}

/* Marks the devices of all interfaces that are up, and notes those of the others. */
static void mark_all(const struct networks *networks, enum mark mark)
{
	_cleanup_closedir_ DIR *directory =
		sysfs_open_directory(networks->host->root_fd, CLASS_NET);
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		struct device *device = entry->d_name[0] == '.'
						? NULL
						: find_device(networks, entry->d_name);

		if (!device)
			continue;
		device->uses.has_network = true;
		if (is_up(networks, entry->d_name))
			set_mark(device, entry->d_name, mark);
	}
}

/*
 * If sysfs does not show what an interface is made of, as of a tunnel or a port of Open
 * vSwitch, any device with an interface that is up may be the way.
 */
static void mark_way(const struct networks *networks, const char *interface,
		     enum mark mark)
{
	if (strcmp(interface, "lo") != 0 && !mark_below(networks, interface, mark, 0))
		mark_all(networks, mark);
}

/* -- routes -------------------------------------------------------------------------- */

/* An address as network bytes; IPv4 has the first four. */
struct address {
	unsigned char bytes[16];
	bool is_ipv6;
};

/* The byte at that place of a text of hex digits. */
static unsigned char hex_byte(struct span text, size_t index)
{
	struct text_cursor cursor = { text.at + 2 * index, text.at + text.length };
	uint32_t value = 0;

	(void)text_read_hex(&cursor, 2, &value);
	return (unsigned char)value;
}

/* The kernel prints these as numbers of four bytes in the order of the processor. */
static bool parse_numbers(struct span text, struct address *ret)
{
	const uint16_t one = 1;
	unsigned swap = *(const unsigned char *)&one ? 3 : 0;

	if (text.length != 8 && text.length != 32)
		return false;
	*ret = (struct address){ .is_ipv6 = text.length == 32 };
	for (size_t i = 0; i < text.length / 2; i++)
		ret->bytes[i] = hex_byte(text, i ^ swap);
	return true;
}

static unsigned prefix_length(const struct address *mask)
{
	unsigned bits = 0;

	while (bits < 32 && mask->bytes[bits / 8] & 0x80 >> bits % 8)
		bits++;
	return bits;
}

struct route {
	struct span interface;
	struct address target;
	unsigned bits; /* 0: the default route */
};

/* A line of /proc/net/route. */
static bool read_ipv4(struct text_cursor line, struct route *ret)
{
	struct span words[8];
	struct address mask;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = text_next_word(&line);
	ret->interface = words[0];
	if (!parse_numbers(words[1], &ret->target) || !parse_numbers(words[7], &mask))
		return false;
	ret->bits = prefix_length(&mask);
	return true;
}

/* A line of /proc/net/ipv6_route, whose addresses are bytes. */
static bool read_ipv6(struct text_cursor line, struct route *ret)
{
	struct span words[10];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = text_next_word(&line);
	ret->interface = words[9];
	if (words[0].length != 32 || words[1].length != 2 || !words[9].length)
		return false;
	ret->target = (struct address){ .is_ipv6 = true };
	for (size_t i = 0; i < 16; i++)
		ret->target.bytes[i] = hex_byte(words[0], i);
	ret->bits = (unsigned)hex_byte(words[1], 0);
	return true;
}

static bool is_inside(const struct address *address, const struct route *route)
{
	if (address->is_ipv6 != route->target.is_ipv6)
		return false;
	for (unsigned i = 0; i < route->bits; i++)
		if ((address->bytes[i / 8] ^ route->target.bytes[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

/* Calls back for each route but those of the loopback interface. */
static void each_route(const struct networks *networks,
		       void (*each)(void *data, const struct route *route), void *data)
{
	static const struct {
		const char *path;
		bool (*read)(struct text_cursor line, struct route *ret);
	} tables[] = { { "proc/net/route", read_ipv4 },
		       { "proc/net/ipv6_route", read_ipv6 } };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		_cleanup_free_ char *text = NULL;
		struct text_cursor line;
		struct route route;
		const char *rest;

		if (beneath_read(networks->host->root_fd, tables[i].path, &text) < 0)
			continue;
		rest = text;
		while (text_next_line(&rest, &line))
			if (tables[i].read(line, &route) &&
			    !span_equals(route.interface, "lo"))
				each(data, &route);
	}
}

static void mark_default(void *data, const struct route *route)
{
	char interface[NAME_MAX];

	if (route->bits > 0)
		return;
	snprintf(interface, sizeof(interface), "%.*s", (int)route->interface.length,
		 route->interface.at);
	mark_way(data, interface, MARK_ROUTE);
}

/* -- sessions ------------------------------------------------------------------------ */

struct way {
	struct address peer;
	char interface[NAME_MAX]; /* of the most specific route so far, or "" */
	unsigned bits;
};

static void choose_route(void *data, const struct route *route)
{
	struct way *way = data;

	if (!is_inside(&way->peer, route) ||
	    (way->interface[0] && route->bits <= way->bits))
		return;
	way->bits = route->bits;
	snprintf(way->interface, sizeof(way->interface), "%.*s",
		 (int)route->interface.length, route->interface.at);
}

/* An IPv4 address in an IPv6 socket, ::ffff:a.b.c.d, and one of this machine. */
static bool normalize(struct address *address)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (address->is_ipv6 && memcmp(address->bytes, mapped, sizeof(mapped)) == 0) {
		memmove(address->bytes, address->bytes + 12, 4);
		address->is_ipv6 = false;
	}
	return address->is_ipv6 || address->bytes[0] != 127;
}

/*
 * A line of /proc/net/tcp: a connection to the port of sshd. That of this command cannot
 * be told from others under sudo, tmux and the like, so each of them counts.
 */
static void read_connection(const struct networks *networks, struct text_cursor line)
{
	struct span local, remote, state, port;
	struct way way = { 0 };

	(void)text_next_word(&line);
	local = text_next_word(&line);
	remote = text_next_word(&line);
	state = text_next_word(&line);
	port = local;
	while (port.length && *port.at != ':') {
		port.at++;
		port.length--;
	}
	/* TCP_ESTABLISHED */
	if (!span_equals(state, "01") || !span_equals(port, ":0016") ||
	    !parse_numbers(span_until(remote, ':'), &way.peer) || !normalize(&way.peer))
		return;
	each_route(networks, choose_route, &way);
	if (way.interface[0])
		mark_way(networks, way.interface, MARK_SESSION);
}

_Static_assert(SSH_PORT == 0x16, "the port that read_connection() looks for");

static void read_sessions(const struct networks *networks)
{
	static const char *const files[] = { "proc/net/tcp", "proc/net/tcp6" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *text = NULL;
		struct text_cursor line;
		const char *rest;

		if (beneath_read(networks->host->root_fd, files[i], &text) < 0)
			continue;
		rest = text;
		while (text_next_line(&rest, &line))
			read_connection(networks, line);
	}
}

void uses_read_networks(const struct host *host, struct machine *machine)
{
	struct networks networks = { host, machine };

	mark_all(&networks, MARK_INTERFACE);
	each_route(&networks, mark_default, &networks);
	read_sessions(&networks);
}
