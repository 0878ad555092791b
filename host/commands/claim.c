/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru claim and release: what a boot does, and the reverse, while the machine runs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "boot/boot.h"
#include "claim/claim.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "report/report.h"
#include "ui/ui.h"
#include "view/view.h"

/* -- who uses them ------------------------------------------------------------------- */

static void warn_user(void *data, const char *text)
{
	const struct device *device = data;

	warn("%s is in use: %s", device->address, text);
}

/* Whether nobody uses the chosen devices that are, or are not, claimed. */
static bool are_idle(const struct host *host, const struct machine *machine, bool claimed)
{
	bool idle = true;

	for (size_t i = 0; i < machine->count; i++) {
		struct device *device = &machine->devices[i];

		if (device->is_chosen && device->is_claimed == claimed &&
		    users_each(host, device, warn_user, device) != 0)
			idle = false;
	}
	if (!idle)
		warn("nothing was changed: end what uses the devices, then run this command again");
	return idle;
}

/* -- claiming ------------------------------------------------------------------------ */

/* Which of passthru's own parameters also hold for devices that are claimed later. */
static bool is_setting(struct span name)
{
	for (int kind = 0; kind < SETTINGS; kind++)
		if (span_equals_name(name, setting_name((enum setting_kind)kind)))
			return true;
	return span_equals_name(name, "driver") || span_equals_name(name, "timeout");
}

/* The guards need the rest of the command line. */
static void put_parameters(const char *text, FILE *file)
{
	struct text_cursor rest = { text, text + strlen(text) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter)) {
		struct span name = parameter.name;

		if (span_skip_prefix(&name, PARAMETER_PREFIX) && !is_setting(name))
			continue;
		fprintf(file, " %.*s", (int)parameter.name.length, parameter.name.at);
		if (parameter.value.at)
			fprintf(file, "=\"%.*s\"", (int)parameter.value.length,
				parameter.value.at);
	}
}

/* What this boot had on its command line and in its configuration. */
static int put_cmdline(const struct host *host, FILE *file)
{
	_cleanup_free_ char *running = NULL;
	struct configuration configuration = { 0 };
	struct whole_cmdline whole = { 0 };
	int r = beneath_read(host->root_fd, "proc/cmdline", &running);

	if (r == 0)
		r = configuration_read_all(host->root_fd, NULL, &configuration);
	if (r == 0)
		r = whole_cmdline_make(&configuration, running, &whole);
	if (r == 0)
		put_parameters(whole.text, file);
	configuration_free(&configuration);
	whole_cmdline_free(&whole);
	return r;
}

/* The devices, or with --vfs those whose virtual functions are meant. */
static void put_request(const struct host *host, const struct machine *machine,
			FILE *file)
{
	const char *vfs = host->arguments->vfs;
	bool has_number = vfs && strcmp(vfs, "any") != 0;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (vfs && device->is_named)
			fprintf(file, "passthru.vfs=%s%s%s ", has_number ? vfs : "",
				has_number ? "@" : "", device->address);
		else if (!vfs && device->is_chosen)
			fprintf(file, "passthru.addrs=%s ", device->address);
	}
}

static int make_cmdline(const struct host *host, const struct machine *machine,
			char **ret)
{
	struct text_file text;
	FILE *file = text_file_open(&text);
	int r = -ENOMEM;

	if (file) {
		put_request(host, machine, file);
		r = put_cmdline(host, file);
	}
	*ret = text_file_close(&text);
	return r < 0 || *ret ? r : -ENOMEM;
}

/* Prints what became of the devices. Returns an exit status. */
static int show(struct host *host, const struct run_result *result,
		const struct params *params)
{
	struct machine machine;
	struct view view = {
		.host = host,
		.machine = &machine,
		.result = result,
		.params = params,
		.is_live = true,
	};
	bool ok = machine_read(host, &machine);

	if (ok && host->arguments->json) {
		struct json_object *top = json_begin("claim");

		ok = view_add(&view, top);
		json_add_bool(top, "ok", ok);
		ok = json_end(top) == 0 && ok;
	} else if (ok) {
		ok = view_print(&view);
	}
	machine_free(&machine);
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
}

/* What the host would miss from now on, and what cannot be known. */
static bool is_confirmed(const struct host *host, struct machine *machine)
{
	struct outlook outlook;
	bool confirmed;

	machine_read_unseen(host, machine);
	confirmed = outlook_make(&(struct outlook_input){ .machine = machine },
				 &outlook) == 0 &&
		    remarks_confirm(host, &outlook, false);

	outlook_free(&outlook);
	return confirmed;
}

/* The settings of other devices are for other claims. */
static void drop_idle(struct run_result *result)
{
	size_t kept = 0;

	for (size_t i = 0; i < result->problem_count; i++)
		if (result->problems[i].kind != PROBLEM_NO_EFFECT)
			result->problems[kept++] = result->problems[i];
	result->problem_count = kept;
}

/* The report of this boot keeps what was set, and what was before, for release. */
static void keep_settings(const struct host *host, struct run_result *result)
{
	int r;

	if (!result->settings.count)
		return;
	/* It has nothing to say of what the boot was asked for. */
	result->stage = STAGE_DEVICE;
	result->times[STAGE_DEVICE] = result->times[STAGE_EARLY];
	result->plan.is_partial = true;
	r = report_write(host->root_fd, REPORT_PATH, result);
	if (r < 0)
		warn_error(r,
			   "cannot write /%s, so release will not restore the settings",
			   REPORT_PATH);
}

static int claim(struct host *host, struct machine *machine)
{
	_cleanup_free_ char *cmdline = NULL;
	struct run_result result = { 0 };
	struct params params = { 0 };
	int r, status = STATUS_NOT_GOOD;

	if (!host->arguments->vfs && !caveats_allow(machine))
		return STATUS_NOT_GOOD;
	if (!host->arguments->vfs)
		caveats_warn_now(machine);
	else if (vfs_are_replaced(host, machine) && !are_idle(host, machine, true))
		return STATUS_NOT_GOOD;
	if (!are_idle(host, machine, false) || !is_confirmed(host, machine))
		return STATUS_NOT_GOOD;
	r = make_cmdline(host, machine, &cmdline);
	if (r == 0)
		r = params_parse(cmdline, &params);
	if (r == 0)
		r = run_stage(host, &params, RUN_NOW, &result);
	if (r == 0) {
		drop_idle(&result);
		keep_settings(host, &result);
		status = show(host, &result, &params);
	} else {
		warn_error(r, "nothing was claimed");
	}
	run_result_free(&result);
	params_free(&params);
	return status;
}

/* -- releasing ----------------------------------------------------------------------- */

/* Of the settings in the report those of the devices to release. */
static void choose_settings(const struct machine *machine, struct settings *settings)
{
	size_t kept = 0;

	for (size_t i = 0; i < settings->count; i++) {
		struct setting_result setting = settings->items[i];
		const struct device *device =
			machine_find(machine, &setting.device->address);

		if (!device || !device->is_chosen || !device->is_claimed)
			continue;
		setting.device = device->pci;
		settings->items[kept++] = setting;
	}
	settings->count = kept;
}

/* For the chosen devices that are claimed. */
static struct claims *make_claims(const struct host *host, const struct machine *machine,
				  int bus_fd)
{
	struct pci_device **claimed = calloc(machine->count + 1, sizeof(claimed[0]));
	struct claims *claims = NULL;
	struct run_result report;
	unsigned count = 0;

	(void)report_read(host->root_fd, REPORT_PATH, &report);
	choose_settings(machine, &report.settings);
	for (size_t i = 0; claimed && i < machine->count; i++)
		if (machine->devices[i].is_chosen && machine->devices[i].is_claimed)
			claimed[count++] = machine->devices[i].pci;
	if (count)
		claims = claims_new_release(claimed, count, &report.settings);
	run_result_free(&report);
	free(claimed);
	if (!claims)
		return NULL;
	claims->bus_fd = bus_fd;
	claims->root_fd = host->root_fd;
	claims->root = host->root;
	return claims;
}

/* What was set of it, and whether that is as before. */
static void print_restored(const struct host *host, const struct claims *claims,
			   const struct claim *claim, struct json_object *object)
{
	struct json_object *array = NULL;

	for (size_t i = 0; i < claims->settings.count; i++) {
		const struct setting_result *setting = &claims->settings.items[i];
		const char *name = setting_name(setting->kind);

		if (setting->device != claim->entry.device || !setting->is_written)
			continue;
		if (object && !array)
			array = json_add_array(object, "settings");
		if (array) {
			struct json_object *added = json_append(array);

			json_add_text(added, "setting", name);
			json_add_text(added, "got", setting->got);
			json_add_text(added, "verdict",
				      setting_verdict_word(setting->verdict, false));
		} else if (setting->verdict == SETTING_RESTORED) {
			printf("    %s %s, as before\n", name, setting->got);
		} else if (setting->verdict == SETTING_LOST || setting->error) {
			output_wrapped(&host->output, STYLE_BAD, 4, 6,
				       "%s is not restored to %s: %s", name, setting->was,
				       setting_phrase(setting));
		}
	}
}

/* The driver that it has now: a write that hangs may have changed it. */
static void print_released(const struct host *host, const struct machine *machine,
			   const struct claims *claims, const struct claim *claim,
			   struct json_object *array)
{
	const struct device *device =
		machine_find(machine, &claim->entry.device->address);
	const char *driver = device ? device->pci->driver : "";
	char address[ADDRESS_SIZE];

	address_format(&claim->entry.device->address, address);
	if (array) {
		struct json_object *object = json_append(array);

		json_add_text(object, "address", address);
		json_add_bool(object, "released", claim->entry.undone);
		json_add_text(object, "driver", driver);
		print_restored(host, claims, claim, object);
		return;
	}
	output_styled(&host->output, STYLE_TITLE, address);
	printf("  %s; driver %s\n", claim->entry.undone ? "released" : "not released",
	       driver[0] ? driver : "none");
	print_restored(host, claims, claim, NULL);
}

static int show_released(const struct host *host, const struct claims *claims)
{
	struct json_object *top = NULL, *array = NULL;
	struct machine machine;
	bool ok = machine_read(host, &machine);

	if (host->arguments->json) {
		top = json_begin("release");
		array = json_add_array(top, "devices");
	}
	for (unsigned i = 0; i < claims->count; i++) {
		print_released(host, &machine, claims, &claims->items[i], array);
		ok = ok && claims->items[i].entry.undone;
	}
	machine_free(&machine);
	if (top) {
		json_add_bool(top, "ok", ok);
		ok = json_end(top) == 0 && ok;
	}
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
}

static int release(struct host *host, struct machine *machine)
{
	_cleanup_close_ int bus_fd =
		openat(host->root_fd, "sys/bus/pci", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct claims *claims;
	int status;

	vfs_choose_for_release(host, machine);
	if (!are_idle(host, machine, true))
		return STATUS_NOT_GOOD;
	if (host->arguments->vfs)
		return are_idle(host, machine, false) ? vfs_remove(host, machine)
						      : STATUS_NOT_GOOD;
	vfs_note_silenced(host, machine);
	claims = make_claims(host, machine, bus_fd);
	if (!claims) {
		warn("none of these devices is claimed; see passthru list vfio-pci");
		return STATUS_NOT_GOOD;
	}
	if (claims_undo(claims, clock_ms() + TIMEOUT_DEFAULT * 1000) < 0)
		warn("the kernel did not return in time; see dmesg");
	vfs_let_bind(host, bus_fd);
	status = show_released(host, claims);
	claims_free(claims);
	return status;
}

/* -- both ---------------------------------------------------------------------------- */

static int choose(const struct host *host, bool is_claim, struct machine *ret)
{
	const char *vfs = host->arguments->vfs;

	if (vfs && is_claim)
		return vfs_choose_for_claim(host, ret);
	if (!vfs || strcmp(vfs, "0") == 0)
		return vfs ? vfs_choose(host, 0, ret) : choice_make(host, ret);
	*ret = (struct machine){ 0 };
	warn("release takes only --vfs 0, which removes the virtual functions");
	return STATUS_USAGE;
}

static int run(struct host *host, int (*act)(struct host *host, struct machine *machine))
{
	struct machine machine;
	int status;

	if (geteuid() != 0) {
		warn("only root can change drivers: run this as root");
		return STATUS_NOT_GOOD;
	}
	status = choose(host, act == claim, &machine);
	if (status == STATUS_GOOD)
		status = act(host, &machine);
	machine_free(&machine);
	return status;
}

int claim_run(struct host *host)
{
	return run(host, claim);
}

int release_run(struct host *host)
{
	return run(host, release);
}
