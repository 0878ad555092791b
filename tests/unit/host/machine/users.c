/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "machine/machine.h"
#include "unit.h"

#define DEVICE "sys/bus/pci/devices/0000:01:00.0/"

/* /dev/null stands for the node of the device. */
static const struct {
	const char *name, *file, *content, *users;
} rows[] = {
	{ "a node of the device", DEVICE "drm/card0/dev", "1:3\n",
	  "sleep (process 12) has /dev/null open|" },
	{ "one below other devices", DEVICE "usb1/1-1/1-1.1/input/event1/dev", "1:3\n",
	  "sleep (process 12) has /dev/null open|" },
	{ "another node", DEVICE "drm/card0/dev", "1:8\n", "" },
	{ "not a number", DEVICE "drm/card0/dev", "x\n", "" },
	{ "an interface that is up", DEVICE "net/enp1s0/flags", "0x1003\n",
	  "the network interface enp1s0 is up (ip link set enp1s0 down)|" },
	{ "an interface that is down", DEVICE "net/enp1s0/flags", "0x1002\n", "" },
	{ "flags of something else", DEVICE "other/enp1s0/flags", "0x1003\n", "" },
};

static void add(void *data, const char *text)
{
	char *users = data;

	strcat(strcat(users, text), "|");
}

START_TEST(finds_users)
{
	struct directory root = make_directory();
	struct pci_device pci = { .group = NO_GROUP };
	struct device device = { .pci = &pci, .address = "0000:01:00.0" };
	struct host host = { .root_fd = root.fd };
	char users[1024] = "";
	unsigned before;

	put_file(&root, rows[_i].file, rows[_i].content);
	put_link(&root, DEVICE "driver/dev", "../../drivers/x");
	put_file(&root, "proc/12/comm", "sleep\n");
	put_link(&root, "proc/12/fd/0", "/dev/zero");
	put_link(&root, "proc/12/fd/3", "/dev/null");
	put_file(&root, "proc/self/fd/3", "");
	before = count_fds();
	expect_number(rows[_i].name, users_each(&host, &device, add, users),
		      rows[_i].users[0] ? 1 : 0);
	expect_text(rows[_i].name, users, rows[_i].users);
	expect_number(rows[_i].name, count_fds(), before);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("users");

	add_rows(tcase, finds_users, rows);
	return unit_run(tcase);
}
