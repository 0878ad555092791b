/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "pci/pci.h"

/* include/linux/pci_ids.h */
#define CLASS_BRIDGE_PCI     0x0604
#define CLASS_BRIDGE_CARDBUS 0x0607
#define VENDOR_INTEL	     0x8086

void pci_device_path(char path[static DEVICE_PATH_SIZE],
		     const struct pci_address *address, const char *file)
{
	char name[ADDRESS_SIZE];

	address_format(address, name);
	snprintf(path, DEVICE_PATH_SIZE, "devices/%s/%s", name, file);
}

static bool read_tagged(struct text_cursor *cursor, const char *tag, unsigned digits,
			uint32_t *ret)
{
	return text_skip_word(cursor, tag) && text_read_hex(cursor, digits, ret) == 0;
}

/*
 * modalias has the whole ID in one file, and reading it neither wakes the device nor
 * takes its lock. Source: modalias_show() in drivers/pci/pci-sysfs.c.
 */
static int parse_modalias(const char *text, size_t length, struct pci_id *ret)
{
	struct text_cursor cursor = { .at = text, .end = text + length };
	uint32_t base = 0, sub = 0, interface = 0;
	struct pci_id id = { 0 };

	if (!text_skip_word(&cursor, "pci:") ||
	    !read_tagged(&cursor, "v", 8, &id.vendor) ||
	    !read_tagged(&cursor, "d", 8, &id.device) ||
	    !read_tagged(&cursor, "sv", 8, &id.subvendor) ||
	    !read_tagged(&cursor, "sd", 8, &id.subdevice) ||
	    !read_tagged(&cursor, "bc", 2, &base) ||
	    !read_tagged(&cursor, "sc", 2, &sub) ||
	    !read_tagged(&cursor, "i", 2, &interface))
		return -EINVAL;
	id.class = base << 16 | sub << 8 | interface;
	*ret = id;
	return 0;
}

static int read_id(int fd, const char *path, struct pci_id *ret)
{
	char modalias[128];
	ssize_t length = sysfs_read(fd, path, modalias, sizeof(modalias));

	return length < 0 ? (int)length : parse_modalias(modalias, (size_t)length, ret);
}

static int compare_addresses(const void *a, const void *b)
{
	return address_compare(a, b);
}

/*
 * The addresses in a directory, sorted: the eight bytes of an address are sorted faster
 * than a whole device, and klibc's qsort() swaps byte by byte.
 */
static int list_addresses(DIR *directory, struct pci_address **ret, size_t *ret_count)
{
	struct pci_address address, *added;
	struct dirent *entry;

	while ((entry = readdir(directory))) {
		if (address_parse_name(entry->d_name, &address) < 0)
			continue;
		added = array_append(*ret, *ret_count);
		if (!added)
			return -ENOMEM;
		*added = address;
	}
	if (*ret_count)
		qsort(*ret, *ret_count, sizeof((*ret)[0]), compare_addresses);
	return 0;
}

static int read_device(int bus_fd, const struct pci_address *address,
		       struct pci_device *ret)
{
	char path[DEVICE_PATH_SIZE];

	*ret = (struct pci_device){ .address = *address, .group = NO_GROUP };
	pci_device_path(path, address, "modalias");
	return read_id(bus_fd, path, &ret->id);
}

static int read_devices(int bus_fd, const struct pci_address *addresses, size_t count,
			struct pci_list *ret)
{
	ret->devices = malloc((count + 1) * sizeof(ret->devices[0]));
	if (!ret->devices)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		int r = read_device(bus_fd, &addresses[i], &ret->devices[ret->count]);

		ret->count += r == 0;
		/* One that has vanished, or is no device, is not missing. */
		if (r < 0 && r != -ENOENT && r != -ENODEV && r != -EINVAL)
			ret->error = r;
	}
	return 0;
}

int pci_scan(int bus_fd, struct pci_list *ret)
{
	_cleanup_closedir_ DIR *directory = sysfs_open_directory(bus_fd, "devices");
	_cleanup_free_ struct pci_address *addresses = NULL;
	size_t count = 0;
	int r;

	*ret = (struct pci_list){ 0 };
	if (!directory)
		return -errno;
	r = list_addresses(directory, &addresses, &count);
	return r < 0 ? r : read_devices(bus_fd, addresses, count, ret);
}

int pci_scan_group(int bus_fd, const struct pci_address *address, struct pci_list *ret)
{
	_cleanup_closedir_ DIR *directory = NULL;
	_cleanup_free_ struct pci_address *addresses = NULL;
	char path[DEVICE_PATH_SIZE];
	size_t count = 0, kept = 0;
	int r;

	*ret = (struct pci_list){ 0 };
	pci_device_path(path, address, "iommu_group/devices");
	directory = sysfs_open_directory(bus_fd, path);
	if (!directory)
		return -errno;
	for (unsigned i = 0; i <= ADDRESS_SIBLINGS_MAX; i++) {
		struct pci_address *added = array_append(addresses, count);

		if (!added)
			return -ENOMEM;
		*added = *address;
		added->function = (uint8_t)i;
	}
	r = list_addresses(directory, &addresses, &count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < count; i++)
		if (!kept || address_compare(&addresses[kept - 1], &addresses[i]) != 0)
			addresses[kept++] = addresses[i];
	return read_devices(bus_fd, addresses, kept, ret);
}

bool pci_slot_has_console(const struct pci_list *list, const struct pci_address *address)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct pci_device *device = &list->devices[i];
		unsigned class = pci_base_class(&device->id);

		if (address_is_same_slot(&device->address, address) &&
		    (class == PCI_BASE_CLASS_DISPLAY ||
		     class == PCI_BASE_CLASS_COMMUNICATION))
			return true;
	}
	return false;
}

void pci_list_free(struct pci_list *list)
{
	free(list->devices);
	*list = (struct pci_list){ 0 };
}

/*
 * From the target of its link, such as
 * ../../../devices/pci0000:00/0000:00:08.1/0000:0a:00.0. A name that is no address, such
 * as that of a root bus, begins the path again: VMD has a root bus below a device.
 */
static void parse_path(char *target, struct address_pattern *ret)
{
	unsigned count = 0;
	char *name = target, *slash;

	*ret = (struct address_pattern){ 0 };
	for (; name; name = slash ? slash + 1 : NULL) {
		struct pci_address address;

		slash = strchr(name, '/');
		if (slash)
			*slash = '\0';
		if (address_parse_name(name, &address) < 0)
			count = 0;
		else if (count++ == 0)
			ret->address = address;
		else if (count - 2 < ADDRESS_STEPS_MAX)
			ret->steps[count - 2] =
				(uint8_t)(address.slot << 3 | address.function);
	}
	if (count > 1 && count - 1 <= ADDRESS_STEPS_MAX)
		ret->step_count = (uint8_t)(count - 1);
}

void pci_read_paths(int bus_fd, struct pci_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		char path[DEVICE_PATH_SIZE] = "devices/", target[PATH_MAX];

		address_format(&list->devices[i].address, path + strlen(path));
		if (sysfs_read_target(bus_fd, path, target, sizeof(target)) == 0)
			parse_path(target, &list->devices[i].path);
	}
}

static bool path_matches(const struct address_pattern *path,
			 const struct address_pattern *pattern)
{
	unsigned last = pattern->step_count - 1u;

	if (path->step_count < pattern->step_count ||
	    memcmp(path->steps, pattern->steps, last) != 0 ||
	    address_compare(&path->address, &pattern->address) != 0)
		return false;
	return pattern->is_below || (path->step_count == pattern->step_count &&
				     (path->steps[last] ^ pattern->steps[last]) <=
					     (pattern->any_function ? 7 : 0));
}

bool pci_matches(const struct pci_device *device, const struct address_pattern *pattern)
{
	struct pci_address wanted = pattern->address;

	if (pattern->step_count)
		return path_matches(&device->path, pattern);
	if (pattern->any_function)
		wanted.function = device->address.function;
	if (pattern->any_slot)
		wanted.slot = device->address.slot;
	return address_compare(&wanted, &device->address) == 0;
}

bool pci_is_same_card(const struct pci_device *a, const struct pci_device *b)
{
	return a == b || (!a->is_virtual && !b->is_virtual &&
			  address_is_same_slot(&a->address, &b->address));
}

int pci_read_driver(int bus_fd, const struct pci_address *address,
		    char driver[static DRIVER_NAME_SIZE])
{
	char path[DEVICE_PATH_SIZE];
	int r;

	driver[0] = '\0';
	pci_device_path(path, address, "driver");
	r = sysfs_read_link(bus_fd, path, driver, DRIVER_NAME_SIZE);
	return r == -ENOENT ? 0 : r;
}

/* The kernel counts groups from 0; a dump may have any name. */
static int read_group(int bus_fd, const struct pci_address *address)
{
	char path[DEVICE_PATH_SIZE], name[16];

	pci_device_path(path, address, "iommu_group");
	if (sysfs_read_link(bus_fd, path, name, sizeof(name)) < 0 || strlen(name) > 9 ||
	    name[strspn(name, "0123456789")])
		return NO_GROUP;
	return atoi(name);
}

/*
 * As vfio_pci_core_register_device(): by the header type, not by the class. Both kinds of
 * bridges, and no other function, have this file: pci_bridge_attrs_are_visible() in
 * drivers/pci/pci-sysfs.c. To read the header itself would wake the device.
 */
static bool read_is_bridge(int bus_fd, const struct pci_device *device)
{
	char path[DEVICE_PATH_SIZE];

	if (device->id.class >> 8 == CLASS_BRIDGE_PCI ||
	    device->id.class >> 8 == CLASS_BRIDGE_CARDBUS)
		return true;
	pci_device_path(path, &device->address, "secondary_bus_number");
	return sysfs_exists(bus_fd, path);
}

/* boot_vga_show() in drivers/pci/pci-sysfs.c; only class 0300 has this file. */
static bool read_is_boot_display(int bus_fd, const struct pci_device *device)
{
	char path[DEVICE_PATH_SIZE], text[4];

	if (pci_base_class(&device->id) != PCI_BASE_CLASS_DISPLAY)
		return false;
	pci_device_path(path, &device->address, "boot_vga");
	return sysfs_read(bus_fd, path, text, sizeof(text)) > 0 && text[0] == '1';
}

int pci_read_again(int bus_fd, struct pci_device *device)
{
	char path[DEVICE_PATH_SIZE];
	int r;

	if (device->group == NO_GROUP)
		device->group = read_group(bus_fd, &device->address);
	r = pci_read_driver(bus_fd, &device->address, device->driver);
	pci_device_path(path, &device->address, "modalias");
	if (r < 0)
		device->is_gone = !sysfs_exists(bus_fd, path);
	return r;
}

void pci_read_attributes(int bus_fd, struct pci_device *device)
{
	char path[DEVICE_PATH_SIZE];

	if (device->is_read)
		return;
	device->is_read = true;
	device->is_bridge = read_is_bridge(bus_fd, device);
	device->is_boot_display = read_is_boot_display(bus_fd, device);
	pci_device_path(path, &device->address, "virtfn0");
	device->has_vfs = sysfs_exists(bus_fd, path);
	(void)pci_read_again(bus_fd, device);
	/* If it has a group or a driver, it is there. */
	pci_device_path(path, &device->address, "modalias");
	if (device->group == NO_GROUP && !device->driver[0])
		device->is_gone = !sysfs_exists(bus_fd, path);
}

void pci_read_display_attributes(int bus_fd, struct pci_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (pci_base_class(&list->devices[i].id) == PCI_BASE_CLASS_DISPLAY)
			pci_read_attributes(bus_fd, &list->devices[i]);
}

static int compare_devices(const void *a, const void *b)
{
	const struct pci_device *left = a, *right = b;

	return address_compare(&left->address, &right->address);
}

struct pci_device *pci_list_find(const struct pci_list *list,
				 const struct pci_address *address)
{
	struct pci_device wanted = { .address = *address };

	if (list->count == 0)
		return NULL;
	return bsearch(&wanted, list->devices, list->count, sizeof(wanted),
		       compare_devices);
}

bool pci_is_same_model(const struct pci_id *a, const struct pci_id *b)
{
	return a->vendor == b->vendor && a->device == b->device;
}

int pci_read_group_attributes(int bus_fd, const struct pci_device *device,
			      struct pci_list *list)
{
	_cleanup_closedir_ DIR *directory = NULL;
	char path[DEVICE_PATH_SIZE];
	struct dirent *entry;

	pci_device_path(path, &device->address, "iommu_group/devices");
	directory = sysfs_open_directory(bus_fd, path);
	if (!directory)
		return -errno;
	while ((entry = readdir(directory))) {
		struct pci_address address;
		struct pci_device *found;

		if (address_parse_name(entry->d_name, &address) < 0)
			continue;
		found = pci_list_find(list, &address);
		if (!found || found == device)
			continue;
		found->group = device->group;
		pci_read_attributes(bus_fd, found);
	}
	return 0;
}

struct pci_device *pci_slot_first(const struct pci_list *list,
				  const struct pci_device *device)
{
	size_t i = (size_t)(device - list->devices);

	while (i > 0 &&
	       address_is_same_slot(&list->devices[i - 1].address, &device->address))
		i--;
	return &list->devices[i];
}

struct pci_device *pci_slot_next(const struct pci_list *list,
				 const struct pci_device *device)
{
	size_t next = (size_t)(device - list->devices) + 1;

	return next < list->count && address_is_same_slot(&list->devices[next].address,
							  &device->address)
		       ? &list->devices[next]
		       : NULL;
}

bool pci_read_slot_attributes(int bus_fd, const struct pci_device *device,
			      struct pci_list *list)
{
	struct pci_device *other = pci_slot_first(list, device);
	bool is_groupless = false;

	for (; other; other = pci_slot_next(list, other)) {
		if (other->is_read && other->group == NO_GROUP && !other->is_gone)
			(void)pci_read_again(bus_fd, other);
		pci_read_attributes(bus_fd, other);
		if (other->group != NO_GROUP)
			continue;
		is_groupless = true;
		pci_read_physical(bus_fd, other);
	}
	return is_groupless;
}

/* A link such as ../0000:03:00.0. */
void pci_read_physical(int bus_fd, struct pci_device *device)
{
	char path[DEVICE_PATH_SIZE], name[ADDRESS_SIZE];

	pci_device_path(path, &device->address, "physfn");
	device->is_virtual = sysfs_read_link(bus_fd, path, name, sizeof(name)) == 0 &&
			     address_parse_name(name, &device->physical) == 0;
}

bool pci_is_denylisted(const struct pci_id *id)
{
	/* QuickAssist C3xxx, C62x and DH895xCC with their VFs; DSA and IAX. */
	static const uint16_t devices[] = { 0x19e2, 0x19e3, 0x37c8, 0x37c9,
					    0x0435, 0x0443, 0x0b25, 0x0cfe };

	for (size_t i = 0; id->vendor == VENDOR_INTEL && i < ARRAY_SIZE(devices); i++)
		if (id->device == devices[i])
			return true;
	return false;
}

bool pci_driver_is_vfio(const char *driver)
{
	return strstr(driver, "vfio") != NULL;
}
