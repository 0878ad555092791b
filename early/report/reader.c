/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "report/internal.h"

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

static void read_stage(const struct report_record *record, struct run_result *ret)
{
	char word[16];

	report_get(record, "phase", word, sizeof(word));
	for (int i = 0; i < STAGES; i++)
		if (strcmp(word, stage_word((enum stage)i)) == 0)
			ret->times[i] = (struct stage_time){
				.has_run = true,
				.total_us = get_number(record, "total_us"),
				.kernel_us = get_number(record, "kernel_us"),
			};
}

/* A driver's name or the value of a setting; the report has "none" for "". */
static void get_word(const struct report_record *record, const char *key, char *word,
		     size_t size)
{
	report_get(record, key, word, size);
	if (strcmp(word, "none") == 0)
		word[0] = '\0';
}

struct pci_id report_get_id(const struct report_record *record, const char *key)
{
	struct pci_id id = { 0 };
	char text[16];
	struct text_cursor cursor = { text, text };

	report_get(record, key, text, sizeof(text));
	cursor.end += strlen(text);
	if (text_read_hex(&cursor, 4, &id.vendor) == 0 && text_skip(&cursor, ':'))
		(void)text_read_hex(&cursor, 4, &id.device);
	return id;
}

static int get_group(const struct report_record *record)
{
	char text[16], *end;
	long number;

	report_get(record, "group", text, sizeof(text));
	number = strtol(text, &end, 10);
	return end == text || *end || number < 0 || number > INT_MAX ? NO_GROUP
								     : (int)number;
}

static void read_entry(const struct report_record *record, struct plan_entry *ret)
{
	char word[24];

	report_get(record, "verdict", word, sizeof(word));
	ret->verdict = verdict_find(word);
	if (report_get(record, "reason", word, sizeof(word)))
		ret->reason = reason_find(word);
	ret->skipped = ret->reason == REASON_SKIPPED || ret->reason == REASON_GIVES_VFS;
	report_get(record, "source", word, sizeof(word));
	ret->source = item_source_find(word);
	report_get(record, "display", word, sizeof(word));
	ret->fb_release = fb_release_find(word);
	report_get(record, "step", word, sizeof(word));
	ret->step = step_find(word);
	ret->error = -(int)get_number(record, "error");
	report_get(record, "undone", word, sizeof(word));
	ret->undone = strcmp(word, "yes") == 0;
	get_word(record, "driver", ret->now, sizeof(ret->now));
	get_word(record, "was", ret->was, sizeof(ret->was));
	if (ret->verdict == VERDICT_CLAIMED &&
	    !report_get(record, "wanted", ret->wanted, sizeof(ret->wanted)))
		strcpy(ret->wanted, ret->now);
	report_get(record, "block", ret->disk, sizeof(ret->disk));
	report_get(record, "for", ret->note, sizeof(ret->note));
}

static int add_device(const struct report_record *record, struct run_result *ret)
{
	struct pci_device *device;
	struct plan_entry *entry;
	struct pci_address address;
	char name[32];

	report_get(record, "device", name, sizeof(name));
	if (address_parse_name(name, &address) < 0)
		return 0;
	device = array_append(ret->devices.devices, ret->devices.count);
	entry = array_append(ret->plan.entries, ret->plan.count);
	if (!device || !entry)
		return -ENOMEM;
	ret->plan.total = ret->plan.count;
	device->address = address;
	device->id = report_get_id(record, "id");
	device->group = get_group(record);
	read_entry(record, entry);
	strcpy(device->driver, entry->now);
	return 0;
}

static int add_setting(const struct report_record *record, struct run_result *ret)
{
	struct setting_result *result, read = { 0 };
	const struct plan_entry *entry = NULL;
	struct pci_address address;
	char word[ADDRESS_SIZE];

	report_get(record, "device", word, sizeof(word));
	if (address_parse_name(word, &address) == 0)
		entry = plan_find_at(&ret->plan, &address);

	report_get(record, "setting", word, sizeof(word));
	while (read.kind < SETTINGS && strcmp(setting_name(read.kind), word) != 0)
		read.kind++;
	if (!entry || read.kind == SETTINGS)
		return 0;
	read.device = entry->device;
	result = array_append(ret->settings.items, ret->settings.count);
	if (!result)
		return -ENOMEM;
	report_get(record, "verdict", word, sizeof(word));
	read.verdict = setting_verdict_find(word);
	read.is_written = read.verdict == SETTING_DONE || read.verdict == SETTING_LOST;
	read.error = -(int)get_number(record, "errno");
	get_word(record, "wanted", read.wanted, sizeof(read.wanted));
	get_word(record, "was", read.was, sizeof(read.was));
	get_word(record, "got", read.got, sizeof(read.got));
	*result = read;
	return 0;
}

static int add_pf(const struct report_record *record, struct run_result *ret)
{
	struct pf *pf;
	struct pci_address address;
	char name[32];

	report_get(record, "pf", name, sizeof(name));
	if (address_parse_name(name, &address) < 0)
		return 0;
	pf = array_append(ret->pfs.items, ret->pfs.count);
	if (!pf)
		return -ENOMEM;
	pf->address = address;
	pf->id = report_get_id(record, "id");
	pf->total = (unsigned)get_number(record, "total");
	pf->wanted = (unsigned)get_number(record, "wanted");
	pf->made = (unsigned)get_number(record, "made");
	pf->autoprobe = get_number(record, "autoprobe");
	pf->was = get_number(record, "was");
	report_get(record, "verdict", name, sizeof(name));
	pf->verdict = strcmp(name, "made") == 0 ? VERDICT_CLAIMED : verdict_find(name);
	if (report_get(record, "reason", name, sizeof(name)))
		pf->reason = reason_find(name);
	pf->error = -(int)get_number(record, "error");
	report_get(record, "for", pf->note, sizeof(pf->note));
	return 0;
}

/* Decodes the value to *arena and moves that to the next free byte. */
static struct span take_value(const struct report_record *record, const char *key,
			      char **arena)
{
	struct span value = { *arena, 0 };

	report_get(record, key, *arena, record->line.length + 1);
	value.length = strlen(value.at);
	*arena += value.length + 1;
	return value;
}

/* What is at the address of an item instead: ID@ADDRESS. */
static bool read_found(const struct report_record *record, struct problem *problem)
{
	char text[16 + ADDRESS_SIZE];
	const char *at;

	report_get(record, "found", text, sizeof(text));
	at = strchr(text, '@');
	problem->found = report_get_id(record, "found");
	return at && address_parse_name(at + 1, &problem->found_at) == 0;
}

static enum problem_kind problem_kind(const struct report_record *record,
				      struct problem *problem)
{
	char verdict[16];
	bool is_item = report_is(record, "selector");

	report_get(record, "verdict", verdict, sizeof(verdict));
	if (strcmp(verdict, "unknown") == 0)
		return PROBLEM_UNKNOWN;
	if (strcmp(verdict, "malformed") != 0)
		return read_found(record, problem) ? PROBLEM_ELSEWHERE
						   : PROBLEM_UNMATCHED;
	if (!is_item)
		return PROBLEM_VALUE;
	return get_number(record, "item") ? PROBLEM_ITEM : PROBLEM_STRAY;
}

static int add_problem(const struct report_record *record, struct run_result *ret,
		       char **arena)
{
	struct problem *problem = array_append(ret->problems, ret->problem_count);
	struct span meant;

	if (!problem)
		return -ENOMEM;
	problem->kind = problem_kind(record, problem);
	problem->parameter = take_value(record, "parameter", arena);
	problem->text = take_value(
		record, problem->kind == PROBLEM_VALUE ? "value" : "selector", arena);
	problem->item = (unsigned)get_number(record, "item");
	problem->column = (unsigned)get_number(record, "column");
	problem->why =
		take_value(record, problem->kind == PROBLEM_UNKNOWN ? "nearest" : "why",
			   arena)
			.at;
	meant = take_value(record, "meant", arena);
	problem->meant = meant.length ? meant.at : NULL;
	if (!problem->why[0] && problem->kind != PROBLEM_UNKNOWN)
		problem->why = "see passthru-cmdline(7)";
	return 0;
}

static void read_trial(const struct report_record *record, struct trial *ret)
{
	char word[24];

	get_word(record, "trial", ret->token, sizeof(ret->token));
	report_get(record, "verdict", word, sizeof(word));
	ret->verdict = trial_verdict_find(word);
	report_get(record, "reason", word, sizeof(word));
	ret->reason = trial_reason_find(word);
	report_get(record, "before", word, sizeof(word));
	ret->has_before = strcmp(word, "yes") == 0;
	ret->error = -(int)get_number(record, "error");
	ret->minutes = (unsigned)get_number(record, "minutes");
}

typedef int (*record_reader)(const struct report_record *record, struct run_result *ret,
			     char **arena);

/* What the later stages of a boot have to know. */
static int add_outcome(const struct report_record *record, struct run_result *ret,
		       char **arena)
{
	(void)arena;
	if (report_is(record, "phase"))
		read_stage(record, ret);
	if (report_is(record, "device"))
		return add_device(record, ret);
	return report_is(record, "pf") ? add_pf(record, ret) : 0;
}

static int add_record(const struct report_record *record, struct run_result *ret,
		      char **arena)
{
	if (report_is(record, "trial"))
		read_trial(record, &ret->trial);
	if (report_is(record, "selector") || report_is(record, "parameter"))
		return add_problem(record, ret, arena);
	return add_outcome(record, ret, arena);
}

static bool read_header(const char **text, struct run_result *ret)
{
	struct report_record record;
	char format[8], dryrun[8];

	if (!report_next(text, &record) || !report_is(&record, "format"))
		return false;
	report_get(&record, "format", format, sizeof(format));
	report_get(&record, "dryrun", dryrun, sizeof(dryrun));
	ret->is_dry = strcmp(dryrun, "yes") == 0;
	return strcmp(format, "1") == 0;
}

/* The list of devices does not grow any more. */
static void link_devices(struct run_result *result)
{
	for (size_t i = 0; i < result->plan.count; i++)
		result->plan.entries[i].device = &result->devices.devices[i];
}

static int parse(const char *text, record_reader add, struct run_result *ret)
{
	struct report_record record;
	const char *again;
	char *arena;
	int r = 0;

	if (!read_header(&text, ret))
		return -EBADMSG;
	/* Each value follows a key and loses nothing but that. */
	arena = ret->text = malloc(strlen(text) + 1);
	if (!arena)
		return -ENOMEM;
	again = text;
	while (r == 0 && report_next(&text, &record))
		r = add(&record, ret, &arena);
	link_devices(ret);
	while (r == 0 && report_next(&again, &record))
		if (report_is(&record, "setting"))
			r = add_setting(&record, ret);
	return r;
}

static int read_file(int fd, const char *path, record_reader add, struct run_result *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = file_read(fd, path, &text);

	*ret = (struct run_result){ 0 };
	return r < 0 ? r : parse(text, add, ret);
}

int report_parse(const char *text, struct run_result *ret)
{
	*ret = (struct run_result){ 0 };
	return parse(text, add_record, ret);
}

int report_read(int fd, const char *path, struct run_result *ret)
{
	return read_file(fd, path, add_record, ret);
}

int report_read_outcome(int fd, const char *path, struct run_result *ret)
{
	return read_file(fd, path, add_outcome, ret);
}
