/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How people use the running machine, as its processes tell: displays and ssh. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "lib/lib.h"
#include "machine/internal.h"

/* The cards that one process has open. */
#define CARDS_MAX 16

struct reading {
	const struct host *host;
	struct machine *machine;
	struct sessions *sessions;
	char name[PROCESS_NAME_SIZE]; /* of the process that is being read */
	struct device *cards[CARDS_MAX];
	size_t card_count;
	bool has_primary; /* it has a node that can show something, not only render */
};

/* -- displays ------------------------------------------------------------------------ */

/* These open the nodes for others. */
static bool is_broker(const char *name)
{
	static const char *const brokers[] = { "systemd", "systemd-logind", "elogind",
					       "elogind-daemon", "seatd" };

	for (size_t i = 0; i < ARRAY_SIZE(brokers); i++)
		if (strcmp(name, brokers[i]) == 0)
			return true;
	return false;
}

static void note_card(struct reading *reading, const char *node)
{
	char path[sizeof("sys/class/drm/") + NAME_MAX], target[PATH_MAX];
	struct device *device;

	if (reading->card_count == CARDS_MAX ||
	    path_format(path, sizeof(path), "sys/class/drm/%s", node) < 0 ||
	    sysfs_read_target(reading->host->root_fd, path, target, sizeof(target)) < 0)
		return;
	device = machine_find_in_path(reading->machine, target);
	if (!device)
		return;
	reading->has_primary |= strncmp(node, "card", 4) == 0;
	reading->cards[reading->card_count++] = device;
}

/* Whether the line UIDS= of a seat has the user; /run/systemd/seats is logind's own. */
static bool has_user(const char *seat, uid_t user)
{
	struct text_cursor line;
	struct span word;
	char number[16];

	snprintf(number, sizeof(number), "%lu", (unsigned long)user);
	while (text_next_line(&seat, &line)) {
		if (!text_skip_word(&line, "UIDS="))
			continue;
		while ((word = text_next_word(&line)).length)
			if (span_equals(word, number))
				return true;
	}
	return false;
}

/* Whether the process is at a seat: a server's user may compute on a card from afar. */
static bool is_at_seat(const struct host *host, const char *process)
{
	_cleanup_free_ char **seats =
		dirlist_paths(host->root_fd, "run/systemd/seats", "");
	char path[NAME_MAX + 16];
	struct stat st;

	snprintf(path, sizeof(path), "proc/%s", process);
	if (fstatat(host->root_fd, path, &st, 0) < 0)
		return false;
	/* The X server may run as root, and without logind nothing is known. */
	if (st.st_uid == 0 || !seats || !seats[0])
		return true;
	for (size_t i = 0; seats[i]; i++) {
		_cleanup_free_ char *seat = NULL;

		if (beneath_read(host->root_fd, seats[i], &seat) == 0 &&
		    has_user(seat, st.st_uid))
			return true;
	}
	return false;
}

static bool has_monitor(const struct reading *reading)
{
	for (size_t i = 0; i < reading->card_count; i++)
		if (reading->cards[i]->uses.connector[0])
			return true;
	return false;
}

/* Compositors open all cards. They show on those with a monitor, if any has one. */
static void note_shower(const struct reading *reading, const char *process)
{
	bool any_monitor = has_monitor(reading);

	if (!reading->has_primary || is_broker(reading->name) ||
	    !is_at_seat(reading->host, process))
		return;
	for (size_t i = 0; i < reading->card_count; i++) {
		struct device_uses *uses = &reading->cards[i]->uses;

		if (!uses->shower[0] && (uses->connector[0] || !any_monitor))
			snprintf(uses->shower, sizeof(uses->shower), "%s (process %.16s)",
				 reading->name, process);
	}
}

/* -- ssh ----------------------------------------------------------------------------- */

/* OpenSSH's server and, since 9.8, the processes of its sessions; dropbear. */
static bool is_ssh_server(const char *name)
{
	return strcmp(name, "sshd") == 0 || strncmp(name, "sshd-", 5) == 0 ||
	       strcmp(name, "dropbear") == 0;
}

static void note_socket(struct reading *reading, const char *number)
{
	struct sessions *sessions = reading->sessions;
	unsigned long *added = array_append(sessions->sockets, sessions->socket_count);

	if (added)
		*added = strtoul(number, NULL, 10);
}

/* The process above it, from /proc/PROCESS/stat, whose second word may have blanks. */
static unsigned read_parent(const struct host *host, const char *process)
{
	_cleanup_free_ char *stat = NULL;
	const char *after;
	unsigned parent;

	if (beneath_readf(host->root_fd, &stat, "proc/%s/stat", process) < 0)
		return 0;
	after = strrchr(stat, ')');
	return after && sscanf(after + 1, " %*c %u", &parent) == 1 ? parent : 0;
}

/* sudo and su leave the environment of what they start without it, but not their own. */
static bool find_connection(const struct host *host, const char *process, char *ret,
			    size_t size)
{
	static const char name[] = "SSH_CONNECTION=";
	_cleanup_free_ char *line = NULL;
	char path[NAME_MAX + 16];
	size_t capacity = 0;
	bool is_found = false;
	FILE *file;
	int fd;

	snprintf(path, sizeof(path), "proc/%s/environ", process);
	fd = openat(host->root_fd, path, O_RDONLY | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	while (!is_found && getdelim(&line, &capacity, '\0', file) > 0)
		is_found = strncmp(line, name, sizeof(name) - 1) == 0;
	fclose(file);
	return is_found && snprintf(ret, size, "%s", line + sizeof(name) - 1) < (int)size;
}

/* More than any shell in a multiplexer in a shell has above it. */
#define ANCESTORS_MAX 64

static void read_ancestors(const struct host *host, struct sessions *sessions)
{
	char process[32];

	if (sysfs_read_target(host->root_fd, "proc/self", process, sizeof(process)) < 0)
		return;
	for (unsigned i = 0; i < ANCESTORS_MAX; i++) {
		unsigned parent;

		if (find_connection(host, process, sessions->connection,
				    sizeof(sessions->connection)))
			return;
		sessions->connection[0] = '\0';
		parent = read_parent(host, process);
		if (parent <= 1)
			return;
		snprintf(process, sizeof(process), "%u", parent);
	}
}

/* -- both ---------------------------------------------------------------------------- */

static bool read_file(void *data, const struct open_file *file)
{
	static const char cards[] = "/dev/dri/", sockets[] = "socket:[";
	struct reading *reading = data;
	char target[256];

	if (sysfs_read_target(file->directory_fd, file->name, target, sizeof(target)) < 0)
		return true;
	if (strncmp(target, cards, sizeof(cards) - 1) == 0)
		note_card(reading, target + sizeof(cards) - 1);
	else if (strncmp(target, sockets, sizeof(sockets) - 1) == 0 &&
		 is_ssh_server(reading->name))
		note_socket(reading, target + sizeof(sockets) - 1);
	return true;
}

static void read_process(void *data, const char *process)
{
	struct reading *reading = data;

	process_name(reading->host, process, reading->name);
	reading->card_count = 0;
	reading->has_primary = false;
	process_each_file(reading->host, process, read_file, reading);
	if (reading->card_count)
		note_shower(reading, process);
}

void sessions_read(const struct host *host, struct machine *machine, struct sessions *ret)
{
	struct reading reading = { .host = host, .machine = machine, .sessions = ret };

	*ret = (struct sessions){ 0 };
	if (!host->is_this)
		return;
	processes_each(host, read_process, &reading);
	read_ancestors(host, ret);
}

void sessions_free(struct sessions *sessions)
{
	free(sessions->sockets);
	*sessions = (struct sessions){ 0 };
}
