/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Old settings in modprobe.d and in lists of modules to load. */
#include <errno.h>
#include <string.h>

#include "search.h"

/* -- modprobe.d ---------------------------------------------------------------------- */

/* "options vfio-pci ids=… disable_vga=1": the IDs go, the rest stays. */
static void read_options(struct search *search, struct words *words)
{
	bool any = false;

	if (words->count < 3 || !text_equals_name(words->items[1], "vfio_pci"))
		return;
	for (size_t i = 2; i < words->count; i++) {
		if (strncmp(words->items[i], "ids=", 4) != 0)
			continue;
		if (!search_add_ids(search, words_unquote(words->items[i] + 4))) {
			search_note_unclear(search,
					    "an ID in it cannot be read, so it is left");
			return;
		}
		any = true;
		words_remove(words, i--);
	}
	if (any && words_join(words, 0) == 0)
		search_set_line(search, words->count > 2 ? words->joined : NULL);
}

/* "softdep nouveau pre: vfio-pci": only our modules go. */
static void read_softdep(struct search *search, struct words *words)
{
	bool any = false, left = false;

	for (size_t i = 2; i < words->count; i++) {
		if (!search_is_vfio(words->items[i])) {
			left |= words->items[i][strlen(words->items[i]) - 1] != ':';
			continue;
		}
		any = true;
		words_remove(words, i--);
	}
	if (!any)
		return;
	if (words_join(words, 0) == 0)
		search_set_line(search, left ? words->joined : NULL);
	else
		search->error = -ENOMEM;
}

void leftover_read_modprobe(struct search *search, const char *line)
{
	struct words words;
	size_t length = strlen(line);

	if (words_split(line, &words) < 0) {
		search->error = -ENOMEM;
		return;
	}
	if (words.count < 2 || words.items[0][0] == '#')
		;
	else if (strstr(line, "vfio") && line[length - 1] == '\\')
		search_note_unclear(search, "it goes on in the next line, so it is left");
	else if (strcmp(words.items[0], "options") == 0)
		read_options(search, &words);
	else if (strcmp(words.items[0], "softdep") == 0)
		read_softdep(search, &words);
	else if ((strcmp(words.items[0], "install") == 0 ||
		  strcmp(words.items[0], "alias") == 0) &&
		 (strstr(line, "vfio-pci") || strstr(line, "vfio_pci") ||
		  strstr(line, "driver_override")))
		search_note_line(search, "not understood, look at it");
	words_free(&words);
}

/* -- lists of modules ---------------------------------------------------------------- */

void leftover_read_modules(struct search *search, const char *line)
{
	struct words words;

	if (words_split(line, &words) < 0) {
		search->error = -ENOMEM;
		return;
	}
	if (words.count && words.items[0][0] != '#' && search_is_vfio(words.items[0])) {
		bool understood = true;

		for (size_t i = 1; i < words.count && words.items[i][0] != '#'; i++)
			understood &=
				strncmp(words.items[i], "ids=", 4) == 0 &&
				search_add_ids(search, words_unquote(words.items[i] + 4));
		if (understood)
			search_set_line(search, NULL);
		else
			search_note_unclear(search,
					    "an option in it is not understood, so it "
					    "is left");
	}
	words_free(&words);
}
