/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "base/base.h"
#include "build.h"
#include "report/internal.h"

/* Writes anything but plain ASCII as %XX, so that values have no blanks. */
static void put_value(FILE *file, const char *key, struct span value)
{
	fprintf(file, "%s=", key);
	for (size_t i = 0; i < value.length; i++) {
		unsigned char c = (unsigned char)value.at[i];

		if (c <= ' ' || c > '~' || c == '%')
			fprintf(file, "%%%02x", c);
		else
			fputc(c, file);
	}
}

static const char *name_or_none(const char *name)
{
	return name[0] ? name : "none";
}

static void put_entry(FILE *file, const struct plan_entry *entry, bool is_dry)
{
	const struct pci_device *device = entry->device;
	char name[ADDRESS_SIZE];

	address_format(&device->address, name);
	fprintf(file, "device=%s id=%04x:%04x", name, (unsigned)device->id.vendor,
		(unsigned)device->id.device);
	if (device->group == NO_GROUP)
		fprintf(file, " group=none");
	else
		fprintf(file, " group=%d", device->group);
	fprintf(file, " verdict=%s driver=%s was=%s",
		verdict_word(entry->verdict, is_dry), name_or_none(entry->now),
		name_or_none(entry->was));
	if (entry->verdict != VERDICT_CLAIMED)
		fprintf(file, " reason=%s", reason_word(entry->reason));
	else if (is_dry)
		fprintf(file, " wanted=%s", entry->wanted);
	if (entry->source)
		fprintf(file, " source=%s", item_source_word(entry->source));
	if (entry->fb_release != FB_RELEASE_NONE)
		fprintf(file, " display=%s", fb_release_word(entry->fb_release));
	if (entry->disk[0])
		put_value(file, " block", span_of(entry->disk));
	if (entry->note[0])
		put_value(file, " for", span_of(entry->note));
	if (entry->verdict == VERDICT_FAILED)
		fprintf(file, " step=%s error=%d undone=%s", step_word(entry->step),
			-entry->error, entry->undone ? "yes" : "no");
	fputc('\n', file);
}

/* Of a failed claim some were never written; what an event leaves to another is not in
 * the plan any more. */
static void put_setting(FILE *file, const struct run_result *result,
			const struct setting_result *setting)
{
	char name[ADDRESS_SIZE];

	if (setting->verdict == SETTING_PENDING ||
	    !plan_find_at(&result->plan, &setting->device->address))
		return;
	address_format(&setting->device->address, name);
	fprintf(file,
		"setting=%s device=%s id=%04x:%04x wanted=%s was=%s got=%s verdict=%s",
		setting_name(setting->kind), name, (unsigned)setting->device->id.vendor,
		(unsigned)setting->device->id.device, setting->wanted,
		name_or_none(setting->was), name_or_none(setting->got),
		setting_verdict_word(setting->verdict, result->is_dry));
	if (setting->error)
		fprintf(file, " errno=%d", -setting->error);
	fputc('\n', file);
}

static void put_pf(FILE *file, const struct pf *pf)
{
	char name[ADDRESS_SIZE];

	address_format(&pf->address, name);
	fprintf(file,
		"pf=%s id=%04x:%04x total=%u wanted=%u made=%u autoprobe=%d was=%d verdict=%s",
		name, (unsigned)pf->id.vendor, (unsigned)pf->id.device, pf->total,
		pf->wanted, pf->made, pf->autoprobe, pf->was, pf_word(pf));
	if (pf->reason != REASON_NONE)
		fprintf(file, " reason=%s", reason_word(pf->reason));
	if (pf->error)
		fprintf(file, " error=%d", -pf->error);
	if (pf->note[0])
		put_value(file, " for", span_of(pf->note));
	fputc('\n', file);
}

static void put_trial(FILE *file, const struct trial *trial)
{
	if (!trial->verdict)
		return;
	fprintf(file, "trial=%s verdict=%s", name_or_none(trial->token),
		trial_verdict_word(trial->verdict));
	if (trial->verdict == TRIAL_IGNORED)
		fprintf(file, " reason=%s before=%s", trial_reason_word(trial->reason),
			trial->has_before ? "yes" : "no");
	if (trial->error)
		fprintf(file, " error=%d", -trial->error);
	if (trial->minutes)
		fprintf(file, " minutes=%u", trial->minutes);
	fputc('\n', file);
}

static void put_problem(FILE *file, const struct problem *problem)
{
	bool is_item = problem->kind != PROBLEM_VALUE && problem->kind != PROBLEM_UNKNOWN;
	char address[ADDRESS_SIZE];

	if (problem->kind == PROBLEM_NO_EFFECT)
		return;
	put_value(file, is_item ? "selector" : "parameter",
		  is_item ? problem->text : problem->parameter);
	fprintf(file, " verdict=%s", problem_word(problem->kind));
	switch (problem->kind) {
	case PROBLEM_ITEM:
		put_value(file, " parameter", problem->parameter);
		fprintf(file, " item=%u column=%u", problem->item, problem->column);
		put_value(file, " why", span_of(problem->why));
		if (problem->meant)
			fprintf(file, " meant=%s", problem->meant);
		break;
	case PROBLEM_STRAY:
		put_value(file, " parameter", problem->parameter);
		put_value(file, " why", span_of(problem->why));
		break;
	case PROBLEM_VALUE:
		put_value(file, " value", problem->text);
		put_value(file, " why", span_of(problem->why));
		break;
	case PROBLEM_UNKNOWN:
		if (problem->why[0])
			put_value(file, " nearest", span_of(problem->why));
		break;
	case PROBLEM_ELSEWHERE:
		address_format(&problem->found_at, address);
		fprintf(file, " found=%04x:%04x@%s", (unsigned)problem->found.vendor,
			(unsigned)problem->found.device, address);
		break;
	case PROBLEM_UNMATCHED:
		if (problem->parameter.length)
			put_value(file, " parameter", problem->parameter);
		break;
	case PROBLEM_NO_EFFECT:
		break;
	}
	fputc('\n', file);
}

static void put_group(FILE *file, const struct run_result *result, int group)
{
	struct blocker blocker = viability_find_blocker(&result->devices, &result->plan,
							group, VIABILITY_BOOT);
	char name[ADDRESS_SIZE];

	if (!blocker.device) {
		fprintf(file, "group=%d viable=yes\n", group);
		return;
	}
	address_format(&blocker.device->address, name);
	fprintf(file, "group=%d viable=no blocker=%s driver=%s\n", group, name,
		name_or_none(blocker.driver));
}

static bool has_group(const struct plan *plan, const char *number)
{
	char planned[16];

	for (int group = NO_GROUP;
	     (group = viability_next_group(plan, group)) != NO_GROUP;) {
		snprintf(planned, sizeof(planned), "%d", group);
		if (strcmp(planned, number) == 0)
			return true;
	}
	return false;
}

/* Whether this stage has a record of the device, or found another one at its address. */
static bool is_replaced(const struct run_result *result,
			const struct report_record *record)
{
	struct pci_id id = report_get_id(record, "id");
	struct pci_address address;
	const struct pci_device *found;
	char name[32];

	report_get(record, "device", name, sizeof(name));
	if (address_parse_name(name, &address) < 0)
		return false;
	if (plan_find_at(&result->plan, &address))
		return true;
	found = pci_list_find(&result->devices, &address);
	return found && !pci_is_same_model(&found->id, &id);
}

static bool has_pf(const struct pfs *pfs, const char *name)
{
	struct pci_address address;

	return address_parse_name(name, &address) == 0 && pfs_find_at(pfs, &address);
}

/*
 * Whether an item that matched nothing before matches nothing now, either. A partial plan
 * cannot tell of the others.
 */
static bool is_still_unmatched(const struct run_result *result,
			       const struct report_record *record)
{
	char text[128], verdict[16];

	report_get(record, "selector", text, sizeof(text));
	for (size_t i = 0; i < result->plan.match_count; i++)
		if (result->plan.matches[i].matched &&
		    span_equals(result->plan.matches[i].text, text))
			return false;
	report_get(record, "verdict", verdict, sizeof(verdict));
	return strcmp(verdict, "unmatched") == 0;
}

/* Whether a record of an earlier stage is still true after this one. */
static bool is_valid(const struct run_result *result, const struct report_record *record)
{
	char value[32];

	if (report_is(record, "device") || report_is(record, "setting"))
		return !is_replaced(result, record);
	if (report_is(record, "pf")) {
		report_get(record, "pf", value, sizeof(value));
		return !has_pf(&result->pfs, value);
	}
	if (report_is(record, "group")) {
		report_get(record, "group", value, sizeof(value));
		return !has_group(&result->plan, value);
	}
	if (report_is(record, "phase")) {
		report_get(record, "phase", value, sizeof(value));
		return strcmp(value, stage_word(result->stage)) != 0;
	}
	if (report_is(record, "trial"))
		return !result->trial.verdict;
	if (report_is(record, "selector") && result->plan.is_partial)
		return is_still_unmatched(result, record);
	/* The others are about the command line; every stage writes them. */
	return false;
}

/* Whether the record is of a group of which no device is left. */
static bool is_deserted(const struct run_result *result, const char *old,
			const struct report_record *group)
{
	char number[32], value[32];
	struct report_record record;

	report_get(group, "group", number, sizeof(number));
	while (report_next(&old, &record)) {
		report_get(&record, "group", value, sizeof(value));
		if (report_is(&record, "device") && strcmp(value, number) == 0 &&
		    is_valid(result, &record))
			return false;
	}
	return true;
}

static void put_old(FILE *file, const struct run_result *result, const char *old)
{
	const char *next = old;
	struct report_record record;

	while (next && report_next(&next, &record))
		if (is_valid(result, &record) &&
		    !(report_is(&record, "group") && is_deserted(result, old, &record)))
			fprintf(file, "%.*s\n", (int)record.line.length, record.line.at);
}

/* A report to write, and the one before it, or NULL. */
struct report {
	const struct run_result *result;
	const char *old;
};

static void put_report(FILE *file, const void *data)
{
	const struct report *report = data;
	const struct run_result *result = report->result;
	const struct plan *plan = &result->plan;
	const struct stage_time *time = &result->times[result->stage];

	fprintf(file, "format=1 version=%s dryrun=%s\n", VERSION,
		result->is_dry ? "yes" : "no");
	if (result->cmdline && result->cmdline->profile_verdict) {
		put_value(file, "profile",
			  cmdline_find(result->cmdline, PROFILE_PARAMETER)->value);
		fprintf(file, " verdict=%s\n", result->cmdline->profile_verdict);
	}
	put_old(file, result, report->old);
	fprintf(file, "phase=%s total_us=%llu kernel_us=%llu\n",
		stage_word(result->stage), (unsigned long long)time->total_us,
		(unsigned long long)time->kernel_us);
	put_trial(file, &result->trial);
	for (size_t i = 0; i < result->pfs.count; i++)
		put_pf(file, &result->pfs.items[i]);
	for (size_t i = 0; i < plan->count; i++)
		put_entry(file, &plan->entries[i], result->is_dry);
	for (size_t i = 0; i < result->settings.count; i++)
		put_setting(file, result, &result->settings.items[i]);
	for (int group = NO_GROUP;
	     (group = viability_next_group(plan, group)) != NO_GROUP;)
		put_group(file, result, group);
	for (size_t i = 0; i < result->problem_count; i++)
		put_problem(file, &result->problems[i]);
}

/* Holds off other writers until the descriptor is closed. Nothing that can hang may be
 * done meanwhile. */
static int lock_report(int fd, const char *path)
{
	char lock_path[PATH_MAX];
	int lock_fd;

	snprintf(lock_path, sizeof(lock_path), "%s.lock", path);
	lock_fd = openat(fd, lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock_fd >= 0)
		flock(lock_fd, LOCK_EX);
	return lock_fd;
}

static int replace(int fd, const char *path, const struct run_result *result)
{
	_cleanup_close_ int lock_fd = lock_report(fd, path);
	_cleanup_free_ char *old = NULL;
	int r;

	if (lock_fd < 0)
		return -errno;
	if (result->stage != STAGE_EARLY) {
		r = file_read(fd, path, &old);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	return file_replace(fd, path, put_report, &(struct report){ result, old });
}

int report_write(int fd, const char *path, const struct run_result *result)
{
	int r;

	if (strcmp(path, "-") == 0) {
		put_report(stdout, &(struct report){ result, NULL });
		return fflush(stdout) == 0 ? 0 : -EIO;
	}
	if (strlen(path) + sizeof(".lock") > PATH_MAX)
		return -ENAMETOOLONG;
	r = file_make_directory(fd, path);
	return r < 0 ? r : replace(fd, path, result);
}
