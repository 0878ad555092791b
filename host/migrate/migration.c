/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "migrate/internal.h"

/* -- conditions ---------------------------------------------------------------------- */

static bool requests_devices(const struct configuration *configuration,
			     const char *cmdline)
{
	struct whole_cmdline whole;
	struct params params = { 0 };
	bool any = false;

	if (whole_cmdline_make(configuration, cmdline, &whole) == 0 &&
	    params_parse(whole.text, &params) == 0)
		any = params.wanted.count || params.vfs.count;
	params_free(&params);
	whole_cmdline_free(&whole);
	return any;
}

static void read_conditions(const struct host *host,
			    const struct configuration *configuration,
			    struct conditions *ret)
{
	struct boot_sources sources;
	const struct boot_source *next;

	ret->can_rebuild_grub = grub_find_command(host->root_fd);
	if (boot_read(host->root_fd, &sources) == 0) {
		next = boot_next(&sources);
		ret->is_configured =
			requests_devices(configuration, next ? next->cmdline : "");
	}
	boot_sources_free(&sources);
}

/* -- the configuration --------------------------------------------------------------- */

/* An item of passthru.ids or passthru.vfs, and the file that has requested it so far. */
struct item {
	char text[128]; /* in small letters */
	const char *path;
	const char *parameter; /* that lists it */
};

struct items {
	struct item *items; /* freed by who called make_items() */
	size_t count;
};

static bool has_item(const struct items *items, const char *text)
{
	for (size_t i = 0; i < items->count; i++)
		if (strcmp(items->items[i].text, text) == 0)
			return true;
	return false;
}

/* Unless the configuration or the list has it. */
static int add_item(struct span text, const struct item *like, const char *configuration,
		    struct items *items)
{
	struct item item = *like, *added;

	snprintf(item.text, sizeof(item.text), "%.*s", (int)text.length, text.at);
	for (char *at = item.text; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	if (!item.text[0] || cmdline_has_item(configuration, item.parameter, item.text) ||
	    has_item(items, item.text))
		return 0;
	added = array_append(items->items, items->count);
	if (!added)
		return -ENOMEM;
	*added = item;
	return 0;
}

/* What all boots request, or any boot does. */
static int make_items(const struct facts *facts, bool for_all, const char *configuration,
		      struct items *ret)
{
	int r = 0;

	*ret = (struct items){ 0 };
	for (size_t i = 0; r == 0 && i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];
		struct span item, rest;
		struct item like;

		if (fact->kind != FACT_REQUEST ||
		    (for_all && !fact_needs_configuration(fact)))
			continue;
		rest = span_of(fact->items);
		like = (struct item){ .path = facts->files[fact->file].change.path,
				      .parameter = fact->is_vfs ? PARAMETER_PREFIX "vfs"
								: PARAMETER_PREFIX
							   "ids" };
		while (r == 0 && span_next_item(&rest, &item))
			r = add_item(item, &like, configuration, ret);
	}
	return r;
}

/* *ret is NULL if there are no items. */
static int make_parameter(const struct facts *facts, char **ret)
{
	struct text_file text;
	FILE *file = text_file_open(&text);
	struct items items;
	int r = make_items(facts, false, "", &items);

	for (size_t i = 0; file && i < items.count; i++)
		if (i &&
		    strcmp(items.items[i].parameter, items.items[i - 1].parameter) == 0)
			fprintf(file, ",%s", items.items[i].text);
		else
			fprintf(file, "%s%s=%s", i ? " " : "", items.items[i].parameter,
				items.items[i].text);
	free(items.items);
	*ret = text_file_close(&text);
	if (r < 0 || !*ret)
		return r < 0 ? r : -ENOMEM;
	if (!(*ret)[0]) {
		free(*ret);
		*ret = NULL;
	}
	return 0;
}

/* A line with each item. The comment is for the reader of the file. */
static int make_lines(const struct facts *facts, const char *configuration, char **ret)
{
	struct text_file text;
	FILE *file = text_file_open(&text);
	struct items items;
	int r = make_items(facts, true, configuration, &items);

	for (size_t i = 0; file && i < items.count; i++)
		fprintf(file, "%s=%s # from /%s\n", items.items[i].parameter,
			items.items[i].text, items.items[i].path);
	free(items.items);
	*ret = text_file_close(&text);
	return r < 0 || *ret ? r : -ENOMEM;
}

static int change_configuration(const struct migration *migration,
				const char *configuration, struct change *ret)
{
	_cleanup_free_ char *lines = NULL;
	int r = change_open(migration->host->root_fd, CONFIGURATION_FILE, ret);

	if (r == 0 || r == -ENOENT)
		r = make_lines(&migration->facts, configuration, &lines);
	return r < 0 ? r : configuration_append(ret, lines);
}

/* -- changes ------------------------------------------------------------------------- */

/* The file without its legacy settings. A drop-in with nothing left in it goes. */
static int add_file(struct migration *migration, size_t index)
{
	const struct fact_file *file = &migration->facts.files[index];
	_cleanup_free_ char *text =
		facts_rewrite(&migration->facts, &migration->conditions, index);
	struct change *change;

	if (!text)
		return -ENOMEM;
	if (strcmp(text, file->change.old) == 0)
		return 0;
	change = array_append(migration->changes, migration->change_count);
	if (!change)
		return -ENOMEM;
	strcpy(change->path, file->change.path);
	change->old = strdup(file->change.old);
	if (!file->is_in_directory || text[strspn(text, "\n")])
		change->new = take_pointer(text);
	migration->needs_grub |= file->format == FORMAT_GRUB;
	return change->old ? 0 : -ENOMEM;
}

static int add_configuration(struct migration *migration, const char *configuration)
{
	struct change change, *added = NULL;
	int r = change_configuration(migration, configuration, &change);

	if (r == 0 && change_is_any(&change)) {
		added = array_append(migration->changes, migration->change_count);
		r = added ? 0 : -ENOMEM;
	}
	if (added)
		*added = change;
	else
		change_free(&change);
	return r;
}

static int make_changes(struct migration *migration, const char *configuration)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < migration->facts.file_count; i++)
		r = add_file(migration, i);
	return r < 0 ? r : add_configuration(migration, configuration);
}

int migration_make(const struct host *host, const struct machine *machine,
		   struct migration *ret)
{
	_cleanup_free_ char *configuration = NULL;
	struct configuration files;
	int r;

	*ret = (struct migration){ .host = host, .machine = machine };
	r = configuration_read_all(host->root_fd, NULL, &files);
	if (r == 0)
		r = config_filter(files.text, NULL, NULL, &configuration);
	if (r == 0)
		read_conditions(host, &files, &ret->conditions);
	configuration_free(&files);
	if (r == 0)
		r = collect_facts(host, machine, configuration, &ret->facts);
	if (r == 0)
		r = make_parameter(&ret->facts, &ret->parameter);
	if (r < 0)
		return r;
	ret->obstacle = rebuild_find_obstacle(host, ret->parameter);
	ret->conditions.has_generator = !ret->obstacle;
	ret->decision = facts_decide(&ret->facts, &ret->conditions);
	if (ret->decision == DECISION_MIGRATE)
		r = make_changes(ret, configuration);
	return r;
}

void migration_free(struct migration *migration)
{
	for (size_t i = 0; i < migration->change_count; i++)
		change_free(&migration->changes[i]);
	free(migration->changes);
	free(migration->parameter);
	free(migration->obstacle);
	facts_free(&migration->facts);
}

const struct change *migration_configuration(const struct migration *migration)
{
	for (size_t i = 0; i < migration->change_count; i++)
		if (strcmp(migration->changes[i].path, CONFIGURATION_FILE) == 0)
			return &migration->changes[i];
	return NULL;
}
