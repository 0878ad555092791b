/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_READERS_H
#define PASSTHRU_MIGRATE_READERS_H

#include "migrate/collector.h"

/* The functions of the table in collect.c, one file for each way to bind devices. */

/* Called for each line. */
void read_modprobe(struct collector *collector, const char *line);
void read_modules(struct collector *collector, const char *line);
void read_dracut(struct collector *collector, const char *line);
void read_mkinitcpio(struct collector *collector, const char *line);
void read_driverctl(struct collector *collector, const char *line);
void read_boot_entry(struct collector *collector, const char *line);
void read_plain_cmdline(struct collector *collector, const char *line);
void read_grub(struct collector *collector, const char *line);

/* Called for each file, with its path. */
void read_generated(struct collector *collector, const char *path);
void read_script(struct collector *collector, const char *path);

/* Called once, after all files. */
void read_running(struct collector *collector);

#endif
