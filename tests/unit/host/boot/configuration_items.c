/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "unit.h"

/* What goes: the vendor 1, the address 06:00.0. */
static const struct {
	const char *text, *rest;
} rows[] = {
	{ "", "" },
	{ "passthru.ids=1:2\n", "" },
	{ "passthru.ids=1:2", "" },
	{ "passthru.ids=2:2\n", "passthru.ids=2:2\n" },
	{ "passthru.ids=1:2 # a card\npassthru.ids=2:2\t# another\n",
	  "passthru.ids=2:2\t# another\n" },
	{ "# passthru.ids=1:2\n\n  passthru.ids=1:2 # it\n\n",
	  "# passthru.ids=1:2\n\n\n" },
	{ "passthru.addrs=06:00.0,06:00.1\n", "passthru.addrs=06:00.1\n" },
	{ "passthru.addrs=06:00.1,0000:06:00.0!\n", "passthru.addrs=06:00.1\n" },
	{ "passthru.ids=2:1,1:2,1:3,2:2 # four", "passthru.ids=2:1,2:2 # four" },
	{ "passthru.ids=1:2,1:3, passthru.ids=2:2", "passthru.ids=2:2" },
	{ "passthru.ids=1:2,2:2,", "passthru.ids=2:2," },
	/* Physical functions, with and without a number. */
	{ "passthru.vfs=7@06:00.0 # it\n", "" },
	{ "passthru.vfs=06:00.0,7@06:00.1\n", "passthru.vfs=7@06:00.1\n" },
	{ "passthru.vfs=7@1:2@08:00.0,2@2:2 passthru.off\n",
	  "passthru.vfs=2@2:2 passthru.off\n" },
	{ "passthru.vfs=0@06:00.0,06:00.0\n", "passthru.vfs=0@06:00.0\n" },
	/* Other parameters stay, whatever they list. */
	{ "passthru.ids=1:2 passthru.skip=1:2 passthru.timeout=30 # both\n",
	  "passthru.skip=1:2 passthru.timeout=30 # both\n" },
	{ "passthru.skip=06:00.0  passthru.addrs=06:00.0\n", "passthru.skip=06:00.0\n" },
	{ "passthru.force passthru.ids=1:2 passthru.addrs=06:00.0\n",
	  "passthru.force\n" },
	{ "\tpassthru.group=claim  passthru.ids=1:2  passthru.debug \n",
	  "\tpassthru.group=claim  passthru.debug \n" },
	{ "quiet passthru.ids=1:2\n", "quiet\n" },
	/* Quotes protect blanks. */
	{ "\"passthru.ids=1:2,2:2\" passthru.off", "\"passthru.ids=2:2\" passthru.off" },
	{ "passthru.ids=\"1:2, 2:2\"", "passthru.ids=\" 2:2\"" },
	{ "\"passthru.ids=1:2\" passthru.off", "passthru.off" },
	{ "-- passthru.ids=1:2 2", "-- 2" },
	/* What is malformed, or not a list. */
	{ "passthru.ids=1:2x,1:2", "passthru.ids=1:2x" },
	{ "passthru.ids=1:2, 1:3", "1:3" },
	{ "passthru.ids\npassthru.ids=\npassthru.ids=,\n",
	  "passthru.ids\npassthru.ids=\npassthru.ids=,\n" },
	{ "passthru.idz=1:2\n", "passthru.idz=1:2\n" },
};

static bool is_named(void *data, const struct configuration_item *removed)
{
	const struct selector *item = removed->selector;

	(void)data;
	ck_assert(!removed->is_vfs || removed->line.length);
	return item && (item->has_id ? item->id.vendor == 1
				     : item->address.address.bus == 6 &&
					       !item->address.address.function);
}

START_TEST(removes)
{
	char *rest;

	ck_assert_int_eq(configuration_remove(rows[_i].text, is_named, NULL, &rest), 0);
	expect_text(rows[_i].text, rest, rows[_i].rest);
	free(rest);
}

static bool is_any(void *data, const struct configuration_item *item)
{
	(void)item;
	++*(int *)data;
	return true;
}

START_TEST(removes_all)
{
	int count = 0;
	char *rest;

	ck_assert_int_eq(configuration_remove("passthru.ids=1:2x,3:4 # a\npassthru.off\n",
					      is_any, &count, &rest),
			 0);
	expect_text("all", rest, "passthru.off\n");
	ck_assert_int_eq(count, 2);
	free(rest);
}

int main(void)
{
	TCase *tcase = tcase_create("configuration_items");

	add_rows(tcase, removes, rows);
	tcase_add_test(tcase, removes_all);
	return unit_run(tcase);
}
