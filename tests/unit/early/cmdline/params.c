/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline/cmdline.h"
#include "seams.h"
#include "unit.h"

/* The parsed parameters in words, without defaults. */
struct words {
	char text[4096];
	size_t length;
};

static void _printf_(2, 3) say(struct words *words, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	words->length +=
		(size_t)vsnprintf(words->text + words->length,
				  sizeof(words->text) - words->length, format, arguments);
	va_end(arguments);
	ck_assert_uint_lt(words->length, sizeof(words->text));
}

#define SPAN(span) (int)(span).length, (span).at

static void say_problem(struct words *words, const struct problem *problem)
{
	static const char *const kinds[] = {
		[PROBLEM_ITEM] = "malformed",	   [PROBLEM_STRAY] = "stray",
		[PROBLEM_VALUE] = "value",	   [PROBLEM_UNKNOWN] = "unknown",
		[PROBLEM_NO_EFFECT] = "no-effect",
	};

	say(words, "%s %.*s", kinds[problem->kind], SPAN(problem->parameter));
	if (problem->kind == PROBLEM_UNKNOWN)
		say(words, " nearest %s", problem->why);
	else
		say(words, " \"%.*s\"", SPAN(problem->text));
	if (problem->kind == PROBLEM_ITEM)
		say(words, " item %u column %u", problem->item, problem->column);
	if (problem->meant)
		say(words, " for %s", problem->meant);
	if (problem->kind == PROBLEM_NO_EFFECT)
		say(words, " item %u", problem->item);
	if (problem->kind == PROBLEM_VALUE)
		say(words, " %s", problem->why);
	say(words, "; ");
	expect("why",
	       problem->why && (problem->why[0] || problem->kind == PROBLEM_UNKNOWN));
}

static void describe(const struct params *params, struct words *words)
{
	words->length = 0;
	words->text[0] = '\0';
	for (size_t i = 0; i < params->wanted.count; i++) {
		const struct selector *selector = &params->wanted.items[i];
		const char *source = item_source_word(selector->source);

		say(words, "%.*s%s%s; ", SPAN(selector->text), *source ? " of " : "",
		    source);
	}
	for (size_t i = 0; i < params->skipped.count; i++)
		say(words, "not %.*s; ", SPAN(params->skipped.items[i].text));
	for (size_t i = 0; i < params->vfs.count; i++)
		say(words, "%u vfs of %.*s; ", params->vfs.items[i].vf_count,
		    SPAN(params->vfs.items[i].text));
	for (size_t i = 0; i < params->setting_count; i++) {
		const struct setting *setting = &params->settings[i];

		say(words, "%s %s", setting_name(setting->kind), setting->value);
		if (setting->has_device)
			say(words, " of %.*s", SPAN(setting->device.text));
		say(words, "; ");
	}
	if (params->group != GROUP_REPORT)
		say(words, "group; ");
	if (strcmp(params->driver, "vfio-pci") != 0)
		say(words, "driver %s; ", params->driver);
	if (params->has_trial) {
		say(words, "trial %s", params->trial);
		if (params->trial_minutes)
			say(words, " for %u", params->trial_minutes);
		say(words, "; ");
	}
	if (params->timeout != TIMEOUT_DEFAULT)
		say(words, "timeout %u; ", params->timeout);
	say(words, "%s%s%s%s%s", params->dryrun ? "dryrun; " : "",
	    params->force ? "force; " : "", params->debug ? "debug; " : "",
	    params->off ? "off; " : "", params->adopt ? "adopt; " : "");
	for (size_t i = 0; i < params->problem_count; i++)
		say_problem(words, &params->problems[i]);
	if (words->length)
		words->text[words->length - 2] = '\0';
}

#define NO_YES_OR_NO_YES "write yes or no; assuming yes"
#define NO_YES_OR_NO_NO	 "write yes or no; assuming no"
#define TRIAL		 "passthru enable --trial writes it"
#define SECONDS		 "write a number of seconds from 1 to 3600"
#define DRIVER		 "write vfio-pci, auto or the name of a driver"
#define NAME_63		 "a23456789b23456789c23456789d23456789e23456789f23456789g23456789"

static const struct {
	const char *text;
	const char *words;
} lines[] = {
	{ "", "" },
	{ "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet", "" },
	{ "vfio-pci.ids=10de:13c2", "" },
	{ "passthru", "" },
	{ "passthru=1", "" },
	{ "passthrough.ids=1:2", "" },
	{ "xpassthru.ids=1:2", "" },
	{ "Passthru.ids=1:2", "" },

	/* lists */
	{ "passthru.ids=10de:13c2", "10de:13c2" },
	{ "passthru.ids=10de:13c2,10de:0fbb", "10de:13c2; 10de:0fbb" },
	{ "passthru.ids=10de:13c2 passthru.ids=10de:0fbb", "10de:13c2; 10de:0fbb" },
	{ "passthru.addrs=06:00.0,06:00.1", "06:00.0; 06:00.1" },
	{ "passthru.addrs=06:00.* quiet passthru.ids=1:2 passthru.addrs=07:00.0",
	  "06:00.*; 1:2; 07:00.0" },
	{ "passthru.skip=06:00.0,10de:13c2,1:2@07:00.0",
	  "not 06:00.0; not 10de:13c2; not 1:2@07:00.0" },
	{ "passthru.skip=06:00.0 passthru.skip=07:00.0", "not 06:00.0; not 07:00.0" },
	{ "passthru.vfs=00:02.0,8086:10c9", "0 vfs of 00:02.0; 0 vfs of 8086:10c9" },
	{ "passthru.vfs=7@00:02.0,2@8086:10c9@01:00.0,8086:10c9@01:00.0",
	  "7 vfs of 7@00:02.0; 2 vfs of 2@8086:10c9@01:00.0; "
	  "0 vfs of 8086:10c9@01:00.0" },
	{ "passthru.vfs=65535@00:08.1/00.0!", "65535 vfs of 65535@00:08.1/00.0!" },
	{ "passthru.vfs=8086@00:02.0", "8086 vfs of 8086@00:02.0" },
	{ "passthru.ids=", "" },
	{ "passthru.ids=,", "" },
	{ "passthru.ids=,10de:13c2,", "10de:13c2" },
	{ "passthru.ids=10de:13c2,,10de:0fbb", "10de:13c2; 10de:0fbb" },
	{ "\"passthru.ids=10de:13c2, 10de:0fbb\"", "10de:13c2; 10de:0fbb" },
	{ "passthru.ids=\"10de:13c2, 10de:0fbb\"", "10de:13c2; 10de:0fbb" },
	{ "passthru.ids=\"10de:13c2\t,\t10de:0fbb \"", "10de:13c2; 10de:0fbb" },
	{ "passthru.ids", "value passthru.ids \"\" the list is missing; write it after "
			  "\"=\"" },
	{ "passthru.skip", "value passthru.skip \"\" the list is missing; write it after "
			   "\"=\"" },
	{ "passthru.ids=1:2 -- passthru.ids=3:4", "1:2" },

	/* a malformed item is reported, the others are used: PassthroughPOST/VFIO-Tools#2
	 */
	{ "passthru.ids=10de:13c2,10de,10de:0fbb",
	  "10de:13c2; 10de:0fbb; malformed passthru.ids \"10de\" item 2 column 5" },
	{ "passthru.ids=x,1:2,y:z", "1:2; malformed passthru.ids \"x\" item 1 column 1; "
				    "malformed passthru.ids \"y:z\" item 3 column 1" },
	{ "passthru.ids=,,1:g", "malformed passthru.ids \"1:g\" item 3 column 3" },
	{ "passthru.ids=1:2 passthru.ids=3:4,5",
	  "1:2; 3:4; malformed passthru.ids \"5\" item 2 column 2" },
	{ "passthru.ids=06:00.0",
	  "malformed passthru.ids \"06:00.0\" item 1 column 1 for passthru.addrs" },
	{ "passthru.addrs=1:2", "malformed passthru.addrs \"1:2\" item 1 column 4" },
	{ "passthru.addrs=10de:13c2",
	  "malformed passthru.addrs \"10de:13c2\" item 1 column 1 for passthru.ids" },
	{ "passthru.addrs=06:00.9",
	  "malformed passthru.addrs \"06:00.9\" item 1 column 8" },
	{ "passthru.addrs=1:2@06:00.0",
	  "malformed passthru.addrs \"1:2@06:00.0\" item 1 column 1 for passthru.ids" },
	{ "passthru.addrs=00:08.1/00.0,00:08.1/,10000:00:02.0/00.*!",
	  "00:08.1/00.0; 10000:00:02.0/00.*!; "
	  "malformed passthru.addrs \"00:08.1/\" item 2 column 9" },
	{ "passthru.ids=1:2@00:08.*/00.0",
	  "malformed passthru.ids \"1:2@00:08.*/00.0\" item 1 column 11" },
	{ "passthru.skip=00:08.1/00.0/20.0",
	  "malformed passthru.skip \"00:08.1/00.0/20.0\" item 1 column 17" },
	{ "passthru.skip=06:00.9",
	  "malformed passthru.skip \"06:00.9\" item 1 column 8" },
	{ "passthru.ids=\"10de:13c2 10de:0fbb\"",
	  "malformed passthru.ids \"10de:13c2 10de:0fbb\" item 1 column 10" },
	{ "passthru.ids=10de:13c2\"",
	  "malformed passthru.ids \"10de:13c2\"\" item 1 column 10" },
	{ "passthru.ids=10de:13c2;10de:0fbb",
	  "malformed passthru.ids \"10de:13c2;10de:0fbb\" item 1 column 10" },
	{ "passthru.ids=1:2:3:4:030000",
	  "1:2:3:4:030000; no-effect passthru.ids \"1:2:3:4:030000\" item 1" },
	{ "passthru.ids=5:6,1:2:3:4:030000:0",
	  "5:6; 1:2:3:4:030000:0; no-effect passthru.ids \"1:2:3:4:030000:0\" item 2" },
	{ "passthru.ids=1:2:3:4:0", "1:2:3:4:0" },
	{ "passthru.ids=1:2:3:4:030000:ff0000", "1:2:3:4:030000:ff0000" },

	/* a space separates an item from its list: xcp-ng/xcp#412 */
	{ "passthru.ids=10de:13c2, 10de:0fbb",
	  "10de:13c2; stray passthru.ids \"10de:0fbb\"" },
	{ "passthru.ids=1:2, 3:4, 5:6 quiet",
	  "1:2; stray passthru.ids \"3:4\"; stray passthru.ids \"5:6\"" },
	{ "passthru.ids=1:2, 3:4,5:6", "1:2" }, /* not an item */
	{ "passthru.ids=1:2, 3:4 5:6", "1:2; stray passthru.ids \"3:4\"" },
	{ "passthru.addrs=06:00.0, 06:00.1",
	  "06:00.0; stray passthru.addrs \"06:00.1\"" },
	{ "passthru.skip=06:00.0!",
	  "malformed passthru.skip \"06:00.0!\" item 1 column 8" },
	{ "passthru.addrs=00:08.1/00.0, 00:08.1/00.1",
	  "00:08.1/00.0; stray passthru.addrs \"00:08.1/00.1\"" },
	{ "passthru.vfs", "value passthru.vfs \"\" the list is missing; write it after "
			  "\"=\"" },
	{ "passthru.vfs=0@00:02.0",
	  "malformed passthru.vfs \"0@00:02.0\" item 1 column 1" },
	{ "passthru.vfs=65536@00:02.0,4294967297@00:02.0",
	  "malformed passthru.vfs \"65536@00:02.0\" item 1 column 1; "
	  "malformed passthru.vfs \"4294967297@00:02.0\" item 2 column 1" },
	{ "passthru.vfs=7@00:02.9",
	  "malformed passthru.vfs \"7@00:02.9\" item 1 column 10" },
	{ "passthru.vfs=-1@00:02.0,7@",
	  "malformed passthru.vfs \"-1@00:02.0\" item 1 column 1; "
	  "malformed passthru.vfs \"7@\" item 2 column 3" },
	{ "passthru.skip=06:00.0, 06:00.1",
	  "not 06:00.0; stray passthru.skip \"06:00.1\"" },
	{ "passthru.vfs=00:02.0, 7@00:03.0 00:04.0",
	  "0 vfs of 00:02.0; stray passthru.vfs \"7@00:03.0\"" },
	{ "passthru.bar0=256M@06:00.0, 8G@10de:13c2, max",
	  "bar0 256M of 06:00.0; stray passthru.bar0 \"8G@10de:13c2\"; "
	  "stray passthru.bar0 \"max\"" },
	{ "passthru.reset=flr, bus+pm@06:00.0,",
	  "reset flr; stray passthru.reset \"bus+pm@06:00.0\"" },
	{ "passthru.d3cold=off@06:00.0, on passthru.power=on@06:00.0, auto@07:00.0",
	  "d3cold off of 06:00.0; power on of 06:00.0; stray passthru.d3cold \"on\"; "
	  "stray passthru.power \"auto@07:00.0\"" },
	{ "passthru.power=on@06:00.0, 07:00.0",
	  "power on of 06:00.0; stray passthru.power \"07:00.0\"" },
	/* not items of these */
	{ "passthru.bar0=256M, quiet", "bar0 256M" },
	{ "passthru.power=on, , off", "power on" },
	{ "passthru.ids=1:2, 8G@06:00.0", "1:2" },
	{ "passthru.ids=1:2, quiet", "1:2" },
	{ "passthru.ids=1:2, 3:4=5", "1:2" },
	{ "passthru.ids=1:2, \"\" 3:4", "1:2" },
	{ "passthru.ids=1:2, \" 3:4", "1:2" },
	{ "passthru.ids=1:2, , 3:4", "1:2" },
	{ "passthru.ids=1:2 3:4", "1:2" },
	{ "passthru.ids= 3:4", "" },
	{ "quiet, 3:4", "" },
	{ "passthru.ids=1:2, passthru.ids=3:4", "1:2; 3:4" },
	{ "passthru.ids=1:2,", "1:2" },

	/* single values: the last occurrence wins */
	{ "passthru.group=claim", "group" },
	{ "passthru.group=report", "" },
	{ "passthru.group=claim passthru.group=report", "" },
	{ "passthru.group=report passthru.group=claim", "group" },
	{ "passthru.group=claim passthru.group=all",
	  "group; value passthru.group \"all\" write report or claim" },
	{ "passthru.group", "value passthru.group \"\" write report or claim" },
	{ "passthru.group=", "value passthru.group \"\" write report or claim" },
	{ "passthru.driver=xe-vfio-pci", "driver xe-vfio-pci" },
	{ "passthru.driver=auto", "driver auto" },
	{ "passthru.driver=auto passthru.driver=vfio-pci", "" },
	{ "passthru.driver=A_z-09", "driver A_z-09" },
	{ "passthru.driver=" NAME_63, "driver " NAME_63 },
	{ "passthru.driver=" NAME_63 "x",
	  "value passthru.driver \"" NAME_63 "x\" " DRIVER },
	{ "passthru.driver=", "value passthru.driver \"\" " DRIVER },
	{ "passthru.driver", "value passthru.driver \"\" " DRIVER },
	{ "passthru.driver=../x", "value passthru.driver \"../x\" " DRIVER },
	{ "passthru.driver=a/b", "value passthru.driver \"a/b\" " DRIVER },
	{ "passthru.driver=a.b", "value passthru.driver \"a.b\" " DRIVER },
	{ "passthru.driver=\"a b\"", "value passthru.driver \"a b\" " DRIVER },
	{ "passthru.driver=a,b", "value passthru.driver \"a,b\" " DRIVER },
	{ "passthru.trial=0123456789abcdef", "trial 0123456789abcdef" },
	{ "passthru.trial=a:1", "trial a for 1" },
	{ "passthru.trial=a:999", "trial a for 999" },
	{ "passthru.trial=a:5 passthru.trial=b", "trial b" },
	{ "passthru.trial=a:5 passthru.trial=b/",
	  "trial ; value passthru.trial \"b/\" " TRIAL },
	{ "passthru.trial", "trial ; value passthru.trial \"\" " TRIAL },
	{ "passthru.trial=", "trial ; value passthru.trial \"\" " TRIAL },
	{ "passthru.trial=:5", "trial ; value passthru.trial \":5\" " TRIAL },
	{ "passthru.trial=a:", "trial ; value passthru.trial \"a:\" " TRIAL },
	{ "passthru.trial=a:0", "trial ; value passthru.trial \"a:0\" " TRIAL },
	{ "passthru.trial=a:1000", "trial ; value passthru.trial \"a:1000\" " TRIAL },
	{ "passthru.trial=a:4294967297",
	  "trial ; value passthru.trial \"a:4294967297\" " TRIAL },
	{ "passthru.trial=a:5m", "trial ; value passthru.trial \"a:5m\" " TRIAL },
	{ "passthru.trial=a:5:5", "trial ; value passthru.trial \"a:5:5\" " TRIAL },
	{ "passthru.trial=0123456789abcdef0123456789abcdef",
	  "trial 0123456789abcdef0123456789abcdef" },
	{ "passthru.trial=0123456789abcdef0123456789abcdef0",
	  "trial ; value passthru.trial \"0123456789abcdef0123456789abcdef0\" " TRIAL },
	{ "passthru.timeout=1", "timeout 1" },
	{ "passthru.timeout=10", "" },
	{ "passthru.timeout=3600", "timeout 3600" },
	{ "passthru.timeout=0030", "timeout 30" },
	{ "passthru.timeout=5 passthru.timeout=6", "timeout 6" },
	{ "passthru.timeout=5 passthru.timeout=x",
	  "timeout 5; value passthru.timeout \"x\" " SECONDS },
	{ "passthru.timeout=0", "value passthru.timeout \"0\" " SECONDS },
	{ "passthru.timeout=3601", "value passthru.timeout \"3601\" " SECONDS },
	{ "passthru.timeout=-1", "value passthru.timeout \"-1\" " SECONDS },
	{ "passthru.timeout=+1", "value passthru.timeout \"+1\" " SECONDS },
	{ "passthru.timeout=1s", "value passthru.timeout \"1s\" " SECONDS },
	{ "passthru.timeout=1.5", "value passthru.timeout \"1.5\" " SECONDS },
	{ "passthru.timeout=0x10", "value passthru.timeout \"0x10\" " SECONDS },
	{ "passthru.timeout=4294967297", /* 2^32 + 1 */
	  "value passthru.timeout \"4294967297\" " SECONDS },
	{ "passthru.timeout=18446744073709551617",
	  "value passthru.timeout \"18446744073709551617\" " SECONDS },
	{ "passthru.timeout=", "value passthru.timeout \"\" " SECONDS },
	{ "passthru.timeout", "value passthru.timeout \"\" " SECONDS },

	/* flags, with the words that the kernel knows */
	{ "passthru.dryrun passthru.force passthru.debug passthru.off",
	  "dryrun; force; debug; off" },
	{ "passthru.dryrun=1 passthru.force=y passthru.debug=Y passthru.off=yes",
	  "dryrun; force; debug; off" },
	{ "passthru.dryrun=on passthru.force=true", "dryrun; force" },
	{ "passthru.dryrun=0 passthru.force=n passthru.debug=N passthru.off=no", "" },
	{ "passthru.dryrun=off passthru.force=false", "" },
	/* decided before, by config.c */
	{ "passthru.config passthru.config=off passthru.config=1", "" },
	{ "passthru.profile=play passthru.profile=../x passthru.profile", "" },
	{ "passthru.dryrun passthru.dryrun=0", "" },
	{ "passthru.dryrun=0 passthru.dryrun", "dryrun" },
	/* another value means the harmless choice */
	{ "passthru.dryrun=maybe",
	  "dryrun; value passthru.dryrun \"maybe\" " NO_YES_OR_NO_YES },
	{ "passthru.off=maybe", "off; value passthru.off \"maybe\" " NO_YES_OR_NO_YES },
	{ "passthru.off=", "off; value passthru.off \"\" " NO_YES_OR_NO_YES },
	{ "passthru.debug=2", "debug; value passthru.debug \"2\" " NO_YES_OR_NO_YES },
	{ "passthru.config=maybe", "value passthru.config \"maybe\" " NO_YES_OR_NO_YES },
	{ "passthru.force=maybe", "value passthru.force \"maybe\" " NO_YES_OR_NO_NO },
	{ "passthru.force=", "value passthru.force \"\" " NO_YES_OR_NO_NO },
	{ "passthru.force=10", "value passthru.force \"10\" " NO_YES_OR_NO_NO },

	/* settings: VALUE[@DEVICE] */
	{ "passthru.bar1=256M", "bar1 256M" },
	{ "passthru.bar0=256M@06:00.0,8G@10de:13c2",
	  "bar0 256M of 06:00.0; bar0 8G of 10de:13c2" },
	{ "passthru.bar2=min@00:08.1/00.0 passthru.bar3=max@10de:13c2@06:00.0",
	  "bar2 min of 00:08.1/00.0; bar3 max of 10de:13c2@06:00.0" },
	{ "passthru.bar4=512MiB@06:00 passthru.bar5=1t", "bar4 512M of 06:00; bar5 1T" },
	{ "passthru.bar0=,256M,", "bar0 256M" },
	{ "passthru.bar0=8192P,1048576m,16GB", "bar0 8E; bar0 1T; bar0 16G" },
	{ "passthru.bar0=16384P,257M,0M,-1M,256,G,+8G,0x8G,8K,8GBB,8Gi,18446744073709551617M",
	  "malformed passthru.bar0 \"16384P\" item 1 column 1; "
	  "malformed passthru.bar0 \"257M\" item 2 column 1; "
	  "malformed passthru.bar0 \"0M\" item 3 column 1; "
	  "malformed passthru.bar0 \"-1M\" item 4 column 1; "
	  "malformed passthru.bar0 \"256\" item 5 column 1; "
	  "malformed passthru.bar0 \"G\" item 6 column 1; "
	  "malformed passthru.bar0 \"+8G\" item 7 column 1; "
	  "malformed passthru.bar0 \"0x8G\" item 8 column 1; "
	  "malformed passthru.bar0 \"8K\" item 9 column 1; "
	  "malformed passthru.bar0 \"8GBB\" item 10 column 1; "
	  "malformed passthru.bar0 \"8Gi\" item 11 column 1; "
	  "malformed passthru.bar0 \"18446744073709551617M\" item 12 column 1" },
	{ "\"passthru.bar0=1 @06:00.0\"",
	  "malformed passthru.bar0 \"1 @06:00.0\" item 1 column 1" },
	{ "passthru.bar1=256M@,256M@06:00.9,256M@06:00.0!,@06:00.0",
	  "malformed passthru.bar1 \"256M@\" item 1 column 6; "
	  "malformed passthru.bar1 \"256M@06:00.9\" item 2 column 13; "
	  "malformed passthru.bar1 \"256M@06:00.0!\" item 3 column 13; "
	  "malformed passthru.bar1 \"@06:00.0\" item 4 column 1" },
	{ "passthru.reset=flr@10de:13c2,bus@0a:00.0",
	  "reset flr of 10de:13c2; reset bus of 0a:00.0" },
	{ "passthru.reset=device_specific+acpi+flr+af_flr+pm+bus+cxl_bus",
	  "reset device_specific+acpi+flr+af_flr+pm+bus+cxl_bus" },
	{ "passthru.reset=,frl,flr+,+flr,flr++bus,FLR,on,flr+bus@x,"
	  "device_specific+acpi+flr+af_flr+pm+bus+cxl_bus+bus",
	  "malformed passthru.reset \"frl\" item 2 column 1; "
	  "malformed passthru.reset \"flr+\" item 3 column 1; "
	  "malformed passthru.reset \"+flr\" item 4 column 1; "
	  "malformed passthru.reset \"flr++bus\" item 5 column 1; "
	  "malformed passthru.reset \"FLR\" item 6 column 1; "
	  "malformed passthru.reset \"on\" item 7 column 1; "
	  "malformed passthru.reset \"flr+bus@x\" item 8 column 9; "
	  "malformed passthru.reset "
	  "\"device_specific+acpi+flr+af_flr+pm+bus+cxl_bus+bus\" item 9 column 1" },
	{ "passthru.d3cold=off@06:00.0,on,auto",
	  "d3cold off of 06:00.0; d3cold on; d3cold off" },
	{ "passthru.power=on@06:00.0,off,auto",
	  "power on of 06:00.0; power auto; power auto" },
	{ "passthru.power=1,yes", "malformed passthru.power \"1\" item 1 column 1; "
				  "malformed passthru.power \"yes\" item 2 column 1" },
	{ "passthru.power",
	  "value passthru.power \"\" the list is missing; write it after "
	  "\"=\"" },
	{ "passthru.bar6=1G", "unknown passthru.bar6 nearest passthru.bar0" },
	{ "passthru.bar=1G", "unknown passthru.bar nearest passthru.bar0" },
	{ "passthru.resets=flr", "unknown passthru.resets nearest passthru.reset" },

	{ "passthru.adopt", "adopt" },
	{ "passthru.adopt=yes passthru.adopt=no", "" },
	{ "passthru.adopt=x", "value passthru.adopt \"x\" " NO_YES_OR_NO_NO },

	/* names */
	{ "passthru.dry-run", "unknown passthru.dry-run nearest passthru.dryrun" },
	{ "passthru.id=1:2", "unknown passthru.id nearest passthru.ids" },
	{ "passthru.idss=1:2", "unknown passthru.idss nearest passthru.ids" },
	{ "passthru.addr=06:00.0", "unknown passthru.addr nearest passthru.addrs" },
	{ "passthru.address=06:00.0", "unknown passthru.address nearest passthru.addrs" },
	{ "passthru.skips=1:2", "unknown passthru.skips nearest passthru.skip" },
	{ "passthru.groups=claim", "unknown passthru.groups nearest passthru.group" },
	{ "passthru.time-out=5", "unknown passthru.time-out nearest passthru.timeout" },
	{ "passthru.drivers=auto", "unknown passthru.drivers nearest passthru.driver" },
	{ "passthru.of", "unknown passthru.of nearest passthru.off" },
	{ "passthru.tiemout=5", "unknown passthru.tiemout nearest passthru.timeout" },
	/* what people write for them: never the opposite, never what lifts the guards */
	{ "passthru.enable=1",
	  "unknown passthru.enable nearest passthru enable ADDRESS" },
	{ "passthru.disable", "unknown passthru.disable nearest passthru.off" },
	{ "passthru.bind=1:2", "unknown passthru.bind nearest passthru.ids" },
	{ "passthru.hide-pci=06:00.0",
	  "unknown passthru.hide-pci nearest passthru.addrs" },
	{ "passthru.forced", "unknown passthru.forced nearest " },
	{ "passthru.Force", "unknown passthru.Force nearest " },
	{ "passthru.xyzzy", "unknown passthru.xyzzy nearest " },
	{ "passthru.", "unknown passthru. nearest " },
	{ "passthru.IDS=1:2 passthru.ids=3:4",
	  "3:4; unknown passthru.IDS nearest passthru.ids" },
};

START_TEST(parses)
{
	const char *text = lines[_i].text;
	struct params params;
	struct words words;

	ck_assert_int_eq(params_parse(text, &params), 0);
	describe(&params, &words);
	expect_text(text, words.text, lines[_i].words);
	expect_number(text, params_are_empty(&params),
		      !params.wanted.count && !params.vfs.count && !params.problem_count);
	params_free(&params);
	expect_number(text, params.wanted.count, 0);
}

/* What counts of vfio-pci's own lists. */
static const struct {
	const char *text;
	const char *modprobe; /* or NULL */
	bool is_builtin;
	const char *words;
} adoptions[] = {
	{ "", NULL, false, "" },
	{ "vfio-pci.ids=1:2", NULL, false, "1:2 of vfio-pci.ids" },
	{ "vfio_pci.ids=1:2", NULL, false, "1:2 of vfio-pci.ids" },
	{ "", "1:2,3:4", false, "1:2 of modprobe.d; 3:4 of modprobe.d" },
	{ "", "", false, "" },
	/* the last value of a parameter: kernel/params.c; libkmod puts modprobe.d first
	 */
	{ "vfio-pci.ids=1:2 vfio_pci.ids=3:4", "5:6", false, "3:4 of vfio-pci.ids" },
	{ "vfio_pci.ids=3:4 vfio-pci.ids=1:2", "5:6", false, "1:2 of vfio-pci.ids" },
	{ "vfio-pci.ids=1:2 vfio-pci.ids=", "5:6", false, "" },
	{ "vfio-pci.ids=1:2 vfio-pci.ids", "5:6", false, "1:2 of vfio-pci.ids" },
	{ "vfio-pci.ids", "5:6", false, "5:6 of modprobe.d" },
	{ "-- vfio-pci.ids=1:2", "5:6", false, "5:6 of modprobe.d" },
	{ "vfio-pci.ids=1:2 vfio_pci.ids=3:4", NULL, true,
	  "3:4 of vfio-pci.ids,built-in" },
	{ "", NULL, true, "" },
	/* not that parameter */
	{ "vfio.ids=1:2 pci-stub.ids=1:2 vfio-pci.id=1:2 xvfio-pci.ids=1:2", NULL, false,
	  "" },
	/* items: vfio_pci_fill_ids() */
	{ "vfio-pci.ids=,1:2,,", NULL, false, "1:2 of vfio-pci.ids" },
	{ "\"vfio-pci.ids=1:2, 0x3:4\"", NULL, false,
	  "1:2 of vfio-pci.ids; 0x3:4 of vfio-pci.ids" },
	{ "vfio-pci.ids=1:2:3:4:030000:ff0000", NULL, false,
	  "1:2:3:4:030000:ff0000 of vfio-pci.ids" },
	{ "vfio-pci.ids=1:2:3:4:30000", NULL, false,
	  "1:2:3:4:30000 of vfio-pci.ids; "
	  "no-effect vfio-pci.ids \"1:2:3:4:30000\" item 1" },
	{ "vfio-pci.ids=1,1:2", NULL, false,
	  "1:2 of vfio-pci.ids; malformed vfio-pci.ids \"1\" item 1 column 2" },
	{ "vfio-pci.ids=1:*", NULL, false,
	  "malformed vfio-pci.ids \"1:*\" item 1 column 3" },
	{ "vfio-pci.ids=*:2", NULL, false,
	  "malformed vfio-pci.ids \"*:2\" item 1 column 1" },
	{ "", "1:g", false, "malformed modprobe.d \"1:g\" item 1 column 3" },
	{ "", "x", false, "malformed modprobe.d \"x\" item 1 column 1" },
	{ "vfio-pci.ids=1:2!", NULL, false,
	  "1:2! of vfio-pci.ids; no-effect vfio-pci.ids \"1:2!\" item 1" },
	{ "vfio-pci.ids=1:2@03:00.0", NULL, false,
	  "1:2@03:00.0 of vfio-pci.ids; no-effect vfio-pci.ids \"1:2@03:00.0\" item 1" },
	{ "vfio-pci.ids=1:2, 3:4", NULL, false,
	  "1:2 of vfio-pci.ids; stray vfio-pci.ids \"3:4\"" },
};

START_TEST(adopts)
{
	const char *text = adoptions[_i].text, *modprobe = adoptions[_i].modprobe;
	struct params params;
	struct words words;

	ck_assert_int_eq(params_parse(text, &params), 0);
	ck_assert_int_eq(params_adopt(&params, modprobe ? strdup(modprobe) : NULL,
				      adoptions[_i].is_builtin),
			 0);
	describe(&params, &words);
	expect_text(text, words.text, adoptions[_i].words);
	for (size_t i = 0; i < params.wanted.count; i++)
		expect(text, !params.wanted.items[i].is_forced &&
				     !params.wanted.items[i].has_address);
	params_free(&params);
}

START_TEST(finds_sources)
{
	for (int i = SOURCE_PASSTHRU; i <= SOURCE_BUILTIN; i++)
		expect_number("source",
			      item_source_find(item_source_word((enum item_source)i)), i);
	expect_number("another version's", item_source_find("x"), SOURCE_PASSTHRU);
}

START_TEST(is_empty)
{
	static const struct {
		const char *text;
		bool empty;
	} rows[] = {
		{ "", true },
		{ "passthru.skip=1:2", true },
		{ "passthru.force passthru.timeout=3", true },
		{ "passthru.ids=1:2", false },
		{ "passthru.ids=x", false },
		{ "passthru.idz=1:2", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct params params;

		ck_assert_int_eq(params_parse(rows[i].text, &params), 0);
		expect_number(rows[i].text, params_are_empty(&params), rows[i].empty);
		params_free(&params);
	}
}

/* Many items stay in order while the array grows. */
START_TEST(takes_many)
{
	_cleanup_free_ char *text = malloc(100000);
	struct params params;
	int length = sprintf(text, "passthru.ids=");

	for (unsigned i = 0; i < 5000; i++)
		length += sprintf(text + length, i % 5 ? "%x:1," : "%x,", i);
	ck_assert_int_eq(params_parse(text, &params), 0);
	ck_assert_uint_eq(params.wanted.count, 4000);
	ck_assert_uint_eq(params.problem_count, 1000);
	for (unsigned i = 0; i < 4000; i++)
		ck_assert_uint_eq(params.wanted.items[i].id.vendor,
				  i / 4 * 5 + i % 4 + 1);
	for (unsigned i = 0; i < 1000; i++)
		ck_assert_uint_eq(params.problems[i].item, i * 5 + 1);
	params_free(&params);
}

static bool lies_in(struct span span, const char *text, size_t length)
{
	return span.at >= text && span.at + span.length <= text + length;
}

/* All spans point into the text. */
static void check_one(const char *text)
{
	size_t length = strlen(text);
	_cleanup_free_ char *copy = exact_copy(text, length + 1);
	struct params params;

	expect_number(text, params_parse(copy, &params), 0);
	for (size_t i = 0; i < params.wanted.count; i++)
		expect(text, lies_in(params.wanted.items[i].text, copy, length));
	for (size_t i = 0; i < params.skipped.count; i++)
		expect(text, lies_in(params.skipped.items[i].text, copy, length));
	for (size_t i = 0; i < params.setting_count; i++)
		expect(text, lies_in(params.settings[i].text, copy, length));
	for (size_t i = 0; i < params.problem_count; i++) {
		const struct problem *problem = &params.problems[i];

		expect(text, lies_in(problem->parameter, copy, length));
		expect(text,
		       !problem->text.length || lies_in(problem->text, copy, length));
		expect(text, problem->kind == PROBLEM_UNKNOWN ||
				     problem->column <= problem->text.length + 1);
	}
	params_free(&params);
}

/* Every text of up to five of these pieces. */
START_TEST(stays_inside)
{
	static const char *const pieces[] = { "passthru.ids=",
					      "passthru.skip=",
					      "passthru.bar0=",
					      "1M",
					      "passthru.",
					      "1:2",
					      "06:00.0",
					      ",",
					      " ",
					      "\"",
					      "=",
					      "@",
					      "--",
					      "x" };
	const unsigned base = ARRAY_SIZE(pieces);

	for (unsigned count = 1, all = base; count <= 5; count++, all *= base) {
		for (unsigned number = (unsigned)_i; number < all; number += 16) {
			char text[128] = "";
			unsigned rest = number;

			for (unsigned i = 0; i < count; i++, rest /= base)
				strcat(text, pieces[rest % base]);
			check_one(text);
		}
	}
}

START_TEST(survives_out_of_memory)
{
	const char *text = "passthru.ids=1:2,3:4,x,y passthru.skip=1:2 passthru.foo "
			   "passthru.power=on vfio-pci.ids=5:6,x";
	unsigned nth = 1;

	for (;; nth++) {
		struct params params;
		int r;

		seam_fail(SEAM_ALLOCATE, nth, ENOMEM);
		r = params_parse(text, &params);
		if (r == 0)
			r = params_adopt(&params, NULL, false);
		if (!seam_reset(SEAM_ALLOCATE)) {
			ck_assert_int_eq(r, 0);
			params_free(&params);
			break;
		}
		ck_assert_int_eq(r, -ENOMEM);
		params_free(&params);
	}
	ck_assert_uint_gt(nth, 4);
}

int main(void)
{
	TCase *tcase = tcase_create("params");

	add_rows(tcase, parses, lines);
	add_rows(tcase, adopts, adoptions);
	tcase_add_test(tcase, finds_sources);
	tcase_add_test(tcase, is_empty);
	tcase_add_test(tcase, takes_many);
	tcase_add_loop_test(tcase, stays_inside, 0, 16);
	tcase_add_test(tcase, survives_out_of_memory);
	return unit_run(tcase);
}
