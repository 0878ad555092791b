/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of modules to load: /etc/modules, modules-load.d and initramfs-tools/modules. */
#include <errno.h>
#include <string.h>

#include "migrate/readers.h"

/* Returns false if there are options other than IDs. */
static bool collect_options(struct scan *scan, const struct wordlist *words)
{
	bool understood = true;

	for (size_t i = 1; i < words->count && words->items[i][0] != '#'; i++)
		understood &= strncmp(words->items[i], "ids=", 4) == 0 &&
			      scan_add_ids(scan, wordlist_unquote(words->items[i] + 4));
	return understood;
}

void legacy_modules_read(struct scan *scan, const char *line)
{
	struct wordlist words;

	if (wordlist_split(line, &words) < 0) {
		scan->error = -ENOMEM;
		return;
	}
	if (!words.count || words.items[0][0] == '#' || !scan_is_vfio(words.items[0]))
		;
	else if (collect_options(scan, &words))
		scan_set_line(scan, NULL);
	else
		scan_note_unclear(scan,
				  "has an option that is not understood; left unchanged");
	wordlist_free(&words);
}
