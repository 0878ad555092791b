/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel command lines of this boot and the next one request. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "report/report.h"

/* -- what keeps drivers from all devices, and not only from the chosen ones ---------- */

/* Drivers of the devices that people pass through. */
static bool is_driver_of_cards(struct span module)
{
	static const char *const names[] = { "nouveau",	 "nova_core", "nvidia",
					     "nvidiafb", "amdgpu",    "radeon",
					     "i915",	 "xe",	      "snd_hda_intel",
					     "radeonfb" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_equals_name(module, names[i]))
			return true;
	return false;
}

static void add_blacklist(struct findings *findings, struct span what, const char *path)
{
	findings_add(
		findings, FINDING_NOTE, "blacklist",
		"%.*s in /%s keeps the driver from all devices, not only from those that passthru claims; passthru does not need it",
		(int)what.length, what.at, path);
}

/* Whether the host uses the proprietary driver, with which nouveau cannot be loaded. */
static bool has_nvidia(const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (strcmp(machine->devices[i].pci->driver, "nvidia") == 0)
			return true;
	return false;
}

static bool is_needless(const struct machine *machine, struct span module)
{
	if ((span_equals_name(module, "nouveau") ||
	     span_equals_name(module, "nova_core") ||
	     span_equals_name(module, "nvidiafb")) &&
	    has_nvidia(machine))
		return false;
	return is_driver_of_cards(module);
}

static bool has_needless(const struct machine *machine, struct span list)
{
	struct span item;

	while (span_next_item(&list, &item))
		if (is_needless(machine, item))
			return true;
	return false;
}

/* The kernel marks displays of class 0300 only; of those it can release the framebuffer.
 */
static bool has_boot_vga(const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].pci->is_boot_display)
			return true;
	return false;
}

static void check_word(struct findings *findings, const struct parameter *word,
		       const char *path)
{
	static const char *const lists[] = { "module_blacklist", "modprobe.blacklist",
					     "rd.driver.blacklist" };

	if (span_equals(word->name, "nomodeset"))
		findings_add(
			findings, FINDING_NOTE, "blacklist",
			"nomodeset in /%s keeps graphics drivers from all displays, also from the host's; passthru does not need it",
			path);
	else if (span_equals(word->name, "initcall_blacklist") &&
		 span_equals(word->value, "sysfb_init") &&
		 has_boot_vga(findings->machine))
		findings_add(
			findings, FINDING_NOTE, "display",
			"initcall_blacklist=sysfb_init in /%s leaves the screen dark until a graphics driver starts; passthru does not need it, since it releases the boot framebuffer",
			path);
	else if (span_is_one_of(word->name, lists, ARRAY_SIZE(lists)) &&
		 has_needless(findings->machine, word->value))
		add_blacklist(findings,
			      (struct span){ word->name.at, (size_t)(word->value.at +
								     word->value.length -
								     word->name.at) },
			      path);
}

static void check_cmdline_words(struct findings *findings, const char *cmdline,
				const char *path)
{
	struct text_cursor rest = { .at = cmdline, .end = cmdline + strlen(cmdline) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter))
		check_word(findings, &parameter, path);
}

/* "install MODULE /bin/false", and "/bin/true" */
static bool is_nothing(struct span command)
{
	static const char *const names[] = {
		"/bin/false",	 "/bin/true",	"/usr/bin/false",
		"/usr/bin/true", "/sbin/false", "false",
		"true"
	};

	return span_is_one_of(command, names, ARRAY_SIZE(names));
}

/* Whether a line of modprobe.d(5) keeps a module from being loaded; which. */
static bool is_blacklist(struct text_cursor line, struct span *ret_module)
{
	struct span command = text_next_word(&line), rest;

	*ret_module = text_next_word(&line);
	rest = text_next_word(&line);
	if (span_equals(command, "blacklist"))
		return true;
	if (span_equals(command, "install"))
		return is_nothing(rest);
	return span_equals(command, "alias") && span_equals(rest, "off");
}

static void check_modprobe(struct findings *findings, const char *path)
{
	_cleanup_free_ char *text = NULL;
	const char *rest;
	struct text_cursor line;
	struct span module;

	if (beneath_read(findings->host->root_fd, path, &text) < 0)
		return;
	rest = text;
	while (text_next_line(&rest, &line))
		if (is_blacklist(line, &module) && is_needless(findings->machine, module))
			add_blacklist(
				findings,
				(struct span){ line.at, (size_t)(line.end - line.at) },
				path);
}

/* Notes what keeps drivers of cards from all devices; path is that of the command line.
 */
static void check_blacklists(struct findings *findings, const char *cmdline,
			     const char *path)
{
	check_cmdline_words(findings, cmdline, path);
	for (const struct config_file *file = config_files; file->path; file++) {
		_cleanup_free_ char **paths = NULL;

		/* A package's may be for a driver of its own. */
		if (file->format != FORMAT_MODPROBE || file->uses & CONFIG_IS_FOREIGN)
			continue;
		paths = config_file_paths(findings->host->root_fd, file);
		for (size_t i = 0; paths && paths[i]; i++)
			check_modprobe(findings, paths[i]);
	}
}

/* -- what is requested --------------------------------------------------------------- */

/* The passthru parameters on it, separated by blanks; freed by the caller. */
static char *extract(const char *cmdline)
{
	struct text_cursor rest = { .at = cmdline, .end = cmdline + strlen(cmdline) };
	struct parameter parameter;
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (!file)
		return NULL;
	while (tokenizer_next(&rest, &parameter)) {
		struct span name = parameter.name;

		if (!span_skip_prefix(&name, PARAMETER_PREFIX))
			continue;
		fprintf(file, "%s%.*s", ftell(file) ? " " : "",
			(int)parameter.name.length, parameter.name.at);
		if (parameter.value.at)
			fprintf(file, "=%.*s", (int)parameter.value.length,
				parameter.value.at);
	}
	return text_file_close(&text);
}

static const char *or_nothing(const char *text)
{
	return text && text[0] ? text : "nothing";
}

#define ADVICE_SIZE (GRUB_UPDATE_SIZE + 128)

static bool is_of_grub(const char *path)
{
	return strcmp(beneath_name(path), "grub.cfg") == 0 ||
	       strcmp(path, GRUB_DEFAULTS) == 0;
}

/* Where to put a parameter that has no effect where it is. */
static void advise_place(int root_fd, const struct boot_source *next, const char *wanted,
			 char ret[static ADVICE_SIZE])
{
	char command[GRUB_UPDATE_SIZE];

	if (is_of_grub(next->path)) {
		grub_describe_update(root_fd, wanted, command);
		snprintf(ret, ADVICE_SIZE, "add it to /" GRUB_DEFAULTS " and run %s",
			 command);
	} else {
		snprintf(
			ret, ADVICE_SIZE, "%s",
			strstr(next->path, "loader/entries/")
				? "add it to the \"options\" of the boot entry, and to /etc/kernel/cmdline for future entries"
				: "add it to the kernel command line in your boot loader's configuration");
	}
}

/* What makes the boot entries of systemd-boot from /etc/kernel/cmdline. */
static const char *find_entry_tool(int root_fd)
{
	static const struct {
		const char *path, *command;
	} tools[] = {
		{ "usr/sbin/proxmox-boot-tool", "proxmox-boot-tool refresh" },
		{ "usr/bin/sdbootutil", "sdbootutil update-all-entries" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
		if (beneath_exists(root_fd, tools[i].path))
			return tools[i].command;
	return "kernel-install, or whatever makes the boot entries";
}

/* What brings the parameters of the input into what boots next; after "run". */
static void advise_update(int root_fd, const struct boot_source *input,
			  const struct boot_source *next, const char *wanted,
			  char ret[static ADVICE_SIZE])
{
	struct initramfs initramfs;

	if (is_of_grub(input->path)) {
		grub_describe_update(root_fd, wanted, ret);
	} else if (!next->is_uki) {
		snprintf(ret, ADVICE_SIZE, "%s", find_entry_tool(root_fd));
	} else {
		if (initramfs_read_next(root_fd, next, &initramfs) == 0)
			rebuild_describe(root_fd, &initramfs, ret);
		else
			snprintf(ret, ADVICE_SIZE, "what builds the UKI");
		initramfs_free(&initramfs);
	}
}

/* The initramfs reads such files for its own parameters, so people put ours there. */
static void check_fragment(struct findings *findings, const struct boot_source *input,
			   const char *wanted, const struct boot_source *next)
{
	char advice[ADVICE_SIZE];

	advise_place(findings->host->root_fd, next, wanted, advice);
	findings_add(
		findings, FINDING_TODO, "command line",
		"/%s sets %s, which has no effect: the file becomes part of the kernel command line only in a UKI, and this system does not boot one; %s",
		input->path, wanted, advice);
}

/* If an input differs from the file generated from it, that one is outdated. */
static void check_input(struct findings *findings, const struct boot_source *input,
			const struct boot_source *next)
{
	_cleanup_free_ char *present = extract(next->cmdline);
	_cleanup_free_ char *wanted = extract(input->cmdline);
	char command[ADVICE_SIZE];

	if (input->is_unclear)
		findings_add(findings, FINDING_NOTE, "command line",
			     "/%s is only partly understood", input->path);
	/* It belongs to another boot loader, or sets nothing. */
	if (input == next || input->is_read_by_loader || !wanted || !present ||
	    !wanted[0] || strcmp(wanted, present) == 0)
		return;
	if ((input->is_fragment || next->is_uki) && wordlist_contains(wanted, present))
		return;
	if (input->is_fragment && !next->is_uki) {
		check_fragment(findings, input, wanted, next);
		return;
	}
	if (!next->is_read_by_loader)
		return;
	advise_update(findings->host->root_fd, input, next, wanted, command);
	findings_add(findings, FINDING_TODO, "command line",
		     "/%s sets %s, but /%s sets %s; run %s", input->path, wanted,
		     next->path, or_nothing(present), command);
}

static void add_problem(struct findings *findings, const struct problem *problem)
{
	char text[PHRASE_SIZE];

	phrase_problem(problem, text);
	findings_add(findings, FINDING_TODO, "command line", "%s", text);
}

/* Which lists of vfio-pci count with passthru.adopt, and what that means. */
static void check_adopted(struct findings *findings, const struct params *params)
{
	const struct selector *first = adopt_find_first(params);

	if (!params->adopt || params->off)
		return;
	if (!first)
		findings_add(
			findings, FINDING_NOTE, "adopt",
			"passthru.adopt finds no list of devices: neither vfio-pci.ids= on the kernel command line nor options vfio-pci ids= in modprobe.d");
	else if (first->source == SOURCE_BUILTIN)
		findings_add(
			findings, FINDING_NOTE, "adopt",
			"vfio-pci is built into the kernel, which gives it what vfio-pci.ids= lists before passthru starts: no guard can apply to that, and modprobe.d does not count");
	else if (first->source == SOURCE_MODPROBE)
		findings_add(findings, FINDING_OK, "adopt",
			     "ids=%s for vfio-pci in modprobe.d counts as passthru.ids",
			     params->adopted);
	else
		findings_add(
			findings, FINDING_OK, "adopt",
			"vfio-pci.ids= on the kernel command line counts as passthru.ids; lists in modprobe.d do not count");
}

/* The command line together with the configuration. */
static void check_request(struct findings *findings, const struct boot_source *next,
			  const struct whole_cmdline *whole)
{
	char name[sizeof(next->path) + sizeof(next->entry) + PROFILE_PATH_SIZE + 16];
	struct params params;
	bool requests;

	snprintf(name, sizeof(name),
		 next->entry[0] ? "%s%s%s/%s (\"%s\")" : "%s%s%s/%s%s",
		 whole->has_config ? "/" : "", whole->has_config ? whole->path : "",
		 whole->has_config ? " with " : "", next->path, next->entry);
	if (whole->ignored[0])
		findings_add(findings, FINDING_TODO, "configuration",
			     "remove what is not a parameter of passthru from /%s: %s",
			     whole->path, whole->ignored);
	if (params_parse(whole->text, &params) < 0 ||
	    adopt_for_boot(findings->host->root_fd, next->kernel, NULL, &params) < 0) {
		params_free(&params);
		return;
	}
	check_adopted(findings, &params);
	requests = params.wanted.count || params.vfs.count;
	for (size_t i = 0; i < params.problem_count; i++)
		add_problem(findings, &params.problems[i]);
	if (params.off)
		findings_add(findings, FINDING_TODO, "command line",
			     "%s has passthru.off; remove it", name);
	/* Else passthru migrate is what to run. */
	else if (!requests && !findings->has_legacy)
		findings_add(findings, FINDING_TODO, "command line",
			     "%s requests no devices%s", name,
			     generators_obstacle(findings->host->root_fd)
				     ? ""
				     : "; run passthru enable ADDRESS");
	if (!params.off && requests)
		check_blacklists(findings, next->cmdline, next->path);
	if (!params.off)
		check_vfs(findings, next, &params);
	if (!params.off && params.wanted.count)
		check_settings(findings);
	if (!params.off && requests && params.problem_count == 0)
		findings_add(findings, FINDING_OK, "command line",
			     "%s requests devices; passthru plan lists them", name);
	params_free(&params);
}

static void check_whole(struct findings *findings, const struct boot_source *next)
{
	struct configuration configuration;
	struct whole_cmdline whole = { 0 };
	int r = configuration_read_all(findings->host->root_fd, NULL, &configuration);

	if (r < 0)
		findings_add(findings, FINDING_TODO, "configuration",
			     "cannot read /%s: %s%s", CONFIGURATION_DIRECTORY,
			     strerror(-r),
			     r == -EACCES ? "; run passthru check as root" : "");
	else if (whole_cmdline_make(&configuration, next->cmdline, &whole) == 0)
		check_request(findings, next, &whole);
	if (r == 0)
		check_profiles(findings, next, &configuration);
	whole_cmdline_free(&whole);
	configuration_free(&configuration);
}

static void check_running(struct findings *findings, const struct boot_source *next,
			  const struct boot_source *running)
{
	_cleanup_free_ char *now = extract(running->cmdline);
	_cleanup_free_ char *then = extract(next->cmdline);

	if (now && then && strcmp(now, then) != 0)
		findings_add(findings, FINDING_NOTE, "command line",
			     "this boot requests %s, the next one %s", or_nothing(now),
			     or_nothing(then));
}

static void check_sources(struct findings *findings, const struct boot_sources *sources,
			  const struct boot_source *running)
{
	const char *unreadable = boot_find_unreadable(findings->host->root_fd, sources);
	const struct boot_source *next = boot_next(sources);

	if (unreadable) {
		findings_add(
			findings, FINDING_TODO, "command line",
			"cannot read /%s, which tells what boots next: run passthru check as root",
			unreadable);
		return;
	}
	if (next->note[0])
		findings_add(findings, FINDING_NOTE, "boot loader", "%s", next->note);
	check_whole(findings, next);
	check_running(findings, next, running);
	if (next == running && !next->note[0])
		findings_add(
			findings, FINDING_NOTE, "command line",
			"the boot loader that booted this system is not known; checked the command line of this boot instead");
	for (size_t i = 0; i < sources->count; i++)
		check_input(findings, &sources->items[i], next);
}

void check_cmdline(struct findings *findings)
{
	int root_fd = findings->host->root_fd;
	const struct boot_source *running;
	struct boot_sources sources;

	if (boot_read(root_fd, &sources) < 0 ||
	    boot_sources_add_running(&sources, root_fd, &running) < 0)
		findings_add(findings, FINDING_NOTE, "command line", "cannot read it");
	else
		check_sources(findings, &sources, running);
	boot_sources_free(&sources);
}
