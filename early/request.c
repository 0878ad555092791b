/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "request.h"
#include "util.h"

#define PREFIX "passthru."

typedef int (*item_parser)(struct span text, struct selector *ret,
			   struct selector_error *ret_error);

/* What one parameter says and where it is to be noted. */
struct reader {
	struct request *request;
	struct parameter parameter;
};

static void *grow(void *array, size_t count, size_t size)
{
	/* Doubling at the powers of two keeps this linear without a capacity to carry. */
	if (count & (count - 1))
		return array;
	return realloc(array, (count ? count * 2 : 1) * size);
}

static int add_selector(struct selectors *list, const struct selector *selector)
{
	void *larger = grow(list->items, list->count, sizeof(*selector));

	if (!larger)
		return -ENOMEM;
	list->items = larger;
	list->items[list->count++] = *selector;
	return 0;
}

static int add_problem(struct request *request, const struct problem *problem)
{
	void *larger = grow(request->problems, request->problem_count, sizeof(*problem));

	if (!larger)
		return -ENOMEM;
	request->problems = larger;
	request->problems[request->problem_count++] = *problem;
	return 0;
}

static int refuse_value(const struct reader *reader, const char *why)
{
	struct span value = reader->parameter.value;

	return add_problem(reader->request,
			   &(struct problem){ .kind = PROBLEM_VALUE,
					      .parameter = reader->parameter.name,
					      .text = value.at ? value : span_of(""),
					      .column = 1,
					      .why = why });
}

static int read_item(const struct reader *reader, struct span text, unsigned item,
		     item_parser parse, struct selectors *list)
{
	struct problem problem = { .kind = PROBLEM_ITEM,
				   .parameter = reader->parameter.name,
				   .text = text,
				   .item = item };
	struct selector selector;
	struct selector_error error;
	int r;

	if (parse(text, &selector, &error) < 0) {
		problem.column = (unsigned)error.at + 1;
		problem.why = error.why;
		return add_problem(reader->request, &problem);
	}
	r = add_selector(list, &selector);
	if (r < 0 || selector.class_mask || !selector.id.class)
		return r;
	problem.kind = PROBLEM_NO_EFFECT;
	problem.column = 1;
	problem.why = "a class without a class mask is not looked at; add :ffffff";
	return add_problem(reader->request, &problem);
}

static int read_list(const struct reader *reader, item_parser parse,
		     struct selectors *list)
{
	struct span rest = reader->parameter.value, item;
	unsigned position = 0;
	int r;

	if (!rest.at)
		return refuse_value(reader, "a list is missing; write it after a \"=\"");
	while (span_next_item(&rest, &item)) {
		position++;
		if (item.length == 0)
			continue; /* as vfio-pci's ids: a comma too many is no harm */
		r = read_item(reader, item, position, parse, list);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_ids(const struct reader *reader)
{
	return read_list(reader, selector_parse_id, &reader->request->wanted);
}

static int read_addrs(const struct reader *reader)
{
	return read_list(reader, selector_parse_address, &reader->request->wanted);
}

static int read_skip(const struct reader *reader)
{
	return read_list(reader, selector_parse_any, &reader->request->skipped);
}

static int read_group(const struct reader *reader)
{
	if (span_equals(reader->parameter.value, "report"))
		reader->request->group = GROUP_REPORT;
	else if (span_equals(reader->parameter.value, "claim"))
		reader->request->group = GROUP_CLAIM;
	else
		return refuse_value(reader, "write report or claim");
	return 0;
}

/* The name becomes part of a path in sysfs, so no more than names have. */
static bool is_driver_name(struct span name)
{
	for (size_t i = 0; i < name.length; i++) {
		char c = name.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return name.length > 0 && name.length < DRIVER_NAME_SIZE;
}

static int read_driver(const struct reader *reader)
{
	struct span value = reader->parameter.value;
	struct request *request = reader->request;

	if (!value.at || !is_driver_name(value))
		return refuse_value(reader, "write vfio-pci, auto or a driver's name");
	memcpy(request->driver, value.at, value.length);
	request->driver[value.length] = '\0';
	return 0;
}

static int read_timeout(const struct reader *reader)
{
	struct span value = reader->parameter.value;
	unsigned seconds = 0;

	for (size_t i = 0; value.at && i < value.length; i++) {
		if (value.at[i] < '0' || value.at[i] > '9' || seconds > TIMEOUT_MAX)
			goto bad;
		seconds = seconds * 10 + (unsigned)(value.at[i] - '0');
	}
	if (seconds == 0 || seconds > TIMEOUT_MAX)
		goto bad;
	reader->request->timeout = seconds;
	return 0;
bad:
	return refuse_value(reader, "write a number of seconds from 1 to 3600");
}

/*
 * The words that kstrtobool() in lib/kstrtox.c knows. What is neither leaves the flag
 * as if_unclear says, so that a slip of the hand never does more than was meant.
 */
static int read_flag(const struct reader *reader, bool *flag, bool if_unclear)
{
	static const char *const yes[] = { "1", "y", "Y", "yes", "on", "true" };
	static const char *const no[] = { "0", "n", "N", "no", "off", "false" };
	struct span value = reader->parameter.value;

	*flag = true;
	if (!value.at)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		if (span_equals(value, yes[i]))
			return 0;
	*flag = false;
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		if (span_equals(value, no[i]))
			return 0;
	*flag = if_unclear;
	return refuse_value(reader, if_unclear ? "write yes or no; taken as yes"
					       : "write yes or no; taken as no");
}

static int read_dryrun(const struct reader *reader)
{
	return read_flag(reader, &reader->request->dryrun, true);
}

static int read_force(const struct reader *reader)
{
	return read_flag(reader, &reader->request->force, false);
}

static int read_debug(const struct reader *reader)
{
	return read_flag(reader, &reader->request->debug, true);
}

static int read_off(const struct reader *reader)
{
	return read_flag(reader, &reader->request->off, true);
}

static const struct {
	const char *name;
	int (*read)(const struct reader *reader);
} known[] = {
	{ PREFIX "ids", read_ids },	  { PREFIX "addrs", read_addrs },
	{ PREFIX "skip", read_skip },	  { PREFIX "group", read_group },
	{ PREFIX "driver", read_driver }, { PREFIX "timeout", read_timeout },
	{ PREFIX "dryrun", read_dryrun }, { PREFIX "force", read_force },
	{ PREFIX "debug", read_debug },	  { PREFIX "off", read_off },
};

static bool has_prefix(struct span name)
{
	size_t length = strlen(PREFIX);

	return name.length >= length && memcmp(name.at, PREFIX, length) == 0;
}

static const char *find_nearest(struct span name)
{
	size_t best = 0, best_distance = SIZE_MAX;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		size_t distance = text_distance(name, span_of(known[i].name));

		if (distance < best_distance) {
			best = i;
			best_distance = distance;
		}
	}
	return known[best].name;
}

static int read_parameter(const struct reader *reader)
{
	struct span name = reader->parameter.name;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (span_equals_name(name, known[i].name))
			return known[i].read(reader);
	return add_problem(reader->request,
			   &(struct problem){ .kind = PROBLEM_UNKNOWN,
					      .parameter = name,
					      .text = span_of(""),
					      .why = find_nearest(name) });
}

/*
 * "passthru.ids=10de:13c2, 10de:0fbb" without quotes: for the kernel the second ID is a
 * word of its own. Users write it all the time, and it must not be dropped in silence.
 * Returns 1 where word is such an item of list, 0 where not, or -ENOMEM.
 */
static int check_stray_item(struct request *request, const struct parameter *list,
			    const struct parameter *word)
{
	struct span text = word->name;
	struct selector selector;
	struct selector_error error;
	int r;

	if (!list->value.length || list->value.at[list->value.length - 1] != ',')
		return 0;
	if (word->value.at || !text.length)
		return 0;
	if (text.at[text.length - 1] == ',')
		text.length--;
	if (selector_parse_any(text, &selector, &error) < 0)
		return 0;
	r = add_problem(
		request,
		&(struct problem){ .kind = PROBLEM_STRAY,
				   .parameter = list->name,
				   .text = text,
				   .column = 1,
				   .why = "a blank stands before it, so it is not part "
					  "of the list; remove the blank" });
	return r < 0 ? r : 1;
}

int request_parse(const char *text, struct request *ret)
{
	struct text_cursor rest = { .at = text, .end = text + strlen(text) };
	struct parameter list = { 0 }; /* the last of ours, while its list may go on */
	struct reader reader = { .request = ret };
	int r;

	*ret = (struct request){ .text = text,
				 .timeout = TIMEOUT_DEFAULT,
				 .driver = "vfio-pci" };
	while (cmdline_next(&rest, &reader.parameter)) {
		if (has_prefix(reader.parameter.name)) {
			r = read_parameter(&reader);
			list = reader.parameter;
		} else {
			r = check_stray_item(ret, &list, &reader.parameter);
			list.value = r > 0 ? reader.parameter.name : (struct span){ 0 };
		}
		if (r < 0)
			return r;
	}
	return 0;
}

void request_free(struct request *request)
{
	free(request->wanted.items);
	free(request->skipped.items);
	free(request->problems);
	*request = (struct request){ 0 };
}

bool request_is_empty(const struct request *request)
{
	return request->wanted.count == 0 && request->problem_count == 0;
}
