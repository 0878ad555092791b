/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/internal.h"
#include "unit.h"

/* As 00_header makes it: GRUB_TIMEOUT_STYLE and GRUB_TIMEOUT. */
#define DEBIAN(style, timeout)                                                    \
	"if [ -s $prefix/grubenv ]; then\n"                                       \
	"  set have_grubenv=true\n  load_env\nfi\n"                               \
	"if [ \"${recordfail}\" = 1 ] ; then\n"                                   \
	"  set timeout=30\n"                                                      \
	"else\n"                                                                  \
	"  if [ x$feature_timeout_style = xy ] ; then\n"                          \
	"    set timeout_style=" style "\n"                                       \
	"    set timeout=" timeout "\n"                                           \
	"  # Fallback hidden-timeout code in case the timeout_style feature is\n" \
	"  # unavailable.\n"                                                      \
	"  elif sleep --interruptible 0 ; then\n"                                 \
	"    set timeout=0\n"                                                     \
	"  fi\n"                                                                  \
	"fi\n"                                                                    \
	"menuentry x { linux /vmlinuz quiet; }\n"

/* Fedora's 12_menu_auto_hide comes after that. */
#define FEDORA                                                                    \
	DEBIAN("menu", "5")                                                       \
	"if [ x$feature_timeout_style = xy ] ; then\n"                            \
	"  if [ \"${menu_show_once}\" ]; then\n"                                  \
	"    set timeout_style=menu\n    set timeout=60\n"                        \
	"  elif [ \"${menu_auto_hide}\" -a \"${menu_hide_ok}\" = \"1\" ]; then\n" \
	"    set timeout_style=hidden\n    set timeout=1\n"                       \
	"  fi\n"                                                                  \
	"fi\n"

static const struct {
	const char *config, *environment;
	bool is_uefi;
	const char *key; /* "": nothing to say */
} grubs[] = {
	{ DEBIAN("menu", "5"), "", false, "" },
	{ DEBIAN("menu", "5"), "", true, "" },
	{ DEBIAN("menu", "-1"), "", true, "" },
	{ DEBIAN("hidden", "0"), "", false, "hold Shift" },
	{ DEBIAN("hidden", "0"), "", true, "press Esc" },
	{ DEBIAN("hidden", "3"), "", true, "press Esc" },
	{ DEBIAN("countdown", "3"), "", false, "hold Shift" },
	{ DEBIAN("menu", "0"), "", false, "hold Shift" },
	/* Ubuntu: the last boot failed */
	{ DEBIAN("hidden", "0"), "# GRUB Environment Block\nrecordfail=1\n", true, "" },
	{ FEDORA, "", true, "" },
	{ FEDORA, "menu_auto_hide=1\nmenu_hide_ok=1\n", true, "press Esc" },
	{ FEDORA, "menu_auto_hide=1\nmenu_hide_ok=0\n", true, "" },
	{ FEDORA, "menu_auto_hide=1\nmenu_hide_ok=1\nmenu_show_once=1\n", true, "" },
	{ "set timeout=0\n", "", false, "hold Shift" },
	/* GRUB waits then */
	{ "menuentry x { linux /vmlinuz; }\n", "", false, "" },
	{ "", "", false, "" },
};

START_TEST(of_grub)
{
	const char *key = menu_key_of_grub(grubs[_i].config, grubs[_i].environment,
					   grubs[_i].is_uefi);

	expect_text(grubs[_i].config, key ? key : "", grubs[_i].key);
}

static const struct {
	const char *config, *variable, *key;
} systemds[] = {
	{ "", "", "hold Space" },
	{ "#timeout 3\nconsole-mode keep\n", "", "hold Space" },
	{ "timeout 0\n", "", "hold Space" },
	{ "timeout menu-hidden\n", "", "hold Space" },
	{ "default x\n  timeout\t3\n", "", "" },
	{ "timeout menu-force\n", "", "" },
	{ "timeout menu-disabled\n", "", "" },
	/* bootctl set-timeout */
	{ "timeout 3\n", "0", "hold Space" },
	{ "timeout 0\n", "5", "" },
};

START_TEST(of_systemd_boot)
{
	const char *key =
		menu_key_of_systemd_boot(systemds[_i].config, systemds[_i].variable);

	expect_text(systemds[_i].config, key ? key : "", systemds[_i].key);
}

int main(void)
{
	TCase *tcase = tcase_create("menu_key");

	add_rows(tcase, of_grub, grubs);
	add_rows(tcase, of_systemd_boot, systemds);
	return unit_run(tcase);
}
