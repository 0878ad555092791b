/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "claim/internal.h"
#include "fake.h"
#include "unit.h"

/* The settings of a command line, on the made-up bus. */
struct attempt {
	struct pci_device devices[FAKE_DEVICES];
	struct plan_entry entries[FAKE_DEVICES];
	struct plan plan;
	struct params params;
	struct settings settings;
};

static struct claims *current;

static void expire(void)
{
	(void)claims_expire(current, REASON_TIMEOUT);
}

static void begin(const char *cmdline, const char *devices, const char *drivers,
		  const struct fake_rule *rules, struct attempt *attempt)
{
	struct plan *plan = &attempt->plan;

	fake_make(devices, drivers);
	fake->expire = expire;
	memcpy(fake->rules, rules, sizeof(fake->rules));
	*attempt = (struct attempt){ 0 };
	plan->entries = attempt->entries;
	for (unsigned i = 0; i < fake->device_count; i++) {
		const struct fake_device *from = &fake->devices[i];
		struct plan_entry *entry = &plan->entries[plan->count++];

		attempt->devices[i].address = from->address;
		entry->device = &attempt->devices[i];
		entry->verdict = VERDICT_PENDING;
		strcpy(entry->wanted, from->want);
		strcpy(entry->was, from->driver);
		strcpy(entry->now, from->driver);
	}
	plan->total = plan->count;
	ck_assert_int_eq(params_parse(cmdline, &attempt->params), 0);
	ck_assert_uint_eq(attempt->params.problem_count, 0);
	ck_assert_int_eq(settings_plan(&attempt->params, plan, &attempt->settings), 0);
}

static void end(struct attempt *attempt)
{
	params_free(&attempt->params);
	free(attempt->settings.items);
	fake_drop();
}

static void do_rounds(const claim_round *rounds, unsigned count)
{
	for (unsigned round = 0; round < count; round++)
		for (unsigned i = 0; i < current->count; i++)
			rounds[round](current, &current->items[i]);
}

static void run(struct attempt *attempt)
{
	current = claims_new(&attempt->plan, &attempt->settings);
	ck_assert_ptr_nonnull(current);
	current->bus_fd = -1;
	current->root = "";
	do_rounds(claim_rounds, CLAIM_ROUNDS);
	expire();
	do_rounds(undo_rounds, UNDO_ROUNDS);
	claims_store(current, &attempt->plan, &attempt->settings);
	claims_free(current);
}

/* "VERDICT[ not undone] DRIVER" of the first device, then each setting. */
static void describe(const struct attempt *attempt, char *text, size_t size)
{
	const struct plan_entry *entry = &attempt->entries[0];
	size_t at = (size_t)snprintf(
		text, size, "%s%s %s", verdict_word(entry->verdict, false),
		entry->verdict != VERDICT_CLAIMED && !entry->undone ? " not undone" : "",
		fake->devices[0].driver[0] ? fake->devices[0].driver : "none");

	for (size_t i = 0; i < attempt->settings.count; i++) {
		const struct setting_result *result = &attempt->settings.items[i];

		at += (size_t)snprintf(text + at, size - at, "; %s %s: %s, %s, %s",
				       setting_name(result->kind), result->wanted,
				       result->was, result->got,
				       setting_verdict_word(result->verdict, false));
		if (!result->error)
			continue;
		at += (size_t)snprintf(text + at, size - at, " %s",
				       strerrorname_np(-result->error));
		expect("phrase", setting_phrase(result)[0]);
	}
}

/* A card of 256M at first, whose BAR 0 can have 256M to 8G, and BAR 2 2M to 8M. */
#define GPU                                                                     \
	"06:00.0 want=vfio-pci usual=amdgpu bar0=8:3f00 bar2=1:e reset=pm+bus " \
	"d3cold=1 power=on"
#define HELD	     GPU " driver=amdgpu"
#define REFUSED	     HELD " refuses=vfio-pci:EINVAL"
#define SET	     "06:00.0/driver_override=vfio-pci; "
#define LOAD	     "load vfio-pci; "
#define UNBIND	     "06:00.0/driver/unbind=06:00.0; "
#define PROBE	     "drivers_probe=06:00.0; "
#define BIND	     "drivers/vfio-pci/bind=06:00.0; "
#define CLEAR	     "06:00.0/driver_override=\\n; "
#define BAR0(bits)   "06:00.0/resource0_resize=" bits "; "
#define BAR2(bits)   "06:00.0/resource2_resize=" bits "; "
#define RESET(value) "06:00.0/reset_method=" value "; "
#define D3COLD(bit)  "06:00.0/d3cold_allowed=" bit "; "
#define POWER(value) "06:00.0/power/control=" value "; "

static const struct {
	const char *name, *cmdline, *devices, *drivers;
	struct fake_rule rules[FAKE_RULES];
	const char *trace, *end;
} rows[] = {
	/* The driver binds the device once it is loaded: what is set comes before that.
	 */
	{ "free, module",
	  "passthru.bar0=8G passthru.reset=bus passthru.d3cold=off passthru.power=on",
	  GPU,
	  "+vfio-pci",
	  { { 0 } },
	  SET BAR0("13") RESET("bus") D3COLD("0") LOAD POWER("on"),
	  "claimed vfio-pci; bar0 8G: 256M, 8G, done; reset bus: pm+bus, bus, done; "
	  "d3cold off: on, off, done; power on: auto, on, done" },
	{ "held, built in",
	  "passthru.bar0=8G passthru.reset=bus passthru.d3cold=off passthru.power=on",
	  HELD,
	  "amdgpu vfio-pci",
	  { { 0 } },
	  SET UNBIND BAR0("13") RESET("bus") D3COLD("0") PROBE POWER("on"),
	  "claimed vfio-pci; bar0 8G: 256M, 8G, done; reset bus: pm+bus, bus, done; "
	  "d3cold off: on, off, done; power on: auto, on, done" },
	/* What is so already is not written. */
	{ "nothing to do",
	  "passthru.bar0=256M passthru.reset=pm+bus passthru.d3cold=on passthru.power=off",
	  GPU,
	  "+vfio-pci",
	  { { 0 } },
	  SET LOAD,
	  "claimed vfio-pci; bar0 256M: 256M, 256M, done; "
	  "reset pm+bus: pm+bus, pm+bus, done; d3cold on: on, on, done; "
	  "power auto: auto, auto, done" },
	{ "no setting for this one",
	  "passthru.bar0=8G@07:00.0",
	  GPU,
	  "+vfio-pci",
	  { { 0 } },
	  SET LOAD,
	  "claimed vfio-pci" },
	{ "the last one wins",
	  "passthru.bar0=8G,1G@06:00.0 passthru.bar0=512M@07:00.0",
	  GPU,
	  "+vfio-pci",
	  { { 0 } },
	  SET BAR0("10") LOAD,
	  "claimed vfio-pci; bar0 1G: 256M, 1G, done" },
	/* The vfio driver came in between: the BAR can be resized only without it. */
	{ "ours has it already",
	  "passthru.bar0=8G",
	  GPU,
	  "+vfio-pci",
	  { { .match = "driver_override=vfio", .what = "late expire" } },
	  SET CLEAR PROBE CLEAR PROBE,
	  "failed none; bar0 8G: , , pending" },
	{ "it is bound as soon as it is overridden",
	  "passthru.bar0=8G passthru.power=on",
	  HELD,
	  "amdgpu +vfio-pci",
	  { { .match = "load", .what = "register vfio-pci" } },
	  SET LOAD UNBIND BAR0("13") PROBE POWER("on"),
	  "claimed vfio-pci; bar0 8G: 256M, 8G, done; power on: auto, on, done" },

	/* min and max */
	{ "min",
	  "passthru.bar0=min passthru.bar2=min",
	  "06:00.0 want=vfio-pci bar0=12:3f00 bar2=1:e",
	  "+vfio-pci",
	  { { 0 } },
	  SET BAR0("8") LOAD,
	  "claimed vfio-pci; bar0 min: 4G, 256M, done; bar2 min: 2M, 2M, done" },
	{ "max",
	  "passthru.bar0=max",
	  GPU,
	  "+vfio-pci",
	  { { 0 } },
	  SET BAR0("13") LOAD,
	  "claimed vfio-pci; bar0 max: 256M, 8G, done" },
	{ "max for which there is room",
	  "passthru.bar0=max",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize=13", .what = "ENOSPC" },
	    { .match = "resize=12", .what = "ENOSPC" } },
	  SET
	  "06:00.0/resource0_resize=13 ENOSPC; 06:00.0/resource0_resize=12 ENOSPC; " BAR0(
		  "11") LOAD,
	  "claimed vfio-pci; bar0 max: 256M, 2G, done" },
	{ "no room for more",
	  "passthru.bar0=max",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize", .what = "ENOSPC" } },
	  SET "06:00.0/resource0_resize=13 ENOSPC; 06:00.0/resource0_resize=12 ENOSPC; "
	      "06:00.0/resource0_resize=11 ENOSPC; 06:00.0/resource0_resize=10 ENOSPC; "
	      "06:00.0/resource0_resize=9 ENOSPC; " LOAD,
	  "claimed vfio-pci; bar0 max: 256M, 256M, done" },

	/* what is refused: the claim goes on */
	{ "not offered, and so not tried",
	  "passthru.bar0=16G passthru.bar2=1M",
	  GPU,
	  "+vfio-pci",
	  { { 0 } },
	  SET LOAD,
	  "claimed vfio-pci; bar0 16G: 256M, 256M, refused EINVAL; "
	  "bar2 1M: 2M, 2M, refused EINVAL" },
	{ "no such files",
	  "passthru.bar1=256M passthru.reset=flr passthru.d3cold=off passthru.power=on",
	  "06:00.0 want=vfio-pci bar0=8:3f00",
	  "+vfio-pci",
	  { { 0 } },
	  SET LOAD,
	  "claimed vfio-pci; bar1 256M: , , refused ENOENT; reset flr: , , refused ENOENT; "
	  "d3cold off: , , refused ENOENT; power on: , , refused ENOENT" },
	{ "a method that it lacks",
	  "passthru.reset=bus+flr",
	  GPU,
	  "+vfio-pci",
	  { { 0 } },
	  SET RESET("bus flr") LOAD,
	  "claimed vfio-pci; reset bus+flr: pm+bus, pm+bus, refused EINVAL" },
	{ "by errno: virtual functions",
	  "passthru.bar0=1G",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize", .what = "EBUSY" } },
	  SET "06:00.0/resource0_resize=10 EBUSY; " LOAD,
	  "claimed vfio-pci; bar0 1G: 256M, 256M, refused EBUSY" },
	{ "by errno: no room",
	  "passthru.bar0=1G",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize", .what = "ENOSPC" } },
	  SET "06:00.0/resource0_resize=10 ENOSPC; " LOAD,
	  "claimed vfio-pci; bar0 1G: 256M, 256M, refused ENOSPC" },
	{ "by errno: no room, as Linux 6.1 says it",
	  "passthru.bar0=1G",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize", .what = "ENOENT" } },
	  SET "06:00.0/resource0_resize=10 ENOENT; " LOAD,
	  "claimed vfio-pci; bar0 1G: 256M, 256M, refused ENOSPC" },
	{ "max for which there is room, on Linux 6.1",
	  "passthru.bar0=max",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize=13", .what = "ENOENT" } },
	  SET "06:00.0/resource0_resize=13 ENOENT; " BAR0("12") LOAD,
	  "claimed vfio-pci; bar0 max: 256M, 4G, done" },
	{ "by errno: the firmware's assignment",
	  "passthru.bar0=1G",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize", .what = "EOPNOTSUPP" } },
	  SET "06:00.0/resource0_resize=10 EOPNOTSUPP; " LOAD,
	  "claimed vfio-pci; bar0 1G: 256M, 256M, refused EOPNOTSUPP" },
	{ "written, but nothing came of it",
	  "passthru.d3cold=off passthru.power=on",
	  GPU,
	  "+vfio-pci",
	  { { .match = "06:00.0/d3cold", .what = "short" },
	    { .match = "06:00.0/power", .what = "short" } },
	  SET D3COLD("0") LOAD POWER("on"),
	  "claimed vfio-pci; d3cold off: on, on, refused EIO; "
	  "power on: auto, auto, refused EIO" },

	/* BARs that get lost */
	{ "gone, and put back",
	  "passthru.bar0=8G",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize=13", .what = "lose ENOSPC" } },
	  SET "06:00.0/resource0_resize=13 ENOSPC; " BAR0("8") LOAD,
	  "claimed vfio-pci; bar0 8G: 256M, 256M, refused ENOSPC" },
	{ "smaller, and put back",
	  "passthru.bar2=8M",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize=3", .what = "shrink ENOSPC" } },
	  SET "06:00.0/resource2_resize=3 ENOSPC; " BAR2("1") LOAD,
	  "claimed vfio-pci; bar2 8M: 2M, 2M, refused ENOSPC" },
	{ "max, gone, put back, and the next one",
	  "passthru.bar0=max",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize=13", .what = "lose ENOSPC" } },
	  SET "06:00.0/resource0_resize=13 ENOSPC; " BAR0("8") BAR0("12") LOAD,
	  "claimed vfio-pci; bar0 max: 256M, 4G, done" },
	{ "gone for good, but ours takes it",
	  "passthru.bar0=8G",
	  GPU,
	  "+vfio-pci",
	  { { .match = "resize", .what = "lose ENOSPC" } },
	  SET
	  "06:00.0/resource0_resize=13 ENOSPC; 06:00.0/resource0_resize=8 ENOSPC; " LOAD,
	  "claimed vfio-pci; bar0 8G: 256M, , lost ENOSPC" },
	/* Its usual driver would not survive that. */
	{ "gone for good, and ours does not take it",
	  "passthru.bar0=8G",
	  REFUSED,
	  "amdgpu vfio-pci",
	  { { .match = "resize", .what = "lose ENOSPC" } },
	  SET UNBIND
	  "06:00.0/resource0_resize=13 ENOSPC; 06:00.0/resource0_resize=8 ENOSPC; " PROBE
		  BIND CLEAR "06:00.0/resource0_resize=8 ENOSPC; " SET,
	  "failed not undone none; bar0 8G: 256M, , lost ENOSPC" },
	{ "gone, and back at the rollback",
	  "passthru.bar0=8G",
	  REFUSED,
	  "amdgpu vfio-pci",
	  { { .match = "resize", .what = "lose ENOSPC", .times = 2 } },
	  SET UNBIND
	  "06:00.0/resource0_resize=13 ENOSPC; 06:00.0/resource0_resize=8 ENOSPC; " PROBE
		  BIND CLEAR BAR0("8") PROBE,
	  "failed amdgpu; bar0 8G: 256M, 256M, restored" },

	/* the rollback: all as before, before the usual driver is asked */
	{ "the claim fails",
	  "passthru.bar0=8G passthru.reset=bus passthru.d3cold=off passthru.power=on",
	  REFUSED,
	  "amdgpu vfio-pci",
	  { { 0 } },
	  SET UNBIND BAR0("13") RESET("bus") D3COLD("0") PROBE BIND CLEAR BAR0("8")
		  RESET("pm bus") D3COLD("1") PROBE,
	  "failed amdgpu; bar0 8G: 256M, 256M, restored; "
	  "reset bus: pm+bus, pm+bus, restored; d3cold off: on, on, restored; "
	  "power on: , , pending" },
	{ "no module",
	  "passthru.bar0=8G",
	  GPU,
	  "amdgpu",
	  { { 0 } },
	  SET BAR0("13") LOAD CLEAR BAR0("8") PROBE,
	  "failed amdgpu; bar0 8G: 256M, 256M, restored" },
	{ "no module, held: nothing was written",
	  "passthru.bar0=8G",
	  HELD,
	  "amdgpu",
	  { { 0 } },
	  SET LOAD CLEAR PROBE,
	  "failed amdgpu; bar0 8G: , , pending" },
	{ "the old size is refused, but a BAR is there",
	  "passthru.bar0=8G",
	  REFUSED,
	  "amdgpu vfio-pci",
	  { { .match = "resize=8", .what = "ENOSPC" } },
	  SET UNBIND BAR0("13") PROBE BIND CLEAR
	  "06:00.0/resource0_resize=8 ENOSPC; " PROBE,
	  "failed amdgpu; bar0 8G: 256M, 8G, done ENOSPC" },
	{ "time runs out while a BAR is resized",
	  "passthru.bar0=8G",
	  GPU,
	  "amdgpu +vfio-pci",
	  { { .match = "resize=13", .what = "expire" } },
	  SET BAR0("13") CLEAR BAR0("8") PROBE CLEAR PROBE,
	  "failed amdgpu; bar0 8G: 256M, 256M, restored" },
	{ "a card is restored as a whole",
	  "passthru.d3cold=off",
	  GPU "\n06:00.1 want=vfio-pci usual=snd d3cold=1 refuses=vfio-pci:EINVAL",
	  "amdgpu snd vfio-pci",
	  { { 0 } },
	  SET "06:00.1/driver_override=vfio-pci; " D3COLD(
		  "0") "06:00.1/d3cold_allowed=0; " PROBE "drivers_probe=06:00.1; "
		       "drivers/vfio-pci/bind=06:00.1; " CLEAR UNBIND D3COLD(
			       "1") "06:00.1/driver_override=\\n; 06:00.1/d3cold_allowed=1; " PROBE
				    "drivers_probe=06:00.1; ",
	  "failed amdgpu; d3cold off: on, on, restored; d3cold off: on, on, restored" },

	/* ours had it before: what the kernel still allows */
	{ "ours before",
	  "passthru.bar0=8G passthru.reset=bus passthru.power=on",
	  "06:00.0 want=vfio-pci driver=vfio-pci bar0=8:3f00 reset=pm+bus power=auto",
	  "vfio-pci",
	  { { 0 } },
	  BAR0("13") RESET("bus") POWER("on"),
	  "claimed vfio-pci; bar0 8G: 256M, 256M, refused EBUSY; "
	  "reset bus: pm+bus, bus, done; power on: auto, on, done" },
	{ "twice is once",
	  "passthru.bar0=8G passthru.reset=bus passthru.power=on",
	  "06:00.0 want=vfio-pci driver=vfio-pci bar0=13:3f00 reset=bus power=on",
	  "vfio-pci",
	  { { 0 } },
	  "",
	  "claimed vfio-pci; bar0 8G: 8G, 8G, done; reset bus: bus, bus, done; "
	  "power on: on, on, done" },

	/* vendor-reset */
	{ "a module for the reset",
	  "passthru.reset=device_specific",
	  GPU,
	  "+vfio-pci",
	  { { 0 } },
	  SET "load vendor_reset; " RESET("device_specific") LOAD,
	  "claimed vfio-pci; reset device_specific: pm+bus, pm+bus, refused EINVAL" },
};

START_TEST(sets)
{
	struct attempt attempt;
	char text[1024];

	begin(rows[_i].cmdline, rows[_i].devices, rows[_i].drivers, rows[_i].rules,
	      &attempt);
	run(&attempt);
	describe(&attempt, text, sizeof(text));
	expect_text(rows[_i].name, fake->trace, rows[_i].trace);
	expect_text(rows[_i].name, text, rows[_i].end);
	end(&attempt);
}

/*
 * One fault at each action: a BAR that is gone never meets the usual driver; and what is
 * not claimed and not lost has its old values.
 */
static const char *const faults[] = { "EIO",	    "EBUSY",	   "ENOSPC",
				      "EOPNOTSUPP", "ENODEV",	   "late EIO",
				      "short",	    "lose ENOSPC", "shrink EIO",
				      "expire",	    "late expire", "vanish 06:00.0" };

static bool has_old_values(const struct fake_device *device)
{
	return device->bars[0] == 8 + 1 && strcmp(device->reset, "pm+bus") == 0 &&
	       strcmp(device->d3cold, "1") == 0;
}

static void check(const char *name, const struct attempt *attempt)
{
	const struct fake_device *device = &fake->devices[0];
	bool is_claimed = attempt->entries[0].verdict == VERDICT_CLAIMED;

	expect(name, is_claimed == (strcmp(device->driver, "vfio-pci") == 0));
	if (device->is_gone)
		return;
	/* A claim that failed says so if a value could not be restored. */
	for (size_t i = 0; !is_claimed && i < attempt->settings.count; i++)
		if (attempt->settings.items[i].verdict == SETTING_DONE)
			return;
	if (!device->bars[0])
		expect(name, is_claimed || !device->driver[0]);
	else if (!is_claimed && !strstr(fake->trace, " E"))
		expect(name, has_old_values(device));
}

START_TEST(keeps_its_promises)
{
	static const char *const devices[] = { GPU, HELD, REFUSED };

	for (unsigned nth = 1; nth <= 12; nth++) {
		for (size_t i = 0; i < ARRAY_SIZE(devices) * ARRAY_SIZE(faults); i++) {
			const char *what = faults[i % ARRAY_SIZE(faults)];
			struct fake_rule rules[FAKE_RULES] = {
				{ .nth = nth, .what = what, .times = 1 }
			};
			struct attempt attempt;
			char name[64];

			/* Only the resizing takes BARs away. */
			if (strncmp(what, "s", 1) == 0 || strncmp(what, "lose", 4) == 0)
				rules[0].match = "resize";
			snprintf(name, sizeof(name), "%zu, %s at %u",
				 i / ARRAY_SIZE(faults), what, nth);
			begin("passthru.bar0=8G passthru.reset=bus passthru.d3cold=off "
			      "passthru.power=on",
			      devices[i / ARRAY_SIZE(faults)], "amdgpu vfio-pci", rules,
			      &attempt);
			run(&attempt);
			check(name, &attempt);
			end(&attempt);
		}
	}
}

/* What release does, from what the report says. */
START_TEST(restores_on_release)
{
	static const struct fake_rule none[FAKE_RULES];
	struct pci_device device = { .address = address_of("06:00.0"),
				     .driver = "vfio-pci" };
	struct pci_device *devices[] = { &device };
	struct setting_result items[] = {
		{ &device, SETTING_BAR0, SETTING_DONE, 0, false, true, "8G", "256M",
		  "8G" },
		{ &device, SETTING_RESET, SETTING_REFUSED, -EINVAL, false, false, "flr",
		  "bus", "bus" },
		{ &device, SETTING_D3COLD, SETTING_DONE, 0, false, true, "off", "on",
		  "off" },
		{ &device, SETTING_POWER, SETTING_DONE, 0, false, true, "on", "auto",
		  "on" },
	};
	struct settings settings = { items, ARRAY_SIZE(items) };

	fake_make("06:00.0 usual=amdgpu driver=vfio-pci override=vfio-pci bar0=13:3f00 "
		  "reset=bus d3cold=0 power=on",
		  "amdgpu vfio-pci");
	memcpy(fake->rules, none, sizeof(none));
	current = claims_new_release(devices, 1, &settings);
	current->bus_fd = -1;
	do_rounds(undo_rounds, UNDO_ROUNDS);
	expect_text("trace", fake->trace, CLEAR UNBIND BAR0("8") D3COLD("1") PROBE);
	expect_number("bar", current->settings.items[0].verdict, SETTING_RESTORED);
	expect("undone", current->items[0].entry.undone);
	expect_text("driver", fake->devices[0].driver, "amdgpu");
	claims_free(current);
	fake_drop();
}

int main(void)
{
	TCase *tcase = tcase_create("settings");

	add_rows(tcase, sets, rows);
	tcase_add_test(tcase, keeps_its_promises);
	tcase_add_test(tcase, restores_on_release);
	return unit_run(tcase);
}
