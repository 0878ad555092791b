/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How people open a boot menu that does not show up by itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"

/* What GRUB and the last boot set: grub.cfg asks for both, grubenv may have another. */
static const char preset[] = "feature_timeout_style=y\nrecordfail=0\n";

static bool is_grub_hidden(const struct grub_variables *variables)
{
	const char *timeout = grub_variable(variables, "timeout");
	const char *style = grub_variable(variables, "timeout_style");

	if (!timeout)
		return false;
	return strcmp(timeout, "0") == 0 || (style && (strcmp(style, "hidden") == 0 ||
						       strcmp(style, "countdown") == 0));
}

const char *menu_key_of_grub(const char *config, const char *environment, bool is_uefi)
{
	_cleanup_free_ char *all = NULL;
	struct grub_menu menu = { 0 };
	bool is_hidden = false;

	if (asprintf(&all, "%s%s", preset, environment) < 0)
		return NULL;
	if (grub_menu_read(config, all, &menu) == 0)
		is_hidden = is_grub_hidden(&menu.variables);
	grub_menu_free(&menu);
	if (!is_hidden)
		return NULL;
	return is_uefi ? "press Esc" : "hold Shift";
}

/* "menu-force" and numbers show the menu; "menu-disabled" never does. */
static bool is_systemd_hidden(struct span timeout)
{
	return span_equals(timeout, "0") || span_equals(timeout, "menu-hidden");
}

const char *menu_key_of_systemd_boot(const char *config, const char *variable)
{
	struct span timeout = span_of("0"); /* the default */
	struct text_cursor line;

	while (text_next_line(&config, &line)) {
		struct span word = text_next_word(&line);

		if (span_equals(word, "timeout"))
			timeout = text_next_word(&line);
	}
	if (variable[0])
		timeout = span_of(variable);
	return is_systemd_hidden(timeout) ? "hold Space" : NULL;
}
