/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/report_view.h"
#include "unit.h"

#define HEAD "format=1 version=0.1.0 dryrun=no\n"

/*
 * A card with its sound function in group 16, a disk and a bridge in group 12, and a
 * network card that has no group.
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
};
static const char *const addresses[] = { "01:00.0", "02:00.0", "0b:00.0", "0b:00.1",
					 "0c:00.0" };
static struct device devices[ARRAY_SIZE(functions)];
static const struct machine machine = {
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
}

/* A record of a device, and how it is shown; text is part of the sentence. */
static const struct {
	const char *record;
	bool is_plan, is_ok, is_planned;
	const char *text;
} rows[] = {
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=claimed driver=vfio-pci was=none",
	  false, true, false, "claimed by vfio-pci" },
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=claimed driver=vfio-pci was=amdgpu",
	  false, true, false, "amdgpu" },
	/* Claimed at boot, but not any more. */
	{ "device=0000:0c:00.0 id=8086:1533 group=9 verdict=claimed driver=vfio-pci was=igb",
	  false, false, false, "its driver is now igb" },
	{ "device=0000:99:00.0 id=8086:1533 group=9 verdict=claimed driver=vfio-pci was=none",
	  false, false, false, "vfio-pci" },
	{ "device=0000:01:00.0 id=144d:a808 group=12 verdict=kept driver=nvme was=nvme reason=skipped",
	  false, true, false, "passthru.skip" },
	{ "device=0000:01:00.0 id=144d:a808 group=12 verdict=kept driver=nvme was=nvme reason=in-use block=nvme0n1 for=/",
	  false, false, false, "nvme0n1 is mounted on /; unmount it" },
	{ "device=0000:0c:00.0 id=8086:1533 group=none verdict=refused driver=igb was=igb reason=no-iommu",
	  false, false, false, "switch the IOMMU on" },
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=failed driver=none was=none reason=of-tomorrow",
	  false, false, false, "of-tomorrow" },
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=failed driver=none was=none reason=probe step=probe error=22 undone=yes",
	  false, false, false,
	  "failed: the driver does not accept it: Invalid argument" },
	/* A dry run, and a plan for the next boot. */
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=kept driver=amdgpu was=amdgpu reason=dryrun",
	  false, true, true, "amdgpu" },
	{ "device=0000:0b:00.0 id=1002:67df group=16 verdict=claimed driver=vfio-pci was=vfio-pci",
	  true, true, true, "will be claimed" },
	{ "device=0000:0c:00.0 id=8086:1533 group=none verdict=refused driver=igb was=igb reason=no-iommu",
	  true, false, false, "switch the IOMMU on" },
};

struct seen {
	unsigned count;
	struct report_view_device device;
};

static void note(void *data, const struct report_view_device *device)
{
	struct seen *seen = data;

	seen->count++;
	seen->device = *device;
}

START_TEST(describes)
{
	const char *row = rows[_i].record;
	char report[512];
	struct report_view view = { .machine = &machine,
				    .report = report,
				    .is_plan = rows[_i].is_plan };
	struct seen seen = { 0 };

	make_machine();
	snprintf(report, sizeof(report), HEAD "%s\n", row);
	expect_number(row, report_view_devices(&view, note, &seen), rows[_i].is_ok);
	expect_number(row, seen.count, 1);
	expect(row, strncmp(row + strlen("device="), seen.device.report.name,
			    strlen(seen.device.report.name)) == 0);
	expect_number(row, seen.device.is_ok, rows[_i].is_ok);
	expect_number(row, seen.device.is_planned, rows[_i].is_planned);
	ck_assert_msg(strstr(seen.device.text, rows[_i].text) != NULL,
		      "%s: \"%s\" has no \"%s\"", row, seen.device.text, rows[_i].text);
}

/* The whole report: ok only if every device is, whatever else is in it. */
static const struct {
	const char *report;
	unsigned count;
	bool is_ok;
} reports[] = {
	{ "", 0, true },
	{ HEAD "phase=early total_us=1 kernel_us=1\n", 0, true },
	{ HEAD "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none\n"
	       "device=0000:0b:00.1 verdict=kept reason=skipped\n",
	  2, true },
	{ HEAD "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none\n"
	       "device=0000:0b:00.1 verdict=failed reason=probe\n",
	  2, false },
	{ "device= verdict\n=\ndevice=zz verdict=claimed\n%%%\n", 0, true },
};

START_TEST(reads_all)
{
	const char *row = reports[_i].report;
	struct report_view view = { .machine = &machine, .report = row };
	struct seen seen = { 0 };

	make_machine();
	expect_number(row, report_view_devices(&view, note, &seen), reports[_i].is_ok);
	expect_number(row, seen.count, reports[_i].count);
	expect_number(row, report_view_devices(&view, NULL, NULL), reports[_i].is_ok);
}

/* Records about the command line. */
static const struct {
	const char *record;
	bool is_ok;
	const char *text;
} problems[] = {
	{ "selector=10dg:1 verdict=malformed parameter=passthru.ids", false,
	  "\"10dg:1\" in passthru.ids" },
	{ "selector=10de:ffff%20x verdict=unmatched", false, "10de:ffff x" },
	{ "selector=1:2@06:00.0 verdict=unmatched found=10de:13c2", false, "10de:13c2" },
	{ "parameter=passthru.idz verdict=unknown nearest=passthru.ids", false,
	  "passthru.ids" },
	{ "parameter=passthru.timeout verdict=malformed value=x", false,
	  "passthru.timeout" },
	{ "something=new", true, NULL },
};

static void note_problem(void *data, const struct report_view_problem *problem)
{
	*(struct report_view_problem *)data = *problem;
}

START_TEST(describes_problems)
{
	const char *row = problems[_i].record;
	char report[512];
	struct report_view_problem found = { 0 };
	struct report_view view = { .machine = &machine, .report = report };

	snprintf(report, sizeof(report), HEAD "%s\n", row);
	expect_number(row, report_view_problems(&view, note_problem, &found),
		      problems[_i].is_ok);
	expect_number(row, found.text[0] == '\0', problems[_i].is_ok);
	if (problems[_i].text)
		ck_assert_msg(strstr(found.text, problems[_i].text) != NULL,
			      "%s: \"%s\" has no \"%s\"", row, found.text,
			      problems[_i].text);
}

/* Groups: usable if each member is claimed, free or a bridge. */
static const struct {
	const char *name, *report;
	bool is_plan;
	int group; /* NO_GROUP: none is mentioned */
	bool usable;
	bool is_reserved; /* the firmware reserves memory for group 16 */
} groups[] = {
	{ "nothing claimed", HEAD, false, NO_GROUP, true, false },
	{ "a free sibling",
	  HEAD "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none\n", false,
	  16, true, false },
	{ "a sibling that gets a driver in the next boot",
	  HEAD "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none\n", true, 16,
	  false, false },
	{ "both in the next boot",
	  HEAD "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none\n"
	       "device=0000:0b:00.1 verdict=kept reason=dryrun\n",
	  true, 16, true, false },
	{ "a driver has it",
	  HEAD "device=0000:01:00.0 verdict=claimed driver=vfio-pci was=none\n", false,
	  12, false, false },
	{ "reserved memory",
	  HEAD "device=0000:0b:00.0 verdict=claimed driver=vfio-pci was=none\n", false,
	  16, false, true },
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
	struct report_view view = { .host = &host,
				    .machine = &machine,
				    .report = groups[_i].report,
				    .is_plan = groups[_i].is_plan };
	struct seen_group seen = { NO_GROUP, true };

	make_machine();
	put_file(&root, "sys/kernel/iommu_groups/12/reserved_regions",
		 "0x00000000000e8000 0x00000000000e8fff direct-relaxable\n");
	if (groups[_i].is_reserved)
		put_file(&root, "sys/kernel/iommu_groups/16/reserved_regions",
			 "0x00000000fee00000 0x00000000feefffff msi\n"
			 "0x00000000000e8000 0x00000000000e8fff direct\n");
	expect_number(row, report_view_groups(&view, note_group, &seen),
		      groups[_i].usable);
	expect_number(row, seen.group, groups[_i].group);
	expect_number(row, seen.usable, groups[_i].usable);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("report_view");

	add_rows(tcase, describes, rows);
	add_rows(tcase, reads_all, reports);
	add_rows(tcase, describes_problems, problems);
	add_rows(tcase, judges_groups, groups);
	return unit_run(tcase);
}
