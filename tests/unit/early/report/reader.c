/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "machine.h"
#include "report/report.h"
#include "unit.h"

#define HEAD	 "format=1 version=" VERSION " dryrun=no\n"
#define EARLY	 "phase=early total_us=12345 kernel_us=2345\n"
#define DEVICE	 "phase=device total_us=12345 kernel_us=2345\n"
#define CARD_IS	 "device=0000:06:00.0 id=10de:13c2 group=13 "
#define AUDIO_IS "device=0000:06:00.1 id=10de:0fbb group=13 "
#define NEW_CARD CARD_IS "verdict=claimed driver=vfio-pci was=vfio-pci\n"
#define OLD_DISK \
	"device=0000:05:00.0 id=144d:a808 group=9 verdict=claimed driver=vfio-pci was=none\n"
#define NEW_GROUP "group=13 viable=yes\n"

/* Whether a report has a record of 06:00.0. */
static const struct {
	const char *report;
	bool has;
} known[] = {
	{ HEAD EARLY, false },
	{ HEAD EARLY NEW_CARD, true },
	{ HEAD OLD_DISK NEW_CARD NEW_GROUP, true },
	{ HEAD OLD_DISK, false },
	{ HEAD "group=13 viable=no blocker=0000:06:00.0 driver=none\n", false },
	{ HEAD "device=0000:06:00.01 verdict=claimed\n", false },
	{ HEAD "xdevice=0000:06:00.0 verdict=claimed\n", false },
};

START_TEST(knows_its_devices)
{
	struct pci_address address = address_of("06:00.0");
	struct run_result result;

	ck_assert_int_eq(report_parse(known[_i].report, &result), 0);
	expect_number(known[_i].report, run_result_find(&result, &address) != NULL,
		      known[_i].has);
	run_result_free(&result);
}

#define DEFERRED "verdict=deferred driver=nvme was=nvme reason=root-unknown\n"

static const struct {
	const char *text;
	const char *address; /* NULL for any */
	bool defers;
} deferrals[] = {
	{ HEAD EARLY, NULL, false },
	{ HEAD EARLY NEW_CARD, NULL, false },
	{ HEAD EARLY CARD_IS DEFERRED, NULL, true },
	{ HEAD EARLY CARD_IS DEFERRED, "06:00.0", true },
	{ HEAD EARLY CARD_IS DEFERRED, "06:00.1", false },
	{ HEAD EARLY NEW_CARD AUDIO_IS DEFERRED, "06:00.0", false },
	{ HEAD EARLY NEW_CARD AUDIO_IS DEFERRED, "06:00.1", true },
	{ HEAD EARLY AUDIO_IS DEFERRED NEW_CARD, "06:00.0", false },
	{ HEAD EARLY AUDIO_IS DEFERRED NEW_CARD, "06:00.1", true },
	{ HEAD EARLY "selector=1:2 verdict=deferred x\n", NULL, false },
	{ HEAD CARD_IS "verdict=deferred ", "06:00.0", true },
};

START_TEST(knows_what_is_deferred)
{
	const char *text = deferrals[_i].text;
	struct pci_address address = { 0 };
	struct run_result result;

	if (deferrals[_i].address)
		address = address_of(deferrals[_i].address);
	ck_assert_int_eq(report_parse(text, &result), 0);
	expect_number(text,
		      run_result_defers(&result, deferrals[_i].address ? &address : NULL),
		      deferrals[_i].defers);
	run_result_free(&result);
}

static const struct {
	const char *text;
	struct stage_time times[STAGES];
} durations[] = {
	{ HEAD, { { 0 } } },
	{ HEAD EARLY, { { true, 12345, 2345 } } },
	{ HEAD DEVICE, { [STAGE_DEVICE] = { true, 12345, 2345 } } },
	{ HEAD DEVICE EARLY,
	  { { true, 12345, 2345 }, [STAGE_DEVICE] = { true, 12345, 2345 } } },
	{ HEAD "phase=early total_us=x kernel_us=1\n", { { true, 0, 1 } } },
	{ HEAD "phase=early total_us=7", { { true, 7, 0 } } },
	{ HEAD "phase=late total_us=9 kernel_us=1\nphase=first total_us=2\n",
	  { [STAGE_LATE] = { true, 9, 1 } } },
};

START_TEST(knows_how_long_it_took)
{
	const char *text = durations[_i].text;
	struct run_result result;

	ck_assert_int_eq(report_parse(text, &result), 0);
	for (int i = 0; i < STAGES; i++) {
		const struct stage_time *want = &durations[_i].times[i];

		expect_number(text, result.times[i].has_run, want->has_run);
		expect_number(text, result.times[i].total_us, want->total_us);
		expect_number(text, result.times[i].kernel_us, want->kernel_us);
	}
	run_result_free(&result);
}

static const struct {
	const char *text;
	int r;
	bool is_dry;
} headers[] = {
	{ HEAD, 0, false },
	{ "format=1 version=9 dryrun=yes\n", 0, true },
	{ "format=1", 0, false },
	{ "format=2 version=9 dryrun=no\n", -EBADMSG, false },
	{ "format=10\n", -EBADMSG, false },
	{ NEW_CARD, -EBADMSG, false },
	{ "", -EBADMSG, false },
};

START_TEST(knows_its_format)
{
	const char *text = headers[_i].text;
	struct run_result result;

	expect_number(text, report_parse(text, &result), headers[_i].r);
	expect_number(text, result.is_dry, headers[_i].is_dry);
	run_result_free(&result);
}

/* Records of 06:00.0, and what is read from them. */
static const struct {
	const char *record;
	struct plan_entry entry;
} devices[] = {
	{ "verdict=claimed driver=vfio-pci was=nouveau display=kernel",
	  { .verdict = VERDICT_CLAIMED,
	    .wanted = "vfio-pci",
	    .was = "nouveau",
	    .now = "vfio-pci",
	    .fb_release = FB_RELEASE_KERNEL } },
	{ "verdict=planned driver=nouveau was=nouveau wanted=vfio-pci",
	  { .verdict = VERDICT_CLAIMED,
	    .wanted = "vfio-pci",
	    .was = "nouveau",
	    .now = "nouveau" } },
	{ "verdict=kept driver=nvme was=nvme reason=in-use block=nvme0n1 for=/a%20b",
	  { .verdict = VERDICT_KEPT,
	    .reason = REASON_IN_USE,
	    .disk = "nvme0n1",
	    .note = "/a b",
	    .was = "nvme",
	    .now = "nvme" } },
	{ "verdict=kept driver=nvme was=nvme reason=skipped",
	  { .verdict = VERDICT_KEPT,
	    .reason = REASON_SKIPPED,
	    .skipped = true,
	    .was = "nvme",
	    .now = "nvme" } },
	{ "verdict=failed driver=none was=nouveau reason=timeout step=unbind error=16 undone=yes",
	  { .verdict = VERDICT_FAILED,
	    .reason = REASON_TIMEOUT,
	    .step = STEP_UNBIND,
	    .error = -16,
	    .undone = true,
	    .was = "nouveau" } },
	{ "verdict=lost driver=none was=none reason=of-tomorrow step=jump error=x undone=maybe",
	  { .verdict = VERDICT_UNKNOWN, .reason = REASON_UNKNOWN } },
	{ "", { .verdict = VERDICT_UNKNOWN } },
};

START_TEST(reads_a_device)
{
	const struct plan_entry *want = &devices[_i].entry, *entry;
	const char *name = devices[_i].record;
	struct pci_address address = address_of("06:00.0");
	struct run_result result;
	char text[512];

	snprintf(text, sizeof(text), HEAD OLD_DISK CARD_IS "%s\n", name);
	ck_assert_int_eq(report_parse(text, &result), 0);
	entry = run_result_find(&result, &address);
	ck_assert_ptr_nonnull(entry);
	expect_number(name, entry->device->id.vendor, 0x10de);
	expect_number(name, entry->device->id.device, 0x13c2);
	expect_number(name, entry->device->group, 13);
	expect_text(name, entry->device->driver, want->now);
	expect_number(name, entry->verdict, want->verdict);
	expect_number(name, entry->reason, want->reason);
	expect_number(name, entry->skipped, want->skipped);
	expect_number(name, entry->fb_release, want->fb_release);
	expect_number(name, entry->step, want->step);
	expect_number(name, entry->error, want->error);
	expect_number(name, entry->undone, want->undone);
	expect_text(name, entry->wanted, want->wanted);
	expect_text(name, entry->disk, want->disk);
	expect_text(name, entry->note, want->note);
	expect_text(name, entry->was, want->was);
	expect_text(name, entry->now, want->now);
	run_result_free(&result);
}

/* What is written about the request is read back as the same words. */
static const struct {
	const char *cmdline;
	const char *machine;
} requests[] = {
	{ "passthru.ids=10de", "" },
	{ "passthru.ids=1:2,10de:13zz", "06:00.0 1:2 030000 13 -\n" },
	{ "passthru.skip=1:2, 3:4", "" },
	{ "passthru.timeout=soon", "" },
	{ "passthru.timeout", "" },
	{ "passthru.foo", "" },
	{ "passthru.ids=10de:ffff", "" },
	{ "passthru.ids=10de:13c2@06:00.0", "06:00.0 1234:5678 030000 1 -\n" },
	{ "passthru.ids=\"1:2 3\n4\x7f\xc3\xa4%41\"", "" },
};

START_TEST(keeps_the_words_about_the_request)
{
	const char *name = requests[_i].cmdline;
	struct directory root = make_directory();
	struct situation situation;
	struct run_result result;
	char want[PHRASE_SIZE], read[PHRASE_SIZE];

	situation_make(requests[_i].machine, name, &situation);
	put_directory(&root, "run");
	ck_assert_int_eq(report_write(root.fd, REPORT_PATH, &situation.result), 0);
	ck_assert_int_eq(report_read(root.fd, REPORT_PATH, &result), 0);
	expect_number(name, result.problem_count, situation.result.problem_count);
	ck_assert_uint_gt(result.problem_count, 0);
	for (size_t i = 0; i < result.problem_count; i++) {
		phrase_problem(&situation.result.problems[i], want);
		phrase_problem(&result.problems[i], read);
		expect_text(name, read, want);
	}
	run_result_free(&result);
	situation_free(&situation);
	drop_directory(&root);
}

/* One that says less, of another version: the words still make a sentence. */
/* Records of PFs and trials: what is written is read. */
#define PF "pf=0000:01:00.0 id=8086:10c9 total=7 "
static const char *const records[] = {
	"trial=0123456789abcdef verdict=tried\n",
	"trial=a verdict=tried minutes=999\n",
	"trial=a verdict=confirmed\n",
	"trial=a verdict=planned\n",
	"trial=a verdict=ignored reason=tried-before before=yes minutes=5\n",
	"trial=a verdict=ignored reason=no-efi before=no\n",
	"trial=a verdict=ignored reason=no-efivarfs before=no\n",
	"trial=a verdict=ignored reason=read-only before=no\n",
	"trial=a verdict=ignored reason=store-full before=no\n",
	"trial=a verdict=ignored reason=not-allowed before=no\n",
	"trial=a verdict=ignored reason=no-answer before=no\n",
	"trial=a verdict=ignored reason=not-understood before=no\n",
	"trial=a verdict=ignored reason=cannot-write before=no error=5\n",
	"trial=none verdict=ignored reason=malformed before=yes\n",
	PF "wanted=0 made=0 autoprobe=0 was=1 verdict=deferred reason=no-vfs\n",
	PF "wanted=2 made=2 autoprobe=0 was=1 verdict=made\n",
	PF "wanted=9 made=0 autoprobe=1 was=1 verdict=refused reason=too-many-vfs\n",
	PF "wanted=2 made=1 autoprobe=0 was=0 verdict=failed reason=not-made error=5\n",
	PF "wanted=2 made=1 autoprobe=0 was=1 verdict=kept reason=vfs-in-use "
	   "for=0000:01:10.0(eth%201)\n",
	PF "wanted=2 made=2 autoprobe=0 was=1 verdict=made\n"
	   "pf=10000:01:00.1 id=8086:10c9 total=7 wanted=0 made=0 autoprobe=0 was=1 "
	   "verdict=refused reason=no-sriov\n",
};

START_TEST(writes_what_it_has_read)
{
	struct directory root = make_directory();
	_cleanup_free_ char *written = NULL;
	struct run_result result;
	char text[1024];

	snprintf(text, sizeof(text), "%s%s%s", HEAD, EARLY, records[_i]);
	ck_assert_int_eq(report_parse(text, &result), 0);
	ck_assert_int_eq(report_write(root.fd, "report", &result), 0);
	written = get_file(&root, "report");
	expect_text(records[_i], written, text);
	expect_number(records[_i], run_result_is_complete(&result),
		      !strstr(text, "refused") && !strstr(text, "failed") &&
			      !strstr(text, "kept") && !strstr(text, "ignored"));
	run_result_free(&result);
	drop_directory(&root);
}

/* No PF. */
START_TEST(ignores_other_pfs)
{
	struct run_result result;

	ck_assert_int_eq(report_parse(HEAD EARLY "pf=01:00.0 verdict=made\n", &result),
			 0);
	expect_number("count", result.pfs.count, 0);
	run_result_free(&result);
}

START_TEST(does_without_details)
{
	struct run_result result;
	char text[PHRASE_SIZE];

	ck_assert_int_eq(report_parse(HEAD "selector=10dg:1 verdict=malformed\n"
					   "selector=1:2 verdict=unmatched found=3:4\n"
					   "something=new\n",
				      &result),
			 0);
	ck_assert_uint_eq(result.problem_count, 2);
	phrase_problem(&result.problems[0], text);
	expect("advice", strstr(text, "see passthru-cmdline(7)") != NULL);
	expect_number("unmatched", result.problems[1].kind, PROBLEM_UNMATCHED);
	run_result_free(&result);
}

/* A phrase fits, and ends with what to do, however long its details are. */
START_TEST(phrases_fit)
{
	struct plan_entry entry = { .error = -EPROTONOSUPPORT };
	char text[PHRASE_SIZE];

	memset(entry.wanted, 'd', sizeof(entry.wanted) - 1);
	memset(entry.disk, 'n', sizeof(entry.disk) - 1);
	memset(entry.note, 'b', sizeof(entry.note) - 1);
	for (int reason = REASON_NONE; reason <= REASON_UNKNOWN; reason++) {
		entry.reason = (enum reason)reason;
		phrase_describe(&entry, "switch on the IOMMU", text);
		ck_assert_uint_lt(strlen(text), sizeof(text) - 1);
		expect(reason_word(entry.reason),
		       !reason_is_guard(entry.reason) ||
			       strstr(text,
				      "\"!\" after its ID or address overrides this"));
	}
}

int main(void)
{
	TCase *tcase = tcase_create("reader");

	add_rows(tcase, knows_its_devices, known);
	add_rows(tcase, knows_what_is_deferred, deferrals);
	add_rows(tcase, knows_how_long_it_took, durations);
	add_rows(tcase, knows_its_format, headers);
	add_rows(tcase, reads_a_device, devices);
	add_rows(tcase, keeps_the_words_about_the_request, requests);
	add_rows(tcase, writes_what_it_has_read, records);
	tcase_add_test(tcase, ignores_other_pfs);
	tcase_add_test(tcase, does_without_details);
	tcase_add_test(tcase, phrases_fit);
	return unit_run(tcase);
}
