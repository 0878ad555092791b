/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "report.h"
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

static void put_outcome(FILE *file, const struct outcome *outcome)
{
	const struct request *request = outcome->request;
	const struct plan *plan = outcome->plan;

	fprintf(file, "format=1 version=%s dryrun=%s\n", VERSION,
		request->dryrun ? "yes" : "no");
	fprintf(file, "phase=%s total_us=%llu kernel_us=%llu\n", outcome->phase,
		(unsigned long long)outcome->total_us,
		(unsigned long long)outcome->kernel_us);
	for (size_t i = 0; i < plan->count; i++)
		put_entry(file, &plan->entries[i]);
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

static int write_new(int fd, const char *path, const struct outcome *outcome)
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
	put_outcome(file, outcome);
	if (fflush(file) != 0 || ferror(file))
		r = -EIO;
	if (fclose(file) != 0)
		r = -EIO;
	return r;
}

int report_write(int fd, const char *path, const struct outcome *outcome)
{
	char new_path[PATH_MAX];
	int r;

	if (strcmp(path, "-") == 0) {
		put_outcome(stdout, outcome);
		return fflush(stdout) == 0 ? 0 : -EIO;
	}
	if (strlen(path) + sizeof(".new") > sizeof(new_path))
		return -ENAMETOOLONG;
	snprintf(new_path, sizeof(new_path), "%s.new", path);
	r = make_directory(fd, path);
	if (r == 0)
		r = write_new(fd, new_path, outcome);
	if (r == 0 && renameat(fd, new_path, fd, path) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(fd, new_path, 0);
	return r;
}
