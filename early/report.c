/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "file.h"
#include "group.h"
#include "report.h"
#include "text.h"
#include "util.h"

/* Values are free of blanks: what is no plain character is written as %XX. */
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

static void put_entry(FILE *file, const struct plan_entry *entry)
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
	fprintf(file, " verdict=%s driver=%s was=%s", verdict_word(entry->verdict),
		name_or_none(entry->now), name_or_none(entry->was));
	if (entry->verdict != VERDICT_CLAIMED)
		fprintf(file, " reason=%s", reason_word(entry->reason));
	if (entry->display != DISPLAY_NONE)
		fprintf(file, " display=%s", display_word(entry->display));
	if (entry->block[0])
		put_value(file, " block", span_of(entry->block));
	if (entry->need[0])
		put_value(file, " need", span_of(entry->need));
	if (entry->verdict == VERDICT_FAILED)
		fprintf(file, " step=%s error=%d undone=%s", step_word(entry->step),
			-entry->error, entry->undone ? "yes" : "no");
	fputc('\n', file);
}

static void put_match(FILE *file, const struct selector *selector,
		      const struct plan_match *match)
{
	if (match->matched)
		return;
	put_value(file, "selector", selector->text);
	fprintf(file, " verdict=unmatched");
	if (match->other)
		fprintf(file, " found=%04x:%04x", (unsigned)match->other->id.vendor,
			(unsigned)match->other->id.device);
	fputc('\n', file);
}

static void put_problem(FILE *file, const struct problem *problem)
{
	switch (problem->kind) {
	case PROBLEM_ITEM:
	case PROBLEM_STRAY:
		put_value(file, "selector", problem->text);
		put_value(file, " verdict=malformed parameter", problem->parameter);
		fputc('\n', file);
		break;
	case PROBLEM_VALUE:
		put_value(file, "parameter", problem->parameter);
		put_value(file, " verdict=malformed value", problem->text);
		fputc('\n', file);
		break;
	case PROBLEM_UNKNOWN:
		put_value(file, "parameter", problem->parameter);
		fprintf(file, " verdict=unknown nearest=%s\n", problem->why);
		break;
	case PROBLEM_NO_EFFECT:
		break;
	}
}

static void put_group(FILE *file, const struct outcome *outcome, int group)
{
	const struct pci_device *blocker =
		group_find_blocker(outcome->devices, outcome->plan, group);
	char name[ADDRESS_SIZE];

	if (!blocker) {
		fprintf(file, "group=%d viable=yes\n", group);
		return;
	}
	address_format(&blocker->address, name);
	fprintf(file, "group=%d viable=no blocker=%s driver=%s\n", group, name,
		name_or_none(blocker->driver));
}

static const char *phase_word(enum phase phase)
{
	switch (phase) {
	case PHASE_EARLY:
		return "early";
	case PHASE_LATE:
		return "late";
	case PHASE_DEVICE:
		return "device";
	}
	return "unknown";
}

/* A number of up to nine digits. */
static bool read_number(struct text_cursor *cursor, int *ret)
{
	const char *start = cursor->at;

	for (*ret = 0; cursor->at < cursor->end && cursor->at - start < 9; cursor->at++) {
		if (*cursor->at < '0' || *cursor->at > '9')
			break;
		*ret = *ret * 10 + (*cursor->at - '0');
	}
	return cursor->at > start;
}

static bool has_group(const struct plan *plan, int group)
{
	for (int next = NO_GROUP; (next = group_next(plan, next)) != NO_GROUP;)
		if (next == group)
			return true;
	return false;
}

static bool has_device(const struct plan *plan, struct span name)
{
	char planned[ADDRESS_SIZE];

	for (size_t i = 0; i < plan->count; i++) {
		address_format(&plan->entries[i].device->address, planned);
		if (span_equals(name, planned))
			return true;
	}
	return false;
}

/* Whether a line of an earlier pass is still what it says after this one. */
static bool is_valid(const struct outcome *outcome, struct span line)
{
	struct text_cursor cursor = { .at = line.at, .end = line.at + line.length };
	int group;

	if (text_skip_word(&cursor, "device=")) {
		const char *blank =
			memchr(cursor.at, ' ', (size_t)(cursor.end - cursor.at));
		const char *end = blank ? blank : cursor.end;

		return !has_device(outcome->plan,
				   (struct span){ cursor.at, (size_t)(end - cursor.at) });
	}
	if (text_skip_word(&cursor, "group="))
		return read_number(&cursor, &group) && !has_group(outcome->plan, group);
	if (text_skip_word(&cursor, "phase=")) {
		const char *phase = phase_word(outcome->phase);

		return !text_skip_word(&cursor, phase);
	}
	/* The others are about the command line, and are written by each pass anew. */
	return false;
}

static void put_old(FILE *file, const struct outcome *outcome, const char *old)
{
	while (old && *old) {
		struct span line = { .at = old, .length = strcspn(old, "\n") };

		if (is_valid(outcome, line))
			fprintf(file, "%.*s\n", (int)line.length, line.at);
		old += line.length;
		old += *old == '\n';
	}
}

static void put_outcome(FILE *file, const struct outcome *outcome, const char *old)
{
	const struct request *request = outcome->request;
	const struct plan *plan = outcome->plan;

	fprintf(file, "format=1 version=%s dryrun=%s\n", VERSION,
		request->dryrun ? "yes" : "no");
	put_old(file, outcome, old);
	fprintf(file, "phase=%s total_us=%llu kernel_us=%llu\n",
		phase_word(outcome->phase), (unsigned long long)outcome->total_us,
		(unsigned long long)outcome->kernel_us);
	for (size_t i = 0; i < plan->count; i++)
		put_entry(file, &plan->entries[i]);
	for (int group = NO_GROUP; (group = group_next(plan, group)) != NO_GROUP;)
		put_group(file, outcome, group);
	for (size_t i = 0; i < request->wanted.count; i++)
		put_match(file, &request->wanted.items[i], &plan->matches[i]);
	for (size_t i = 0; i < request->problem_count; i++)
		put_problem(file, &request->problems[i]);
}

static int make_directory(int fd, const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return 0;
	snprintf(directory, sizeof(directory), "%.*s", (int)(slash - path), path);
	if (mkdirat(fd, directory, 0755) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static int write_new(int fd, const char *path, const struct outcome *outcome,
		     const char *old)
{
	int file_fd = openat(fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	FILE *file;
	int r = 0;

	if (file_fd < 0)
		return -errno;
	file = fdopen(file_fd, "w");
	if (!file) {
		close(file_fd);
		return -ENOMEM;
	}
	put_outcome(file, outcome, old);
	if (fflush(file) != 0 || ferror(file))
		r = -EIO;
	if (fclose(file) != 0)
		r = -EIO;
	return r;
}

/* From here on nobody else changes the report; nothing that can hang is done meanwhile.
 */
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

static int replace(int fd, const char *path, const struct outcome *outcome)
{
	_cleanup_close_ int lock_fd = lock_report(fd, path);
	_cleanup_free_ char *old = NULL;
	char new_path[PATH_MAX];
	int r;

	if (lock_fd < 0)
		return -errno;
	if (outcome->phase != PHASE_EARLY) {
		r = file_read(fd, path, &old);
		if (r < 0 && r != -ENOENT)
			return r;
	}
	snprintf(new_path, sizeof(new_path), "%s.new", path);
	r = write_new(fd, new_path, outcome, old);
	if (r == 0 && renameat(fd, new_path, fd, path) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(fd, new_path, 0);
	return r;
}

int report_write(int fd, const char *path, const struct outcome *outcome)
{
	int r;

	if (strcmp(path, "-") == 0) {
		put_outcome(stdout, outcome, NULL);
		return fflush(stdout) == 0 ? 0 : -EIO;
	}
	if (strlen(path) + sizeof(".lock") > PATH_MAX)
		return -ENAMETOOLONG;
	r = make_directory(fd, path);
	return r < 0 ? r : replace(fd, path, outcome);
}

bool report_has_device(const char *text, const struct pci_address *address)
{
	char record[sizeof("\ndevice= ") + ADDRESS_SIZE], name[ADDRESS_SIZE];

	address_format(address, name);
	snprintf(record, sizeof(record), "\ndevice=%s ", name);
	return strstr(text, record) != NULL;
}

bool report_defers(const char *text, const struct pci_address *address)
{
	char begin[sizeof("device= ") + ADDRESS_SIZE] = "device=";
	char name[ADDRESS_SIZE];

	if (address) {
		address_format(address, name);
		snprintf(begin, sizeof(begin), "device=%s ", name);
	}
	while (*text) {
		size_t length = strcspn(text, "\n");
		const char *verdict = strstr(text, " verdict=deferred ");

		if (!verdict)
			return false;
		if (verdict < text + length && strncmp(text, begin, strlen(begin)) == 0)
			return true;
		text += length;
		text += *text == '\n';
	}
	return false;
}

uint64_t report_early_us(const char *text)
{
	static const char begin[] = "\nphase=early total_us=";
	const char *at = strstr(text, begin);
	uint64_t us = 0;

	if (!at)
		return 0;
	for (at += strlen(begin); *at >= '0' && *at <= '9'; at++)
		us = us * 10 + (uint64_t)(*at - '0');
	return us;
}
