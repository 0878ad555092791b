/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pci/pci.h"
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

#define ALIAS "pci:v000010DEd000013C2sv00001043sd00008508bc03sc00i00\n"

static void put_modalias(const char *name, const char *modalias)
{
	char path[128];

	snprintf(path, sizeof(path), "devices/%s/modalias", name);
	put_file(&root, path, modalias);
}

/* The addresses, each with a space after it. */
static void describe(const struct pci_list *list, char *text)
{
	text[0] = '\0';
	for (size_t i = 0; i < list->count; i++) {
		address_format(&list->devices[i].address, text + strlen(text));
		strcat(text, " ");
	}
}

/* Directories below devices, and the scanned addresses. */
static const struct {
	const char *name;
	const char *names[8];
	const char *found;
} buses[] = {
	{ "none", { NULL }, "" },
	{ "one", { "0000:06:00.0" }, "0000:06:00.0 " },
	{ "order",
	  { "0000:0a:00.0", "0000:06:00.1", "0000:06:00.0", "10000:00:00.0",
	    "0001:00:00.0", "0000:06:1f.0" },
	  "0000:06:00.0 0000:06:00.1 0000:06:1f.0 0000:0a:00.0 0001:00:00.0 "
	  "10000:00:00.0 " },
	{ "Intel VMD",
	  { "10000:e1:00.0", "0000:e1:00.0", "ffffffff:ff:1f.7" },
	  "0000:e1:00.0 10000:e1:00.0 ffffffff:ff:1f.7 " },
	/* not in the spelling of sysfs */
	{ "odd names",
	  { "0000:06:00.0", "0000:06:00.8", "x", "0000:06:00", "pci0000:00",
	    "0000:06:00.0x", "0000:06:00.*" },
	  "0000:06:00.0 " },
	{ "odd spellings",
	  { "06:00.0", "0:6:0.0", "0000:06:0.0", "0000:0A:00.0", "00000:06:00.0",
	    "0000:06:00.0" },
	  "0000:06:00.0 " },
	{ "a long name", { "0000:06:00.00000000000000000000000000000000000000000" }, "" },
};

START_TEST(scans_in_order)
{
	struct pci_list list;
	char text[512];
	unsigned fds;

	put_directory(&root, "devices");
	for (size_t i = 0; i < ARRAY_SIZE(buses[_i].names) && buses[_i].names[i]; i++)
		put_modalias(buses[_i].names[i], ALIAS);
	fds = count_fds();
	expect_number(buses[_i].name, pci_scan(root.fd, &list), 0);
	expect_number(buses[_i].name, count_fds(), fds);
	describe(&list, text);
	expect_text(buses[_i].name, text, buses[_i].found);
	pci_list_free(&list);
}

/* The text of a modalias, NULL for no file, and whether the device is listed. */
static const struct {
	const char *modalias;
	bool found;
	struct pci_id id;
} aliases[] = {
	{ ALIAS, true, { 0x10de, 0x13c2, 0x1043, 0x8508, 0x030000 } },
	{ "pci:v000010DEd000013C2sv00001043sd00008508bc03sc00i00",
	  true,
	  { 0x10de, 0x13c2, 0x1043, 0x8508, 0x030000 } },
	{ "pci:v00008086d00000953sv00000000sd00000000bc01sc08i02\n",
	  true,
	  { 0x8086, 0x953, 0, 0, 0x010802 } },
	{ "pci:v0000FFFFd0000FFFFsv0000FFFFsd0000FFFFbcFFscFFiFF\n",
	  true,
	  { 0xffff, 0xffff, 0xffff, 0xffff, 0xffffff } },
	{ NULL, false, { 0 } }, /* it has vanished: a directory without files */
	{ "", false, { 0 } },
	{ "\n", false, { 0 } },
	{ "pci:", false, { 0 } },
	{ "pci:v000010DEd000013C2", false, { 0 } },
	{ "pci:v000010DEd000013C2sv00001043sd00008508bc03sc00i\n", false, { 0 } },
	{ "usb:v000010DEd000013C2sv00001043sd00008508bc03sc00i00\n", false, { 0 } },
	{ "pci:v*d*sv*sd*bc*sc*i*\n", false, { 0 } },
};

START_TEST(reads_the_alias)
{
	const char *name = aliases[_i].modalias ? aliases[_i].modalias : "(none)";
	struct pci_list list;

	put_modalias("0000:05:00.0", ALIAS);
	put_modalias("0000:07:00.0", ALIAS);
	if (aliases[_i].modalias)
		put_modalias("0000:06:00.0", aliases[_i].modalias);
	else
		put_directory(&root, "devices/0000:06:00.0");
	expect_number(name, pci_scan(root.fd, &list), 0);
	expect_number(name, list.count, aliases[_i].found ? 3 : 2);
	if (aliases[_i].found) {
		const struct pci_id *id = &list.devices[1].id;

		expect_number(name, id->vendor, aliases[_i].id.vendor);
		expect_number(name, id->device, aliases[_i].id.device);
		expect_number(name, id->subvendor, aliases[_i].id.subvendor);
		expect_number(name, id->subdevice, aliases[_i].id.subdevice);
		expect_number(name, id->class, aliases[_i].id.class);
		expect_number(name, list.devices[1].group, NO_GROUP);
	}
	pci_list_free(&list);
}

/* One that is there and cannot be read is told from one that has vanished. */
START_TEST(tells_what_is_unreadable)
{
	struct pci_list list;

	put_modalias("0000:05:00.0", ALIAS);
	put_directory(&root, "devices/0000:06:00.0");
	expect_number("vanished", pci_scan(root.fd, &list), 0);
	expect_number("vanished", list.error, 0);
	pci_list_free(&list);
	put_directory(&root, "devices/0000:06:00.0/modalias");
	expect_number("unreadable", pci_scan(root.fd, &list), 0);
	expect_number("unreadable", list.error, -EISDIR);
	expect_number("the others", list.count, 1);
	pci_list_free(&list);
}

START_TEST(fails_without_a_bus)
{
	struct pci_list list;

	expect_number("no devices", pci_scan(root.fd, &list), -ENOENT);
	pci_list_free(&list);
	put_file(&root, "devices", "");
	expect_number("a file", pci_scan(root.fd, &list), -ENOTDIR);
	pci_list_free(&list);
}

START_TEST(survives_out_of_memory)
{
	unsigned fds, nth = 1;
	struct pci_list list;
	char name[32];
	int r = -1;

	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "0000:%02x:00.0", i);
		put_modalias(name, ALIAS);
	}
	fds = count_fds();
	for (; r; nth++) {
		seam_fail(SEAM_ALLOCATE, nth, ENOMEM);
		r = pci_scan(root.fd, &list);
		expect_number("memory", r, seam_reset(SEAM_ALLOCATE) ? -ENOMEM : 0);
		pci_list_free(&list);
		expect_number("descriptors", count_fds(), fds);
	}
	ck_assert_uint_gt(nth, 2);
	seam_fail(SEAM_FDOPENDIR, 1, ENOMEM);
	expect_number("directory", pci_scan(root.fd, &list), -ENOMEM);
	expect("directory", seam_reset(SEAM_FDOPENDIR));
	pci_list_free(&list);
	expect_number("descriptors", count_fds(), fds);
}

#define DEVICE "devices/0000:06:00.0/"

struct attributes {
	bool is_gone;
	int group;
	bool is_bridge;
	bool has_vfs;
	const char *driver;
};

/* Files: "modalias", "group=N", "driver=D", "secondary_bus_number", "virtfn0". */
static const struct {
	const char *there;
	unsigned class;
	struct attributes attributes;
} devices[] = {
	{ "modalias", 0x030000, { false, NO_GROUP, false, false, "" } },
	{ "modalias group=13", 0x030000, { false, 13, false, false, "" } },
	{ "modalias group=0", 0x030000, { false, 0, false, false, "" } },
	/* no number of the kernel's */
	{ "modalias group=2147483647", 0x030000, { false, NO_GROUP, false, false, "" } },
	{ "modalias group=-1", 0x030000, { false, NO_GROUP, false, false, "" } },
	{ "modalias group=x", 0x030000, { false, NO_GROUP, false, false, "" } },
	{ "modalias driver=nouveau",
	  0x030000,
	  { false, NO_GROUP, false, false, "nouveau" } },
	{ "modalias group=13 driver=vfio-pci",
	  0x030000,
	  { false, 13, false, false, "vfio-pci" } },
	{ "modalias virtfn0", 0x020000, { false, NO_GROUP, false, true, "" } },
	/* bridges: by the class, or by a file that only they have */
	{ "modalias", 0x060400, { false, NO_GROUP, true, false, "" } },
	{ "modalias", 0x060401, { false, NO_GROUP, true, false, "" } },
	{ "modalias", 0x060700, { false, NO_GROUP, true, false, "" } },
	{ "modalias", 0x060000, { false, NO_GROUP, false, false, "" } },
	{ "modalias secondary_bus_number",
	  0x030000,
	  { false, NO_GROUP, true, false, "" } },
	/* gone */
	{ "", 0x030000, { true, NO_GROUP, false, false, "" } },
	/* what is just being removed: the claim finds that out */
	{ "group=13", 0x030000, { false, 13, false, false, "" } },
};

static void put_one(const char *word)
{
	char path[128], target[128];

	if (strncmp(word, "group=", 6) == 0) {
		snprintf(target, sizeof(target), "../../../kernel/iommu_groups/%s",
			 word + 6);
		put_link(&root, DEVICE "iommu_group", target);
	} else if (strncmp(word, "driver=", 7) == 0) {
		snprintf(target, sizeof(target), "../../../bus/pci/drivers/%s", word + 7);
		put_link(&root, DEVICE "driver", target);
	} else {
		snprintf(path, sizeof(path), DEVICE "%s", word);
		put_file(&root, path, "");
	}
}

START_TEST(reads_the_attributes)
{
	const char *name = devices[_i].there;
	const struct attributes *want = &devices[_i].attributes;
	struct pci_device device = { .address = address_of("06:00.0"),
				     .id.class = devices[_i].class,
				     .group = NO_GROUP };
	_cleanup_free_ char *words = strdup(name);
	char *rest = NULL;
	unsigned fds;

	for (char *word = strtok_r(words, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest))
		put_one(word);
	fds = count_fds();
	pci_read_attributes(root.fd, &device);
	expect_number(name, count_fds(), fds);
	expect_number(name, device.is_gone, want->is_gone);
	expect_number(name, device.group, want->group);
	expect_number(name, device.is_bridge, want->is_bridge);
	expect_number(name, device.has_vfs, want->has_vfs);
	expect_text(name, device.driver, want->driver);
}

/* Only what a claim changes is read again. */
START_TEST(reads_again)
{
	struct pci_device device = { .address = address_of("06:00.0"),
				     .id.class = 0x030000,
				     .group = NO_GROUP };

	put_one("modalias");
	put_one("driver=nouveau");
	pci_read_attributes(root.fd, &device);
	expect_number("group", device.group, NO_GROUP);
	expect_text("driver", device.driver, "nouveau");
	put_one("group=13");
	put_one("virtfn0");
	pci_read_attributes(root.fd, &device);
	expect_number("read once", device.group, NO_GROUP);
	pci_read_again(root.fd, &device);
	expect_number("new group", device.group, 13);
	expect("functions", !device.has_vfs);
	ck_assert_int_eq(unlinkat(root.fd, DEVICE "driver", 0), 0);
	pci_read_again(root.fd, &device);
	expect_text("no driver", device.driver, "");
	expect("gone", !device.is_gone);
	/* no link: its driver is unknown, but it is there */
	put_one("driver");
	expect_number("unknown", pci_read_again(root.fd, &device), -EINVAL);
	expect("gone", !device.is_gone);
	ck_assert_int_eq(unlinkat(root.fd, DEVICE "modalias", 0), 0);
	expect_number("unknown", pci_read_again(root.fd, &device), -EINVAL);
	expect("not gone", device.is_gone);
}

START_TEST(reads_the_driver)
{
	struct pci_address address = address_of("06:00.0");
	char driver[DRIVER_NAME_SIZE] = "old";

	expect_number("none", pci_read_driver(root.fd, &address, driver), 0);
	expect_text("none", driver, "");
	put_one("driver=vfio-pci");
	expect_number("one", pci_read_driver(root.fd, &address, driver), 0);
	expect_text("one", driver, "vfio-pci");
}

/* Devices outside the group stay as they are. */
START_TEST(reads_the_attributes_of_a_group)
{
	struct pci_list list;

	put_modalias("0000:06:00.0", ALIAS);
	put_modalias("0000:06:00.1", ALIAS);
	put_modalias("0000:07:00.0", ALIAS);
	ck_assert_int_eq(pci_scan(root.fd, &list), 0);
	put_link(&root, "devices/0000:06:00.1/driver", "../../drivers/snd_hda_intel");
	put_link(&root, "devices/0000:07:00.0/driver", "../../drivers/nvme");
	expect_number("no group",
		      pci_read_group_attributes(root.fd, &list.devices[0], &list),
		      -ENOENT);
	put_link(&root, "devices/0000:06:00.0/iommu_group", "../../groups/13");
	put_link(&root, "devices/0000:06:00.1/iommu_group", "../../groups/13");
	put_file(&root, "groups/13/devices/0000:06:00.0", "");
	put_file(&root, "groups/13/devices/0000:06:00.1", "");
	put_file(&root, "groups/13/devices/0000:09:00.1", "");
	put_file(&root, "groups/13/devices/odd", "");
	expect_number("group",
		      pci_read_group_attributes(root.fd, &list.devices[0], &list), 0);
	expect_text("member", list.devices[1].driver, "snd_hda_intel");
	expect_number("member", list.devices[1].group, 13);
	expect_text("other", list.devices[2].driver, "");
	pci_list_free(&list);
}

/* The functions of a slot, whatever their groups; one may have got its group since. */
START_TEST(reads_the_attributes_of_a_slot)
{
	struct pci_list list;

	put_modalias("0000:05:1f.7", ALIAS);
	put_modalias("0000:06:00.0", ALIAS);
	put_modalias("0000:06:00.1", ALIAS);
	put_modalias("0000:06:01.0", ALIAS);
	ck_assert_int_eq(pci_scan(root.fd, &list), 0);
	for (size_t i = 0; i < 2; i++)
		expect("no group",
		       pci_read_slot_attributes(root.fd, &list.devices[1 + i], &list));
	expect("others", !list.devices[0].is_read && !list.devices[3].is_read);
	expect("no virtual one", !list.devices[2].is_virtual);
	put_link(&root, "devices/0000:06:00.1/physfn", "../0000:05:1f.7");
	expect("no group", pci_read_slot_attributes(root.fd, &list.devices[1], &list));
	expect("a virtual one", list.devices[2].is_virtual);
	put_link(&root, "devices/0000:06:00.0/iommu_group", "../../groups/13");
	expect("one", pci_read_slot_attributes(root.fd, &list.devices[1], &list));
	put_link(&root, "devices/0000:06:00.1/iommu_group", "../../groups/13");
	expect("all", !pci_read_slot_attributes(root.fd, &list.devices[1], &list));
	expect_number("group", list.devices[2].group, 13);
	pci_list_free(&list);
}

START_TEST(reads_the_physical_function)
{
	struct pci_device device = { .address = address_of("06:00.0") };
	struct pci_address want = address_of("06:00.1");

	pci_read_physical(root.fd, &device);
	expect("none", !device.is_virtual);
	put_link(&root, DEVICE "physfn", "../0000:06:00.1");
	pci_read_physical(root.fd, &device);
	expect("one", device.is_virtual);
	expect_number("which", address_compare(&device.physical, &want), 0);
}

START_TEST(scans_a_group)
{
	struct pci_address address = address_of("06:00.0");
	struct pci_list list;
	char text[512];

	put_modalias("0000:06:00.0", ALIAS);
	put_modalias("0000:05:00.0", ALIAS);
	expect_number("none", pci_scan_group(root.fd, &address, &list), -ENOENT);
	put_link(&root, "devices/0000:06:00.0/iommu_group", "../../groups/13");
	put_link(&root, "groups/13/devices/0000:06:00.0",
		 "../../../devices/0000:06:00.0");
	put_modalias("0000:06:00.1", ALIAS);
	put_link(&root, "groups/13/devices/0000:06:00.1",
		 "../../../devices/0000:06:00.1");
	put_link(&root, "groups/13/devices/0000:09:00.1",
		 "../../../devices/0000:09:00.1");
	expect_number("group", pci_scan_group(root.fd, &address, &list), 0);
	describe(&list, text);
	expect_text("group", text, "0000:06:00.0 0000:06:00.1 ");
	pci_list_free(&list);
	/* a function of the slot with a group of its own, and a member elsewhere */
	put_modalias("0000:06:00.7", ALIAS);
	put_modalias("0000:07:00.0", ALIAS);
	put_link(&root, "groups/13/devices/0000:05:00.0",
		 "../../../devices/0000:05:00.0");
	expect_number("slot", pci_scan_group(root.fd, &address, &list), 0);
	describe(&list, text);
	expect_text("slot", text, "0000:05:00.0 0000:06:00.0 0000:06:00.1 0000:06:00.7 ");
	pci_list_free(&list);
}

static void set_class(struct pci_list *list, size_t index, uint32_t class)
{
	list->devices[index].id.class = class;
}

START_TEST(finds_the_console_of_a_slot)
{
	struct pci_device functions[] = {
		{ .address = address_of("06:00.0"), .id.class = 0x0c0330 },
		{ .address = address_of("06:00.2"), .id.class = 0x0c0330 },
		{ .address = address_of("07:00.1"), .id.class = 0x030000 },
	};
	struct pci_list list = { functions, ARRAY_SIZE(functions) };
	struct pci_address address = address_of("06:00.2"), other = address_of("07:00.0");

	expect("another slot", !pci_slot_has_console(&list, &address));
	expect("function 1", pci_slot_has_console(&list, &other));
	set_class(&list, 0, 0x030000);
	expect("function 0", pci_slot_has_console(&list, &address));
	set_class(&list, 0, 0x0c0330);
	expect("neither", !pci_slot_has_console(&list, &address));
	set_class(&list, 1, 0x070002);
	expect("serial", pci_slot_has_console(&list, &address));
}

START_TEST(finds_by_address)
{
	struct pci_address address;
	struct pci_list list;

	put_modalias("0000:06:00.0", ALIAS);
	put_modalias("0000:06:00.1", ALIAS);
	put_modalias("10000:07:00.0", ALIAS);
	ck_assert_int_eq(pci_scan(root.fd, &list), 0);
	for (size_t i = 0; i < list.count; i++)
		ck_assert_ptr_eq(pci_list_find(&list, &list.devices[i].address),
				 &list.devices[i]);
	address = address_of("07:00.0");
	ck_assert_ptr_null(pci_list_find(&list, &address));
	pci_list_free(&list);
	ck_assert_ptr_null(pci_list_find(&list, &address));
}

#define DEVICES "../../../devices/"
#define EIGHT                                                                            \
	"0000:01:01.0/0000:02:02.0/0000:03:03.0/0000:04:04.0/0000:05:05.0/0000:06:06.0/" \
	"0000:07:07.0/0000:08:08.0/"

/* The links below devices, by name, and the paths that they show. */
static const struct {
	const char *name;
	const char *target; /* NULL for a directory instead of a link */
	const char *path;   /* "" for none */
} links[] = {
	{ "0000:00:01.0", DEVICES "pci0000:00/0000:00:01.0", "" },
	{ "0000:00:02.0", NULL, "" },
	{ "0000:01:00.0", DEVICES "pci0000:00/0000:00:01.0/0000:01:00.0",
	  "0000:00:01.0/00.0" },
	{ "0000:02:03.1", DEVICES "pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:03.1",
	  "0000:00:01.0/00.0/03.1" },
	{ "0001:02:1f.7", DEVICES "soc/1c00000.pcie/pci0001:00/0001:00:1f.7/0001:02:1f.7",
	  "0001:00:1f.7/1f.7" },
	/* VMD: a root bus of its own, below a device of another domain */
	{ "10000:e0:06.0", DEVICES "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0",
	  "" },
	{ "10000:e1:00.0",
	  DEVICES "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0",
	  "10000:e0:06.0/00.0" },
	/* the longest one, and one that is too long */
	{ "0000:0f:0f.0",
	  DEVICES "pci0000:00/0000:00:1c.0/" EIGHT
		  "0000:09:09.0/0000:0a:0a.0/0000:0b:0b.0/0000:0c:0c.0/0000:0d:0d.0/"
		  "0000:0e:0e.0/0000:0f:0f.0",
	  "0000:00:1c.0/01.0/02.0/03.0/04.0/05.0/06.0/07.0/08.0/09.0/0a.0/0b.0/0c.0/"
	  "0d.0/0e.0/0f.0" },
	{ "0000:10:10.0",
	  DEVICES "pci0000:00/0000:00:1c.0/" EIGHT
		  "0000:09:09.0/0000:0a:0a.0/0000:0b:0b.0/0000:0c:0c.0/0000:0d:0d.0/"
		  "0000:0e:0e.0/0000:0f:0f.0/0000:10:10.0",
	  "" },
	{ "0000:03:00.0", "", "" },
	{ "0000:04:00.0", "/", "" },
	{ "0000:05:00.0", "0000:05:00.0/", "" },
};

/* The link, or a directory in its place. */
static void put_linked(const char *name, const char *target)
{
	char path[256] = "devices/";

	if (!target) {
		put_modalias(name, ALIAS);
		return;
	}
	if (!*target)
		return;
	strcat(path, name);
	put_link(&root, path, target);
}

static void describe_path(const struct address_pattern *path, char *text)
{
	text[0] = '\0';
	if (!path->step_count)
		return;
	address_format(&path->address, text);
	for (unsigned i = 0; i < path->step_count; i++)
		sprintf(text + strlen(text), "/%02x.%x", (unsigned)path->steps[i] >> 3,
			path->steps[i] & 7u);
}

START_TEST(reads_the_paths)
{
	struct pci_device device = { .address = address_of(links[_i].name) };
	struct pci_list list = { .devices = &device, .count = 1 };
	char text[128];
	unsigned fds;

	put_directory(&root, "devices");
	put_linked(links[_i].name, links[_i].target);
	fds = count_fds();
	pci_read_paths(root.fd, &list);
	expect_number(links[_i].name, count_fds(), fds);
	describe_path(&device.path, text);
	expect_text(links[_i].name, text, links[_i].path);
}

/* A device, its path or "" for one on a root bus, and whether the pattern means it. */
static const struct {
	const char *pattern;
	const char *address;
	const char *path;
	bool matches;
} matching[] = {
	{ "06:00.0", "0000:06:00.0", "", true },
	{ "06:00.0", "0000:06:00.1", "", false },
	{ "06:00.0", "0000:06:01.0", "", false },
	{ "06:00.0", "0000:07:00.0", "", false },
	{ "06:00.0", "0001:06:00.0", "", false },
	{ "06:00.*", "0000:06:00.0", "", true },
	{ "06:00.*", "0000:06:00.7", "", true },
	{ "06:00.*", "0000:06:01.0", "", false },
	{ "06:00.*", "0000:07:00.0", "", false },
	{ "06:00.*", "10000:06:00.0", "", false },
	{ "10000:06:00.*", "10000:06:00.3", "", true },
	{ "10000:06:00.*", "0000:06:00.3", "", false },
	/* an address means the same behind a bridge, and never the bridge */
	{ "0a:00.0", "0000:0a:00.0", "00:08.1/00.0", true },
	{ "00:08.1", "0000:0a:00.0", "00:08.1/00.0", false },
	/* one bridge */
	{ "00:08.1/00.0", "0000:0a:00.0", "00:08.1/00.0", true },
	{ "00:08.1/00.0", "0000:0b:00.0", "00:08.1/00.0", true },
	{ "0000:00:08.1/00.0", "0000:0a:00.0", "00:08.1/00.0", true },
	{ "00:08.1/00.*", "0000:0a:00.0", "00:08.1/00.0", true },
	{ "00:08.1/00.*", "0000:0a:00.7", "00:08.1/00.7", true },
	{ "00:08.1/1f.*", "0000:0a:1f.7", "00:08.1/1f.7", true },
	{ "00:08.1/1f.0", "0000:0a:1f.7", "00:08.1/1f.7", false },
	{ "00:08.1/00.1", "0000:0a:00.0", "00:08.1/00.0", false },
	{ "00:08.1/01.0", "0000:0a:00.0", "00:08.1/00.0", false },
	{ "00:08.1/01.*", "0000:0a:00.0", "00:08.1/00.0", false },
	{ "00:08.1/00.*", "0000:0a:01.0", "00:08.1/01.0", false },
	{ "00:08.0/00.0", "0000:0a:00.0", "00:08.1/00.0", false },
	/* "*" is for the last element only */
	{ "00:08.0/00.*", "0000:0a:00.0", "00:08.1/00.0", false },
	{ "00:09.1/00.0", "0000:0a:00.0", "00:08.1/00.0", false },
	{ "01:08.1/00.0", "0000:0a:00.0", "00:08.1/00.0", false },
	{ "0001:00:08.1/00.0", "0000:0a:00.0", "00:08.1/00.0", false },
	{ "00:08.1/00.0/00.0", "0000:0a:00.0", "00:08.1/00.0", false },
	{ "00:08.1/00.0", "0000:0a:00.0", "", false },
	{ "00:08.1/08.1", "0000:00:08.1", "", false },
	/* more */
	{ "00:01.1/00.0/04.0/00.1", "0000:04:00.1", "00:01.1/00.0/04.0/00.1", true },
	{ "00:01.1/00.0/04.0/00.*", "0000:04:00.1", "00:01.1/00.0/04.0/00.1", true },
	{ "00:01.1/00.0/00.1", "0000:04:00.1", "00:01.1/00.0/04.0/00.1", false },
	{ "00:01.1/00.0/05.0/00.1", "0000:04:00.1", "00:01.1/00.0/04.0/00.1", false },
	{ "00:01.1/01.0/04.0/00.1", "0000:04:00.1", "00:01.1/00.0/04.0/00.1", false },
	{ "00:01.1/00.1/04.0/00.*", "0000:04:00.1", "00:01.1/00.0/04.0/00.1", false },
	{ "00:01.1/00.0/04.0", "0000:04:00.1", "00:01.1/00.0/04.0/00.1", false },
	/* it must begin on a root bus: another one is renumbered, too */
	{ "03:04.0/00.1", "0000:04:00.1", "00:01.1/00.0/04.0/00.1", false },
	/* Intel VMD */
	{ "10000:00:02.0/00.0", "10000:01:00.0", "10000:00:02.0/00.0", true },
	{ "00:02.0/00.0", "10000:01:00.0", "10000:00:02.0/00.0", false },
	{ "0001:00:02.0/00.0", "10000:01:00.0", "10000:00:02.0/00.0", false },
};

START_TEST(matches)
{
	const char *text = matching[_i].pattern, *path = matching[_i].path, *why;
	struct pci_device device = { .address = address_of(matching[_i].address) };
	struct address_pattern pattern;
	size_t at;

	if (*path)
		ck_assert_int_eq(
			address_parse(path, strlen(path), &device.path, &why, &at), 0);
	ck_assert_int_eq(address_parse(text, strlen(text), &pattern, &why, &at), 0);
	expect_number(text, pci_matches(&device, &pattern), matching[_i].matches);
}

START_TEST(names_files)
{
	struct pci_address address = address_of("ffffffff:ff:1f.7");
	char path[DEVICE_PATH_SIZE];

	pci_device_path(path, &address, "driver/unbind");
	expect_text("path", path, "devices/ffffffff:ff:1f.7/driver/unbind");
}

int main(void)
{
	TCase *tcase = tcase_create("pci");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, scans_in_order, buses);
	add_rows(tcase, reads_the_alias, aliases);
	tcase_add_test(tcase, tells_what_is_unreadable);
	tcase_add_test(tcase, fails_without_a_bus);
	tcase_add_test(tcase, survives_out_of_memory);
	add_rows(tcase, reads_the_attributes, devices);
	tcase_add_test(tcase, reads_again);
	tcase_add_test(tcase, reads_the_driver);
	tcase_add_test(tcase, reads_the_attributes_of_a_group);
	tcase_add_test(tcase, reads_the_attributes_of_a_slot);
	tcase_add_test(tcase, reads_the_physical_function);
	tcase_add_test(tcase, scans_a_group);
	tcase_add_test(tcase, finds_the_console_of_a_slot);
	tcase_add_test(tcase, finds_by_address);
	add_rows(tcase, reads_the_paths, links);
	add_rows(tcase, matches, matching);
	tcase_add_test(tcase, names_files);
	return unit_run(tcase);
}
