/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "disks.h"
#include "guard/internal.h"
#include "machine.h"
#include "seams.h"
#include "unit.h"

static const struct {
	const char *name;
	const char *disks;
	const char *cmdline;
	const char *mounts; /* NULL for those in an initramfs */
	const char *words;
	const char *fstab; /* the image's copy, or NULL */
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
	/* no root=, but fstab or the type of the partition tell */
	{ "fstab names the root disk", PAIR, "", NULL,
	  "1 root-disk a2 fstab:/=UUID=22-22; 2 claimed; ",
	  "UUID=22-22 / ext4 defaults\n" },
	{ "root=gpt-auto",
	  "a pci0000:00/%1/x\n"
	  "a1 pci0000:00/%1/x/a part=1 type=ext4 uuid=1 link=gpt-auto-root\n" SECOND,
	  "root=gpt-auto", NULL, "1 root-disk a1 /dev/gpt-auto-root; 2 claimed; " },
	/* mounted by the initramfs: live systems have no root= */
	{ "live", PAIR, "boot=live",
	  INITRAMFS "2 1 0:30 / /root rw - overlay overlay rw\n"
		    "3 1 259:2 / /root/run/live/medium ro - ext4 /dev/a2 ro\n",
	  "1 in-use a2 /root/run/live/medium; 2 claimed; " },
	{ "root= is wrong, but the initramfs knew better", PAIR, "root=UUID=99",
	  INITRAMFS "2 1 259:2 / /root rw - ext4 /dev/a2 rw\n",
	  "1 in-use a2 /root; 2 claimed; " },
	/* root= matches no disk, and nothing is mounted */
	{ "no such UUID", PAIR, "root=UUID=99", INITRAMFS,
	  "1 root-unknown; 2 root-unknown; " },
	{ "no such path", PAIR, "root=/dev/c1", INITRAMFS,
	  "1 root-unknown; 2 root-unknown; " },
	{ "no root=", PAIR, "", INITRAMFS, "1 root-unknown; 2 root-unknown; " },
	{ "no disks", "", "root=/dev/a2", INITRAMFS, "1 root-unknown; 2 root-unknown; " },
	/* nobody has mounted it */
	{ "a root disk that is not mounted", PAIR, "root=/dev/a2", INITRAMFS,
	  "1 root-disk a2 root=/dev/a2; 2 root-unknown; " },
	{ "the root disk is elsewhere", "c platform/x type=ext4 uuid=1\n", "root=UUID=1",
	  NULL, "1 claimed; 2 claimed; " },
	/* clones: either may be meant */
	{ "the same UUID twice", FIRST "b pci0000:00/%2/x type=ext4 uuid=22-22\n",
	  "root=UUID=22-22", NULL,
	  "1 root-disk a2 root=UUID=22-22; 2 root-disk b root=UUID=22-22; " },
	/* other devspecs */
	{ "resume", PAIR, "root=/dev/a2 resume=UUID=33-33", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b1 resume=UUID=33-33; " },
	{ "fstab", PAIR, "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b1 fstab:/data=LABEL=data; ",
	  "LABEL=data /data ext4 defaults 0 2" },
	{ "nofail, and there", PAIR, "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b1 fstab:/data=LABEL=data; ",
	  "LABEL=data /data ext4 nofail 0 2" },
	{ "nofail, and absent", PAIR, "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 claimed; ", "LABEL=backup /b ext4 nofail\n" },
	{ "/dev/root in fstab, as small systems have it", FIRST, "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 claimed; ", "/dev/root / ext4 defaults\n" },
	{ "noauto", PAIR, "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 claimed; ", "LABEL=data /data ext4 noauto\n" },
	{ "stale resume and plain disks", PAIR, "root=/dev/a2 resume=UUID=99", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 claimed; " },
	{ "stale resume and LUKS",
	  FIRST "b pci0000:00/%2/x type=crypto_LUKS uuid=5 usage=crypto\n",
	  "root=/dev/a2 resume=UUID=99", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 not-found - resume=UUID=99; " },
	/* what is missing may come from a drive without a driver, or be what nothing
	   recognises: swap on plain dm-crypt */
	{ "fstab names a missing disk, no disk on the second drive", FIRST,
	  "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 not-found - fstab:/home=UUID=77-77; ",
	  "UUID=77-77 /home ext4 defaults 0 2\n" },
	{ "fstab names a missing disk, plain disks", PAIR, "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 claimed; ",
	  "UUID=77-77 /home ext4 defaults 0 2\n" },
	{ "fstab names a missing disk, a disk of no known format",
	  FIRST "b pci0000:00/%2/x\n", "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 not-found - fstab:swap=/dev/mapper/swap; ",
	  "/dev/mapper/swap none swap sw 0 0\n" },
	{ "fstab names a missing disk, a partition of no known format",
	  FIRST "b pci0000:00/%2/x\nb1 pci0000:00/%2/x/b part=1 type=ext4 uuid=5\n"
		"b2 pci0000:00/%2/x/b part=2\n",
	  "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 not-found - fstab:/home=UUID=77-77; ",
	  "UUID=77-77 /home ext4 defaults 0 2\n" },
	{ "nothing is missing: a new drive of no known format",
	  FIRST "b pci0000:00/%2/x\n", "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 claimed; ",
	  "UUID=22-22 / ext4 defaults 0 2\n" },
	{ "LUKS of a guest",
	  FIRST "b pci0000:00/%2/x type=crypto_LUKS uuid=5 usage=crypto\n",
	  "root=/dev/a2", NULL, "1 root-disk a2 root=/dev/a2; 2 claimed; " },
	{ "rd.luks.uuid",
	  FIRST "b pci0000:00/%2/x type=crypto_LUKS uuid=5a-6 usage=crypto\n",
	  "root=/dev/a2 rd.luks.uuid=luks-5a", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b rd.luks.uuid=luks-5a; " },
	/* the other devices of a file system, by what names them */
	{ "an external journal by its number", PAIR,
	  "root=/dev/a2 rootflags=journal_dev=0x10304", NULL,
	  "1 root-disk a2 root=/dev/a2; "
	  "2 root-disk b1 rootflags=journal_dev=0x10304; " },
	{ "an external journal in the superblock",
	  "a pci0000:00/%1/x type=ext4 uuid=1 needs=UUID=9\n"
	  "b pci0000:00/%2/x type=jbd uuid=9\n",
	  "root=/dev/a", NULL, "1 root-disk a root=/dev/a; 2 root-disk b root=/dev/a; " },
	{ "an external journal that is not there yet",
	  "a pci0000:00/%1/x type=ext4 uuid=1 needs=UUID=9\n", "root=/dev/a", NULL,
	  "1 root-disk a root=/dev/a; 2 not-found - part of root=/dev/a; " },
	{ "f2fs on two devices",
	  "a pci0000:00/%1/x type=f2fs uuid=1 needs=/dev/b\nb pci0000:00/%2/x\n",
	  "root=/dev/a", NULL, "1 root-disk a root=/dev/a; 2 root-disk b root=/dev/a; " },
	/* a volume of which a part is there */
	{ "one of two of btrfs", "a pci0000:00/%1/x type=btrfs uuid=F members=2\n",
	  "root=/dev/a", NULL,
	  "1 root-disk a root=/dev/a; 2 not-found - part of root=/dev/a; " },
	{ "one of two of btrfs, another disk on the second drive",
	  "a pci0000:00/%1/x type=btrfs uuid=F members=2\n"
	  "b pci0000:00/%2/x type=ext4 uuid=2\n",
	  "root=/dev/a", NULL, "1 root-disk a root=/dev/a; 2 claimed; " },
	{ "one of two of btrfs, a container on the second drive",
	  "a pci0000:00/%1/x type=btrfs uuid=F members=2\n"
	  "b pci0000:00/%2/x type=crypto_LUKS uuid=2\n",
	  "root=/dev/a", NULL,
	  "1 root-disk a root=/dev/a; 2 not-found - part of root=/dev/a; " },
	{ "both of btrfs",
	  "a pci0000:00/%1/x type=btrfs uuid=F members=2\n"
	  "c platform/x type=btrfs uuid=F members=2\n",
	  "root=/dev/a", NULL, "1 root-disk a root=/dev/a; 2 claimed; " },
	{ "a sprout and its seed, of another UUID",
	  "a pci0000:00/%1/x type=btrfs uuid=F members=2\n"
	  "b pci0000:00/%2/x type=btrfs uuid=S members=1 seed=1\n",
	  "root=/dev/a", NULL, "1 root-disk a root=/dev/a; 2 root-disk b root=/dev/a; " },
	{ "a seed that nothing needs",
	  "a pci0000:00/%1/x type=btrfs uuid=F members=1\n"
	  "b pci0000:00/%2/x type=btrfs uuid=S members=1 seed=1\n",
	  "root=/dev/a", NULL, "1 root-disk a root=/dev/a; 2 claimed; " },
	{ "one of two of a volume group",
	  "a pci0000:00/%1/x type=LVM2_member uuid=P vg=vg vguuid=aa members=2\n",
	  "root=/dev/vg/root", NULL,
	  "1 root-disk a root=/dev/vg/root; 2 not-found - part of root=/dev/vg/root; " },
	{ "the other one has no metadata",
	  "a pci0000:00/%1/x type=LVM2_member uuid=P vg=vg vguuid=aa members=2\n"
	  "b pci0000:00/%2/x type=LVM2_member uuid=Q\n",
	  "root=/dev/vg/root", NULL, "1 root-disk a root=/dev/vg/root; 2 unclear b; " },
	{ "one of two of an array",
	  "a pci0000:00/%1/x type=linux_raid_member uuid=R members=2\n"
	  "md0 virtual/block on=a type=ext4 uuid=22\n",
	  "root=UUID=22", NULL,
	  "1 root-disk a root=UUID=22; 2 not-found - part of root=UUID=22; " },
	{ "one of two mirrors of a pool",
	  "a pci0000:00/%1/x type=zfs_member uuid=1 label=p members=2 parts=2 of=0\n"
	  "c platform/x type=zfs_member uuid=1 label=p members=2 parts=2 of=0\n",
	  "root=ZFS=p", NULL,
	  "1 root-disk a root=ZFS=p; 2 not-found - part of root=ZFS=p; " },
	{ "a half of a mirror of a pool",
	  "a pci0000:00/%1/x type=zfs_member uuid=1 label=p members=2 parts=1\n",
	  "root=ZFS=p", NULL,
	  "1 root-disk a root=ZFS=p; 2 not-found - part of root=ZFS=p; " },
	{ "all of a pool",
	  "a pci0000:00/%1/x type=zfs_member uuid=1 label=p members=1 parts=2 of=0\n"
	  "c platform/x type=zfs_member uuid=1 label=p members=1 parts=2 of=1\n",
	  "root=ZFS=p", NULL, "1 root-disk a root=ZFS=p; 2 claimed; " },
	{ "the cache of bcache is missing",
	  "a pci0000:00/%1/x type=bcache uuid=1 vguuid=S parts=2 of=1\n"
	  "c platform/x type=bcache uuid=2 vguuid=S parts=2 of=1\n"
	  "bcache0 virtual/block on=a type=ext4 uuid=22\n",
	  "root=UUID=22", NULL,
	  "1 root-disk a root=UUID=22; 2 not-found - part of root=UUID=22; " },
	{ "the cache of bcache is there",
	  "a pci0000:00/%1/x type=bcache uuid=1 vguuid=S parts=2 of=1\n"
	  "b pci0000:00/%2/x type=bcache uuid=2 vguuid=S parts=1 of=0\n"
	  "bcache0 virtual/block on=a type=ext4 uuid=22\n",
	  "root=UUID=22", NULL,
	  "1 root-disk a root=UUID=22; 2 root-disk b root=UUID=22; " },
	{ "an incomplete volume with nofail",
	  FIRST "c platform/x type=btrfs uuid=9 members=2\n", "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 not-found - part of fstab:/data=UUID=9; ",
	  "UUID=9 /data btrfs nofail\n" },
	/* what is on a format that carries others */
	{ "bcache without its device", FIRST "b pci0000:00/%2/x type=bcache uuid=1\n",
	  "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 not-found - fstab:/home=/dev/bcache0; ",
	  "/dev/bcache0 /home ext4 defaults\n" },
	{ "a volume of ZFS", FIRST "b pci0000:00/%2/x type=zfs_member uuid=1 label=p\n",
	  "root=/dev/a2", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b fstab:/home=/dev/zvol/p/home; ",
	  "/dev/zvol/p/home /home ext4 defaults\n" },
	{ "a volume of ZFS that is mounted",
	  FIRST "b pci0000:00/%2/x type=zfs_member uuid=1 label=p\n"
		"zd0 virtual/block type=ext4 uuid=9\n",
	  "root=/dev/a2 resume=UUID=9", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b resume=UUID=9; " },
	/* where the stack ends */
	{ "a loop device on a disk",
	  FIRST "b pci0000:00/%2/x\nloop0 virtual/block type=ext4 uuid=9 file=/dev/b\n",
	  "root=/dev/a2 resume=UUID=9", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 root-disk b resume=UUID=9; " },
	{ "a loop device on a file",
	  FIRST "b pci0000:00/%2/x\nloop0 virtual/block type=ext4 uuid=9 file=/a\n",
	  "root=/dev/a2 resume=UUID=9", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 unclear; " },
	{ "memory", FIRST "b pci0000:00/%2/x\nzram0 virtual/block type=swap uuid=9\n",
	  "root=/dev/a2 resume=UUID=9", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 claimed; " },
	{ "a virtual device on nobody knows what",
	  FIRST "b pci0000:00/%2/x\nublkb0 virtual/block type=ext4 uuid=9\n",
	  "root=/dev/a2 resume=UUID=9", NULL,
	  "1 root-disk a2 root=/dev/a2; 2 unclear; " },
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
	  "root=UUID=1", NULL,
	  "1 root-disk a fstab:/home=/dev/mapper/my--vg-home; 2 claimed; ",
	  "/dev/mapper/my--vg-home /home ext4 defaults\n" },
	{ "an inactive volume by VG/LV",
	  "a pci0000:00/%1/x type=LVM2_member uuid=P vg=my-vg vguuid=aa usage=raid\n"
	  "b pci0000:00/%2/x type=LVM2_member uuid=Q vg=my vguuid=bb usage=raid\n"
	  "c platform/x type=ext4 uuid=1\n",
	  "root=UUID=1", NULL, "1 claimed; 2 root-disk b fstab:/home=/dev/my/home; ",
	  "/dev/my/home /home ext4 defaults\n" },
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

static void judge_pair(const char *cmdline, const char *mounts, enum disk_moment moment,
		       char *words, size_t size)
{
	disks_judge(NVME, cmdline, mounts, moment, words, size);
}

/* What is mounted on "/" in a row is the root file system, unless it says INITRAMFS. */
static enum disk_moment moment_of(const char *mounts)
{
	bool is_initramfs = !mounts || strncmp(mounts, INITRAMFS, strlen(INITRAMFS)) == 0;

	return is_initramfs ? DISK_MOMENT_LATE : DISK_MOMENT_BOOTED;
}

START_TEST(finds_backing_devices)
{
	unsigned before = count_fds();
	char words[512];

	put_disks(rows[_i].disks);
	if (rows[_i].fstab)
		put_file(&disks_root, "sysroot/etc/fstab", rows[_i].fstab);
	judge_pair(rows[_i].cmdline, rows[_i].mounts, moment_of(rows[_i].mounts), words,
		   sizeof(words));
	expect_text(rows[_i].name, words, rows[_i].words);
	ck_assert_uint_eq(count_fds(), before);
}

/* Before the late stage nothing is known, unless the root file system is mounted. */
START_TEST(waits_for_the_root_disk)
{
	char words[256];

	put_disks(PAIR);
	judge_pair("root=/dev/a2", NULL, DISK_MOMENT_EARLY, words, sizeof(words));
	expect_text("initramfs", words, "1 root-unknown; 2 root-unknown; ");
	judge_pair("root=/dev/a2", "1 1 259:2 / / rw - ext4 /dev/a2 rw\n",
		   DISK_MOMENT_EVENT, words, sizeof(words));
	expect_text("system", words, "1 root-disk a2 root=/dev/a2; 2 claimed; ");
}

START_TEST(reads_swaps)
{
	char words[256];

	put_disks(PAIR);
	put_file(&disks_root, "proc/swaps", "Filename Type\n/dev/b1 partition 1 0 -2\n");
	judge_pair("root=/dev/a2", NULL, DISK_MOMENT_LATE, words, sizeof(words));
	expect_text("swaps", words, "1 root-disk a2 root=/dev/a2; 2 in-use b1 swap; ");
}

/* A namespace with two controllers. */
START_TEST(knows_nvme_multipath)
{
	char words[256];

	put_disks("n virtual/nvme-subsystem/nvme-subsys0 type=ext4 uuid=1\n");
	put_link(&disks_root, "sys/class/nvme-subsystem/nvme-subsys0",
		 "../../devices/virtual/nvme-subsystem/nvme-subsys0");
	put_link(&disks_root, "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
		 "../../../pci0000:00/0000:01:00.0/nvme/nvme0");
	put_link(&disks_root, "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme1",
		 "../../../pci0000:00/0000:02:00.0/nvme/nvme1");
	judge_pair("root=UUID=1", NULL, DISK_MOMENT_LATE, words, sizeof(words));
	expect_text("multipath", words,
		    "1 root-disk n root=UUID=1; 2 root-disk n root=UUID=1; ");
}

START_TEST(knows_partitions_of_nvme_multipath)
{
	char words[256];

	put_disks("n virtual/nvme-subsystem/nvme-subsys0\n"
		  "n2 virtual/nvme-subsystem/nvme-subsys0/n part=2 type=ext4 uuid=1 "
		  "partuuid=aa-02\n");
	put_link(&disks_root, "sys/class/nvme-subsystem/nvme-subsys0",
		 "../../devices/virtual/nvme-subsystem/nvme-subsys0");
	put_link(&disks_root, "sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0",
		 "../../../pci0000:00/0000:01:00.0/nvme/nvme0");
	judge_pair("root=PARTUUID=aa-02", NULL, DISK_MOMENT_LATE, words, sizeof(words));
	expect_text("partition", words,
		    "1 root-disk n2 root=PARTUUID=aa-02; 2 claimed; ");
}

/* A class that no disk is expected behind, but a built-in driver has found one. */
START_TEST(guards_any_class_with_disks)
{
	const char *machine = "01:00.0 144d:a808 120000 1 odd\n"
			      "02:00.0 144d:a808 120000 2 odd\n";
	char words[256];

	put_disks(FIRST);
	disks_judge(machine, "root=/dev/a2", NULL, DISK_MOMENT_EARLY, words,
		    sizeof(words));
	expect_text("early", words, "1 root-unknown; 2 claimed; ");
	disks_judge(machine, "root=/dev/a2", NULL, DISK_MOMENT_LATE, words,
		    sizeof(words));
	expect_text("late", words, "1 root-disk a2 root=/dev/a2; 2 claimed; ");
}

/* More may be attached to USB and SAS; all that an NVMe drive has is there at once. */
START_TEST(knows_what_may_still_come)
{
	const char *machine = "01:00.0 144d:a808 0c0330 1 xhci_hcd\n"
			      "02:00.0 144d:a808 010700 2 mpt3sas\n"
			      "03:00.0 144d:a808 020000 3 igb\n"
			      "04:00.0 144d:a808 030000 4 -\n";
	char words[256];

	put_disks(PAIR "c platform/x type=ext4 uuid=1\n");
	put_file(&disks_root, "sysroot/etc/fstab", "UUID=77-77 /home ext4 defaults\n");
	disks_judge(machine, "root=UUID=1", NULL, DISK_MOMENT_LATE, words, sizeof(words));
	expect_text("missing", words,
		    "1 not-found - fstab:/home=UUID=77-77; "
		    "2 not-found - fstab:/home=UUID=77-77; 3 claimed; 4 claimed; ");
	put_file(&disks_root, "sysroot/etc/fstab", "UUID=33-33 /home ext4 defaults\n");
	disks_judge(machine, "root=UUID=1", NULL, DISK_MOMENT_LATE, words, sizeof(words));
	expect_text(
		"found", words,
		"1 claimed; 2 root-disk b1 fstab:/home=UUID=33-33; 3 claimed; 4 claimed; ");
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
	put_file(&disks_root, "proc/self/mountinfo", SYSROOT);
	expand_parent(tunnels[_i].controller, parent, sizeof(parent));
	snprintf(target, sizeof(target), "../../../devices/%s", parent);
	put_link(&disks_root, "sys/bus/pci/devices/0000:03:00.0", target);
	put_file(&disks_root, "sys/bus/pci/devices/0000:05:00.0/removable",
		 tunnels[_i].is_removable ? "removable\n" : "fixed\n");
	situation_make("03:00.0 8086:1137 0c0340 3 thunderbolt\n", cmdline, &situation);
	guard_disks(disks_root.fd, &situation.params.cmdline, DISK_MOMENT_LATE, 0,
		    &situation.result.plan);
	situation_claim(&situation);
	disks_describe(&situation.result.plan, words, sizeof(words));
	expect_text(tunnels[_i].name, words, tunnels[_i].words);
	situation_free(&situation);
}

/* A disk with /home that appears a little later. */
START_TEST(waits_for_missing_disks)
{
	const char *machine = "01:00.0 144d:a808 0c0330 1 xhci_hcd\n"
			      "02:00.0 144d:a808 0c0330 2 xhci_hcd\n";
	uint64_t before = clock_ms();
	_cleanup_free_ char *log = NULL;
	char words[256];

	put_file(&disks_root, "dev/kmsg", "");
	log_open(disks_root.fd, false, false);
	put_file(&disks_root, "sysroot/etc/fstab", "UUID=77-77 /home ext4 defaults\n");
	put_disks_later("c platform/x type=ext4 uuid=1\n"
			"u pci0000:00/%1/usb1/1-1/x type=ext4 uuid=77-77\n",
			1, 300);
	disks_wait_ms = 20000;
	disks_judge(machine, "root=UUID=1", NULL, DISK_MOMENT_LATE, words, sizeof(words));
	expect_text("found", words, "1 root-disk u fstab:/home=UUID=77-77; 2 claimed; ");
	ck_assert_uint_lt(clock_ms() - before, 10000);
	log = get_file(&disks_root, "dev/kmsg");
	expect("says for what it waits",
	       strstr(log, "passthru: waiting up to 20 s for fstab:/home=UUID=77-77\n"));
}

/* No longer than there is time, and not at all where that cannot help. */
static const struct {
	const char *name;
	const char *machine;
	const char *disks;
	const char *fstab;
	bool waits;
} waits[] = {
	{ "nothing comes", "01:00.0 144d:a808 0c0330 1 xhci_hcd\n",
	  "c platform/x type=ext4 uuid=1\n", "UUID=77-77 /home ext4 defaults\n", true },
	{ "nofail", "01:00.0 144d:a808 0c0330 1 xhci_hcd\n",
	  "c platform/x type=ext4 uuid=1\n", "UUID=77-77 /home ext4 nofail\n", false },
	{ "nothing is missing", "01:00.0 144d:a808 0c0330 1 xhci_hcd\n",
	  "c platform/x type=ext4 uuid=1\n", "UUID=1 / ext4 defaults\n", false },
	{ "it has no driver", "01:00.0 144d:a808 0c0330 1 -\n",
	  "c platform/x type=ext4 uuid=1\n", "UUID=77-77 /home ext4 defaults\n", false },
	{ "a drive may have more namespaces", "01:00.0 144d:a808 010802 1 nvme\n",
	  "c platform/x type=ext4 uuid=1\nb pci0000:00/%1/x type=ext4 uuid=2\n",
	  "UUID=77-77 /home ext4 defaults\n", true },
	{ "no device could bring it", "01:00.0 144d:a808 020000 1 igb\n",
	  "c platform/x type=ext4 uuid=1\n", "UUID=77-77 /home ext4 defaults\n", false },
	{ "nofail, and a drive without a disk", "01:00.0 144d:a808 010802 1 nvme\n",
	  "c platform/x type=ext4 uuid=1\n", "UUID=77-77 /home ext4 nofail\n", true },
	{ "nofail, and a drive with one", "01:00.0 144d:a808 010802 1 nvme\n",
	  "c platform/x type=ext4 uuid=1\nb pci0000:00/%1/x type=ext4 uuid=2\n",
	  "UUID=77-77 /home ext4 nofail\n", false },
	{ "a drive without a disk, nothing is missing",
	  "01:00.0 144d:a808 010802 1 nvme\n", "c platform/x type=ext4 uuid=1\n",
	  "UUID=1 / ext4 defaults\n", false },
	{ "a volume is complete", "01:00.0 144d:a808 0c0330 1 xhci_hcd\n",
	  "c platform/x type=btrfs uuid=1 members=2\n"
	  "d platform/y type=btrfs uuid=1 members=2\n",
	  "UUID=1 / btrfs defaults\n", false },
	{ "a volume is not complete", "01:00.0 144d:a808 0c0330 1 xhci_hcd\n",
	  "c platform/x type=LVM2_member uuid=1 vg=v vguuid=G members=2\n",
	  "/dev/v/home /home btrfs defaults\n", true },
	{ "it may be in a locked container", "01:00.0 144d:a808 0c0330 1 xhci_hcd\n",
	  "c platform/x type=ext4 uuid=1\n"
	  "l platform/y type=crypto_LUKS uuid=2 usage=crypto\n",
	  "UUID=77-77 /home ext4 defaults\n", false },
};

START_TEST(waits_only_if_it_helps)
{
	uint64_t before = clock_ms();
	char words[256];

	put_file(&disks_root, "sysroot/etc/fstab", waits[_i].fstab);
	put_disks(waits[_i].disks);
	disks_wait_ms = 600;
	disks_judge(waits[_i].machine, "root=UUID=1", NULL, DISK_MOMENT_LATE, words,
		    sizeof(words));
	expect_number(waits[_i].name, clock_ms() - before >= 600, waits[_i].waits);
}

/* Only once has a drive settled that all of its namespaces are there. */
START_TEST(waits_for_namespaces)
{
	uint64_t before = clock_ms();
	char words[256];

	put_file(&disks_root, "sysroot/etc/fstab", "UUID=77-77 /home ext4 defaults\n");
	put_disks_later("c platform/x type=ext4 uuid=1\n"
			"n1 pci0000:00/%1/nvme/nvme0 type=ext4 uuid=2\n"
			"n2 pci0000:00/%1/nvme/nvme0 type=ext4 uuid=77-77\n",
			2, 400);
	disks_wait_ms = 20000;
	disks_judge("01:00.0 144d:a808 010802 1 nvme\n", "root=UUID=1", NULL,
		    DISK_MOMENT_LATE, words, sizeof(words));
	expect_text("second", words, "1 root-disk n2 fstab:/home=UUID=77-77; ");
	put_file(&disks_root, "sysroot/etc/fstab", "UUID=88-88 /home ext4 defaults\n");
	disks_judge("01:00.0 144d:a808 010802 1 nvme\n", "root=UUID=1", NULL,
		    DISK_MOMENT_LATE, words, sizeof(words));
	expect_text("none", words, "1 claimed; ");
	ck_assert_uint_lt(clock_ms() - before, 10000);
}

/* A new disk does not make it forget the others, which may take long to read. */
static const struct {
	const char *name;
	const char *again; /* what c contains, if it is read again */
	const char *seq;   /* of c, after the new disk has come */
	const char *words;
} rescans[] = {
	{ "the same disk", "ext4 uuid=9", "1", "1 not-found - fstab:/old=UUID=99; " },
	{ "another disk of the same name", "ext4 uuid=9", "2",
	  "1 not-found - resume=UUID=1; " },
};

START_TEST(keeps_what_it_knows)
{
	const char *machine = "01:00.0 144d:a808 0c0330 1 xhci_hcd\n";
	char words[256], text[256];

	put_file(&disks_root, "sysroot/etc/fstab", "UUID=99 /old ext4 defaults\n");
	put_disks("c platform/x type=ext4 uuid=1 seq=1\n");
	snprintf(text, sizeof(text), "c platform/x type=%s\nd platform/y type=ext4\n",
		 rescans[_i].again);
	disks_change(text, rescans[_i].seq, 250);
	disks_wait_ms = 900;
	disks_judge(machine, "root=UUID=1 resume=UUID=1", NULL, DISK_MOMENT_LATE, words,
		    sizeof(words));
	expect_text(rescans[_i].name, words, rescans[_i].words);
}

/* Out of memory, nothing is claimed. */
START_TEST(lacks_memory)
{
	char words[256] = "";

	put_disks(PAIR);
	for (unsigned nth = 1; nth < 60; nth++) {
		struct situation situation;
		bool reached;

		put_file(&disks_root, "proc/self/mountinfo", SYSROOT);
		situation_make(NVME, IDS "root=UUID=22-22", &situation);
		seam_fail(SEAM_ALLOCATE, nth, ENOMEM);
		guard_disks(disks_root.fd, &situation.params.cmdline, DISK_MOMENT_LATE, 0,
			    &situation.result.plan);
		situation_claim(&situation);
		reached = seam_reset(SEAM_ALLOCATE);
		disks_describe(&situation.result.plan, words, sizeof(words));
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

	tcase_add_checked_fixture(tcase, disks_set_up, disks_tear_down);
	add_rows(tcase, finds_backing_devices, rows);
	tcase_add_test(tcase, waits_for_the_root_disk);
	tcase_add_test(tcase, reads_swaps);
	tcase_add_test(tcase, knows_nvme_multipath);
	tcase_add_test(tcase, knows_partitions_of_nvme_multipath);
	tcase_add_test(tcase, guards_any_class_with_disks);
	tcase_add_test(tcase, knows_what_may_still_come);
	add_rows(tcase, knows_thunderbolt, tunnels);
	tcase_add_test(tcase, waits_for_missing_disks);
	add_rows(tcase, waits_only_if_it_helps, waits);
	tcase_add_test(tcase, waits_for_namespaces);
	add_rows(tcase, keeps_what_it_knows, rescans);
	tcase_add_test(tcase, lacks_memory);
	return unit_run(tcase);
}
