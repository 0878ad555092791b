/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MODCONF_H
#define PASSTHRU_MODCONF_H

/*
 * What modprobe's configuration says about vfio-pci, as libkmod reads it: the one file of
 * this program that knows libkmod.
 */

/*
 * The IDs of all options lines for vfio-pci that count, with commas between them. root is
 * that of struct host. To be freed by the caller; NULL where nothing could be read.
 */
char *modconf_ids(const char *root);

/*
 * The files outside of /etc that have to do with vfio-pci and that no file of the same
 * name in /etc replaces, with blanks between them. To be freed by the caller, or NULL.
 */
char *modconf_foreign(int root_fd);

#endif
