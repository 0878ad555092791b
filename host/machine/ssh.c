/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which connections are sessions of ssh. */
#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/internal.h"

#define SSH_PORT ":0016" /* 22, as the kernel writes it */

static const char *const socket_files[] = { "proc/net/tcp", "proc/net/tcp6" };

/* A line of /proc/net/tcp. */
struct socket {
	struct connection connection;
	struct span port, state; /* the local one, as hex digits */
	unsigned long inode;
};

static struct span skip_until(struct span span, char c)
{
	struct span before = span_until(span, c);

	return (struct span){ span.at + before.length, span.length - before.length };
}

static bool read_socket(struct text_cursor line, struct socket *ret)
{
	struct span words[10];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = text_next_word(&line);
	*ret = (struct socket){ .port = skip_until(words[1], ':'), .state = words[3] };
	if (words[9].length)
		ret->inode = strtoul(words[9].at, NULL, 10);
	return address_parse_numbers(span_until(words[1], ':'), &ret->connection.local) &&
	       address_parse_numbers(span_until(words[2], ':'), &ret->connection.peer);
}

static bool is_of_server(const struct networks *networks, const struct socket *socket)
{
	const struct sessions *sessions = networks->sessions;

	for (size_t i = 0; socket->inode && i < sessions->socket_count; i++)
		if (sessions->sockets[i] == socket->inode)
			return true;
	return false;
}

/* The states in include/net/tcp_states.h. */
#define ESTABLISHED "01"
#define LISTENING   "0A"

/* Calls back for each socket of TCP until each() returns true; returns that. */
static bool each_socket(const struct networks *networks,
			bool (*each)(const struct networks *networks,
				     const struct socket *socket, const void *data),
			const void *data)
{
	for (size_t i = 0; i < ARRAY_SIZE(socket_files); i++) {
		_cleanup_free_ char *text = NULL;
		struct text_cursor line;
		struct socket socket;
		const char *rest;

		if (beneath_read(networks->host->root_fd, socket_files[i], &text) < 0)
			continue;
		rest = text;
		while (text_next_line(&rest, &line))
			if (read_socket(line, &socket) && each(networks, &socket, data))
				return true;
	}
	return false;
}

static bool is_listener(const struct networks *networks, const struct socket *socket,
			const void *data)
{
	const struct span *port = data;

	(void)networks;
	return span_equals(socket->state, LISTENING) &&
	       socket->port.length == port->length &&
	       memcmp(socket->port.at, port->at, port->length) == 0;
}

/*
 * Whether something listens on the port: else a server of ssh has opened the connection
 * itself, to forward what a client sends.
 */
static bool is_listening(const struct networks *networks, struct span port)
{
	return each_socket(networks, is_listener, &port);
}

static bool note_session(const struct networks *networks, const struct socket *socket,
			 const void *data)
{
	struct connection connection = socket->connection;

	(void)data;
	if (span_equals(socket->state, ESTABLISHED) &&
	    (span_equals(socket->port, SSH_PORT) ||
	     (is_of_server(networks, socket) && is_listening(networks, socket->port))))
		networks_mark_connection(networks, &connection, MARK_SESSION);
	return false;
}

/*
 * Each session counts, at the usual port or of a process of sshd: what runs in tmux or
 * screen may be watched through any of them.
 */
static void read_sessions(const struct networks *networks)
{
	(void)each_socket(networks, note_session, NULL);
}

/* An address as people write it, perhaps with the interface after "%". */
static bool parse_address(const char *text, struct address *ret, char *interface,
			  size_t size)
{
	char copy[64];
	char *zone;

	snprintf(copy, sizeof(copy), "%s", text);
	zone = strchr(copy, '%');
	if (zone) {
		*zone = '\0';
		snprintf(interface, size, "%s", zone + 1);
	}
	*ret = (struct address){ .is_ipv6 = strchr(copy, ':') };
	return inet_pton(ret->is_ipv6 ? AF_INET6 : AF_INET, copy, ret->bytes) == 1;
}

/* SSH_CONNECTION: the peer's address and port, then those of this machine. */
static void read_own_session(const struct networks *networks)
{
	char peer[64], local[64], interface[NAME_MAX] = "";
	struct connection connection;

	if (sscanf(networks->sessions->connection, "%63s %*s %63s", peer, local) != 2 ||
	    !parse_address(peer, &connection.peer, interface, sizeof(interface)) ||
	    !parse_address(local, &connection.local, interface, sizeof(interface)))
		return;
	if (interface[0]) {
		networks->machine->has_session = true;
		networks_mark_way(networks, interface, MARK_OWN_SESSION);
		return;
	}
	networks_mark_connection(networks, &connection, MARK_OWN_SESSION);
}

void ssh_read_sessions(const struct networks *networks)
{
	read_sessions(networks);
	read_own_session(networks);
}
