/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_MODPROBE_CONF_H
#define PASSTHRU_MIGRATE_MODPROBE_CONF_H

/*
 * The configuration of modprobe for vfio-pci, as libkmod reads it. No other file of this
 * program uses libkmod.
 */

/*
 * The IDs of all effective options lines for vfio-pci, separated by commas. root is that
 * of struct host. Freed by the caller; NULL if nothing could be read.
 */
char *modprobe_conf_ids(const char *root);

/*
 * The files outside /etc that mention vfio-pci and that no file in /etc overrides,
 * separated by blanks. Freed by the caller, or NULL.
 */
char *modprobe_conf_foreign(int root_fd);

#endif
