/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru plan: what the next boot would do, by the code that will do it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "clock.h"
#include "cmdline.h"
#include "complain.h"
#include "file.h"
#include "lines.h"
#include "outcomes.h"
#include "pass.h"
#include "request.h"

struct preview {
	struct host *host;
	struct machine machine;
	struct boot_sources sources;
	const char *source; /* where the command line is from */
	const char *entry;  /* of several in it the one that counts, or "" */
	const char *note;   /* what is to be known about that, or "" */
	const char *cmdline;
	char *running; /* this boot's, where nothing says what the next one's is */
	char *report;
	char *said; /* by the shared stages, where they could do nothing */
};

/* -- the command line ---------------------------------------------------------------- */

static int find_cmdline(struct preview *preview)
{
	const struct boot_source *next;
	int r = boot_read(preview->host->root_fd, &preview->sources);

	preview->entry = preview->note = "";
	if (r < 0)
		return r;
	next = boot_next(&preview->sources);
	if (preview->host->arguments->cmdline) {
		preview->cmdline = preview->host->arguments->cmdline;
		preview->source = "--cmdline";
		return 0;
	}
	if (next) {
		preview->cmdline = next->cmdline;
		preview->source = next->path;
		preview->entry = next->entry;
		preview->note = next->note;
		return 0;
	}
	r = file_read(preview->host->root_fd, "proc/cmdline", &preview->running);
	if (r == 0)
		preview->running[strcspn(preview->running, "\n")] = '\0';
	preview->cmdline = preview->running;
	preview->source = "proc/cmdline";
	return r;
}

static bool has_parameter(const char *cmdline, const char *name, const char *value)
{
	struct text_cursor rest = { .at = cmdline, .end = cmdline + strlen(cmdline) };
	struct parameter parameter;

	while (cmdline_next(&rest, &parameter)) {
		struct span item, list = parameter.value;

		if (!span_equals_name(parameter.name, name))
			continue;
		while (span_next_item(&list, &item))
			if (span_equals(item, value))
				return true;
	}
	return false;
}

/* Whether the IOMMU that is off now is there, and the command line switches it on. */
static bool is_iommu_coming(const struct preview *preview)
{
	int root_fd = preview->host->root_fd;

	if (preview->machine.has_groups)
		return false;
	if (faccessat(root_fd, "sys/firmware/acpi/tables/DMAR", F_OK, 0) == 0)
		return has_parameter(preview->cmdline, "intel_iommu", "on");
	return faccessat(root_fd, "sys/firmware/acpi/tables/IVRS", F_OK, 0) == 0 &&
	       !has_parameter(preview->cmdline, "iommu", "off") &&
	       !has_parameter(preview->cmdline, "amd_iommu", "off");
}

/* -- the dry run --------------------------------------------------------------------- */

/* The report of a dry run goes to standard output: here that is a buffer. */
static int run_dry(struct preview *preview, struct request *request)
{
	struct options options = { .dry_run = true,
				   .root = preview->host->root,
				   .cmdline = preview->cmdline };
	FILE *saved = stdout;
	size_t size;
	FILE *buffer = open_memstream(&preview->report, &size);
	int r;

	if (!buffer)
		return -ENOMEM;
	request->dryrun = true;
	lines_begin();
	stdout = buffer;
	(void)pass_run(&options, preview->host->root_fd, request, clock_us(), clock_ms());
	r = fclose(buffer) == 0 ? 0 : -ENOMEM;
	stdout = saved;
	preview->said = lines_end();
	if (r == 0 && !preview->report[0])
		r = -EIO;
	return r;
}

/* -- what is printed ----------------------------------------------------------------- */

static const char quiet_text[] =
	"no device is asked for. passthru args ADDRESS prints the "
	"parameter that does.";
static const char off_text[] = "nothing will be done: passthru.off is on it.";

/* Why disks could not be judged as they will be, as a sentence; NULL where they were. */
static const char *find_doubt(const struct preview *preview)
{
	if (!preview->report || !strstr(preview->report, " reason=un"))
		return NULL;
	if (!preview->host->is_this)
		return "The disks of another machine cannot be read: the boot itself "
		       "knows "
		       "more about storage.";
	if (geteuid() != 0)
		return "Only root can look at the disks: run this with sudo for what "
		       "will "
		       "become of storage.";
	return NULL;
}

static bool print_text(const struct preview *preview, const struct outcomes *outcomes,
		       const char *empty)
{
	const struct output *output = &preview->host->output;
	const char *doubt = find_doubt(preview);
	char source[1024];
	bool good;

	snprintf(source, sizeof(source), preview->entry[0] ? "%s%s (\"%s\")" : "%s%s%s",
		 preview->source[0] == '-' ? "" : "/", preview->source, preview->entry);
	if (preview->note[0])
		output_wrapped(output, STYLE_NOTE, 0, 2, "Note: %s.", preview->note);
	if (empty) {
		output_wrapped(output, STYLE_PLAIN, 0, 2, "By the command line in %s %s",
			       source, empty);
		return true;
	}
	output_wrapped(output, STYLE_TITLE, 0, 2,
		       "By the command line in %s the next boot:", source);
	good = outcomes_print(outcomes);
	if (doubt)
		output_wrapped(output, STYLE_NOTE, 0, 2, "%s", doubt);
	return good;
}

static bool print_json(const struct preview *preview, const struct outcomes *outcomes,
		       const char *empty)
{
	struct json_object *top = json_begin("plan");
	bool good = true;

	json_add_text(top, "source", preview->source);
	json_add_text(top, "entry", preview->entry[0] ? preview->entry : NULL);
	json_add_text(top, "note", preview->note[0] ? preview->note : NULL);
	json_add_text(top, "cmdline", preview->cmdline);
	json_add_bool(top, "asked", !empty);
	json_add_bool(top, "iommu_comes", outcomes->iommu_comes);
	json_add_text(top, "doubt", find_doubt(preview));
	if (!empty)
		good = outcomes_add(outcomes, top);
	json_add_bool(top, "good", good);
	return json_end(top) == 0 && good;
}

static bool show(struct preview *preview, struct request *request)
{
	struct outcomes outcomes = { .host = preview->host,
				     .machine = &preview->machine,
				     .is_plan = true,
				     .iommu_comes = is_iommu_coming(preview) };
	const char *empty = request->off		? off_text
			    : request_is_empty(request) ? quiet_text
							: NULL;

	if (!empty && run_dry(preview, request) < 0) {
		complain("cannot work out the plan: %s",
			 preview->said && preview->said[0] ? preview->said : "no memory");
		return false;
	}
	outcomes.report = preview->report;
	return preview->host->arguments->json ? print_json(preview, &outcomes, empty)
					      : print_text(preview, &outcomes, empty);
}

int plan_run(struct host *host)
{
	struct preview preview = { .host = host };
	struct request request = { 0 };
	bool good = false;

	if (machine_read(host, &preview.machine) < 0)
		goto out;
	if (find_cmdline(&preview) < 0 || request_parse(preview.cmdline, &request) < 0) {
		complain("cannot read the next command line; give it with --cmdline");
		goto out;
	}
	good = show(&preview, &request);
out:
	request_free(&request);
	boot_sources_free(&preview.sources);
	machine_free(&preview.machine);
	free(preview.running);
	free(preview.report);
	free(preview.said);
	return good ? STATUS_GOOD : STATUS_NOT_GOOD;
}
