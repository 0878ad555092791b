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

#include "base/base.h"
#include "block/internal.h"

/* Disks read at a time: spinning ones seek in parallel. */
#define WINDOW 8

struct slot {
	pid_t pid;
	int fd; /* the read end of the pipe from the child; -1 if the slot is free */
	size_t target;
	size_t length; /* of the reply so far */
	struct blkid_probe_reply reply;
};

struct run {
	int root_fd;
	const struct blkid_probe_target *targets;
	blkid_probe_found found;
	void *data;
	struct slot slots[WINDOW];
};

/* The program that reads disks, or NULL for this one. */
static const char *reader;

void blkid_probe_use(const char *program)
{
	reader = program;
}

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

static void read_superblock(blkid_probe probe, int fd, struct superblock *superblock)
{
	char usage[16] = "", magic[24] = "", journal[SUPERBLOCK_UUID_SIZE] = "";
	int r;

	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(
		probe, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID | BLKID_SUBLKS_TYPE |
			       BLKID_SUBLKS_USAGE | BLKID_SUBLKS_MAGIC);
	errno = 0;
	r = blkid_do_safeprobe(probe);
	if (r < 0) {
		superblock->state = errno == EIO ? SUPERBLOCK_UNREAD : SUPERBLOCK_UNCLEAR;
		return;
	}
	superblock->state = r == 0 ? SUPERBLOCK_KNOWN : SUPERBLOCK_EMPTY;
	copy_value(probe, "TYPE", superblock->type, sizeof(superblock->type));
	copy_value(probe, "UUID", superblock->uuid, sizeof(superblock->uuid));
	copy_value(probe, "LABEL", superblock->label, sizeof(superblock->label));
	copy_value(probe, "USAGE", usage, sizeof(usage));
	superblock->is_container = strcmp(usage, "raid") == 0 ||
				   strcmp(usage, "crypto") == 0 ||
				   format_carries_others(superblock->type);
	copy_value(probe, "SBMAGIC_OFFSET", magic, sizeof(magic));
	copy_value(probe, "EXT_JOURNAL", journal, sizeof(journal));
	if (journal[0])
		snprintf(superblock->needs, sizeof(superblock->needs), "UUID=%s\n",
			 journal);
	members_read(fd, strtoull(magic, NULL, 10), superblock);
}

static void read_partitions(blkid_probe probe, struct blkid_probe_reply *reply)
{
	blkid_partlist list;
	int count;

	blkid_probe_enable_superblocks(probe, 0);
	blkid_probe_enable_partitions(probe, 1);
	list = blkid_probe_get_partitions(probe);
	count = list ? blkid_partlist_numof_partitions(list) : 0;
	if (count > BLKID_PROBE_PARTITIONS_MAX)
		reply->superblock.state = SUPERBLOCK_UNCLEAR;
	for (int i = 0; i < count && i < BLKID_PROBE_PARTITIONS_MAX; i++) {
		blkid_partition partition = blkid_partlist_get_partition(list, i);
		struct blkid_probe_partition *entry = &reply->partitions[reply->count++];

		entry->number = (unsigned)blkid_partition_get_partno(partition);
		copy_text(entry->uuid, sizeof(entry->uuid),
			  blkid_partition_get_uuid(partition));
		copy_text(entry->name, sizeof(entry->name),
			  blkid_partition_get_name(partition));
	}
}

/* Lets libblkid ask the kernel about the device before the sandbox forbids it. */
static blkid_probe open_probe(int fd)
{
	blkid_probe probe = blkid_new_probe();

	if (!probe || blkid_probe_set_device(probe, fd, 0, 0) != 0)
		return NULL;
	blkid_probe_get_wholedisk_devno(probe);
	blkid_probe_get_sectorsize(probe);
	return probe;
}

static int open_node(int root_fd, const struct blkid_probe_target *target)
{
	int fd = openat(root_fd, target->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;

	/* By now the node may belong to another device. */
	if (fd >= 0 && (fstat(fd, &status) < 0 ||
			status.st_rdev != makedev(target->major, target->minor)))
		return -1;
	return fd;
}

static size_t reply_size(unsigned count)
{
	return offsetof(struct blkid_probe_reply, partitions) +
	       count * sizeof(struct blkid_probe_partition);
}

static void write_reply(int fd, const struct blkid_probe_reply *reply)
{
	const char *at = (const char *)reply;
	size_t left = reply_size(reply->count);

	while (left > 0) {
		ssize_t written = write(fd, at, left);

		if (written <= 0)
			return;
		at += written;
		left -= (size_t)written;
	}
}

/* Reads what is on the device, and ends the process. */
static void serve(int fd, int pipe_fd)
{
	struct blkid_probe_reply *reply = calloc(1, sizeof(*reply));
	blkid_probe probe = reply ? open_probe(fd) : NULL;

	if (!probe || sandbox_enter(fd, pipe_fd) < 0)
		_exit(1);
	read_superblock(probe, fd, &reply->superblock);
	if (reply->superblock.state != SUPERBLOCK_UNREAD)
		read_partitions(probe, reply);
	write_reply(pipe_fd, reply);
	_exit(0);
}

void blkid_probe_serve(void)
{
	serve(STDIN_FILENO, STDOUT_FILENO);
}

/* Returns only if that cannot be run. */
static void run_program(const char *program, int fd, int pipe_fd)
{
	/* Either may have one of the numbers that the other gets. */
	int device = fcntl(fd, F_DUPFD, 3), reply = fcntl(pipe_fd, F_DUPFD, 3);

	if (device >= 0 && reply >= 0 && dup2(device, STDIN_FILENO) >= 0 &&
	    dup2(reply, STDOUT_FILENO) >= 0)
		execl(program, program, "--probe", (char *)NULL);
	_exit(1);
}

static void probe_child(const struct run *run, const struct slot *slot, int pipe_fd)
{
	int fd = open_node(run->root_fd, &run->targets[slot->target]);
	struct blkid_probe_reply nothing = { .superblock.state = SUPERBLOCK_EMPTY };

	if (fd < 0 && errno == ENOMEDIUM) {
		write_reply(pipe_fd, &nothing);
		_exit(0);
	}
	if (fd < 0)
		_exit(1);
	if (reader)
		run_program(reader, fd, pipe_fd);
	serve(fd, pipe_fd);
}

/* -- in the parent ------------------------------------------------------------------- */

static void end_strings(struct superblock *superblock)
{
	superblock->type[sizeof(superblock->type) - 1] = '\0';
	superblock->uuid[sizeof(superblock->uuid) - 1] = '\0';
	superblock->label[sizeof(superblock->label) - 1] = '\0';
	superblock->group_uuid[sizeof(superblock->group_uuid) - 1] = '\0';
	superblock->group_name[sizeof(superblock->group_name) - 1] = '\0';
	superblock->needs[sizeof(superblock->needs) - 1] = '\0';
}

/* The child has parsed an untrusted disk, so its reply is not trusted either. */
static bool is_valid(struct slot *slot)
{
	struct blkid_probe_reply *reply = &slot->reply;
	unsigned char container, seed;

	if (slot->length < reply_size(0) || reply->count > BLKID_PROBE_PARTITIONS_MAX ||
	    slot->length != reply_size(reply->count))
		return false;
	memcpy(&container, &reply->superblock.is_container, 1);
	memcpy(&seed, &reply->superblock.is_seed, 1);
	if ((unsigned)reply->superblock.state > SUPERBLOCK_KNOWN || container > 1 ||
	    seed > 1)
		return false;
	end_strings(&reply->superblock);
	for (unsigned i = 0; i < reply->count; i++) {
		struct blkid_probe_partition *entry = &reply->partitions[i];

		entry->uuid[sizeof(entry->uuid) - 1] = '\0';
		entry->name[sizeof(entry->name) - 1] = '\0';
	}
	return true;
}

static int start_child(struct run *run, struct slot *slot, size_t target)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	slot->target = target;
	slot->length = 0;
	slot->pid = fork();
	if (slot->pid == 0) {
		close(ends[0]);
		probe_child(run, slot, ends[1]);
	}
	close(ends[1]);
	slot->fd = ends[0];
	if (slot->pid > 0)
		return 0;
	close(ends[0]);
	slot->fd = -1;
	return -EAGAIN;
}

static void stop_child(struct slot *slot)
{
	close(slot->fd);
	slot->fd = -1;
	/* A child that hangs in the kernel dies when the kernel returns. */
	kill(slot->pid, SIGKILL);
	waitpid(slot->pid, NULL, WNOHANG);
}

static void read_reply(struct run *run, struct slot *slot)
{
	size_t room = sizeof(slot->reply) - slot->length;
	ssize_t got = read(slot->fd, (char *)&slot->reply + slot->length, room);

	if (got < 0 && errno == EINTR)
		return;
	if (got > 0) {
		slot->length += (size_t)got;
		return;
	}
	/* The child may close the pipe and live on. */
	stop_child(slot);
	if (is_valid(slot))
		run->found(run->data, slot->target, &slot->reply);
	else
		log_debug("cannot read %s", run->targets[slot->target].path);
}

/* Waits until a child writes. Returns false at the deadline. */
static bool wait_for_replies(struct run *run, uint64_t deadline)
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
			read_reply(run, &run->slots[i]);
	return true;
}

/* Starts children in the free slots. Returns how many slots are busy. */
static unsigned fill_slots(struct run *run, size_t count, size_t *next)
{
	unsigned busy = 0;

	for (unsigned i = 0; i < WINDOW; i++) {
		struct slot *slot = &run->slots[i];

		if (slot->fd < 0 && *next < count && start_child(run, slot, *next) == 0)
			++*next;
		busy += slot->fd >= 0;
	}
	return busy;
}

void blkid_probe_run(int root_fd, const struct blkid_probe_target *targets, size_t count,
		     uint64_t deadline, blkid_probe_found found, void *data)
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
	while (fill_slots(run, count, &next) > 0 && wait_for_replies(run, deadline))
		;
	for (unsigned i = 0; i < WINDOW; i++)
		if (run->slots[i].fd >= 0)
			stop_child(&run->slots[i]);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	free(run);
}
