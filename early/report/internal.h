/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_REPORT_INTERNAL_H
#define PASSTHRU_REPORT_INTERNAL_H

#include "report/report.h"

/* What only the files of this folder share. */

/* The verdict's word; that of a PF which has its VFs is "made". */
const char *pf_word(const struct pf *pf);

/* A record of the file; it points into the report's text. */
struct report_record {
	struct span line;
};

/* Takes the next record off *text. Returns false at the end. */
bool report_next(const char **text, struct report_record *ret);

/* Whether the record begins with that key, which makes it of that kind. */
bool report_is(const struct report_record *record, const char *kind);

/*
 * The value of the key, %XX decoded and cut at size - 1 bytes. Returns whether the record
 * has the key; if not, value is "".
 */
bool report_get(const struct report_record *record, const char *key, char *value,
		size_t size);

/* The vendor and the device; a report has no more of the ID. */
struct pci_id report_get_id(const struct report_record *record, const char *key);

#endif
