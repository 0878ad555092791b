/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_READERS_H
#define PASSTHRU_MIGRATE_READERS_H

#include "migrate/scan.h"

/*
 * The functions of the table in legacy.c. Each is in the file that it is named after, but
 * for fragments, which are in legacy_cmdline.c.
 */
void legacy_modprobe_read(struct scan *scan, const char *line);
void legacy_modprobe_finish(struct scan *scan);
void legacy_modules_read(struct scan *scan, const char *line);
void legacy_dracut_read(struct scan *scan, const char *line);
void legacy_driverctl_read(struct scan *scan, const char *line);
void legacy_entries_read(struct scan *scan, const char *line);
void legacy_grub_read(struct scan *scan, const char *line);
void legacy_cmdline_read(struct scan *scan, const char *line);
void legacy_cmdline_finish(struct scan *scan);
void legacy_fragments_read(struct scan *scan, const char *line);
void legacy_scripts_read(struct scan *scan, const char *path);

/* Comes after all of them. */
void legacy_running_read(struct scan *scan);

#endif
