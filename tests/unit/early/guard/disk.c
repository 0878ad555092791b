/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guard/internal.h"
#include "machine.h"
#include "unit.h"

static const struct {
	const char *machine;
	const char *cmdline;
	bool applies;
} entries[] = {
	{ "01:00.0 144d:a808 010802 1 nvme\n", "passthru.ids=144d:a808", true },
	{ "01:00.0 144d:a808 010802 1 -\n", "passthru.addrs=01:00.0", true },
	{ "01:00.0 144d:a808 010802 1 vfio-pci\n", "passthru.ids=144d:a808", false },
	{ "01:00.0 144d:a808 010802 - nvme\n", "passthru.ids=144d:a808", false },
	{ "01:00.0 144d:a808 010802 1 nvme\n",
	  "passthru.ids=144d:a808 passthru.skip=01:00.0", false },
	{ "01:00.0 8086:1533 020000 1 igb\n", "passthru.ids=8086:1533", true },
	{ "01:00.0 144d:a808 010802 1 nvme\n", "passthru.ids=144d:a808!", false },
	{ "01:00.0 144d:a808 010802 1 nvme\n", "passthru.addrs=01:00.0!", false },
	{ "01:00.0 144d:a808 010802 1 nvme\n",
	  "passthru.ids=144d:a808 passthru.addrs=01:00.0!", false },
};

START_TEST(applies_to_pending_entries)
{
	struct situation situation;

	situation_make(entries[_i].machine, entries[_i].cmdline, &situation);
	expect_number(entries[_i].cmdline,
		      guard_disk_applies(&situation.result.plan.entries[0]),
		      entries[_i].applies);
	situation_free(&situation);
}

static const struct block disk = { .name = "nvme0n1" };
static const struct devspec root = { .source = DEVSPEC_FROM_ROOT,
				     .origin = "root=LABEL=x" };
static const struct devspec parameter = { .source = DEVSPEC_FROM_PARAMETER,
					  .origin = "resume=/dev/b" };
static const struct devspec mount = { .source = DEVSPEC_FROM_MOUNT, .origin = "/data" };
static const struct devspec swap = { .source = DEVSPEC_FROM_SWAP, .origin = "swap" };

static const struct {
	const char *name;
	struct disk_attributes attributes;
	enum verdict verdict;
	enum reason reason;
	const char *block;
	const char *note;
} judgements[] = {
	{ "backs nothing",
	  { .is_late = true, .root_found = true },
	  VERDICT_PENDING,
	  REASON_NONE,
	  "",
	  "" },
	{ "too early", { 0 }, VERDICT_DEFERRED, REASON_ROOT_UNKNOWN, "", "" },
	{ "no root", { .is_late = true }, VERDICT_KEPT, REASON_ROOT_UNKNOWN, "", "" },
	{ "the root disk",
	  { .is_late = true, .root_found = true, .block = &disk, .devspec = &root },
	  VERDICT_KEPT,
	  REASON_ROOT_DISK,
	  "nvme0n1",
	  "root=LABEL=x" },
	{ "resume",
	  { .is_late = true, .root_found = true, .block = &disk, .devspec = &parameter },
	  VERDICT_KEPT,
	  REASON_ROOT_DISK,
	  "nvme0n1",
	  "resume=/dev/b" },
	{ "mounted",
	  { .is_late = true, .root_found = true, .block = &disk, .devspec = &mount },
	  VERDICT_KEPT,
	  REASON_IN_USE,
	  "nvme0n1",
	  "/data" },
	{ "mounted, root unknown",
	  { .is_late = true, .block = &disk, .devspec = &mount },
	  VERDICT_KEPT,
	  REASON_IN_USE,
	  "nvme0n1",
	  "/data" },
	{ "swap",
	  { .is_late = true, .root_found = true, .block = &disk, .devspec = &swap },
	  VERDICT_KEPT,
	  REASON_IN_USE,
	  "nvme0n1",
	  "swap" },
	{ "remote root",
	  { .is_late = true, .root_found = true, .network = "ip=dhcp" },
	  VERDICT_KEPT,
	  REASON_ROOT_NETWORK,
	  "",
	  "ip=dhcp" },
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
	  REASON_NOT_FOUND,
	  "",
	  "resume=/dev/b" },
	{ "missing, or on a disk that could not be read",
	  { .is_late = true,
	    .root_found = true,
	    .missing = &parameter,
	    .unread_elsewhere = &disk },
	  VERDICT_KEPT,
	  REASON_NOT_FOUND,
	  "nvme0n1",
	  "resume=/dev/b" },
	{ "a shared directory",
	  { .is_late = true, .root_found = true, .devspec = &mount },
	  VERDICT_KEPT,
	  REASON_IN_USE,
	  "",
	  "/data" },
	{ "unclear stack",
	  { .is_late = true, .root_found = true, .is_stack_unclear = true },
	  VERDICT_KEPT,
	  REASON_UNCLEAR,
	  "",
	  "" },
};

START_TEST(judges)
{
	const char *name = judgements[_i].name;
	struct plan_entry entry = { .verdict = VERDICT_PENDING };

	guard_disk_judge(&judgements[_i].attributes, &entry);
	expect_number(name, entry.verdict, judgements[_i].verdict);
	expect_text(name, reason_word(entry.reason), reason_word(judgements[_i].reason));
	expect_text(name, entry.disk, judgements[_i].block);
	expect_text(name, entry.note, judgements[_i].note);
}

int main(void)
{
	TCase *tcase = tcase_create("disk guard");

	add_rows(tcase, applies_to_pending_entries, entries);
	add_rows(tcase, judges, judgements);
	return unit_run(tcase);
}
