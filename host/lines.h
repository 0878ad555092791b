/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LINES_H
#define PASSTHRU_LINES_H

/*
 * What the shared stages say through log.h between these two calls: one line each, to be
 * freed by the caller; NULL where there is no memory.
 */
void lines_begin(void);
char *lines_end(void);

#endif
