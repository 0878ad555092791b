/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/internal.h"
#include "unit.h"
#include "view/view.h"

#define HEAD	 "format=1 version=0.1.0 dryrun=no\n"
#define HEAD_DRY "format=1 version=0.1.0 dryrun=yes\n"

/*
 * A card with its sound function in group 16, a disk and a bridge in group 12, a network
 * card that has no group, and a card in the groups 17 and 18.
 */
static struct pci_device functions[] = {
	{ .id = { .vendor = 0x144d, .device = 0xa808, .class = 0x010802 },
	  .group = 12,
	  .driver = "nvme" },
	{ .id = { .vendor = 0x1022, .device = 0x1483, .class = 0x060400 },
	  .group = 12,
	  .is_bridge = true,
	  .driver = "pcieport" },
	{ .id = { .vendor = 0x1002, .device = 0x67df, .class = 0x030000 },
	  .group = 16,
	  .driver = "vfio-pci" },
	{ .id = { .vendor = 0x1002, .device = 0xaaf0, .class = 0x040300 }, .group = 16 },
	{ .id = { .vendor = 0x8086, .device = 0x1533, .class = 0x020000 },
	  .group = NO_GROUP,
	  .driver = "igb" },
	{ .id = { .vendor = 0x1002, .device = 0x731f, .class = 0x030000 }, .group = 17 },
	{ .id = { .vendor = 0x1002, .device = 0xab38, .class = 0x040300 }, .group = 18 },
};
static const char *const addresses[] = { "01:00.0", "02:00.0", "0b:00.0", "0b:00.1",
					 "0c:00.0", "0d:00.0", "0d:00.1" };
static struct device devices[ARRAY_SIZE(functions)];
static struct machine machine = {
	.pci = { functions, ARRAY_SIZE(functions) },
	.devices = devices,
	.count = ARRAY_SIZE(functions),
	.has_groups = true,
	.advice = "switch the IOMMU on",
	.display_advice = "switch the IOMMU on",
};

static void make_machine(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		functions[i].address = address_of(addresses[i]);
		devices[i].pci = &functions[i];
		address_format(&functions[i].address, devices[i].address);
	}
	cards_find(&machine);
}

/* A record of a device, and how it is shown; text is part of the sentence. */
static const struct {
	const char *record;
	bool is_dry, is_ok;
	const char *text;
} rows[] = {
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=claimed driver=vfio-pci was=none",
	  false, true, "claimed by vfio-pci" },
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=claimed driver=vfio-pci was=amdgpu",
	  false, true, "amdgpu" },
	/* Claimed at boot, but not any more. */
	{ "device=0000:0c:00.0 id=8086:1533 group=9 verdict=claimed driver=vfio-pci was=igb",
	  false, false, "its driver is now igb" },
	{ "device=0000:99:00.0 id=8086:1533 group=9 verdict=claimed driver=vfio-pci was=none",
	  false, true, "is gone" },
	/* Another card is in its slot now. */
	{ "device=0000:0c:00.0 id=10de:13c2 group=9 verdict=claimed driver=vfio-pci was=none",
	  false, true, "is gone; it was claimed by vfio-pci" },
	{ "device=0000:01:00.0 id=144d:a808 group=12 verdict=kept driver=nvme was=nvme reason=skipped",
	  false, true, "passthru.skip" },
	{ "device=0000:01:00.0 id=144d:a808 group=12 verdict=kept driver=nvme was=nvme reason=in-use block=nvme0n1 for=/",
	  false, false, "nvme0n1 is mounted on /; unmount it" },
	{ "device=0000:0c:00.0 id=8086:1533 group=none verdict=refused driver=igb was=igb reason=no-iommu",
	  false, false, "switch the IOMMU on" },
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=failed driver=none was=none reason=of-tomorrow",
	  false, false, "another version" },
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=failed driver=none was=none reason=probe step=probe error=22 undone=yes",
	  false, false, "failed: the driver does not accept it: Invalid argument" },
	/* A dry run. */
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=planned driver=amdgpu was=amdgpu wanted=vfio-pci",
	  true, true, "will be claimed (now: amdgpu)" },
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=planned driver=vfio-pci was=vfio-pci wanted=vfio-pci",
	  true, true, "will be claimed (now: vfio-pci)" },
	{ "device=0000:0c:00.0 id=8086:1533 group=none verdict=planned driver=igb was=igb wanted=vfio-pci",
	  true, true, "will be claimed if the IOMMU is on then" },
	{ "device=0000:0c:00.0 id=8086:1533 group=none verdict=refused driver=igb was=igb reason=no-iommu",
	  true, false, "will be refused: it has no IOMMU group; switch the IOMMU on" },
};

struct seen {
	unsigned count;
	struct view_device device;
};

static void note(void *data, const struct view_device *device)
{
	struct seen *seen = data;

	seen->count++;
	seen->device = *device;
}

START_TEST(describes)
{
	const char *row = rows[_i].record;
	char report[512];
	struct run_result result;
	struct view view = { .machine = &machine, .result = &result };
	struct seen seen = { 0 };

	make_machine();
	snprintf(report, sizeof(report), "%s%s\n", rows[_i].is_dry ? HEAD_DRY : HEAD,
		 row);
	ck_assert_int_eq(report_parse(report, &result), 0);
	expect_number(row, view_devices(&view, note, &seen), rows[_i].is_ok);
	expect_number(row, seen.count, 1);
	expect(row, strncmp(row + strlen("device="), seen.device.address,
			    strlen(seen.device.address)) == 0);
	expect_number(row, seen.device.is_ok, rows[_i].is_ok);
	ck_assert_msg(strstr(seen.device.text, rows[_i].text) != NULL,
		      "%s: \"%s\" has no \"%s\"", row, seen.device.text, rows[_i].text);
	run_result_free(&result);
}

/* The whole report: ok only if every device is, whatever else is in it. */
static const struct {
	const char *report;
	unsigned count;
	bool is_ok;
} reports[] = {
	{ HEAD, 0, true },
	{ HEAD "phase=early total_us=1 kernel_us=1\n", 0, true },
	{ HEAD "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none\n"
	       "device=0000:0b:00.1 verdict=kept reason=skipped\n",
	  2, true },
	{ HEAD "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none\n"
	       "device=0000:0b:00.1 verdict=failed reason=probe\n",
	  2, false },
	{ HEAD "device= verdict\n=\ndevice=zz verdict=claimed\n%%%\n", 0, true },
};

START_TEST(reads_all)
{
	const char *row = reports[_i].report;
	struct run_result result;
	struct view view = { .machine = &machine, .result = &result };
	struct seen seen = { 0 };

	make_machine();
	ck_assert_int_eq(report_parse(row, &result), 0);
	expect_number(row, view_devices(&view, note, &seen), reports[_i].is_ok);
	expect_number(row, seen.count, reports[_i].count);
	expect_number(row, view_devices(&view, NULL, NULL), reports[_i].is_ok);
	run_result_free(&result);
}

static void count_problem(void *data, const struct problem *problem)
{
	unsigned *count = data;

	ck_assert_ptr_nonnull(problem);
	++*count;
}

/* What has no effect is said, but is no fault. */
START_TEST(judges_problems)
{
	static struct problem problems[] = { { .kind = PROBLEM_NO_EFFECT },
					     { .kind = PROBLEM_UNMATCHED } };
	const struct {
		struct run_result result;
		bool is_ok;
	} results[] = { { { 0 }, true },
			{ { .problems = &problems[0], .problem_count = 1 }, true },
			{ { .problems = &problems[1], .problem_count = 1 }, false } };

	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		struct view view = { .machine = &machine, .result = &results[i].result };
		unsigned count = 0;

		expect_number("ok", view_problems(&view, count_problem, &count),
			      results[i].is_ok);
		expect_number("count", count, results[i].result.problem_count);
	}
}

/* Groups: usable if each member is claimed, free or a bridge. */
static const struct {
	const char *name, *report;
	int group; /* NO_GROUP: none is mentioned */
	bool usable;
	bool is_reserved; /* the firmware reserves memory for group 16 */
} groups[] = {
	{ "nothing claimed", HEAD, NO_GROUP, true, false },
	{ "a free sibling",
	  HEAD "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none\n", 16, true,
	  false },
	{ "a sibling that gets a driver in the next boot",
	  HEAD_DRY
	  "device=0000:0b:00.0 verdict=planned driver=none was=none wanted=vfio-pci\n",
	  16, false, false },
	{ "a sibling that vfio-pci has now, and nobody requests",
	  HEAD_DRY
	  "device=0000:0b:00.1 verdict=planned driver=none was=none wanted=vfio-pci\n",
	  16, false, false },
	{ "a sibling that vfio-pci has now",
	  HEAD "device=0000:0b:00.1 verdict=claimed driver=vfio-pci was=none\n", 16, true,
	  false },
	{ "both in the next boot",
	  HEAD_DRY
	  "device=0000:0b:00.0 verdict=planned driver=none was=none wanted=vfio-pci\n"
	  "device=0000:0b:00.1 verdict=planned driver=none was=none wanted=vfio-pci\n",
	  16, true, false },
	{ "the next boot, with a driver that is not VFIO's",
	  HEAD_DRY
	  "device=0000:0b:00.0 verdict=planned driver=none was=none wanted=uio_pci_generic\n"
	  "device=0000:0b:00.1 verdict=planned driver=none was=none wanted=vfio-pci\n",
	  16, false, false },
	{ "its framebuffer is held",
	  HEAD
	  "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none display=held\n",
	  16, false, false },
	{ "a driver has it",
	  HEAD "device=0000:01:00.0 verdict=claimed driver=vfio-pci was=none\n", 12,
	  false, false },
	{ "half a card",
	  HEAD_DRY
	  "device=0000:0d:00.0 verdict=planned driver=none was=none wanted=vfio-pci\n",
	  17, false, false },
	{ "half a card, now",
	  HEAD "device=0000:0d:00.0 verdict=claimed driver=vfio-pci was=none\n", 17,
	  false, false },
	{ "a card in two groups",
	  HEAD_DRY
	  "device=0000:0d:00.1 verdict=planned driver=none was=none wanted=vfio-pci\n"
	  "device=0000:0d:00.0 verdict=planned driver=none was=none wanted=vfio-pci\n",
	  18, true, false },
	{ "the other half is skipped",
	  HEAD "device=0000:0d:00.0 verdict=claimed driver=vfio-pci was=none\n"
	       "device=0000:0d:00.1 verdict=kept reason=skipped driver=none was=none\n",
	  17, true, false },
	{ "the other half failed",
	  HEAD "device=0000:0d:00.0 verdict=claimed driver=vfio-pci was=none\n"
	       "device=0000:0d:00.1 verdict=failed reason=probe driver=none was=none\n",
	  17, false, false },
	{ "reserved memory",
	  HEAD "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none\n", 16,
	  false, true },
};

struct seen_group {
	int group;
	bool usable;
};

static void note_group(void *data, int group, bool usable, const char *text)
{
	expect("a sentence", text[0] != '\0');
	*(struct seen_group *)data = (struct seen_group){ group, usable };
}

START_TEST(judges_groups)
{
	const char *row = groups[_i].name;
	struct directory root = make_directory();
	struct host host = { .root_fd = root.fd };
	struct run_result result;
	struct view view = { .host = &host, .machine = &machine, .result = &result };
	struct seen_group seen = { NO_GROUP, true };

	make_machine();
	ck_assert_int_eq(report_parse(groups[_i].report, &result), 0);
	put_file(&root, "sys/kernel/iommu_groups/12/reserved_regions",
		 "0x00000000000e8000 0x00000000000e8fff direct-relaxable\n");
	if (groups[_i].is_reserved)
		put_file(&root, "sys/kernel/iommu_groups/16/reserved_regions",
			 "0x00000000fee00000 0x00000000feefffff msi\n"
			 "0x00000000000e8000 0x00000000000e8fff direct\n");
	expect_number(row, view_groups(&view, note_group, &seen), groups[_i].usable);
	expect_number(row, seen.group, groups[_i].group);
	expect_number(row, seen.usable, groups[_i].usable);
	run_result_free(&result);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("view");

	add_rows(tcase, describes, rows);
	add_rows(tcase, reads_all, reports);
	tcase_add_test(tcase, judges_problems);
	add_rows(tcase, judges_groups, groups);
	return unit_run(tcase);
}
