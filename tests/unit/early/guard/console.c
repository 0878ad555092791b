/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "guard/guard.h"
#include "machine.h"
#include "unit.h"

/* Two equal serial cards; ttyS4 is on the first, ttyS5 on the second one. */
#define CARDS                                 \
	"01:00.0 1b36:0002 070002 1 serial\n" \
	"02:00.0 1b36:0002 070002 2 serial\n"

static const struct {
	const char *cmdline;
	const char *words;
	const char *active; /* what the kernel uses, NULL for no such file */
} consoles[] = {
	{ "passthru.ids=1b36:0002", "1 pending; 2 pending; " },
	{ "passthru.ids=1b36:0002 console=tty0 console=ttyS0", "1 pending; 2 pending; " },
	{ "passthru.ids=1b36:0002 console=ttyS4",
	  "1 console console=ttyS4; 2 pending; " },
	{ "console=ttyS5,115200n8 passthru.ids=1b36:0002",
	  "1 pending; 2 console console=ttyS5,115200n8; " },
	{ "passthru.ids=1b36:0002 console=ttyS4 console=ttyS5",
	  "1 console console=ttyS4; 2 console console=ttyS5; " },
	/* whatever it was called: earlycon, SPCR, "console" alone */
	{ "passthru.ids=1b36:0002", "1 console console/active=ttyS4; 2 pending; ",
	  "tty0 ttyS4\n" },
	{ "passthru.ids=1b36:0002 console=uart8250,io,0xd000",
	  "1 pending; 2 console console/active=ttyS5; ", "ttyS5\n" },
	{ "passthru.ids=1b36:0002 console=ttyS4", "1 console console=ttyS4; 2 pending; ",
	  "tty0 ttyS4\n" },
	{ "passthru.ids=1b36:0002", "1 pending; 2 pending; ", "tty0 ttyS0\n" },
	{ "passthru.ids=1b36:0002", "1 pending; 2 pending; ", "\n" },
	{ "passthru.addrs=01:00.0", "1 pending; ", "ttyS4\n" },
	/* named, so it is meant */
	{ "passthru.addrs=01:00.0 console=ttyS4", "1 pending; " },
	{ "passthru.ids=1b36:0002@01:00.0 console=ttyS4", "1 pending; " },
	{ "passthru.ids=1b36:0002! console=ttyS4", "1 pending; 2 pending; " },
	/* harmless nonsense */
	{ "passthru.ids=1b36:0002 console= console=../ttyS4 console",
	  "1 pending; 2 pending; " },
};

START_TEST(keeps_the_serial_console)
{
	struct directory root = make_directory();
	const char *cmdline = consoles[_i].cmdline;
	struct situation situation;
	char words[256];
	size_t at = 0;

	/* as kernels before and since 6.5 have it */
	put_link(&root, "sys/class/tty/ttyS4",
		 "../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/tty/ttyS4");
	put_link(&root, "sys/class/tty/ttyS5",
		 "../../devices/pci0000:00/0000:00:02.0/0000:02:00.0/0000:02:00.0:0/"
		 "0000:02:00.0:0.0/tty/ttyS5");
	put_link(&root, "sys/class/tty/ttyS0",
		 "../../devices/platform/serial8250/tty/ttyS0");
	if (consoles[_i].active)
		put_file(&root, "sys/class/tty/console/active", consoles[_i].active);
	situation_make(CARDS, cmdline, &situation);
	guard_console(root.fd, &situation.params.cmdline, &situation.result.plan);
	for (size_t i = 0; i < situation.result.plan.count; i++) {
		const struct plan_entry *entry = &situation.result.plan.entries[i];

		at += (size_t)snprintf(words + at, sizeof(words) - at, "%u %s%s%s; ",
				       entry->device->address.bus,
				       entry->reason
					       ? reason_word(entry->reason)
					       : verdict_word(entry->verdict, false),
				       entry->note[0] ? " " : "", entry->note);
	}
	expect_text(cmdline, words, consoles[_i].words);
	situation_free(&situation);
	drop_directory(&root);
}

/* A partial plan does not tell whether another device has the ID. */
START_TEST(keeps_what_may_have_a_twin)
{
	struct directory root = make_directory();
	struct situation situation;

	put_link(&root, "sys/class/tty/ttyS4",
		 "../../devices/pci0000:00/0000:01:00.0/tty/ttyS4");
	situation_make("01:00.0 1b36:0002 ff0000 1 serial\n",
		       "passthru.ids=1b36:0002 console=ttyS4", &situation);
	situation.result.plan.is_partial = true;
	guard_console(root.fd, &situation.params.cmdline, &situation.result.plan);
	expect_number("partial", situation.result.plan.entries[0].verdict, VERDICT_KEPT);
	situation_free(&situation);
	drop_directory(&root);
}

START_TEST(means_a_card_that_is_alone)
{
	struct directory root = make_directory();
	struct situation situation;

	put_link(&root, "sys/class/tty/ttyS4",
		 "../../devices/pci0000:00/0000:01:00.0/tty/ttyS4");
	situation_make("01:00.0 1b36:0002 070002 1 serial\n",
		       "passthru.ids=1b36:0002 console=ttyS4", &situation);
	guard_console(root.fd, &situation.params.cmdline, &situation.result.plan);
	expect_number("alone", situation.result.plan.entries[0].verdict, VERDICT_PENDING);
	situation_free(&situation);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("console guard");

	add_rows(tcase, keeps_the_serial_console, consoles);
	tcase_add_test(tcase, keeps_what_may_have_a_twin);
	tcase_add_test(tcase, means_a_card_that_is_alone);
	return unit_run(tcase);
}
