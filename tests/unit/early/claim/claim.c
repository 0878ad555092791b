/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "claim/internal.h"
#include "fake.h"
#include "seams.h"
#include "unit.h"

/* The plan for the made-up bus: every device that is wanted is to be claimed. */
struct attempt {
	struct pci_list devices;
	struct plan plan;
	struct settings settings;
	bool load_iommu;
	bool is_guarded;
	bool may_be_foreign;
};

static struct claims *current;

static void make_plan(struct attempt *attempt)
{
	struct plan *plan = &attempt->plan;

	*attempt = (struct attempt){ 0 };
	attempt->devices.devices = calloc(FAKE_DEVICES, sizeof(struct pci_device));
	plan->entries = calloc(FAKE_DEVICES, sizeof(plan->entries[0]));
	for (unsigned i = 0; i < fake->device_count; i++) {
		const struct fake_device *from = &fake->devices[i];
		struct pci_device *device = &attempt->devices.devices[i];
		struct plan_entry *entry;

		device->address = from->address;
		if (!from->want[0])
			continue;
		entry = &plan->entries[plan->count++];
		entry->device = device;
		entry->verdict = VERDICT_PENDING;
		strcpy(entry->wanted, from->want);
		strcpy(entry->was, from->driver);
		strcpy(entry->now, from->driver);
	}
}

static void free_plan(struct attempt *attempt)
{
	plan_free(&attempt->plan);
	pci_list_free(&attempt->devices);
}

static void expire(void)
{
	(void)claims_expire(current, REASON_TIMEOUT);
}

static void do_rounds(const claim_round *rounds, unsigned count)
{
	for (unsigned round = 0; round < count; round++)
		for (unsigned i = 0; i < current->count; i++)
			rounds[round](current, &current->items[i]);
}

static void begin(struct attempt *attempt)
{
	current = claims_new(&attempt->plan, &attempt->settings);
	ck_assert_ptr_nonnull(current);
	current->bus_fd = -1;
	current->root = "";
	current->load_iommu = attempt->load_iommu;
	current->guards = attempt->is_guarded;
	current->may_be_foreign = attempt->may_be_foreign;
	fake->expire = expire;
}

static void end(struct attempt *attempt)
{
	claims_store(current, &attempt->plan, &attempt->settings);
	claims_free(current);
	current = NULL;
}

/* As claims_run() does it, but in one process. */
static void run(struct attempt *attempt)
{
	begin(attempt);
	do_rounds(claim_rounds, CLAIM_ROUNDS);
	expire();
	do_rounds(undo_rounds, UNDO_ROUNDS);
	end(attempt);
}

/* In processes of their own, with 1.2 s for the claims and 0.3 s for the rollback. */
static void run_workers(struct attempt *attempt)
{
	uint64_t start = clock_ms();

	begin(attempt);
	claims_run(current, start, 1500);
	ck_assert_uint_le(clock_ms() - start, 1800);
	end(attempt);
}

static const char *short_name(const struct pci_address *address)
{
	static char name[ADDRESS_SIZE];

	address_format(address, name);
	return name + (strncmp(name, "0000:", 5) == 0 ? 5 : 0);
}

static size_t describe_entry(const struct plan_entry *entry, char *text, size_t size)
{
	size_t at =
		(size_t)snprintf(text, size, "%s", verdict_word(entry->verdict, false));

	if (entry->verdict == VERDICT_CLAIMED)
		return at;
	at += (size_t)snprintf(text + at, size - at, " %s at %s",
			       reason_word(entry->reason), step_word(entry->step));
	if (entry->error)
		at += (size_t)snprintf(text + at, size - at, " %s",
				       strerrorname_np(-entry->error));
	if (!entry->undone)
		at += (size_t)snprintf(text + at, size - at, " not undone");
	return at;
}

/*
 * The end in words: "ADDRESS VERDICT[ REASON at STEP[ ERRNO]][, DRIVER][, override D]; ",
 * with the driver that really is there, and "said D" where the plan names another.
 */
static void describe(const struct attempt *attempt, char *text, size_t size)
{
	size_t next = 0, at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < fake->device_count; i++) {
		const struct fake_device *device = &fake->devices[i];
		const struct plan_entry *entry = NULL;

		at += (size_t)snprintf(text + at, size - at, "%s",
				       short_name(&device->address));
		if (device->want[0]) {
			entry = &attempt->plan.entries[next++];
			at += (size_t)snprintf(text + at, size - at, " ");
			at += describe_entry(entry, text + at, size - at);
		}
		if (device->is_gone) {
			at += (size_t)snprintf(text + at, size - at, "; ");
			continue;
		}
		if (device->driver[0])
			at += (size_t)snprintf(text + at, size - at, ", %s",
					       device->driver);
		if (entry && strcmp(entry->now, device->driver) != 0)
			at += (size_t)snprintf(text + at, size - at, ", said %s",
					       entry->now);
		if (device->override[0])
			at += (size_t)snprintf(text + at, size - at, ", override %s",
					       device->override);
		if (device->was_misled)
			at += (size_t)snprintf(text + at, size - at, ", misled");
		at += (size_t)snprintf(text + at, size - at, "; ");
	}
	if (at)
		text[at - 2] = '\0';
}

#define ONE	 "06:00.0 want=vfio-pci usual=nouveau\n"
#define ONE_HELD "06:00.0 want=vfio-pci usual=nouveau driver=nouveau\n"
#define TWO                                     \
	"06:00.0 want=vfio-pci usual=nouveau\n" \
	"08:00.0 want=vfio-pci usual=snd_hda_intel\n"
#define TWO_HELD                                               \
	"06:00.0 want=vfio-pci usual=nouveau driver=nouveau\n" \
	"08:00.0 want=vfio-pci usual=snd_hda_intel driver=snd_hda_intel\n"
#define OTHER "07:00.0 usual=nouveau\n"
#define ONE_REFUSED \
	"06:00.0 want=vfio-pci usual=nouveau driver=nouveau refuses=vfio-pci:EINVAL\n"
#define HOST "nouveau snd_hda_intel "

#define SET_0	 "06:00.0/driver_override=vfio-pci; "
#define SET_1	 "08:00.0/driver_override=vfio-pci; "
#define LOAD	 "load vfio-pci; "
#define UNBIND_0 "06:00.0/driver/unbind=06:00.0; "
#define UNBIND_1 "08:00.0/driver/unbind=08:00.0; "
#define PROBE_0	 "drivers_probe=06:00.0; "
#define PROBE_1	 "drivers_probe=08:00.0; "
#define BIND_0	 "drivers/vfio-pci/bind=06:00.0; "
#define BIND_1	 "drivers/vfio-pci/bind=08:00.0; "
#define CLEAR_0	 "06:00.0/driver_override=\\n; "
#define CLEAR_1	 "08:00.0/driver_override=\\n; "

#define CLAIMED_0 "06:00.0 claimed, vfio-pci, override vfio-pci"
#define CLAIMED_1 "08:00.0 claimed, vfio-pci, override vfio-pci"

static const struct scenario {
	const char *name;
	const char *devices;
	const char *drivers;
	struct fake_rule rules[FAKE_RULES];
	const char *trace;
	const char *end;
} scenarios[] = {
	{ "nothing", "", "+vfio-pci", { { 0 } }, "", "" },
	/* The driver takes what is overridden when it comes: nothing else is written. */
	{ "free, module", ONE, HOST "+vfio-pci", { { 0 } }, SET_0 LOAD, CLAIMED_0 },
	{ "free, built in", ONE, HOST "vfio-pci", { { 0 } }, SET_0 PROBE_0, CLAIMED_0 },
	{ "held, module",
	  ONE_HELD,
	  HOST "+vfio-pci",
	  { { 0 } },
	  SET_0 LOAD UNBIND_0 PROBE_0,
	  CLAIMED_0 },
	/* clayfreeman/gpu-passthrough#3, 64kramsystem/vga-passthrough#34 */
	{ "held, built in",
	  ONE_HELD,
	  HOST "vfio-pci",
	  { { 0 } },
	  SET_0 UNBIND_0 PROBE_0,
	  CLAIMED_0 },
	/* ublue-os/bazzite#2076: all overrides stand before any module is loaded */
	{ "two, module",
	  TWO,
	  HOST "+vfio-pci",
	  { { 0 } },
	  SET_0 SET_1 LOAD,
	  CLAIMED_0 "; " CLAIMED_1 },
	{ "two, held",
	  TWO_HELD,
	  HOST "+vfio-pci",
	  { { 0 } },
	  SET_0 SET_1 LOAD UNBIND_0 PROBE_0 UNBIND_1 PROBE_1,
	  CLAIMED_0 "; " CLAIMED_1 },
	{ "two, one held",
	  "06:00.0 want=vfio-pci\n08:00.0 want=vfio-pci driver=snd_hda_intel",
	  HOST "+vfio-pci",
	  { { 0 } },
	  SET_0 SET_1 LOAD UNBIND_1 PROBE_1,
	  CLAIMED_0 "; " CLAIMED_1 },
	{ "a twin stays with the host",
	  ONE_HELD OTHER,
	  "nouveau +vfio-pci",
	  { { 0 } },
	  SET_0 LOAD UNBIND_0 PROBE_0,
	  CLAIMED_0 "; 07:00.0" },
	/* A device that our driver has is not written to. */
	{ "already ours",
	  "06:00.0 want=vfio-pci driver=vfio-pci override=vfio-pci",
	  "vfio-pci",
	  { { 0 } },
	  "",
	  CLAIMED_0 },
	{ "already ours by its IDs",
	  "06:00.0 want=vfio-pci usual=vfio-pci driver=vfio-pci",
	  "vfio-pci",
	  { { 0 } },
	  "",
	  "06:00.0 claimed, vfio-pci" },
	{ "one already ours",
	  "06:00.0 want=vfio-pci driver=vfio-pci override=vfio-pci\n08:00.0 "
	  "want=vfio-pci",
	  "vfio-pci",
	  { { 0 } },
	  SET_1 PROBE_1,
	  CLAIMED_0 "; " CLAIMED_1 },
	/* Two drivers. */
	{ "two drivers",
	  "06:00.0 want=vfio-pci\n08:00.0 want=xe-vfio-pci",
	  "+vfio-pci +xe-vfio-pci",
	  { { 0 } },
	  SET_0 "08:00.0/driver_override=xe-vfio-pci; " LOAD "load xe-vfio-pci; ",
	  CLAIMED_0 "; 08:00.0 claimed, xe-vfio-pci, override xe-vfio-pci" },
	{ "one of two drivers is not there",
	  "06:00.0 want=xe-vfio-pci\n08:00.0 want=vfio-pci",
	  "+vfio-pci",
	  { { 0 } },
	  "06:00.0/driver_override=xe-vfio-pci; " SET_1
	  "load xe-vfio-pci; " CLEAR_0 PROBE_0 LOAD,
	  "06:00.0 failed no-driver at load ENOENT; " CLAIMED_1 },
	/* A module's name is not always its driver's. */
	{ "another spelling",
	  "06:00.0 want=hisi_acc_vfio_pci usual=hisi driver=hisi\n"
	  "08:00.0 want=hisi_acc_vfio_pci",
	  "hisi +hisi_acc_vfio_pci:hisi-acc-vfio-pci",
	  { { 0 } },
	  "06:00.0/driver_override=hisi_acc_vfio_pci; "
	  "08:00.0/driver_override=hisi_acc_vfio_pci; load hisi_acc_vfio_pci; "
	  "06:00.0/driver_override=hisi-acc-vfio-pci; "
	  "08:00.0/driver_override=hisi-acc-vfio-pci; " UNBIND_0 PROBE_0 PROBE_1,
	  "06:00.0 claimed, hisi-acc-vfio-pci, override hisi-acc-vfio-pci; "
	  "08:00.0 claimed, hisi-acc-vfio-pci, override hisi-acc-vfio-pci" },
	{ "another spelling, already ours",
	  "06:00.0 want=vfio_pci driver=vfio-pci",
	  "vfio-pci",
	  { { 0 } },
	  "",
	  "06:00.0 claimed, vfio-pci" },
	{ "another spelling, built in",
	  "06:00.0 want=vfio_pci",
	  "vfio-pci",
	  { { 0 } },
	  "06:00.0/driver_override=vfio_pci; " SET_0 PROBE_0,
	  CLAIMED_0 },
	{ "another spelling, the second write fails",
	  "06:00.0 want=vfio_pci usual=nouveau",
	  "nouveau vfio-pci",
	  { { .nth = 2, .what = "EIO" } },
	  "06:00.0/driver_override=vfio_pci; 06:00.0/driver_override=vfio-pci "
	  "EIO; " CLEAR_0 PROBE_0,
	  "06:00.0 failed override at override EIO, nouveau" },

	/* the override */
	{ "override refused",
	  TWO_HELD,
	  HOST "+vfio-pci",
	  { { .match = "06:00.0/driver_override=vfio", .what = "EACCES" } },
	  "06:00.0/driver_override=vfio-pci EACCES; " CLEAR_0 PROBE_0 SET_1 LOAD UNBIND_1
		  PROBE_1,
	  "06:00.0 failed override at override EACCES, nouveau; " CLAIMED_1 },
	{ "override refused after it took effect",
	  ONE,
	  HOST "+vfio-pci",
	  { { .nth = 1, .what = "late EIO" } },
	  SET_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed override at override EIO, nouveau" },
	{ "all overrides refused",
	  TWO,
	  HOST "+vfio-pci",
	  { { .match = "driver_override", .what = "EIO" } },
	  "06:00.0/driver_override=vfio-pci EIO; 06:00.0/driver_override=\\n EIO; "
	  "06:00.0/driver_override=\\n EIO; " PROBE_0
	  "08:00.0/driver_override=vfio-pci EIO; 08:00.0/driver_override=\\n EIO; "
	  "08:00.0/driver_override=\\n EIO; " PROBE_1,
	  "06:00.0 failed override at override EIO not undone, nouveau; "
	  "08:00.0 failed override at override EIO not undone, snd_hda_intel" },

	/* the driver */
	{ "no module",
	  TWO_HELD,
	  HOST,
	  { { 0 } },
	  SET_0 SET_1 LOAD CLEAR_0 PROBE_0 CLEAR_1 PROBE_1,
	  "06:00.0 failed no-driver at load ENOENT, nouveau; "
	  "08:00.0 failed no-driver at load ENOENT, snd_hda_intel" },
	{ "no module, free",
	  ONE,
	  HOST,
	  { { 0 } },
	  SET_0 LOAD CLEAR_0 PROBE_0,
	  "06:00.0 failed no-driver at load ENOENT, nouveau" },
	{ "module is refused",
	  ONE_HELD,
	  HOST "+vfio-pci",
	  { { .match = "load", .what = "EPERM" } },
	  SET_0 "load vfio-pci EPERM; " CLEAR_0 PROBE_0,
	  "06:00.0 failed no-driver at load EPERM, nouveau" },
	{ "module without the driver",
	  ONE_HELD,
	  HOST "+vfio-pci:other",
	  { { 0 } },
	  SET_0 LOAD CLEAR_0 PROBE_0,
	  "06:00.0 failed no-driver at load ENOENT, nouveau" },
	{ "loaded, but nothing happened",
	  ONE,
	  HOST "+vfio-pci",
	  { { .match = "load", .what = "short" } },
	  SET_0 LOAD CLEAR_0 PROBE_0,
	  "06:00.0 failed no-driver at load ENOENT, nouveau" },

	/* the group: NVIDIA/kubevirt-gpu-device-plugin#66 */
	{ "no group",
	  "06:00.0 want=vfio-pci usual=nouveau nogroup",
	  HOST "+vfio-pci",
	  { { 0 } },
	  SET_0 LOAD PROBE_0 "drivers/vfio-pci/bind=06:00.0; " CLEAR_0 PROBE_0,
	  "06:00.0 refused no-iommu at probe EINVAL, nouveau" },
	{ "pci-stub needs none",
	  "06:00.0 want=pci-stub nogroup",
	  "pci-stub",
	  { { 0 } },
	  "06:00.0/driver_override=pci-stub; " PROBE_0,
	  "06:00.0 claimed, pci-stub, override pci-stub" },
	{ "the group is gone in between",
	  ONE_HELD,
	  HOST "vfio-pci",
	  { { .nth = 2, .match = "unbind", .what = "vanish 06:00.0" } },
	  SET_0 UNBIND_0 PROBE_0 BIND_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed gone at probe ENODEV" },

	/* the other driver: joeknock90/Single-GPU-Passthrough#6 */
	{ "it does not let go",
	  TWO_HELD,
	  HOST "+vfio-pci",
	  { { .match = "06:00.0/driver/unbind", .what = "EBUSY" } },
	  SET_0 SET_1 LOAD
	  "06:00.0/driver/unbind=06:00.0 EBUSY; "
	  "06:00.0/driver/unbind=06:00.0 EBUSY; " CLEAR_0 PROBE_0 UNBIND_1 PROBE_1,
	  "06:00.0 failed unbind at unbind EBUSY, nouveau; " CLAIMED_1 },
	{ "it is still being registered: no driver/unbind yet",
	  ONE_HELD,
	  HOST "vfio-pci",
	  { { .match = "unbind", .what = "registering", .times = 3 } },
	  SET_0 UNBIND_0 UNBIND_0 UNBIND_0 UNBIND_0 PROBE_0,
	  CLAIMED_0 },
	{ "ours is still being registered: it matches nothing yet, and has no bind",
	  ONE,
	  HOST "vfio-pci",
	  { { .match = "drivers_probe", .what = "short", .times = 1 },
	    { .match = "/bind", .what = "registering", .times = 3 } },
	  SET_0 PROBE_0 BIND_0 BIND_0 BIND_0 BIND_0,
	  CLAIMED_0 },
	{ "ours has no bind at all",
	  ONE,
	  HOST "vfio-pci",
	  { { .match = "drivers_probe", .what = "short", .times = 1 },
	    { .match = "/bind", .what = "ENOENT" } },
	  SET_0 PROBE_0 "drivers/vfio-pci/bind=06:00.0 ENOENT; "
			"drivers/vfio-pci/bind=06:00.0 ENOENT; " CLEAR_0 PROBE_0,
	  "06:00.0 failed probe at probe ENOENT, nouveau" },
	{ "it has no driver/unbind at all: suppress_bind_attrs",
	  ONE_HELD,
	  HOST "vfio-pci",
	  { { .match = "unbind", .what = "ENOENT" } },
	  SET_0
	  "06:00.0/driver/unbind=06:00.0 ENOENT; 06:00.0/driver/unbind=06:00.0 ENOENT; " CLEAR_0
		  PROBE_0,
	  "06:00.0 failed unbind at unbind ENOENT, nouveau" },
	{ "it says that it does",
	  ONE_HELD,
	  HOST "vfio-pci",
	  { { .match = "unbind", .what = "short" } },
	  SET_0 UNBIND_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed unbind at unbind, nouveau" },
	{ "it lets go and reports an error",
	  ONE_HELD,
	  HOST "vfio-pci",
	  { { .match = "unbind", .what = "late EIO" } },
	  SET_0 UNBIND_0 UNBIND_0 PROBE_0,
	  CLAIMED_0 },
	{ "it came in between",
	  ONE,
	  HOST "vfio-pci",
	  { { .nth = 1, .what = "register nouveau" } },
	  SET_0 UNBIND_0 PROBE_0,
	  CLAIMED_0 },
	{ "it comes too late",
	  ONE,
	  "+nouveau +vfio-pci",
	  { { .match = "load", .what = "register nouveau" } },
	  SET_0 LOAD,
	  CLAIMED_0 },

	/* our driver's probe: an error there is what drivers_probe keeps to itself */
	{ "probe refused",
	  ONE_REFUSED,
	  HOST "+vfio-pci",
	  { { 0 } },
	  SET_0 LOAD UNBIND_0 PROBE_0 BIND_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed probe at probe EINVAL, nouveau" },
	{ "probe refused, no usual driver",
	  "06:00.0 want=vfio-pci refuses=vfio-pci:EBUSY",
	  "vfio-pci",
	  { { 0 } },
	  SET_0 PROBE_0 BIND_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed probe at probe EBUSY" },
	{ "probe refused, the other goes on",
	  ONE_REFUSED "08:00.0 want=vfio-pci usual=snd_hda_intel driver=snd_hda_intel",
	  HOST "+vfio-pci",
	  { { 0 } },
	  SET_0 SET_1 LOAD UNBIND_0 PROBE_0 BIND_0 CLEAR_0 PROBE_0 UNBIND_1 PROBE_1,
	  "06:00.0 failed probe at probe EINVAL, nouveau; " CLAIMED_1 },
	{ "probe has no effect, bind does",
	  ONE,
	  "vfio-pci",
	  { { .match = "drivers_probe", .what = "short" } },
	  SET_0 PROBE_0 BIND_0,
	  CLAIMED_0 },
	{ "probe fails, bind does not",
	  ONE,
	  "vfio-pci",
	  { { .match = "drivers_probe", .what = "EIO" } },
	  SET_0 "drivers_probe=06:00.0 EIO; drivers_probe=06:00.0 EIO; " BIND_0,
	  CLAIMED_0 },
	{ "probe is late",
	  ONE,
	  "vfio-pci",
	  { { .match = "drivers_probe", .what = "late EIO" } },
	  SET_0 PROBE_0 PROBE_0,
	  CLAIMED_0 },
	{ "bind says that it is there",
	  ONE,
	  "nouveau vfio-pci",
	  { { .match = "drivers_probe", .what = "short", .times = 1 },
	    { .match = "bind", .what = "short" } },
	  SET_0 PROBE_0 BIND_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed probe at probe, nouveau" },

	/* the undoing */
	{ "clearing fails once",
	  ONE_REFUSED,
	  HOST "vfio-pci",
	  { { .match = "driver_override=\\n", .what = "ENOMEM", .times = 1 } },
	  SET_0 UNBIND_0 PROBE_0 BIND_0
	  "06:00.0/driver_override=\\n ENOMEM; " CLEAR_0 PROBE_0,
	  "06:00.0 failed probe at probe EINVAL, nouveau" },

	/* devices that go: at each step */
	{ "gone at the override",
	  ONE_HELD,
	  HOST "vfio-pci",
	  { { .nth = 1, .what = "vanish 06:00.0" } },
	  SET_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed gone at override ENOENT" },
	{ "gone at the load",
	  ONE_HELD,
	  HOST "+vfio-pci",
	  { { .match = "load", .what = "vanish 06:00.0" } },
	  SET_0 LOAD PROBE_0 BIND_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed gone at probe ENODEV" },
	{ "gone at the unbinding",
	  ONE_HELD,
	  HOST "vfio-pci",
	  { { .match = "unbind", .what = "vanish 06:00.0" } },
	  SET_0 UNBIND_0 PROBE_0 BIND_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed gone at probe ENODEV" },
	{ "gone at the probe",
	  TWO,
	  HOST "vfio-pci",
	  { { .match = "drivers_probe=06:00.0", .what = "vanish 06:00.0" } },
	  SET_0 SET_1 PROBE_0 BIND_0 CLEAR_0 PROBE_0 PROBE_1,
	  "06:00.0 failed gone at probe ENODEV; " CLAIMED_1 },

	/* time runs out while something is written, and it comes back late */
	{ "late at the override",
	  TWO_HELD,
	  HOST "+vfio-pci",
	  { { .nth = 1, .what = "expire" } },
	  SET_0 CLEAR_0 PROBE_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed timeout at override, nouveau; "
	  "08:00.0 failed timeout at none, snd_hda_intel" },
	{ "late at the load",
	  TWO,
	  HOST "+vfio-pci",
	  { { .match = "load", .what = "expire" } },
	  SET_0 SET_1 LOAD CLEAR_0 UNBIND_0 PROBE_0 CLEAR_0 CLEAR_1 UNBIND_1 PROBE_0
		  PROBE_1,
	  "06:00.0 failed timeout at load, nouveau; "
	  "08:00.0 failed timeout at override, snd_hda_intel" },
	{ "late at the unbinding",
	  ONE_HELD,
	  HOST "vfio-pci",
	  { { .match = "unbind", .what = "expire", .times = 1 } },
	  SET_0 UNBIND_0 PROBE_0 CLEAR_0 UNBIND_0 PROBE_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed timeout at probe, nouveau" },
	{ "late at the probe",
	  TWO,
	  HOST "vfio-pci",
	  { { .nth = 3, .what = "expire" } },
	  SET_0 SET_1 PROBE_0 CLEAR_0 UNBIND_0 PROBE_0 CLEAR_0 CLEAR_1 PROBE_0 PROBE_1,
	  "06:00.0 failed timeout at probe, nouveau; "
	  "08:00.0 failed timeout at load, snd_hda_intel" },
	{ "late for the second",
	  TWO,
	  HOST "vfio-pci",
	  { { .nth = 4, .what = "expire" } },
	  SET_0 SET_1 PROBE_0 PROBE_1 CLEAR_1 UNBIND_1 PROBE_1 CLEAR_1 PROBE_1,
	  CLAIMED_0 "; 08:00.0 failed timeout at probe, snd_hda_intel" },
	/* What was ours before stays ours. */
	{ "expired before its turn",
	  "06:00.0 want=vfio-pci\n08:00.0 want=vfio-pci driver=vfio-pci",
	  "vfio-pci",
	  { { .nth = 1, .what = "expire" } },
	  SET_0 CLEAR_0 PROBE_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed timeout at override; 08:00.0 claimed, vfio-pci" },
};

/*
 * Two functions of one card: all or nothing. NVIDIA/open-gpu-kernel-modules#1365: audio
 * on vfio-pci while nvidia has the graphics function panics.
 */
#define CARD                                    \
	"06:00.0 want=vfio-pci usual=nouveau\n" \
	"06:00.1 want=vfio-pci usual=snd_hda_intel\n"
#define CARD_HELD                                              \
	"06:00.0 want=vfio-pci usual=nouveau driver=nouveau\n" \
	"06:00.1 want=vfio-pci usual=snd_hda_intel driver=snd_hda_intel\n"
#define SET_A	 "06:00.1/driver_override=vfio-pci; "
#define UNBIND_A "06:00.1/driver/unbind=06:00.1; "
#define PROBE_A	 "drivers_probe=06:00.1; "
#define BIND_A	 "drivers/vfio-pci/bind=06:00.1; "
#define CLEAR_A	 "06:00.1/driver_override=\\n; "

static const struct scenario slots[] = {
	{ "both",
	  CARD,
	  HOST "+vfio-pci",
	  { { 0 } },
	  SET_0 SET_A LOAD,
	  CLAIMED_0 "; 06:00.1 claimed, vfio-pci, override vfio-pci" },
	/* The graphics function is released before any driver of the host is asked. */
	{ "the audio function is refused",
	  "06:00.0 want=vfio-pci usual=nouveau driver=nouveau\n"
	  "06:00.1 want=vfio-pci usual=snd_hda_intel driver=snd_hda_intel "
	  "refuses=vfio-pci:EINVAL\n",
	  HOST "+vfio-pci",
	  { { 0 } },
	  SET_0 SET_A LOAD UNBIND_0 PROBE_0 UNBIND_A PROBE_A BIND_A CLEAR_0 UNBIND_0
		  CLEAR_A PROBE_0 PROBE_A,
	  "06:00.0 failed slot at probe, nouveau; "
	  "06:00.1 failed probe at probe EINVAL, snd_hda_intel" },
	{ "the graphics function is refused",
	  "06:00.0 want=vfio-pci usual=nouveau refuses=vfio-pci:EINVAL\n"
	  "06:00.1 want=vfio-pci usual=snd_hda_intel\n",
	  HOST "vfio-pci",
	  { { 0 } },
	  SET_0 SET_A PROBE_0 BIND_0 CLEAR_0 CLEAR_A PROBE_0 PROBE_A,
	  "06:00.0 failed probe at probe EINVAL, nouveau; "
	  "06:00.1 failed slot at load, snd_hda_intel" },
	{ "an override is refused",
	  CARD,
	  HOST "+vfio-pci",
	  { { .match = "06:00.0/driver_override=vfio", .what = "EACCES" } },
	  "06:00.0/driver_override=vfio-pci EACCES; " CLEAR_0 PROBE_0,
	  "06:00.0 failed override at override EACCES, nouveau; "
	  "06:00.1 failed slot at none" },
	{ "the other card goes on",
	  CARD "08:00.0 want=vfio-pci\n",
	  HOST "+vfio-pci",
	  { { .match = "06:00.1/driver_override=vfio", .what = "EACCES" } },
	  SET_0 "06:00.1/driver_override=vfio-pci EACCES; " CLEAR_0 CLEAR_A PROBE_0
		  PROBE_A SET_1 LOAD,
	  "06:00.0 failed slot at override, nouveau; "
	  "06:00.1 failed override at override EACCES, snd_hda_intel; " CLAIMED_1 },
	/* a guest may be running on it */
	{ "what was ours before stays ours",
	  "06:00.0 want=vfio-pci driver=vfio-pci override=vfio-pci\n"
	  "06:00.1 want=vfio-pci usual=snd_hda_intel refuses=vfio-pci:EINVAL\n",
	  HOST "vfio-pci",
	  { { 0 } },
	  SET_A PROBE_A BIND_A CLEAR_A PROBE_A,
	  CLAIMED_0 "; 06:00.1 failed probe at probe EINVAL, snd_hda_intel" },
	{ "time runs out after the first",
	  CARD,
	  HOST "vfio-pci",
	  { { .nth = 4, .what = "expire" } },
	  SET_0 SET_A PROBE_0 PROBE_A CLEAR_A UNBIND_A PROBE_A CLEAR_0 UNBIND_0 CLEAR_A
		  PROBE_0 PROBE_A,
	  "06:00.0 failed slot at probe, nouveau; "
	  "06:00.1 failed timeout at probe, snd_hda_intel" },
};

static void prepare(const char *devices, const char *drivers,
		    const struct fake_rule *rules, struct attempt *attempt)
{
	fake_make(devices, drivers);
	memcpy(fake->rules, rules, sizeof(fake->rules));
	make_plan(attempt);
}

static void clean_up(struct attempt *attempt)
{
	free_plan(attempt);
	fake_drop();
}

static void check_scenario(const struct scenario *scenario)
{
	struct attempt attempt;
	char text[1024];

	prepare(scenario->devices, scenario->drivers, scenario->rules, &attempt);
	run(&attempt);
	describe(&attempt, text, sizeof(text));
	expect_text(scenario->name, fake->trace, scenario->trace);
	expect_text(scenario->name, text, scenario->end);
	clean_up(&attempt);
}

START_TEST(goes_by_the_book)
{
	check_scenario(&scenarios[_i]);
}

START_TEST(takes_a_card_whole_or_not_at_all)
{
	check_scenario(&slots[_i]);
}

/* Twice is once: what is claimed is not written to again. */
START_TEST(second_run_writes_nothing)
{
	static const struct fake_rule none[FAKE_RULES];
	struct attempt attempt;
	char before[1024], after[1024];

	prepare(TWO_HELD OTHER, HOST "+vfio-pci", none, &attempt);
	run(&attempt);
	describe(&attempt, before, sizeof(before));
	free_plan(&attempt);
	fake->trace[0] = '\0';
	make_plan(&attempt);
	run(&attempt);
	describe(&attempt, after, sizeof(after));
	expect_text("the second run", fake->trace, "");
	expect_text("the second run", after, before);
	clean_up(&attempt);
}

/* A failed claim can be tried again: nothing is left behind that keeps it. */
START_TEST(failure_can_be_repeated)
{
	static const struct fake_rule rules[FAKE_RULES] = {
		{ .match = "load", .what = "EIO", .times = 1 }
	};
	struct attempt attempt;
	char text[1024];

	prepare(TWO_HELD, HOST "+vfio-pci", rules, &attempt);
	run(&attempt);
	free_plan(&attempt);
	make_plan(&attempt);
	run(&attempt);
	describe(&attempt, text, sizeof(text));
	expect_text("the second run", text, CLAIMED_0 "; " CLAIMED_1);
	clean_up(&attempt);
}

static const struct {
	const char *name;
	const char *devices;
	const char *drivers;
	const char *trace;
	const char *end;
} iommus[] = {
	{ "it comes", "06:00.0 want=vfio-pci usual=nouveau nogroup",
	  "nouveau +virtio_iommu +virtio_pci +vfio-pci",
	  SET_0 "load virtio_pci; load virtio_iommu; " LOAD, CLAIMED_0 },
	{ "it does not come", "06:00.0 want=vfio-pci usual=nouveau nogroup",
	  "nouveau +vfio-pci",
	  SET_0 "load virtio_pci; load virtio_iommu; " LOAD PROBE_0
		"drivers/vfio-pci/bind=06:00.0; " CLEAR_0 PROBE_0,
	  "06:00.0 refused no-iommu at probe EINVAL, nouveau" },
	{ "once for all", "06:00.0 want=vfio-pci nogroup\n08:00.0 want=vfio-pci nogroup",
	  "+virtio_iommu +vfio-pci",
	  SET_0 SET_1 "load virtio_pci; load virtio_iommu; " LOAD,
	  CLAIMED_0 "; " CLAIMED_1 },
};

START_TEST(loads_an_iommu)
{
	static const struct fake_rule none[FAKE_RULES];
	struct attempt attempt;
	char text[1024];

	prepare(iommus[_i].devices, iommus[_i].drivers, none, &attempt);
	attempt.load_iommu = true;
	run(&attempt);
	describe(&attempt, text, sizeof(text));
	expect_text(iommus[_i].name, fake->trace, iommus[_i].trace);
	expect_text(iommus[_i].name, text, iommus[_i].end);
	clean_up(&attempt);
}

#define FOREIGN                                                        \
	"06:00.0 want=vfio-pci usual=nouveau driver=uio override=uio " \
	"refuses=vfio-pci:EINVAL\n"
#define FOREIGN_TRACE SET_0 UNBIND_0 PROBE_0 BIND_0
#define BACK	      "06:00.0/driver_override=uio"

/* What had an override before gets that back; no other one is ever made up. */
static const struct {
	const char *name;
	const char *devices;
	struct fake_rule rules[FAKE_RULES];
	const char *trace;
	const char *end;
} foreigners[] = {
	{ "none",
	  ONE_REFUSED,
	  { { 0 } },
	  FOREIGN_TRACE CLEAR_0 PROBE_0,
	  "06:00.0 failed probe at probe EINVAL, nouveau" },
	{ "one",
	  FOREIGN,
	  { { 0 } },
	  FOREIGN_TRACE BACK "; " PROBE_0,
	  "06:00.0 failed probe at probe EINVAL, uio, override uio" },
	{ "refused once",
	  FOREIGN,
	  { { .match = BACK, .what = "ENOMEM", .times = 1 } },
	  FOREIGN_TRACE BACK " ENOMEM; " BACK "; " PROBE_0,
	  "06:00.0 failed probe at probe EINVAL, uio, override uio" },
	{ "refused",
	  FOREIGN,
	  { { .match = BACK, .what = "EPERM" } },
	  FOREIGN_TRACE BACK " EPERM; " BACK " EPERM; " CLEAR_0 PROBE_0,
	  "06:00.0 failed probe at probe EINVAL, nouveau" },
	{ "it was ours",
	  "06:00.0 want=vfio-pci usual=nouveau driver=nouveau override=vfio_pci "
	  "refuses=vfio-pci:EINVAL\n",
	  { { 0 } },
	  FOREIGN_TRACE CLEAR_0 PROBE_0,
	  "06:00.0 failed probe at probe EINVAL, nouveau" },
	{ "gone",
	  FOREIGN,
	  { { .match = BACK, .what = "vanish 06:00.0" } },
	  FOREIGN_TRACE BACK "; " PROBE_0,
	  "06:00.0 failed probe at probe EINVAL" },
};

START_TEST(gives_foreign_overrides_back)
{
	struct attempt attempt;
	char text[1024];

	prepare(foreigners[_i].devices, "nouveau uio vfio-pci", foreigners[_i].rules,
		&attempt);
	attempt.may_be_foreign = true;
	run(&attempt);
	describe(&attempt, text, sizeof(text));
	expect_text(foreigners[_i].name, fake->trace, foreigners[_i].trace);
	expect_text(foreigners[_i].name, text, foreigners[_i].end);
	clean_up(&attempt);
}

/* Disks are held before their driver lets go, so that nobody begins to use them. */
static const struct {
	const char *name;
	const char *devices;
	struct fake_rule rules[FAKE_RULES];
	const char *trace;
	const char *end;
} guarded[] = {
	{ "free", ONE, { { 0 } }, SET_0 PROBE_0, CLAIMED_0 },
	{ "held",
	  ONE_HELD,
	  { { 0 } },
	  SET_0 "hold 06:00.0; " UNBIND_0 PROBE_0,
	  CLAIMED_0 },
	{ "in use",
	  TWO_HELD,
	  { { .match = "hold 06:00.0", .what = "EBUSY" } },
	  SET_0 SET_1 "hold 06:00.0 EBUSY; " CLEAR_0 PROBE_0
		      "hold 08:00.0; " UNBIND_1 PROBE_1,
	  "06:00.0 kept in-use at unbind EBUSY, nouveau; " CLAIMED_1 },
	/* Whatever else it says: the guards have judged before, with better means. */
	{ "it cannot be said",
	  ONE_HELD,
	  { { .match = "hold", .what = "EIO" } },
	  SET_0 "hold 06:00.0 EIO; " UNBIND_0 PROBE_0,
	  CLAIMED_0 },
	{ "time runs out",
	  ONE_HELD,
	  { { .match = "hold", .what = "expire" } },
	  SET_0
	  "hold 06:00.0; " UNBIND_0 PROBE_0 CLEAR_0 UNBIND_0 PROBE_0 CLEAR_0 PROBE_0,
	  "06:00.0 failed timeout at probe, nouveau" },
};

START_TEST(holds_disks)
{
	struct attempt attempt;
	char text[1024];

	prepare(guarded[_i].devices, HOST "vfio-pci", guarded[_i].rules, &attempt);
	attempt.is_guarded = true;
	run(&attempt);
	describe(&attempt, text, sizeof(text));
	expect_text(guarded[_i].name, fake->trace, guarded[_i].trace);
	expect_text(guarded[_i].name, text, guarded[_i].end);
	clean_up(&attempt);
}

/*
 * One fault at each place of each of these: whatever it is and wherever it comes, the
 * promises are kept.
 */
static const struct {
	const char *name;
	const char *devices;
	const char *drivers;
	bool is_guarded;
	bool may_be_foreign;
} courses[] = {
	{ "two free, module", TWO OTHER, HOST "+vfio-pci", false },
	{ "two held, module", TWO_HELD OTHER, HOST "+vfio-pci", false },
	{ "two held, built in", TWO_HELD OTHER, HOST "vfio-pci", false },
	{ "two held, guarded", TWO_HELD OTHER, HOST "+vfio-pci", true },
	{ "one refused", ONE_REFUSED "08:00.0 want=vfio-pci usual=snd_hda_intel\n" OTHER,
	  HOST "+vfio-pci", false },
	{ "no module", TWO_HELD OTHER, HOST, false },
	{ "no group",
	  "06:00.0 want=vfio-pci usual=nouveau nogroup\n08:00.0 want=vfio-pci "
	  "usual=nouveau\n",
	  HOST "+vfio-pci", false },
	{ "another spelling",
	  "06:00.0 want=hisi_acc usual=nouveau driver=nouveau\n08:00.0 "
	  "want=hisi_acc\n" OTHER,
	  HOST "+hisi_acc:hisi-acc", false },
	{ "two drivers",
	  "06:00.0 want=a usual=nouveau\n08:00.0 want=vfio-pci usual=nouveau\n",
	  HOST "+a +vfio-pci", false },
	{ "a card, free", CARD OTHER, HOST "+vfio-pci", false },
	{ "a card, held", CARD_HELD OTHER, HOST "vfio-pci", true },
	{ "one ours",
	  "06:00.0 want=vfio-pci driver=vfio-pci\n08:00.0 want=vfio-pci usual=nouveau\n",
	  HOST "vfio-pci", false },
};

static const char *const faults[] = {
	"EIO",
	"EINVAL",
	"EBUSY",
	"ENODEV",
	"ENOENT",
	"ENOMEM",
	"EPERM",
	"EACCES",
	"EAGAIN",
	"EINTR",
	"ENOSPC",
	"late EIO",
	"late ENOENT",
	"late EAGAIN",
	"late EINTR",
	"vanish 06:00.0",
	"vanish 08:00.0",
	"register nouveau",
	"expire",
	"late expire",
};

/* Whether its usual driver is there, and was asked whether it takes the device. */
static bool can_come_back(const struct fake_device *device)
{
	const struct fake_driver *usual = fake_find_driver(device->usual);
	char failed[64];

	snprintf(failed, sizeof(failed), "drivers_probe=%s E",
		 short_name(&device->address));
	return device->was_overridden && usual && usual->is_registered &&
	       !strstr(fake->trace, failed);
}

/* What must hold in the end for a device that was asked for. */
static void check_device(const char *name, const struct fake_device *device,
			 const struct plan_entry *entry)
{
	bool has_it = text_equals_name(device->driver, device->want);

	if (device->is_gone)
		return;
	ck_assert_msg(strcmp(entry->now, device->driver) == 0, "%s: said %s, is %s", name,
		      entry->now, device->driver);
	if (entry->verdict == VERDICT_CLAIMED) {
		ck_assert_msg(!device->was_touched, "%s: another driver touched it",
			      name);
		ck_assert_msg(has_it, "%s: claimed, but %s has it", name, device->driver);
		return;
	}
	ck_assert_msg(!device->override[0] ||
			      strcmp(device->override, device->former) == 0,
		      "%s: still overridden", name);
	ck_assert_msg(!device->was_misled, "%s: misled", name);
	ck_assert_msg(entry->reason != REASON_NONE, "%s: no reason", name);
	ck_assert_msg(entry->undone, "%s: not undone", name);
	if (strcmp(entry->was, device->want) == 0)
		ck_assert_msg(has_it, "%s: it was ours before", name);
	else if (can_come_back(device))
		ck_assert_msg(strcmp(device->driver, device->usual) == 0,
			      "%s: its driver is %s, not %s", name, device->driver,
			      device->usual);
}

/* Either all functions of a card are claimed in this run, or none of them. */
static void check_slots(const char *name, const struct plan *plan)
{
	for (size_t i = 1; i < plan->count; i++) {
		const struct plan_entry *a = &plan->entries[i - 1],
					*b = &plan->entries[i];

		if (address_is_same_slot(&a->device->address, &b->device->address) &&
		    a->reason != REASON_IN_USE && b->reason != REASON_IN_USE)
			ck_assert_msg(a->verdict == b->verdict, "%s: half a card", name);
	}
}

static void check_all(const char *name, const struct attempt *attempt)
{
	size_t next = 0;

	check_slots(name, &attempt->plan);

	for (unsigned i = 0; i < fake->device_count; i++) {
		const struct fake_device *device = &fake->devices[i];

		if (device->want[0])
			check_device(name, device, &attempt->plan.entries[next++]);
	}
	ck_assert_msg(!strstr(fake->trace, "07:00.0"),
		      "%s: a bystander was written to:\n%s", name, fake->trace);
}

/* No override is set for the first time behind a load. */
static void check_order(const char *name)
{
	const char *load = strstr(fake->trace, "load ");
	const char *set = load ? strstr(load, "driver_override=vfio-pci") : NULL;

	ck_assert_msg(!set, "%s: an override behind a load:\n%s", name, fake->trace);
}

static unsigned count_actions(unsigned course)
{
	static const struct fake_rule none[FAKE_RULES];
	struct attempt attempt;
	unsigned count;

	prepare(courses[course].devices, courses[course].drivers, none, &attempt);
	attempt.is_guarded = courses[course].is_guarded;
	run(&attempt);
	check_all(courses[course].name, &attempt);
	count = fake->actions;
	clean_up(&attempt);
	return count;
}

START_TEST(keeps_its_promises)
{
	unsigned last = count_actions((unsigned)_i) + 4;

	for (unsigned nth = 1; nth <= last; nth++) {
		for (size_t fault = 0; fault < ARRAY_SIZE(faults); fault++) {
			struct fake_rule rules[FAKE_RULES] = {
				{ .nth = nth, .what = faults[fault] }
			};
			struct attempt attempt;
			char name[128];

			snprintf(name, sizeof(name), "%s, %s at %u", courses[_i].name,
				 faults[fault], nth);
			prepare(courses[_i].devices, courses[_i].drivers, rules,
				&attempt);
			attempt.is_guarded = courses[_i].is_guarded;
			run(&attempt);
			check_all(name, &attempt);
			check_order(name);
			clean_up(&attempt);
		}
	}
}

/* A fault of one device is none of the other's. */
START_TEST(devices_are_independent)
{
	static const char *const other = "08:00.0 claimed, vfio-pci, override vfio-pci";
	static const char *const files[] = { "06:00.0/driver_override=vfio",
					     "06:00.0/driver/unbind",
					     "drivers_probe=06:00.0", "bind=06:00.0",
					     "06:00.0" };
	static const char *const devices[] = { TWO, TWO_HELD };

	for (size_t fault = 0; fault < ARRAY_SIZE(faults); fault++) {
		struct fake_rule rules[FAKE_RULES] = { { .match = files[_i],
							 .what = faults[fault] } };
		if (strstr(faults[fault], "08:00.0") || strstr(faults[fault], "expire"))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(devices); i++) {
			struct attempt attempt;
			char text[1024];

			prepare(devices[i], HOST "+vfio-pci", rules, &attempt);
			run(&attempt);
			describe(&attempt, text, sizeof(text));
			ck_assert_msg(strstr(text, other), "%s of %s: %s", faults[fault],
				      files[_i], text);
			clean_up(&attempt);
		}
	}
}

/*
 * Writes that never return, under the supervisor: 06:00.0 hangs at each of its steps and
 * the other is claimed all the same.
 */
static const struct {
	const char *name;
	const char *match;
	const char *end;
} hangs[] = {
	{ "override", "06:00.0/driver_override",
	  "06:00.0 failed timeout at override not undone" },
	{ "unbind", "06:00.0/driver/unbind",
	  "06:00.0 failed timeout at unbind not undone" },
	{ "probe", "drivers_probe=06:00.0",
	  "06:00.0 failed timeout at probe not undone" },
};

START_TEST(one_hangs)
{
	struct fake_rule rules[FAKE_RULES] = { { .match = hangs[_i].match,
						 .what = "hang" } };
	struct attempt attempt;
	char text[1024];

	prepare(TWO_HELD, HOST "vfio-pci", rules, &attempt);
	run_workers(&attempt);
	describe(&attempt, text, sizeof(text));
	ck_assert_msg(strncmp(text, hangs[_i].end, strlen(hangs[_i].end)) == 0, "%s: %s",
		      hangs[_i].name, text);
	ck_assert_msg(strstr(text, CLAIMED_1), "%s: %s", hangs[_i].name, text);
	clean_up(&attempt);
}

/* Nobody tries to bind what a driver is still being loaded for. */
START_TEST(loading_hangs)
{
	struct fake_rule rules[FAKE_RULES] = { { .match = "load vfio-pci",
						 .what = "hang" } };
	struct attempt attempt;
	char text[1024];

	prepare(TWO, HOST "+vfio-pci", rules, &attempt);
	run_workers(&attempt);
	describe(&attempt, text, sizeof(text));
	expect_text("loading", text,
		    "06:00.0 failed timeout at load, nouveau; "
		    "08:00.0 failed timeout at load, snd_hda_intel");
	clean_up(&attempt);
}

/* Both functions of a card hang, or one hangs and the other fails: each has its reason.
 */
static const struct {
	const char *name;
	struct fake_rule rules[FAKE_RULES];
	const char *end;
} card_hangs[] = {
	{ "both",
	  { { .match = "drivers_probe", .what = "hang" } },
	  "06:00.0 failed timeout at probe not undone; "
	  "06:00.1 failed timeout at probe not undone" },
	{ "the first hangs, the second fails",
	  { { .match = "06:00.0/driver_override=vfio", .what = "hang" },
	    { .match = "06:00.1/driver_override=vfio", .what = "EIO" } },
	  "06:00.0 failed timeout at override not undone; "
	  "06:00.1 failed override at override EIO" },
};

START_TEST(a_card_hangs)
{
	struct attempt attempt;
	char text[1024];

	prepare(CARD, "vfio-pci", card_hangs[_i].rules, &attempt);
	run_workers(&attempt);
	describe(&attempt, text, sizeof(text));
	expect_text(card_hangs[_i].name, text, card_hangs[_i].end);
	clean_up(&attempt);
}

/*
 * A write that returns after half of the time, by when another worker has gone through
 * the queue: the jobs that it held up are run again.
 */
static const struct {
	const char *name;
	const char *match;
	const char *drivers;
} slow[] = {
	{ "override", "06:00.0/driver_override", HOST "vfio-pci" },
	{ "loading", "load vfio-pci", HOST "+vfio-pci" },
	{ "unbind", "06:00.0/driver/unbind", HOST "vfio-pci" },
};

START_TEST(one_is_slow)
{
	struct fake_rule rules[FAKE_RULES] = {
		{ .match = slow[_i].match, .what = "slow", .times = 1 }
	};
	struct attempt attempt;
	char text[1024];

	prepare(TWO_HELD, slow[_i].drivers, rules, &attempt);
	run_workers(&attempt);
	describe(&attempt, text, sizeof(text));
	expect_text(slow[_i].name, text, CLAIMED_0 "; " CLAIMED_1);
	clean_up(&attempt);
}

/* What was claimed or undone before is not expired afterwards. */
START_TEST(expires_what_is_open)
{
	static const struct fake_rule none[FAKE_RULES];
	struct attempt attempt;

	prepare(TWO, "vfio-pci", none, &attempt);
	begin(&attempt);
	do_rounds(claim_rounds, CLAIM_ROUNDS - 2);
	claim_rounds[CLAIM_ROUNDS - 2](current, &current->items[0]);
	expect_number("the second", claims_expire(current, REASON_INTERNAL), 1);
	expect_number("again", claims_expire(current, REASON_INTERNAL), 1);
	end(&attempt);
	expect_number("the first", attempt.plan.entries[0].verdict, VERDICT_CLAIMED);
	expect_number("the second", attempt.plan.entries[1].verdict, VERDICT_FAILED);
	expect_number("the second", attempt.plan.entries[1].reason, REASON_INTERNAL);
	clean_up(&attempt);
}

/* Only what is to be claimed is, and the results find their way back. */
START_TEST(stores_in_the_right_place)
{
	static const struct fake_rule none[FAKE_RULES];
	struct attempt attempt;

	prepare("01:00.0 want=vfio-pci\n02:00.0 want=vfio-pci refuses=vfio-pci:EINVAL\n"
		"03:00.0 want=vfio-pci\n04:00.0 want=vfio-pci\n",
		"vfio-pci", none, &attempt);
	attempt.plan.entries[0].verdict = VERDICT_KEPT;
	attempt.plan.entries[0].reason = REASON_SKIPPED;
	attempt.plan.entries[2].verdict = VERDICT_REFUSED;
	attempt.plan.entries[2].reason = REASON_BRIDGE;
	run(&attempt);
	expect("nothing of the first", !strstr(fake->trace, "01:00.0"));
	expect("nothing of the third", !strstr(fake->trace, "03:00.0"));
	expect_number("first", attempt.plan.entries[0].reason, REASON_SKIPPED);
	expect_number("second", attempt.plan.entries[1].reason, REASON_PROBE);
	expect_number("second", attempt.plan.entries[1].error, -EINVAL);
	expect_number("third", attempt.plan.entries[2].reason, REASON_BRIDGE);
	expect_number("fourth", attempt.plan.entries[3].verdict, VERDICT_CLAIMED);
	expect_text("fourth", attempt.plan.entries[3].now, "vfio-pci");
	expect_text("third", attempt.plan.entries[2].now, "");
	clean_up(&attempt);
}

START_TEST(needs_a_process)
{
	static const struct fake_rule none[FAKE_RULES];
	struct attempt attempt;
	char text[1024];

	prepare(TWO_HELD, HOST "vfio-pci", none, &attempt);
	seam_fail_from(SEAM_FORK, 1, EAGAIN);
	run_workers(&attempt);
	expect("asked for", seam_reset(SEAM_FORK));
	describe(&attempt, text, sizeof(text));
	expect_text("no process", text,
		    "06:00.0 failed internal at none not undone, nouveau; "
		    "08:00.0 failed internal at none not undone, snd_hda_intel");
	expect_text("no process", fake->trace, "");
	clean_up(&attempt);
}

/* What passthru release does with a card that an earlier run has claimed. */
static const struct {
	const char *name;
	struct fake_rule rule;
	bool undone;
	const char *driver;
	const char *trace;
} releases[] = {
	{ "goes back",
	  { 0 },
	  true,
	  "snd_hda_intel",
	  "06:00.0/driver_override=\\n; 06:00.0/driver/unbind=06:00.0; "
	  "06:00.1/driver_override=\\n; 06:00.1/driver/unbind=06:00.1; "
	  "drivers_probe=06:00.0; drivers_probe=06:00.1; " },
	{ "keeps its override",
	  { .match = "06:00.1/driver_override", .what = "EIO" },
	  false,
	  "vfio-pci",
	  NULL },
	{ "is not unbound",
	  { .match = "06:00.1/driver/unbind", .what = "EIO" },
	  false,
	  "vfio-pci",
	  NULL },
	{ "hangs",
	  { .match = "06:00.1/driver/unbind", .what = "hang" },
	  false,
	  "vfio-pci",
	  NULL },
};

START_TEST(releases_a_card)
{
	const struct fake_rule rules[FAKE_RULES] = { releases[_i].rule };
	struct pci_device *claimed[2];
	struct attempt attempt;
	int r;

	prepare("06:00.0 usual=nouveau driver=vfio-pci override=vfio-pci\n"
		"06:00.1 usual=snd_hda_intel driver=vfio-pci override=vfio-pci\n",
		HOST "vfio-pci", rules, &attempt);
	for (unsigned i = 0; i < 2; i++) {
		claimed[i] = &attempt.devices.devices[i];
		strcpy(claimed[i]->driver, "vfio-pci");
	}
	current = claims_new_release(claimed, 2, &(struct settings){ 0 });
	ck_assert_ptr_nonnull(current);
	current->bus_fd = -1;
	current->root = "";
	r = claims_undo(current, clock_ms() + 600);
	expect_number(releases[_i].name, r,
		      strcmp(releases[_i].name, "hangs") == 0 ? -ETIME : 0);
	expect(releases[_i].name, current->items[0].entry.undone);
	expect_number(releases[_i].name, current->items[1].entry.undone,
		      releases[_i].undone);
	expect_text(releases[_i].name, fake->devices[0].driver, "nouveau");
	expect_text(releases[_i].name, fake->devices[1].driver, releases[_i].driver);
	if (releases[_i].trace)
		expect_text(releases[_i].name, fake->trace, releases[_i].trace);
	claims_free(current);
	clean_up(&attempt);
}

START_TEST(needs_shared_memory)
{
	static const struct fake_rule none[FAKE_RULES];
	struct attempt attempt;

	prepare(ONE, "vfio-pci", none, &attempt);
	seam_fail(SEAM_MMAP, 1, ENOMEM);
	ck_assert_ptr_null(claims_new(&attempt.plan, &attempt.settings));
	expect("asked for", seam_reset(SEAM_MMAP));
	claims_free(NULL);
	clean_up(&attempt);
}

int main(void)
{
	TCase *tcase = tcase_create("claim"), *apart = tcase_create("workers");

	add_rows(tcase, goes_by_the_book, scenarios);
	add_rows(tcase, takes_a_card_whole_or_not_at_all, slots);
	tcase_add_test(tcase, second_run_writes_nothing);
	tcase_add_test(tcase, failure_can_be_repeated);
	add_rows(tcase, loads_an_iommu, iommus);
	add_rows(tcase, gives_foreign_overrides_back, foreigners);
	add_rows(tcase, holds_disks, guarded);
	add_rows(tcase, keeps_its_promises, courses);
	tcase_add_loop_test(tcase, devices_are_independent, 0, 5);
	add_rows(apart, one_hangs, hangs);
	add_rows(apart, a_card_hangs, card_hangs);
	tcase_add_test(apart, loading_hangs);
	add_rows(apart, one_is_slow, slow);
	tcase_add_test(tcase, expires_what_is_open);
	tcase_add_test(tcase, stores_in_the_right_place);
	tcase_add_test(tcase, needs_a_process);
	add_rows(tcase, releases_a_card, releases);
	tcase_add_test(tcase, needs_shared_memory);
	return unit_run_with(tcase, apart);
}
