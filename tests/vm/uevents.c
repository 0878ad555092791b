/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uevents FILE: records the kernel's uevents into FILE, one line each.
 *
 * Started as the very first thing in an initramfs. The parent returns only when the
 * socket listens, so whatever is started after it cannot bind a driver unseen. The file
 * is meant to lie in devtmpfs, which is the same file system in the initramfs and in the
 * real root.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BUFFER (32 << 20)

static int listen_uevents(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int size = RECEIVE_BUFFER;
	int fd;

	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

/* An event is "ACTION@DEVPATH", then KEY=VALUE strings, each ended by a NUL. */
static int record_event(int out, char *event, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (event[i] == '\0')
			event[i] = ' ';
	event[length] = '\n';
	if (write(out, event, length + 1) != (ssize_t)length + 1)
		return -EIO;
	return 0;
}

static int record_loss(int out)
{
	static const char lost[] = "lost events\n";

	if (write(out, lost, sizeof(lost) - 1) != sizeof(lost) - 1)
		return -EIO;
	return 0;
}

static int record(int in, int out)
{
	static char event[65536];
	ssize_t length;
	int err = 0;

	while (err == 0) {
		length = recv(in, event, sizeof(event) - 1, 0);
		if (length > 0)
			err = record_event(out, event, length);
		else if (length < 0 && errno == ENOBUFS)
			err = record_loss(out);
		else if (length < 0 && errno != EINTR)
			err = -errno;
	}
	return err;
}

int main(int argc, char **argv)
{
	int in, out;

	if (argc != 2) {
		fprintf(stderr, "usage: uevents FILE\n");
		return 2;
	}
	out = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (out < 0) {
		perror(argv[1]);
		return 1;
	}
	in = listen_uevents();
	if (in < 0) {
		fprintf(stderr, "netlink: %s\n", strerror(-in));
		return 1;
	}
	switch (fork()) {
	case -1:
		perror("fork");
		return 1;
	case 0:
		break;
	default:
		return 0;
	}
	/* systemd spares processes marked like this when it leaves an initramfs. */
	argv[0][0] = '@';
	setsid();
	return record(in, out) < 0;
}
