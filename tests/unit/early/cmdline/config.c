/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline/cmdline.h"
#include "unit.h"

static const struct {
	const char *cmdline;
	const char *rescue; /* the word, "" for none */
} rescues[] = {
	{ "", "" },
	{ "quiet root=/dev/sda1 ro", "" },
	{ "quiet single", "single" },
	{ "ro s", "s" },
	{ "ro S", "S" },
	{ "ro 1", "1" },
	{ "ro rescue", "rescue" },
	{ "emergency ro", "emergency" },
	{ "ro 3", "" },
	{ "single=no", "" },
	{ "s=1", "" },
	{ "rescued", "" },
	{ "break", "break" },
	{ "break=premount ro", "break=premount" },
	{ "rd.break ro", "rd.break" },
	{ "rd.break=pre-mount", "rd.break=pre-mount" },
	{ "rd.breaks", "" },
	{ "systemd.unit=rescue.target", "systemd.unit=rescue.target" },
	{ "rd.systemd.unit=emergency.target", "rd.systemd.unit=emergency.target" },
	{ "systemd.unit=multi-user.target", "" },
	{ "systemd.unit=", "" },
	{ "systemd.unit", "" },
	{ "ro -- single", "single" },
	{ "ro -- --", "" },
	{ "passthru.config=off", "passthru.config=off" },
	{ "passthru.config=no ro", "passthru.config=no" },
	{ "passthru.config=0", "passthru.config=0" },
	{ "passthru.config", "" },
	{ "passthru.config=on", "" },
	/* not understood: params_parse() names it */
	{ "passthru.config=of", "" },
	{ "passthru.off", "" }, /* nothing is claimed at all */
	{ "\"single\"", "single" },
	{ "systemd.unit=\"rescue.target\"", "systemd.unit=\"rescue.target" },
	{ "root=\"a single b\"", "" },
	/* Ubuntu, Mint, Debian with friendly-recovery: /etc/grub.d/10_linux */
	{ "ro recovery nomodeset dis_ucode_ldr", "recovery" },
	{ "systemd.unit=friendly-recovery.target",
	  "systemd.unit=friendly-recovery.target" },
	/* Debian, openSUSE: GRUB_CMDLINE_LINUX_RECOVERY */
	{ "ro single nomodeset", "single" },
	/* kernel-command-line(7), init(8) */
	{ "ro -b", "-b" },
	{ "ro -s", "-s" },
	{ "rd.rescue", "rd.rescue" },
	{ "rd.emergency", "rd.emergency" },
	{ "systemd.unit=rescue.service", "systemd.unit=rescue.service" },
	{ "systemd.unit=runlevel1.target", "systemd.unit=runlevel1.target" },
	{ "systemd.unit=runlevel5.target", "" },
	/* no valid name of a unit: systemd(1) ignores it */
	{ "systemd.unit=rescue", "" },
	/* dracut.cmdline(7): what dracut does after a failure */
	{ "rd.emergency=reboot", "" },
	/* dracut's old name; mkinitcpio(8) */
	{ "rdbreak=pre-udev", "rdbreak=pre-udev" },
	{ "break=y", "break=y" },
	/* systemd-debug-generator(8): a breakpoint; the others only add a shell or a unit
	 */
	{ "rd.systemd.break=pre-mount", "rd.systemd.break=pre-mount" },
	{ "systemd.break", "systemd.break" },
	{ "systemd.debug-shell", "" },
	{ "systemd.debug_shell=1", "" },
	{ "systemd.mask=gdm.service systemd.wants=sshd.service", "" },
	/* dracut.cmdline(7): a shell only if the boot fails */
	{ "rd.shell", "" },
	/* a shell as init */
	{ "rw init=/bin/bash", "init=/bin/bash" },
	{ "init=/sysroot/bin/sh", "init=/sysroot/bin/sh" },
	{ "init=\"/usr/bin/zsh\"", "init=\"/usr/bin/zsh" },
	{ "init=sh", "init=sh" },
	{ "init=/bin/busybox", "init=/bin/busybox" },
	{ "init=/sbin/sulogin", "init=/sbin/sulogin" },
	{ "rdinit=/bin/ash", "rdinit=/bin/ash" },
	{ "init=/usr/lib/systemd/systemd", "" },
	{ "init=/sbin/init", "" },
	{ "init=/bash/init", "" },
	{ "init=/bin/", "" },
	{ "init=", "" },
	{ "init", "" },
	/* other meanings */
	{ "recovery=/dev/sda3", "" },
	{ "nomodeset quiet splash 2 3 4 5", "" },
	{ "loglevel=1 console=tty1 b", "" },
};

START_TEST(finds_rescues)
{
	struct cmdline cmdline;
	struct span found;
	char text[64] = "";

	ck_assert_int_eq(cmdline_split(rescues[_i].cmdline, &cmdline), 0);
	found = config_find_rescue(&cmdline);
	if (found.length)
		snprintf(text, sizeof(text), "%.*s", (int)found.length, found.at);
	cmdline_free(&cmdline);
	expect_text(rescues[_i].cmdline, text, rescues[_i].rescue);
}

static const struct {
	const char *text;
	const char *parameters;
	const char *ignored; /* each with a "|" at its end */
} filters[] = {
	{ "", "", "" },
	{ "\n\n# passthru.off\n \t\n", "", "" },
	{ "passthru.ids=10de:13c2", "\"passthru.ids=10de:13c2\" ", "" },
	{ "passthru.ids=1:2 passthru.off\n", "\"passthru.ids=1:2\" \"passthru.off\" ",
	  "" },
	{ "passthru.ids=1:2\npassthru.ids=3:4\n",
	  "\"passthru.ids=1:2\" \"passthru.ids=3:4\" ", "" },
	{ "passthru.addrs=06:00.0 # the card", "\"passthru.addrs=06:00.0\" ", "" },
	{ "passthru.addrs=06:00.0 #passthru.off", "\"passthru.addrs=06:00.0\" ", "" },
	/* "#" inside a word is part of it, as for the kernel */
	{ "passthru.addrs=06:00.0#x", "\"passthru.addrs=06:00.0#x\" ", "" },
	{ "passthru.ids=1:2\r\n", "\"passthru.ids=1:2\" ", "" },
	{ "passthru.ids=\"1:2, 3:4\"", "\"passthru.ids=1:2, 3:4\" ", "" },
	{ "\"passthru.ids=1:2, 3:4\"", "\"passthru.ids=1:2, 3:4\" ", "" },
	{ "passthru.ids=", "\"passthru.ids=\" ", "" },
	/* it is named when the whole is parsed */
	{ "passthru.idz=1:2", "\"passthru.idz=1:2\" ", "" },
	{ "quiet passthru.off root=/dev/sda1", "\"passthru.off\" ",
	  "quiet|root=/dev/sda1|" },
	/* it is chosen on the kernel command line */
	{ "passthru.profile=play passthru.off", "\"passthru.off\" ",
	  "passthru.profile=play|" },
	{ "passthru=1 vfio-pci.ids=1:2", "", "passthru=1|vfio-pci.ids=1:2|" },
	/* nothing in it may reach over to the kernel command line */
	{ "-- passthru.off", "\"passthru.off\" ", "--|" },
	{ "passthru.ids=\"1:2 passthru.off\nquiet", "\"passthru.ids=1:2 passthru.off\" ",
	  "quiet|" },
	{ "passthru.ids=1\"2", "", "passthru.ids=1\"2|" },
	{ "passthru.ids=\"1:2\"3:4\"", "", "passthru.ids=\"1:2\"3:4|" },
	{ "passthru.o\"ff passthru.debug", "", "passthru.o\"ff passthru.debug|" },
	{ "passthru.\"ds=", "", "passthru.\"ds=|" },
	{ "\"passthru.off -- x", "\"passthru.off -- x\" ", "" },
	{ "\"", "", "|" },
};

static void note_ignored(void *data, struct span word)
{
	char *ignored = data;

	sprintf(ignored + strlen(ignored), "%.*s|", (int)word.length, word.at);
}

START_TEST(filters_parameters)
{
	char ignored[256] = "", *text;

	ck_assert_int_eq(config_filter(filters[_i].text, note_ignored, ignored, &text),
			 0);
	expect_text(filters[_i].text, text, filters[_i].parameters);
	expect_text(filters[_i].text, ignored, filters[_i].ignored);
	free(text);
}

int main(void)
{
	TCase *tcase = tcase_create("config");

	add_rows(tcase, finds_rescues, rescues);
	add_rows(tcase, filters_parameters, filters);
	return unit_run(tcase);
}
