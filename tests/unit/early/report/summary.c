/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "machine.h"
#include "report/report.h"
#include "unit.h"

static struct directory root;

static void set_up(void)
{
	root = make_directory();
	put_file(&root, "dev/kmsg", "");
	log_open(root.fd, false, false);
}

static void tear_down(void)
{
	drop_directory(&root);
}

#define ERROR	"<27>passthru: "
#define WARNING "<28>passthru: "
#define INFO	"<30>passthru: "
#define SOME \
	"; not all that was requested, see above; boot with passthru.off to change nothing\n"
#define IN_TIME	    " devices claimed in 12 ms (2 ms of it in the kernel)"
#define ALL_ONE	    INFO "1 of 1" IN_TIME "\n"
#define NONE_ONE    WARNING "0 of 1" IN_TIME SOME
#define NONE_AT_ALL WARNING "0 of 0" IN_TIME "; not all that was requested, see above\n"
#define CARD	    "06:00.0 10de:13c2 030000 13 -\n"
#define CARD_HELD   "06:00.0 10de:13c2 030000 13 nouveau\n"
#define IS	    "0000:06:00.0 10de:13c2 "
#define IDS	    "passthru.ids=10de:13c2"

struct result {
	enum verdict verdict;
	enum reason reason;
	enum claim_step step;
	int error;
	bool undone;
	const char *now;
	enum fb_release fb_release;
};

static const struct {
	const char *name;
	const char *machine;
	const char *cmdline;
	struct result result; /* .now is NULL where the plan stands */
	const char *log;
} rows[] = {
	{ "claimed", CARD, IDS, { 0 }, INFO IS "claimed by vfio-pci\n" ALL_ONE },
	{ "claimed from another",
	  CARD_HELD,
	  IDS,
	  { 0 },
	  INFO IS "claimed by vfio-pci, taken from nouveau\n" ALL_ONE },
	{ "ours before",
	  "06:00.0 10de:13c2 030000 13 vfio-pci\n",
	  IDS,
	  { 0 },
	  INFO IS "claimed by vfio-pci, which had it before\n" ALL_ONE },
	{ "the boot display, in text mode",
	  "06:00.0 10de:13c2 030000 13 - boot\n",
	  IDS,
	  { 0 },
	  INFO IS
	  "claimed by vfio-pci; this was the boot display; the console is now on another display, ssh or serial\n" ALL_ONE },
	{ "the boot display, its framebuffer evicted",
	  CARD,
	  IDS,
	  { VERDICT_CLAIMED, REASON_NONE, STEP_NONE, 0, false, "vfio-pci",
	    FB_RELEASE_KERNEL },
	  INFO IS "claimed by vfio-pci; display released, use ssh or the serial "
		  "console\n" ALL_ONE },
	{ "the boot display, its framebuffer in the way",
	  CARD,
	  IDS,
	  { VERDICT_CLAIMED, REASON_NONE, STEP_NONE, -EBUSY, false, "vfio-pci",
	    FB_RELEASE_HELD },
	  WARNING IS
	  "claimed by vfio-pci; but the boot framebuffer still covers it, so no guest can map it; boot with initcall_blacklist=sysfb_init\n" ALL_ONE },
	{ "the last network card",
	  "06:00.0 10de:13c2 020000 13 -\n07:00.0 10de:1111 020000 14 vfio-pci\n",
	  IDS,
	  { 0 },
	  INFO IS
	  "claimed by vfio-pci; the host has no other PCI network card\n" ALL_ONE },
	{ "one of two network cards",
	  "06:00.0 10de:13c2 020000 13 -\n07:00.0 10de:1111 020000 14 -\n",
	  IDS,
	  { 0 },
	  INFO IS "claimed by vfio-pci\n" ALL_ONE },
	{ "another driver",
	  CARD,
	  IDS " passthru.driver=xe-vfio-pci",
	  { 0 },
	  INFO IS "claimed by xe-vfio-pci\n" ALL_ONE },
	{ "a five-digit domain",
	  "10000:01:00.0 8086:0953 010802 7 -\n",
	  "passthru.addrs=10000:01:00.0",
	  { 0 },
	  INFO "10000:01:00.0 8086:0953 claimed by vfio-pci\n" ALL_ONE },
	{ "skipped",
	  CARD,
	  IDS " passthru.skip=06:00.0",
	  { 0 },
	  INFO IS "kept: passthru.skip names it\n" INFO "0 of 1" IN_TIME "\n" },
	{ "dry run",
	  CARD,
	  IDS " passthru.dryrun",
	  { 0 },
	  INFO IS
	  "would be claimed by vfio-pci\n" INFO
	  "1 of 1 devices would be claimed (dry run) in 12 ms (2 ms of it in the kernel)\n" },
	{ "dry run, from another",
	  CARD_HELD,
	  IDS " passthru.dryrun",
	  { 0 },
	  INFO IS
	  "would be claimed by vfio-pci, taken from nouveau\n" INFO
	  "1 of 1 devices would be claimed (dry run) in 12 ms (2 ms of it in the kernel)\n" },
	{ "bridge",
	  "06:00.0 10de:13c2 060400 13 pcieport bridge\n",
	  IDS,
	  { 0 },
	  ERROR IS "refused: it is a bridge; name the devices behind it\n" NONE_ONE },
	{ "virtual functions",
	  "06:00.0 10de:13c2 020000 13 - vfs\n",
	  IDS,
	  { 0 },
	  ERROR IS
	  "refused: its virtual functions are enabled; request those instead, or write 0 to its sriov_numvfs\n" NONE_ONE },
	{ "no IOMMU",
	  "06:00.0 10de:13c2 020000 - -\n",
	  IDS,
	  { 0 },
	  ERROR IS "refused: it has no IOMMU group; enable the IOMMU in the "
		   "firmware\n" NONE_ONE },
	{ "gone",
	  "06:00.0 10de:13c2 020000 13 - gone\n",
	  IDS,
	  { 0 },
	  INFO IS "is gone\n" INFO "0 of 1" IN_TIME "\n" },
	{ "no answer",
	  CARD_HELD,
	  IDS,
	  { VERDICT_FAILED, REASON_NO_ANSWER, STEP_PROBE, -EIO, true, "" },
	  ERROR IS "failed: it does not answer, all that is read of it are ones; switch "
		   "the machine off and on; rolled back, its usual driver binds once "
		   "loaded\n" NONE_ONE },
	{ "in vfio-pci's denylist",
	  "06:00.0 8086:0b25 088000 13 -\n",
	  "passthru.ids=8086:0b25",
	  { VERDICT_FAILED, REASON_PROBE, STEP_PROBE, -EINVAL, true, "" },
	  ERROR "0000:06:00.0 8086:0b25 failed: the driver does not accept it: "
		"Invalid argument; vfio-pci has it in its denylist: boot with "
		"vfio-pci.disable_denylist=1; rolled back, its usual driver binds once "
		"loaded\n" NONE_ONE },
	{ "no driver",
	  CARD,
	  IDS,
	  { VERDICT_FAILED, REASON_NO_DRIVER, STEP_LOAD, -ENOENT, true, "" },
	  ERROR IS
	  "failed: vfio-pci was not found; rebuild the initramfs with its module; rolled back, its usual driver binds once loaded\n" NONE_ONE },
	{ "driver not loaded",
	  CARD,
	  IDS,
	  { VERDICT_FAILED, REASON_NO_DRIVER, STEP_LOAD, -EPERM, true, "nouveau" },
	  ERROR IS
	  "failed: vfio-pci could not be loaded: Operation not permitted; rolled back, its driver is now nouveau\n" NONE_ONE },
	{ "probe",
	  CARD,
	  IDS,
	  { VERDICT_FAILED, REASON_PROBE, STEP_PROBE, -EINVAL, true, "nouveau" },
	  ERROR IS
	  "failed: the driver does not accept it: Invalid argument; rolled back, its driver is now nouveau\n" NONE_ONE },
	/* A BAR was resized, for which the kernel evicted the boot framebuffer. */
	{ "probe, without a console",
	  CARD,
	  IDS,
	  { VERDICT_FAILED, REASON_PROBE, STEP_PROBE, -EINVAL, true, "",
	    FB_RELEASE_KERNEL },
	  ERROR IS
	  "failed: the driver does not accept it: Invalid argument; rolled back, its usual driver binds once loaded; its console is dark until then\n" NONE_ONE },
	{ "probe, and its driver draws the console",
	  CARD,
	  IDS,
	  { VERDICT_FAILED, REASON_PROBE, STEP_PROBE, -EINVAL, true, "nouveau",
	    FB_RELEASE_KERNEL },
	  ERROR IS
	  "failed: the driver does not accept it: Invalid argument; rolled back, its driver is now nouveau\n" NONE_ONE },
	{ "probe, and the framebuffer came back",
	  CARD,
	  IDS,
	  { VERDICT_FAILED, REASON_PROBE, STEP_PROBE, -EINVAL, true, "",
	    FB_RELEASE_PASSTHRU },
	  ERROR IS
	  "failed: the driver does not accept it: Invalid argument; rolled back, its usual driver binds once loaded\n" NONE_ONE },
	{ "probe without an error",
	  CARD,
	  IDS,
	  { VERDICT_FAILED, REASON_PROBE, STEP_PROBE, 0, true, "" },
	  ERROR IS
	  "failed: the driver does not accept it; rolled back, its usual driver binds once loaded\n" NONE_ONE },
	{ "override",
	  CARD,
	  IDS,
	  { VERDICT_FAILED, REASON_OVERRIDE, STEP_OVERRIDE, -EIO, true, "" },
	  ERROR IS
	  "failed: its driver_override could not be written: Input/output error; rolled back, its usual driver binds once loaded\n" NONE_ONE },
	{ "unbind",
	  CARD_HELD,
	  IDS,
	  { VERDICT_FAILED, REASON_UNBIND, STEP_UNBIND, -EBUSY, true, "nouveau" },
	  ERROR IS
	  "failed: its driver does not release it: Device or resource busy; rolled back, its driver is now nouveau\n" NONE_ONE },
	{ "timeout",
	  CARD_HELD,
	  IDS " passthru.timeout=7",
	  { VERDICT_FAILED, REASON_TIMEOUT, STEP_UNBIND, 0, true, "nouveau" },
	  ERROR IS
	  "failed: the write to unbind did not return in time (passthru.timeout=7); rolled back, its driver is now nouveau\n" NONE_ONE },
	{ "timeout, of the rollback too",
	  CARD_HELD,
	  IDS,
	  { VERDICT_FAILED, REASON_TIMEOUT, STEP_UNBIND, 0, false, "nouveau" },
	  ERROR IS
	  "failed: the write to unbind did not return in time (passthru.timeout=10); the rollback failed or is still pending\n" NONE_ONE },
	{ "internal",
	  CARD_HELD,
	  IDS,
	  { VERDICT_FAILED, REASON_INTERNAL, STEP_PROBE, 0, false, "nouveau" },
	  ERROR IS
	  "failed: passthru-early was aborted during the write to drivers_probe; the rollback failed or is still pending\n" NONE_ONE },
	{ "deferred",
	  CARD_HELD,
	  IDS,
	  { VERDICT_DEFERRED, REASON_ROOT_UNKNOWN, STEP_NONE, 0, false, "nouveau" },
	  INFO IS "deferred until the root disk is known\n" INFO "0 of 1" IN_TIME
		  "; the rest follows once the root disk is known\n" },
	/* T-vK/MobilePassThrough#10: which device it is that keeps the group */
	{ "a group that is not usable",
	  CARD "06:00.1 10de:0fbb 040300 13 snd_hda_intel\n",
	  IDS,
	  { 0 },
	  INFO IS "claimed by vfio-pci\n" WARNING "group 13 cannot be given to a guest: "
		  "0000:06:00.1 (snd_hda_intel) is in it and stays with the host; "
		  "name it too (10de:0fbb), or use passthru.group=claim\n" ALL_ONE },
	{ "a group of which a member is requested, too",
	  CARD "06:00.1 10de:0fbb 040300 13 snd_hda_intel\n",
	  IDS ",10de:0fbb passthru.skip=06:00.1",
	  { 0 },
	  INFO IS "claimed by vfio-pci\n" INFO
		  "0000:06:00.1 10de:0fbb kept: passthru.skip names it\n" WARNING
		  "group 13 cannot be given to a guest: "
		  "0000:06:00.1 (snd_hda_intel) is in it but not claimed\n" INFO
		  "1 of 2" IN_TIME "\n" },
	{ "a driver that is not VFIO's",
	  CARD,
	  IDS " passthru.driver=uio_pci_generic",
	  { 0 },
	  INFO IS
	  "claimed by uio_pci_generic\n" WARNING "group 13 cannot be given to a guest: "
	  "0000:06:00.0 has uio_pci_generic, which is no driver of VFIO\n" ALL_ONE },
	{ "a group that will not be usable",
	  CARD "06:00.1 10de:0fbb 040300 13 -\n",
	  IDS,
	  { 0 },
	  INFO IS "claimed by vfio-pci\n" WARNING "group 13 cannot be given to a guest: "
		  "0000:06:00.1 (no driver yet) is in it and stays with the host; "
		  "name it too (10de:0fbb), or use passthru.group=claim\n" ALL_ONE },

	{ "a group of a physical function",
	  "01:00.0 8086:10c9 020000 13 igb vfs\n"
	  "06:00.0 10de:13c2 020000 13 - of=01:00.0\n",
	  IDS,
	  { 0 },
	  INFO IS "claimed by vfio-pci\n" WARNING
		  "group 13 cannot be given to a guest: 0000:06:00.0: its physical "
		  "function, 0000:01:00.0 (igb), is in the group; the board does not "
		  "separate them (ACS)\n" ALL_ONE },

	/* the command line */
	{ "unmatched",
	  "",
	  "passthru.ids=10de:ffff",
	  { 0 },
	  ERROR
	  "10de:ffff: this machine has no such device; see lspci -nn\n" NONE_AT_ALL },
	{ "another one there",
	  "06:00.0 1234:5678 030000 1 -\n",
	  "passthru.ids=10de:13c2@06:00.0",
	  { 0 },
	  ERROR
	  "10de:13c2@06:00.0: found 0000:06:00.0 1234:5678 at that address instead, which is left alone; see lspci -nn for the new address\n" NONE_AT_ALL },
	{ "malformed item",
	  "",
	  "passthru.ids=1:2,10de",
	  { 0 },
	  ERROR
	  "passthru.ids, item 2: \"10de\" is invalid at character 5: the device ID is "
	  "missing; write vendor:device, or vendor:* for all\n" ERROR
	  "1:2: this machine has no such device; see lspci -nn\n" NONE_AT_ALL },
	{ "stray item",
	  CARD,
	  IDS ", 10de:0fbb",
	  { 0 },
	  ERROR
	  "passthru.ids: \"10de:0fbb\" is ignored: a space separates it from the list; "
	  "remove the space\n" INFO IS "claimed by vfio-pci\n" WARNING
	  "1 of 1" IN_TIME SOME },
	{ "malformed value",
	  "",
	  "passthru.timeout=x",
	  { 0 },
	  ERROR "passthru.timeout: \"x\" is invalid: write a number of seconds from 1 to "
		"3600\n" NONE_AT_ALL },
	{ "unknown",
	  "",
	  "passthru.id=1:2",
	  { 0 },
	  ERROR
	  "unknown parameter passthru.id; did you mean passthru.ids?\n" NONE_AT_ALL },
	{ "an address among IDs",
	  "",
	  "passthru.ids=0a:00.0",
	  { 0 },
	  ERROR "passthru.ids, item 1: \"0a:00.0\" is an address: "
		"passthru.addrs=0a:00.0\n" NONE_AT_ALL },
	{ "an ID among addresses",
	  "",
	  "passthru.addrs=10de:13c2",
	  { 0 },
	  ERROR "passthru.addrs, item 1: \"10de:13c2\" is an ID: "
		"passthru.ids=10de:13c2\n" NONE_AT_ALL },
	{ "no effect",
	  "",
	  "passthru.ids=1:2:3:4:5",
	  { 0 },
	  WARNING
	  "passthru.ids, item 1: \"1:2:3:4:5\": the class is ignored without a class "
	  "mask; add :ffffff\n" ERROR
	  "1:2:3:4:5: this machine has no such device; see lspci -nn\n" NONE_AT_ALL },
};

/* One line for each that is refused, with the reason in words. */
static const struct {
	const char *cmdline;
	enum setting_verdict verdict;
	int error;
	const char *log; /* after "06:00.0 ID: " */
} settings[] = {
	{ "passthru.bar1=8G", SETTING_DONE, 0, NULL },
	{ "passthru.bar1=8G", SETTING_RESTORED, 0, NULL },
	{ "passthru.bar1=8G", SETTING_PENDING, 0, NULL },
	{ "passthru.bar1=8G@06:00.0", SETTING_REFUSED, -EBUSY,
	  "passthru.bar1=8G refused: its driver or its virtual functions use it" },
	{ "passthru.reset=flr+bus", SETTING_REFUSED, -EINVAL,
	  "passthru.reset=flr+bus refused: the device does not offer that" },
	{ "passthru.bar1=8G", SETTING_REFUSED, -ENOSPC,
	  "passthru.bar1=8G refused: there is no room below its bridge" },
	{ "passthru.bar1=8G", SETTING_REFUSED, -524,
	  "passthru.bar1=8G refused: the firmware's addresses are fixed" },
	{ "passthru.bar1=8G", SETTING_REFUSED, -EOPNOTSUPP,
	  "passthru.bar1=8G refused: the firmware's addresses are fixed" },
	{ "passthru.d3cold=off@06:00.0", SETTING_REFUSED, -ENOENT,
	  "passthru.d3cold=off refused: the device or this kernel does not have that "
	  "setting" },
	{ "passthru.power=on", SETTING_REFUSED, -ETIMEDOUT,
	  "passthru.power=on refused: the write did not return in time" },
	{ "passthru.power=on", SETTING_REFUSED, -EIO,
	  "passthru.power=on refused: the kernel did not keep it" },
	{ "passthru.power=on", SETTING_REFUSED, -EPERM,
	  "passthru.power=on refused: Operation not permitted" },
	{ "passthru.bar0=max", SETTING_LOST, -ENOSPC,
	  "passthru.bar0=max refused: a BAR is gone, and the host's drivers are kept off "
	  "the device; reboot" },
};

START_TEST(says_what_is_refused)
{
	_cleanup_free_ char *log = NULL;
	struct situation situation;
	struct settings *result = &situation.result.settings;
	char wanted[256], cmdline[128];

	snprintf(cmdline, sizeof(cmdline), IDS " %s", settings[_i].cmdline);
	situation_make(CARD, cmdline, &situation);
	situation_claim(&situation);
	ck_assert_int_eq(settings_plan(&situation.params, &situation.result.plan, result),
			 0);
	ck_assert_uint_eq(result->count, 1);
	result->items[0].verdict = settings[_i].verdict;
	result->items[0].error = settings[_i].error;
	summary_log(root.fd, &situation.result);
	log = get_file(&root, "dev/kmsg");
	snprintf(wanted, sizeof(wanted), WARNING "0000:06:00.0 10de:13c2: %s\n",
		 settings[_i].log ? settings[_i].log : "");
	if (settings[_i].log)
		expect_msg(strstr(log, wanted), "%s\nis not in\n%s", wanted, log);
	else
		expect("no line", !strstr(log, "passthru.bar1"));
	situation_free(&situation);
}

/* Functions of a card that have no such file, if it is set of all. */
START_TEST(is_no_warning_of_all)
{
	_cleanup_free_ char *log = NULL;
	struct situation situation;

	situation_make(CARD, IDS " passthru.bar1=8G", &situation);
	situation_claim(&situation);
	ck_assert_int_eq(settings_plan(&situation.params, &situation.result.plan,
				       &situation.result.settings),
			 0);
	situation.result.settings.items[0].verdict = SETTING_REFUSED;
	situation.result.settings.items[0].error = -ENOENT;
	summary_log(root.fd, &situation.result);
	log = get_file(&root, "dev/kmsg");
	expect("a line", strstr(log, INFO "0000:06:00.0 10de:13c2: passthru.bar1=8G"));
	situation_free(&situation);
}

/* A setting for a device that nobody requests, in the early stage. */
START_TEST(says_what_is_idle)
{
	static const char line[] =
		"passthru.bar1, item 2: \"1G@07:00.0\": no requested device matches\n";
	struct situation situation;

	for (int stage = STAGE_EARLY; stage < STAGES; stage++) {
		_cleanup_free_ char *log = NULL;

		put_file(&root, "dev/kmsg", "");
		situation_make(CARD, IDS " passthru.bar1=8G,1G@07:00.0", &situation);
		situation.result.stage = (enum stage)stage;
		situation_claim(&situation);
		free(situation.result.problems);
		situation.result.problems = NULL;
		situation.result.problem_count = 0;
		ck_assert_int_eq(
			run_result_add_problems(&situation.result, &situation.params), 0);
		expect("complete", run_result_is_complete(&situation.result));
		summary_log(root.fd, &situation.result);
		log = get_file(&root, "dev/kmsg");
		expect_number(stage_word((enum stage)stage), strstr(log, line) != NULL,
			      stage == STAGE_EARLY);
		situation_free(&situation);
	}
}

static void apply(struct situation *situation, const struct result *result)
{
	struct plan_entry *entry;

	if (!result->now)
		return;
	entry = situation_entry(situation, "06:00.0");
	entry->verdict = result->verdict;
	entry->reason = result->reason;
	entry->step = result->step;
	entry->error = result->error;
	entry->undone = result->undone;
	strcpy(entry->now, result->now);
	entry->fb_release = result->fb_release;
}

START_TEST(says_exactly_this)
{
	_cleanup_free_ char *log = NULL;
	struct situation situation;

	situation_make(rows[_i].machine, rows[_i].cmdline, &situation);
	situation_claim(&situation);
	apply(&situation, &rows[_i].result);
	summary_log(root.fd, &situation.result);
	log = get_file(&root, "dev/kmsg");
	expect_text(rows[_i].name, log, rows[_i].log);
	situation_free(&situation);
}

/* The device stage does not know whether an item matches another device, or whether the
 * host has another network card. */
START_TEST(says_nothing_of_other_devices)
{
	_cleanup_free_ char *log = NULL;
	struct situation situation;

	situation_make("06:00.0 8086:10d3 020000 13 -\n", "passthru.ids=8086:10d3,1:2",
		       &situation);
	situation_claim(&situation);
	situation.result.stage = STAGE_DEVICE;
	situation_set_partial(&situation);
	summary_log(root.fd, &situation.result);
	log = get_file(&root, "dev/kmsg");
	expect_text("partial", log,
		    INFO "0000:06:00.0 8086:10d3 claimed by vfio-pci\n" ALL_ONE);
	situation_free(&situation);
}

/* What a guard keeps, why, and what would settle it. */
static const struct {
	const char *name;
	enum reason reason;
	const char *disk;
	const char *note;
	const char *why;
} guards[] = {
	{ "boot display", REASON_BOOT_DISPLAY, "", "",
	  "it is, or belongs to, the boot display, and the host has no other; if you mean it, name its address in passthru.addrs" },
	{ "root disk", REASON_ROOT_DISK, "nvme0n1p2",
	  "root=", "nvme0n1p2 backs root=; leave it out" },
	{ "mounted", REASON_IN_USE, "sda1", "/home",
	  "sda1 is mounted on /home; unmount it or leave it out" },
	{ "swap", REASON_IN_USE, "sda2", "swap",
	  "sda2 is in use as swap; unmount it or leave it out" },
	{ "in use", REASON_IN_USE, "", "",
	  "a disk behind it is in use; unmount it or leave it out" },
	{ "network", REASON_ROOT_NETWORK, "", "",
	  "it is in use, and the boot needs the network; leave it out" },
	{ "network, with its sign", REASON_ROOT_NETWORK, "", "ip=dhcp",
	  "it is in use, and the boot needs the network (ip=dhcp); leave it out" },
	{ "serial console", REASON_CONSOLE, "", "console=ttyS4",
	  "it is the serial console (console=ttyS4); if you mean it, name its address in passthru.addrs" },
	{ "root unknown", REASON_ROOT_UNKNOWN, "", "",
	  "the root disk is unknown and may be behind it; make root= name a disk that exists" },
	{ "unreadable", REASON_UNREADABLE, "sda", "",
	  "sda could not be read and may be the root disk" },
	{ "missing", REASON_NOT_FOUND, "", "fstab:/home=UUID=77",
	  "fstab:/home=UUID=77 was not found and may be behind it; correct that entry, or add the driver of its disk to the initramfs" },
	{ "missing, or on a disk that could not be read", REASON_NOT_FOUND, "sda",
	  "fstab:/home=UUID=77",
	  "fstab:/home=UUID=77 was not found and may be behind it, or on sda, which could not be read" },
	{ "only the image names it", REASON_ROOT_DISK, "sda1",
	  "initramfs:fstab:/home=UUID=77",
	  "sda1 backs initramfs:fstab:/home=UUID=77; rebuild the initramfs if its copy of that table is outdated" },
	{ "missing, and only the image names it", REASON_NOT_FOUND, "",
	  "part of initramfs:fstab:/home=UUID=77",
	  "part of initramfs:fstab:/home=UUID=77 was not found and may be behind it; rebuild the initramfs if its copy of that table is outdated" },
	{ "unclear", REASON_UNCLEAR, "sda3", "",
	  "the contents of sda3 are unclear and may belong to the system; see wipefs(8)" },
	{ "unclear stack", REASON_UNCLEAR, "", "",
	  "it is unclear which disks the root file system is on" },
};

START_TEST(says_what_a_guard_keeps)
{
	_cleanup_free_ char *log = NULL;
	struct situation situation;
	struct plan_entry *entry;
	char want[1024];

	situation_make(CARD, IDS, &situation);
	situation_claim(&situation);
	entry = situation_entry(&situation, "06:00.0");
	entry->verdict = VERDICT_KEPT;
	entry->reason = guards[_i].reason;
	strcpy(entry->disk, guards[_i].disk);
	strcpy(entry->note, guards[_i].note);
	summary_log(root.fd, &situation.result);
	log = get_file(&root, "dev/kmsg");
	snprintf(want, sizeof(want),
		 WARNING IS
		 "kept: %s; \"!\" after its ID or address overrides this\n" NONE_ONE,
		 guards[_i].why);
	expect_text(guards[_i].name, log, want);
	situation_free(&situation);
}

#define PF "0000:01:00.0 8086:10c9 "

static const struct {
	struct pf pf;
	const char *log;
} physical[] = {
	{ { .verdict = VERDICT_CLAIMED, .made = 7 },
	  INFO PF "has 7 virtual functions\n" },
	{ { .verdict = VERDICT_DEFERRED, .reason = REASON_NO_VFS },
	  INFO PF "deferred: it has no virtual functions yet; "
		  "they are claimed as they appear\n" },
	{ { .verdict = VERDICT_REFUSED, .reason = REASON_TOO_MANY_VFS },
	  ERROR PF "refused: it cannot have so many virtual functions; "
		   "see its sriov_totalvfs\n" },
	{ { .verdict = VERDICT_REFUSED, .reason = REASON_NOT_CONFIGURABLE },
	  ERROR PF "refused: its driver makes no virtual functions by sriov_numvfs; "
		   "see the driver's options\n" },
	{ { .verdict = VERDICT_FAILED, .reason = REASON_NOT_MADE, .error = -EIO },
	  ERROR PF "failed: its driver did not make the virtual functions: "
		   "Input/output error; see dmesg; for a network card, set the link up "
		   "first\n" },
	{ { .verdict = VERDICT_FAILED, .reason = REASON_TIMEOUT },
	  ERROR PF "failed: the write to sriov_numvfs did not return in time\n" },
	{ { .verdict = VERDICT_KEPT,
	    .reason = REASON_VFS_IN_USE,
	    .note = "0000:01:10.0(eth1)" },
	  ERROR PF "kept: 0000:01:10.0(eth1) is in use, so its virtual functions stay; "
		   "end that, then write the number to sriov_numvfs\n" },
};

static void log_physical(const struct pf *from, bool is_news)
{
	struct pf pf = *from;
	struct run_result result = { .stage = STAGE_LATE };

	pf.address = address_of("01:00.0");
	pf.id = (struct pci_id){ .vendor = 0x8086, .device = 0x10c9 };
	pf.is_news = is_news;
	result.pfs = (struct pfs){ &pf, 1 };
	put_file(&root, "dev/kmsg", "");
	summary_log(root.fd, &result);
}

START_TEST(says_what_becomes_of_vfs)
{
	_cleanup_free_ char *log = NULL;

	log_physical(&physical[_i].pf, true);
	log = get_file(&root, "dev/kmsg");
	log[strcspn(log, "\n") + 1] = '\0';
	expect_text("news", log, physical[_i].log);
	free(log);
	log_physical(&physical[_i].pf, false);
	log = get_file(&root, "dev/kmsg");
	expect("no news", !strstr(log, "8086:10c9"));
}

START_TEST(warns_of_force)
{
	_cleanup_free_ char *log = NULL;
	struct situation situation;

	situation_make(CARD, IDS " passthru.force", &situation);
	situation_claim(&situation);
	summary_log(root.fd, &situation.result);
	log = get_file(&root, "dev/kmsg");
	expect_text(
		"force", log,
		WARNING
		"passthru.force: the guards are off; the root disk and the boot display are claimed if named\n" INFO
			IS "claimed by vfio-pci\n" ALL_ONE);
	situation_free(&situation);
}

/* The late stage does not repeat what is wrong with the command line. */
START_TEST(does_not_repeat_itself)
{
	_cleanup_free_ char *log = NULL;
	struct situation situation;

	situation_make(CARD, IDS ",x,1:2 passthru.force", &situation);
	situation_claim(&situation);
	situation.result.stage = STAGE_LATE;
	summary_log(root.fd, &situation.result);
	log = get_file(&root, "dev/kmsg");
	expect_text("late", log,
		    INFO IS "claimed by vfio-pci\n" WARNING "1 of 1" IN_TIME SOME);
	situation_free(&situation);
}

/* Every line of the log is whole: short enough, and with its end. */
static void check_lines(const char *name, const char *log)
{
	while (*log) {
		size_t length = strcspn(log, "\n") + 1;

		ck_assert_msg(length < 480, "%s: a line of %zu bytes", name, length);
		ck_assert_msg(log[length - 1] == '\n', "%s: no end", name);
		ck_assert_msg(strncmp(log, "<27>passthru: ", 14) == 0 ||
				      strncmp(log, "<28>passthru: ", 14) == 0 ||
				      strncmp(log, "<30>passthru: ", 14) == 0,
			      "%s: a line begins otherwise: %.40s", name, log);
		log += length;
	}
}

/* "%s" stands for a text of many bytes. */
static const struct {
	const char *format;
	const char *end; /* of the first line: the advice must not be truncated */
} extremes[] = {
	{ "passthru.ids=:%s", "write vendor:device, such as 10de:13c2\n" },
	{ "passthru.ids=%s", "passthru list prints IDs and addresses\n" },
	{ "passthru.addrs=:%s", "write [DOMAIN:]BUS:SLOT.FUNCTION in hex\n" },
	{ "passthru.skip=1:2:3:4:5:6:%s", "an ID is hex numbers separated by colons\n" },
	{ "passthru.%s", "passthru-cmdline(7) lists them\n" },
	{ "passthru.driver=%s", "write vfio-pci, auto or the name of a driver\n" },
	{ "passthru.group=%s", "write report or claim\n" },
	{ "passthru.timeout=%s", "write a number of seconds from 1 to 3600\n" },
	{ "passthru.force=%s", "write yes or no; assuming no\n" },
	{ "\"passthru.%s=x\"", "passthru-cmdline(7) lists them\n" },
};

START_TEST(stays_short)
{
	static char many[100001], cmdline[100100];
	_cleanup_free_ char *log = NULL;
	struct situation situation;
	size_t length;

	memset(many, 'x', 100000);
	snprintf(cmdline, sizeof(cmdline), extremes[_i].format, many);
	situation_make(CARD, cmdline, &situation);
	situation_claim(&situation);
	summary_log(root.fd, &situation.result);
	log = get_file(&root, "dev/kmsg");
	check_lines(extremes[_i].format, log);
	length = strcspn(log, "\n") + 1;
	ck_assert_msg(length > strlen(extremes[_i].end) &&
			      strncmp(log + length - strlen(extremes[_i].end),
				      extremes[_i].end, strlen(extremes[_i].end)) == 0,
		      "%s: the end is cut off: %.*s", extremes[_i].format, (int)length,
		      log);
	situation_free(&situation);
}

/* Names as long as they can be. */
START_TEST(stays_short_with_long_names)
{
	static const char long_name[] =
		"a23456789b23456789c23456789d23456789e23456789f23456789g23456789";
	_cleanup_free_ char *log = NULL;
	struct situation situation;
	char cmdline[256], machine[256];

	snprintf(cmdline, sizeof(cmdline),
		 "passthru.addrs=ffffffff:ff:1f.7 passthru.driver=%s "
		 "passthru.timeout=3600",
		 long_name);
	snprintf(machine, sizeof(machine),
		 "ffffffff:ff:1f.7 ffff:ffff 030000 2147483647 %s\n"
		 "ffffffff:ff:1f.7 ffff:ffff 030000 2147483647 %s\n",
		 long_name, long_name);
	situation_make(machine, cmdline, &situation);
	situation_claim(&situation);
	for (int reason = REASON_NONE; reason <= REASON_INTERNAL; reason++) {
		struct plan_entry *entry = &situation.result.plan.entries[0];

		entry->verdict = VERDICT_FAILED;
		entry->reason = (enum reason)reason;
		entry->step = STEP_PROBE;
		entry->error = -EPROTONOSUPPORT;
		entry->undone = true;
		summary_log(root.fd, &situation.result);
	}
	log = get_file(&root, "dev/kmsg");
	check_lines("long names", log);
	expect("not cut",
	       strstr(log, "rolled back, its driver is now a23456789b23456789c23456789"
			   "d23456789e23456789f23456789g23456789\n"));
	situation_free(&situation);
}

/* A line a device, and a summary. */
START_TEST(is_one_line_each)
{
	char machine[2048] = "";
	_cleanup_free_ char *log = NULL;
	struct situation situation;
	unsigned count = 0;

	for (unsigned i = 0; i < 30; i++)
		sprintf(machine + strlen(machine), "%02x:00.0 10de:13c2 030000 %u -\n", i,
			i);
	situation_make(machine, IDS, &situation);
	situation_claim(&situation);
	summary_log(root.fd, &situation.result);
	log = get_file(&root, "dev/kmsg");
	for (const char *at = log; (at = strchr(at, '\n')); at++)
		count++;
	ck_assert_uint_eq(count, 31);
	check_lines("30 devices", log);
	expect("summary", strstr(log, INFO "30 of 30" IN_TIME "\n"));
	situation_free(&situation);
}

int main(void)
{
	TCase *tcase = tcase_create("summary");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, says_exactly_this, rows);
	add_rows(tcase, says_what_is_refused, settings);
	tcase_add_test(tcase, is_no_warning_of_all);
	tcase_add_test(tcase, says_what_is_idle);
	tcase_add_test(tcase, says_nothing_of_other_devices);
	add_rows(tcase, says_what_a_guard_keeps, guards);
	add_rows(tcase, says_what_becomes_of_vfs, physical);
	tcase_add_test(tcase, warns_of_force);
	tcase_add_test(tcase, does_not_repeat_itself);
	add_rows(tcase, stays_short, extremes);
	tcase_add_test(tcase, stays_short_with_long_names);
	tcase_add_test(tcase, is_one_line_each);
	return unit_run(tcase);
}
