/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "boot/internal.h"
#include "input.h"

const unsigned input_parts = 1;

/* grub.cfg, a NUL, and grubenv. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *config = input_text(data, size);
	char *environment = input_second_text(data, size);
	const struct grub_entry *entry;
	struct grub_menu menu;
	bool found;

	require(grub_menu_read(config, environment, &menu) == 0);
	entry = grub_menu_default(&menu, &found);
	if (entry && entry->cmdline)
		reached(0);
	require(!entry || (entry >= menu.entries && entry < menu.entries + menu.count &&
			   !entry->is_submenu));
	for (size_t i = 0; i < menu.count; i++)
		require(menu.entries[i].parent == GRUB_TOP || menu.entries[i].parent < i);
	(void)grub_path_part(config, &found);
	(void)grub_path_names(config, "1");
	grub_menu_free(&menu);
	free(config);
	free(environment);
	return 0;
}
