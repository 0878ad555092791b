/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "machine.h"
#include "plan/plan.h"
#include "unit.h"

/* 64kramsystem/vga-passthrough#15, lxc/incus#3422: what keeps a group, by name. */
static const struct {
	const char *name;
	const char *machine;
	const char *cmdline;
	int group;
	const char *blocker; /* NULL for none */
	enum viability_time time;
} rows[] = {
	{ "alone", "01:00.0 1:1 030000 1 -\n", "passthru.addrs=01:00.0", 1, NULL },
	{ "audio with its driver",
	  "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 snd_hda_intel\n",
	  "passthru.addrs=01:00.0", 1, "01:00.1" },
	{ "audio without one: it will have it",
	  "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 -\n", "passthru.addrs=01:00.0", 1,
	  "01:00.1" },
	{ "audio named too",
	  "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 snd_hda_intel\n",
	  "passthru.addrs=01:00.*", 1, NULL },
	{ "audio taken along",
	  "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 snd_hda_intel\n",
	  "passthru.addrs=01:00.0 passthru.group=claim", 1, NULL },
	{ "audio skipped", "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 snd_hda_intel\n",
	  "passthru.addrs=01:00.* passthru.skip=01:00.1", 1, "01:00.1" },
	{ "a dry run counts what it would take",
	  "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 snd_hda_intel\n",
	  "passthru.addrs=01:00.* passthru.dryrun", 1, NULL },
	{ "a port", "00:01.0 1:9 060400 1 pcieport bridge\n01:00.0 1:1 030000 1 -\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "a bridge with another driver",
	  "00:01.0 1:9 060400 1 shpchp bridge\n01:00.0 1:1 030000 1 -\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "a host bridge without driver",
	  "00:00.0 1:9 060000 1 -\n01:00.0 1:1 030000 1 -\n", "passthru.addrs=01:00.0", 1,
	  NULL },
	{ "a host bridge with one",
	  "00:00.0 1:9 060000 1 ie31200_edac\n01:00.0 1:1 030000 1 -\n",
	  "passthru.addrs=01:00.0", 1, "00:00.0" },
	{ "pci-stub", "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 pci-stub\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "vfio-pci", "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 vfio-pci\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "a variant driver",
	  "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 xe-vfio-pci\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "xen-pciback", "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 pciback\n",
	  "passthru.addrs=01:00.0", 1, "01:00.1" },
	{ "one that is refused itself",
	  "01:00.0 1:1 030000 1 -\n02:00.0 1:2 020000 1 igb vfs\n",
	  "passthru.addrs=01:00.0,02:00.0", 1, "02:00.0" },
	{ "the first of two",
	  "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 a\n01:00.2 1:3 0c0330 1 b\n",
	  "passthru.addrs=01:00.0", 1, "01:00.1" },
	{ "another group", "01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 2 snd_hda_intel\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "claimed for a driver that is not VFIO's", "01:00.0 1:1 030000 1 -\n",
	  "passthru.addrs=01:00.0 passthru.driver=uio_pci_generic", 1, "01:00.0" },
	{ "claimed for pci-stub, under its module's name", "01:00.0 1:1 030000 1 -\n",
	  "passthru.addrs=01:00.0 passthru.driver=pci_stub", 1, NULL },
	{ "now: what it has counts", "01:00.0 1:1 030000 1 nouveau\n",
	  "passthru.addrs=01:00.0", 1, "01:00.0", VIABILITY_NOW },
	{ "now: one without a driver is no obstacle",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 1 -\n",
	  "passthru.addrs=01:00.0", 1, NULL, VIABILITY_NOW },
	{ "the next boot: what VFIO has now is nobody's then",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 1 vfio-pci\n",
	  "passthru.addrs=01:00.0", 1, "01:00.1", VIABILITY_NEXT_BOOT },
	{ "the next boot: skipped then",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 1 vfio-pci\n",
	  "passthru.addrs=01:00.* passthru.skip=01:00.1", 1, "01:00.1",
	  VIABILITY_NEXT_BOOT },
	{ "the next boot: named too",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 1 vfio-pci\n",
	  "passthru.addrs=01:00.*", 1, NULL, VIABILITY_NEXT_BOOT },
	{ "the next boot: a port and pci-stub",
	  "00:01.0 1:9 060400 1 pcieport bridge\n01:00.0 1:1 030000 1 -\n"
	  "01:00.1 1:2 040300 1 pci-stub\n",
	  "passthru.addrs=01:00.0", 1, NULL, VIABILITY_NEXT_BOOT },
	/* where groups come with the drivers */
	{ "one that may still join",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 - - later\n",
	  "passthru.addrs=01:00.0", 1, "01:00.1" },
	{ "one with a driver that may join once that probes again",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 - snd_hda_intel later\n",
	  "passthru.addrs=01:00.0", 1, "01:00.1" },
	{ "one for VFIO that may still join",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 - vfio-pci later\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "a bridge that may still join",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 060400 - - bridge later\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "another slot", "01:00.0 1:1 030000 1 vfio-pci\n01:01.0 1:2 040300 - - later\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "another virtual function",
	  "01:10.0 1:2 020000 1 vfio-pci of=01:00.0\n"
	  "01:10.2 1:2 020000 - - later of=01:00.0\n",
	  "passthru.addrs=01:10.0", 1, NULL },
	{ "one that is gone",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 - - later gone\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "the next boot: one that may join",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 - - later\n",
	  "passthru.addrs=01:00.0", 1, "01:00.1", VIABILITY_NEXT_BOOT },
	{ "now: it has not joined",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 - - later\n",
	  "passthru.addrs=01:00.0", 1, NULL, VIABILITY_NOW },
	{ "without a group, where none comes",
	  "01:00.0 1:1 030000 1 vfio-pci\n01:00.1 1:2 040300 - -\n",
	  "passthru.addrs=01:00.0", 1, NULL },
	{ "group 0", "01:00.0 1:1 030000 0 -\n01:00.1 1:2 040300 0 a\n",
	  "passthru.addrs=01:00.0", 0, "01:00.1" },
};

START_TEST(finds_the_blocker)
{
	const char *name = rows[_i].name;
	struct situation situation;
	struct blocker blocker;

	situation_make(rows[_i].machine, rows[_i].cmdline, &situation);
	blocker =
		viability_find_blocker(&situation.result.devices, &situation.result.plan,
				       rows[_i].group, rows[_i].time);
	expect_number(name, blocker.device != NULL, rows[_i].blocker != NULL);
	if (blocker.device) {
		struct pci_address want = address_of(rows[_i].blocker);

		expect_number(name, address_compare(&blocker.device->address, &want), 0);
	}
	situation_free(&situation);
}

/* All of them, in the order of their addresses. */
START_TEST(finds_further_blockers)
{
	static const char *const wants[] = { "01:00.1", "01:00.3" };
	struct situation situation;
	const struct run_result *result = &situation.result;
	struct blocker blocker = { 0 };

	situation_make("01:00.0 1:1 030000 1 -\n01:00.1 1:2 040300 1 a\n"
		       "01:00.2 1:3 0c0330 1 vfio-pci\n01:00.3 1:4 0c8000 1 b\n"
		       "02:00.0 1:5 020000 2 c\n",
		       "passthru.addrs=01:00.0", &situation);
	for (size_t i = 0; i < ARRAY_SIZE(wants); i++) {
		struct pci_address want = address_of(wants[i]);

		blocker = viability_next_blocker(&result->devices, &result->plan, 1,
						 VIABILITY_BOOT, blocker.device);
		ck_assert_ptr_nonnull(blocker.device);
		expect_number(wants[i], address_compare(&blocker.device->address, &want),
			      0);
	}
	expect("no more", !viability_next_blocker(&result->devices, &result->plan, 1,
						  VIABILITY_BOOT, blocker.device)
				   .device);
	situation_free(&situation);
}

/* A board that does not separate a virtual function from its physical one. */
START_TEST(names_the_physical_function)
{
	static const struct {
		const char *cmdline;
		bool is_physical;
	} requests[] = {
		{ "passthru.addrs=01:10.0", true },
		{ "passthru.addrs=01:10.0 passthru.group=claim", true },
		{ "passthru.addrs=01:10.0,01:00.0", true },
		{ "passthru.addrs=01:10.1", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		struct situation situation;
		struct blocker blocker;

		situation_make("01:00.0 1:1 020000 1 igb vfs\n"
			       "01:10.0 1:2 020000 1 - of=01:00.0\n"
			       "01:10.1 1:2 020000 1 - of=01:00.1\n",
			       requests[i].cmdline, &situation);
		blocker =
			viability_find_blocker(&situation.result.devices,
					       &situation.result.plan, 1, VIABILITY_BOOT);
		expect_number(requests[i].cmdline, blocker.virtual != NULL,
			      requests[i].is_physical);
		situation_free(&situation);
	}
}

/* A graphics card with USB-C: the late stage decides about its USB controller. */
START_TEST(waits_for_what_is_deferred)
{
	struct situation situation;
	struct plan_entry *usb;

	situation_make("01:00.0 10de:1e89 030000 13 -\n01:00.2 10de:1ad8 0c0330 13 -\n",
		       "passthru.addrs=01:00.*", &situation);
	usb = situation_entry(&situation, "01:00.2");
	usb->verdict = VERDICT_DEFERRED;
	expect("deferred",
	       !viability_find_blocker(&situation.result.devices, &situation.result.plan,
				       13, VIABILITY_BOOT)
			.device);
	usb->verdict = VERDICT_KEPT;
	expect("kept", viability_find_blocker(&situation.result.devices,
					      &situation.result.plan, 13, VIABILITY_BOOT)
				       .device != NULL);
	situation_free(&situation);
}

static const struct {
	const char *cmdline;
	int groups[8]; /* NO_GROUP at the end */
} orders[] = {
	{ "", { NO_GROUP } },
	{ "passthru.addrs=01:00.0", { 5, NO_GROUP } },
	{ "passthru.ids=1:ffffffff", { 0, 3, 5, 9, NO_GROUP } },
	{ "passthru.ids=1:ffffffff passthru.dryrun", { 0, 3, 5, 9, NO_GROUP } },
	{ "passthru.ids=1:ffffffff passthru.skip=02:00.0", { 0, 5, 9, NO_GROUP } },
	{ "passthru.addrs=03:00.0,04:00.0", { NO_GROUP } },
	{ "passthru.addrs=01:00.0,01:00.1", { 5, NO_GROUP } },
};

START_TEST(goes_through_the_groups)
{
	struct situation situation;
	int group = NO_GROUP;

	situation_make("01:00.0 1:1 030000 5 -\n"
		       "01:00.1 1:1 030000 5 -\n"
		       "02:00.0 1:1 030000 3 -\n"
		       "03:00.0 1:1 030000 - -\n"
		       "04:00.0 1:1 060400 4 - bridge\n"
		       "05:00.0 1:1 030000 9 vfio-pci\n"
		       "06:00.0 1:1 030000 0 -\n",
		       orders[_i].cmdline, &situation);
	for (size_t i = 0; i < ARRAY_SIZE(orders[_i].groups); i++) {
		group = viability_next_group(&situation.result.plan, group);
		expect_number(orders[_i].cmdline, group, orders[_i].groups[i]);
		if (group == NO_GROUP)
			break;
	}
	situation_free(&situation);
}

int main(void)
{
	TCase *tcase = tcase_create("group");

	add_rows(tcase, finds_the_blocker, rows);
	tcase_add_test(tcase, finds_further_blockers);
	tcase_add_test(tcase, names_the_physical_function);
	tcase_add_test(tcase, waits_for_what_is_deferred);
	add_rows(tcase, goes_through_the_groups, orders);
	return unit_run(tcase);
}
