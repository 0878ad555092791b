/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-client ADDRESS…: uses PCI devices the way a virtual machine monitor does.
 *
 * Opens the device's IOMMU group, attaches it to a type 1 container, reads configuration
 * space, maps each memory BAR and reads from it, maps a page for DMA. Prints "vfio ok
 * ADDRESS …", or "vfio failed ADDRESS STEP: ERROR". Several devices, in groups of their
 * own, are open at once, for as many seconds as the variable HOLD says.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define CONFIG_BYTES   64
#define COMMAND	       4
#define COMMAND_MEMORY 2
#define DMA_ADDRESS    0x100000
#define BARS	       (VFIO_PCI_BAR5_REGION_INDEX + 1)

struct client {
	const char *address;
	const char *step; /* the one under way, for the message */
	int container;
	int group;
	int device;
	unsigned char config[CONFIG_BYTES];
	unsigned int bar_count;	    /* of those mapped */
	unsigned int bars[BARS];    /* their numbers */
	uint32_t first_words[BARS]; /* what their first four bytes read as */
};

static int fail(struct client *client, const char *step, int err)
{
	client->step = step;
	return err;
}

/* The group's number is the last part of what the link iommu_group names. */
static int open_group(struct client *client)
{
	char link[PATH_MAX], target[PATH_MAX], *name;
	ssize_t length;

	snprintf(link, sizeof(link), "/sys/bus/pci/devices/%s/iommu_group",
		 client->address);
	length = readlink(link, target, sizeof(target) - 1);
	if (length < 0)
		return fail(client, "iommu_group", -errno);
	target[length] = '\0';
	name = strrchr(target, '/');
	snprintf(link, sizeof(link), "/dev/vfio%s", name ? name : "/");
	client->group = open(link, O_RDWR | O_CLOEXEC);
	if (client->group < 0)
		return fail(client, "open group", -errno);
	return 0;
}

static int attach_container(struct client *client)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };

	client->container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	if (client->container < 0)
		return fail(client, "open container", -errno);
	if (ioctl(client->group, VFIO_GROUP_GET_STATUS, &status) < 0)
		return fail(client, "group status", -errno);
	if (!(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return fail(client, "group not viable", -EPERM);
	if (ioctl(client->group, VFIO_GROUP_SET_CONTAINER, &client->container) < 0)
		return fail(client, "set container", -errno);
	if (ioctl(client->container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU) < 0)
		return fail(client, "set iommu", -errno);
	return 0;
}

static int region_info(struct client *client, unsigned int index,
		       struct vfio_region_info *ret_info)
{
	*ret_info =
		(struct vfio_region_info){ .argsz = sizeof(*ret_info), .index = index };
	if (ioctl(client->device, VFIO_DEVICE_GET_REGION_INFO, ret_info) < 0)
		return -errno;
	return 0;
}

static int read_config(struct client *client)
{
	struct vfio_region_info info;
	uint16_t command;
	int err;

	client->device = ioctl(client->group, VFIO_GROUP_GET_DEVICE_FD, client->address);
	if (client->device < 0)
		return fail(client, "get device", -errno);
	err = region_info(client, VFIO_PCI_CONFIG_REGION_INDEX, &info);
	if (err < 0)
		return fail(client, "configuration space", err);
	if (pread(client->device, client->config, CONFIG_BYTES, info.offset) !=
	    CONFIG_BYTES)
		return fail(client, "read configuration space", -EIO);
	/* A BAR answers only while memory decoding is on. */
	memcpy(&command, client->config + COMMAND, sizeof(command));
	command |= COMMAND_MEMORY;
	if (pwrite(client->device, &command, sizeof(command), info.offset + COMMAND) !=
	    sizeof(command))
		return fail(client, "enable memory", -EIO);
	return 0;
}

static int read_bar(struct client *client, unsigned int bar,
		    const struct vfio_region_info *info)
{
	void *map = mmap(NULL, info->size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 client->device, info->offset);

	if (map == MAP_FAILED)
		return fail(client, "map BAR", -errno);
	client->bars[client->bar_count] = bar;
	client->first_words[client->bar_count++] = *(volatile uint32_t *)map;
	munmap(map, info->size);
	return 0;
}

static int read_bars(struct client *client)
{
	struct vfio_region_info info;
	int err = 0;

	for (unsigned int bar = 0; bar < BARS && err == 0; bar++)
		if (region_info(client, bar, &info) == 0 && info.size > 0 &&
		    info.flags & VFIO_REGION_INFO_FLAG_MMAP)
			err = read_bar(client, bar, &info);
	if (err == 0 && client->bar_count == 0)
		err = fail(client, "no memory BAR to map", -ENODEV);
	return err;
}

static int map_dma(struct client *client)
{
	long size = sysconf(_SC_PAGESIZE);
	struct vfio_iommu_type1_dma_map dma = {
		.argsz = sizeof(dma),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.iova = DMA_ADDRESS,
		.size = size,
	};
	void *page;

	page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	if (page == MAP_FAILED)
		return fail(client, "allocate a page", -errno);
	dma.vaddr = (uintptr_t)page;
	if (ioctl(client->container, VFIO_IOMMU_MAP_DMA, &dma) < 0)
		return fail(client, "map for DMA", -errno);
	return 0;
}

static int use_device(struct client *client)
{
	int err;

	err = open_group(client);
	if (err == 0)
		err = attach_container(client);
	if (err == 0)
		err = read_config(client);
	if (err == 0)
		err = read_bars(client);
	if (err == 0)
		err = map_dma(client);
	return err;
}

static int report(const struct client *client, int err)
{
	if (err < 0) {
		printf("vfio failed %s %s: %s\n", client->address, client->step,
		       strerror(-err));
		return 1;
	}
	printf("vfio ok %s %02x%02x:%02x%02x", client->address, client->config[1],
	       client->config[0], client->config[3], client->config[2]);
	for (unsigned int i = 0; i < client->bar_count; i++)
		printf(" bar%u=%08x", client->bars[i], client->first_words[i]);
	putchar('\n');
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: vfio-client ADDRESS...\n");
		return 2;
	}
	for (int i = 1; i < argc; i++) {
		struct client client = { .address = argv[i] };

		status |= report(&client, use_device(&client));
	}
	fflush(stdout);
	if (getenv("HOLD"))
		sleep(atoi(getenv("HOLD")));
	return status;
}
