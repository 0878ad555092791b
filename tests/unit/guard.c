/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "guard.h"
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
				       entry->reason ? reason_word(entry->reason)
						     : verdict_word(entry->verdict));
	}
}

/* Two equal cards with their audio; the first one shows the boot. */
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
	/* field-notes: joeknock90/Single-GPU-Passthrough#89, the boot GPU is taken */
	{ TWINS, BOTH_IDS, KEPT },
	{ TWINS, "passthru.ids=10de:13c2", "01:00.0 boot-display; 02:00.0 claimed; " },
	{ TWINS, "passthru.ids=10de:ffffffff", KEPT },
	{ TWINS, "passthru.ids=ffffffff:ffffffff:ffffffff:ffffffff:030000:ff0000",
	  "01:00.0 boot-display; 02:00.0 claimed; " },
	/* another display stays anyway */
	{ TWINS OTHER, BOTH_IDS, TAKEN },
	{ TWINS OTHER, BOTH_IDS ",1a03:2000", KEPT "03:00.0 claimed; " },
	{ TWINS OTHER, BOTH_IDS ",1a03:2000 passthru.skip=03:00.0",
	  TAKEN "03:00.0 skipped; " },
	{ TWINS OTHER, BOTH_IDS " passthru.skip=02:00.0",
	  "01:00.0 claimed; 01:00.1 claimed; 02:00.0 skipped; 02:00.1 claimed; " },
	{ TWINS, BOTH_IDS " passthru.skip=02:00.0",
	  "01:00.0 claimed; 01:00.1 claimed; 02:00.0 skipped; 02:00.1 claimed; " },
	/* an address is taken at its word */
	{ TWINS, BOTH_IDS " passthru.addrs=01:00.0", TAKEN },
	{ TWINS, "passthru.addrs=01:00.*,02:00.*", TAKEN },
	{ TWINS, "passthru.ids=10de:13c2@01:00.0,10de:13c2",
	  "01:00.0 claimed; 02:00.0 claimed; " },
	{ TWINS, BOTH_IDS " passthru.addrs=01:00.1",
	  "01:00.0 boot-display; 01:00.1 claimed; 02:00.0 claimed; 02:00.1 claimed; " },
	/* a single GPU */
	{ "01:00.0 10de:13c2 030000 1 - boot\n01:00.1 10de:0fbb 040300 1 -\n", BOTH_IDS,
	  "01:00.0 claimed; 01:00.1 claimed; " },
	{ "01:00.0 10de:13c2 030000 1 - boot\n", "passthru.ids=10de:ffffffff",
	  "01:00.0 claimed; " },
	/* two, each named by an ID of its own */
	{ "01:00.0 10de:13c2 030000 1 - boot\n02:00.0 10de:1b80 030000 2 -\n",
	  "passthru.ids=10de:13c2,10de:1b80", "01:00.0 claimed; 02:00.0 claimed; " },
	/* not named, but of the group */
	{ "01:00.0 10de:13c2 030000 1 -\n02:00.0 1a03:2000 030000 1 - boot\n",
	  "passthru.ids=10de:13c2 passthru.group=claim",
	  "01:00.0 claimed; 02:00.0 boot-display; " },
	/* the other one belongs to a guest already */
	{ "01:00.0 10de:13c2 030000 1 - boot\n02:00.0 10de:13c2 030000 2 vfio-pci\n",
	  "passthru.ids=10de:13c2", "01:00.0 boot-display; 02:00.0 claimed; " },
	{ "01:00.0 10de:13c2 030000 1 - boot\n02:00.0 10de:13c2 030000 2 - gone\n",
	  "passthru.ids=10de:13c2", "01:00.0 claimed; 02:00.0 gone; " },
	/* nothing is shown on any of them */
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
	guard_displays(&situation.request, &situation.devices, &situation.plan);
	describe(&situation.plan, words, sizeof(words));
	expect_text(name, words, displays[_i].words);
	situation_free(&situation);
}

static const struct {
	const char *name;
	struct pci_id id;
	bool is_storage;
	bool is_network;
} classes[] = {
	{ "AHCI", { .class = 0x010601 }, true, false },
	{ "NVMe", { .class = 0x010802 }, true, false },
	{ "virtio disk", { .class = 0x010000 }, true, false },
	{ "VMD", { .class = 0x010400 }, true, false },
	{ "xhci", { .class = 0x0c0330 }, true, false },
	{ "uhci", { .class = 0x0c0300 }, true, false },
	{ "USB4", { .class = 0x0c0340 }, true, false },
	{ "FireWire", { .class = 0x0c0010 }, true, false },
	{ "Fibre Channel", { .class = 0x0c0400 }, true, false },
	{ "InfiniBand", { .class = 0x0c0600 }, true, true },
	{ "SD", { .class = 0x080501 }, true, false },
	{ "CXL memory", { .class = 0x050210 }, true, false },
	{ "Thunderbolt", { .vendor = 0x8086, .class = 0x088000 }, true, false },
	{ "other", { .vendor = 0x1b36, .class = 0x088000 }, false, false },
	{ "Ethernet", { .class = 0x020000 }, false, true },
	{ "WLAN", { .class = 0x028000 }, false, true },
	{ "VGA", { .class = 0x030000 }, false, false },
	{ "audio", { .class = 0x040300 }, false, false },
	{ "bridge", { .class = 0x060400 }, false, false },
	{ "serial", { .class = 0x070002 }, false, false },
	{ "SMBus", { .class = 0x0c0500 }, false, false },
	{ "accelerator", { .class = 0x120000 }, false, false },
};

START_TEST(knows_classes)
{
	expect_number(classes[_i].name, guard_is_storage(&classes[_i].id),
		      classes[_i].is_storage);
	expect_number(classes[_i].name, guard_is_network(&classes[_i].id),
		      classes[_i].is_network);
}

static const struct {
	const char *machine;
	const char *cmdline;
	bool concerned;
} concerns[] = {
	{ "01:00.0 144d:a808 010802 1 nvme\n", "passthru.ids=144d:a808", true },
	{ "01:00.0 144d:a808 010802 1 -\n", "passthru.addrs=01:00.0", true },
	{ "01:00.0 144d:a808 010802 1 vfio-pci\n", "passthru.ids=144d:a808", false },
	{ "01:00.0 144d:a808 010802 - nvme\n", "passthru.ids=144d:a808", false },
	{ "01:00.0 144d:a808 010802 1 nvme\n",
	  "passthru.ids=144d:a808 passthru.skip=01:00.0", false },
	{ "01:00.0 8086:1533 020000 1 igb\n", "passthru.ids=8086:1533", true },
	{ "01:00.0 10de:13c2 030000 1 -\n", "passthru.ids=10de:13c2", false },
};

START_TEST(knows_whom_it_concerns)
{
	struct situation situation;

	situation_make(concerns[_i].machine, concerns[_i].cmdline, &situation);
	expect_number(concerns[_i].cmdline,
		      guard_is_concerned(&situation.plan.entries[0]),
		      concerns[_i].concerned);
	situation_free(&situation);
}

static const struct block disk = { .name = "nvme0n1" };
static const struct need root = { .source = NEED_FROM_ROOT, .origin = "root=LABEL=x" };
static const struct need parameter = { .source = NEED_FROM_PARAMETER,
				       .origin = "resume=/dev/b" };
static const struct need mount = { .source = NEED_FROM_MOUNT, .origin = "/data" };
static const struct need swap = { .source = NEED_FROM_SWAP, .origin = "swap" };

static const struct {
	const char *name;
	struct guard_facts facts;
	enum verdict verdict;
	enum reason reason;
	const char *block;
	const char *need;
} judgements[] = {
	{ "nothing of the system",
	  { .is_late = true, .root_found = true },
	  VERDICT_CLAIMED,
	  REASON_NONE,
	  "",
	  "" },
	{ "too early", { 0 }, VERDICT_DEFERRED, REASON_ROOT_UNKNOWN, "", "" },
	{ "no root", { .is_late = true }, VERDICT_KEPT, REASON_ROOT_UNKNOWN, "", "" },
	{ "the root disk",
	  { .is_late = true, .root_found = true, .block = &disk, .need = &root },
	  VERDICT_KEPT,
	  REASON_ROOT_DISK,
	  "nvme0n1",
	  "root=LABEL=x" },
	{ "resume",
	  { .is_late = true, .root_found = true, .block = &disk, .need = &parameter },
	  VERDICT_KEPT,
	  REASON_ROOT_DISK,
	  "nvme0n1",
	  "resume=/dev/b" },
	{ "mounted",
	  { .is_late = true, .root_found = true, .block = &disk, .need = &mount },
	  VERDICT_KEPT,
	  REASON_IN_USE,
	  "nvme0n1",
	  "/data" },
	{ "mounted, and no root",
	  { .is_late = true, .block = &disk, .need = &mount },
	  VERDICT_KEPT,
	  REASON_IN_USE,
	  "nvme0n1",
	  "/data" },
	{ "swap",
	  { .is_late = true, .root_found = true, .block = &disk, .need = &swap },
	  VERDICT_KEPT,
	  REASON_IN_USE,
	  "nvme0n1",
	  "swap" },
	{ "the network",
	  { .is_late = true, .root_found = true, .has_root_network = true },
	  VERDICT_KEPT,
	  REASON_ROOT_NETWORK,
	  "",
	  "" },
	{ "unread",
	  { .is_late = true, .root_found = true, .unread = &disk },
	  VERDICT_KEPT,
	  REASON_UNREADABLE,
	  "nvme0n1",
	  "" },
	{ "unclear",
	  { .is_late = true, .root_found = true, .unclear = &disk },
	  VERDICT_KEPT,
	  REASON_UNCLEAR,
	  "nvme0n1",
	  "" },
	{ "missing",
	  { .is_late = true, .root_found = true, .missing = &parameter },
	  VERDICT_KEPT,
	  REASON_UNCLEAR,
	  "",
	  "resume=/dev/b" },
	{ "a stack without end",
	  { .is_late = true, .root_found = true, .is_stack_unclear = true },
	  VERDICT_KEPT,
	  REASON_UNCLEAR,
	  "",
	  "" },
};

START_TEST(judges)
{
	const char *name = judgements[_i].name;
	struct plan_entry entry = { .verdict = VERDICT_CLAIMED };

	guard_judge(&judgements[_i].facts, &entry);
	expect_number(name, entry.verdict, judgements[_i].verdict);
	expect_text(name, reason_word(entry.reason), reason_word(judgements[_i].reason));
	expect_text(name, entry.block, judgements[_i].block);
	expect_text(name, entry.need, judgements[_i].need);
}

int main(void)
{
	TCase *tcase = tcase_create("guard");

	add_rows(tcase, keeps_the_boot_display, displays);
	add_rows(tcase, knows_classes, classes);
	add_rows(tcase, knows_whom_it_concerns, concerns);
	add_rows(tcase, judges, judgements);
	return unit_run("guard", tcase);
}
