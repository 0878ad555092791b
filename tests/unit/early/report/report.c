/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "build.h"
#include "machine.h"
#include "report/report.h"
#include "seams.h"
#include "unit.h"

static struct directory root;

static void set_up(void)
{
	root = make_directory();
	put_directory(&root, "run");
}

static void tear_down(void)
{
	drop_directory(&root);
}

#define HEAD	  "format=1 version=" VERSION " dryrun=no\n"
#define HEAD_DRY  "format=1 version=" VERSION " dryrun=yes\n"
#define EARLY	  "phase=early total_us=12345 kernel_us=2345\n"
#define DEVICE	  "phase=device total_us=12345 kernel_us=2345\n"
#define CARD	  "06:00.0 10de:13c2 030000 13 -\n"
#define CARD_HELD "06:00.0 10de:13c2 030000 13 nouveau\n"
#define AUDIO	  "06:00.1 10de:0fbb 040300 13 snd_hda_intel\n"
#define CARD_IS	  "device=0000:06:00.0 id=10de:13c2 group=13 "
#define AUDIO_IS  "device=0000:06:00.1 id=10de:0fbb group=13 "
#define IDS	  "passthru.ids=10de:13c2"
#define WHY	  "why=write%20a%20number%20of%20seconds%20from%201%20to%203600\n"

/* The result of the claim of 06:00.0, if not the plan's. */
struct result {
	enum verdict verdict;
	enum reason reason;
	enum claim_step step;
	int error;
	bool undone;
	const char *now;
};

static const struct {
	const char *name;
	const char *machine;
	const char *cmdline;
	struct result result; /* .now is NULL for none */
	const char *text;
} reports[] = {
	{ "nothing", "", "", { 0 }, HEAD EARLY },
	{ "claimed",
	  CARD,
	  IDS,
	  { VERDICT_CLAIMED, .now = "vfio-pci" },
	  HEAD EARLY CARD_IS "verdict=claimed driver=vfio-pci was=none\n"
			     "group=13 viable=yes\n" },
	{ "claimed from another",
	  CARD_HELD,
	  IDS,
	  { VERDICT_CLAIMED, .now = "vfio-pci" },
	  HEAD EARLY CARD_IS "verdict=claimed driver=vfio-pci was=nouveau\n"
			     "group=13 viable=yes\n" },
	{ "a five-digit domain",
	  "10000:01:00.0 8086:0953 010802 7 vfio-pci\n",
	  "passthru.addrs=10000:01:00.0",
	  { 0 },
	  HEAD EARLY "device=10000:01:00.0 id=8086:0953 group=7 verdict=claimed "
		     "driver=vfio-pci was=vfio-pci\ngroup=7 viable=yes\n" },
	{ "kept: skipped",
	  CARD_HELD,
	  IDS " passthru.skip=06:00.0",
	  { 0 },
	  HEAD EARLY CARD_IS "verdict=kept driver=nouveau was=nouveau reason=skipped\n" },
	{ "a dry run",
	  CARD_HELD,
	  IDS " passthru.dryrun",
	  { 0 },
	  HEAD_DRY EARLY CARD_IS
	  "verdict=planned driver=nouveau was=nouveau wanted=vfio-pci\n"
	  "group=13 viable=yes\n" },
	{ "a dry run for what it has",
	  "06:00.0 10de:13c2 030000 13 vfio-pci\n",
	  IDS " passthru.dryrun",
	  { 0 },
	  HEAD_DRY EARLY CARD_IS
	  "verdict=planned driver=vfio-pci was=vfio-pci wanted=vfio-pci\n"
	  "group=13 viable=yes\n" },
	{ "a driver that is not VFIO's",
	  CARD,
	  IDS " passthru.driver=uio_pci_generic",
	  { VERDICT_CLAIMED, .now = "uio_pci_generic" },
	  HEAD EARLY CARD_IS
	  "verdict=claimed driver=uio_pci_generic was=none\n"
	  "group=13 viable=no blocker=0000:06:00.0 driver=uio_pci_generic\n" },
	{ "refused: no IOMMU",
	  "06:00.0 10de:13c2 030000 - -\n",
	  IDS,
	  { 0 },
	  HEAD EARLY "device=0000:06:00.0 id=10de:13c2 group=none verdict=refused "
		     "driver=none was=none reason=no-iommu\n" },
	{ "refused: bridge",
	  "06:00.0 10de:13c2 060400 13 pcieport bridge\n",
	  IDS,
	  { 0 },
	  HEAD EARLY CARD_IS
	  "verdict=refused driver=pcieport was=pcieport reason=bridge\n" },
	{ "refused: virtual functions",
	  "06:00.0 10de:13c2 020000 13 - vfs\n",
	  IDS,
	  { 0 },
	  HEAD EARLY CARD_IS "verdict=refused driver=none was=none reason=has-vfs\n" },
	{ "failed: gone",
	  "06:00.0 10de:13c2 020000 13 - gone\n",
	  IDS,
	  { 0 },
	  HEAD EARLY CARD_IS "verdict=failed driver=none was=none reason=gone step=none "
			     "error=0 undone=no\n" },
	{ "failed: probe",
	  CARD_HELD,
	  IDS,
	  { VERDICT_FAILED, REASON_PROBE, STEP_PROBE, -EINVAL, true, "nouveau" },
	  HEAD EARLY CARD_IS "verdict=failed driver=nouveau was=nouveau reason=probe "
			     "step=probe error=22 undone=yes\n" },
	{ "failed: timeout",
	  CARD_HELD,
	  IDS,
	  { VERDICT_FAILED, REASON_TIMEOUT, STEP_UNBIND, 0, false, "nouveau" },
	  HEAD EARLY CARD_IS "verdict=failed driver=nouveau was=nouveau reason=timeout "
			     "step=unbind error=0 undone=no\n" },
	{ "deferred",
	  CARD_HELD,
	  IDS,
	  { VERDICT_DEFERRED, REASON_NONE, STEP_NONE, 0, false, "nouveau" },
	  HEAD EARLY CARD_IS
	  "verdict=deferred driver=nouveau was=nouveau reason=none\n" },
	{ "a group that is not usable",
	  CARD AUDIO,
	  IDS,
	  { VERDICT_CLAIMED, .now = "vfio-pci" },
	  HEAD EARLY CARD_IS
	  "verdict=claimed driver=vfio-pci was=none\n"
	  "group=13 viable=no blocker=0000:06:00.1 driver=snd_hda_intel\n" },
	{ "a group that will not be usable",
	  CARD "06:00.1 10de:0fbb 040300 13 -\n",
	  IDS,
	  { VERDICT_CLAIMED, .now = "vfio-pci" },
	  HEAD EARLY CARD_IS "verdict=claimed driver=vfio-pci was=none\n"
			     "group=13 viable=no blocker=0000:06:00.1 driver=none\n" },
	{ "two, in order",
	  CARD AUDIO,
	  "passthru.ids=10de:0fbb,10de:13c2 passthru.skip=06:00.1",
	  { VERDICT_CLAIMED, .now = "vfio-pci" },
	  HEAD EARLY CARD_IS
	  "verdict=claimed driver=vfio-pci was=none\n" AUDIO_IS
	  "verdict=kept driver=snd_hda_intel was=snd_hda_intel reason=skipped\n"
	  "group=13 viable=no blocker=0000:06:00.1 driver=snd_hda_intel\n" },
	/* the command line */
	{ "unmatched",
	  "",
	  "passthru.ids=10de:ffff passthru.addrs=0a:00.0",
	  { 0 },
	  HEAD EARLY "selector=10de:ffff verdict=unmatched\n"
		     "selector=0a:00.0 verdict=unmatched\n" },
	{ "another one there",
	  AUDIO,
	  "passthru.ids=10de:13c2@06:00.1",
	  { 0 },
	  HEAD EARLY "selector=10de:13c2@06:00.1 verdict=unmatched found=10de:0fbb@"
		     "0000:06:00.1\n" },
	{ "malformed item",
	  "",
	  "passthru.ids=10de,x",
	  { 0 },
	  HEAD EARLY
	  "selector=10de verdict=malformed parameter=passthru.ids item=1 column=5 "
	  "why=the%20device%20ID%20is%20missing;%20write%20vendor:device,%20or%20vendor:*%20for%20all\n"
	  "selector=x verdict=malformed parameter=passthru.ids item=2 column=1 "
	  "why=names%20are%20not%20understood;%20passthru%20list%20prints%20IDs%20and%20addresses\n" },
	{ "an address among IDs",
	  "",
	  "passthru.ids=0a:00.0",
	  { 0 },
	  HEAD EARLY "selector=0a:00.0 verdict=malformed parameter=passthru.ids item=1 "
		     "column=1 why=an%20address meant=passthru.addrs\n" },
	{ "stray item",
	  "",
	  "passthru.skip=1:2, 3:4 passthru.foo",
	  { 0 },
	  HEAD EARLY
	  "selector=3:4 verdict=malformed parameter=passthru.skip "
	  "why=a%20space%20separates%20it%20from%20the%20list;%20remove%20the%20space\n"
	  "parameter=passthru.foo verdict=unknown\n" },
	{ "malformed value",
	  "",
	  "passthru.timeout=soon",
	  { 0 },
	  HEAD EARLY "parameter=passthru.timeout verdict=malformed value=soon " WHY },
	{ "missing value",
	  "",
	  "passthru.timeout",
	  { 0 },
	  HEAD EARLY "parameter=passthru.timeout verdict=malformed value= " WHY },
	{ "no effect is no record",
	  CARD,
	  "passthru.ids=10de:13c2:1:2:30000 passthru.enable",
	  { 0 },
	  HEAD EARLY "parameter=passthru.enable verdict=unknown "
		     "nearest=passthru%20enable%20ADDRESS\n"
		     "selector=10de:13c2:1:2:30000 verdict=unmatched\n" },
	/* no blank, no newline, no odd byte gets into a value */
	{ "escaping",
	  "",
	  "passthru.ids=\"1:2 3\n4\x7f\xc3\xa4%41\"",
	  { 0 },
	  HEAD EARLY
	  "selector=1:2%203%0a4%7f%c3%a4%2541 verdict=malformed "
	  "parameter=passthru.ids item=1 column=4 "
	  "why=unexpected%20character;%20an%20ID%20is%20hex%20numbers%20separated%20by%20colons\n" },
	{ "escaping of names",
	  "",
	  "\"passthru.a b\nverdict=1\" passthru.timeout=\" \"",
	  { 0 },
	  HEAD EARLY "parameter=passthru.a%20b%0averdict verdict=unknown\n"
		     "parameter=passthru.timeout verdict=malformed value=%20 " WHY },
};

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
}

START_TEST(says_exactly_this)
{
	_cleanup_free_ char *text = NULL;
	struct situation situation;

	situation_make(reports[_i].machine, reports[_i].cmdline, &situation);
	situation_claim(&situation);
	apply(&situation, &reports[_i].result);
	expect_number(reports[_i].name,
		      report_write(root.fd, REPORT_PATH, &situation.result), 0);
	text = get_file(&root, REPORT_PATH);
	expect_text(reports[_i].name, text, reports[_i].text);
	situation_free(&situation);
}

#define SETTINGS_DONE                                                                                    \
	"setting=bar1 device=0000:06:00.0 id=10de:13c2 wanted=8G was=256M got=8G verdict=done\n"         \
	"setting=reset device=0000:06:00.0 id=10de:13c2 wanted=flr+bus was=bus got=bus verdict=refused " \
	"errno=22\n"                                                                                     \
	"setting=d3cold device=0000:06:00.0 id=10de:13c2 wanted=off was=none got=none verdict=refused "  \
	"errno=2\n"

static void make_settings(struct situation *situation)
{
	struct setting_result *items;

	situation_make(CARD,
		       IDS " passthru.power=on passthru.d3cold=off "
			   "passthru.reset=flr+bus passthru.bar1=8G",
		       situation);
	situation_claim(situation);
	strcpy(situation_entry(situation, "06:00.0")->now, "vfio-pci");
	ck_assert_int_eq(settings_plan(&situation->params, &situation->result.plan,
				       &situation->result.settings),
			 0);
	items = situation->result.settings.items;
	ck_assert_uint_eq(situation->result.settings.count, 4);
	items[0].verdict = SETTING_DONE;
	strcpy(items[0].was, "256M");
	strcpy(items[0].got, "8G");
	items[1].verdict = items[2].verdict = SETTING_REFUSED;
	items[1].error = -EINVAL;
	items[2].error = -ENOENT;
	strcpy(items[1].was, "bus");
	strcpy(items[1].got, "bus");
}

/* What the report has of settings comes back from it; what was never written is not
 * there. */
START_TEST(has_settings)
{
	_cleanup_free_ char *text = NULL;
	struct situation situation;
	struct run_result read;
	const struct setting_result *items;

	make_settings(&situation);
	ck_assert_int_eq(report_write(root.fd, REPORT_PATH, &situation.result), 0);
	text = get_file(&root, REPORT_PATH);
	expect_text("report", text,
		    HEAD EARLY CARD_IS
		    "verdict=claimed driver=vfio-pci was=none\n" SETTINGS_DONE
		    "group=13 viable=yes\n");
	ck_assert_int_eq(report_parse(text, &read), 0);
	items = read.settings.items;
	ck_assert_uint_eq(read.settings.count, 3);
	ck_assert_ptr_eq(items[0].device, read.plan.entries[0].device);
	expect_number("kind", items[0].kind, SETTING_BAR1);
	expect_number("verdict", items[0].verdict, SETTING_DONE);
	expect("written", items[0].is_written && !items[1].is_written);
	expect_text("wanted", items[1].wanted, "flr+bus");
	expect_text("was", items[0].was, "256M");
	expect_text("got", items[0].got, "8G");
	expect_number("errno", items[1].error, -EINVAL);
	expect_text("none", items[2].was, "");
	run_result_free(&read);
	situation_free(&situation);
}

/* They are replaced with their device, and stay with others. */
START_TEST(replaces_settings)
{
	static const char other[] =
		"setting=bar0 device=0000:05:00.0 id=144d:a808 wanted=max was=1G got=2G verdict=done\n";
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *old = NULL;
	struct situation situation;

	ck_assert_int_gt(
		asprintf(
			&old, "%s%s%s", HEAD, other,
			"setting=bar1 device=0000:06:00.0 id=10de:13c2 wanted=1G verdict=done\n"),
		0);
	put_file(&root, REPORT_PATH, old);
	make_settings(&situation);
	situation.result.stage = STAGE_DEVICE;
	ck_assert_int_eq(report_write(root.fd, REPORT_PATH, &situation.result), 0);
	text = get_file(&root, REPORT_PATH);
	expect("the other", strstr(text, other));
	expect("the new", strstr(text, SETTINGS_DONE));
	expect("the old", !strstr(text, "wanted=1G"));
	situation_free(&situation);
}

/* A later stage keeps the records of other devices. */
static const struct {
	const char *name;
	const char *old; /* NULL for none */
	enum stage stage;
	const char *text;
} stages[] = {
#define NEW_CARD CARD_IS "verdict=claimed driver=vfio-pci was=vfio-pci\n"
#define OLD_CARD                                                                        \
	CARD_IS "verdict=failed driver=none was=none reason=probe step=probe error=22 " \
		"undone=yes\n"
#define OLD_DISK                                                                    \
	"device=0000:05:00.0 id=144d:a808 group=9 verdict=claimed driver=vfio-pci " \
	"was=none\n"
#define OLD_HEAD  "format=1 version=0 dryrun=yes\n"
#define OLD_EARLY "phase=early total_us=1 kernel_us=1\n"
#define NEW_GROUP "group=13 viable=yes\n"
	{ "no old one", NULL, STAGE_DEVICE, HEAD DEVICE NEW_CARD NEW_GROUP },
	{ "an empty one", "", STAGE_DEVICE, HEAD DEVICE NEW_CARD NEW_GROUP },
	{ "the early stage starts over", OLD_HEAD OLD_EARLY OLD_DISK, STAGE_EARLY,
	  HEAD EARLY NEW_CARD NEW_GROUP },
	{ "another device stays", OLD_HEAD OLD_EARLY OLD_DISK, STAGE_DEVICE,
	  HEAD OLD_EARLY OLD_DISK DEVICE NEW_CARD NEW_GROUP },
	{ "this device is replaced", OLD_HEAD OLD_EARLY OLD_CARD OLD_DISK, STAGE_DEVICE,
	  HEAD OLD_EARLY OLD_DISK DEVICE NEW_CARD NEW_GROUP },
	{ "this group is replaced",
	  OLD_HEAD OLD_EARLY OLD_DISK
	  "group=13 viable=no blocker=0000:06:00.1 driver=none\ngroup=9 viable=yes\n",
	  STAGE_DEVICE,
	  HEAD OLD_EARLY OLD_DISK "group=9 viable=yes\n" DEVICE NEW_CARD NEW_GROUP },
	{ "a group of no device goes",
	  OLD_HEAD OLD_DISK "group=1 viable=yes\ngroup=90 viable=no\n", STAGE_DEVICE,
	  HEAD OLD_DISK DEVICE NEW_CARD NEW_GROUP },
	{ "the group of a device that moved goes",
	  OLD_HEAD
	  "device=0000:06:00.0 id=10de:13c2 group=4 verdict=claimed driver=vfio-pci "
	  "was=none\ngroup=4 viable=yes\n",
	  STAGE_DEVICE, HEAD DEVICE NEW_CARD NEW_GROUP },
	{ "what was there before this device goes, nothing else of its card does",
	  OLD_HEAD "device=0000:06:00.0 id=10de:13c1 verdict=claimed\n"
		   "device=0000:06:00.1 id=10de:0fbb verdict=claimed\n",
	  STAGE_DEVICE,
	  HEAD "device=0000:06:00.1 id=10de:0fbb verdict=claimed\n" DEVICE NEW_CARD
		  NEW_GROUP },
	{ "one device stage replaces another",
	  OLD_HEAD OLD_EARLY "phase=device total_us=1 "
			     "kernel_us=1\n",
	  STAGE_DEVICE, HEAD OLD_EARLY DEVICE NEW_CARD NEW_GROUP },
	{ "the command line is judged again",
	  OLD_HEAD OLD_EARLY
	  "selector=10de:13c2 verdict=unmatched\n"
	  "parameter=passthru.x verdict=unknown nearest=passthru.ids\n",
	  STAGE_DEVICE, HEAD OLD_EARLY DEVICE NEW_CARD NEW_GROUP },
	{ "a name that only begins so",
	  OLD_HEAD "device=0000:06:00.00 verdict=claimed\ndevice=0000:06:00\n",
	  STAGE_DEVICE,
	  HEAD "device=0000:06:00.00 verdict=claimed\ndevice=0000:06:00\n" DEVICE NEW_CARD
		  NEW_GROUP },
	{ "rubbish",
	  "\n\n\ndevice=\ngroup=\ngroup=x\ngroup=99999999999999999999 a\nphase=\nx",
	  STAGE_DEVICE, NULL },
	{ "no newline at the end", OLD_HEAD OLD_DISK "group=9 viable=yes", STAGE_DEVICE,
	  HEAD OLD_DISK "group=9 viable=yes\n" DEVICE NEW_CARD NEW_GROUP },
	{ "only this device", CARD_IS, STAGE_DEVICE, HEAD DEVICE NEW_CARD NEW_GROUP },
};

START_TEST(adds_to_the_old)
{
	_cleanup_free_ char *text = NULL;
	struct situation situation;

	situation_make("06:00.0 10de:13c2 030000 13 vfio-pci\n", IDS, &situation);
	situation_claim(&situation);
	situation.result.stage = stages[_i].stage;
	if (stages[_i].old)
		put_file(&root, REPORT_PATH, stages[_i].old);
	expect_number(stages[_i].name,
		      report_write(root.fd, REPORT_PATH, &situation.result), 0);
	text = get_file(&root, REPORT_PATH);
	if (stages[_i].text)
		expect_text(stages[_i].name, text, stages[_i].text);
	situation_free(&situation);
}

/* The device stage looks at one device: what other items matched, the old one knows. */
START_TEST(keeps_what_other_items_matched)
{
	_cleanup_free_ char *text = NULL;
	struct situation situation;

	situation_make("06:00.0 10de:13c2 030000 13 vfio-pci\n",
		       IDS ",1:2,x passthru.addrs=07:00.*", &situation);
	situation_claim(&situation);
	situation.result.stage = STAGE_DEVICE;
	situation_set_partial(&situation);
	put_file(&root, REPORT_PATH,
		 OLD_HEAD "selector=10de:13c2 verdict=unmatched\n"
			  "selector=07:00.* verdict=unmatched found=1:3\n"
			  "selector=x verdict=malformed parameter=passthru.ids\n");
	ck_assert_int_eq(report_write(root.fd, REPORT_PATH, &situation.result), 0);
	text = get_file(&root, REPORT_PATH);
	expect_text(
		"partial", text,
		HEAD
		"selector=07:00.* verdict=unmatched found=1:3\n" DEVICE NEW_CARD NEW_GROUP
		"selector=x verdict=malformed parameter=passthru.ids item=3 column=1 "
		"why=names%20are%20not%20understood;%20passthru%20list%20prints%20IDs%20and%20addresses\n");
	situation_free(&situation);
}

/* A reader that has the old one open can finish; only the lock is left behind. */
START_TEST(replaces_as_a_whole)
{
	struct situation situation;
	struct stat before, after;
	char old[8] = "";
	int fd;

	situation_make(CARD, IDS, &situation);
	situation_claim(&situation);
	put_file(&root, REPORT_PATH, "old");
	fd = openat(root.fd, REPORT_PATH, O_RDONLY);
	ck_assert_int_eq(fstat(fd, &before), 0);
	ck_assert_int_eq(report_write(root.fd, REPORT_PATH, &situation.result), 0);
	ck_assert_int_eq(read(fd, old, 7), 3);
	expect_text("old", old, "old");
	close(fd);
	ck_assert_int_eq(fstatat(root.fd, REPORT_PATH, &after, 0), 0);
	expect("another file", before.st_ino != after.st_ino);
	expect_number("mode", after.st_mode & 07777, 0644);
	expect("no rest", faccessat(root.fd, REPORT_PATH ".new", F_OK, 0) < 0);
	situation_free(&situation);
}

static void prepare_none(void)
{
}

static void prepare_no_run(void)
{
	ck_assert_int_eq(unlinkat(root.fd, "run", AT_REMOVEDIR), 0);
}

static void prepare_full(void)
{
	put_link(&root, REPORT_PATH ".new", "/dev/full");
}

static void prepare_directory(void)
{
	put_file(&root, REPORT_PATH "/file", "");
}

static void prepare_file(void)
{
	put_file(&root, "run/passthru", "");
}

static void prepare_rename(void)
{
	put_file(&root, REPORT_PATH, "old");
	seam_fail(SEAM_RENAME, 1, EROFS);
}

static const struct {
	const char *name;
	void (*prepare)(void);
	const char *path;
	int r;
} troubles[] = {
	{ "none", prepare_none, REPORT_PATH, 0 },
	{ "the directory's directory is missing", prepare_no_run, REPORT_PATH, -ENOENT },
	{ "no room", prepare_full, REPORT_PATH, -EIO },
	{ "a directory is there", prepare_directory, REPORT_PATH, -EISDIR },
	{ "a file is there", prepare_file, REPORT_PATH, -ENOTDIR },
	{ "read-only at the last moment", prepare_rename, REPORT_PATH, -EROFS },
	{ "nowhere", prepare_none, "/proc/none/report", -ENOENT },
	{ "no name", prepare_none, "", -ENOENT },
	{ "in the directory itself", prepare_none, "report", 0 },
};

START_TEST(says_what_went_wrong)
{
	struct situation situation;
	unsigned fds = count_fds();

	situation_make(CARD, IDS, &situation);
	situation_claim(&situation);
	troubles[_i].prepare();
	expect_number(troubles[_i].name,
		      report_write(root.fd, troubles[_i].path, &situation.result),
		      troubles[_i].r);
	expect_number(troubles[_i].name, count_fds(), fds);
	expect(troubles[_i].name,
	       faccessat(root.fd, REPORT_PATH ".new", F_OK, AT_SYMLINK_NOFOLLOW) < 0);
	situation_free(&situation);
}

/* When it cannot be written, the old one stays. */
START_TEST(keeps_the_old)
{
	_cleanup_free_ char *text = NULL;
	struct situation situation;

	situation_make(CARD, IDS, &situation);
	situation_claim(&situation);
	prepare_rename();
	ck_assert_int_lt(report_write(root.fd, REPORT_PATH, &situation.result), 0);
	text = get_file(&root, REPORT_PATH);
	expect_text("old", text, "old");
	situation_free(&situation);
}

START_TEST(refuses_a_long_path)
{
	struct situation situation;
	char path[5000];

	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	situation_make(CARD, IDS, &situation);
	situation_claim(&situation);
	expect_number("5000", report_write(root.fd, path, &situation.result),
		      -ENAMETOOLONG);
	situation_free(&situation);
}

START_TEST(writes_to_standard_output)
{
	struct situation situation;
	_cleanup_free_ char *text = NULL;
	int r;

	situation_make(CARD, IDS " passthru.skip=06:00.0", &situation);
	situation_claim(&situation);
	divert(&root, STDOUT_FILENO, "out");
	r = report_write(root.fd, "-", &situation.result);
	undivert(STDOUT_FILENO);
	expect_number("-", r, 0);
	text = get_file(&root, "out");
	expect_text("-", text,
		    HEAD EARLY CARD_IS
		    "verdict=kept driver=none was=none reason=skipped\n");
	expect("no file", faccessat(root.fd, "-", F_OK, 0) < 0);
	situation_free(&situation);
}

/* What a guard noted. */
START_TEST(names_what_a_guard_found)
{
	_cleanup_free_ char *text = NULL;
	struct situation situation;
	struct plan_entry *entry;

	situation_make(CARD_HELD, IDS, &situation);
	situation_claim(&situation);
	entry = situation_entry(&situation, "06:00.0");
	entry->verdict = VERDICT_KEPT;
	entry->reason = REASON_ROOT_DISK;
	strcpy(entry->disk, "nvme0n1");
	strcpy(entry->note, "/a b");
	ck_assert_int_eq(report_write(root.fd, REPORT_PATH, &situation.result), 0);
	text = get_file(&root, REPORT_PATH);
	expect_text("guard", text,
		    HEAD EARLY CARD_IS "verdict=kept driver=nouveau was=nouveau "
				       "reason=root-disk block=nvme0n1 for=/a%20b\n");
	situation_free(&situation);
}

int main(void)
{
	TCase *tcase = tcase_create("report");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_rows(tcase, says_exactly_this, reports);
	tcase_add_test(tcase, has_settings);
	tcase_add_test(tcase, replaces_settings);
	add_rows(tcase, adds_to_the_old, stages);
	tcase_add_test(tcase, keeps_what_other_items_matched);
	tcase_add_test(tcase, replaces_as_a_whole);
	add_rows(tcase, says_what_went_wrong, troubles);
	tcase_add_test(tcase, keeps_the_old);
	tcase_add_test(tcase, refuses_a_long_path);
	tcase_add_test(tcase, writes_to_standard_output);
	tcase_add_test(tcase, names_what_a_guard_found);
	return unit_run(tcase);
}
