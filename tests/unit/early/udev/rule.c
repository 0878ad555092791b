/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "build.h"
#include "seams.h"
#include "udev/internal.h"
#include "unit.h"

#define HEAD                                                        \
	"# Written by passthru-early(8).\n"                         \
	"ACTION==\"add|bind|change\", SUBSYSTEM==\"pci\", "         \
	"ATTR{sriov_drivers_autoprobe}==\"0\", GOTO=\"passthru\"\n" \
	"ACTION==\"add\", SUBSYSTEM==\"pci\", "                     \
	"ATTR{physfn/sriov_drivers_autoprobe}==\"0\", GOTO=\"passthru_end\"\n"
#define START "ACTION==\"add\", SUBSYSTEM==\"pci\", "
#define TAIL                                                         \
	"GOTO=\"passthru_end\"\n"                                    \
	"LABEL=\"passthru\"\n"                                       \
	"PROGRAM==\"" SBINDIR "/passthru-early --device $kernel\"\n" \
	"LABEL=\"passthru_end\"\n"
#define RUN ", GOTO=\"passthru\"\n"

/* The lines between HEAD and TAIL, without START. */
static const struct {
	const char *cmdline;
	const char *text;
} rules[] = {
	{ "passthru.ids=10de:13c2",
	  "ATTR{vendor}==\"0x10de\", ATTR{device}==\"0x13c2\"" RUN },
	/* sysfs has small letters, and zeros in front */
	{ "passthru.ids=0X1DE:AB:1F:0",
	  "ATTR{vendor}==\"0x01de\", ATTR{device}==\"0x00ab\", "
	  "ATTR{subsystem_vendor}==\"0x001f\", "
	  "ATTR{subsystem_device}==\"0x0000\"" RUN },
	{ "passthru.ids=10de:ffff",
	  "ATTR{vendor}==\"0x10de\", ATTR{device}==\"0xffff\"" RUN },
	{ "passthru.ids=10de:ffffffff", "ATTR{vendor}==\"0x10de\"" RUN },
	{ "passthru.ids=ffffffff:13c2:ffffffff:8508",
	  "ATTR{device}==\"0x13c2\", ATTR{subsystem_device}==\"0x8508\"" RUN },
	{ "passthru.ids=ffffffff:ffffffff", "GOTO=\"passthru\"\n" },
	/* a class without a mask has no effect */
	{ "passthru.ids=10de:ffffffff:ffffffff:ffffffff:30000",
	  "ATTR{vendor}==\"0x10de\"" RUN },
#define ANY "passthru.ids=ffffffff:ffffffff:ffffffff:ffffffff:"
	{ ANY "30000:ffffff", "ATTR{class}==\"0x030000\"" RUN },
	{ ANY "30000:ffffffff", "ATTR{class}==\"0x030000\"" RUN },
	{ ANY "30200:ff0000", "ATTR{class}==\"0x03?\?\?\?\"" RUN },
	{ ANY "c0330:f00ff0", "ATTR{class}==\"0x0?\?33?\"" RUN },
	/* a mask with a part of a digit: any digit */
	{ ANY "30000:ff8000", "ATTR{class}==\"0x03?\?\?\?\"" RUN },
	{ ANY "30000:777777", "ATTR{class}==\"0x?\?\?\?\?\?\"" RUN },
	{ ANY "0:ffffff", "ATTR{class}==\"0x000000\"" RUN },
	{ ANY "30000:0", "GOTO=\"passthru\"\n" },
	{ "passthru.addrs=6:0.1", "KERNEL==\"0000:06:00.1\"" RUN },
	{ "passthru.addrs=06:00.*", "KERNEL==\"0000:06:00.?\"" RUN },
	{ "passthru.addrs=06:00", "KERNEL==\"0000:06:00.?\"" RUN },
	{ "passthru.addrs=06:*", "KERNEL==\"0000:06:*\"" RUN },
	{ "passthru.addrs=pci_0000_06_00_1", "KERNEL==\"0000:06:00.1\"" RUN },
	{ "passthru.addrs=00:03.1/*", "DEVPATH==\"*/0000:00:03.1/*\"" RUN },
	{ "passthru.addrs=00:03.1/00.0/*", "DEVPATH==\"*/0000:00:03.1/*:00.0/*\"" RUN },
	{ "passthru.ids=10de:*", "ATTR{vendor}==\"0x10de\"" RUN },
	{ "passthru.addrs=10000:E1:1F.7", "KERNEL==\"10000:e1:1f.7\"" RUN },
	{ "passthru.ids=10de:13c2@06:00.*",
	  "KERNEL==\"0000:06:00.?\", ATTR{vendor}==\"0x10de\", "
	  "ATTR{device}==\"0x13c2\"" RUN },
	{ "passthru.addrs=00:08.1/0.3", "DEVPATH==\"*/0000:00:08.1/*:00.3\"" RUN },
	{ "passthru.addrs=10000:E0:1.0/1F.7/a.*",
	  "DEVPATH==\"*/10000:e0:01.0/*:1f.7/*:0a.?\"" RUN },
	{ "passthru.ids=10de:13c2@00:08.1/00.*",
	  "DEVPATH==\"*/0000:00:08.1/*:00.?\", ATTR{vendor}==\"0x10de\", "
	  "ATTR{device}==\"0x13c2\"" RUN },
	/* "!" is for the guards; what is skipped is reported */
	{ "passthru.ids=10de:13c2! passthru.addrs=06:00.0! passthru.skip=10de:13c2",
	  "ATTR{vendor}==\"0x10de\", ATTR{device}==\"0x13c2\"" RUN
	  "KERNEL==\"0000:06:00.0\"" RUN },
	/* a PF that is plugged in later: before its driver is loaded */
	{ "passthru.vfs=2@01:00.0,8086:10c9",
	  "KERNEL==\"0000:01:00.0\"" RUN
	  "ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x10c9\"" RUN },
	/* only what is valid */
	{ "passthru.ids=10de:13c2\",RUN+=\"x,1:2,$kernel:1 passthru.addrs=06:00.0\\,*",
	  "ATTR{vendor}==\"0x0001\", ATTR{device}==\"0x0002\"" RUN },
	/* any device may join the group of one that is named */
	{ "passthru.ids=10de:13c2 passthru.group=claim", "GOTO=\"passthru\"\n" },
};

/* The text of the rule, for the caller to free. */
static char *rule_of(const char *cmdline)
{
	struct params params;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	ck_assert(file && params_parse(cmdline, &params) == 0);
	rule_put(file, &params);
	fclose(file);
	params_free(&params);
	return text;
}

START_TEST(matches_what_is_named)
{
	_cleanup_free_ char *text = rule_of(rules[_i].cmdline);
	const char *rest = rules[_i].text;
	struct text_cursor line;
	char want[2048] = HEAD;

	while (text_next_line(&rest, &line))
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "%s%.*s\n",
			 START, (int)(line.end - line.at), line.at);
	strcat(want, TAIL);
	expect_text(rules[_i].cmdline, text, want);
}

/* Whatever the command line has, no byte of it but hex digits reaches the file. */
START_TEST(has_no_odd_bytes)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789 .,:;?#!={}()|\"$/_-\n";
	_cleanup_free_ char *plain = rule_of("passthru.ids=1:2");
	char cmdline[64];

	for (unsigned c = 1; c < 256; c++) {
		snprintf(cmdline, sizeof(cmdline), "passthru.ids=1:2%c3,1:2", c);
		if (strchr("0123456789abcdefABCDEF:@!, \t\n\v\f\r\xa0\"", (int)c))
			continue;
		_cleanup_free_ char *text = rule_of(cmdline);

		expect_text(cmdline, text, plain);
		expect(cmdline, strspn(text, allowed) == strlen(text));
	}
}

START_TEST(replaces_the_file)
{
	struct directory root = make_directory();
	_cleanup_free_ char *want = rule_of("passthru.ids=1:2");
	_cleanup_free_ char *text = NULL;
	struct params params;
	struct stat status;

	ck_assert_int_eq(params_parse("passthru.ids=1:2", &params), 0);
	expect_number("no run", rule_write(root.fd, &params), -ENOENT);
	put_directory(&root, "run");
	expect_number("new", rule_write(root.fd, &params), 0);
	put_file(&root, RULE_PATH, "old");
	expect_number("old", rule_write(root.fd, &params), 0);
	text = get_file(&root, RULE_PATH);
	expect_text("content", text, want);
	ck_assert_int_eq(fstatat(root.fd, RULE_PATH, &status, 0), 0);
	expect_number("mode", status.st_mode & 07777, 0644);
	expect("no rest", fstatat(root.fd, RULE_PATH ".new", &status, 0) < 0);
	params_free(&params);
	drop_directory(&root);
}

START_TEST(fails_without_a_directory)
{
	struct directory root = make_directory();
	struct params params;

	ck_assert_int_eq(params_parse("passthru.ids=1:2", &params), 0);
	put_file(&root, "run/udev", "");
	expect_number("a file", rule_write(root.fd, &params), -ENOTDIR);
	params_free(&params);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("udev rule");

	add_rows(tcase, matches_what_is_named, rules);
	tcase_add_test(tcase, has_no_odd_bytes);
	tcase_add_test(tcase, replaces_the_file);
	tcase_add_test(tcase, fails_without_a_directory);
	return unit_run(tcase);
}
