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

static bool read_link(const struct networks *networks, const char *interface,
		      char target[static PATH_MAX])
{
	char path[sizeof(CLASS_NET "/") + NAME_MAX];

	return path_format(path, sizeof(path), CLASS_NET "/%s", interface) == 0 &&
	       sysfs_read_target(networks->host->root_fd, path, target, PATH_MAX) == 0;
}

static bool is_wifi(const struct networks *networks, const char *interface)
{
	static const char *const marks[] = { "phy80211", "wireless" };
	char path[sizeof(CLASS_NET "//phy80211") + NAME_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (path_format(path, sizeof(path), CLASS_NET "/%s/%s", interface,
				marks[i]) == 0 &&
		    sysfs_exists(networks->host->root_fd, path))
			return true;
	return false;
}

static void name_interface(const struct networks *networks, struct device_uses *uses,
			   const char *interface)
{
	char target[PATH_MAX];

	snprintf(uses->interface, sizeof(uses->interface), "%s", interface);
	uses->is_wifi = is_wifi(networks, interface);
	uses->is_usb = read_link(networks, interface, target) && strstr(target, "/usb");
}

static void set_mark(const struct networks *networks, struct device *device,
		     const char *interface, enum mark mark)
{
	struct device_uses *uses = &device->uses;
	/* The one that matters most is named. */
	bool is_most = !uses->interface[0] || mark == MARK_OWN_SESSION ||
		       (mark != MARK_INTERFACE && !uses->has_own_session);

	uses->has_network = true;
	uses->has_route |= mark == MARK_ROUTE;
	uses->has_session |= mark >= MARK_SESSION;
	uses->has_own_session |= mark == MARK_OWN_SESSION;
	if (is_most)
		name_interface(networks, uses, interface);
}

static struct device *find_device(const struct networks *networks, const char *interface)
{
	char target[PATH_MAX];

	return read_link(networks, interface, target)
		       ? machine_find_in_path(networks->machine, target)
		       : NULL;
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
		set_mark(networks, device, interface, mark);
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
			set_mark(networks, device, entry->d_name, mark);
	}
}

void networks_mark_way(const struct networks *networks, const char *interface,
		       enum mark mark)
{
	if (strcmp(interface, "lo") != 0 && !mark_below(networks, interface, mark, 0))
		mark_all(networks, mark);
}

/* -- routes -------------------------------------------------------------------------- */

/* The byte at that place of a text of hex digits. */
static unsigned char hex_byte(struct span text, size_t index)
{
	struct text_cursor cursor = { text.at + 2 * index, text.at + text.length };
	uint32_t value = 0;

	(void)text_read_hex(&cursor, 2, &value);
	return (unsigned char)value;
}

bool address_parse_numbers(struct span text, struct address *ret)
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
	unsigned long metric;
};

/* A line of /proc/net/route. */
static bool read_ipv4(struct text_cursor line, struct route *ret)
{
	struct span words[8];
	struct address mask;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = text_next_word(&line);
	ret->interface = words[0];
	if (!address_parse_numbers(words[1], &ret->target) ||
	    !address_parse_numbers(words[7], &mask))
		return false;
	ret->bits = prefix_length(&mask);
	ret->metric = strtoul(words[6].at, NULL, 10);
	/* One that refuses packets has no interface. */
	return !span_equals(words[0], "*");
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
	ret->metric = strtoul(words[5].at, NULL, 16);
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
	networks_mark_way(data, interface, MARK_ROUTE);
}

/* -- connections ------------------------------------------------------------------------
 */

struct way {
	const struct address *peer;
	char interface[NAME_MAX]; /* of the most specific route so far, or "" */
	unsigned bits;
	unsigned long metric;
};

static void choose_route(void *data, const struct route *route)
{
	struct way *way = data;

	if (!is_inside(way->peer, route) ||
	    (way->interface[0] &&
	     (route->bits < way->bits ||
	      (route->bits == way->bits && route->metric >= way->metric))))
		return;
	way->bits = route->bits;
	way->metric = route->metric;
	snprintf(way->interface, sizeof(way->interface), "%.*s",
		 (int)route->interface.length, route->interface.at);
}

/* An IPv4 address in an IPv6 socket is ::ffff:a.b.c.d. */
static void normalize(struct address *address)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (!address->is_ipv6 || memcmp(address->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(address->bytes, address->bytes + 12, 4);
	memset(address->bytes + 4, 0, 12);
	address->is_ipv6 = false;
}

static bool is_equal(const struct address *a, const struct address *b)
{
	return a->is_ipv6 == b->is_ipv6 &&
	       memcmp(a->bytes, b->bytes, a->is_ipv6 ? 16 : 4) == 0;
}

/* Whether the peer is this machine. */
static bool is_local(const struct connection *connection)
{
	static const struct address loopback = { .bytes[15] = 1, .is_ipv6 = true };
	const struct address *peer = &connection->peer;

	return is_equal(peer, &connection->local) || is_equal(peer, &loopback) ||
	       (!peer->is_ipv6 && peer->bytes[0] == 127);
}

/* Every interface has routes to fe80::/10: only its own address tells which it is. */
static bool mark_link_local(const struct networks *networks, const struct address *local,
			    enum mark mark)
{
	_cleanup_free_ char *text = NULL;
	const char *rest;
	struct text_cursor line;
	bool any = false;

	if (!local->is_ipv6 || local->bytes[0] != 0xfe ||
	    (local->bytes[1] & 0xc0) != 0x80 ||
	    beneath_read(networks->host->root_fd, "proc/net/if_inet6", &text) < 0)
		return false;
	rest = text;
	while (text_next_line(&rest, &line)) {
		struct span words[6];
		struct address own = { .is_ipv6 = true };
		char interface[NAME_MAX];

		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			words[i] = text_next_word(&line);
		for (size_t i = 0; words[0].length == 32 && i < 16; i++)
			own.bytes[i] = hex_byte(words[0], i);
		if (!is_equal(&own, local))
			continue;
		snprintf(interface, sizeof(interface), "%.*s", (int)words[5].length,
			 words[5].at);
		networks_mark_way(networks, interface, mark);
		any = true;
	}
	return any;
}

void networks_mark_connection(const struct networks *networks,
			      struct connection *connection, enum mark mark)
{
	struct way way = { .peer = &connection->peer };

	normalize(&connection->local);
	normalize(&connection->peer);
	if (is_local(connection))
		return;
	networks->machine->has_session = true;
	if (mark_link_local(networks, &connection->local, mark))
		return;
	each_route(networks, choose_route, &way);
	/* Without a route in the main table, a rule leads to another one. */
	if (way.interface[0])
		networks_mark_way(networks, way.interface, mark);
	else
		mark_all(networks, mark);
}

void networks_read(const struct networks *networks)
{
	mark_all(networks, MARK_INTERFACE);
	each_route(networks, mark_default, (void *)(uintptr_t)networks);
}
