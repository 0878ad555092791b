/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_REPORT_READER_H
#define PASSTHRU_REPORT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "pci/address.h"
#include "plan/plan.h"

/* Reads passthru-report(5). Unknown records, keys and words are not errors. */

/* A record; it points into the report's text. */
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

/* Whether the text is a report of the format that this file reads, and of a dry run. */
bool report_read_header(const char *text, bool *ret_dryrun);

/* A phase= record: how long one stage took. */
struct report_phase {
	char name[16];
	uint64_t total_us;
	uint64_t kernel_us;
};

/* Takes the next one off *text. Returns false at the end. */
bool report_next_phase(const char **text, struct report_phase *ret);

/* A device= record. */
struct report_device {
	struct pci_address address;
	char name[ADDRESS_SIZE];
	char id[16];
	char verdict[16]; /* the words as they are, known or not */
	char reason[24];
	bool has_reason;  /* entry.reason is what the word says */
	char display[16]; /* what released the boot framebuffer, as fb_release_word() */
	/* Without .device and, unless it is claimed, .driver: the report has neither. */
	struct plan_entry entry;
};

/* Takes the next one off *text, invalid ones skipped. Returns false at the end. */
bool report_next_device(const char **text, struct report_device *ret);

/* The device= record of that address. Returns false if there is none. */
bool report_find_device(const char *text, const struct pci_address *address,
			struct report_device *ret);

/* Whether the report has a device= record of that address. */
bool report_has_device(const char *text, const struct pci_address *address);

/* Whether the report defers that device or, with NULL, any. */
bool report_defers(const char *text, const struct pci_address *address);

/* How long the early stage took, in microseconds; 0 if unknown. */
uint64_t report_early_us(const char *text);

#endif
