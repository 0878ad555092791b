/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block/blkid_probe.h"
#include "guard/disk.h"
#include "machine.h"
#include "seams.h"
#include "unit.h"

/*
 * Disks in words, one per line:
 *
 *   NAME PARENT [KEY=VALUE]...
 *
 * PARENT is the parent's path below /sys/devices; "%N" stands for the PCI function
 * 0000:0N:00.0. Keys: part (its number), size (0 for no medium), dm and dmuuid, on (the
 * devices below it, separated by commas), link (a path below /dev); for its contents
 * type, uuid, label, vg and vguuid, partuuid, partlabel; "usage" for a container, "state"
 * for one that is unreadable or unclear.
 */
static struct directory root;
static const char *disks;

static void set_up(void)
{
	root = make_directory();
}

static void tear_down(void)
{
	drop_directory(&root);
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

static void expand_parent(const char *text, char *parent, size_t size)
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
	put_file(&root, path, content);
}

static void put_disk(const char *line, unsigned minor)
{
	char name[64], text[512], parent[256], path[512], value[256];

	ck_assert_int_eq(sscanf(line, "%63s %255s", name, text), 2);
	expand_parent(text, parent, sizeof(parent));
	snprintf(path, sizeof(path), "sys/devices/%s/%s/uevent", parent, name);
	put_file(&root, path, "");
	snprintf(path, sizeof(path), "sys/class/block/%s", name);
	snprintf(text, sizeof(text), "../../devices/%s/%s", parent, name);
	put_link(&root, path, text);
	snprintf(text, sizeof(text), "259:%u\n", minor);
	put_block_file(name, "dev", text);
	put_block_file(name, "size", get_key(line, "size", value, 8) ? "0\n" : "2048\n");
	if (get_key(line, "part", value, sizeof(value)))
		put_block_file(name, "partition", value);
	if (get_key(line, "dm", value, sizeof(value)))
		put_block_file(name, "dm/name", value);
	if (get_key(line, "dmuuid", value, sizeof(value)))
		put_block_file(name, "dm/uuid", value);
	get_key(line, "on", value, sizeof(value));
	for (char *lower = strtok(value, ","); lower; lower = strtok(NULL, ",")) {
		snprintf(path, sizeof(path), "slaves/%s", lower);
		put_block_file(name, path, "");
	}
	if (get_key(line, "link", value, sizeof(value))) {
		snprintf(path, sizeof(path), "dev/%s", value);
		snprintf(text, sizeof(text), "../%s", name);
		put_link(&root, path, text);
	}
}

static void put_disks(const char *text)
{
	unsigned minor = 0;

	disks = text;
	while (*text) {
		put_disk(text, minor++);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
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
		superblock->is_container = get_key(line, "usage", value, sizeof(value));
		if (get_key(line, "vg", value, sizeof(value))) {
			strcpy(superblock->group_name, value);
			get_key(line, "vguuid", superblock->group_uuid,
				sizeof(superblock->group_uuid));
		}
		if (get_key(line, "state", value, sizeof(value)))
			superblock->state = SUPERBLOCK_UNCLEAR;
		if (strcmp(value, "unread") == 0)
			continue;
		sscanf(line, "%31s", name);
		add_partitions(name, &reply);
		found(data, i, &reply);
	}
}

#define IDS "passthru.ids=144d:a808 "
#define NVME                                \
	"01:00.0 144d:a808 010802 1 nvme\n" \
	"02:00.0 144d:a808 010802 2 nvme\n"
#define INITRAMFS "1 1 0:2 / / rw - rootfs rootfs rw\n"

/* Two equal disks, the system on the first one. */
#define FIRST                                                                          \
	"a pci0000:00/%1/nvme/nvme0\n"                                                 \
	"a1 pci0000:00/%1/nvme/nvme0/a part=1 partuuid=AA-01 partlabel=esp type=vfat " \
	"uuid=11-11\n"                                                                 \
	"a2 pci0000:00/%1/nvme/nvme0/a part=2 partuuid=aa-02 partlabel=root "          \
	"type=ext4 uuid=22-22 label=root link=disk/by-id/first\n"
#define SECOND                                                                \
	"b pci0000:00/%2/nvme/nvme1\n"                                        \
	"b1 pci0000:00/%2/nvme/nvme1/b part=1 partuuid=bb-01 partlabel=data " \
	"type=ext4 uuid=33-33 label=data\n"
#define PAIR FIRST SECOND

static const struct {
	const char *name;
	const char *disks;
	const char *cmdline;
	const char *mounts; /* NULL for those in an initramfs */
	const char *words;
} rows[] = {
	/* all forms of root= */
	{ "path", PAIR, "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 claimed; " },
	{ "UUID", PAIR, "root=UUID=22-22", NULL,
	  "1 root-disk a2 root=UUID=22-22; 2 claimed; " },
	{ "UUID of the other", PAIR, "root=UUID=33-33", NULL,
	  "1 claimed; 2 root-disk b1 root=UUID=33-33; " },
	{ "LABEL", PAIR, "root=LABEL=root", NULL,
	  "1 root-disk a2 root=LABEL=root; 2 claimed; " },
	{ "PARTUUID", PAIR, "root=PARTUUID=aa-02", NULL,
	  "1 root-disk a2 root=PARTUUID=aa-02; 2 claimed; " },
	{ "PARTUUID in capitals", PAIR, "root=PARTUUID=AA-02", NULL,
	  "1 root-disk a2 root=PARTUUID=AA-02; 2 claimed; " },
	{ "PARTLABEL", PAIR, "root=PARTLABEL=root", NULL,
	  "1 root-disk a2 root=PARTLABEL=root; 2 claimed; " },
	{ "number", PAIR, "root=259:2", NULL, "1 root-disk a2 root=259:2; 2 claimed; " },
	{ "by-id", PAIR, "root=/dev/disk/by-id/first", NULL,
	  "1 root-disk a2 root=/dev/disk/by-id/first; 2 claimed; " },
	{ "whole disk", PAIR, "root=/dev/b", NULL,
	  "1 claimed; 2 root-disk b root=/dev/b; " },
	/* root= matches no disk */
	{ "no such UUID", PAIR, "root=UUID=99", NULL,
	  "1 root-unknown; 2 root-unknown; " },
	{ "no such path", PAIR, "root=/dev/c1", NULL,
	  "1 root-unknown; 2 root-unknown; " },
	{ "no root=", PAIR, "", NULL, "1 root-unknown; 2 root-unknown; " },
	{ "no disks", "", "root=/dev/a2", NULL, "1 root-unknown; 2 root-unknown; " },
	{ "the root disk is elsewhere", "c platform/x type=ext4 uuid=1\n", "root=UUID=1",
	  NULL, "1 claimed; 2 claimed; " },
	/* clones: either may be meant */
	{ "the same UUID twice", FIRST "b pci0000:00/%2/x type=ext4 uuid=22-22\n",
	  "root=UUID=22-22", NULL,
	  "1 root-disk a2 root=UUID=22-22; 2 root-disk b root=UUID=22-22; " },
	/* other devspecs */
	{ "resume", PAIR, "root=/dev/a2 resume=UUID=33-33", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b1 resume=UUID=33-33; " },
	{ "fstab", PAIR, "root=/dev/a2 fstab:/data=LABEL=data", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b1 fstab:/data=LABEL=data; " },
	{ "stale resume and plain disks", PAIR, "root=/dev/a2 resume=UUID=99", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 claimed; " },
	{ "stale resume and LUKS",
	  FIRST "b pci0000:00/%2/x type=crypto_LUKS uuid=5 usage=crypto\n",
	  "root=/dev/a2 resume=UUID=99", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 unclear - resume=UUID=99; " },
	{ "LUKS of a guest",
	  FIRST "b pci0000:00/%2/x type=crypto_LUKS uuid=5 usage=crypto\n",
	  "root=/dev/a2", NULL, "1 root-disk a2 root=/dev/a2; 2 claimed; " },
	{ "rd.luks.uuid",
	  FIRST "b pci0000:00/%2/x type=crypto_LUKS uuid=5a-6 usage=crypto\n",
	  "root=/dev/a2 rd.luks.uuid=luks-5a", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b rd.luks.uuid=luks-5a; " },
	{ "an external journal", PAIR, "root=/dev/a2 rootflags=journal_dev=0x801", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 unclear - rootflags=journal_dev=0x801; " },
	/* stacks */
	{ "LUKS on LVM",
	  "a pci0000:00/%1/x type=LVM2_member uuid=P vg=vg vguuid=G usage=raid\n"
	  "b pci0000:00/%2/x type=ext4 uuid=1\n"
	  "dm-0 virtual/block dm=vg-root dmuuid=LVM-GL on=a type=crypto_LUKS uuid=C "
	  "usage=crypto\n"
	  "dm-1 virtual/block dm=crypt dmuuid=CRYPT-LUKS2-C-crypt on=dm-0 type=ext4 "
	  "uuid=22\n",
	  "root=/dev/mapper/crypt", NULL,
	  "1 root-disk a root=/dev/mapper/crypt; 2 claimed; " },
	{ "VG/LV",
	  "a pci0000:00/%1/x type=LVM2_member uuid=P usage=raid\n"
	  "b pci0000:00/%2/x\n"
	  "dm-0 virtual/block dm=my--vg-a--b on=a type=ext4 uuid=22\n",
	  "root=/dev/my-vg/a-b", NULL, "1 root-disk a root=/dev/my-vg/a-b; 2 claimed; " },
	{ "another disk of the volume group",
	  "a pci0000:00/%1/x type=LVM2_member uuid=P vg=vg "
	  "vguuid=012345-6789-0123-4567-8901-2345-678901 usage=raid\n"
	  "b pci0000:00/%2/x type=LVM2_member uuid=Q vg=vg "
	  "vguuid=012345-6789-0123-4567-8901-2345-678901 usage=raid\n"
	  "dm-0 virtual/block dm=vg-root "
	  "dmuuid=LVM-01234567890123456789012345678901aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
	  "on=a type=ext4 uuid=22\n",
	  "root=UUID=22", NULL,
	  "1 root-disk a root=UUID=22; 2 root-disk b root=UUID=22; " },
	{ "a guest's volume group",
	  "a pci0000:00/%1/x type=LVM2_member uuid=P vg=vg vguuid=aa usage=raid\n"
	  "b pci0000:00/%2/x type=LVM2_member uuid=Q vg=vg vguuid=bb usage=raid\n"
	  "dm-0 virtual/block dm=vg-root dmuuid=LVM-aa on=a type=ext4 uuid=22\n",
	  "root=UUID=22", NULL, "1 root-disk a root=UUID=22; 2 claimed; " },
	{ "a physical volume without a group name",
	  "a pci0000:00/%1/x type=LVM2_member uuid=P vg=vg vguuid=aa usage=raid\n"
	  "b pci0000:00/%2/x type=LVM2_member uuid=Q usage=raid\n"
	  "dm-0 virtual/block dm=vg-root dmuuid=LVM-aa on=a type=ext4 uuid=22\n",
	  "root=UUID=22", NULL, "1 root-disk a root=UUID=22; 2 unclear b; " },
	{ "an inactive volume",
	  "a pci0000:00/%1/x type=LVM2_member uuid=P vg=my-vg vguuid=aa usage=raid\n"
	  "b pci0000:00/%2/x type=LVM2_member uuid=Q vg=my vguuid=bb usage=raid\n"
	  "c platform/x type=ext4 uuid=1\n",
	  "root=UUID=1 fstab:/home=/dev/mapper/my--vg-home", NULL,
	  "1 root-disk a fstab:/home=/dev/mapper/my--vg-home; 2 claimed; " },
	{ "an inactive volume by VG/LV",
	  "a pci0000:00/%1/x type=LVM2_member uuid=P vg=my-vg vguuid=aa usage=raid\n"
	  "b pci0000:00/%2/x type=LVM2_member uuid=Q vg=my vguuid=bb usage=raid\n"
	  "c platform/x type=ext4 uuid=1\n",
	  "root=UUID=1 fstab:/home=/dev/my/home", NULL,
	  "1 claimed; 2 root-disk b fstab:/home=/dev/my/home; " },
	{ "md RAID1",
	  "a pci0000:00/%1/x type=linux_raid_member uuid=R usage=raid\n"
	  "b pci0000:00/%2/x\n"
	  "c pci0000:00/%3/x type=linux_raid_member uuid=R usage=raid\n"
	  "md0 virtual/block on=a,c type=ext4 uuid=22\n",
	  "root=/dev/md0", NULL, "1 root-disk a root=/dev/md0; 2 claimed; " },
	{ "a member that the array lacks",
	  "a pci0000:00/%1/x type=linux_raid_member uuid=R usage=raid\n"
	  "b pci0000:00/%2/x type=linux_raid_member uuid=R usage=raid\n"
	  "md0 virtual/block on=a type=ext4 uuid=22\n",
	  "root=/dev/md0", NULL,
	  "1 root-disk a root=/dev/md0; 2 root-disk b root=/dev/md0; " },
	{ "a partition of an array",
	  "a pci0000:00/%1/x type=linux_raid_member uuid=R usage=raid\n"
	  "md0 virtual/block on=a\n"
	  "md0p1 virtual/block/md0 part=1 type=ext4 uuid=22\n",
	  "root=UUID=22", NULL, "1 root-disk a root=UUID=22; 2 claimed; " },
	{ "rd.md.uuid",
	  FIRST "b pci0000:00/%2/x type=linux_raid_member uuid=1a2b-3c usage=raid\n",
	  "root=/dev/a2 rd.md.uuid=1A:2b:3c", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b rd.md.uuid=1A:2b:3c; " },
	{ "btrfs over both",
	  "a pci0000:00/%1/x type=btrfs uuid=F label=x\nb pci0000:00/%2/x type=btrfs "
	  "uuid=F\n",
	  "root=/dev/a", NULL, "1 root-disk a root=/dev/a; 2 root-disk b root=/dev/a; " },
	{ "two btrfs",
	  "a pci0000:00/%1/x type=btrfs uuid=F\nb pci0000:00/%2/x type=btrfs uuid=E\n",
	  "root=/dev/a", NULL, "1 root-disk a root=/dev/a; 2 claimed; " },
	{ "ZFS",
	  "a pci0000:00/%1/x type=zfs_member uuid=1 label=rpool usage=fs\n"
	  "b pci0000:00/%2/x type=zfs_member uuid=2 label=tank\n",
	  "root=ZFS=rpool/ROOT", NULL, "1 root-disk a root=ZFS=rpool/ROOT; 2 claimed; " },
	{ "any pool",
	  "a pci0000:00/%1/x type=zfs_member uuid=1 label=rpool\n"
	  "b pci0000:00/%2/x type=zfs_member uuid=2 label=tank\n",
	  "root=zfs:AUTO", NULL,
	  "1 root-disk a root=zfs:AUTO; 2 root-disk b root=zfs:AUTO; " },
	{ "bcache",
	  "a pci0000:00/%1/x type=bcache uuid=1\nb pci0000:00/%2/x type=bcache uuid=2\n"
	  "bcache0 virtual/block on=a,b type=ext4 uuid=22\n",
	  "root=UUID=22", NULL,
	  "1 root-disk a root=UUID=22; 2 root-disk b root=UUID=22; " },
	{ "a cycle in the stack",
	  "a pci0000:00/%1/x\ndm-0 virtual/block dm=x on=dm-1\n"
	  "dm-1 virtual/block dm=y on=dm-0\n",
	  "root=/dev/dm-0", NULL, "1 unclear; 2 unclear; " },
	{ "a stack that cannot be followed",
	  "a pci0000:00/%1/x\ndm-0 virtual/block dm=x on=nowhere\n", "root=/dev/dm-0",
	  NULL, "1 unclear; 2 unclear; " },
	/* several PCI functions above the disk */
	{ "VMD",
	  "a pci0000:00/%1/pci10000:e0/10000:e1:00.0/nvme/nvme0 type=ext4 uuid=1\n",
	  "root=UUID=1", NULL, "1 root-disk a root=UUID=1; 2 claimed; " },
	{ "behind a bridge", "a pci0000:00/%2/%7/usb1/1-1/x type=ext4 uuid=1\n",
	  "root=UUID=1", NULL, "1 claimed; 2 root-disk a root=UUID=1; " },
	/* unreadable */
	{ "unread", FIRST "b pci0000:00/%2/x state=unread\n", "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 unreadable b; " },
	{ "unclear", FIRST "b pci0000:00/%2/x state=unclear\n", "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 unclear b; " },
	{ "no medium", FIRST "b pci0000:00/%2/x size=0 state=unread\n", "root=/dev/a2",
	  NULL, "1 root-disk a2 root=/dev/a2; 2 claimed; " },
	/* in use */
	{ "mounted", PAIR, "root=/dev/a2",
	  "1 1 259:2 / / rw - ext4 /dev/a2 rw\n1 1 259:4 / /srv rw - ext4 /dev/b1 rw\n",
	  "1 root-disk a2 root=/dev/a2; 2 in-use b1 /srv; " },
	{ "the root file system by another name", PAIR, "root=UUID=99",
	  "1 1 259:2 / / rw - ext4 /dev/a2 rw\n", "1 in-use a2 /; 2 claimed; " },
	{ "btrfs mounted",
	  "a pci0000:00/%1/x type=btrfs uuid=F\nb pci0000:00/%2/x type=btrfs uuid=F\n",
	  "", "1 1 0:33 / / rw - btrfs /dev/a rw\n", "1 in-use a /; 2 in-use b /; " },
};

static void describe(const struct plan *plan, char *words, size_t size)
{
	size_t at = 0;

	words[0] = '\0';
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		at += (size_t)snprintf(words + at, size - at, "%u %s",
				       entry->device->address.bus,
				       entry->reason ? reason_word(entry->reason)
						     : verdict_word(entry->verdict));
		if (entry->disk[0] || entry->backs[0])
			at += (size_t)snprintf(words + at, size - at, " %s",
					       entry->disk[0] ? entry->disk : "-");
		if (entry->backs[0])
			at += (size_t)snprintf(words + at, size - at, " %s",
					       entry->backs);
		at += (size_t)snprintf(words + at, size - at, "; ");
	}
}

static void judge_late(const char *cmdline, const char *mounts, bool is_late, char *words,
		       size_t size)
{
	struct situation situation;
	char text[256];

	snprintf(text, sizeof(text), IDS "%s", cmdline);
	put_file(&root, "proc/self/mountinfo", mounts ? mounts : INITRAMFS);
	situation_make(NVME, text, &situation);
	guard_disks(root.fd, text, is_late, UINT64_MAX, &situation.plan);
	situation_claim(&situation);
	describe(&situation.plan, words, size);
	situation_free(&situation);
}

START_TEST(finds_backing_devices)
{
	unsigned before = count_fds();
	char words[512];

	put_disks(rows[_i].disks);
	judge_late(rows[_i].cmdline, rows[_i].mounts, true, words, sizeof(words));
	expect_text(rows[_i].name, words, rows[_i].words);
	ck_assert_uint_eq(count_fds(), before);
}

/* Before the late stage nothing is known, unless the root file system is mounted. */
START_TEST(waits_for_the_root_disk)
{
	char words[256];

	put_disks(PAIR);
	judge_late("root=/dev/a2", NULL, false, words, sizeof(words));
	expect_text("initramfs", words, "1 root-unknown; 2 root-unknown; ");
	judge_late("root=/dev/a2", "1 1 259:2 / / rw - ext4 /dev/a2 rw\n", false, words,
		   sizeof(words));
	expect_text("system", words, "1 root-disk a2 root=/dev/a2; 2 claimed; ");
}

START_TEST(reads_swaps)
{
	char words[256];

	put_disks(PAIR);
	put_file(&root, "proc/swaps", "Filename Type\n/dev/b1 partition 1 0 -2\n");
	judge_late("root=/dev/a2", NULL, true, words, sizeof(words));
	expect_text("swaps", words, "1 root-disk a2 root=/dev/a2; 2 in-use b1 swap; ");
}

/* A namespace with two controllers. */
START_TEST(knows_nvme_multipath)
{
	char words[256];

	put_disks("n virtual/nvme-subsystem/nvme-subsys0 type=ext4 uuid=1\n");
	put_link(&root, "sys/class/nvme-subsystem/nvme-subsys0",
		 "../../devices/virtual/nvme-subsystem/nvme-subsys0");
	put_link(&root, "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
		 "../../../pci0000:00/0000:01:00.0/nvme/nvme0");
	put_link(&root, "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme1",
		 "../../../pci0000:00/0000:02:00.0/nvme/nvme1");
	judge_late("root=UUID=1", NULL, true, words, sizeof(words));
	expect_text("multipath", words,
		    "1 root-disk n root=UUID=1; 2 root-disk n root=UUID=1; ");
}

/* A network card matters only if the root file system is remote. */
static const struct {
	const char *cmdline;
	const char *flags;
	bool is_late;
	const char *words;
} cards[] = {
	{ "root=/dev/a2", "0x1003", false, "3 claimed; " },
	{ "root=/dev/nfs", "0x1003", false, "3 root-unknown; " },
	{ "root=/dev/nfs", "0x1003", true, "3 root-network; " },
	{ "root=/dev/nfs", "0x1002", true, "3 claimed; " },
	{ "root=/dev/nowhere", "0x1003", true, "3 claimed; " },
	{ "netroot=iscsi:x root=/dev/c", "0x1003", true, "3 root-network; " },
	/* an iSCSI disk is remote by its sysfs path */
	{ "root=UUID=7", "0x1003", true, "3 root-network; " },
};

START_TEST(guards_network_cards)
{
	struct situation situation;
	char words[64], text[256];

	put_disks(PAIR "c platform/host3/session1/target3 type=ext4 uuid=7\n");
	put_file(&root, "proc/self/mountinfo", INITRAMFS);
	put_file(&root, "sys/bus/pci/devices/0000:03:00.0/net/eth0/flags",
		 cards[_i].flags);
	snprintf(text, sizeof(text), "passthru.ids=8086:1533 %s", cards[_i].cmdline);
	situation_make("03:00.0 8086:1533 020000 3 igb\n", text, &situation);
	guard_disks(root.fd, text, cards[_i].is_late, UINT64_MAX, &situation.plan);
	situation_claim(&situation);
	describe(&situation.plan, words, sizeof(words));
	expect_text(text, words, cards[_i].words);
	situation_free(&situation);
}

/* A Thunderbolt controller in a switch, and one next to its root ports. */
static const struct {
	const char *name;
	const char *controller;
	const char *disk;
	bool is_removable;
	const char *words;
} tunnels[] = {
	{ "in the same switch", "pci0000:00/%1/%2/0000:03:00.0",
	  "a pci0000:00/%1/%4/%5/x type=ext4 uuid=1\n", false,
	  "3 root-disk a root=UUID=1; " },
	{ "elsewhere", "pci0000:00/%1/%2/0000:03:00.0",
	  "a pci0000:00/%6/x type=ext4 uuid=1\n", false, "3 claimed; " },
	{ "next to the root ports", "pci0000:00/0000:03:00.0",
	  "a pci0000:00/%4/%5/x type=ext4 uuid=1\n", true,
	  "3 root-disk a root=UUID=1; " },
	{ "a fixed disk", "pci0000:00/0000:03:00.0",
	  "a pci0000:00/%4/%5/x type=ext4 uuid=1\n", false, "3 claimed; " },
};

START_TEST(knows_thunderbolt)
{
	const char *cmdline = "passthru.addrs=03:00.0 root=UUID=1";
	struct situation situation;
	char parent[256], target[300], words[128];

	put_disks(tunnels[_i].disk);
	put_file(&root, "proc/self/mountinfo", INITRAMFS);
	expand_parent(tunnels[_i].controller, parent, sizeof(parent));
	snprintf(target, sizeof(target), "../../../devices/%s", parent);
	put_link(&root, "sys/bus/pci/devices/0000:03:00.0", target);
	put_file(&root, "sys/bus/pci/devices/0000:05:00.0/removable",
		 tunnels[_i].is_removable ? "removable\n" : "fixed\n");
	situation_make("03:00.0 8086:1137 0c0340 3 thunderbolt\n", cmdline, &situation);
	guard_disks(root.fd, cmdline, true, UINT64_MAX, &situation.plan);
	situation_claim(&situation);
	describe(&situation.plan, words, sizeof(words));
	expect_text(tunnels[_i].name, words, tunnels[_i].words);
	situation_free(&situation);
}

/* Out of memory, nothing is claimed. */
START_TEST(lacks_memory)
{
	char words[256] = "";

	put_disks(PAIR);
	for (unsigned nth = 1; nth < 60; nth++) {
		struct situation situation;
		bool reached;

		put_file(&root, "proc/self/mountinfo", INITRAMFS);
		situation_make(NVME, IDS "root=UUID=22-22", &situation);
		seam_fail(SEAM_ALLOCATE, nth, ENOMEM);
		guard_disks(root.fd, IDS "root=UUID=22-22", true, UINT64_MAX,
			    &situation.plan);
		situation_claim(&situation);
		reached = seam_reset(SEAM_ALLOCATE);
		describe(&situation.plan, words, sizeof(words));
		situation_free(&situation);
		if (!reached)
			break;
		expect("memory", !strstr(words, "1 claimed"));
	}
	expect_text("memory", words, "1 root-disk a2 root=UUID=22-22; 2 claimed; ");
}

int main(void)
{
	TCase *tcase = tcase_create("backing");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, finds_backing_devices, rows);
	tcase_add_test(tcase, waits_for_the_root_disk);
	tcase_add_test(tcase, reads_swaps);
	tcase_add_test(tcase, knows_nvme_multipath);
	add_rows(tcase, guards_network_cards, cards);
	add_rows(tcase, knows_thunderbolt, tunnels);
	tcase_add_test(tcase, lacks_memory);
	return unit_run("backing", tcase);
}
