/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru status: what this boot did, and whether it is still so. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "complain.h"
#include "file.h"
#include "outcomes.h"
#include "report.h"
#include "request.h"

struct status {
	struct outcomes outcomes;
	const char *missing; /* why there is nothing to tell, or NULL */
	bool is_asked;	     /* the running command line asks for something */
	bool is_dry;
};

/* Whether the command line that this boot was started with asks for anything. */
static bool is_asked(const struct host *host)
{
	_cleanup_free_ char *text = NULL;
	struct request request;
	bool asked;

	if (file_read(host->root_fd, "proc/cmdline", &text) < 0)
		return false;
	asked = request_parse(text, &request) == 0 && !request_is_empty(&request) &&
		!request.off;
	request_free(&request);
	return asked;
}

/* How long each pass held the boot. */
static void print_times(const struct outcomes *outcomes)
{
	const char *text = outcomes->report;
	char phase[16], total[24], kernel[24];
	struct record record;

	while (record_next(&text, &record)) {
		if (!record_is(&record, "phase"))
			continue;
		record_get(&record, "phase", phase, sizeof(phase));
		record_get(&record, "total_us", total, sizeof(total));
		record_get(&record, "kernel_us", kernel, sizeof(kernel));
		output_wrapped(&outcomes->host->output, STYLE_PLAIN, 0, 2,
			       "The %s pass took %lu ms, %lu ms of it inside the kernel.",
			       phase, strtoul(total, NULL, 10) / 1000,
			       strtoul(kernel, NULL, 10) / 1000);
	}
}

static void add_times(const struct outcomes *outcomes, struct json_object *array)
{
	const char *text = outcomes->report;
	struct record record;
	char value[24];

	while (record_next(&text, &record)) {
		struct json_object *object;

		if (!record_is(&record, "phase"))
			continue;
		object = json_append(array);
		record_get(&record, "phase", value, sizeof(value));
		json_add_text(object, "phase", value);
		record_get(&record, "total_us", value, sizeof(value));
		json_add_number(object, "total_us", (int64_t)strtoull(value, NULL, 10));
		record_get(&record, "kernel_us", value, sizeof(value));
		json_add_number(object, "kernel_us", (int64_t)strtoull(value, NULL, 10));
	}
}

static bool print_text(const struct status *status)
{
	const struct output *output = &status->outcomes.host->output;
	bool good;

	if (status->missing) {
		output_wrapped(output, status->is_asked ? STYLE_BAD : STYLE_PLAIN, 0, 0,
			       "%s", status->missing);
		return !status->is_asked;
	}
	if (status->is_dry)
		output_wrapped(output, STYLE_NOTE, 0, 0,
			       "passthru.dryrun is on the command line: nothing was "
			       "claimed, and this is what would have been.");
	good = outcomes_print(&status->outcomes);
	print_times(&status->outcomes);
	return good && !status->is_dry;
}

static bool print_json(const struct status *status)
{
	struct json_object *top = json_begin("status");
	bool good = !status->is_asked;

	json_add_bool(top, "asked", status->is_asked);
	json_add_bool(top, "reported", !status->missing);
	json_add_bool(top, "dryrun", status->is_dry);
	if (!status->missing)
		good = outcomes_add(&status->outcomes, top) && !status->is_dry;
	json_add_bool(top, "good", good);
	json_add_text(top, "missing", status->missing);
	if (!status->missing)
		add_times(&status->outcomes, json_add_array(top, "phases"));
	return json_end(top) == 0 && good;
}

/* Whether it is a report, of the one format there is. */
static bool read_header(struct status *status, const char *text)
{
	struct record first;
	char format[8], dry[8];

	if (!record_next(&text, &first) || !record_is(&first, "format"))
		return false;
	record_get(&first, "format", format, sizeof(format));
	record_get(&first, "dryrun", dry, sizeof(dry));
	status->is_dry = status->outcomes.is_plan = strcmp(dry, "yes") == 0;
	return strcmp(format, "1") == 0;
}

static const char not_asked[] =
	"Nothing was asked of this boot: there is no passthru parameter on its command "
	"line. passthru args ADDRESS prints one.";
static const char not_run[] =
	"The command line asks for devices, but passthru-early has not run: it is not in "
	"the image that was booted. Build the boot image anew (update-initramfs -u or "
	"dracut --force).";
static const char not_readable[] = "/run/passthru/report cannot be read, or is of "
				   "another version than this program.";

static void read_report(struct status *status, char **text)
{
	int r = file_read(status->outcomes.host->root_fd, REPORT_PATH, text);

	if (r == 0 && read_header(status, *text)) {
		status->outcomes.report = *text;
	} else if (r == -ENOENT) {
		status->missing = status->is_asked ? not_run : not_asked;
	} else {
		status->missing = not_readable;
		status->is_asked = true;
	}
}

int status_run(struct host *host)
{
	_cleanup_free_ char *text = NULL;
	struct machine machine;
	struct status status = { .outcomes = { .host = host, .machine = &machine },
				 .is_asked = is_asked(host) };
	bool good = false;

	if (machine_read(host, &machine) == 0) {
		read_report(&status, &text);
		good = host->arguments->json ? print_json(&status) : print_text(&status);
	}
	machine_free(&machine);
	return good ? STATUS_GOOD : STATUS_NOT_GOOD;
}
