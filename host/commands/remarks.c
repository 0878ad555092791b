/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the outlook remarks, printed, and confirmed before anything is changed. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/internal.h"
#include "outlook/outlook.h"
#include "ui/ui.h"

static void print(const struct output *output, const struct remark *remark)
{
	bool is_note = remark->level == REMARK_NOTE;

	output_wrapped(output, is_note ? STYLE_NOTE : STYLE_BAD, 0, 2, "%s: %s.",
		       is_note ? "Note" : "Warning", remark->text);
}

void remarks_print(const struct output *output, const struct outlook *outlook)
{
	for (size_t i = 0; i < outlook->count; i++)
		print(output, &outlook->items[i]);
}

void remarks_print_of_images(const struct output *output, const struct outlook *outlook)
{
	for (size_t i = 0; i < outlook->count; i++)
		if (!outlook->items[i].device)
			print(output, &outlook->items[i]);
}

void remarks_add(const struct outlook *outlook, struct json_object *object)
{
	struct json_object *array = json_add_array(object, "remarks");

	for (size_t i = 0; i < outlook->count; i++) {
		const struct remark *remark = &outlook->items[i];
		struct json_object *item = json_append(array);

		json_add_text(item, "level", remark_level_word(remark->level));
		json_add_text(item, "kind", remark->kind);
		json_add_text(item, "device",
			      remark->device ? remark->device->address : NULL);
		json_add_text(item, "text", remark->text);
	}
}

static bool is_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* The command line, for people who want to repeat it. */
static void print_command(const struct arguments *arguments)
{
	fprintf(stderr, "  passthru %s --yes", arguments->command);
	if (arguments->apply)
		fputs(" --apply", stderr);
	if (arguments->root)
		fprintf(stderr, " --root %s", arguments->root);
	if (arguments->iommu)
		fputs(" --iommu", stderr);
	if (arguments->vfs)
		fprintf(stderr, " --vfs %s", arguments->vfs);
	if (arguments->trial)
		fprintf(stderr, " --trial%s%s", arguments->trial[0] ? "=" : "",
			arguments->trial);
	if (arguments->profile)
		fprintf(stderr, " --profile %s", arguments->profile);
	for (int kind = 0; kind < SETTINGS; kind++)
		if (arguments->settings[kind])
			fprintf(stderr, " --%s %s", setting_name((enum setting_kind)kind),
				arguments->settings[kind]);
	for (int i = 0; i < arguments->operand_count; i++) {
		const char *quote = strchr(arguments->operands[i], ' ') ? "\"" : "";

		fprintf(stderr, " %s%s%s", quote, arguments->operands[i], quote);
	}
	fputc('\n', stderr);
}

bool remarks_confirm(const struct host *host, const struct outlook *outlook, bool is_dry)
{
	const struct arguments *arguments = host->arguments;
	struct output output;

	if (outlook_level(outlook) < REMARK_WARNING || arguments->yes)
		return true;
	if (is_dry)
		return false;
	if (!arguments->json) {
		output_open(stderr, &output);
		remarks_print(&output, outlook);
	}
	if (!arguments->json && is_terminal())
		return prompt_confirm("Do it all the same? [y/N] ");
	warn("nothing was changed; if that is what you want, run:");
	print_command(arguments);
	return false;
}
