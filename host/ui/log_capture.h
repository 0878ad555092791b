/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_UI_LOG_CAPTURE_H
#define PASSTHRU_UI_LOG_CAPTURE_H

/*
 * Captures what the shared stages log between these two calls, one line per message. The
 * caller frees the text, which is NULL without memory.
 */
void log_capture_begin(void);
char *log_capture_end(void);

#endif
