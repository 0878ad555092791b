/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "claim/internal.h"
#include "fake.h"
#include "unit.h"

#define PF "01:00.0 driver=igb pf"
#define VF "usual=igbvf vf="

/* The devices of the bus, some of them for the claims. */
static struct pci_device devices[FAKE_DEVICES];

static struct claims *claims_for(bool (*is_one)(const struct fake_device *device))
{
	struct pci_device *chosen[FAKE_DEVICES];
	struct claims *claims;
	unsigned count = 0;

	for (unsigned i = 0; i < fake->device_count; i++) {
		devices[i] = (struct pci_device){
			.address = fake->devices[i].address,
			.is_virtual = fake->devices[i].vf > 0,
			.is_silenced = fake->devices[i].vf > 0,
		};
		if (is_one(&fake->devices[i]))
			chosen[count++] = &devices[i];
	}
	claims = claims_new_release(chosen, count, &(struct settings){ 0 });
	ck_assert_ptr_nonnull(claims);
	claims->bus_fd = -1;
	claims->root = "";
	return claims;
}

/* "01:10.0 igbvf; 01:10.2 none; ", of the VFs that exist. */
static void describe(char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < fake->device_count; i++) {
		const struct fake_device *device = &fake->devices[i];

		if (!device->vf || device->is_gone)
			continue;
		at += (size_t)snprintf(text + at, size - at, "%s%s%s", at ? ", " : "",
				       device->driver[0] ? device->driver : "none",
				       device->was_touched ? " touched" : "");
	}
}

/* -- giving back --------------------------------------------------------------------- */

static bool is_free(const struct fake_device *device)
{
	return device->vf && !device->is_gone && !device->want[0];
}

/* The VFs that are claimed have an override; the others are given back. */
#define CLAIMED "want=vfio-pci override=vfio-pci "

static const struct {
	const char *name, *devices, *drivers;
	bool open;	/* somebody has given autoprobe back already */
	unsigned known; /* VFs when the devices were found */
	unsigned rival;
	struct fake_rule rules[FAKE_RULES];
	const char *trace, *end;
} returns[] = {
	{ "some",
	  PF "\n01:10.0 " VF "1 there\n01:10.2 " CLAIMED VF "2 there\n01:10.4 " VF
	     "3 there",
	  "igb igbvf vfio-pci", .known = 3,
	  .trace =
		  "load igbvf; 01:10.0/physfn/sriov_drivers_autoprobe=1; drivers_probe=01:10.0; "
		  "01:10.0/physfn/sriov_drivers_autoprobe=0; "
		  "01:10.4/physfn/sriov_drivers_autoprobe=1; drivers_probe=01:10.4; "
		  "01:10.4/physfn/sriov_drivers_autoprobe=0; ",
	  .end = "igbvf, none, igbvf" },
	{ "its driver is not loaded yet",
	  PF "\n01:10.0 " VF "1 there\n01:10.2 " CLAIMED VF "2 there",
	  "igb +igbvf vfio-pci", .known = 2, .end = "igbvf, none" },
	{ "others are made before",
	  PF "\n01:10.0 " VF "1 there\n01:10.2 " CLAIMED VF "2 there\n01:10.4 "
	     "want=vfio-pci " VF "3",
	  "igb +igbvf vfio-pci", .known = 1, .trace = "", .end = "none, none" },
	/* What is made while modules are loaded has no overrides yet. */
	{ "others are made while it is loaded",
	  PF "\n01:10.0 " VF "1 there\n01:10.2 " CLAIMED VF "2 there\n01:10.4 "
	     "want=vfio-pci " VF "3",
	  "igb +igbvf vfio-pci", .known = 2, .rival = 3,
	  .rules = { { .match = "load igbvf", .what = "late rival" } },
	  .end = "igbvf, none, none" },
	{ "nobody keeps drivers away", PF "\n01:10.0 " VF "1 there", "igb igbvf",
	  .open = true, .trace = "load igbvf; drivers_probe=01:10.0; ", .end = "igbvf" },
	{ "autoprobe cannot be written", PF "\n01:10.0 " VF "1 there", "igb igbvf",
	  .rules = { { .match = "autoprobe=1", .what = "EIO" } },
	  .trace = "load igbvf; 01:10.0/physfn/sriov_drivers_autoprobe=1 EIO; ",
	  .end = "none" },
	{ "the probe fails",
	  PF "\n01:10.0 refuses=igbvf:EIO " VF "1 there\n01:10.2 " VF "2 there",
	  "igb igbvf", .end = "none, igbvf" },
};

START_TEST(gives_back)
{
	struct claims *claims;
	char end[256];

	fake_make(returns[_i].devices, returns[_i].drivers);
	memcpy(fake->rules, returns[_i].rules, sizeof(fake->rules));
	fake->silenced = !returns[_i].open;
	fake->rival_vfs = returns[_i].rival;
	claims = claims_for(is_free);
	claims->vfs_known = returns[_i].known;
	for (unsigned i = 0; i < claims->count; i++)
		vfs_give_back(claims, &claims->items[i]);
	describe(end, sizeof(end));
	expect_text(returns[_i].name, end, returns[_i].end);
	if (returns[_i].trace)
		expect_text(returns[_i].name, fake->trace, returns[_i].trace);
	expect_number(returns[_i].name, fake->silenced, !returns[_i].open);
	claims_free(claims);
	fake_drop();
}

/* The same in a process of its own, one of which hangs. */
START_TEST(gives_back_in_time)
{
	uint64_t start = clock_ms();
	struct claims *claims;
	char end[256];

	fake_make(PF "\n01:10.0 " VF "1 there\n01:10.2 " VF "2 there", "igb igbvf");
	fake->rules[0] =
		(struct fake_rule){ .match = "drivers_probe=01:10.0", .what = "hang" };
	fake->silenced = true;
	claims = claims_for(is_free);
	claims_give_back(claims, start + 600);
	ck_assert_uint_le(clock_ms() - start, 900);
	describe(end, sizeof(end));
	expect_text("end", end, "none, igbvf");
	claims_free(claims);
	fake_drop();
}

/* -- making -------------------------------------------------------------------------- */

static bool is_pf(const struct fake_device *device)
{
	return device->is_pf;
}

#define THREE  "\n01:10.0 " VF "1\n01:10.2 " VF "2\n01:10.4 " VF "3"
#define ONE_IS "\n01:10.0 " VF "1 there\n01:10.2 " VF "2"

static const struct {
	const char *name, *devices;
	unsigned wanted;
	struct fake_rule rules[FAKE_RULES];
	const char *verdict, *trace;
} numbers[] = {
	{ "none before", PF THREE, 2, .verdict = "made none 2",
	  .trace = "01:00.0/sriov_numvfs=2; " },
	{ "another number", PF ONE_IS, 2, .verdict = "made none 2",
	  .trace = "hold 01:10.0; 01:00.0/sriov_numvfs=0; 01:00.0/sriov_numvfs=2; " },
	{ "too many", PF THREE, 4, .verdict = "refused too-many-vfs 0",
	  .trace = "01:00.0/sriov_numvfs=4; " },
	{ "the driver makes none", "01:00.0 driver=igb refuses=igb:ENOENT pf" THREE, 2,
	  .verdict = "refused not-configurable 0", .trace = "01:00.0/sriov_numvfs=2; " },
	{ "the driver has gone", "01:00.0 pf" THREE, 2, .verdict = "deferred no-vfs 0",
	  .trace = "01:00.0/sriov_numvfs=2; " },
	{ "an error", "01:00.0 driver=igb refuses=igb:EIO pf" THREE, 2,
	  .verdict = "failed not-made 0 EIO" },
	{ "no link at first",
	  PF THREE,
	  2,
	  { { .match = "numvfs=2", .what = "ENETDOWN", .times = 1 } },
	  .verdict = "made none 2",
	  .trace = "01:00.0/sriov_numvfs=2 ENETDOWN; 01:00.0/sriov_numvfs=2; " },
	{ "no link and no error at first",
	  PF THREE,
	  2,
	  { { .match = "numvfs=2", .what = "short", .times = 1 } },
	  .verdict = "made none 2",
	  .trace = "01:00.0/sriov_numvfs=2; 01:00.0/sriov_numvfs=2; " },
	{ "no link",
	  PF THREE,
	  2,
	  { { .match = "numvfs=2", .what = "short" } },
	  .verdict = "failed not-made 0" },
	{ "the old ones stay",
	  PF ONE_IS,
	  2,
	  { { .match = "numvfs=0", .what = "EPERM" } },
	  .verdict = "failed not-made 1 EPERM",
	  .trace = "hold 01:10.0; 01:00.0/sriov_numvfs=0 EPERM; " },
	{ "it hangs",
	  PF THREE,
	  2,
	  { { .match = "numvfs=2", .what = "hang" } },
	  .verdict = "failed timeout 0" },
};

START_TEST(makes)
{
	struct claims *claims;
	struct pf pf = { .wanted = numbers[_i].wanted };
	uint64_t start = clock_ms();
	char verdict[64];

	fake_make(numbers[_i].devices, "igb igbvf");
	memcpy(fake->rules, numbers[_i].rules, sizeof(fake->rules));
	fake->silenced = true;
	pf.made = fake->number;
	pf.address = fake->devices[0].address;
	claims = claims_for(is_pf);
	claims_make_vfs(claims, &pf, start + 1200);
	ck_assert_uint_le(clock_ms() - start, 1500);
	snprintf(verdict, sizeof(verdict), "%s %s %u%s%s",
		 pf.verdict == VERDICT_CLAIMED ? "made" : verdict_word(pf.verdict, false),
		 reason_word(pf.reason), pf.made, pf.error ? " " : "",
		 pf.error ? strerrorname_np(-pf.error) : "");
	expect_text(numbers[_i].name, verdict, numbers[_i].verdict);
	if (numbers[_i].trace)
		expect_text(numbers[_i].name, fake->trace, numbers[_i].trace);
	claims_free(claims);
	fake_drop();
}

int main(void)
{
	TCase *tcase = tcase_create("vfs");

	add_rows(tcase, gives_back, returns);
	tcase_add_test(tcase, gives_back_in_time);
	add_rows(tcase, makes, numbers);
	return unit_run(tcase);
}
