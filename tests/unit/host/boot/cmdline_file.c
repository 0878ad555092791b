/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "boot/boot.h"
#include "unit.h"

#define WORD "intel_iommu=on"
#define ENTRY                               \
	{                                   \
		.format = FORMAT_BOOT_ENTRY \
	}
#define CMDLINE                          \
	{                                \
		.format = FORMAT_CMDLINE \
	}
#define COMMENTS                                               \
	{                                                      \
		.format = FORMAT_CMDLINE, .has_comments = true \
	}
#define GRUB                                                                    \
	{                                                                       \
		.format = FORMAT_GRUB, .variable = "GRUB_CMDLINE_LINUX_DEFAULT" \
	}

static const struct {
	struct cmdline_file file;
	const char *before, *after; /* NULL: no line can be edited */
} rows[] = {
	{ ENTRY, "title a\noptions root=/dev/sda1 ro\ninitrd /i\n",
	  "title a\noptions root=/dev/sda1 ro " WORD "\ninitrd /i\n" },
	{ ENTRY, "options a\n options\tb  \nlinux /l",
	  "options a\n options\tb " WORD "\nlinux /l" },
	{ ENTRY, "options $kernelopts\n", "options $kernelopts " WORD "\n" },
	{ ENTRY, "title options\nlinux /l\n", NULL },
	{ ENTRY, "options a " WORD " b\n", "options a " WORD " b\n" },
	{ ENTRY, "options a x" WORD "\n", "options a x" WORD " " WORD "\n" },
	{ CMDLINE, "quiet\n", "quiet " WORD "\n" },
	{ CMDLINE, "quiet", "quiet " WORD },
	{ CMDLINE, "\nquiet \nsecond\n", "\nquiet " WORD "\nsecond\n" },
	{ CMDLINE, "# a\nquiet\n", "# a " WORD "\nquiet\n" },
	{ COMMENTS, "# a\nquiet\n", "# a\nquiet " WORD "\n" },
	{ CMDLINE, "", NULL },
	{ CMDLINE, " \n", NULL },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash\"\nGRUB_CMDLINE_LINUX=\"\"\n",
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet splash " WORD
	  "\"\nGRUB_CMDLINE_LINUX=\"\"\n" },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=\"\"\n",
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"" WORD "\"\n" },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=\n",
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"" WORD "\"\n" },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=quiet # mine\n",
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet " WORD "\" # mine\n" },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=quiet\n",
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet " WORD "\"\n" },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT='quiet'\n",
	  "GRUB_CMDLINE_LINUX_DEFAULT='quiet " WORD "'\n" },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT a\"\n",
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT a " WORD "\"\n" },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=\"a\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"b\"\n",
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"a\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"b " WORD
	  "\"\n" },
	/* the last one counts, whether it can be edited or not */
	{ GRUB,
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"a\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"a $(b)\"\nC=5\n",
	  NULL },
	{ GRUB,
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"a\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"b \\\nc\"\n",
	  NULL },
	{ GRUB,
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"a $(b)\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"a\"\n",
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"a $(b)\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"a " WORD
	  "\"\n" },
	{ GRUB, "#GRUB_CMDLINE_LINUX_DEFAULT=\"a\"\n", NULL },
	{ GRUB, "GRUB_CMDLINE_LINUX=\"a\"\n", NULL },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=\"a\\\"b\"\n", NULL },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=\"$(cat /x)\"\n", NULL },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=\"a\n", NULL },
};

START_TEST(adds)
{
	char *text, *again;

	ck_assert_int_eq(cmdline_file_add(&rows[_i].file, rows[_i].before, WORD, &text),
			 0);
	if (!rows[_i].after) {
		ck_assert_ptr_null(text);
		return;
	}
	ck_assert_str_eq(text, rows[_i].after);
	ck_assert_int_eq(cmdline_file_add(&rows[_i].file, text, WORD, &again), 0);
	ck_assert_str_eq(again, text);
	free(text);
	free(again);
}
END_TEST

static const struct {
	struct cmdline_file file;
	const char *before, *after; /* NULL: the word is where it cannot be edited */
} removals[] = {
	{ ENTRY, "options a " WORD " b\nlinux /" WORD "\n",
	  "options a b\nlinux /" WORD "\n" },
	{ ENTRY, "options " WORD "  b\noptions c " WORD, "options b\noptions c" },
	{ CMDLINE, "quiet " WORD "\n", "quiet\n" },
	{ CMDLINE, WORD "\n", "\n" },
	{ CMDLINE, "x" WORD " \"" WORD " a\"\n", "x" WORD " \"" WORD " a\"\n" },
	{ { .format = FORMAT_GRUB },
	  "A=\"" WORD "\"\nGRUB_CMDLINE_LINUX=\"" WORD
	  "\"\nGRUB_CMDLINE_LINUX_DEFAULT='a " WORD "'\n",
	  "A=\"" WORD "\"\nGRUB_CMDLINE_LINUX=\"\"\nGRUB_CMDLINE_LINUX_DEFAULT='a'\n" },
	{ { .format = FORMAT_GRUB },
	  "# GRUB_CMDLINE_LINUX=\"" WORD "\"\n",
	  "# GRUB_CMDLINE_LINUX=\"" WORD "\"\n" },
	{ CMDLINE, "", "" },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=\"a $(b) " WORD "\"\n", NULL },
	{ GRUB, "GRUB_CMDLINE_LINUX_DEFAULT=\"a $(b)\"\n",
	  "GRUB_CMDLINE_LINUX_DEFAULT=\"a $(b)\"\n" },
	{ GRUB, "GRUB_CMDLINE_LINUX=\"$(b) " WORD "\"\n",
	  "GRUB_CMDLINE_LINUX=\"$(b) " WORD "\"\n" },
};

START_TEST(removes)
{
	char *text;
	int r = cmdline_file_remove(&removals[_i].file, removals[_i].before, WORD, &text);

	if (!removals[_i].after) {
		ck_assert_int_eq(r, -EINVAL);
		ck_assert_ptr_null(text);
		return;
	}
	ck_assert_int_eq(r, 0);
	ck_assert_str_eq(text, removals[_i].after);
	free(text);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("cmdline_file");

	add_rows(tcase, adds, rows);
	add_rows(tcase, removes, removals);
	return unit_run(tcase);
}
