/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "block/block.h"
#include "disks.h"
#include "guard/guard.h"
#include "machine.h"

struct directory disks_root;
unsigned disks_wait_ms;
static const char *disks;
static const char *changed_disks; /* disks, once the second of them is there */

void disks_set_up(void)
{
	disks_root = make_directory();
}

void disks_tear_down(void)
{
	changed_disks = NULL;
	drop_directory(&disks_root);
}

static bool get_key(const char *line, const char *key, char *value, size_t size)
{
	char wanted[32];
	const char *at;
	size_t length = strcspn(line, "\n");

	snprintf(wanted, sizeof(wanted), " %s=", key);
	at = strstr(line, wanted);
	value[0] = '\0';
	if (!at || at >= line + length)
		return false;
	at += strlen(wanted);
	snprintf(value, size, "%.*s", (int)strcspn(at, " \n"), at);
	return true;
}

static unsigned get_number(const char *line, const char *key)
{
	char value[16];

	return get_key(line, key, value, sizeof(value)) ? (unsigned)atoi(value) : 0;
}

static const char *find_line(const char *name)
{
	const char *line = disks;

	while (*line) {
		if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ' ')
			return line;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	ck_abort_msg("no disk %s", name);
}

void expand_parent(const char *text, char *parent, size_t size)
{
	size_t at = 0;

	parent[0] = '\0';
	for (; *text; text++) {
		if (*text == '%')
			at += (size_t)snprintf(parent + at, size - at, "0000:0%c:00.0",
					       *++text);
		else
			at += (size_t)snprintf(parent + at, size - at, "%c", *text);
	}
}

static void put_block_file(const char *name, const char *file, const char *content)
{
	char path[160];

	snprintf(path, sizeof(path), "sys/class/block/%s/%s", name, file);
	put_file(&disks_root, path, content);
}

static void put_disk(const char *line, unsigned minor)
{
	char name[64], text[512], parent[256], path[512], value[256];

	ck_assert_int_eq(sscanf(line, "%63s %255s", name, text), 2);
	expand_parent(text, parent, sizeof(parent));
	snprintf(path, sizeof(path), "sys/devices/%s/%s/uevent", parent, name);
	put_file(&disks_root, path, "");
	snprintf(path, sizeof(path), "sys/class/block/%s", name);
	snprintf(text, sizeof(text), "../../devices/%s/%s", parent, name);
	put_link(&disks_root, path, text);
	snprintf(text, sizeof(text), "259:%u\n", minor);
	put_block_file(name, "dev", text);
	put_block_file(name, "size", get_key(line, "size", value, 8) ? "0\n" : "2048\n");
	if (get_key(line, "part", value, sizeof(value)))
		put_block_file(name, "partition", value);
	if (get_key(line, "dm", value, sizeof(value)))
		put_block_file(name, "dm/name", value);
	if (get_key(line, "dmuuid", value, sizeof(value)))
		put_block_file(name, "dm/uuid", value);
	if (get_key(line, "seq", value, sizeof(value)))
		put_block_file(name, "diskseq", value);
	if (get_key(line, "file", value, sizeof(value)))
		put_block_file(name, "loop/backing_file", value);
	get_key(line, "on", value, sizeof(value));
	for (char *lower = strtok(value, ","); lower; lower = strtok(NULL, ",")) {
		snprintf(path, sizeof(path), "slaves/%s", lower);
		put_block_file(name, path, "");
	}
	if (get_key(line, "link", value, sizeof(value))) {
		snprintf(path, sizeof(path), "dev/%s", value);
		snprintf(text, sizeof(text), "../%s", name);
		put_link(&disks_root, path, text);
	}
}

void put_disks_later(const char *text, unsigned now, unsigned ms)
{
	unsigned minor = 0;

	disks = text;
	for (; *text; minor++) {
		if (minor == now && fork() != 0)
			return;
		if (minor == now)
			usleep(ms * 1000);
		put_disk(text, minor);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	if (minor > now)
		_exit(0);
}

void disks_change(const char *text, const char *seq, unsigned ms)
{
	const char *second = strchr(text, '\n') + 1;

	changed_disks = text;
	if (fork() != 0)
		return;
	usleep(ms * 1000);
	put_block_file("c", "diskseq", seq);
	put_disk(second, 7);
	_exit(0);
}

void put_disks(const char *text)
{
	put_disks_later(text, UINT_MAX, 0);
}

static void add_partitions(const char *disk, struct blkid_probe_reply *reply)
{
	const char *line = disks;

	while (*line) {
		char name[64], value[64];
		struct blkid_probe_partition *entry = &reply->partitions[reply->count];

		sscanf(line, "%63s", name);
		if (strncmp(name, disk, strlen(disk)) == 0 &&
		    get_key(line, "part", value, sizeof(value))) {
			entry->number = (unsigned)atoi(value);
			get_key(line, "partuuid", entry->uuid, sizeof(entry->uuid));
			get_key(line, "partlabel", entry->name, sizeof(entry->name));
			reply->count++;
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
}

/* In parent of the function that reads disks. */
void blkid_probe_run(int root_fd, const struct blkid_probe_target *targets, size_t count,
		     uint64_t deadline, blkid_probe_found found, void *data)
{
	(void)root_fd;
	(void)deadline;
	if (changed_disks && file_exists(disks_root.fd, "sys/class/block/d"))
		disks = changed_disks;
	for (size_t i = 0; i < count; i++) {
		const char *line = find_line(targets[i].path + strlen("dev/"));
		struct blkid_probe_reply reply = { 0 };
		struct superblock *superblock = &reply.superblock;
		char value[64], name[32];

		superblock->state = SUPERBLOCK_EMPTY;
		if (get_key(line, "type", superblock->type, sizeof(superblock->type)))
			superblock->state = SUPERBLOCK_KNOWN;
		get_key(line, "uuid", superblock->uuid, sizeof(superblock->uuid));
		get_key(line, "label", superblock->label, sizeof(superblock->label));
		superblock->is_container = get_key(line, "usage", value, sizeof(value)) ||
					   format_carries_others(superblock->type);
		superblock->is_seed = get_key(line, "seed", value, sizeof(value));
		superblock->parts = get_number(line, "parts");
		superblock->part = get_number(line, "of");
		superblock->members = get_number(line, "members");
		if (get_key(line, "needs", value, sizeof(value)))
			snprintf(superblock->needs, sizeof(superblock->needs), "%s\n",
				 value);
		if (get_key(line, "vg", value, sizeof(value)))
			strcpy(superblock->group_name, value);
		get_key(line, "vguuid", superblock->group_uuid,
			sizeof(superblock->group_uuid));
		if (get_key(line, "state", value, sizeof(value)))
			superblock->state = SUPERBLOCK_UNCLEAR;
		if (strcmp(value, "unread") == 0)
			continue;
		sscanf(line, "%31s", name);
		add_partitions(name, &reply);
		found(data, i, &reply);
	}
}

void disks_describe(const struct plan *plan, char *words, size_t size)
{
	size_t at = 0;

	words[0] = '\0';
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		at += (size_t)snprintf(
			words + at, size - at, "%u %s", entry->device->address.bus,
			entry->reason ? reason_word(entry->reason)
				      : verdict_word(entry->verdict, false));
		if (entry->disk[0] || entry->note[0])
			at += (size_t)snprintf(words + at, size - at, " %s",
					       entry->disk[0] ? entry->disk : "-");
		if (entry->note[0])
			at += (size_t)snprintf(words + at, size - at, " %s", entry->note);
		at += (size_t)snprintf(words + at, size - at, "; ");
	}
}

void disks_judge(const char *machine, const char *cmdline, const char *mounts,
		 enum disk_moment moment, char *words, size_t size)
{
	struct situation situation;
	char text[256];

	if (!mounts)
		mounts = moment == DISK_MOMENT_LATE ? SYSROOT : INITRAMFS;
	snprintf(text, sizeof(text), IDS "%s", cmdline);
	put_file(&disks_root, "proc/self/mountinfo", mounts);
	situation_make(machine, text, &situation);
	guard_disks(disks_root.fd, &situation.params.cmdline, moment,
		    disks_wait_ms ? clock_ms() + disks_wait_ms : 0,
		    &situation.result.plan);
	situation_claim(&situation);
	disks_describe(&situation.result.plan, words, size);
	situation_free(&situation);
}
