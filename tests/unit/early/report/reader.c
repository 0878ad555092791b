/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/phrase.h"
#include "report/reader.h"
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

static const struct {
	const char *report;
	bool has;
} known[] = {
	{ "", false },
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

	ck_assert_int_eq(report_has_device(known[_i].report, &address), known[_i].has);
}

#define DEFERRED "verdict=deferred driver=nvme was=nvme reason=root-unknown\n"

static const struct {
	const char *text;
	const char *address; /* NULL for any */
	bool defers;
} deferrals[] = {
	{ "", NULL, false },
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
	{ CARD_IS "verdict=deferred ", "06:00.0", true },
};

START_TEST(knows_what_is_deferred)
{
	const char *text = deferrals[_i].text;
	struct pci_address address = { 0 };

	if (deferrals[_i].address)
		address = address_of(deferrals[_i].address);
	expect_number(text, report_defers(text, deferrals[_i].address ? &address : NULL),
		      deferrals[_i].defers);
}

static const struct {
	const char *text;
	uint64_t us;
} durations[] = {
	{ "", 0 },
	{ HEAD, 0 },
	{ HEAD EARLY, 12345 },
	{ HEAD DEVICE, 0 },
	{ HEAD DEVICE EARLY, 12345 },
	{ HEAD "phase=early total_us=x kernel_us=1\n", 0 },
	{ HEAD "phase=early total_us=7", 7 },
	{ HEAD "phase=late total_us=9 kernel_us=1\n" EARLY, 12345 },
};

START_TEST(knows_how_long_it_took)
{
	expect_number(durations[_i].text, report_early_us(durations[_i].text),
		      durations[_i].us);
}

static const struct {
	const char *text;
	bool valid, dryrun;
} headers[] = {
	{ HEAD, true, false },
	{ "format=1 version=9 dryrun=yes\n", true, true },
	{ "format=1", true, false },
	{ "format=2 version=9 dryrun=no\n", false, false },
	{ "format=10\n", false, false },
	{ NEW_CARD, false, false },
	{ "", false, false },
};

START_TEST(knows_its_format)
{
	const char *text = headers[_i].text;
	bool dryrun = false;

	expect_number(text, report_read_header(text, &dryrun), headers[_i].valid);
	expect_number(text, dryrun, headers[_i].dryrun);
}

/* Records of 06:00.0, and what is read from them. */
static const struct {
	const char *record;
	struct plan_entry entry;
	bool has_reason;
} devices[] = {
	{ "verdict=claimed driver=vfio-pci was=nouveau display=kernel",
	  { .verdict = VERDICT_CLAIMED,
	    .driver = "vfio-pci",
	    .was = "nouveau",
	    .now = "vfio-pci" },
	  false },
	{ "verdict=kept driver=nvme was=nvme reason=in-use block=nvme0n1 for=/a%20b",
	  { .verdict = VERDICT_KEPT,
	    .reason = REASON_IN_USE,
	    .disk = "nvme0n1",
	    .backs = "/a b",
	    .was = "nvme",
	    .now = "nvme" },
	  true },
	{ "verdict=failed driver=none was=nouveau reason=timeout step=unbind error=16 undone=yes",
	  { .verdict = VERDICT_FAILED,
	    .reason = REASON_TIMEOUT,
	    .step = STEP_UNBIND,
	    .error = -16,
	    .undone = true,
	    .was = "nouveau" },
	  true },
	{ "verdict=lost driver=none was=none reason=of-tomorrow step=jump error=x undone=maybe",
	  { 0 },
	  false },
	{ "", { 0 }, false },
};

START_TEST(reads_a_device)
{
	const struct plan_entry *want = &devices[_i].entry;
	const char *name = devices[_i].record;
	struct pci_address address = address_of("06:00.0");
	struct report_device device;
	char text[512];

	snprintf(text, sizeof(text), HEAD OLD_DISK CARD_IS "%s\n", name);
	ck_assert(report_find_device(text, &address, &device));
	expect_text(name, device.name, "0000:06:00.0");
	expect_text(name, device.id, "10de:13c2");
	expect_number(name, device.has_reason, devices[_i].has_reason);
	expect_number(name, device.entry.verdict, want->verdict);
	expect_number(name, device.entry.reason, want->reason);
	expect_number(name, device.entry.step, want->step);
	expect_number(name, device.entry.error, want->error);
	expect_number(name, device.entry.undone, want->undone);
	expect_text(name, device.entry.driver, want->driver);
	expect_text(name, device.entry.disk, want->disk);
	expect_text(name, device.entry.backs, want->backs);
	expect_text(name, device.entry.was, want->was);
	expect_text(name, device.entry.now, want->now);
}

/* A phrase fits, and ends with what to do, however long its details are. */
START_TEST(phrases_fit)
{
	struct plan_entry entry = { .error = -EPROTONOSUPPORT };
	char text[PHRASE_SIZE];

	memset(entry.driver, 'd', sizeof(entry.driver) - 1);
	memset(entry.disk, 'n', sizeof(entry.disk) - 1);
	memset(entry.backs, 'b', sizeof(entry.backs) - 1);
	for (int reason = REASON_NONE; reason <= REASON_INTERNAL; reason++) {
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
	tcase_add_test(tcase, phrases_fit);
	return unit_run(tcase);
}
