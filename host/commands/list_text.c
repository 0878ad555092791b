/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list for people: like lspci -nnk, by IOMMU group, with equal functions in one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "commands/internal.h"
#include "machine/machine.h"

/* As many equal functions in a row become one item. */
#define FOLD_MIN 4

struct text {
	const struct list *list;
	const struct device **items; /* the devices of the list, by group and address */
	size_t count;
	size_t skip;	 /* of each address: "0000:" if there is no other domain */
	unsigned indent; /* of what is below an address */
	bool folds; /* what is equal, and virtual functions into their physical one */
};

/* -- what to print ------------------------------------------------------------------- */

bool list_has(const struct list *list, const struct device *device)
{
	for (size_t i = 0; i < list->filter_count; i++)
		if (filter_matches(&list->filters[i], device))
			return true;
	return list->filter_count == 0;
}

/* Devices without a group come last. */
static int compare(const void *a_data, const void *b_data)
{
	const struct device *a = *(const struct device *const *)a_data;
	const struct device *b = *(const struct device *const *)b_data;
	bool a_has = a->pci->group != NO_GROUP, b_has = b->pci->group != NO_GROUP;

	if (a_has != b_has)
		return b_has - a_has;
	if (a->pci->group != b->pci->group)
		return a->pci->group < b->pci->group ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* A filter that names single functions wants to see each of them. */
static bool names_functions(const struct list *list)
{
	for (size_t i = 0; i < list->filter_count; i++)
		if (list->filters[i].kind == FILTER_ADDRESS ||
		    list->filters[i].kind == FILTER_GROUP)
			return true;
	return false;
}

/* One that the system needs has a note of its own. */
static bool is_vf_folded(const struct text *text, const struct device *device)
{
	return text->folds && device->physical && !device->needed_for &&
	       list_has(text->list, device->physical);
}

static int text_make(const struct list *list, struct text *ret)
{
	size_t longest = 0;
	bool one_domain = true;

	*ret = (struct text){ .list = list,
			      .folds = !names_functions(list) &&
				       !list->host->arguments->verbose };
	ret->items = calloc(list->machine.count + 1, sizeof(ret->items[0]));
	if (!ret->items)
		return -1;
	for (size_t i = 0; i < list->machine.count; i++) {
		const struct device *device = &list->machine.devices[i];

		one_domain &= strncmp(device->address, "0000:", 5) == 0;
		if (strlen(device->address) > longest)
			longest = strlen(device->address);
		if (list_has(list, device) && !is_vf_folded(ret, device))
			ret->items[ret->count++] = device;
	}
	ret->skip = one_domain ? 5 : 0;
	ret->indent = 2 + (unsigned)(longest - ret->skip) + 1;
	if (ret->count)
		qsort(ret->items, ret->count, sizeof(ret->items[0]), compare);
	return 0;
}

static size_t group_end(const struct text *text, size_t from)
{
	size_t to = from;

	while (to < text->count &&
	       text->items[to]->pci->group == text->items[from]->pci->group)
		to++;
	return to;
}

/*
 * Host and ISA bridges have the header of an ordinary function. So do others of the class
 * that do get passed through, such as NVSwitches (0680).
 */
static bool is_bridge(const struct pci_device *device)
{
	uint32_t class = device->id.class >> 8;

	return device->is_bridge || class == 0x0600 || class == 0x0601;
}

static bool is_bridges_only(const struct text *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (!is_bridge(text->items[i]->pci))
			return false;
	return text->items[from]->pci->group != NO_GROUP;
}

/* -- equal functions ----------------------------------------------------------------- */

/* Functions of its card in its own group are in the title. */
static bool is_card_elsewhere(const struct device *device, const struct device *other)
{
	return device_is_display(device) && device_is_of_card(device, other) &&
	       device->pci->group != other->pci->group && other->pci->group != NO_GROUP;
}

static bool has_card_elsewhere(const struct machine *machine, const struct device *device)
{
	for (size_t i = 0; i < machine->count; i++)
		if (is_card_elsewhere(device, &machine->devices[i]))
			return true;
	return false;
}

static bool has_notes(const struct text *text, const struct device *device)
{
	return device->pci->is_boot_display || device->needed_for || device->vf_count ||
	       has_card_elsewhere(&text->list->machine, device);
}

static bool is_equal(const struct list *list, const struct device *a,
		     const struct device *b)
{
	return list_next_boot(list, a) == list_next_boot(list, b) &&
	       memcmp(&a->pci->id, &b->pci->id, sizeof(a->pci->id)) == 0 &&
	       strcmp(a->pci->driver, b->pci->driver) == 0 &&
	       a->is_claimed == b->is_claimed;
}

/* How many others must be passed through with the device. */
static size_t count_companions(const struct machine *machine, const struct device *device)
{
	size_t count = 0;

	for (size_t i = 0; i < machine->count; i++)
		count += device_goes_with(device, &machine->devices[i]);
	return count;
}

static bool has_own_group(const struct text *text, size_t index)
{
	int group = text->items[index]->pci->group;

	return group != NO_GROUP &&
	       (index == 0 || text->items[index - 1]->pci->group != group) &&
	       (index + 1 == text->count ||
		text->items[index + 1]->pci->group != group) &&
	       count_companions(&text->list->machine, text->items[index]) == 0;
}

/* The number of equal functions from there on: all of one group, or each in its own. */
static size_t count_equal(const struct text *text, size_t from, bool *ret_alone)
{
	const struct device *first = text->items[from];
	size_t to = from + 1;

	*ret_alone = has_own_group(text, from);
	if (!text->folds || has_notes(text, first))
		return 1;
	while (to < text->count && is_equal(text->list, first, text->items[to]) &&
	       !has_notes(text, text->items[to]) &&
	       (*ret_alone ? has_own_group(text, to)
			   : text->items[to]->pci->group == first->pci->group))
		to++;
	return to - from;
}

/* -- printing ------------------------------------------------------------------------ */

static void print_title(const struct text *text, size_t from)
{
	const struct device *first = text->items[from];
	size_t others = 0;
	char title[128] = "Without an IOMMU group";

	for (size_t i = from; i < group_end(text, from) && !others; i++)
		others = count_companions(&text->list->machine, text->items[i]);
	if (first->pci->group != NO_GROUP && others)
		snprintf(title, sizeof(title),
			 "Group %d: %zu functions, passed through together or not at all",
			 first->pci->group, others + 1);
	else if (first->pci->group != NO_GROUP)
		snprintf(title, sizeof(title), "Group %d", first->pci->group);
	output_styled(&text->list->host->output, STYLE_TITLE, title);
	putchar('\n');
}

/* "(rev a1)", as lspci prints it, or "". */
static void format_revision(const struct text *text, const struct device *device,
			    char *ret, size_t size)
{
	char value[16];

	ret[0] = '\0';
	if (device_read(text->list->host, device, "revision", value, sizeof(value)) &&
	    strtoul(value, NULL, 16) != 0)
		snprintf(ret, size, " (rev %02lx)", strtoul(value, NULL, 16) & 0xff);
}

static void print_note(const struct output *output, enum style style, unsigned indent,
		       const char *text)
{
	printf("%*s", (int)indent, "");
	output_styled(output, style, "* ");
	output_wrapped(output, style, indent + 2, indent + 2, "%s", text);
}

static void print_card(const struct text *text, const struct device *device)
{
	for (size_t i = 0; i < text->list->machine.count; i++) {
		const struct device *other = &text->list->machine.devices[i];
		char note[128];

		if (!is_card_elsewhere(device, other))
			continue;
		snprintf(note, sizeof(note), "%s in group %d is of the same card",
			 other->address + text->skip, other->pci->group);
		print_note(&text->list->host->output, STYLE_NOTE, text->indent, note);
	}
}

static void print_next_boot(const struct text *text, const struct device *device)
{
	const struct output *output = &text->list->host->output;

	switch (list_next_boot(text->list, device)) {
	case NEXT_BOOT_SAME:
		break;
	case NEXT_BOOT_CLAIMS:
		print_note(output, STYLE_GOOD, text->indent,
			   "claimed from the next boot on");
		break;
	case NEXT_BOOT_RELEASES:
		print_note(output, STYLE_NOTE, text->indent, "released at the next boot");
		break;
	}
}

static void print_vfs(const struct text *text, const struct device *device)
{
	char note[VFS_TEXT_SIZE];

	list_describe_vfs(text->list, device, text->skip, note);
	if (!note[0] && device->vf_count)
		snprintf(note, sizeof(note), "%u virtual functions are enabled",
			 device->vf_count);
	else if (!note[0] && device->pf.total && text->list->host->arguments->verbose)
		snprintf(note, sizeof(note), "can have %u virtual functions",
			 device->pf.total);
	if (note[0])
		print_note(&text->list->host->output, STYLE_NOTE, text->indent, note);
}

/* What passthru can set of it: the present values, and the sizes that a BAR can have. */
static void print_settings(const struct text *text, const struct device *device)
{
	char note[SETTINGS * 2 * SETTING_TEXT_SIZE];

	if (!text->list->host->arguments->verbose || device->pci->is_bridge)
		return;
	list_describe_settings(text->list->host, device, note, sizeof(note));
	if (note[0])
		print_note(&text->list->host->output, STYLE_DIM, text->indent, note);
}

static void print_notes(const struct text *list, const struct device *device)
{
	const struct output *output = &list->list->host->output;
	unsigned indent = list->indent;
	char text[sizeof(device->system) + 64];

	if (device->is_claimed)
		print_note(output, STYLE_GOOD, indent, "claimed for passthrough");
	print_next_boot(list, device);
	if (device->pci->is_boot_display)
		print_note(output, STYLE_NOTE, indent, "boot display");
	if (device->needed_for) {
		snprintf(text, sizeof(text), "%s%s",
			 device->needed_for == REASON_CONSOLE ? ""
							      : "root disk or in use: ",
			 device->system);
		print_note(output, STYLE_BAD, indent, text);
	}
	print_vfs(list, device);
	print_settings(list, device);
}

/* What follows the address, which ends in that column. */
static void print_device(const struct text *text, const struct device *device,
			 unsigned column)
{
	const struct output *output = &text->list->host->output;
	const struct pci_device *pci = device->pci;
	char name[FULL_NAME_SIZE], revision[16];

	device_full_name(device, name);
	format_revision(text, device, revision, sizeof(revision));
	output_wrapped(output, STYLE_PLAIN, column, text->indent,
		       "%s [%04x]: %s%s[%04x:%04x]%s",
		       device->class_name[0] ? device->class_name : "Class",
		       (unsigned)pci->id.class >> 8, name, name[0] ? " " : "",
		       (unsigned)pci->id.vendor, (unsigned)pci->id.device, revision);
	printf("%*s", (int)text->indent, "");
	output_wrapped(output, pci->driver[0] ? STYLE_PLAIN : STYLE_DIM, text->indent,
		       text->indent, "%s%s", pci->driver[0] ? "driver " : "no driver",
		       pci->driver);
	print_notes(text, device);
	print_card(text, device);
}

static void print_single(const struct text *text, const struct device *device)
{
	const char *address = device->address + text->skip;

	printf("  ");
	output_styled(&text->list->host->output, STYLE_TITLE, address);
	printf("%*s", (int)(text->indent - 2 - strlen(address)), "");
	print_device(text, device, text->indent);
}

static void print_folded(const struct text *text, size_t from, size_t count,
			 bool is_alone)
{
	const struct output *output = &text->list->host->output;
	const struct device *first = text->items[from];
	const struct device *last = text->items[from + count - 1];
	char line[128];

	if (is_alone) {
		snprintf(line, sizeof(line), "Groups %d to %d, one function each",
			 first->pci->group, last->pci->group);
		output_styled(output, STYLE_TITLE, line);
		putchar('\n');
	}
	snprintf(line, sizeof(line), "%s to %s", first->address + text->skip,
		 last->address + text->skip);
	printf("  ");
	output_styled(output, STYLE_TITLE, line);
	printf(": %zu equal functions\n%*s", count, (int)text->indent, "");
	print_device(text, first, text->indent);
}

static void print_group(const struct text *text, size_t from, size_t to)
{
	bool is_alone;

	print_title(text, from);
	while (from < to) {
		size_t count = count_equal(text, from, &is_alone);

		if (count >= FOLD_MIN) {
			print_folded(text, from, count, false);
		} else {
			count = 1;
			print_single(text, text->items[from]);
		}
		from += count;
	}
}

/* Nobody passes bridges through; their groups are one line at the end. */
struct bridges {
	char groups[256]; /* "0, 1, 5" */
	size_t count;
};

static void note_bridges(struct bridges *bridges, int group)
{
	size_t length = strlen(bridges->groups);

	bridges->count++;
	if (length + 16 < sizeof(bridges->groups))
		snprintf(bridges->groups + length, sizeof(bridges->groups) - length,
			 "%s%d", length ? ", " : "", group);
	else if (strcmp(bridges->groups + length - 3, "...") != 0)
		strcpy(bridges->groups + length, ", ...");
}

static void print_bridges(const struct text *text, const struct bridges *bridges)
{
	if (bridges->count)
		output_wrapped(&text->list->host->output, STYLE_DIM, 0, 2,
			       "Only bridges: %s %s (passthru list bridge shows them)",
			       bridges->count > 1 ? "groups" : "group", bridges->groups);
}

size_t list_print(const struct list *list)
{
	struct bridges bridges = { 0 };
	struct text text;

	if (text_make(list, &text) < 0)
		return 0;
	for (size_t i = 0; i < text.count;) {
		size_t end = group_end(&text, i);
		bool is_alone;
		size_t equal = count_equal(&text, i, &is_alone);

		if (!list->filter_count && is_bridges_only(&text, i, end)) {
			note_bridges(&bridges, text.items[i]->pci->group);
		} else if (is_alone && equal >= FOLD_MIN) {
			print_folded(&text, i, equal, true);
			end = i + equal;
		} else {
			print_group(&text, i, end);
		}
		i = end;
	}
	print_bridges(&text, &bridges);
	free(text.items);
	return text.count;
}
