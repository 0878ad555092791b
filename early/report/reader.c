/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "report/reader.h"

bool report_next(const char **text, struct report_record *ret)
{
	while (**text == '\n')
		(*text)++;
	if (!**text)
		return false;
	ret->line = (struct span){ *text, strcspn(*text, "\n") };
	*text += ret->line.length;
	return true;
}

bool report_is(const struct report_record *record, const char *kind)
{
	size_t length = strlen(kind);

	return record->line.length > length &&
	       memcmp(record->line.at, kind, length) == 0 &&
	       record->line.at[length] == '=';
}

static void decode(struct text_cursor cursor, char *value, size_t size)
{
	size_t length = 0;

	while (cursor.at < cursor.end && *cursor.at != ' ' && length + 1 < size) {
		struct text_cursor code = { cursor.at + 1, cursor.end };
		uint32_t byte;

		if (*cursor.at == '%' && text_read_hex(&code, 2, &byte) == 0) {
			value[length++] = (char)byte;
			cursor.at = code.at;
		} else {
			value[length++] = *cursor.at++;
		}
	}
	value[length] = '\0';
}

bool report_get(const struct report_record *record, const char *key, char *value,
		size_t size)
{
	struct text_cursor cursor = { record->line.at,
				      record->line.at + record->line.length };

	value[0] = '\0';
	while (cursor.at < cursor.end) {
		struct text_cursor word = cursor;

		if (text_skip_word(&word, key) && text_skip(&word, '=')) {
			decode(word, value, size);
			return true;
		}
		while (cursor.at < cursor.end && *cursor.at++ != ' ')
			;
	}
	return false;
}

static uint64_t get_number(const struct report_record *record, const char *key)
{
	char value[24];

	report_get(record, key, value, sizeof(value));
	return strtoull(value, NULL, 10);
}

bool report_read_header(const char *text, bool *ret_dryrun)
{
	struct report_record record;
	char format[8], dryrun[8];

	if (!report_next(&text, &record) || !report_is(&record, "format"))
		return false;
	report_get(&record, "format", format, sizeof(format));
	report_get(&record, "dryrun", dryrun, sizeof(dryrun));
	*ret_dryrun = strcmp(dryrun, "yes") == 0;
	return strcmp(format, "1") == 0;
}

/* Takes the next record of that kind off *text. */
static bool next_of_kind(const char **text, const char *kind, struct report_record *ret)
{
	while (report_next(text, ret))
		if (report_is(ret, kind))
			return true;
	return false;
}

bool report_next_phase(const char **text, struct report_phase *ret)
{
	struct report_record record;

	if (!next_of_kind(text, "phase", &record))
		return false;
	report_get(&record, "phase", ret->name, sizeof(ret->name));
	ret->total_us = get_number(&record, "total_us");
	ret->kernel_us = get_number(&record, "kernel_us");
	return true;
}

uint64_t report_early_us(const char *text)
{
	struct report_phase phase;

	while (report_next_phase(&text, &phase))
		if (strcmp(phase.name, "early") == 0)
			return phase.total_us;
	return 0;
}

/* A driver's name; the report has "none" for no driver. */
static void get_driver(const struct report_record *record, const char *key,
		       char driver[static DRIVER_NAME_SIZE])
{
	report_get(record, key, driver, DRIVER_NAME_SIZE);
	if (strcmp(driver, "none") == 0)
		driver[0] = '\0';
}

static void read_entry(const struct report_record *record, struct report_device *ret)
{
	struct plan_entry *entry = &ret->entry;
	char step[16], undone[8];

	(void)verdict_find(ret->verdict, &entry->verdict);
	ret->has_reason = reason_find(ret->reason, &entry->reason);
	report_get(record, "step", step, sizeof(step));
	(void)step_find(step, &entry->step);
	entry->error = -(int)get_number(record, "error");
	report_get(record, "undone", undone, sizeof(undone));
	entry->undone = strcmp(undone, "yes") == 0;
	get_driver(record, "driver", entry->now);
	get_driver(record, "was", entry->was);
	if (entry->verdict == VERDICT_CLAIMED)
		strcpy(entry->driver, entry->now);
	report_get(record, "block", entry->disk, sizeof(entry->disk));
	report_get(record, "for", entry->backs, sizeof(entry->backs));
}

static bool read_device(const struct report_record *record, struct report_device *ret)
{
	char name[32];

	*ret = (struct report_device){ 0 };
	report_get(record, "device", name, sizeof(name));
	if (address_parse_name(name, &ret->address) < 0)
		return false;
	address_format(&ret->address, ret->name);
	report_get(record, "id", ret->id, sizeof(ret->id));
	report_get(record, "verdict", ret->verdict, sizeof(ret->verdict));
	report_get(record, "reason", ret->reason, sizeof(ret->reason));
	report_get(record, "display", ret->display, sizeof(ret->display));
	read_entry(record, ret);
	return true;
}

bool report_next_device(const char **text, struct report_device *ret)
{
	struct report_record record;

	while (next_of_kind(text, "device", &record))
		if (read_device(&record, ret))
			return true;
	return false;
}

bool report_find_device(const char *text, const struct pci_address *address,
			struct report_device *ret)
{
	while (report_next_device(&text, ret))
		if (address_compare(&ret->address, address) == 0)
			return true;
	return false;
}

bool report_has_device(const char *text, const struct pci_address *address)
{
	struct report_device device;

	return report_find_device(text, address, &device);
}

bool report_defers(const char *text, const struct pci_address *address)
{
	struct report_device device;

	while (report_next_device(&text, &device))
		if (device.entry.verdict == VERDICT_DEFERRED &&
		    (!address || address_compare(&device.address, address) == 0))
			return true;
	return false;
}
