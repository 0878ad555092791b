/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru enable: adds lines to the configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "ui/ui.h"

/* The comment is for the reader of the file. */
static void put_line(const struct machine *machine, const struct params *in_force,
		     const struct device *device, FILE *file)
{
	char name[FULL_NAME_SIZE];

	fputs("passthru.ids=", file);
	choice_put_item(machine, in_force, device, file);
	device_full_name(device, name);
	fprintf(file, " # %s %s\n", device->address, name);
}

/* A line for each chosen device that the request lacks; freed by the caller. */
static char *make_lines(const struct work *work, const struct request *request)
{
	struct text_file text;
	FILE *file = text_file_open(&text);

	for (size_t i = 0; file && i < work->machine.count; i++) {
		const struct device *device = &work->machine.devices[i];

		if (choice_has_item(&work->machine, &request->params, device))
			put_line(&work->machine, &request->params, device, file);
	}
	return text_file_close(&text);
}

/* Returns whether that worked; says why not. */
static bool add_lines(struct work *work)
{
	_cleanup_free_ char *configuration = NULL;
	_cleanup_free_ char *lines = NULL;
	struct request request = { 0 };
	int r = configure_read(work, &configuration);

	if (r < 0) {
		warn_error(r, "nothing was changed: cannot read /%s",
			   configure_source(work));
		return false;
	}
	r = configure_parse(configuration, &request);
	if (r == 0 && !(lines = make_lines(work, &request)))
		r = -ENOMEM;
	if (r == 0)
		r = configuration_append(&work->change, lines);
	if (r == 0)
		r = enable_settings(work, &request.params);
	configure_free_request(&request);
	if (r < 0)
		warn_error(r, "nothing was changed");
	return r == 0;
}

/* What the groups have now, to tell later what they have got. */
static bool remember_groups(struct work *work)
{
	const char *old = work->groups.old ? work->groups.old : "";
	char *text = groups_remember(&work->machine, old);

	if (!text) {
		warn_error(-ENOMEM, "nothing was changed");
		return false;
	}
	configure_set(&work->groups, text);
	if (!text[0])
		configure_set(&work->groups, NULL);
	return true;
}

static const char way_back[] =
	"If you lose access to the machine: add passthru.off to the kernel command line in the boot loader; that boot claims nothing.";

/* Once the change is made. On another machine the images must be rebuilt first. */
static void print_next(const struct work *work)
{
	const struct host *host = work->host;
	const char *key = boot_menu_key(host->root_fd);
	const char *profile = host->arguments->profile;

	if (work->trial.token[0])
		trial_print_next(work);
	else if (profile)
		output_wrapped(&host->output, STYLE_TITLE, 0, 0,
			       "Boot an entry that has " PROFILE_PARAMETER
			       "=%s on its command line, then run passthru status.",
			       profile);
	else if (host->is_this)
		output_wrapped(&host->output, STYLE_TITLE, 0, 0,
			       "Reboot, then run passthru status.");
	output_wrapped(&host->output, STYLE_NOTE, 0, 0, "%s%s%s%s", way_back,
		       key ? " Its menu is hidden: " : "", key ? key : "",
		       key ? " while the machine starts." : "");
}

static int enable_devices(struct work *work)
{
	int status;

	if (!settings_are_valid(work->host->arguments))
		return STATUS_USAGE;
	status = choice_make(work->host, &work->machine);
	if (status != STATUS_GOOD)
		return status;
	if (!caveats_allow_named(&work->machine) || !caveats_allow(&work->machine) ||
	    !caveats_allow_driver(work->host, &work->machine))
		return STATUS_NOT_GOOD;
	caveats_warn(work->host, &work->machine);
	work->takes_devices = true;
	if (!configure_open(work) || !add_lines(work) || !remember_groups(work))
		return STATUS_NOT_GOOD;
	status = trial_change(work);
	if (status != STATUS_GOOD)
		return status;
	return configure_finish(work, configure_source(work),
				"has these devices already");
}

static int enable(struct work *work)
{
	const struct arguments *arguments = work->host->arguments;
	int status = arguments->adopt ? enable_adopt(work)
		     : arguments->vfs ? enable_vfs(work)
				      : enable_devices(work);

	if (work->backup[0] && !arguments->json)
		print_next(work);
	return status;
}

int enable_run(struct host *host)
{
	return configure_run(host, enable);
}
