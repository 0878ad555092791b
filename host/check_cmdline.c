/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel command line asks for, in this boot and in the next one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "cmdline.h"
#include "file.h"
#include "findings.h"
#include "request.h"
#include "words.h"

/* All of our parameters on it, with blanks between them; to be freed by the caller. */
static char *extract(const char *cmdline)
{
	struct text_cursor rest = { .at = cmdline, .end = cmdline + strlen(cmdline) };
	struct parameter parameter;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	while (cmdline_next(&rest, &parameter)) {
		if (parameter.name.length < 9 ||
		    memcmp(parameter.name.at, "passthru.", 9) != 0)
			continue;
		fprintf(file, "%s%.*s", ftell(file) ? " " : "",
			(int)parameter.name.length, parameter.name.at);
		if (parameter.value.at)
			fprintf(file, "=%.*s", (int)parameter.value.length,
				parameter.value.at);
	}
	return fclose(file) == 0 ? text : NULL;
}

static const char *or_nothing(const char *text)
{
	return text && text[0] ? text : "nothing";
}

/* What to do with a parameter that is where it has no effect. */
static const char *advise_place(const struct boot_source *next)
{
	if (strstr(next->path, "grub"))
		return "put it into /etc/default/grub and run update-grub";
	if (strstr(next->path, "loader/entries/"))
		return "put it into the \"options\" of the boot loader entry, and into "
		       "/etc/kernel/cmdline for entries to come";
	return "put it on the kernel command line, in your boot loader's configuration";
}

/* The initramfs reads such files, too, and that is what makes people put it there. */
static void check_part(struct findings *findings, const struct boot_source *input,
		       const char *wanted, const struct boot_source *next)
{
	findings_add(findings, FINDING_TODO, "command line",
		     "/%s asks for %s, which has no effect: passthru-early goes by the "
		     "kernel command line, and what is in that file becomes part of it "
		     "in a unified kernel image only, which is not what boots here; %s",
		     input->path, wanted, advise_place(next));
}

/* What it is made of must say the same: or it is to be made anew. */
static void check_input(struct findings *findings, const struct boot_source *input,
			const struct boot_source *next)
{
	_cleanup_free_ char *asked = extract(next->cmdline);
	_cleanup_free_ char *wanted = extract(input->cmdline);

	if (input->is_unclear)
		findings_add(findings, FINDING_NOTE, "command line",
			     "there is more in /%s than is understood", input->path);
	/* One for another boot loader, or one that has nothing to say. */
	if (input == next || input->is_final || !wanted || !asked || !wanted[0] ||
	    strcmp(wanted, asked) == 0)
		return;
	if ((input->is_part || next->is_image) && words_contain(wanted, asked))
		return;
	if (input->is_part && !next->is_image)
		check_part(findings, input, wanted, next);
	else if (next->is_final)
		findings_add(findings, FINDING_TODO, "command line",
			     "/%s asks for %s, but /%s for %s; run %s", input->path,
			     wanted, next->path, or_nothing(asked), input->rebuild);
}

static void check_request(struct findings *findings, const struct boot_source *next)
{
	char name[sizeof(next->path) + sizeof(next->entry) + 8];
	struct request request;

	snprintf(name, sizeof(name), next->entry[0] ? "/%s (\"%s\")" : "/%s%s",
		 next->path, next->entry);
	if (request_parse(next->cmdline, &request) < 0)
		return;
	for (size_t i = 0; i < request.problem_count; i++)
		findings_add(findings, FINDING_TODO, "command line",
			     "\"%.*s\" in %.*s is not understood: %s",
			     (int)request.problems[i].text.length,
			     request.problems[i].text.at,
			     (int)request.problems[i].parameter.length,
			     request.problems[i].parameter.at, request.problems[i].why);
	if (request.off)
		findings_add(findings, FINDING_TODO, "command line",
			     "passthru.off is in %s; take it out", name);
	else if (request.wanted.count == 0)
		findings_add(findings, FINDING_TODO, "command line",
			     "%s asks for no device; passthru args ADDRESS prints the "
			     "parameter that does",
			     name);
	else if (request.problem_count == 0)
		findings_add(findings, FINDING_GOOD, "command line",
			     "%s asks for devices; passthru plan shows which", name);
	request_free(&request);
}

static void check_running(struct findings *findings, const struct boot_source *next,
			  const char *running)
{
	_cleanup_free_ char *now = extract(running);
	_cleanup_free_ char *then = extract(next->cmdline);

	if (now && then && strcmp(now, then) != 0)
		findings_add(findings, FINDING_NOTE, "command line",
			     "this boot was asked for %s, the next one will be for %s",
			     or_nothing(now), or_nothing(then));
}

void check_cmdline(struct findings *findings)
{
	int root_fd = findings->host->root_fd;
	_cleanup_free_ char *running = NULL;
	struct boot_source this = { .path = "proc/cmdline" };
	const struct boot_source *next;
	struct boot_sources sources = { 0 };

	if (file_read(root_fd, "proc/cmdline", &running) < 0 ||
	    boot_read(root_fd, &sources) < 0) {
		findings_add(findings, FINDING_NOTE, "command line", "cannot be read");
		boot_sources_free(&sources);
		return;
	}
	running[strcspn(running, "\n")] = '\0';
	this.cmdline = running;
	next = boot_next(&sources);
	if (next) {
		if (next->note[0])
			findings_add(findings, FINDING_NOTE, "boot loader", "%s",
				     next->note);
		check_request(findings, next);
		check_running(findings, next, running);
	} else {
		next = &this;
		check_request(findings, next);
		findings_add(findings, FINDING_NOTE, "command line",
			     "no configuration of GRUB or systemd-boot is found, so this "
			     "boot's is looked at");
	}
	for (size_t i = 0; i < sources.count; i++)
		check_input(findings, &sources.items[i], next);
	boot_sources_free(&sources);
}
