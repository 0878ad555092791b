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
#include "migrate/internal.h"

bool migration_is_of_grub(const char *path)
{
	const struct config_file *file = config_file_find(path);

	return file && file->format == CONFIG_GRUB;
}

/* -- conditions ---------------------------------------------------------------------- */

static bool requests_devices(const char *configuration, const char *cmdline)
{
	struct whole_cmdline whole;
	struct params params = { 0 };
	bool any = false;

	if (whole_cmdline_make(configuration, cmdline, &whole) == 0 &&
	    params_parse(whole.text, &params) == 0)
		any = params.wanted.count;
	params_free(&params);
	whole_cmdline_free(&whole);
	return any;
}

static void read_conditions(const struct host *host, const char *configuration,
			    struct conditions *ret)
{
	struct boot_sources sources;
	const struct boot_source *next;

	ret->has_generator = !generators_obstacle(host->root_fd);
	ret->can_rebuild_grub = rebuild_grub(host);
	if (boot_read(host->root_fd, &sources) == 0) {
		next = boot_next(&sources);
		ret->is_configured =
			requests_devices(configuration, next ? next->cmdline : "");
	}
	boot_sources_free(&sources);
}

/* -- the configuration --------------------------------------------------------------- */

/* Calls back for each item of the facts, in small letters. */
static void each_item(const struct facts *facts, bool (*wanted)(const struct fact *fact),
		      void (*each)(void *data, const char *item, const char *path),
		      void *data)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];
		struct span item, rest = span_of(wanted(fact) ? fact->items : "");
		char text[128];

		while (span_next_item(&rest, &item)) {
			if (!item.length)
				continue;
			snprintf(text, sizeof(text), "%.*s", (int)item.length, item.at);
			for (char *at = text; *at; at++)
				*at = (char)tolower((unsigned char)*at);
			each(data, text, facts->files[fact->file].edit.path);
		}
	}
}

/* A list of items: each one once. */
struct list {
	char *text; /* "passthru.ids=… passthru.ids=… " */
	FILE *file;
	bool is_commented; /* a line for each, with where it comes from */
};

static void put_item(void *data, const char *item, const char *path)
{
	struct list *list = data;

	fflush(list->file);
	if (list->text && cmdline_has_item(list->text, "passthru.ids", item))
		return;
	if (list->is_commented)
		fprintf(list->file, "passthru.ids=%s # from /%s\n", item, path);
	else
		fprintf(list->file, "%s%s",
			ftell(list->file) ? "," : "passthru.ids=", item);
}

static char *make_parameter(const struct facts *facts)
{
	struct list list = { 0 };
	size_t size;

	list.file = open_memstream(&list.text, &size);
	if (!list.file)
		return NULL;
	each_item(facts, fact_is_requested, put_item, &list);
	if (fclose(list.file) != 0 || !list.text[0]) {
		free(list.text);
		return NULL;
	}
	return list.text;
}

struct addition {
	const char *configuration; /* as it is */
	struct list list;
};

static void add_item(void *data, const char *item, const char *path)
{
	struct addition *addition = data;

	if (!cmdline_has_item(addition->configuration, "passthru.ids", item))
		put_item(&addition->list, item, path);
}

/* Returns 1 with a change, 0 if the configuration has all devices, or -ENOMEM. */
static int change_configuration(const struct host *host, const struct facts *facts,
				const char *configuration, struct change *ret)
{
	struct addition addition = { configuration, { .is_commented = true } };
	size_t size;
	char *both;
	int r = change_open(host->root_fd, CONFIGURATION_FILE, ret);

	if (r < 0 && r != -ENOENT)
		return r;
	addition.list.file = open_memstream(&addition.list.text, &size);
	if (!addition.list.file)
		return -ENOMEM;
	each_item(facts, fact_needs_configuration, add_item, &addition);
	if (fclose(addition.list.file) != 0)
		return -ENOMEM;
	r = addition.list.text[0] != '\0';
	if (r &&
	    asprintf(&both, "%s%s%s", ret->old ? ret->old : "",
		     ret->old && ret->old[0] && ret->old[strlen(ret->old) - 1] != '\n'
			     ? "\n"
			     : "",
		     addition.list.text) < 0)
		r = -ENOMEM;
	if (r > 0) {
		free(ret->new);
		ret->new = both;
	}
	free(addition.list.text);
	return r;
}

/* -- changes ------------------------------------------------------------------------- */

static int edit_files(struct migration *migration)
{
	struct facts *facts = &migration->facts;
	int r = 0;

	for (size_t i = 0; r == 0 && i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];

		if (fact_applies(facts, &migration->conditions, fact))
			r = edit_set(&facts->files[fact->file].edit, fact->line,
				     fact->replacement);
	}
	return r;
}

static bool is_empty(const struct edit *edit)
{
	for (size_t i = 0; i < edit->count; i++)
		if (edit->lines[i].new && edit->lines[i].new[0])
			return false;
	return true;
}

static int add_file(struct migration *migration, struct fact_file *file)
{
	struct change *change;

	if (!edit_is_changed(&file->edit))
		return 0;
	file->edit.is_deleted = file->is_in_directory && is_empty(&file->edit);
	change = array_append(migration->changes, migration->change_count);
	if (!change)
		return -ENOMEM;
	migration->needs_grub |= file->format == CONFIG_GRUB;
	return edit_change(&file->edit, change);
}

static int add_configuration(const struct host *host, struct migration *migration,
			     const char *configuration)
{
	struct change change, *added;
	int r = change_configuration(host, &migration->facts, configuration, &change);

	added = r > 0 ? array_append(migration->changes, migration->change_count) : NULL;
	if (added) {
		*added = change;
		return 0;
	}
	change_free(&change);
	return r > 0 ? -ENOMEM : r;
}

static int make_changes(const struct host *host, struct migration *migration,
			const char *configuration)
{
	int r = edit_files(migration);

	for (size_t i = 0; r == 0 && i < migration->facts.file_count; i++)
		r = add_file(migration, &migration->facts.files[i]);
	return r < 0 ? r : add_configuration(host, migration, configuration);
}

int migration_make(const struct host *host, struct migration *ret)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *configuration = NULL;
	int r;

	*ret = (struct migration){ 0 };
	r = configuration_read(host->root_fd, NULL, &text);
	if (r == 0)
		r = config_filter(text, NULL, NULL, &configuration);
	if (r == 0)
		r = facts_collect(host, &ret->facts);
	if (r < 0)
		return r;
	read_conditions(host, configuration, &ret->conditions);
	ret->parameter = make_parameter(&ret->facts);
	ret->decision = facts_decide(&ret->facts, &ret->conditions);
	if (ret->decision == DECISION_MIGRATE)
		r = make_changes(host, ret, configuration);
	return r;
}

void migration_free(struct migration *migration)
{
	for (size_t i = 0; i < migration->change_count; i++)
		change_free(&migration->changes[i]);
	free(migration->changes);
	free(migration->parameter);
	facts_free(&migration->facts);
}

const struct change *migration_configuration(const struct migration *migration)
{
	for (size_t i = 0; i < migration->change_count; i++)
		if (strcmp(migration->changes[i].path, CONFIGURATION_FILE) == 0)
			return &migration->changes[i];
	return NULL;
}
