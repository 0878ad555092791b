/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "cmdline/internal.h"

typedef int (*item_parser)(struct span text, struct selector *ret,
			   struct selector_error *ret_error);

/* The parameter being read, and the result. */
struct reader {
	struct params *params;
	struct parameter parameter;
	enum item_source source;
	enum setting_kind kind; /* of a setting */
};

static int add_selector(struct selectors *list, const struct selector *selector)
{
	struct selector *added = array_append(list->items, list->count);

	if (!added)
		return -ENOMEM;
	*added = *selector;
	return 0;
}

static int add_problem(struct params *params, const struct problem *problem)
{
	struct problem *added = array_append(params->problems, params->problem_count);

	if (!added)
		return -ENOMEM;
	*added = *problem;
	return 0;
}

static int refuse_value(const struct reader *reader, const char *why)
{
	struct span value = reader->parameter.value;

	return add_problem(reader->params,
			   &(struct problem){ .kind = PROBLEM_VALUE,
					      .parameter = reader->parameter.name,
					      .text = value.at ? value : span_of(""),
					      .column = 1,
					      .why = why });
}

static int refuse_item(const struct reader *reader, struct problem problem,
		       const struct selector_error *error)
{
	problem.column = (unsigned)error->at + 1;
	problem.why = error->why;
	problem.meant = error->meant;
	return add_problem(reader->params, &problem);
}

static int read_setting_item(const struct reader *reader, const struct problem *problem)
{
	struct params *params = reader->params;
	struct setting setting, *added;
	struct selector_error error;

	if (setting_parse(reader->kind, problem->text, &setting, &error) < 0)
		return refuse_item(reader, *problem, &error);
	added = array_append(params->settings, params->setting_count);
	if (!added)
		return -ENOMEM;
	*added = setting;
	added->parameter = problem->parameter;
	added->item = problem->item;
	params->has_paths |= setting.device.address.step_count > 0;
	return 0;
}

static int read_item(const struct reader *reader, struct span text, unsigned item,
		     item_parser parse, struct selectors *list)
{
	struct problem problem = { .kind = PROBLEM_ITEM,
				   .parameter = reader->parameter.name,
				   .text = text,
				   .item = item };
	struct selector selector;
	struct selector_error error = { 0 };
	int r;

	if (!list)
		return read_setting_item(reader, &problem);
	if (parse(text, &selector, &error) < 0)
		return refuse_item(reader, problem, &error);
	selector.source = reader->source;
	reader->params->has_paths |= selector.address.step_count > 0;
	r = add_selector(list, &selector);
	if (!error.why && !selector.class_mask && selector.id.class)
		error.why = "the class is ignored without a class mask; add :ffffff";
	if (r < 0 || !error.why)
		return r;
	if (reader->source && error.at)
		error.why = "vfio-pci ignores what follows the numbers";
	problem.kind = PROBLEM_NO_EFFECT;
	return refuse_item(reader, problem, &error);
}

static int read_list(const struct reader *reader, item_parser parse,
		     struct selectors *list)
{
	struct span rest = reader->parameter.value, item;
	unsigned position = 0;
	int r;

	if (!rest.at)
		return refuse_value(reader, "the list is missing; write it after \"=\"");
	while (span_next_item(&rest, &item)) {
		position++;
		if (item.length == 0)
			continue; /* vfio-pci's ids= allows extra commas, too */
		r = read_item(reader, item, position, parse, list);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_ids(const struct reader *reader)
{
	return read_list(reader, selector_parse_id, &reader->params->wanted);
}

static int read_addrs(const struct reader *reader)
{
	return read_list(reader, selector_parse_address, &reader->params->wanted);
}

static int read_skip(const struct reader *reader)
{
	return read_list(reader, selector_parse_plain, &reader->params->skipped);
}

/* The kind of setting whose parameter has the name; SETTINGS for none. */
static enum setting_kind find_kind(struct span name)
{
	unsigned kind = 0;

	span_skip_prefix(&name, PARAMETER_PREFIX);
	while (kind < SETTINGS &&
	       !span_equals(name, setting_name((enum setting_kind)kind)))
		kind++;
	return (enum setting_kind)kind;
}

static int read_setting(const struct reader *reader)
{
	struct reader setting = *reader;

	setting.kind = find_kind(reader->parameter.name);
	return read_list(&setting, NULL, NULL);
}

static int read_vfs(const struct reader *reader)
{
	return read_list(reader, selector_parse_vfs, &reader->params->vfs);
}

static int read_group(const struct reader *reader)
{
	if (span_equals(reader->parameter.value, "report"))
		reader->params->group = GROUP_REPORT;
	else if (span_equals(reader->parameter.value, "claim"))
		reader->params->group = GROUP_CLAIM;
	else
		return refuse_value(reader, "write report or claim");
	return 0;
}

static int read_driver(const struct reader *reader)
{
	struct span value = reader->parameter.value;
	struct params *params = reader->params;

	if (!name_is_plain(value, sizeof(params->driver)))
		return refuse_value(reader,
				    "write vfio-pci, auto or the name of a driver");
	memcpy(params->driver, value.at, value.length);
	params->driver[value.length] = '\0';
	return 0;
}

/* Reads a number from 1 to max, which is all of the text. Returns 0 if it is none. */
static unsigned read_number(struct span text, unsigned max)
{
	unsigned number = 0;

	for (size_t i = 0; text.at && i < text.length; i++) {
		if (text.at[i] < '0' || text.at[i] > '9' || number > max)
			return 0;
		number = number * 10 + (unsigned)(text.at[i] - '0');
	}
	return number > max ? 0 : number;
}

static int read_timeout(const struct reader *reader)
{
	unsigned seconds = read_number(reader->parameter.value, TIMEOUT_MAX);

	if (seconds == 0)
		return refuse_value(reader, "write a number of seconds from 1 to 3600");
	reader->params->timeout = seconds;
	return 0;
}

/* The last one counts, also if it is malformed. */
static int read_trial(const struct reader *reader)
{
	struct params *params = reader->params;
	struct span value = reader->parameter.value, token = { 0 };
	unsigned minutes = 0;
	bool is_valid = value.at;

	params->has_trial = true;
	params->trial[0] = '\0';
	params->trial_minutes = 0;
	if (is_valid)
		token = span_until(value, ':');
	if (token.length < value.length) {
		value.at += token.length + 1;
		value.length -= token.length + 1;
		minutes = read_number(value, TRIAL_MINUTES_MAX);
		is_valid = minutes > 0;
	}
	if (!is_valid || !name_is_plain(token, sizeof(params->trial)))
		return refuse_value(reader, "passthru enable --trial writes it");
	params->trial_minutes = minutes;
	memcpy(params->trial, token.at, token.length);
	params->trial[token.length] = '\0';
	return 0;
}

/*
 * The words that kstrtobool() in lib/kstrtox.c knows. Any other value sets the flag to
 * if_unclear, the harmless choice: a typo never does more than was meant.
 */
static int read_flag(const struct reader *reader, bool *flag, bool if_unclear)
{
	struct span value = reader->parameter.value;

	*flag = true;
	if (!value.at || span_is_in(value, "1 y Y yes on true"))
		return 0;
	*flag = false;
	if (span_is_in(value, "0 n N no off false"))
		return 0;
	*flag = if_unclear;
	return refuse_value(reader, if_unclear ? "write yes or no; assuming yes"
					       : "write yes or no; assuming no");
}

static int read_dryrun(const struct reader *reader)
{
	return read_flag(reader, &reader->params->dryrun, true);
}

static int read_force(const struct reader *reader)
{
	return read_flag(reader, &reader->params->force, false);
}

static int read_debug(const struct reader *reader)
{
	return read_flag(reader, &reader->params->debug, true);
}

static int read_off(const struct reader *reader)
{
	return read_flag(reader, &reader->params->off, true);
}

/* Which one counts was decided before, in config.c. */
static int read_profile(const struct reader *reader)
{
	(void)reader;
	return 0;
}

static int read_adopt(const struct reader *reader)
{
	return read_flag(reader, &reader->params->adopt, false);
}

/* Whether the configuration counts, which was decided before; see config.h. */
static int read_config(const struct reader *reader)
{
	bool is_on;

	return read_flag(reader, &is_on, true);
}

static const struct {
	const char *name;
	int (*read)(const struct reader *reader);
} known[] = {
	{ PARAMETER_PREFIX "ids", read_ids },
	{ PARAMETER_PREFIX "addrs", read_addrs },
	{ PARAMETER_PREFIX "skip", read_skip },
	{ PARAMETER_PREFIX "vfs", read_vfs },
	{ PARAMETER_PREFIX "group", read_group },
	{ PARAMETER_PREFIX "driver", read_driver },
	{ PARAMETER_PREFIX "timeout", read_timeout },
	{ PARAMETER_PREFIX "dryrun", read_dryrun },
	{ PARAMETER_PREFIX "force", read_force },
	{ PARAMETER_PREFIX "debug", read_debug },
	{ PARAMETER_PREFIX "off", read_off },
	{ PARAMETER_PREFIX "adopt", read_adopt },
	{ PARAMETER_PREFIX "config", read_config },
	{ PROFILE_PARAMETER, read_profile },
	{ PARAMETER_PREFIX "trial", read_trial },
	{ PARAMETER_PREFIX "bar0", read_setting },
	{ PARAMETER_PREFIX "bar1", read_setting },
	{ PARAMETER_PREFIX "bar2", read_setting },
	{ PARAMETER_PREFIX "bar3", read_setting },
	{ PARAMETER_PREFIX "bar4", read_setting },
	{ PARAMETER_PREFIX "bar5", read_setting },
	{ PARAMETER_PREFIX "reset", read_setting },
	{ PARAMETER_PREFIX "d3cold", read_setting },
	{ PARAMETER_PREFIX "power", read_setting },
};

static bool has_prefix(struct span name)
{
	size_t length = strlen(PARAMETER_PREFIX);

	return name.length >= length && memcmp(name.at, PARAMETER_PREFIX, length) == 0;
}

/* What people write for them, without the prefix. */
static const struct {
	const char *name, *meant;
} synonyms[] = {
	{ "enable", "passthru enable ADDRESS" },
	{ "enabled", "passthru enable ADDRESS" },
	{ "disable", PARAMETER_PREFIX "off" },
	{ "disabled", PARAMETER_PREFIX "off" },
	{ "none", PARAMETER_PREFIX "off" },
	{ "bind", PARAMETER_PREFIX "ids" },
	{ "claim", PARAMETER_PREFIX "ids" },
	{ "devices", PARAMETER_PREFIX "ids" },
	{ "device", PARAMETER_PREFIX "ids" },
	{ "address", PARAMETER_PREFIX "addrs" },
	{ "addresses", PARAMETER_PREFIX "addrs" },
	{ "slots", PARAMETER_PREFIX "addrs" },
	{ "hide", PARAMETER_PREFIX "addrs" },
	{ "hide_pci", PARAMETER_PREFIX "addrs" },
	{ "exclude", PARAMETER_PREFIX "skip" },
	{ "ignore", PARAMETER_PREFIX "skip" },
	{ "module", PARAMETER_PREFIX "driver" },
	{ "verbose", PARAMETER_PREFIX "debug" },
	{ "wait", PARAMETER_PREFIX "timeout" },
};

/*
 * What the user may have meant by an unknown name: a parameter or a command; "" if that
 * is unclear. Never the one that lifts the guards.
 */
static const char *find_meant(struct span name)
{
	size_t best = SIZE_MAX;
	const char *meant = "";

	span_skip_prefix(&name, PARAMETER_PREFIX);
	for (size_t i = 0; i < ARRAY_SIZE(synonyms); i++)
		if (span_equals_name(name, synonyms[i].name))
			return synonyms[i].meant;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const char *other = known[i].name + strlen(PARAMETER_PREFIX);
		size_t slips = text_slips(name, span_of(other));

		if (slips < best && known[i].read != read_force) {
			best = slips;
			meant = known[i].name;
		}
	}
	return meant;
}

static int read_parameter(const struct reader *reader)
{
	struct span name = reader->parameter.name;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (span_equals_name(name, known[i].name))
			return known[i].read(reader);
	return add_problem(reader->params, &(struct problem){ .kind = PROBLEM_UNKNOWN,
							      .parameter = name,
							      .text = span_of(""),
							      .why = find_meant(name) });
}

/* Whether the text could be an item of the parameter, or a device for one. */
static bool is_item(struct span parameter, struct span text)
{
	enum setting_kind kind = find_kind(parameter);
	struct selector selector;
	struct setting setting;
	struct selector_error error;

	return (kind < SETTINGS && setting_parse(kind, text, &setting, &error) == 0) ||
	       selector_parse_vfs(text, &selector, &error) == 0;
}

/*
 * In "passthru.ids=10de:13c2, 10de:0fbb" without quotes the second ID is a separate
 * parameter. Users often write this, so it must not be dropped silently. Returns 1 if
 * word looks like an item of the list, 0 if not, or -ENOMEM.
 */
static int check_stray_item(struct params *params, const struct parameter *list,
			    const struct parameter *word)
{
	struct span text = word->name;
	int r;

	if (!list->value.length || list->value.at[list->value.length - 1] != ',')
		return 0;
	if (word->value.at || !text.length)
		return 0;
	if (text.at[text.length - 1] == ',')
		text.length--;
	if (!is_item(list->name, text))
		return 0;
	r = add_problem(
		params,
		&(struct problem){
			.kind = PROBLEM_STRAY,
			.parameter = list->name,
			.text = text,
			.column = 1,
			.why = "a space separates it from the list; remove the space" });
	return r < 0 ? r : 1;
}

const char *problem_word(enum problem_kind kind)
{
	switch (kind) {
	case PROBLEM_ITEM:
	case PROBLEM_STRAY:
	case PROBLEM_VALUE:
		return "malformed";
	case PROBLEM_UNKNOWN:
		return "unknown";
	case PROBLEM_NO_EFFECT:
		return "no-effect";
	case PROBLEM_UNMATCHED:
	case PROBLEM_ELSEWHERE:
		return "unmatched";
	}
	return "unknown";
}

int params_read(struct cmdline *cmdline, struct params *ret)
{
	/* The last passthru. parameter, if its list may continue. */
	struct parameter list = { 0 };
	int r = 0;

	*ret = (struct params){ .cmdline = *cmdline,
				.timeout = TIMEOUT_DEFAULT,
				.driver = "vfio-pci" };
	*cmdline = (struct cmdline){ 0 };
	for (size_t i = 0; r >= 0 && i < ret->cmdline.count; i++) {
		struct reader reader = { .params = ret,
					 .parameter = ret->cmdline.words[i] };

		if (has_prefix(reader.parameter.name)) {
			r = read_parameter(&reader);
			list = reader.parameter;
		} else {
			r = check_stray_item(ret, &list, &reader.parameter);
			list.value = r > 0 ? reader.parameter.name : (struct span){ 0 };
		}
	}
	return r < 0 ? r : 0;
}

int params_parse(const char *text, struct params *ret)
{
	struct cmdline cmdline;
	int r = cmdline_split(text, &cmdline);

	if (r < 0) {
		cmdline_free(&cmdline);
		*ret = (struct params){ 0 };
		return r;
	}
	return params_read(&cmdline, ret);
}

/* -- what vfio-pci has a list for ---------------------------------------------------- */

static const char *const sources[] = { "", "vfio-pci.ids", "modprobe.d",
				       "vfio-pci.ids,built-in" };

const char *item_source_word(enum item_source source)
{
	return sources[source];
}

enum item_source item_source_find(const char *word)
{
	unsigned i = ARRAY_SIZE(sources) - 1;

	while (i && strcmp(sources[i], word) != 0)
		i--;
	return (enum item_source)i;
}

/*
 * The parameter has its last value, built in or not: parse_args() in kernel/params.c. For
 * a module, libkmod puts what the kernel command line has after what modprobe.d has.
 */
static const struct parameter *find_list(const struct params *params)
{
	for (size_t i = params->cmdline.count; i-- > 0;) {
		const struct parameter *word = &params->cmdline.words[i];

		if (word->value.at && span_equals_name(word->name, "vfio-pci.ids"))
			return word;
	}
	return NULL;
}

bool params_have_list(const struct params *params)
{
	return find_list(params);
}

int params_adopt(struct params *params, char *list, bool is_builtin)
{
	const struct parameter *word = find_list(params);
	struct reader reader = { .params = params, .source = SOURCE_MODPROBE };
	int r = 0;

	params->adopted = list;
	if (word) {
		reader.source = is_builtin ? SOURCE_BUILTIN : SOURCE_CMDLINE;
		reader.parameter = *word;
		if (++word < params->cmdline.words + params->cmdline.count)
			r = check_stray_item(params, &reader.parameter, word);
	} else if (list) {
		reader.parameter.name = span_of(item_source_word(SOURCE_MODPROBE));
		reader.parameter.value = span_of(list);
	} else {
		return 0;
	}
	return r < 0 ? r : read_list(&reader, selector_parse_listed, &params->wanted);
}

void params_free(struct params *params)
{
	free(params->adopted);
	free(params->wanted.items);
	free(params->skipped.items);
	free(params->vfs.items);
	free(params->problems);
	free(params->settings);
	cmdline_free(&params->cmdline);
	*params = (struct params){ 0 };
}

bool params_are_empty(const struct params *params)
{
	return params->wanted.count == 0 && params->vfs.count == 0 &&
	       params->problem_count == 0 && !params->cmdline.profile_verdict;
}
