/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that have nothing but a kernel command line: kernel-install's, and cmdline.d. */
#include "base/file.h"
#include "base/sysfs.h"
#include "migrate/legacy_words.h"
#include "migrate/readers.h"

static void read_line(struct scan *scan, const char *line, bool is_candidate)
{
	struct target *target =
		line[0] == '#' ? NULL : legacy_words_collect(scan, "", line, "");

	if (target)
		target->is_candidate = is_candidate;
}

void legacy_cmdline_read(struct scan *scan, const char *line)
{
	read_line(scan, line, scan->line == 0);
}

/* What kernel-install reads if there is no /etc/kernel/cmdline. */
void legacy_cmdline_finish(struct scan *scan)
{
	static const char path[] = "usr/lib/kernel/cmdline";
	int root_fd = scan->host->root_fd;
	_cleanup_free_ char *text = NULL;

	if (sysfs_exists(root_fd, "etc/kernel/cmdline") ||
	    file_read(root_fd, path, &text) < 0 || !legacy_words_mentioned(text))
		return;
	scan_note(
		scan,
		"/%s has legacy settings and was left unchanged; create /etc/kernel/cmdline to override it",
		path);
}

/* The next boot uses a fragment whose words are in the image, so any line may do. */
void legacy_fragments_read(struct scan *scan, const char *line)
{
	read_line(scan, line, true);
}
