/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passthru status, plan and claim print of a run for people. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "lib/lib.h"
#include "view/view.h"

/* The column of what is said about a device. */
#define INDENT 14

/* What is collected before it is printed. */
struct text {
	const struct view *view;
	struct view_device *devices;
	size_t device_count;
	int *groups; /* that can be given to a guest */
	size_t group_count;
	bool is_whole; /* there was enough memory */
};

/* -- devices ------------------------------------------------------------------------- */

static void add_device(void *data, const struct view_device *device)
{
	struct text *text = data;
	struct view_device *added;

	/* The line about its virtual functions says so. */
	if (device->entry->reason == REASON_GIVES_VFS)
		return;
	added = array_append(text->devices, text->device_count);
	if (added)
		*added = *device;
	else
		text->is_whole = false;
}

static void count_setting(void *data, const struct setting_result *setting,
			  const char *text)
{
	size_t *count = data;

	(void)setting, (void)text;
	(*count)++;
}

static bool has_settings(const struct view *view, const struct view_device *device)
{
	size_t count = 0;

	view_settings(view, device, count_setting, &count);
	return count > 0;
}

static bool is_equal(const struct view_device *a, const struct view_device *b)
{
	return a->device && b->device && a->device->physical == b->device->physical &&
	       a->is_ok == b->is_ok && strcmp(a->id, b->id) == 0 &&
	       strcmp(a->text, b->text) == 0;
}

static size_t count_equal(const struct text *text, size_t from)
{
	size_t to = from + 1;

	if (has_settings(text->view, &text->devices[from]))
		return 1;
	while (to < text->device_count &&
	       is_equal(&text->devices[from], &text->devices[to]) &&
	       !has_settings(text->view, &text->devices[to]))
		to++;
	return to - from;
}

/* What follows the address, or the addresses. */
static void print_rest(const struct output *output, const struct view_device *device)
{
	char name[FULL_NAME_SIZE] = "not in this machine";

	if (device->device)
		device_full_name(device->device, name);
	output_wrapped(output, device->is_ok ? STYLE_GOOD : STYLE_BAD, INDENT, INDENT,
		       "%s", device->text);
	printf("%*s", INDENT, "");
	output_wrapped(output, STYLE_PLAIN, INDENT, INDENT, "%s [%s]", name, device->id);
}

/* What the next boot will refuse is a remark. */
static void print_setting(void *data, const struct setting_result *setting,
			  const char *text)
{
	const struct view *view = data;
	bool is_bad =
		setting->verdict == SETTING_REFUSED || setting->verdict == SETTING_LOST;

	if (is_bad && view->result->is_dry)
		return;
	printf("%*s", INDENT, "");
	output_wrapped(&view->host->output, is_bad ? STYLE_NOTE : STYLE_PLAIN, INDENT,
		       INDENT, "%s", text);
}

static void print_device(const struct view *view, const struct view_device *device)
{
	const struct output *output = &view->host->output;

	output_styled(output, STYLE_TITLE, device->address);
	printf("%*s", INDENT - (int)strlen(device->address), " ");
	print_rest(output, device);
	view_settings(view, device, print_setting, (void *)(uintptr_t)view);
	if (!device->by_address || !device->device->path[0])
		return;
	printf("%*s", INDENT, "");
	output_wrapped(output, STYLE_DIM, INDENT, INDENT, "path %s",
		       device->device->path);
}

static void print_folded(const struct output *output, const struct view_device *devices,
			 size_t count)
{
	char range[2 * ADDRESS_SIZE + 8];

	snprintf(range, sizeof(range), "%s to %s", devices[0].address,
		 devices[count - 1].address);
	output_styled(output, STYLE_TITLE, range);
	printf(": %zu equal functions\n%*s", count, INDENT, "");
	print_rest(output, &devices[0]);
}

/* -- virtual functions --------------------------------------------------------------- */

/* Of one physical function, and with the same fate. Others may be between them. */
static bool are_vfs_alike(const struct view_device *a, const struct view_device *b)
{
	return is_equal(a, b) && a->device->physical &&
	       a->device->physical == b->device->physical;
}

/* Whether the line about its physical function says it all. */
static bool is_in_pf(const struct text *text, const struct view_device *device)
{
	const struct pf *pf = pfs_find_at(&text->view->result->pfs,
					  &device->device->physical->pci->address);

	return device->is_ok && pf && (pf->is_named || !text->view->result->is_dry);
}

static bool is_first_vf(const struct text *text, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (are_vfs_alike(&text->devices[i], &text->devices[index]))
			return false;
	return true;
}

/* A virtual function, with all that are like it. */
static void print_vfs(const struct text *text, size_t from)
{
	const struct output *output = &text->view->host->output;
	const struct view_device *first = &text->devices[from], *last = first;
	char range[2 * ADDRESS_SIZE + 8];
	size_t count = 1;

	for (size_t i = from + 1; i < text->device_count; i++)
		if (are_vfs_alike(first, &text->devices[i])) {
			last = &text->devices[i];
			count++;
		}
	if (count == 1) {
		print_device(text->view, first);
		return;
	}
	snprintf(range, sizeof(range), "%s to %s", first->address, last->address);
	output_styled(output, STYLE_TITLE, range);
	printf(": %zu virtual functions of %s\n%*s", count,
	       first->device->physical->address, INDENT, "");
	print_rest(output, first);
}

/* -- all devices --------------------------------------------------------------------- */

static void print_devices(const struct text *text)
{
	const struct output *output = &text->view->host->output;
	bool folds = !text->view->host->arguments->verbose;

	for (size_t i = 0; i < text->device_count;) {
		const struct view_device *device = &text->devices[i];
		bool is_vf = device->device && device->device->physical;
		size_t count = folds && !is_vf ? count_equal(text, i) : 1;

		if (count >= VIEW_FOLD_MIN) {
			print_folded(output, device, count);
		} else if (folds && is_vf) {
			if (!is_in_pf(text, device) && is_first_vf(text, i))
				print_vfs(text, i);
			count = 1;
		} else {
			count = 1;
			print_device(text->view, device);
		}
		i += count;
	}
}

static void print_pf(void *data, const struct view_pf *pf)
{
	const struct output *output = data;
	char name[FULL_NAME_SIZE] = "not in this machine";

	if (pf->device)
		device_full_name(pf->device, name);
	output_styled(output, STYLE_TITLE, pf->address);
	printf("%*s", INDENT - (int)strlen(pf->address), " ");
	output_wrapped(output, pf->is_ok ? STYLE_GOOD : STYLE_BAD, INDENT, INDENT, "%s",
		       pf->text);
	printf("%*s", INDENT, "");
	output_wrapped(output, STYLE_PLAIN, INDENT, INDENT, "%s [%04x:%04x]", name,
		       (unsigned)pf->pf->id.vendor, (unsigned)pf->pf->id.device);
}

/* -- groups -------------------------------------------------------------------------- */

/* Those that no guest can have are printed one by one, since each has its reason. */
static void add_group(void *data, int group, bool usable, const char *sentence)
{
	struct text *text = data;
	int *added;

	if (!usable) {
		output_wrapped(&text->view->host->output, STYLE_BAD, 0, 2, "%s",
			       sentence);
		return;
	}
	added = array_append(text->groups, text->group_count);
	if (added)
		*added = group;
	else
		text->is_whole = false;
}

/* Where a range that begins there ends. */
static size_t range_end(const struct text *text, size_t from)
{
	size_t to = from + 1;

	while (to < text->group_count && text->groups[to] == text->groups[to - 1] + 1)
		to++;
	return to;
}

/* "3, 5 to 9 and 12" */
static void put_groups(const struct text *text, FILE *file)
{
	size_t count = text->group_count;

	for (size_t i = 0, end; i < count; i = end) {
		end = range_end(text, i);
		if (end - i < 3)
			end = i + 1;
		fprintf(file, "%s%d",
			i == 0	       ? ""
			: end == count ? " and "
				       : ", ",
			text->groups[i]);
		if (end - i > 1)
			fprintf(file, " to %d", text->groups[end - 1]);
	}
}

static void print_groups(const struct text *text)
{
	const struct view *view = text->view;
	struct text_file groups;
	FILE *file = text_file_open(&groups);
	_cleanup_free_ char *list = NULL;

	if (file)
		put_groups(text, file);
	list = text_file_close(&groups);
	if (list && text->group_count)
		output_wrapped(&view->host->output, STYLE_PLAIN, 0, 2,
			       "Group%s %s can%s be given to a guest.",
			       text->group_count > 1 ? "s" : "", list,
			       view->result->is_dry ? " then" : "");
}

/* -- all of it ----------------------------------------------------------------------- */

static void print_problem(void *data, const struct problem *problem)
{
	const struct view *view = data;
	bool is_note = problem->kind == PROBLEM_NO_EFFECT;
	char text[PHRASE_SIZE];

	phrase_problem(problem, text);
	output_wrapped(&view->host->output, is_note ? STYLE_NOTE : STYLE_BAD, 0, 2, "%s",
		       text);
}

bool view_print(const struct view *view)
{
	struct text text = { .view = view, .is_whole = true };
	bool ok = view_devices(view, add_device, &text);

	view_pfs(view, print_pf, (void *)(uintptr_t)&view->host->output);
	print_devices(&text);
	ok &= view_groups(view, add_group, &text);
	print_groups(&text);
	ok &= view_problems(view, print_problem, (void *)(uintptr_t)view);
	free(text.devices);
	free(text.groups);
	if (!text.is_whole)
		warn("out of memory");
	return ok && text.is_whole;
}

/* -- the summary --------------------------------------------------------------------- */

struct counts {
	size_t devices, good;
	size_t pfs, good_pfs;
	size_t groups, usable;
	size_t problems;
};

static void count_device(void *data, const struct view_device *device)
{
	struct counts *counts = data;

	if (device->entry->skipped || device->is_gone)
		return;
	counts->devices++;
	counts->good += device->is_ok;
}

static void count_pf(void *data, const struct view_pf *pf)
{
	struct counts *counts = data;

	counts->pfs++;
	counts->good_pfs += pf->is_ok;
}

static void count_group(void *data, int group, bool usable, const char *sentence)
{
	struct counts *counts = data;

	(void)group, (void)sentence;
	counts->groups++;
	counts->usable += usable;
}

static void count_problem(void *data, const struct problem *problem)
{
	struct counts *counts = data;

	counts->problems += problem->kind != PROBLEM_NO_EFFECT;
}

/* "2 devices", or "1 of 2 devices". */
static void put_share(FILE *file, size_t part, size_t all, const char *noun)
{
	if (part == all)
		fprintf(file, "%zu %s%s", all, noun, all == 1 ? "" : "s");
	else
		fprintf(file, "%zu of %zu %ss", part, all, noun);
}

/* What is claimed may still be of no use. */
static void put_devices(FILE *file, const struct counts *counts, bool is_dry)
{
	if (!counts->devices) {
		fputs(is_dry ? "no device will be claimed" : "no device is claimed",
		      file);
		return;
	}
	put_share(file, counts->good, counts->devices, "device");
	if (is_dry)
		fputs(" will be claimed", file);
	else
		fprintf(file, " %s %s", counts->good == 1 ? "is" : "are",
			counts->good == counts->devices ? "claimed" : "as requested");
}

static void put_counts(FILE *file, const struct counts *counts, bool is_dry)
{
	if (counts->devices || !counts->pfs)
		put_devices(file, counts, is_dry);
	if (counts->pfs) {
		fputs(counts->devices ? ", " : "", file);
		put_share(file, counts->good_pfs, counts->pfs, "physical function");
		fputs(is_dry		 ? " will give away virtual ones"
		      : counts->pfs == 1 ? " gives away virtual ones"
					 : " give away virtual ones",
		      file);
	}
	if (counts->groups) {
		fputs(", ", file);
		put_share(file, counts->usable, counts->groups, "group");
		fputs(is_dry ? " can then be given to a guest"
			     : " can be given to a guest",
		      file);
	}
	if (counts->problems)
		fprintf(file, ", %zu item%s of the request %s wrong", counts->problems,
			counts->problems == 1 ? "" : "s",
			counts->problems == 1 ? "is" : "are");
}

void view_print_summary(const struct view *view, enum style style, const char *before)
{
	struct counts counts = { 0 };
	struct text_file sentence;
	FILE *file = text_file_open(&sentence);
	_cleanup_free_ char *text = NULL;

	view_devices(view, count_device, &counts);
	view_pfs(view, count_pf, &counts);
	view_groups(view, count_group, &counts);
	view_problems(view, count_problem, &counts);
	if (file)
		put_counts(file, &counts, view->result->is_dry);
	text = text_file_close(&sentence);
	if (text)
		output_wrapped(&view->host->output, style, 0, 0, "%s%s.", before, text);
}
