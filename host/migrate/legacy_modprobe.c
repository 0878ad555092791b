/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "migrate/modprobe_conf.h"
#include "migrate/readers.h"

/* "options vfio-pci ids=… disable_vga=1": the IDs are removed. */
static void read_options(struct scan *scan, struct wordlist *words)
{
	bool any = false;

	if (words->count < 3 || !text_equals_name(words->items[1], "vfio_pci"))
		return;
	for (size_t i = 2; i < words->count; i++) {
		if (strncmp(words->items[i], "ids=", 4) != 0)
			continue;
		if (!scan_add_ids(scan, wordlist_unquote(words->items[i] + 4))) {
			scan_note_unclear(scan, "has an invalid ID; left unchanged");
			return;
		}
		any = true;
		wordlist_remove(words, i--);
	}
	if (!any)
		return;
	if (wordlist_join(words, 0) == 0)
		scan_set_line(scan, words->count > 2 ? words->joined : NULL);
	else
		scan->error = -ENOMEM;
}

/* "softdep nouveau pre: vfio-pci": VFIO's modules are removed. */
static void read_softdep(struct scan *scan, struct wordlist *words)
{
	bool any = false, left = false;

	for (size_t i = 2; i < words->count; i++) {
		if (!scan_is_vfio(words->items[i])) {
			left |= words->items[i][strlen(words->items[i]) - 1] != ':';
			continue;
		}
		any = true;
		wordlist_remove(words, i--);
	}
	if (!any)
		return;
	if (wordlist_join(words, 0) == 0)
		scan_set_line(scan, left ? words->joined : NULL);
	else
		scan->error = -ENOMEM;
}

static bool is_command(const struct wordlist *words)
{
	return strcmp(words->items[0], "install") == 0 ||
	       strcmp(words->items[0], "alias") == 0;
}

void legacy_modprobe_read(struct scan *scan, const char *line)
{
	struct wordlist words;

	if (wordlist_split(line, &words) < 0) {
		scan->error = -ENOMEM;
		return;
	}
	if (words.count < 2 || words.items[0][0] == '#')
		;
	else if (strstr(line, "vfio") && line[strlen(line) - 1] == '\\')
		scan_note_unclear(scan, "continues on the next line; left unchanged");
	else if (strcmp(words.items[0], "options") == 0)
		read_options(scan, &words);
	else if (strcmp(words.items[0], "softdep") == 0)
		read_softdep(scan, &words);
	else if (is_command(&words) &&
		 (strstr(line, "vfio-pci") || strstr(line, "vfio_pci") ||
		  strstr(line, "driver_override")))
		scan_note_line(scan, "not understood; check it");
	wordlist_free(&words);
}

/* libkmod decides which options apply: it also reads files that are not in /etc. */
void legacy_modprobe_finish(struct scan *scan)
{
	_cleanup_free_ char *ids = modprobe_conf_ids(scan->host->root);
	_cleanup_free_ char *files = modprobe_conf_foreign(scan->host->root_fd);

	if (ids)
		(void)scan_add_ids(scan, ids);
	if (files && files[0])
		scan_note(
			scan,
			"files outside /etc mention vfio-pci and were left unchanged; to override one, create a file with its name in /etc/modprobe.d: %s",
			files);
}
