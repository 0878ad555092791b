/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <blkid.h>

#include "clock.h"
#include "log.h"
#include "lvm.h"
#include "probe.h"
#include "sandbox.h"
#include "util.h"

/* So many are read at a time: disks that turn can seek at the same time. */
#define WINDOW 8

struct slot {
	pid_t pid;
	int fd; /* the pipe that the answer comes through; -1 while the slot is free */
	size_t target;
	size_t length; /* of what has come so far */
	struct probe_answer answer;
};

struct run {
	int root_fd;
	const struct probe_target *targets;
	probe_found found;
	void *data;
	struct slot slots[WINDOW];
};

/* -- in the child -------------------------------------------------------------------- */

static void copy_text(char *buffer, size_t size, const char *text)
{
	if (text)
		snprintf(buffer, size, "%s", text);
}

static void copy_value(blkid_probe probe, const char *name, char *buffer, size_t size)
{
	const char *value;

	if (blkid_probe_lookup_value(probe, name, &value, NULL) == 0)
		copy_text(buffer, size, value);
}

static void read_content(blkid_probe probe, int fd, struct content *content)
{
	char usage[16] = "";
	int r;

	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID |
							 BLKID_SUBLKS_TYPE |
							 BLKID_SUBLKS_USAGE);
	errno = 0;
	r = blkid_do_safeprobe(probe);
	if (r < 0) {
		content->state = errno == EIO ? CONTENT_UNREAD : CONTENT_UNCLEAR;
		return;
	}
	content->state = r == 0 ? CONTENT_KNOWN : CONTENT_EMPTY;
	copy_value(probe, "TYPE", content->type, sizeof(content->type));
	copy_value(probe, "UUID", content->uuid, sizeof(content->uuid));
	copy_value(probe, "LABEL", content->label, sizeof(content->label));
	copy_value(probe, "USAGE", usage, sizeof(usage));
	content->is_container =
		strcmp(usage, "raid") == 0 || strcmp(usage, "crypto") == 0;
	if (strcmp(content->type, "LVM2_member") == 0)
		lvm_read_group(fd, content);
}

static void read_partitions(blkid_probe probe, struct probe_answer *answer)
{
	blkid_partlist list;
	int count;

	blkid_probe_enable_superblocks(probe, 0);
	blkid_probe_enable_partitions(probe, 1);
	list = blkid_probe_get_partitions(probe);
	count = list ? blkid_partlist_numof_partitions(list) : 0;
	if (count > PROBE_PARTITIONS_MAX)
		answer->content.state = CONTENT_UNCLEAR;
	for (int i = 0; i < count && i < PROBE_PARTITIONS_MAX; i++) {
		blkid_partition partition = blkid_partlist_get_partition(list, i);
		struct probe_partition *entry = &answer->partitions[answer->count++];

		entry->number = (unsigned)blkid_partition_get_partno(partition);
		copy_text(entry->uuid, sizeof(entry->uuid),
			  blkid_partition_get_uuid(partition));
		copy_text(entry->name, sizeof(entry->name),
			  blkid_partition_get_name(partition));
	}
}

/* With what libblkid asks the kernel for while it still may. */
static blkid_probe open_probe(int fd)
{
	blkid_probe probe = blkid_new_probe();

	if (!probe || blkid_probe_set_device(probe, fd, 0, 0) != 0)
		return NULL;
	blkid_probe_get_wholedisk_devno(probe);
	blkid_probe_get_sectorsize(probe);
	return probe;
}

static int open_node(int root_fd, const struct probe_target *target)
{
	int fd = openat(root_fd, target->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;

	/* The node may be that of another device by now. */
	if (fd >= 0 && (fstat(fd, &status) < 0 ||
			status.st_rdev != makedev(target->major, target->minor)))
		return -1;
	return fd;
}

static size_t answer_size(unsigned count)
{
	return offsetof(struct probe_answer, partitions) +
	       count * sizeof(struct probe_partition);
}

static void write_answer(int fd, const struct probe_answer *answer)
{
	const char *at = (const char *)answer;
	size_t left = answer_size(answer->count);

	while (left > 0) {
		ssize_t written = write(fd, at, left);

		if (written <= 0)
			return;
		at += written;
		left -= (size_t)written;
	}
}

static void look(const struct run *run, const struct slot *slot, int pipe_fd)
{
	int fd = open_node(run->root_fd, &run->targets[slot->target]);
	struct probe_answer *answer = calloc(1, sizeof(*answer));
	blkid_probe probe;

	if (!answer)
		_exit(1);
	if (fd < 0 && errno == ENOMEDIUM) {
		answer->content.state = CONTENT_EMPTY;
		write_answer(pipe_fd, answer);
		_exit(0);
	}
	probe = fd < 0 ? NULL : open_probe(fd);
	if (!probe || sandbox_enter(fd, pipe_fd) < 0)
		_exit(1);
	read_content(probe, fd, &answer->content);
	if (answer->content.state != CONTENT_UNREAD)
		read_partitions(probe, answer);
	write_answer(pipe_fd, answer);
	_exit(0);
}

/* -- in the parent ------------------------------------------------------------------- */

static void end_strings(struct content *content)
{
	content->type[sizeof(content->type) - 1] = '\0';
	content->uuid[sizeof(content->uuid) - 1] = '\0';
	content->label[sizeof(content->label) - 1] = '\0';
	content->group_uuid[sizeof(content->group_uuid) - 1] = '\0';
	content->group_name[sizeof(content->group_name) - 1] = '\0';
}

/* What a process says that has parsed a stranger's disk is not believed blindly. */
static bool is_valid(struct slot *slot)
{
	struct probe_answer *answer = &slot->answer;
	unsigned char container;

	if (slot->length < answer_size(0) || answer->count > PROBE_PARTITIONS_MAX ||
	    slot->length != answer_size(answer->count))
		return false;
	memcpy(&container, &answer->content.is_container, 1);
	if ((unsigned)answer->content.state > CONTENT_KNOWN || container > 1)
		return false;
	end_strings(&answer->content);
	for (unsigned i = 0; i < answer->count; i++) {
		struct probe_partition *entry = &answer->partitions[i];

		entry->uuid[sizeof(entry->uuid) - 1] = '\0';
		entry->name[sizeof(entry->name) - 1] = '\0';
	}
	return true;
}

static int start(struct run *run, struct slot *slot, size_t target)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	slot->target = target;
	slot->length = 0;
	slot->pid = fork();
	if (slot->pid == 0) {
		close(ends[0]);
		look(run, slot, ends[1]);
	}
	close(ends[1]);
	slot->fd = ends[0];
	if (slot->pid > 0)
		return 0;
	close(ends[0]);
	slot->fd = -1;
	return -EAGAIN;
}

static void stop(struct slot *slot)
{
	close(slot->fd);
	slot->fd = -1;
	/* One that hangs in the kernel ends when that lets go of it. */
	kill(slot->pid, SIGKILL);
	waitpid(slot->pid, NULL, WNOHANG);
}

static void hear(struct run *run, struct slot *slot)
{
	size_t room = sizeof(slot->answer) - slot->length;
	ssize_t got = read(slot->fd, (char *)&slot->answer + slot->length, room);

	if (got < 0 && errno == EINTR)
		return;
	if (got > 0) {
		slot->length += (size_t)got;
		return;
	}
	/* The end of what it says need not be its own end. */
	stop(slot);
	if (is_valid(slot))
		run->found(run->data, slot->target, &slot->answer);
	else
		log_debug("%s could not be read", run->targets[slot->target].path);
}

/* Waits for any of them; returns false at the deadline. */
static bool wait_for_answers(struct run *run, uint64_t deadline)
{
	struct pollfd polls[WINDOW];
	uint64_t now = clock_ms();

	for (unsigned i = 0; i < WINDOW; i++)
		polls[i] = (struct pollfd){ .fd = run->slots[i].fd, .events = POLLIN };
	if (now >= deadline)
		return false;
	if (poll(polls, WINDOW, (int)(deadline - now)) <= 0)
		return errno == EINTR;
	for (unsigned i = 0; i < WINDOW; i++)
		if (run->slots[i].fd >= 0 && polls[i].revents)
			hear(run, &run->slots[i]);
	return true;
}

/* Fills the free slots. Returns how many are busy. */
static unsigned start_more(struct run *run, size_t count, size_t *next)
{
	unsigned busy = 0;

	for (unsigned i = 0; i < WINDOW; i++) {
		struct slot *slot = &run->slots[i];

		if (slot->fd < 0 && *next < count && start(run, slot, *next) == 0)
			++*next;
		busy += slot->fd >= 0;
	}
	return busy;
}

void probe_run(int root_fd, const struct probe_target *targets, size_t count,
	       uint64_t deadline, probe_found found, void *data)
{
	struct run *run = calloc(1, sizeof(*run));
	size_t next = 0;

	if (!run)
		return;
	run->root_fd = root_fd;
	run->targets = targets;
	run->found = found;
	run->data = data;
	for (unsigned i = 0; i < WINDOW; i++)
		run->slots[i].fd = -1;
	while (start_more(run, count, &next) > 0 && wait_for_answers(run, deadline))
		;
	for (unsigned i = 0; i < WINDOW; i++)
		if (run->slots[i].fd >= 0)
			stop(&run->slots[i]);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	free(run);
}
