/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <limits.h>
#include <linux/loop.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "machine/machine.h"
#include "unit.h"

#define ADDRESS "0000:01:00.0"
#define DEVICES "sys/devices/pci0000:00/"
#define SOMEONE "sleep (process 12) has /dev/null open|"

#define HOLDER	     "sleep (process 12) has ../../../node open|"
#define NODE(number) "node c " number "\nproc/12/fd/7 > ../../../node"
#define GPU	     "proc/driver/nvidia/gpus/" ADDRESS "/information Device Minor: \t "
#define FBCON                                 \
	"sys/class/vtconsole/vtcon1/bind 1\n" \
	"sys/class/vtconsole/vtcon1/name (M) frame buffer device\n"

#define BLOCK(name, number, directory)                                            \
	"sys/class/block/" name " > ../../../" directory name "\n" directory name \
	"/dev " number "\n"
#define DISK BLOCK("sda", "8:0", DEVICES ADDRESS "/block/")
#define PART                      \
	DISK BLOCK("sda1", "8:1", \
		   DEVICES ADDRESS "/block/sda/") "~block/sda/sda1/partition 1\n"
#define VIRTUAL "sys/devices/virtual/block/"
/* What is built on the partition. */
#define UPPER(name, number) \
	PART BLOCK(name, number, VIRTUAL) "~block/sda/sda1/holders/" name " > x\n"
#define LOOP(file) \
	DISK BLOCK("loop0", "7:0", VIRTUAL) VIRTUAL "loop0/loop/backing_file " file "\n"
#define MOUNT(number, source) \
	"proc/self/mountinfo 20 1 " number " / /srv rw shared:1 - ext4 " source " rw"

/*
 * A machine, in lines: "PATH CONTENT", where "|" is a newline, "PATH > TARGET" for a
 * link, "PATH c MAJOR:MINOR" or "PATH b ..." for a node, which only root can make. "~" is
 * the directory of the device. Process 12 has /dev/null and /dev/zero open, 1:3 and 1:5,
 * which stand for nodes of devices.
 */
static const struct {
	const char *name, *driver, *files, *users;
} rows[] = {
	/* -- nodes below the device, by driver -- */
	{ "amdgpu: a card", "amdgpu", "~drm/card0/dev 1:3", SOMEONE },
	{ "amdgpu: to compute", "amdgpu", "~drm/renderD128/dev 1:3", SOMEONE },
	{ "amdgpu: idle", "amdgpu", "~drm/card0/dev 1:8", "" },
	{ "i915: a card", "i915", "~drm/card0/dev 1:3", SOMEONE },
	{ "i915: idle", "i915", "~drm/card0/dev 1:8", "" },
	{ "xe: a card", "xe", "~drm/card0/dev 1:3", SOMEONE },
	{ "xe: idle", "xe", "~drm/card0/dev 1:8", "" },
	{ "nouveau: a card", "nouveau", "~drm/card0/dev 1:3", SOMEONE },
	{ "nouveau: idle", "nouveau", "~drm/card0/dev 1:8", "" },
	{ "snd_hda_intel: music", "snd_hda_intel", "~sound/card0/pcmC0D0p/dev 1:3",
	  SOMEONE },
	{ "snd_hda_intel: idle", "snd_hda_intel", "~sound/card0/pcmC0D0p/dev 1:8", "" },
	{ "xhci_hcd: below other devices", "xhci_hcd",
	  "~usb1/1-1/1-1.1/input/event1/dev 1:3", SOMEONE },
	{ "xhci_hcd: idle", "xhci_hcd", "~usb1/1-1/dev 1:8", "" },
	{ "nvme: its controller", "nvme", "~nvme/nvme0/dev 1:3", SOMEONE },
	{ "nvme: idle", "nvme", "~nvme/nvme0/dev 1:8", "" },
	{ "ahci: SCSI generic", "ahci", "~ata1/scsi_generic/sg0/dev 1:3", SOMEONE },
	{ "ahci: idle", "ahci", "~ata1/scsi_generic/sg0/dev 1:8", "" },
	{ "igb: up", "igb", "~net/e0/flags 0x1003",
	  "the network interface e0 is up (ip link set e0 down)|" },
	{ "igb: idle", "igb", "~net/e0/flags 0x1002", "" },
	{ "ixgbe: up", "ixgbe", "~net/e0/flags 0x1003",
	  "the network interface e0 is up (ip link set e0 down)|" },
	{ "ixgbe: idle", "ixgbe", "~net/e0/flags 0x1002", "" },
	{ "r8169: up", "r8169", "~net/e0/flags 0x1003",
	  "the network interface e0 is up (ip link set e0 down)|" },
	{ "r8169: idle", "r8169", "~net/e0/flags 0x1002", "" },
	{ "not a number", "x", "~drm/card0/dev x", "" },
	{ "a mediated device", "i915",
	  "~b1/iommu_group > ../../../../groups/7\ndev/vfio/7 c 1:3", SOMEONE },
	{ "a group of VFIO", "vfio-pci",
	  "~iommu_group > ../../../groups/7\ndev/vfio/7 c 1:3", SOMEONE },
	{ "a group of VFIO, idle", "vfio-pci",
	  "~iommu_group > ../../../groups/7\ndev/vfio/7 c 1:8", "" },
	{ "a group without IOMMU", "vfio-pci",
	  "~iommu_group > ../../../groups/7\ndev/vfio/noiommu-7 c 1:3", SOMEONE },
	{ "a virtual function", "igb",
	  "~virtfn0 > ../0000:01:10.0\nsys/bus/pci/devices/0000:01:10.0/drm/card0/dev 1:3",
	  SOMEONE },
	/* -- nodes outside sysfs -- */
	{ "nvidia: its node", "nvidia", "proc/devices 1 nvidia\n" GPU "3", SOMEONE },
	{ "nvidia: an older name", "nvidia", "proc/devices 1 nvidia-frontend\n" GPU "3",
	  SOMEONE },
	{ "nvidia: that of another card", "nvidia", "proc/devices 1 nvidia\n" GPU "0",
	  "" },
	{ "nvidia: the card is not known", "nvidia", "proc/devices 1 nvidia", SOMEONE },
	{ "nvidia: CUDA", "nvidia", "proc/devices 508 nvidia-uvm\n" NODE("508:0"),
	  HOLDER },
	{ "nvidia: its control node", "nvidia",
	  "proc/devices 195 nvidia\n" GPU "0\n" NODE("195:255"), HOLDER },
	{ "nvidia: its control node, for another card", "nvidia",
	  "proc/devices 195 nvidia\n" GPU
	  "0\n" NODE("195:255") "\n"
				"other c 195:1\nproc/12/fd/8 > ../../../other",
	  "" },
	{ "nvidia: idle", "nvidia", "proc/devices 195 nvidia", "" },
	{ "nvidia: a number of block devices", "nvidia",
	  "proc/devices Block devices:|1 nvidia", "" },
	{ "another driver", "amdgpu", "proc/devices 1 nvidia", "" },
	{ "amdgpu: ROCm", "amdgpu", "proc/devices 508 kfd\n" NODE("508:0"), HOLDER },
	{ "amdgpu: ROCm with another card", "amdgpu",
	  "proc/devices 226 drm|508 kfd\n" NODE(
		  "508:0") "\nother c 226:1\nproc/12/fd/8 > ../../../other",
	  "" },
	/* -- interfaces -- */
	{ "in a bridge", "igb", "~net/e0/flags 0x1002\n~net/e0/master > ../../../br0",
	  "the network interface e0 is part of br0 (ip link set e0 nomaster)|" },
	{ "with a VLAN", "igb", "~net/e0/flags 0x1002\n~net/e0/upper_e0.5 > ../x",
	  "the network interface e0 is below e0.5 (ip link delete e0.5)|" },
	{ "flags of something else", "x", "~other/e0/flags 0x1003", "" },
	/* -- consoles -- */
	{ "a console", "amdgpu", "~graphics/fb0/dev 29:0\n" FBCON,
	  "the console is on fb0 (echo 0 >/sys/class/vtconsole/vtcon1/bind)|" },
	{ "a console that is not bound", "amdgpu",
	  "~graphics/fb0/dev 29:0\nsys/class/vtconsole/vtcon1/bind 0\n"
	  "sys/class/vtconsole/vtcon1/name (M) frame buffer device",
	  "" },
	{ "a console in text mode", "amdgpu",
	  "~graphics/fb0/dev 29:0\nsys/class/vtconsole/vtcon0/bind 1\n"
	  "sys/class/vtconsole/vtcon0/name (S) VGA+",
	  "" },
	{ "the console is on another framebuffer", "amdgpu",
	  "~graphics/fb1/dev 29:1\nsys/class/graphics/fb0/dev 29:0\n" FBCON, "" },
	{ "the boot framebuffer", "",
	  "sys/bus/platform/devices/simple-framebuffer.0 > ../../../devices/pci0000:00/" ADDRESS
	  "/simple-framebuffer.0\n~simple-framebuffer.0/driver > ../x\n~simple-framebuffer.0/graphics/fb0/dev 29:0\n" FBCON,
	  "" },
	/* -- disks -- */
	{ "a disk", "nvme", PART, "" },
	{ "mounted", "nvme", DISK MOUNT("8:0", "/dev/x"), "sda is mounted on /srv|" },
	{ "a partition is mounted", "nvme", PART MOUNT("8:1", "/dev/x"),
	  "sda1 is mounted on /srv|" },
	{ "mounted twice", "nvme", DISK MOUNT("8:0", "x") "|20 1 8:0 / /a rw - ext4 x",
	  "sda is mounted on /srv|" },
	{ "btrfs", "nvme", DISK MOUNT("0:30", "/dev/sda"), "sda is mounted on /srv|" },
	{ "another disk is mounted", "nvme", DISK MOUNT("8:9", "/dev/sdb"), "" },
	{ "swap", "nvme", PART "proc/swaps Filename|/dev/sda1 partition 1 0 -2",
	  "sda1 is in use as swap|" },
	{ "device-mapper", "nvme",
	  UPPER("dm-0", "253:0") VIRTUAL "dm-0/dm/name ceph--1-osd",
	  "sda1 is part of dm-0 (ceph--1-osd)|" },
	{ "device-mapper, open", "nvme",
	  UPPER("dm-0", "253:0") "node b 253:0\nproc/12/fd/7 > ../../../node",
	  "sda1 is part of dm-0|sleep (process 12) has ../../../node open|" },
	{ "device-mapper, mounted", "nvme",
	  UPPER("dm-0", "253:0") MOUNT("253:0", "/dev/dm-0"),
	  "sda1 is part of dm-0|dm-0 is mounted on /srv|" },
	{ "md, below device-mapper", "nvme",
	  UPPER("md0", "9:0") VIRTUAL "md0/holders/dm-7 > x",
	  "sda1 is part of md0|md0 is part of dm-7|" },
	{ "a partition of md", "nvme",
	  UPPER("md0", "9:0") BLOCK("md0p1", "259:0", VIRTUAL "md0/") VIRTUAL
	  "md0/md0p1/partition 1\n" MOUNT("259:0", "/dev/x"),
	  "sda1 is part of md0|md0p1 is mounted on /srv|" },
	{ "bcache", "nvme", UPPER("bcache0", "252:0"), "sda1 is part of bcache0|" },
	{ "a circle", "nvme", UPPER("dm-0", "253:0") VIRTUAL "dm-0/holders/dm-0 > x",
	  "sda1 is part of dm-0|dm-0 is part of dm-0|" },
	{ "a loop device", "nvme", LOOP("/dev/sda"), "sda is part of loop0|" },
	{ "a loop device of a file", "nvme", LOOP("/srv/image"), "" },
	{ "LIO", "nvme",
	  DISK "sys/kernel/config/target/core/fileio_0/x/udev_path /dev/sda",
	  "sda is exported by /sys/kernel/config/target/core/fileio_0/x|" },
	{ "the NVMe target", "nvme",
	  DISK "sys/kernel/config/nvmet/subsystems/x/namespaces/1/device_path /dev/sda",
	  "sda is exported by /sys/kernel/config/nvmet/subsystems/x/namespaces/1|" },
};

/* Returns whether that worked. */
static bool put_node(const struct directory *root, const char *path, char type,
		     const char *number)
{
	unsigned major, minor;

	ck_assert(text_read_pair(number, &major, &minor));
	put_file(root, path, "");
	ck_assert_int_eq(unlinkat(root->fd, path, 0), 0);
	return mknodat(root->fd, path, (type == 'b' ? S_IFBLK : S_IFCHR) | 0600,
		       makedev(major, minor)) == 0;
}

static bool put_line(const struct directory *root, char *line)
{
	char path[PATH_MAX];
	char *rest = strchr(line, ' ');

	ck_assert_ptr_nonnull(rest);
	*rest++ = '\0';
	snprintf(path, sizeof(path), "%s%s", line[0] == '~' ? DEVICES ADDRESS "/" : "",
		 line + (line[0] == '~'));
	if (strncmp(rest, "c ", 2) == 0 || strncmp(rest, "b ", 2) == 0)
		return put_node(root, path, rest[0], rest + 2);
	for (char *at = rest; (at = strchr(at, '|'));)
		*at = '\n';
	if (strncmp(rest, "> ", 2) == 0)
		put_link(root, path, rest + 2);
	else
		put_file(root, path, rest);
	return true;
}

/* Returns whether this user may make them all. */
static bool put_lines(const struct directory *root, const char *lines)
{
	_cleanup_free_ char *copy = strdup(lines);
	bool good = true;

	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
		good = put_line(root, line) && good;
	return good;
}

static void add(void *data, const char *text)
{
	char *users = data;

	strcat(strcat(users, text), "|");
}

static unsigned count_lines(const char *users)
{
	unsigned count = 0;

	for (; *users; users++)
		count += *users == '|';
	return count;
}

START_TEST(finds_users)
{
	struct directory root = make_directory();
	struct pci_device pci = { .group = NO_GROUP };
	struct device device = { .pci = &pci, .address = ADDRESS };
	struct host host = { .root_fd = root.fd };
	char users[1024] = "", driver[64];
	unsigned before;

	put_directory(&root, DEVICES ADDRESS);
	put_link(&root, "sys/bus/pci/devices/" ADDRESS, "../../../../" DEVICES ADDRESS);
	snprintf(driver, sizeof(driver), "../../../bus/pci/drivers/%s", rows[_i].driver);
	put_link(&root, DEVICES ADDRESS "/driver", driver);
	put_file(&root, "proc/12/comm", "sleep\n");
	put_link(&root, "proc/12/fd/0", "/dev/zero");
	put_link(&root, "proc/12/fd/3", "/dev/null");
	put_file(&root, "proc/self/fd/3", "");
	if (put_lines(&root, rows[_i].files)) {
		before = count_fds();
		expect_number(rows[_i].name, users_each(&host, &device, add, users),
			      count_lines(rows[_i].users));
		expect_text(rows[_i].name, users, rows[_i].users);
		expect_number(rows[_i].name, count_fds(), before);
	} else {
		printf("left out: %s: only root can make a node\n", rows[_i].name);
	}
	drop_directory(&root);
}

/* Of this machine: the interface lo has an address, whether it is up or not. */
START_TEST(finds_addresses)
{
	struct directory root = make_directory();
	struct pci_device pci = { .group = NO_GROUP };
	struct device device = { .pci = &pci, .address = ADDRESS };
	struct host host = { .root_fd = root.fd, .is_this = true };
	char users[1024] = "";

	put_file(&root, "sys/bus/pci/devices/" ADDRESS "/net/lo/flags", "0x1002\n");
	users_each(&host, &device, add, users);
	expect_text("lo", users,
		    "the network interface lo has an address (ip address flush dev lo)|");
	drop_directory(&root);
}

/* A free loop device with a file until it is closed, or -1 without permission. */
static int open_loop(const struct directory *root, unsigned *ret_number)
{
	struct loop_info64 settings = { .lo_flags = LO_FLAGS_AUTOCLEAR };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), number, file, loop;
	char path[64];

	if (control < 0)
		return -1;
	number = ioctl(control, LOOP_CTL_GET_FREE);
	close(control);
	snprintf(path, sizeof(path), "/dev/loop%d", number);
	loop = number < 0 ? -1 : open(path, O_RDWR | O_CLOEXEC);
	put_file(root, "image", "");
	file = openat(root->fd, "image", O_RDWR | O_CLOEXEC);
	ck_assert_int_eq(ftruncate(file, 1 << 20), 0);
	if (loop >= 0 && (ioctl(loop, LOOP_SET_FD, file) < 0 ||
			  ioctl(loop, LOOP_SET_STATUS64, &settings) < 0)) {
		close(loop);
		loop = -1;
	}
	close(file);
	*ret_number = (unsigned)number;
	return loop;
}

/* A real block device, first idle, then as a file system has it. */
START_TEST(opens_disks_exclusively)
{
	struct directory root = make_directory();
	struct pci_device pci = { .group = NO_GROUP };
	struct device device = { .pci = &pci, .address = ADDRESS };
	struct host host = { .root_fd = root.fd, .is_this = true };
	char users[1024] = "", lines[1024], path[64];
	unsigned number;
	int loop = open_loop(&root, &number), holder;

	snprintf(lines, sizeof(lines),
		 "sys/bus/pci/devices/" ADDRESS " > ../../../../" DEVICES ADDRESS "\n"
		 "sys/class/block/sda > ../../../" DEVICES ADDRESS "/block/sda\n"
		 "~block/sda/dev 7:%u\ndev/sda b 7:%u\n",
		 number, number);
	if (loop < 0 || !put_lines(&root, lines)) {
		puts("left out: opens_disks_exclusively: no loop device, or not root");
		drop_directory(&root);
		return;
	}
	expect_number("idle", users_each(&host, &device, add, users), 0);
	snprintf(path, sizeof(path), "/dev/loop%u", number);
	holder = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	expect("idle: it was closed at once", holder >= 0);
	expect_number("in use", users_each(&host, &device, add, users), 1);
	expect_text("in use", users,
		    "sda is opened exclusively by a file system, a volume or the like|");
	close(holder);
	close(loop);
	drop_directory(&root);
}

/* Drivers of which all is known, and the closed list of what is not. */
static const struct {
	const char *name, *driver, *files, *unseen;
} unseen[] = {
	{ "no driver", "", "", "" },
	{ "amdgpu", "amdgpu", "", "" },
	{ "i915", "i915", "", "" },
	{ "xe", "xe", "", "" },
	{ "nouveau", "nouveau", "", "" },
	{ "nvidia", "nvidia", "sys/module/nvidia/taint POE", "" },
	{ "snd_hda_intel", "snd_hda_intel", "", "" },
	{ "xhci_hcd", "xhci_hcd", "", "" },
	{ "nvme", "nvme", "", "" },
	{ "ahci", "ahci", "", "" },
	{ "igb", "igb", "", "" },
	{ "ixgbe", "ixgbe", "", "" },
	{ "r8169", "r8169", "", "" },
	{ "vfio-pci", "vfio-pci", "", "" },
	{ "a module of the kernel", "x", "sys/module/x/taint ", "" },
	{ "a built-in driver", "piix", "", "" },
	{ "a module from elsewhere", "x", "sys/module/x/taint OE",
	  "the device nodes of x are not known" },
	{ "a module that is not free", "x", "sys/module/x/taint P",
	  "the device nodes of x are not known" },
	{ "nodes elsewhere", "ccp", "", "the device nodes of ccp are not known" },
	{ "hidden processes", "nvme", "proc/1 > x",
	  "/proc does not show what processes of other users have open (hidepid)" },
	{ "hidden processes, no driver", "", "proc/1 > x", "" },
	{ "a container", "nvme", "proc/self/ns/pid x",
	  "/proc shows only the processes of this container" },
};

START_TEST(knows_what_is_unseen)
{
	struct directory root = make_directory();
	struct pci_device pci = { .group = NO_GROUP };
	struct device device = { .pci = &pci, .address = ADDRESS };
	struct machine machine = { .devices = &device, .count = 1 };
	struct host host = { .root_fd = root.fd };

	strcpy(pci.driver, unseen[_i].driver);
	put_link(&root, "sys/bus/pci/drivers/x/module", "../../../../module/x");
	ck_assert(put_lines(&root, unseen[_i].files));
	if (!strstr(unseen[_i].files, "proc/1"))
		put_directory(&root, "proc/1/fd");
	machine_read_unseen(&host, &machine);
	expect_text(unseen[_i].name, device.uses.unseen, unseen[_i].unseen);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("users");

	add_rows(tcase, finds_users, rows);
	tcase_add_test(tcase, finds_addresses);
	tcase_add_test(tcase, opens_disks_exclusively);
	add_rows(tcase, knows_what_is_unseen, unseen);
	return unit_run(tcase);
}
