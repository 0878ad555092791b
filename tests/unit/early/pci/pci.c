/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* Files: "modalias", "group=N", "driver=D", "header=XX", "config", "virtfn0". */
static const struct {
	const char *there;
	unsigned class;
	struct attributes attributes;
} devices[] = {
	{ "modalias", 0x030000, { false, NO_GROUP, false, false, "" } },
	{ "modalias group=13", 0x030000, { false, 13, false, false, "" } },
	{ "modalias group=0", 0x030000, { false, 0, false, false, "" } },
	{ "modalias driver=nouveau",
	  0x030000,
	  { false, NO_GROUP, false, false, "nouveau" } },
	{ "modalias group=13 driver=vfio-pci header=00",
	  0x030000,
	  { false, 13, false, false, "vfio-pci" } },
	{ "modalias virtfn0", 0x020000, { false, NO_GROUP, false, true, "" } },
	/* the header type decides about bridges, */
	{ "modalias header=01", 0x060400, { false, NO_GROUP, true, false, "" } },
	{ "modalias header=81", 0x060400, { false, NO_GROUP, true, false, "" } },
	{ "modalias header=02", 0x060700, { false, NO_GROUP, true, false, "" } },
	{ "modalias header=01", 0x030000, { false, NO_GROUP, true, false, "" } },
	{ "modalias header=80", 0x030000, { false, NO_GROUP, false, false, "" } },
	{ "modalias header=00", 0x060000, { false, NO_GROUP, false, false, "" } },
	{ "modalias header=00", 0x060400, { false, NO_GROUP, false, false, "" } },
	/* or the class if the header is unreadable */
	{ "modalias", 0x060400, { false, NO_GROUP, true, false, "" } },
	{ "modalias", 0x060401, { false, NO_GROUP, true, false, "" } },
	{ "modalias", 0x060000, { false, NO_GROUP, false, false, "" } },
	{ "modalias config", 0x060400, { false, NO_GROUP, true, false, "" } },
	{ "modalias config", 0x030000, { false, NO_GROUP, false, false, "" } },
	/* gone */
	{ "", 0x030000, { true, NO_GROUP, false, false, "" } },
};

static void put_one(const char *word)
{
	unsigned char config[64] = { 0 };
	char path[128], target[128];
	unsigned header;

	if (sscanf(word, "header=%x", &header) == 1) {
		config[0x0e] = (unsigned char)header;
		put_bytes(&root, DEVICE "config", config, sizeof(config));
	} else if (strncmp(word, "group=", 6) == 0) {
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
				     .id.class = devices[_i].class };
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

/* Reading again overwrites every attribute. */
START_TEST(forgets_old_attributes)
{
	struct pci_device device = { .address = address_of("06:00.0"),
				     .group = 3,
				     .is_bridge = true,
				     .has_vfs = true,
				     .is_gone = true,
				     .driver = "nouveau" };

	put_one("modalias");
	pci_read_attributes(root.fd, &device);
	expect("gone", !device.is_gone);
	expect_number("group", device.group, NO_GROUP);
	expect("bridge", !device.is_bridge);
	expect("functions", !device.has_vfs);
	expect_text("driver", device.driver, "");
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
	tcase_add_test(tcase, fails_without_a_bus);
	tcase_add_test(tcase, survives_out_of_memory);
	add_rows(tcase, reads_the_attributes, devices);
	tcase_add_test(tcase, forgets_old_attributes);
	tcase_add_test(tcase, reads_the_driver);
	tcase_add_test(tcase, reads_the_attributes_of_a_group);
	tcase_add_test(tcase, finds_by_address);
	tcase_add_test(tcase, names_files);
	return unit_run("pci", tcase);
}
