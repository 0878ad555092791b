/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/base.h"
#include "block/internal.h"
#include "seams.h"
#include "unit.h"

static struct directory root;

static void set_up(void)
{
	root = make_directory();
}

static void tear_down(void)
{
	drop_directory(&root);
}

/*
 * Images, made by the usual tools; "image" is the path. The contents in words:
 * "STATE TYPE UUID LABEL[ container]", then "NUMBER UUID NAME" for each partition.
 */
static const struct {
	const char *name;
	const char *command;
	const char *words;
} images[] = {
	{ "nothing", "truncate -s 1M image", "empty   " },
	{ "empty file", ": >image", "empty   " },
	{ "ext4",
	  "truncate -s 4M image && mke2fs -q -F -t ext4 -L my.root "
	  "-U 01234567-89ab-cdef-0123-456789abcdef image",
	  "known ext4 01234567-89ab-cdef-0123-456789abcdef my.root" },
	{ "vfat", "truncate -s 1M image && mkfs.vfat -n ESP -i 1234abcd image >/dev/null",
	  "known vfat 1234-ABCD ESP" },
	{ "swap",
	  "truncate -s 1M image && mkswap -q -L s "
	  "-U 01234567-89ab-cdef-0123-456789abcdef image",
	  "known swap 01234567-89ab-cdef-0123-456789abcdef s" },
	{ "btrfs",
	  "truncate -s 128M image && mkfs.btrfs -q -L b "
	  "-U 01234567-89ab-cdef-0123-456789abcdef image >/dev/null",
	  "known btrfs 01234567-89ab-cdef-0123-456789abcdef b" },
	{ "LUKS",
	  "truncate -s 20M image && dd if=/dev/zero bs=32 count=1 2>/dev/null | "
	  "cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 "
	  "--pbkdf-force-iterations 1000 --uuid 01234567-89ab-cdef-0123-456789abcdef "
	  "--key-file - image",
	  "known crypto_LUKS 01234567-89ab-cdef-0123-456789abcdef  container" },
	{ "GPT",
	  "truncate -s 4M image && printf 'label: gpt\\n"
	  "size=1M, name=esp, uuid=01234567-89AB-CDEF-0123-456789ABCDEF\\n"
	  "name=\"my root\", uuid=11234567-89AB-CDEF-0123-456789ABCDEF\\n' | "
	  "sfdisk -q image",
	  "empty   ; 1 01234567-89ab-cdef-0123-456789abcdef esp; "
	  "2 11234567-89ab-cdef-0123-456789abcdef my root" },
	{ "DOS",
	  "truncate -s 4M image && printf 'label: dos\\nlabel-id: 0x12345678\\n"
	  "size=1M\\nsize=2M\\n' | sfdisk -q image",
	  "empty   ; 1 12345678-01 ; 2 12345678-02 " },
	/* signatures of two file systems */
	{ "ambivalent",
	  "truncate -s 128M image && mkfs.btrfs -q image >/dev/null && cp image image.b "
	  "&& "
	  "mke2fs -q -F -t ext4 image && dd if=image.b of=image bs=64k skip=1 seek=1 "
	  "count=1 conv=notrunc 2>/dev/null",
	  "unclear   " },
};

static const char *const states[] = { "unread", "unclear", "empty", "known" };

static void describe(void *data, size_t target, const struct blkid_probe_reply *reply)
{
	const struct superblock *superblock = &reply->superblock;
	char *words = data;
	size_t at = 0;

	(void)target;
	at += (size_t)snprintf(words, 1024, "%s %s %s %s%s", states[superblock->state],
			       superblock->type, superblock->uuid, superblock->label,
			       superblock->is_container ? " container" : "");
	for (unsigned i = 0; i < reply->count; i++)
		at += (size_t)snprintf(
			words + at, 1024 - at, "; %u %s %s", reply->partitions[i].number,
			reply->partitions[i].uuid, reply->partitions[i].name);
}

static void run_command(const char *command)
{
	char line[1024];

	snprintf(line, sizeof(line), "cd %s && PATH=/usr/sbin:/sbin:$PATH && %s",
		 root.path, command);
	ck_assert_msg(system(line) == 0, "%s failed", command);
}

START_TEST(reads_images)
{
	const struct blkid_probe_target target = { .path = "image" };
	char words[1024] = "no reply";
	unsigned before;

	run_command(images[_i].command);
	before = count_fds();
	blkid_probe_run(root.fd, &target, 1, clock_ms() + 20000, describe, words);
	expect_text(images[_i].name, words, images[_i].words);
	ck_assert_uint_eq(count_fds(), before);
	/* The children are not waited for. */
	for (unsigned tries = 0; tries < 100 && waitpid(-1, NULL, WNOHANG) >= 0; tries++)
		usleep(10000);
	expect("no child is left", waitpid(-1, NULL, WNOHANG) < 0);
}

static void keep_reply(void *data, size_t target, const struct blkid_probe_reply *reply)
{
	(void)target;
	memcpy(data, reply, offsetof(struct blkid_probe_reply, partitions));
}

/* Another program may know another libblkid: its reply counts. */
START_TEST(asks_the_program)
{
	const struct blkid_probe_target target = { .path = "image" };
	struct blkid_probe_reply reply = { 0 };
	char words[1024] = "no reply", program[128], path[128];
	FILE *file;

	run_command(images[2].command);
	blkid_probe_run(root.fd, &target, 1, clock_ms() + 20000, keep_reply, &reply);
	snprintf(path, sizeof(path), "%s/reply", root.path);
	file = fopen(path, "w");
	ck_assert(file && fwrite(&reply, offsetof(struct blkid_probe_reply, partitions),
				 1, file) == 1);
	ck_assert_int_eq(fclose(file), 0);
	run_command(
		"echo text >image && "
		"printf '#!/bin/sh\\n[ \"$*\" = --probe ] && [ \"$(cat)\" = text ] && "
		"cat %s/reply\\n' \"$PWD\" >program && chmod 755 program");
	snprintf(program, sizeof(program), "%s/program", root.path);
	blkid_probe_use(program);
	blkid_probe_run(root.fd, &target, 1, clock_ms() + 20000, describe, words);
	expect_text("the program's", words, images[2].words);
	strcpy(words, "no reply");
	blkid_probe_use("/bin/false");
	blkid_probe_run(root.fd, &target, 1, clock_ms() + 20000, describe, words);
	expect_text("one that fails", words, "no reply");
	blkid_probe_use(NULL);
}

struct tally {
	unsigned seen[64];
};

static void count_reply(void *data, size_t target, const struct blkid_probe_reply *reply)
{
	struct tally *tally = data;

	(void)reply;
	tally->seen[target]++;
}

/* More than are read at a time; one is missing, one is another device. */
START_TEST(reads_many)
{
	struct blkid_probe_target targets[40];
	struct tally tally = { 0 };

	put_file(&root, "image", "");
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		targets[i] = (struct blkid_probe_target){ .path = "image" };
	targets[7].path = "none";
	targets[9].minor = 1;
	blkid_probe_run(root.fd, targets, ARRAY_SIZE(targets), clock_ms() + 20000,
			count_reply, &tally);
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		expect_number("target", tally.seen[i], i != 7 && i != 9);
}

/* No reply comes before a deadline that has passed. */
START_TEST(stops_at_the_deadline)
{
	struct blkid_probe_target targets[] = { { .path = "image" },
						{ .path = "image" } };
	struct tally tally = { 0 };
	uint64_t begin = clock_ms();

	put_file(&root, "image", "");
	blkid_probe_run(root.fd, targets, 2, begin, count_reply, &tally);
	expect_number("late", tally.seen[0] + tally.seen[1], 0);
	expect("late", clock_ms() - begin < 2000);
}

START_TEST(survives_a_failing_fork)
{
	struct blkid_probe_target target = { .path = "image" };
	struct tally tally = { 0 };
	unsigned before = count_fds();

	put_file(&root, "image", "");
	seam_fail_from(SEAM_FORK, 1, EAGAIN);
	blkid_probe_run(root.fd, &target, 1, clock_ms() + 1000, count_reply, &tally);
	seam_reset(SEAM_FORK);
	seam_fail_from(SEAM_PIPE, 1, EMFILE);
	blkid_probe_run(root.fd, &target, 1, clock_ms() + 1000, count_reply, &tally);
	seam_reset(SEAM_PIPE);
	expect_number("none", tally.seen[0], 0);
	ck_assert_uint_eq(count_fds(), before);
}

/*
 * What the sandboxed process can still do, one bit of the status for each. By system
 * call, since the sanitizers intercept some of the functions.
 */
static int try_all(int fd, int other_fd)
{
	char byte = 'x';
	pid_t parent = getppid();
	int status = 0;

	if (sandbox_enter(fd, other_fd) < 0)
		return 128;
	if (syscall(SYS_read, fd, &byte, 1) != 1)
		status |= 1;
	if (syscall(SYS_write, other_fd, &byte, 1) != 1)
		status |= 2;
	if (syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY) >= 0)
		status |= 4;
	if (syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0) >= 0)
		status |= 8;
	if (syscall(SYS_kill, parent, 0) == 0)
		status |= 16;
	if (syscall(SYS_setuid, 0) == 0)
		status |= 32;
	if (syscall(SYS_dup, fd) >= 0)
		status |= 64;
	return status;
}

START_TEST(closes_the_sandbox)
{
	int status, fd, ends[2];
	pid_t pid;

	put_file(&root, "image", "x");
	fd = openat(root.fd, "image", O_RDONLY);
	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	if (pid == 0)
		syscall(SYS_exit_group, try_all(fd, ends[1]));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	expect_number("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0, 0);
	expect_number("status", WEXITSTATUS(status), 0);
	close(fd);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	TCase *tcase = tcase_create("blkid_probe");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, reads_images, images);
	tcase_add_test(tcase, asks_the_program);
	tcase_add_test(tcase, reads_many);
	tcase_add_test(tcase, stops_at_the_deadline);
	tcase_add_test(tcase, survives_a_failing_fork);
	tcase_add_test(tcase, closes_the_sandbox);
	return unit_run(tcase);
}
