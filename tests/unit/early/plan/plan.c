/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "plan/plan.h"
#include "seams.h"
#include "unit.h"

/* A usual desktop: a graphics card with its audio, another one, a network card. */
#define DESKTOP                                                              \
	"00:00.0 8086:191f 060000 0 -\n"                                     \
	"00:01.0 8086:1901 060400 1 pcieport bridge\n"                       \
	"00:02.0 8086:1912 030000 2 i915\n"                                  \
	"01:00.0 10de:13c2:1043:8508 030000 1 - under=00:01.0\n"             \
	"01:00.1 10de:0fbb:1043:8508 040300 1 snd_hda_intel under=00:01.0\n" \
	"03:00.0 8086:1533 020000 7 igb vfs\n"                               \
	"03:00.1 8086:1533 020000 8 igb\n"                                   \
	"04:00.0 144d:a808 010802 - nvme\n"                                  \
	"05:00.0 144d:a808 010802 9 vfio-pci\n"                              \
	"06:00.0 8086:15f3 020000 10 - gone\n"                               \
	"07:00.0 8086:1572 020000 12 vfio-pci vfs\n"                         \
	"10000:01:00.0 8086:0953 010802 11 nvme\n"

/* The plan in words: "ADDRESS VERDICT[ REASON]; " and what was not found. */
static void describe(const struct situation *situation, char *words, size_t size)
{
	const struct plan *plan = &situation->result.plan;
	size_t at = 0;

	words[0] = '\0';
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		char name[ADDRESS_SIZE];

		address_format(&entry->device->address, name);
		at += (size_t)snprintf(
			words + at, size - at, "%s%s%s %s%s%s; ", name,
			entry->by_group ? " by-group" : "",
			entry->is_forced ? " forced" : "",
			verdict_word(entry->verdict, situation->params.dryrun),
			entry->reason ? " " : "",
			entry->reason ? reason_word(entry->reason) : "");
	}
	for (size_t i = 0; i < situation->params.wanted.count; i++) {
		const struct plan_match *match = &plan->matches[i];

		if (match->matched)
			continue;
		at += (size_t)snprintf(words + at, size - at, "no %.*s",
				       (int)situation->params.wanted.items[i].text.length,
				       situation->params.wanted.items[i].text.at);
		if (match->other)
			at += (size_t)snprintf(words + at, size - at, " but %04x:%04x",
					       (unsigned)match->other->id.vendor,
					       (unsigned)match->other->id.device);
		at += (size_t)snprintf(words + at, size - at, "; ");
	}
	snprintf(words + at, size - at, "%s",
		 run_result_is_complete(&situation->result) ? "complete" : "incomplete");
}

static const struct {
	const char *cmdline;
	const char *plan;
} plans[] = {
	{ "", "complete" },
	{ "passthru.ids=10de:13c2", "0000:01:00.0 pending; complete" },
	{ "passthru.ids=10de:0fbb", "0000:01:00.1 pending; complete" },
	/* in the order of the addresses, whatever the order of the list */
	{ "passthru.ids=10de:0fbb,10de:13c2",
	  "0000:01:00.0 pending; 0000:01:00.1 pending; complete" },
	{ "passthru.addrs=10000:01:00.0,01:00.0",
	  "0000:01:00.0 pending; 10000:01:00.0 pending; complete" },
	/* named twice is taken once */
	{ "passthru.ids=10de:13c2,10de:13c2 passthru.addrs=01:00.0",
	  "0000:01:00.0 pending; complete" },
	{ "passthru.addrs=01:00.*",
	  "0000:01:00.0 pending; 0000:01:00.1 pending; complete" },
	/* twins: HikariKnight/quickpassthrough#10, archlinux/mkinitcpio#98 */
	{ "passthru.ids=144d:a808@05:00.0", "0000:05:00.0 pending; complete" },
	{ "passthru.ids=8086:1533@03:00.1", "0000:03:00.1 pending; complete" },
	{ "passthru.ids=8086:1533 passthru.skip=03:00.0",
	  "0000:03:00.0 kept skipped; 0000:03:00.1 pending; complete" },
	/* paths */
	{ "passthru.addrs=00:01.0/00.1", "0000:01:00.1 pending; complete" },
	{ "passthru.addrs=00:01.0/00.* passthru.skip=00:01.0/00.0",
	  "0000:01:00.0 kept skipped; 0000:01:00.1 pending; complete" },
	{ "passthru.ids=10de:0fbb@00:01.0/00.*!",
	  "0000:01:00.1 forced pending; complete" },
	{ "passthru.ids=10de:13c3@00:01.0/00.0",
	  "no 10de:13c3@00:01.0/00.0 but 10de:13c2; incomplete" },
	{ "passthru.addrs=00:02.0/00.0", "no 00:02.0/00.0; incomplete" },
	/* "!" is for what its item matches, whatever other items match that too */
	{ "passthru.ids=144d:a808@05:00.0!,8086:1533@03:00.1",
	  "0000:03:00.1 pending; 0000:05:00.0 forced pending; complete" },
	{ "passthru.addrs=01:00.0! passthru.ids=10de:13c2,10de:0fbb",
	  "0000:01:00.0 forced pending; 0000:01:00.1 pending; complete" },

	/* refusals */
	{ "passthru.addrs=00:01.0", "0000:00:01.0 refused bridge; incomplete" },
	{ "passthru.addrs=04:00.0", "0000:04:00.0 refused no-iommu; incomplete" },
	{ "passthru.addrs=03:00.0", "0000:03:00.0 refused has-vfs; incomplete" },
	{ "passthru.addrs=06:00.0", "0000:06:00.0 failed gone; complete" },
	/* its functions were switched on behind the driver that is to have it */
	{ "passthru.addrs=07:00.0", "0000:07:00.0 pending; complete" },
	/* a host bridge has a normal header: the kernel's affair */
	{ "passthru.addrs=00:00.0", "0000:00:00.0 pending; complete" },
	/* one that is refused does not keep the others */
	{ "passthru.addrs=00:01.0,01:00.0,04:00.0",
	  "0000:00:01.0 refused bridge; 0000:01:00.0 pending; "
	  "0000:04:00.0 refused no-iommu; incomplete" },
	/* a card is taken whole or not at all; its bridge is no part of it */
	{ "passthru.addrs=03:00.*",
	  "0000:03:00.0 refused has-vfs; 0000:03:00.1 refused slot; incomplete" },
	{ "passthru.addrs=00:01.0,00:02.0",
	  "0000:00:01.0 refused bridge; 0000:00:02.0 pending; incomplete" },
	/* pci-stub needs no IOMMU and minds no virtual functions */
	{ "passthru.addrs=04:00.0,03:00.0 passthru.driver=pci-stub",
	  "0000:03:00.0 pending; 0000:04:00.0 pending; complete" },
	{ "passthru.addrs=04:00.0 passthru.driver=mlx5_vfio_pci",
	  "0000:04:00.0 refused no-iommu; incomplete" },
	{ "passthru.addrs=00:01.0 passthru.driver=pci-stub",
	  "0000:00:01.0 refused bridge; incomplete" },

	/* what is skipped is so before all else, and was not asked for */
	{ "passthru.addrs=00:01.0,04:00.0,03:00.0,06:00.0 "
	  "passthru.skip=00:01.0,04:00.0,03:00.0,06:00.0",
	  "0000:00:01.0 kept skipped; 0000:03:00.0 kept skipped; "
	  "0000:04:00.0 kept skipped; 0000:06:00.0 kept skipped; complete" },
	{ "passthru.skip=10de:ffffffff passthru.addrs=01:00.*",
	  "0000:01:00.0 kept skipped; 0000:01:00.1 kept skipped; complete" },
	{ "passthru.skip=10de:13c2@01:00.0 passthru.ids=10de:ffffffff",
	  "0000:01:00.0 kept skipped; 0000:01:00.1 pending; complete" },
	{ "passthru.skip=10de:13c2@02:00.0 passthru.ids=10de:13c2",
	  "0000:01:00.0 pending; complete" },
	{ "passthru.skip=01:00.* passthru.ids=10de:13c2 passthru.dryrun",
	  "0000:01:00.0 kept skipped; complete" },
	{ "passthru.skip=01:00.0", "complete" },

	/* not there: QubesOS/qubes-issues#7792, another device at that address */
	{ "passthru.ids=10de:ffff", "no 10de:ffff; incomplete" },
	{ "passthru.addrs=0a:00.0", "no 0a:00.0; incomplete" },
	{ "passthru.ids=10de:13c2@01:00.1",
	  "no 10de:13c2@01:00.1 but 10de:0fbb; incomplete" },
	{ "passthru.ids=10de:13c2@0a:00.0", "no 10de:13c2@0a:00.0; incomplete" },
	{ "passthru.ids=1234:5678@01:00.*",
	  "no 1234:5678@01:00.* but 10de:13c2; incomplete" },
	{ "passthru.ids=10de:0fbb@01:00.*", "0000:01:00.1 pending; complete" },
	{ "passthru.ids=10de:13c2@10000:01:00.0",
	  "no 10de:13c2@10000:01:00.0 but 8086:0953; incomplete" },
	{ "passthru.ids=10de:13c2,10de:ffff",
	  "0000:01:00.0 pending; no 10de:ffff; incomplete" },
	{ "passthru.ids=10de:13c2:1043:8509", "no 10de:13c2:1043:8509; incomplete" },
	{ "passthru.ids=ffffffff:ffffffff:ffffffff:ffffffff:030000:ff0000",
	  "0000:00:02.0 pending; 0000:01:00.0 pending; complete" },

	/* a problem with the command line is one, a warning is none */
	{ "passthru.ids=10de:13c2,x", "0000:01:00.0 pending; incomplete" },
	{ "passthru.ids=10de:13c2 passthru.x", "0000:01:00.0 pending; incomplete" },
	{ "passthru.ids=10de:13c2 passthru.group=x", "0000:01:00.0 pending; incomplete" },
	{ "passthru.ids=10de:13c2, 1:2", "0000:01:00.0 pending; incomplete" },
	{ "passthru.ids=10de:13c2:1043:8508:030000", "0000:01:00.0 pending; complete" },

	/* a dry run would claim, and says so; what it has already stays claimed */
	{ "passthru.dryrun passthru.ids=10de:13c2", "0000:01:00.0 planned; complete" },
	{ "passthru.dryrun passthru.addrs=05:00.0", "0000:05:00.0 planned; complete" },
	{ "passthru.dryrun passthru.addrs=05:00.0 passthru.driver=vfio_pci",
	  "0000:05:00.0 planned; complete" },
	{ "passthru.dryrun passthru.addrs=05:00.0 passthru.driver=pci-stub",
	  "0000:05:00.0 planned; complete" },
	{ "passthru.dryrun passthru.addrs=04:00.0",
	  "0000:04:00.0 refused no-iommu; incomplete" },
	{ "passthru.dryrun passthru.addrs=01:00.0,0a:00.0",
	  "0000:01:00.0 planned; no 0a:00.0; incomplete" },

	/* groups: the other endpoints come along, bridges never do */
	{ "passthru.group=claim passthru.addrs=01:00.0",
	  "0000:01:00.0 pending; 0000:01:00.1 by-group pending; complete" },
	{ "passthru.group=report passthru.addrs=01:00.0",
	  "0000:01:00.0 pending; complete" },
	{ "passthru.group=claim passthru.addrs=01:00.0 passthru.skip=01:00.1",
	  "0000:01:00.0 pending; 0000:01:00.1 by-group kept skipped; complete" },
	{ "passthru.group=claim passthru.addrs=01:00.0 passthru.skip=01:00.0",
	  "0000:01:00.0 kept skipped; complete" },
	{ "passthru.group=claim passthru.addrs=01:00.*",
	  "0000:01:00.0 pending; 0000:01:00.1 pending; complete" },
	{ "passthru.group=claim passthru.addrs=0a:00.0", "no 0a:00.0; incomplete" },
	{ "passthru.group=claim passthru.addrs=04:00.0",
	  "0000:04:00.0 refused no-iommu; incomplete" },
	{ "passthru.group=claim passthru.addrs=01:00.0 passthru.dryrun",
	  "0000:01:00.0 planned; 0000:01:00.1 by-group planned; complete" },
};

START_TEST(plans_for_a_desktop)
{
	struct situation situation;
	char words[2048];

	situation_make(DESKTOP, plans[_i].cmdline, &situation);
	describe(&situation, words, sizeof(words));
	expect_text(plans[_i].cmdline, words, plans[_i].plan);
	situation_free(&situation);
}

/* One group of everything, as boards without ACS have it, in no order. */
#define ONE_GROUP                                      \
	"00:00.0 8086:191f 060000 1 -\n"               \
	"00:01.0 8086:1901 060400 1 pcieport bridge\n" \
	"00:1f.0 8086:a145 060100 1 -\n"               \
	"00:1f.2 8086:a121 058000 1 -\n"               \
	"01:00.0 10de:13c2 030000 1 -\n"               \
	"02:00.0 144d:a808 010802 1 nvme vfs\n"        \
	"03:00.0 144d:a808 010802 2 nvme\n"            \
	"04:00.0 1234:5678 088000 1 - bridge\n"

static const struct {
	const char *cmdline;
	const char *plan;
} group_plans[] = {
	{ "passthru.group=claim passthru.addrs=02:00.0",
	  "0000:00:1f.2 by-group pending; 0000:01:00.0 by-group pending; "
	  "0000:02:00.0 refused has-vfs; incomplete" },
	{ "passthru.group=claim passthru.addrs=01:00.0,03:00.0",
	  "0000:00:1f.2 by-group pending; 0000:01:00.0 pending; "
	  "0000:02:00.0 by-group refused has-vfs; 0000:03:00.0 pending; incomplete" },
};

START_TEST(plans_for_a_large_group)
{
	struct situation situation;
	char words[2048];

	situation_make(ONE_GROUP, group_plans[_i].cmdline, &situation);
	describe(&situation, words, sizeof(words));
	expect_text(group_plans[_i].cmdline, words, group_plans[_i].plan);
	situation_free(&situation);
}

/* All ones are no bridge. */
START_TEST(hears_no_answer)
{
	struct situation situation;
	char words[2048];

	situation_make("01:00.0 1:1 030000 1 nouveau\n01:00.1 1:ffff 030000 1 -\n"
		       "01:00.2 ffff:ffff ffffff 1 -\n",
		       "passthru.addrs=01:00.*", &situation);
	situation.result.devices.devices[2].id.vendor = 0xffff;
	situation.result.devices.devices[2].id.device = 0xffff;
	plan_judge((struct plan_prospect){ 0 }, &situation.result.plan);
	describe(&situation, words, sizeof(words));
	expect_text("all ones", words,
		    "0000:01:00.0 refused slot; 0000:01:00.1 refused slot; "
		    "0000:01:00.2 refused no-answer; incomplete");
	situation_free(&situation);
}

/* Where groups come with the drivers, as behind a virtio-iommu. */
static const struct {
	const char *machine;
	const char *cmdline;
	const char *plan;
} later_plans[] = {
	{ "01:00.0 1:1 030000 - - later\n01:00.1 1:2 040300 - snd_hda_intel\n"
	  "02:00.0 1:3 020000 - -\n",
	  "passthru.group=claim passthru.addrs=01:00.0",
	  "0000:01:00.0 pending; 0000:01:00.1 by-group pending; complete" },
	{ "01:00.0 1:1 030000 - - later\n01:00.1 1:2 040300 - -\n",
	  "passthru.addrs=01:00.0", "0000:01:00.0 pending; complete" },
	{ "01:00.0 1:1 030000 - - later\n01:00.1 1:2 040300 - -\n",
	  "passthru.group=claim passthru.addrs=01:00.0 passthru.skip=01:00.1",
	  "0000:01:00.0 pending; 0000:01:00.1 by-group kept skipped; complete" },
	/* the other function comes later than the first, which has its group */
	{ "01:00.0 1:1 030000 5 vfio-pci\n01:00.1 1:2 040300 - - later\n",
	  "passthru.group=claim passthru.addrs=01:00.0",
	  "0000:01:00.0 pending; 0000:01:00.1 by-group pending; complete" },
	/* which has it keeps to it */
	{ "01:00.0 1:1 030000 - - later\n01:00.1 1:2 040300 6 -\n",
	  "passthru.group=claim passthru.addrs=01:00.0",
	  "0000:01:00.0 pending; complete" },
	{ "01:00.0 1:1 030000 - - later\n01:00.1 1:2 060100 - -\n"
	  "01:00.2 1:3 058000 - - bridge\n",
	  "passthru.group=claim passthru.addrs=01:00.0",
	  "0000:01:00.0 pending; complete" },
	/* virtual functions are no card, whatever their slot */
	{ "01:10.0 1:2 020000 - - later of=01:00.0\n01:10.2 1:2 020000 - - of=01:00.0\n",
	  "passthru.group=claim passthru.addrs=01:10.0",
	  "0000:01:10.0 pending; complete" },
	/* on other machines what has no group never gets one */
	{ "01:00.0 1:1 030000 5 -\n01:00.1 1:2 040300 - -\n",
	  "passthru.group=claim passthru.addrs=01:00.0",
	  "0000:01:00.0 pending; complete" },
	/* a board that does not separate a virtual function from its physical one */
	{ "01:00.0 1:1 020000 5 igb vfs\n01:10.0 1:2 020000 5 - of=01:00.0\n"
	  "01:10.2 1:2 020000 5 - of=01:00.0\n",
	  "passthru.group=claim passthru.addrs=01:10.0",
	  "0000:01:10.0 pending; 0000:01:10.2 by-group pending; complete" },
	{ "01:00.0 1:1 020000 5 igb vfs\n01:10.0 1:2 020000 5 - of=01:00.0\n",
	  "passthru.group=claim passthru.addrs=01:10.0 passthru.driver=pci-stub",
	  "0000:01:10.0 pending; complete" },
	{ "01:00.0 1:1 020000 5 igb vfs\n01:10.0 1:2 020000 5 - of=02:00.0\n",
	  "passthru.group=claim passthru.addrs=01:10.0",
	  "0000:01:00.0 by-group refused has-vfs; 0000:01:10.0 pending; incomplete" },
};

START_TEST(plans_for_groups_to_come)
{
	struct situation situation;
	char words[2048];

	situation_make(later_plans[_i].machine, later_plans[_i].cmdline, &situation);
	plan_judge((struct plan_prospect){ .groups_may_come =
						   situation.result.plan.groups_come },
		   &situation.result.plan);
	describe(&situation, words, sizeof(words));
	expect_text(later_plans[_i].machine, words, later_plans[_i].plan);
	situation_free(&situation);
}

/* An IOMMU whose driver is not loaded yet: then nobody has a group. */
START_TEST(waits_for_an_iommu)
{
	struct situation situation;
	struct plan_entry *entry;

	situation_make(DESKTOP, "passthru.addrs=04:00.0,00:01.0", &situation);
	plan_judge((struct plan_prospect){ .groups_may_come = true },
		   &situation.result.plan);
	entry = situation_entry(&situation, "04:00.0");
	expect_number("no group yet", entry->verdict, VERDICT_PENDING);
	entry = situation_entry(&situation, "00:01.0");
	expect_number("a bridge", entry->reason, REASON_BRIDGE);
	situation_free(&situation);
}

/* By the next boot, nothing has enabled virtual functions yet. */
START_TEST(waits_for_virtual_functions_to_go)
{
	struct situation situation;

	situation_make(DESKTOP, "passthru.addrs=03:00.*", &situation);
	expect_number("now", situation_entry(&situation, "03:00.0")->reason,
		      REASON_HAS_VFS);
	plan_judge((struct plan_prospect){ .is_next_boot = true },
		   &situation.result.plan);
	expect_number("then", situation_entry(&situation, "03:00.0")->verdict,
		      VERDICT_PENDING);
	expect_number("with its slot", situation_entry(&situation, "03:00.1")->verdict,
		      VERDICT_PENDING);
	situation_free(&situation);
}

/* What a built-in vfio-pci has by its own list, or will have, no guard keeps. */
START_TEST(knows_what_the_kernel_binds)
{
	static const struct {
		enum item_source source;
		const char *driver;
		bool is_next_boot, is_forced;
	} rows[] = {
		{ SOURCE_BUILTIN, "vfio-pci", false, true },
		{ SOURCE_BUILTIN, "nouveau", false, false },
		{ SOURCE_BUILTIN, "nouveau", true, true },
		{ SOURCE_CMDLINE, "vfio-pci", true, false },
		{ SOURCE_MODPROBE, "vfio-pci", true, false },
		{ SOURCE_PASSTHRU, "vfio-pci", true, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct situation situation;
		struct plan_entry *entry;

		situation_make("01:00.0 1:1 030000 1 nouveau\n", "passthru.ids=1:1",
			       &situation);
		entry = situation_entry(&situation, "01:00.0");
		entry->source = rows[i].source;
		strcpy(entry->device->driver, rows[i].driver);
		plan_judge((struct plan_prospect){ .is_next_boot = rows[i].is_next_boot },
			   &situation.result.plan);
		expect_number(rows[i].driver, entry->is_forced, rows[i].is_forced);
		expect_number(rows[i].driver, entry->is_named, rows[i].is_forced);
		situation_free(&situation);
	}
}

static bool is_at(const void *data, const struct plan_entry *entry)
{
	return address_compare(&entry->device->address, data) == 0;
}

START_TEST(limits_to_one)
{
	struct situation situation;
	struct pci_address here = address_of("01:00.1"), none = address_of("01:00.2");

	situation_make(DESKTOP, "passthru.addrs=01:00.*,05:00.0", &situation);
	plan_limit(&situation.result.plan, is_at, &here);
	ck_assert_uint_eq(situation.result.plan.count, 1);
	ck_assert_ptr_eq(situation.result.plan.entries[0].device,
			 &situation.result.devices.devices[4]);
	expect_number("all are known", situation.result.plan.total, 3);
	plan_limit(&situation.result.plan, is_at, &none);
	ck_assert_uint_eq(situation.result.plan.count, 0);
	situation_free(&situation);
}

START_TEST(knows_the_drivers)
{
	struct situation situation;
	struct plan_entry *entry;

	situation_make(DESKTOP, "passthru.addrs=01:00.*,05:00.0", &situation);
	entry = situation_entry(&situation, "01:00.1");
	expect_text("was", entry->was, "snd_hda_intel");
	expect_text("now", entry->now, "snd_hda_intel");
	entry = situation_entry(&situation, "01:00.0");
	expect_text("was", entry->was, "");
	situation_free(&situation);
}

START_TEST(counts)
{
	struct situation situation;

	situation_make(DESKTOP,
		       "passthru.addrs=01:00.*,04:00.0,00:01.0 passthru.skip=01:00.0",
		       &situation);
	expect_number("pending", plan_count(&situation.result.plan, VERDICT_PENDING), 1);
	expect_number("refused", plan_count(&situation.result.plan, VERDICT_REFUSED), 2);
	expect_number("kept", plan_count(&situation.result.plan, VERDICT_KEPT), 1);
	expect_number("failed", plan_count(&situation.result.plan, VERDICT_FAILED), 0);
	situation_free(&situation);
}

/* A claim that fails later makes the plan incomplete. */
START_TEST(failure_is_incomplete)
{
	static const enum verdict verdicts[] = { VERDICT_FAILED, VERDICT_DEFERRED,
						 VERDICT_REFUSED };
	struct situation situation;

	situation_make(DESKTOP, "passthru.addrs=01:00.0", &situation);
	expect("pending", plan_is_complete(&situation.result.plan));
	situation.result.plan.entries[0].verdict = VERDICT_CLAIMED;
	expect("claimed", plan_is_complete(&situation.result.plan));
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		situation.result.plan.entries[0].verdict = verdicts[i];
		situation.result.plan.entries[0].reason = REASON_PROBE;
		expect(verdict_word(verdicts[i], false),
		       !plan_is_complete(&situation.result.plan));
	}
	situation_free(&situation);
}

static const struct {
	const char *driver;
	bool needs_group;
} drivers[] = {
	{ "vfio-pci", true },
	{ "vfio_pci", true },
	{ "mlx5_vfio_pci", true },
	{ "nvgrace-gpu-vfio-pci", true },
	{ "pci-stub", false },
	{ "xen-pciback", false },
	{ "", false },
};

START_TEST(knows_who_needs_a_group)
{
	expect_number(drivers[_i].driver, plan_needs_group(drivers[_i].driver),
		      drivers[_i].needs_group);
}

START_TEST(survives_want_of_memory)
{
	struct params params;
	struct pci_list list;
	unsigned nth = 1;

	functions_read(DESKTOP, &list);
	ck_assert_int_eq(
		params_parse("passthru.group=claim passthru.addrs=01:00.0", &params), 0);
	for (;; nth++) {
		struct plan plan;
		int r;

		seam_fail(SEAM_ALLOCATE, nth, ENOMEM);
		r = plan_select(&params, &list, &plan);
		if (r == 0)
			r = plan_add_groups(&params, &list, &plan);
		plan_free(&plan);
		if (!seam_reset(SEAM_ALLOCATE)) {
			ck_assert_int_eq(r, 0);
			break;
		}
		ck_assert_int_eq(r, -ENOMEM);
	}
	ck_assert_uint_gt(nth, 2);
	params_free(&params);
	pci_list_free(&list);
}

/* More entries than there is room for at first. */
START_TEST(plans_for_many)
{
	struct pci_list list = { .count = 1000 };
	struct params params;
	struct plan plan;

	list.devices = calloc(list.count, sizeof(list.devices[0]));
	for (size_t i = 0; i < list.count; i++) {
		list.devices[i].address.bus = (uint8_t)(i / 32);
		list.devices[i].address.slot = i % 32;
		list.devices[i].id.vendor = i % 2;
		list.devices[i].group = (int)i / 2;
	}
	ck_assert_int_eq(params_parse("passthru.group=claim passthru.ids=1:0", &params),
			 0);
	ck_assert_int_eq(plan_select(&params, &list, &plan), 0);
	ck_assert_uint_eq(plan.count, 500);
	ck_assert_uint_eq(plan.matches[0].matched, 500);
	ck_assert_int_eq(plan_add_groups(&params, &list, &plan), 0);
	ck_assert_uint_eq(plan.count, 1000);
	for (size_t i = 0; i < plan.count; i++)
		ck_assert_ptr_eq(plan.entries[i].device, &list.devices[i]);
	plan_free(&plan);
	pci_list_free(&list);
	params_free(&params);
}

int main(void)
{
	TCase *tcase = tcase_create("plan");

	add_rows(tcase, plans_for_a_desktop, plans);
	add_rows(tcase, plans_for_a_large_group, group_plans);
	add_rows(tcase, plans_for_groups_to_come, later_plans);
	tcase_add_test(tcase, hears_no_answer);
	tcase_add_test(tcase, waits_for_an_iommu);
	tcase_add_test(tcase, waits_for_virtual_functions_to_go);
	tcase_add_test(tcase, knows_what_the_kernel_binds);
	tcase_add_test(tcase, limits_to_one);
	tcase_add_test(tcase, knows_the_drivers);
	tcase_add_test(tcase, counts);
	tcase_add_test(tcase, failure_is_incomplete);
	add_rows(tcase, knows_who_needs_a_group, drivers);
	tcase_add_test(tcase, survives_want_of_memory);
	tcase_add_test(tcase, plans_for_many);
	return unit_run(tcase);
}
