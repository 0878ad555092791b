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

bool migration_is_of_grub(const char *path)
{
	const struct config_file *file = config_file_find(path);

	return file && file->format == FORMAT_GRUB;
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
	ret->can_rebuild_grub = rebuild_grub_command(host);
	if (boot_read(host->root_fd, &sources) == 0) {
		next = boot_next(&sources);
		ret->is_configured =
			requests_devices(configuration, next ? next->cmdline : "");
	}
	boot_sources_free(&sources);
}

/* -- the configuration --------------------------------------------------------------- */

/* What the legacy settings request: each item once, with the file where it is first. */
struct request {
	struct requested {
		char item[128]; /* in small letters */
		const char *path;
	} * items;
	size_t count;
};

static struct requested make_requested(struct span item, const char *path)
{
	struct requested made = { .path = path };

	snprintf(made.item, sizeof(made.item), "%.*s", (int)item.length, item.at);
	for (char *at = made.item; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return made;
}

static int add_requested(struct request *request, const struct requested *wanted)
{
	struct requested *added;

	for (size_t i = 0; i < request->count; i++)
		if (strcmp(request->items[i].item, wanted->item) == 0)
			return 0;
	added = array_append(request->items, request->count);
	if (!added)
		return -ENOMEM;
	*added = *wanted;
	return 0;
}

/* What every boot is to have, or what any boot is. The caller frees ret->items. */
static int read_request(const struct facts *facts, bool for_every_boot,
			struct request *ret)
{
	int r = 0;

	*ret = (struct request){ 0 };
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *fact = &facts->items[i];
		struct span item, rest;

		if (fact->kind != FACT_REQUEST ||
		    (for_every_boot && !fact_needs_configuration(fact)))
			continue;
		rest = span_of(fact->items);
		while (r == 0 && span_next_item(&rest, &item)) {
			struct requested wanted = make_requested(
				item, facts->files[fact->file].change.path);

			if (wanted.item[0])
				r = add_requested(ret, &wanted);
		}
	}
	return r;
}

/* *ret is NULL if there are no items. */
static int make_parameter(const struct facts *facts, char **ret)
{
	struct request request;
	struct text_file text;
	FILE *file = text_file_open(&text);
	int r = read_request(facts, false, &request);

	for (size_t i = 0; file && i < request.count; i++)
		fprintf(file, "%s%s", i ? "," : "passthru.ids=", request.items[i].item);
	*ret = text_file_close(&text);
	if (r == 0 && !*ret)
		r = -ENOMEM;
	if (!request.count) {
		free(*ret);
		*ret = NULL;
	}
	free(request.items);
	return r;
}

/* A line for each item that the configuration lacks; freed by the caller. */
static char *make_lines(const struct request *request, const char *configuration)
{
	struct text_file text;
	FILE *file = text_file_open(&text);

	for (size_t i = 0; file && i < request->count; i++)
		if (!cmdline_has_item(configuration, "passthru.ids",
				      request->items[i].item))
			fprintf(file, "passthru.ids=%s # from /%s\n",
				request->items[i].item, request->items[i].path);
	return text_file_close(&text);
}

static int change_configuration(const struct migration *migration,
				const char *configuration, struct change *ret)
{
	_cleanup_free_ char *lines = NULL;
	struct request request = { 0 };
	int r = change_open(migration->host->root_fd, CONFIGURATION_FILE, ret);

	if (r == 0 || r == -ENOENT)
		r = read_request(&migration->facts, true, &request);
	if (r == 0 && !(lines = make_lines(&request, configuration)))
		r = -ENOMEM;
	free(request.items);
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
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *configuration = NULL;
	int r;

	*ret = (struct migration){ .host = host, .machine = machine };
	r = configuration_read(host->root_fd, NULL, &text);
	if (r == 0)
		r = config_filter(text, NULL, NULL, &configuration);
	if (r == 0)
		r = collect_facts(host, machine, &ret->facts);
	if (r == 0)
		r = make_parameter(&ret->facts, &ret->parameter);
	if (r < 0)
		return r;
	read_conditions(host, configuration, &ret->conditions);
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
	facts_free(&migration->facts);
}

const struct change *migration_configuration(const struct migration *migration)
{
	for (size_t i = 0; i < migration->change_count; i++)
		if (strcmp(migration->changes[i].path, CONFIGURATION_FILE) == 0)
			return &migration->changes[i];
	return NULL;
}
