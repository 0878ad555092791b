/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "guard/internal.h"
#include "machine.h"
#include "unit.h"

static void describe(const struct plan *plan, char *words, size_t size)
{
	size_t at = 0;

	words[0] = '\0';
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		char name[ADDRESS_SIZE];

		address_format(&entry->device->address, name);
		at += (size_t)snprintf(words + at, size - at, "%s %s; ", name + 5,
				       entry->reason
					       ? reason_word(entry->reason)
					       : verdict_word(entry->verdict, false));
	}
}

/* Two equal cards with their audio functions; the first one is the boot display. */
#define TWINS                                 \
	"01:00.0 10de:13c2 030000 1 - boot\n" \
	"01:00.1 10de:0fbb 040300 1 -\n"      \
	"02:00.0 10de:13c2 030000 2 -\n"      \
	"02:00.1 10de:0fbb 040300 2 -\n"
#define OTHER	 "03:00.0 1a03:2000 030000 3 -\n"
#define BOTH_IDS "passthru.ids=10de:13c2,10de:0fbb"
#define KEPT \
	"01:00.0 boot-display; 01:00.1 boot-display; 02:00.0 claimed; 02:00.1 claimed; "
#define TAKEN "01:00.0 claimed; 01:00.1 claimed; 02:00.0 claimed; 02:00.1 claimed; "

static const struct {
	const char *machine;
	const char *cmdline;
	const char *words;
} displays[] = {
	/* joeknock90/Single-GPU-Passthrough#89: the boot GPU is claimed */
	{ TWINS, BOTH_IDS, KEPT },
	{ TWINS, "passthru.ids=10de:13c2", "01:00.0 boot-display; 02:00.0 claimed; " },
	{ TWINS, "passthru.ids=10de:ffffffff", KEPT },
	{ TWINS, "passthru.ids=ffffffff:ffffffff:ffffffff:ffffffff:030000:ff0000",
	  "01:00.0 boot-display; 02:00.0 claimed; " },
	/* the host keeps another display */
	{ TWINS OTHER, BOTH_IDS, TAKEN },
	{ TWINS OTHER, BOTH_IDS ",1a03:2000", KEPT "03:00.0 claimed; " },
	{ TWINS OTHER, BOTH_IDS ",1a03:2000 passthru.skip=03:00.0",
	  TAKEN "03:00.0 skipped; " },
	{ TWINS OTHER, BOTH_IDS " passthru.skip=02:00.0",
	  "01:00.0 claimed; 01:00.1 claimed; 02:00.0 skipped; 02:00.1 claimed; " },
	{ TWINS, BOTH_IDS " passthru.skip=02:00.0",
	  "01:00.0 claimed; 01:00.1 claimed; 02:00.0 skipped; 02:00.1 claimed; " },
	/* an address is unambiguous */
	{ TWINS, BOTH_IDS " passthru.addrs=01:00.0", TAKEN },
	{ TWINS, "passthru.addrs=01:00.*,02:00.*", TAKEN },
	{ TWINS, "passthru.ids=10de:13c2@01:00.0,10de:13c2",
	  "01:00.0 claimed; 02:00.0 claimed; " },
	{ TWINS, BOTH_IDS " passthru.addrs=01:00.1",
	  "01:00.0 boot-display; 01:00.1 claimed; 02:00.0 claimed; 02:00.1 claimed; " },
	/* "!" lifts the guard for what it matches */
	{ TWINS, "passthru.ids=10de:13c2!,10de:0fbb", TAKEN },
	{ TWINS, "passthru.ids=10de:13c2,10de:0fbb!",
	  "01:00.0 boot-display; 01:00.1 claimed; 02:00.0 claimed; 02:00.1 claimed; " },
	/* a single GPU */
	{ "01:00.0 10de:13c2 030000 1 - boot\n01:00.1 10de:0fbb 040300 1 -\n", BOTH_IDS,
	  "01:00.0 claimed; 01:00.1 claimed; " },
	{ "01:00.0 10de:13c2 030000 1 - boot\n", "passthru.ids=10de:ffffffff",
	  "01:00.0 claimed; " },
	/* a 3D controller has no screen: the host would be left without one */
	{ TWINS "03:00.0 10de:20b0 030200 3 nvidia\n", BOTH_IDS, KEPT },
	{ TWINS "03:00.0 10de:20b0 030200 3 nvidia\n", BOTH_IDS " passthru.addrs=01:00.*",
	  TAKEN },
	/* two, each with an ID of its own */
	{ "01:00.0 10de:13c2 030000 1 - boot\n02:00.0 10de:1b80 030000 2 -\n",
	  "passthru.ids=10de:13c2,10de:1b80", "01:00.0 claimed; 02:00.0 claimed; " },
	/* not requested itself, but a member of the group */
	{ "01:00.0 10de:13c2 030000 1 -\n02:00.0 1a03:2000 030000 1 - boot\n",
	  "passthru.ids=10de:13c2 passthru.group=claim",
	  "01:00.0 claimed; 02:00.0 boot-display; " },
	/* the other one is bound to vfio-pci already */
	{ "01:00.0 10de:13c2 030000 1 - boot\n02:00.0 10de:13c2 030000 2 vfio-pci\n",
	  "passthru.ids=10de:13c2", "01:00.0 boot-display; 02:00.0 claimed; " },
	/* or has just gone: the ID meant two */
	{ "01:00.0 10de:13c2 030000 1 - boot\n02:00.0 10de:13c2 030000 2 - gone\n",
	  "passthru.ids=10de:13c2", "01:00.0 boot-display; 02:00.0 gone; " },
	/* nobody knows which one the firmware uses: the first one stays */
	{ "01:00.0 10de:13c2 030000 1 -\n02:00.0 10de:13c2 030000 2 -\n",
	  "passthru.ids=10de:13c2", "01:00.0 boot-display; 02:00.0 claimed; " },
	{ "01:00.0 1002:738c 038000 1 -\n02:00.0 1002:738c 038000 2 -\n",
	  "passthru.ids=1002:738c", "01:00.0 boot-display; 02:00.0 claimed; " },
	{ "01:00.0 10de:13c2 030000 1 -\n02:00.0 10de:13c2 030000 2 -\n",
	  "passthru.addrs=01:00.0,02:00.0", "01:00.0 claimed; 02:00.0 claimed; " },
	{ "01:00.0 10de:13c2 030000 1 -\n", "passthru.ids=10de:13c2",
	  "01:00.0 claimed; " },
	/* an accelerator of class 0380 has no connector; integrated graphics may */
	{ TWINS "03:00.0 8086:56c0 038000 3 i915\n", BOTH_IDS, KEPT },
	{ "00:02.0 8086:0a16 038000 3 i915\n" TWINS, BOTH_IDS, TAKEN },
	{ TWINS "03:00.0 1002:738c 038000 3 amdgpu virtual\n", BOTH_IDS, KEPT },
	{ TWINS "03:00.1 8086:56c1 030000 3 i915 virtual\n", BOTH_IDS, KEPT },
	/* none of them is the boot display, and none has a screen */
	{ "01:00.0 10de:20b0 030200 1 -\n02:00.0 10de:20b0 030200 2 -\n",
	  "passthru.ids=10de:20b0", "01:00.0 claimed; 02:00.0 claimed; " },
	{ "03:00.0 8086:1533 020000 7 igb\n", "passthru.ids=8086:1533",
	  "03:00.0 claimed; " },
};

START_TEST(keeps_the_boot_display)
{
	const char *name = displays[_i].cmdline;
	struct situation situation;
	char words[512];

	situation_make(displays[_i].machine, name, &situation);
	guard_display_judge(&situation.result.devices, &situation.result.plan);
	situation_claim(&situation);
	describe(&situation.result.plan, words, sizeof(words));
	expect_text(name, words, displays[_i].words);
	situation_free(&situation);
}

int main(void)
{
	TCase *tcase = tcase_create("display guard");

	add_rows(tcase, keeps_the_boot_display, displays);
	return unit_run(tcase);
}
