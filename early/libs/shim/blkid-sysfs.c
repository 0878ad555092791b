/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In place of util-linux's lib/sysfs.c and lib/path.c, which take 26 kB: what libblkid
 * reads from sysfs about an open block device.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "path.h"
#include "sysfs.h"

/* The first line of a file of the device, for the caller to free, or NULL. */
static char *read_line(dev_t devno, const char *name)
{
	char path[96], text[256];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s", major(devno),
		 minor(devno), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got <= 0)
		return NULL;
	text[got] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return strdup(text);
}

/* As upstream: LVM's internal devices have a suffix after the UUID. */
int sysfs_devno_is_dm_private(dev_t devno, char **uuid)
{
	char *id = read_line(devno, "dm/uuid"), *dash;
	bool is_private = false;

	if (id && strncmp(id, "LVM-", 4) == 0) {
		dash = strrchr(id + 4, '-');
		is_private = dash && dash[1];
	} else if (id && strncmp(id, "stratis-1-private", 17) == 0) {
		is_private = true;
	}
	if (uuid)
		*uuid = id;
	else
		free(id);
	return is_private;
}

int sysfs_devno_to_wholedisk(dev_t devno, char *diskname, size_t len, dev_t *diskdevno)
{
	char *partition = read_line(devno, "partition"), *disk, *end;
	unsigned long maj;
	int r = -1;

	if (diskname && len)
		*diskname = '\0';
	*diskdevno = devno;
	if (!partition)
		return 0;
	free(partition);
	disk = read_line(devno, "../dev");
	if (!disk)
		return -1;
	/* Not with sscanf(), which nothing else uses here. */
	maj = strtoul(disk, &end, 10);
	if (*end == ':') {
		*diskdevno = makedev(maj, strtoul(end + 1, NULL, 10));
		r = 0;
	}
	free(disk);
	return r;
}

/* For UBI's character devices and for a partition's entry, which are not used here. */
char *sysfs_devno_to_devpath(dev_t devno, char *buf, size_t bufsiz)
{
	(void)devno;
	(void)buf;
	(void)bufsiz;
	return NULL;
}

char *sysfs_chrdev_devno_to_devname(dev_t devno, char *buf, size_t bufsiz)
{
	(void)devno;
	(void)buf;
	(void)bufsiz;
	return NULL;
}

struct path_cxt *ul_new_sysfs_path(dev_t devno, struct path_cxt *parent,
				   const char *prefix)
{
	(void)devno;
	(void)parent;
	(void)prefix;
	return NULL;
}

void ul_unref_path(struct path_cxt *pc)
{
	(void)pc;
}

int ul_path_read_u64(struct path_cxt *pc, uint64_t *res, const char *path)
{
	(void)pc;
	(void)res;
	(void)path;
	return -1;
}

int ul_path_read_string(struct path_cxt *pc, char **str, const char *path)
{
	(void)pc;
	(void)str;
	(void)path;
	return -1;
}
