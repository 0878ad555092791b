/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "lib/lib.h"

bool cmdline_has_item(const char *cmdline, const char *name, const char *item)
{
	struct text_cursor rest = { .at = cmdline, .end = cmdline + strlen(cmdline) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter)) {
		struct span found, list = parameter.value;

		if (!span_equals_name(parameter.name, name))
			continue;
		while (span_next_item(&list, &found))
			if (found.length == strlen(item) &&
			    strncasecmp(found.at, item, found.length) == 0)
				return true;
	}
	return false;
}

struct joined {
	int root_fd;
	const struct change *change; /* NULL once it is part of the file */
	FILE *file;
};

static int compare_change(const struct joined *joined, const char *path)
{
	return joined->change ? strcmp(joined->change->path, path) : 1;
}

static void put_change(struct joined *joined)
{
	if (joined->change && joined->change->new)
		fprintf(joined->file, "%s\n", joined->change->new);
	joined->change = NULL;
}

static int copy_file(struct joined *joined, const char *path)
{
	_cleanup_free_ char *text = NULL;
	int r, order = compare_change(joined, path);

	if (order <= 0)
		put_change(joined);
	if (order == 0)
		return 0;
	r = beneath_read(joined->root_fd, path, &text);
	if (r == 0)
		fprintf(joined->file, "%s\n", text);
	/* The hooks skip it, too. */
	return r == -EISDIR || r == -ENOENT ? 0 : r;
}

/* It may be of a profile. */
static bool is_inside(const struct change *change)
{
	struct span path = span_of(change ? change->path : "");

	return span_skip_prefix(&path, CONFIGURATION_DIRECTORY "/");
}

static int read_directory(int root_fd, const char *directory, const struct change *change,
			  char **ret_text)
{
	int r;
	_cleanup_free_ char **paths = dirlist_try_paths(root_fd, directory, ".conf", &r);
	struct text_file text;
	struct joined joined = { root_fd, is_inside(change) ? change : NULL,
				 text_file_open(&text) };

	if (!paths || !joined.file)
		r = -ENOMEM;

	for (size_t i = 0; r == 0 && paths[i]; i++)
		r = copy_file(&joined, paths[i]);
	if (r == 0)
		put_change(&joined);
	*ret_text = text_file_close(&text);
	return r < 0 || *ret_text ? r : -ENOMEM;
}

int configuration_read(int root_fd, const struct change *change, char **ret_text)
{
	return read_directory(root_fd, CONFIGURATION_DIRECTORY, change, ret_text);
}

int configuration_read_before_trial(int root_fd, char **ret_text)
{
	return read_directory(root_fd, BEFORE_TRIAL_DIRECTORY, NULL, ret_text);
}

int configuration_append(struct change *change, const char *lines)
{
	const char *old = change->new ? change->new : change->old ? change->old : "";
	size_t length = strlen(old);
	char *both;

	if (!lines[0])
		return 0;
	if (asprintf(&both, "%s%s%s", old, length && old[length - 1] != '\n' ? "\n" : "",
		     lines) < 0)
		return -ENOMEM;
	free(change->new);
	change->new = both;
	return 0;
}

/* -- what it means ------------------------------------------------------------------- */

/* What a configuration requests. */
struct meaning {
	struct params params;
	char *text; /* params points into it */
};

/* Returns 0 or -ENOMEM; release with free_meaning() in either case. */
static int read_meaning(const char *configuration, struct meaning *ret)
{
	int r = config_filter(configuration, NULL, NULL, &ret->text);

	ret->params = (struct params){ 0 };
	return r < 0 ? r : params_parse(ret->text, &ret->params);
}

static void free_meaning(struct meaning *meaning)
{
	params_free(&meaning->params);
	free(meaning->text);
}

static bool is_same_id(const struct selector *a, const struct selector *b)
{
	return a->id.vendor == b->id.vendor && a->id.device == b->id.device &&
	       a->id.subvendor == b->id.subvendor && a->id.subdevice == b->id.subdevice &&
	       a->class_mask == b->class_mask &&
	       (a->id.class & a->class_mask) == (b->id.class & b->class_mask);
}

static bool is_same_selector(const struct selector *a, const struct selector *b)
{
	return a->has_id == b->has_id && a->has_address == b->has_address &&
	       a->is_forced == b->is_forced && (!a->has_id || is_same_id(a, b)) &&
	       (!a->has_address || address_is_same_pattern(&a->address, &b->address)) &&
	       a->vf_count == b->vf_count;
}

static bool is_among(const struct selector *selector, const struct selectors *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_same_selector(selector, &list->items[i]))
			return true;
	return false;
}

/* Their order does not matter, nor whether one is there twice. */
static bool are_among(const struct selectors *list, const struct selectors *other)
{
	for (size_t i = 0; i < list->count; i++)
		if (!is_among(&list->items[i], other))
			return false;
	return true;
}

static bool is_same_text(struct span a, struct span b)
{
	return a.length == b.length && (!a.length || memcmp(a.at, b.at, a.length) == 0);
}

static bool has_problem(const struct params *params, const struct problem *problem)
{
	for (size_t i = 0; i < params->problem_count; i++)
		if (params->problems[i].kind == problem->kind &&
		    is_same_text(params->problems[i].parameter, problem->parameter) &&
		    is_same_text(params->problems[i].text, problem->text))
			return true;
	return false;
}

static bool has_problems(const struct params *params, const struct params *other)
{
	for (size_t i = 0; i < other->problem_count; i++)
		if (!has_problem(params, &other->problems[i]))
			return false;
	return true;
}

/* The next setting of that kind from *at on, or NULL. */
static const struct setting *next_setting(const struct params *params,
					  enum setting_kind kind, size_t *at)
{
	while (*at < params->setting_count) {
		const struct setting *setting = &params->settings[(*at)++];

		if (setting->kind == kind)
			return setting;
	}
	return NULL;
}

static bool is_same_setting(const struct setting *a, const struct setting *b)
{
	return strcmp(a->value, b->value) == 0 && a->has_device == b->has_device &&
	       (!a->has_device || is_same_selector(&a->device, &b->device));
}

/* Of each kind the order matters: the last one that matches a device counts. */
static bool set_same(const struct params *a, const struct params *b)
{
	for (int kind = 0; kind < SETTINGS; kind++) {
		const struct setting *of_a, *of_b;
		size_t at_a = 0, at_b = 0;

		do {
			of_a = next_setting(a, (enum setting_kind)kind, &at_a);
			of_b = next_setting(b, (enum setting_kind)kind, &at_b);
			if (!of_a != !of_b || (of_a && !is_same_setting(of_a, of_b)))
				return false;
		} while (of_a);
	}
	return true;
}

static bool mean_same(const struct params *a, const struct params *b)
{
	return are_among(&a->wanted, &b->wanted) && are_among(&b->wanted, &a->wanted) &&
	       are_among(&a->skipped, &b->skipped) &&
	       are_among(&b->skipped, &a->skipped) && are_among(&a->vfs, &b->vfs) &&
	       are_among(&b->vfs, &a->vfs) && has_problems(a, b) && has_problems(b, a) &&
	       a->group == b->group && a->timeout == b->timeout &&
	       strcmp(a->driver, b->driver) == 0 && a->dryrun == b->dryrun &&
	       a->force == b->force && a->debug == b->debug && a->off == b->off &&
	       a->adopt == b->adopt && set_same(a, b);
}

bool configuration_means_same(const char *a, const char *b)
{
	struct meaning of_a = { 0 }, of_b = { 0 };
	bool same = strcmp(a, b) == 0;

	/* Without memory, the texts have to do. */
	if (!same && read_meaning(a, &of_a) == 0 && read_meaning(b, &of_b) == 0)
		same = mean_same(&of_a.params, &of_b.params);
	free_meaning(&of_a);
	free_meaning(&of_b);
	return same;
}
