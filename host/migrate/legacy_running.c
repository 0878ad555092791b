/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/file.h"
#include "migrate/legacy_words.h"
#include "migrate/readers.h"

/*
 * If no file names devices, this boot's command line may: then the configuration of an
 * unknown boot loader sets it.
 */
void legacy_running_read(struct scan *scan)
{
	_cleanup_free_ char *text = NULL;
	struct wordlist words;
	bool any = false;

	if (scan->settings->item_count ||
	    target_any_replaced(scan->targets, scan->target_count) ||
	    file_read(scan->host->root_fd, "proc/cmdline", &text) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (wordlist_split(text, &words) < 0)
		return;
	for (size_t i = 0; i < words.count; i++)
		any |= legacy_words_collect_word(scan, words.items[i]);
	wordlist_free(&words);
	if (any)
		scan_note(
			scan,
			"the running kernel's command line has legacy settings that are in no known file; remove them where you set them");
}
