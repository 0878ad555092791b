/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru disable: removes lines from the configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "ui/ui.h"

/* An operand that matches no device of the machine: of one that is gone, perhaps. */
struct absent {
	struct selector selector;
	bool is_found; /* an item selects it */
};

struct removal {
	struct work *work;
	struct absent *absent; /* freed by disable() */
	size_t absent_count;
	char *orphans; /* lines that select neither a device nor what is absent; or NULL
			*/
};

/* -- what is named ------------------------------------------------------------------- */

static bool matches_any(const struct machine *machine, const struct selector *selector)
{
	for (size_t i = 0; i < machine->count; i++)
		if (selector_matches(selector, machine->devices[i].pci))
			return true;
	return false;
}

/* Chooses devices by address, or notes an address or ID without a device. */
static int name_operand(struct removal *removal, const char *operand)
{
	struct selector *absent = &removal->absent[removal->absent_count].selector;
	struct machine *machine = &removal->work->machine;
	struct selector_error error;

	if (selector_parse_any(span_of(operand), absent, &error) < 0)
		return choice_add(machine, operand);
	if (!matches_any(machine, absent)) {
		removal->absent_count++;
		return STATUS_GOOD;
	}
	if (!absent->has_id)
		return choice_add(machine, operand);
	warn("there is a device with the ID %s; name its address, as passthru list shows it",
	     operand);
	return STATUS_USAGE;
}

static int name_operands(struct removal *removal)
{
	const struct arguments *arguments = removal->work->host->arguments;
	int status = STATUS_GOOD;

	removal->absent =
		calloc((size_t)arguments->operand_count + 1, sizeof(removal->absent[0]));
	if (!removal->absent) {
		warn("out of memory");
		return STATUS_NOT_GOOD;
	}
	for (int i = 0; status == STATUS_GOOD && i < arguments->operand_count; i++)
		status = name_operand(removal, arguments->operands[i]);
	choice_add_members(&removal->work->machine);
	return status;
}

static int name_all(struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		machine->devices[i].is_chosen = true;
	return STATUS_GOOD;
}

/* -- what a text selects ------------------------------------------------------------- */

/* What the items of a text select. */
struct selection {
	bool named;   /* what the user named, present or not */
	bool others;  /* other devices */
	bool orphans; /* what is neither present nor named */
};

/* Whether the item has the ID and the address, as far as the user named them. */
static bool is_named(const struct selector *item, const struct selector *named)
{
	if (named->has_id && (!item->has_id || item->id.vendor != named->id.vendor ||
			      item->id.device != named->id.device))
		return false;
	return !named->has_address ||
	       (item->has_address &&
		address_is_same_pattern(&item->address, &named->address));
}

static bool note_absent(struct removal *removal, const struct selector *item)
{
	bool found = false;

	for (size_t i = 0; i < removal->absent_count; i++)
		if (is_named(item, &removal->absent[i].selector))
			found = removal->absent[i].is_found = true;
	return found;
}

static void note_item(struct removal *removal, const struct selector *item,
		      struct selection *ret)
{
	const struct machine *machine = &removal->work->machine;
	bool any = false;

	for (size_t i = 0; i < machine->count; i++) {
		if (!selector_matches(item, machine->devices[i].pci))
			continue;
		any = true;
		if (machine->devices[i].is_chosen)
			ret->named = true;
		else
			ret->others = true;
	}
	if (!any && note_absent(removal, item))
		ret->named = true;
	else if (!any)
		ret->orphans = true;
}

/* Returns 0 or -ENOMEM. */
static int read_selection(struct removal *removal, const char *text,
			  struct selection *ret)
{
	struct request request = { 0 };
	int r = configure_parse(text, &request);

	*ret = (struct selection){ 0 };
	for (size_t i = 0; r == 0 && i < request.params.wanted.count; i++)
		note_item(removal, &request.params.wanted.items[i], ret);
	configure_free_request(&request);
	return r;
}

/* -- the lines ----------------------------------------------------------------------- */

/*
 * Puts a line where it belongs. Returns 0; -EBUSY if it selects devices that are named
 * and others; or -ENOMEM.
 */
static int sort_line(struct removal *removal, const char *line, FILE *kept, FILE *orphans)
{
	struct selection selection;
	int r = read_selection(removal, line, &selection);

	if (r < 0)
		return r;
	if (selection.named)
		return selection.others || selection.orphans ? -EBUSY : 0;
	fputs(line, kept);
	if (selection.orphans && !selection.others)
		fputs(line, orphans);
	return 0;
}

/* Returns whether all lines were sorted; says why not. */
static bool sort_lines(struct removal *removal, FILE *kept, FILE *orphans)
{
	const char *at = removal->work->change.old;
	int r = 0;

	while (r == 0 && *at) {
		size_t length = strcspn(at, "\n");
		_cleanup_free_ char *line = strndup(at, length + (at[length] == '\n'));

		r = line ? sort_line(removal, line, kept, orphans) : -ENOMEM;
		if (r == -EBUSY)
			warn("nothing was changed: a line of /%s also selects other devices; edit it: %.*s",
			     CONFIGURATION_FILE, (int)length, at);
		else if (r < 0)
			warn_error(r, "nothing was changed");
		at += length + (at[length] == '\n');
	}
	return r == 0;
}

static bool remove_lines(struct removal *removal)
{
	struct work *work = removal->work;
	_cleanup_free_ char *text = NULL;
	struct text_file kept, orphans;
	FILE *kept_file = text_file_open(&kept);
	FILE *orphans_file = text_file_open(&orphans);
	bool sorted = !kept_file || !orphans_file ||
		      sort_lines(removal, kept_file, orphans_file);

	text = text_file_close(&kept);
	removal->orphans = text_file_close(&orphans);
	if (!sorted)
		return false;
	if (!text || !removal->orphans) {
		warn_error(-ENOMEM, "nothing was changed");
		return false;
	}
	/* An empty file goes. */
	configure_set(&work->change,
		      text[strspn(text, " \t\n")] ? take_pointer(text) : NULL);
	return true;
}

static bool is_removed(void *data, const struct selector *member)
{
	struct removal *removal = data;

	if (groups_is_chosen(&removal->work->machine, member))
		return true;
	for (size_t i = 0; i < removal->absent_count; i++)
		if (is_named(member, &removal->absent[i].selector))
			return true;
	return false;
}

/* Nobody asks about the groups of what is not enabled. */
static bool forget_groups(struct removal *removal)
{
	struct work *work = removal->work;
	_cleanup_free_ char *text = NULL;

	if (work->change.new && work->groups.old) {
		text = groups_forget(work->groups.old, is_removed, removal);
		if (!text) {
			warn_error(-ENOMEM, "nothing was changed");
			return false;
		}
	}
	configure_set(&work->groups, text && text[0] ? take_pointer(text) : NULL);
	return true;
}

/* Whether another file selects these devices. Returns 1, 0 or a negative errno. */
static int check_other(struct removal *removal, const char *path)
{
	_cleanup_free_ char *text = NULL;
	struct selection selection;
	int r = beneath_read(removal->work->host->root_fd, path, &text);

	/* What the hooks skip as well. */
	if (r == -ENOENT || r == -EISDIR)
		return 0;
	if (r == 0)
		r = read_selection(removal, text, &selection);
	return r < 0 ? r : selection.named;
}

/* Names the other files that may select these devices. Returns whether there are none. */
static bool check_others(struct removal *removal)
{
	int root_fd = removal->work->host->root_fd;
	_cleanup_free_ char **paths =
		dirlist_paths(root_fd, CONFIGURATION_DIRECTORY, ".conf");
	bool good = true;

	for (size_t i = 0; paths && paths[i]; i++) {
		int r = strcmp(paths[i], CONFIGURATION_FILE) == 0
				? 0
				: check_other(removal, paths[i]);

		if (r > 0)
			warn("/%s selects these devices; passthru enable has not written it: edit it yourself",
			     paths[i]);
		else if (r < 0)
			warn_error(
				r,
				"cannot tell whether /%s also selects these devices: cannot read it",
				paths[i]);
		good &= r == 0;
	}
	return good;
}

static const struct selector *find_missing(const struct removal *removal)
{
	for (size_t i = 0; i < removal->absent_count; i++)
		if (!removal->absent[i].is_found)
			return &removal->absent[i].selector;
	return NULL;
}

/*
 * An ID does not tell where its device was. Warns if something that is named was not
 * found, but there are lines that may be for it.
 */
static bool check_found(const struct removal *removal)
{
	const struct selector *missing = find_missing(removal);
	const char *at = removal->orphans;

	if (!missing || !at || !at[0])
		return true;
	warn("nothing was changed: there is neither a device nor an item in /%s for %.*s. These lines select no device; to remove one, name its ID, as in passthru disable 10de:13c2",
	     CONFIGURATION_FILE, (int)missing->text.length, missing->text.at);
	while (*at) {
		size_t length = strcspn(at, "\n");

		info("  %.*s", (int)length, at);
		at += length + (at[length] == '\n');
	}
	return false;
}

/* -- the command --------------------------------------------------------------------- */

static int run(struct removal *removal)
{
	struct work *work = removal->work;
	bool all = work->host->arguments->all, good;
	int status;

	if (!choice_open(work->host, &work->machine))
		return STATUS_NOT_GOOD;
	status = all ? name_all(&work->machine) : name_operands(removal);
	if (status != STATUS_GOOD)
		return status;
	if (!configure_open(work))
		return STATUS_NOT_GOOD;
	if (all)
		configure_set(&work->change, NULL);
	else if (work->change.old && !remove_lines(removal))
		return STATUS_NOT_GOOD;
	if (!forget_groups(removal))
		return STATUS_NOT_GOOD;
	good = check_others(removal);
	if (!check_found(removal))
		return STATUS_NOT_GOOD;
	status = configure_finish(work,
				  "/" CONFIGURATION_FILE " has none of these devices");
	return good ? status : STATUS_NOT_GOOD;
}

static int disable(struct work *work)
{
	struct removal removal = { .work = work };
	int status = run(&removal);

	free(removal.absent);
	free(removal.orphans);
	return status;
}

int disable_run(struct host *host)
{
	return configure_run(host, disable);
}
