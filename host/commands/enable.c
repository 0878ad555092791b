/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * passthru enable and disable: write the configuration in the image, which no boot loader
 * has to know of, and rebuild the images.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "boot/configuration.h"
#include "cmdline/config.h"
#include "cmdline/params.h"
#include "commands/members.h"
#include "commands/plan.h"
#include "edit/backup.h"
#include "initramfs/generators.h"
#include "initramfs/rebuild.h"
#include "lib/beneath.h"
#include "lib/dirlist.h"
#include "ui/json.h"
#include "ui/message.h"

/* -- what the configuration selects -------------------------------------------------- */

/* Which chosen devices a text selects, and whether it selects nothing else. */
struct selection {
	size_t chosen;
	size_t others;	/* other devices of the machine */
	size_t foreign; /* items that match no device */
};

static void count_selector(const struct choice *choice, const struct selector *selector,
			   const bool *counted, struct selection *ret)
{
	size_t before = ret->chosen + ret->others;

	for (size_t i = 0; i < choice->machine.count; i++)
		if (selector_matches(selector, choice->machine.devices[i].pci) &&
		    (!counted || counted[i])) {
			if (choice->chosen[i])
				ret->chosen++;
			else
				ret->others++;
		}
	ret->foreign += ret->chosen + ret->others == before;
}

/* Returns 0 or -ENOMEM. With counted, only those devices count. */
static int count_selected(const struct choice *choice, const char *text,
			  const bool *counted, struct selection *ret)
{
	_cleanup_free_ char *filtered = NULL;
	struct params params;
	int r = config_filter(text, NULL, NULL, &filtered);

	*ret = (struct selection){ 0 };
	if (r < 0)
		return r;
	r = params_parse(filtered, &params);
	for (size_t i = 0; r == 0 && i < params.wanted.count; i++)
		count_selector(choice, &params.wanted.items[i], counted, ret);
	params_free(&params);
	return r;
}

/* -- changing the files -------------------------------------------------------------- */

struct work {
	struct host *host;
	struct choice choice;
	struct change change;
	char backup[BACKUP_PATH_SIZE];
};

static bool has_hook(const struct host *host)
{
	const char *obstacle = generators_obstacle(host->root_fd);

	if (obstacle)
		warn("nothing was changed: %s", obstacle);
	return !obstacle;
}

static int open_file(struct work *work)
{
	int r = change_open(work->host->root_fd, CONFIGURATION_FILE, &work->change);

	if (r == 0 || r == -ENOENT)
		return 0;
	if (r == -ELOOP)
		warn("nothing was changed: /%s is not a regular file",
		     CONFIGURATION_FILE);
	else
		warn_error(r, "nothing was changed: cannot read /%s", CONFIGURATION_FILE);
	return r;
}

static int print_json(const struct work *work, const char *command)
{
	struct json_object *top = json_begin(command);

	json_add_text(top, "path", CONFIGURATION_FILE);
	json_add_bool(top, "changed", change_is_any(&work->change));
	json_add_bool(top, "deleted", work->change.old && !work->change.new);
	json_add_text(top, "text", work->change.new);
	json_add_text(top, "backup", work->backup[0] ? work->backup : NULL);
	return json_end(top);
}

static void note_restored(void *data, const char *path)
{
	(void)data;
	info("Restored /%s", path);
}

static int undo(struct host *host)
{
	const char *command = rebuild_image(host);

	if (backup_undo(host->root_fd, BACKUPS_OF_CONFIGURATION, note_restored, NULL) < 0)
		return STATUS_NOT_GOOD;
	return command && rebuild_run(host, command) == 0 ? STATUS_GOOD : STATUS_NOT_GOOD;
}

/* An image without the change is no use: then the file is as it was, too. */
static int apply(struct work *work)
{
	struct host *host = work->host;

	if (backup_apply(host->root_fd, BACKUPS_OF_CONFIGURATION, &work->change, 1,
			 work->backup) < 0)
		return -EIO;
	info("Changed /%s; passthru %s --undo takes that back", CONFIGURATION_FILE,
	     host->arguments->command);
	if (rebuild_run(host, rebuild_image(host)) == 0)
		return 0;
	(void)backup_undo(host->root_fd, BACKUPS_OF_CONFIGURATION, note_restored, NULL);
	info("Some images may have the change all the same: passthru check tells which, and what rebuilds them");
	return -EIO;
}

static const char way_back[] =
	"If you lose access to the machine: add passthru.off to the kernel command line in the boot loader; that boot claims nothing.";

/* Returns an exit status. */
static int finish(struct work *work)
{
	struct host *host = work->host;
	const struct arguments *arguments = host->arguments;
	int status;

	if (!arguments->json) {
		int r = change_print(&host->output, &work->change);

		if (r < 0) {
			change_warn_unprinted(r);
			return STATUS_NOT_GOOD;
		}
	}
	fflush(stdout);
	if (!arguments->dry_run && apply(work) < 0)
		return STATUS_NOT_GOOD;
	if (arguments->json)
		return print_json(work, arguments->command) < 0 ? STATUS_NOT_GOOD
								: STATUS_GOOD;
	putchar('\n');
	status =
		plan_show(host, &(struct plan_changes){ .configuration = &work->change });
	if (arguments->dry_run)
		puts("Nothing was changed: this is a dry run.");
	return status;
}

/* -- enable -------------------------------------------------------------------------- */

/* Between the parameter and the address. */
#define COMMENT " # "

static void put_line(const struct choice *choice, size_t index, FILE *file)
{
	const struct device *device = &choice->machine.devices[index];
	char name[FULL_NAME_SIZE];

	fputs("passthru.ids=", file);
	choice_put_item(choice, index, file);
	device_full_name(device, name);
	fprintf(file, COMMENT "%s %s\n", device->address, name);
}

/* Whether the configuration selects that device already. */
static bool is_selected(const struct work *work, const char *configuration, size_t index)
{
	bool *counted = calloc(work->choice.machine.count + 1, sizeof(counted[0]));
	struct selection selection = { 0 };

	if (counted) {
		counted[index] = true;
		(void)count_selected(&work->choice, configuration, counted, &selection);
	}
	free(counted);
	return selection.chosen;
}

/* Adds a line for each chosen device that the configuration does not select. */
static int add_lines(struct work *work)
{
	_cleanup_free_ char *configuration = NULL;
	const char *old = work->change.old ? work->change.old : "";
	char *text = NULL;
	size_t size, length = strlen(old);
	FILE *file;
	int r = configuration_read(work->host->root_fd, NULL, &configuration);

	if (r < 0) {
		warn_error(r, "nothing was changed: cannot read /%s",
			   CONFIGURATION_DIRECTORY);
		return r;
	}
	file = open_memstream(&text, &size);
	if (!file)
		return -ENOMEM;
	fputs(old, file);
	if (length && old[length - 1] != '\n')
		fputc('\n', file);
	for (size_t i = 0; i < work->choice.machine.count; i++)
		if (choice_has_item(&work->choice, i) &&
		    !is_selected(work, configuration, i))
			put_line(&work->choice, i, file);
	if (fclose(file) != 0)
		return -ENOMEM;
	free(work->change.new);
	work->change.new = text;
	return 0;
}

/* Returns an exit status. With may_be_absent, addresses without a device are accepted. */
static int choose(struct work *work, bool may_be_absent)
{
	const struct arguments *arguments = work->host->arguments;
	int status = STATUS_GOOD;

	if (choice_open(work->host, &work->choice) < 0)
		return STATUS_NOT_GOOD;
	for (int i = 0; status == STATUS_GOOD && i < arguments->operand_count; i++)
		if (!may_be_absent ||
		    !choice_is_absent(&work->choice, arguments->operands[i]))
			status = choice_name(&work->choice, arguments->operands[i]);
	if (status == STATUS_GOOD)
		choice_add_members(&work->choice);
	return status;
}

static int enable(struct work *work)
{
	int status = choose(work, false);

	if (status != STATUS_GOOD)
		return status;
	members_warn(&work->choice);
	if (!has_hook(work->host) || open_file(work) < 0 || add_lines(work) < 0)
		return STATUS_NOT_GOOD;
	if (!work->change.old && !work->change.new[0]) {
		free(work->change.new);
		work->change.new = NULL;
	}
	if (change_is_any(&work->change)) {
		status = finish(work);
		if (work->backup[0] && !work->host->arguments->json)
			output_wrapped(&work->host->output, STYLE_NOTE, 0, 0, "%s",
				       way_back);
		return status;
	}
	info("/%s has these devices already; passthru check tells whether the images do",
	     CONFIGURATION_DIRECTORY);
	return work->host->arguments->json && print_json(work, "enable") < 0
		       ? STATUS_NOT_GOOD
		       : STATUS_GOOD;
}

/* -- disable ------------------------------------------------------------------------- */

/* Whether enable wrote the line for a device that is gone, and that the user named. */
static bool is_of_absent(const struct work *work, const char *line)
{
	const struct arguments *arguments = work->host->arguments;
	const char *comment = strstr(line, COMMENT);
	struct span address;

	if (!comment)
		return false;
	comment += strlen(COMMENT);
	address = (struct span){ comment, strcspn(comment, " ") };
	for (int i = 0; i < arguments->operand_count; i++) {
		const char *operand = arguments->operands[i];
		struct span without_domain = address;

		if (choice_is_absent(&work->choice, operand) &&
		    (span_equals(address, operand) ||
		     (span_skip_prefix(&without_domain, "0000:") &&
		      span_equals(without_domain, operand))))
			return true;
	}
	return false;
}

/* Whether a line has to go: it selects chosen devices. Warns if it selects others, too.
 */
static int judge_line(const struct work *work, const char *line, bool *ret_goes)
{
	struct selection selection;
	int r = count_selected(&work->choice, line, NULL, &selection);

	*ret_goes = selection.chosen > 0 || is_of_absent(work, line);
	if (r == 0 && selection.chosen && (selection.others || selection.foreign)) {
		warn("nothing was changed: a line of /%s also selects other devices; edit it: %s",
		     CONFIGURATION_FILE, line);
		return -EINVAL;
	}
	return r;
}

static int remove_lines(struct work *work)
{
	const char *at = work->change.old;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	int r = file ? 0 : -ENOMEM;

	while (r == 0 && *at) {
		size_t length = strcspn(at, "\n");
		_cleanup_free_ char *line = strndup(at, length);
		bool goes = false;

		r = line ? judge_line(work, line, &goes) : -ENOMEM;
		length += at[length] == '\n';
		if (r == 0 && !goes)
			fwrite(at, 1, length, file);
		at += length;
	}
	if (file && fclose(file) != 0)
		r = -ENOMEM;
	if (r < 0) {
		free(text);
		return r;
	}
	free(work->change.new);
	work->change.new = text;
	return 0;
}

/* An empty file goes. */
static void drop_empty(struct work *work)
{
	const char *text = work->change.new;

	if (!text || text[strspn(text, " \t\n")])
		return;
	free(work->change.new);
	work->change.new = NULL;
}

/* Names the other files that select chosen devices. Returns whether there are none. */
static bool check_others(const struct work *work)
{
	int root_fd = work->host->root_fd;
	_cleanup_free_ char **names =
		dirlist_read(root_fd, CONFIGURATION_DIRECTORY, ".conf");
	bool good = true;

	for (size_t i = 0; names && names[i]; i++) {
		_cleanup_free_ char *text = NULL;
		struct selection selection;
		char path[512];

		if (path_format(path, sizeof(path), CONFIGURATION_DIRECTORY "/%s",
				names[i]) < 0 ||
		    strcmp(path, CONFIGURATION_FILE) == 0 ||
		    beneath_read(root_fd, path, &text) < 0 ||
		    count_selected(&work->choice, text, NULL, &selection) < 0 ||
		    !selection.chosen)
			continue;
		warn("/%s selects these devices; passthru enable has not written it: edit it yourself",
		     path);
		good = false;
	}
	return good;
}

static int disable_all(struct work *work)
{
	if (choice_open(work->host, &work->choice) < 0 || open_file(work) < 0)
		return STATUS_NOT_GOOD;
	free(work->change.new);
	work->change.new = NULL;
	for (size_t i = 0; i < work->choice.machine.count; i++)
		work->choice.chosen[i] = true;
	return STATUS_GOOD;
}

static int disable(struct work *work)
{
	int status = work->host->arguments->all ? disable_all(work) : choose(work, true);
	bool good;

	if (status != STATUS_GOOD)
		return status;
	if (!work->host->arguments->all) {
		if (open_file(work) < 0 || (work->change.old && remove_lines(work) < 0))
			return STATUS_NOT_GOOD;
		drop_empty(work);
	}
	good = check_others(work);
	if (!change_is_any(&work->change)) {
		info("/%s has none of these devices", CONFIGURATION_FILE);
		return good ? STATUS_GOOD : STATUS_NOT_GOOD;
	}
	if (!has_hook(work->host))
		return STATUS_NOT_GOOD;
	status = finish(work);
	return good ? status : STATUS_NOT_GOOD;
}

/* -- both ---------------------------------------------------------------------------- */

static int run(struct host *host, int (*change)(struct work *work))
{
	const struct arguments *arguments = host->arguments;
	struct work work = { .host = host };
	int status;

	if (host->is_unpacked && !arguments->dry_run) {
		warn("%s is a dump, which cannot be changed; use --dry-run",
		     arguments->root);
		return STATUS_USAGE;
	}
	if (arguments->undo && (arguments->dry_run || arguments->operand_count)) {
		warn("--undo takes back the last change as a whole; use it alone");
		return STATUS_USAGE;
	}
	if (arguments->undo)
		return undo(host);
	if (!arguments->operand_count != arguments->all) {
		warn("name the addresses of devices, as passthru list shows them%s",
		     change == disable ? ", or use --all" : "");
		return STATUS_USAGE;
	}
	status = change(&work);
	change_free(&work.change);
	choice_free(&work.choice);
	return status;
}

int enable_run(struct host *host)
{
	return run(host, enable);
}

int disable_run(struct host *host)
{
	return run(host, disable);
}
