/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "boot.h"
#include "file.h"
#include "leftover.h"
#include "machine.h"
#include "modconf.h"
#include "request.h"
#include "shell.h"
#include "sysfs.h"
#include "words.h"

/*
 * All files are gone through twice: first for what is asked for, then for the edits,
 * since the parameter that takes the old settings' place must be whole by then.
 */
struct search {
	const struct host *host;
	struct leftovers *found;
	struct machine machine;
	bool is_second;	   /* the edits are to be made */
	bool is_running;   /* the items are from the running command line only */
	bool uses_grub;	   /* the boot loader is GRUB, with its usual configuration */
	bool uses_entries; /* it reads boot loader entries */
	char *image;	   /* the command line of the kernel image it boots, or NULL */
	const char *part;  /* what is being read that may be a part of that */
	bool has_carrier; /* its command line has old settings that the parameter replaces
			   */
	bool has_home;	  /* GRUB's configuration has taken the parameter without any */
	struct edit *edit; /* the file that is being read */
	size_t line;
	int error;
};

static void note(struct search *search, const char *format, ...) _printf_(2, 3);

static int append(char ***list, size_t *count, const char *text)
{
	char **larger = realloc(*list, (*count + 1) * sizeof(larger[0]));
	char *copy = strdup(text);

	if (larger)
		*list = larger;
	if (!larger || !copy) {
		free(copy);
		return -ENOMEM;
	}
	larger[(*count)++] = copy;
	return 0;
}

static void note(struct search *search, const char *format, ...)
{
	char text[512];
	va_list arguments;

	if (!search->is_second)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (append(&search->found->notes, &search->found->note_count, text) < 0)
		search->error = -ENOMEM;
}

/* About the line that is being read. */
static void note_line(struct search *search, const char *why)
{
	note(search, "/%s, line %zu: %s: %.200s", search->edit->path, search->line + 1,
	     why, search->edit->lines[search->line].old);
}

/* The same, of what may name devices: without it the rest must not be changed. */
static void note_unclear(struct search *search, const char *why)
{
	note_line(search, why);
	search->found->is_unclear = true;
}

static void set_line(struct search *search, const char *text)
{
	if (search->is_second && edit_set(search->edit, search->line, text) < 0)
		search->error = -ENOMEM;
}

/* -- what is asked for --------------------------------------------------------------- */

static void add_item(struct search *search, const char *item)
{
	struct leftovers *found = search->found;

	if (search->is_second)
		return;
	for (size_t i = 0; i < found->item_count; i++)
		if (strcasecmp(found->items[i], item) == 0)
			return;
	if (append(&found->items, &found->item_count, item) < 0)
		search->error = -ENOMEM;
}

/* A list of IDs as vfio-pci has it. Returns whether all of it is understood. */
static bool add_ids(struct search *search, const char *list)
{
	struct span rest = span_of(list), item;
	struct selector_error error;
	struct selector selector;
	char text[128];

	while (span_next_item(&rest, &item))
		if (item.length && (item.length >= sizeof(text) ||
				    selector_parse_id(item, &selector, &error) < 0 ||
				    selector.has_address))
			return false;
	rest = span_of(list);
	while (span_next_item(&rest, &item)) {
		if (!item.length)
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)item.length, item.at);
		for (char *at = text; *at; at++)
			*at = (char)tolower((unsigned char)*at);
		add_item(search, text);
	}
	return true;
}

/* An address becomes ID@ADDRESS; of a device that is not there nobody knows the ID. */
static const struct device *find_device(const struct search *search, struct span text)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	if (address_parse(text.at, text.length, &pattern, &why, &at) < 0 ||
	    pattern.any_function)
		return NULL;
	return machine_find(&search->machine, &pattern.address);
}

static bool add_address(struct search *search, struct span text)
{
	const struct device *device = find_device(search, text);
	char item[64];

	if (!device)
		return false;
	snprintf(item, sizeof(item), "%04x:%04x@%s", (unsigned)device->pci->id.vendor,
		 (unsigned)device->pci->id.device, device->address);
	add_item(search, item);
	return true;
}

/* Of "(0000:06:00.0)(0000:06:00.1)", and the same with commas or blanks. */
static bool next_address(const char **list, struct span *ret)
{
	*list += strspn(*list, "(), ");
	*ret = (struct span){ *list, strcspn(*list, "(), ") };
	*list += ret->length;
	return ret->length > 0;
}

/* All or none of them: what is left where it is must not be asked for twice. */
static bool add_addresses(struct search *search, const char *list)
{
	const char *rest = list;
	struct span item;

	while (next_address(&rest, &item))
		if (!find_device(search, item))
			return false;
	while (next_address(&list, &item))
		add_address(search, item);
	return true;
}

/* -- modprobe.d ---------------------------------------------------------------------- */

static bool is_ours(const char *module)
{
	static const char *const names[] = { "vfio", "vfio_pci", "vfio_pci_core",
					     "vfio_iommu_type1", "vfio_virqfd" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (text_equals_name(module, names[i]))
			return true;
	return false;
}

/* "options vfio-pci ids=… disable_vga=1": the IDs go, the rest stays. */
static void read_options(struct search *search, struct words *words)
{
	bool any = false;

	if (words->count < 3 || !text_equals_name(words->items[1], "vfio_pci"))
		return;
	for (size_t i = 2; i < words->count; i++) {
		if (strncmp(words->items[i], "ids=", 4) != 0)
			continue;
		if (!add_ids(search, words_unquote(words->items[i] + 4))) {
			note_unclear(search, "an ID in it cannot be read, so it is left");
			return;
		}
		any = true;
		words_remove(words, i--);
	}
	if (any && words_join(words, 0) == 0)
		set_line(search, words->count > 2 ? words->joined : NULL);
}

/* "softdep nouveau pre: vfio-pci": only our modules go. */
static void read_softdep(struct search *search, struct words *words)
{
	bool any = false, left = false;

	for (size_t i = 2; i < words->count; i++) {
		if (!is_ours(words->items[i])) {
			left |= words->items[i][strlen(words->items[i]) - 1] != ':';
			continue;
		}
		any = true;
		words_remove(words, i--);
	}
	if (!any)
		return;
	words_join(words, 0);
	set_line(search, left ? words->joined : NULL);
}

static void read_modprobe_line(struct search *search, const char *line)
{
	struct words words;
	size_t length = strlen(line);

	if (words_split(line, &words) < 0) {
		search->error = -ENOMEM;
		return;
	}
	if (words.count < 2 || words.items[0][0] == '#')
		;
	else if (strstr(line, "vfio") && line[length - 1] == '\\')
		note_unclear(search, "it goes on in the next line, so it is left");
	else if (strcmp(words.items[0], "options") == 0)
		read_options(search, &words);
	else if (strcmp(words.items[0], "softdep") == 0)
		read_softdep(search, &words);
	else if ((strcmp(words.items[0], "install") == 0 ||
		  strcmp(words.items[0], "alias") == 0) &&
		 (strstr(line, "vfio-pci") || strstr(line, "vfio_pci") ||
		  strstr(line, "driver_override")))
		note_line(search, "not understood, look at it");
	words_free(&words);
}

/* -- lists of modules ---------------------------------------------------------------- */

static void read_module_line(struct search *search, const char *line)
{
	struct words words;

	if (words_split(line, &words) < 0) {
		search->error = -ENOMEM;
		return;
	}
	if (words.count && words.items[0][0] != '#' && is_ours(words.items[0])) {
		bool understood = true;

		for (size_t i = 1; i < words.count && words.items[i][0] != '#'; i++)
			understood &= strncmp(words.items[i], "ids=", 4) == 0 &&
				      add_ids(search, words_unquote(words.items[i] + 4));
		if (understood)
			set_line(search, NULL);
		else
			note_unclear(search, "an option in it is not understood, so it "
					     "is left");
	}
	words_free(&words);
}

/* -- the kernel command line --------------------------------------------------------- */

static bool is_framebuffer_off(const char *value)
{
	static const char *const known[] = { "efifb:off", "vesafb:off", "simplefb:off",
					     "efifb:off,vesafb:off",
					     "vesafb:off,efifb:off" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strcmp(value, known[i]) == 0)
			return true;
	return false;
}

enum fate { FATE_STAYS, FATE_GOES, FATE_CARRIES, FATE_UNCLEAR };

/* What becomes of one parameter; FATE_CARRIES: ours stands for it from now on. */
static enum fate judge_parameter(struct search *search, const char *name,
				 const char *value)
{
	if (text_equals_name(name, "vfio_pci.ids") ||
	    text_equals_name(name, "pci_stub.ids"))
		return add_ids(search, value) ? FATE_CARRIES : FATE_UNCLEAR;
	if (text_equals_name(name, "xen_pciback.hide") ||
	    text_equals_name(name, "rd.qubes.hide_pci"))
		return add_addresses(search, value) ? FATE_CARRIES : FATE_UNCLEAR;
	if (strcmp(name, "video") == 0)
		return is_framebuffer_off(value) ? FATE_GOES : FATE_STAYS;
	return FATE_STAYS;
}

static enum fate judge_word(struct search *search, const char *word)
{
	char *name = strdup(word + (*word == '"'));
	char *equals = name ? strchr(name, '=') : NULL;
	enum fate fate = FATE_STAYS;

	if (equals) {
		*equals = '\0';
		fate = judge_parameter(search, name, words_unquote(equals + 1));
	}
	free(name);
	return fate;
}

/*
 * "rd.driver.pre=nvme,vfio-pci": only our modules go. Returns whether any did; the word
 * is shortened in place, and is "" where nothing is left.
 */
static bool strip_modules(char *word)
{
	static const char *const names[] = { "rd.driver.pre", "modules_load",
					     "rd.modules_load" };
	size_t name = strcspn(word, "=");
	char *at = word + name + 1, *to = at, *rest;
	bool is_list = false, any = false;

	for (size_t i = 0; word[name] && i < ARRAY_SIZE(names); i++)
		is_list |= span_equals_name((struct span){ word, name }, names[i]);
	if (!is_list)
		return false;
	for (char *item = strtok_r(at, ",", &rest); item;
	     item = strtok_r(NULL, ",", &rest)) {
		size_t length = strlen(item);

		if (is_ours(item)) {
			any = true;
			continue;
		}
		if (to != at)
			*to++ = ',';
		memmove(to, item, length);
		to += length;
	}
	*to = '\0';
	if (to == at)
		word[0] = '\0';
	return any;
}

/* Whether a passthru.ids on that command line has the item already. */
static bool is_asked(const struct words *words, const char *item)
{
	for (size_t i = 0; i < words->count; i++) {
		struct span list, found;

		if (strncmp(words->items[i], "passthru.ids=", 13) != 0)
			continue;
		list = span_of(words->items[i] + 13);
		while (span_next_item(&list, &found))
			if (span_equals(found, item))
				return true;
	}
	return false;
}

/* What is still to be asked for on that command line; NULL for nothing. */
static char *missing_parameter(const struct search *search, const struct words *words)
{
	const char *separator = "passthru.ids=";
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	for (size_t i = 0; i < search->found->item_count; i++) {
		if (is_asked(words, search->found->items[i]))
			continue;
		fprintf(file, "%s%s", separator, search->found->items[i]);
		separator = ",";
	}
	if (fclose(file) != 0 || !text[0]) {
		free(text);
		return NULL;
	}
	return text;
}

/* Files that go into unified kernel images, and have no effect without one. */
static bool is_part(const char *path)
{
	return strncmp(path, "etc/cmdline.d/", 14) == 0 ||
	       strncmp(path, "etc/dracut.conf", 15) == 0;
}

/* Whether the next boot goes by the file that is being read. */
static bool is_effective(const struct search *search)
{
	const char *path = search->edit ? search->edit->path : "";
	bool of_grub = strncmp(path, "etc/default/grub", 16) == 0;

	if (of_grub)
		return search->uses_grub;
	if (strstr(path, "loader/entries/"))
		return search->uses_entries;
	if (is_part(path))
		return search->image && search->part &&
		       words_contain(search->part, search->image);
	return !search->uses_grub && strcmp(path, "etc/kernel/cmdline") == 0;
}

/* Whether the file is to take the parameter although it has no old settings. */
static bool is_home(const struct search *search)
{
	return search->is_second && search->found->item_count && !search->has_carrier &&
	       is_effective(search);
}

static int insert_parameter(struct search *search, struct words *words, size_t at)
{
	char *parameter = missing_parameter(search, words);
	int r = 0;

	if (is_effective(search))
		search->found->has_home = true;
	else if (search->edit && is_part(search->edit->path)) {
		free(parameter);
		return 0;
	}
	if (parameter)
		r = words_insert(words, at, parameter);
	free(parameter);
	return r;
}

/*
 * A command line without its old settings, and with the parameter where the first of them
 * was that it stands for, or with must_carry at its end. Returns NULL where nothing
 * changes; to be freed by the caller.
 */
static char *edit_cmdline(struct search *search, const char *text, bool must_carry)
{
	struct words words;
	size_t carrier = SIZE_MAX;
	bool changed = false;
	char *result = NULL;

	if (words_split(text, &words) < 0)
		return NULL;
	for (size_t i = 0; i < words.count; i++) {
		enum fate fate = judge_word(search, words.items[i]);

		if (strip_modules(words.items[i])) {
			changed = true;
			if (!words.items[i][0])
				words_remove(&words, i--);
			continue;
		}
		if (fate == FATE_UNCLEAR)
			note_line(search, "not understood, so it is left");
		if (fate != FATE_GOES && fate != FATE_CARRIES)
			continue;
		if (fate == FATE_CARRIES && carrier == SIZE_MAX)
			carrier = i;
		words_remove(&words, i--);
		changed = true;
	}
	if (carrier != SIZE_MAX && is_effective(search))
		search->has_carrier = true;
	if (must_carry && carrier == SIZE_MAX)
		carrier = words.count;
	if (carrier != SIZE_MAX && search->is_second) {
		changed = true;
		if (insert_parameter(search, &words, carrier) < 0)
			search->error = -ENOMEM;
	}
	if (changed && words_join(&words, 0) == 0)
		result = strdup(words.joined);
	words_free(&words);
	return result;
}

/* A value that is in one pair of quotes, or in none, can be edited as it stands. */
static bool is_simple(const struct shell_assignment *assignment)
{
	const char *at = assignment->raw.at, *end = at + assignment->raw.length;
	char quote = at < end && (*at == '"' || *at == '\'') ? *at : 0;

	if (!assignment->is_plain)
		return false;
	if (quote && (assignment->raw.length < 2 || end[-1] != quote))
		return false;
	for (at += quote != 0, end -= quote != 0; at < end; at++)
		if (strchr(quote == '\'' ? "'" : "\\$`'\"", *at))
			return false;
	return true;
}

/* Puts another value into the line, in double quotes. */
static void set_value(struct search *search, const char *line,
		      const struct shell_assignment *assignment, const char *value)
{
	size_t before = (size_t)(assignment->raw.at - line);
	char quote = *assignment->raw.at == '\'' ? '\'' : '"';
	char *text = NULL;

	if (asprintf(&text, "%.*s%c%s%c%s", (int)before, line, quote, value, quote,
		     assignment->raw.at + assignment->raw.length) < 0) {
		search->error = -ENOMEM;
		return;
	}
	set_line(search, text);
	free(text);
}

static bool has_old_words(const char *text)
{
	return strstr(text, "vfio-pci") || strstr(text, "vfio_pci") ||
	       strstr(text, "pciback") || strstr(text, "qubes.hide_pci") ||
	       strstr(text, "fb:off") || strstr(text, "pci-stub");
}

static void read_cmdline_variable(struct search *search, const char *line,
				  const struct shell_assignment *assignment,
				  bool must_carry)
{
	char *value, *edited;

	if (!is_simple(assignment)) {
		if (has_old_words(line) || must_carry)
			note_unclear(search, "not understood, change it yourself");
		return;
	}
	value = shell_value(assignment, "");
	search->part = value;
	edited = value ? edit_cmdline(search, value, must_carry) : NULL;
	search->part = NULL;
	if (edited)
		set_value(search, line, assignment, edited);
	free(edited);
	free(value);
}

/* Of several assignments the last one counts, unless it adds to those before it. */
static bool is_overridden(const struct search *search, struct span name)
{
	for (size_t i = search->line + 1; i < search->edit->count; i++) {
		const char *rest = search->edit->lines[i].old;
		struct shell_assignment later;

		if (shell_next(&rest, &later) && later.name.length == name.length &&
		    memcmp(later.name.at, name.at, name.length) == 0 && is_simple(&later))
			return true;
	}
	return false;
}

static bool is_grub_home(struct search *search, const struct shell_assignment *assignment)
{
	if (!is_home(search) || search->has_home || !is_simple(assignment) ||
	    !span_equals(assignment->name, "GRUB_CMDLINE_LINUX_DEFAULT") ||
	    is_overridden(search, assignment->name))
		return false;
	search->has_home = true;
	return true;
}

static void read_grub_line(struct search *search, const char *line)
{
	struct shell_assignment assignment;
	const char *rest = line;
	char name[64];

	if (!shell_next(&rest, &assignment))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)assignment.name.length,
		 assignment.name.at);
	if (strcmp(name, "GRUB_CMDLINE_LINUX") != 0 &&
	    strcmp(name, "GRUB_CMDLINE_LINUX_DEFAULT") != 0 &&
	    strcmp(name, "GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT") != 0 &&
	    strcmp(name, "GRUB_CMDLINE_XEN_DEFAULT") != 0)
		return;
	read_cmdline_variable(search, line, &assignment,
			      is_grub_home(search, &assignment));
}

/* A line of a file that is nothing but a command line. */
static void read_plain_cmdline(struct search *search, const char *line)
{
	bool home = is_home(search) && search->line == 0;
	char *edited = line[0] == '#' ? NULL : edit_cmdline(search, line, home);

	if (edited)
		set_line(search, edited[0] ? edited : NULL);
	free(edited);
}

/* The same in /etc/cmdline.d, for where the image is built from nothing else. */
static void read_cmdline_part(struct search *search, const char *line)
{
	bool home;
	char *edited;

	search->part = line;
	home = is_home(search) && !search->found->has_home;
	edited = line[0] == '#' ? NULL : edit_cmdline(search, line, home);
	if (edited)
		set_line(search, edited[0] ? edited : NULL);
	search->part = NULL;
	free(edited);
}

/* Where the parameters of an "options" line begin, or 0 where it is another one. */
static size_t find_options(const char *line)
{
	size_t start = strspn(line, " \t");

	if (strncmp(line + start, "options", 7) != 0 || !strchr(" \t", line[start + 7]))
		return 0;
	return start + 7 + strspn(line + start + 7, " \t");
}

/* An entry may have several: the parameter goes to the first one. */
static void read_entry_line(struct search *search, const char *line)
{
	size_t length = find_options(line);
	bool is_first = true;
	char *edited, *text = NULL;

	if (length == 0)
		return;
	for (size_t i = 0; i < search->line; i++)
		is_first &= find_options(search->edit->lines[i].old) == 0;
	edited = edit_cmdline(search, line + length, is_first && is_home(search));
	if (edited && asprintf(&text, "%.*s%s", (int)length, line, edited) >= 0)
		set_line(search, text);
	free(text);
	free(edited);
}

/* -- dracut -------------------------------------------------------------------------- */

static bool is_driver_list(struct span name)
{
	return span_equals(name, "add_drivers") || span_equals(name, "force_drivers") ||
	       span_equals(name, "drivers");
}

/* "force_drivers+=" vfio_pci nvme "": only our modules go. */
static void read_driver_list(struct search *search, const char *line,
			     const struct shell_assignment *assignment)
{
	char *value = shell_value(assignment, ""), *padded = NULL;
	bool any = false;
	struct words words;

	if (!value || words_split(value, &words) < 0) {
		free(value);
		return;
	}
	for (size_t i = 0; i < words.count; i++)
		if (is_ours(words.items[i])) {
			words_remove(&words, i--);
			any = true;
		}
	if (any && !is_simple(assignment))
		note_line(search, "not understood, so it is left");
	else if (any && words.count == 0)
		set_line(search, NULL);
	else if (any && words_join(&words, 0) == 0 &&
		 asprintf(&padded, " %s ", words.joined) >= 0)
		set_value(search, line, assignment, padded);
	words_free(&words);
	free(padded);
	free(value);
}

static void read_dracut_line(struct search *search, const char *line)
{
	struct shell_assignment assignment;
	const char *rest = line;

	if (!shell_next(&rest, &assignment))
		return;
	if (is_driver_list(assignment.name))
		read_driver_list(search, line, &assignment);
	else if (span_equals(assignment.name, "kernel_cmdline"))
		read_cmdline_variable(search, line, &assignment, false);
	else if (strstr(line, "vfio"))
		note_line(search, "not understood, look at it");
}

/* -- files --------------------------------------------------------------------------- */

typedef void (*line_reader)(struct search *search, const char *line);

static void keep_edit(struct search *search, struct edit *edit)
{
	struct leftovers *found = search->found;
	void *larger;

	if (!search->is_second || !edit_is_changed(edit)) {
		edit_free(edit);
		return;
	}
	larger = realloc(found->edits, (found->edit_count + 1) * sizeof(found->edits[0]));
	if (!larger) {
		edit_free(edit);
		search->error = -ENOMEM;
		return;
	}
	found->edits = larger;
	found->edits[found->edit_count++] = *edit;
}

/* Debian has a link to /etc/modules in modules-load.d. */
static bool is_same_file(int root_fd, const char *a, const char *b)
{
	struct stat left, right;

	return fstatat(root_fd, a, &left, 0) == 0 &&
	       fstatat(root_fd, b, &right, 0) == 0 && left.st_dev == right.st_dev &&
	       left.st_ino == right.st_ino;
}

/* A link is not ours to change: what it leads to may be somebody else's. */
static void note_link(struct search *search, const char *path)
{
	_cleanup_free_ char *text = NULL;

	if (is_same_file(search->host->root_fd, path, "etc/modules") ||
	    file_read(search->host->root_fd, path, &text) < 0 ||
	    !(has_old_words(text) || strstr(text, "vfio")))
		return;
	note(search, "/%s is a link, so it is left; look at what it leads to", path);
}

static void read_file(struct search *search, const char *path, line_reader read)
{
	struct edit edit;
	int r = edit_open(search->host->root_fd, path, &edit);

	if (r == -ELOOP)
		note_link(search, path);
	else if (r < 0 && r != -ENOENT)
		note(search, "/%s cannot be read: %s", path, strerror(-r));
	if (r < 0)
		return;
	search->edit = &edit;
	for (search->line = 0; search->line < edit.count; search->line++)
		read(search, edit.lines[search->line].old);
	search->edit = NULL;
	keep_edit(search, &edit);
}

static void read_files(struct search *search, const char *directory, const char *end,
		       line_reader read)
{
	_cleanup_free_ char **names = boot_list(search->host->root_fd, directory, end);
	size_t count = 0;
	char path[512];

	while (names && names[count])
		count++;
	/* The last one comes first: of GRUB's it is the one that counts. */
	while (count-- > 0) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[count]);
		read_file(search, path, read);
	}
}

/* A file of driverctl's: its name is the address, what is in it the driver. */
static void read_override(struct search *search, const char *path, const char *address)
{
	struct edit edit;

	if (edit_open(search->host->root_fd, path, &edit) < 0)
		return;
	if (edit.count != 1 || strcmp(edit.lines[0].old, "vfio-pci") != 0)
		;
	else if (!add_address(search, span_of(address)))
		note(search, "/%s: that device is not here, so it is left", path);
	else
		edit.is_deleted = true;
	keep_edit(search, &edit);
}

static void read_overrides(struct search *search)
{
	char **names = boot_list(search->host->root_fd, "etc/driverctl.d", "");
	char path[512];

	for (size_t i = 0; names && names[i]; i++) {
		const char *address = names[i];

		if (strncmp(address, "pci-", 4) == 0)
			address += 4;
		snprintf(path, sizeof(path), "etc/driverctl.d/%s", names[i]);
		read_override(search, path, address);
	}
	free(names);
}

/* Programs of others, which nobody but their author can take back. */
static void look_for_scripts(struct search *search)
{
	static const char *const directories[] = {
		"etc/initramfs-tools/hooks",
		"etc/initramfs-tools/scripts/init-top",
		"etc/initramfs-tools/scripts/init-premount",
		"etc/udev/rules.d",
		"etc/systemd/system",
	};

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		char **names = boot_list(search->host->root_fd, directories[i], "");
		char path[512];

		for (size_t j = 0; names && names[j]; j++) {
			struct edit edit;
			bool found = false;

			snprintf(path, sizeof(path), "%s/%s", directories[i], names[j]);
			if (edit_open(search->host->root_fd, path, &edit) < 0)
				continue;
			for (size_t line = 0; line < edit.count; line++)
				found |= strstr(edit.lines[line].old, "vfio-pci") ||
					 strstr(edit.lines[line].old, "driver_override");
			edit_free(&edit);
			if (found)
				note(search, "/%s has to do with vfio-pci, and is left",
				     path);
		}
		free(names);
	}
}

/* The last word on what counts is libkmod's: it knows files that are none of ours. */
static void check_modconf(struct search *search)
{
	_cleanup_free_ char *ids = modconf_ids(search->host->root);

	if (ids)
		(void)add_ids(search, ids);
}

static void note_foreign(struct search *search)
{
	_cleanup_free_ char *files = modconf_foreign(search->host->root_fd);

	if (files && files[0])
		note(search,
		     "not in /etc, so they are left; a file of the same name in "
		     "/etc/modprobe.d replaces them: %s",
		     files);
}

/* What kernel-install goes by where /etc has nothing. */
static void note_vendor_cmdline(struct search *search)
{
	static const char path[] = "usr/lib/kernel/cmdline";
	_cleanup_free_ char *text = NULL;

	if (sysfs_exists(search->host->root_fd, "etc/kernel/cmdline") ||
	    file_read(search->host->root_fd, path, &text) < 0 || !has_old_words(text))
		return;
	note(search,
	     "/%s has settings of the old way, and is left; /etc/kernel/cmdline replaces "
	     "it",
	     path);
}

/*
 * What this boot was started with, where no file that is known says it: another boot
 * loader's configuration does.
 */
static void read_running(struct search *search)
{
	_cleanup_free_ char *text = NULL;
	struct words words;

	if (search->has_carrier || search->found->item_count ||
	    file_read(search->host->root_fd, "proc/cmdline", &text) < 0)
		return;
	text[strcspn(text, "\n")] = '\0';
	if (words_split(text, &words) < 0)
		return;
	for (size_t i = 0; i < words.count; i++)
		if (judge_word(search, words.items[i]) == FATE_CARRIES)
			search->is_running = true;
	words_free(&words);
}

static void note_running(struct search *search)
{
	if (search->is_running)
		note(search,
		     "the running command line has settings of the old way, and no "
		     "file that is known sets them: take them out where you set "
		     "them");
}

static void search_all(struct search *search)
{
	read_files(search, "etc/modprobe.d", ".conf", read_modprobe_line);
	if (!search->is_second)
		check_modconf(search);
	read_file(search, "etc/modules", read_module_line);
	read_files(search, "etc/modules-load.d", ".conf", read_module_line);
	read_file(search, "etc/initramfs-tools/modules", read_module_line);
	read_file(search, "etc/dracut.conf", read_dracut_line);
	read_files(search, "etc/dracut.conf.d", ".conf", read_dracut_line);
	read_overrides(search);
	read_files(search, "boot/loader/entries", ".conf", read_entry_line);
	read_files(search, "boot/efi/loader/entries", ".conf", read_entry_line);
	read_files(search, "efi/loader/entries", ".conf", read_entry_line);
	read_files(search, "etc/default/grub.d", ".cfg", read_grub_line);
	read_file(search, "etc/default/grub", read_grub_line);
	read_file(search, "etc/kernel/cmdline", read_plain_cmdline);
	read_files(search, "etc/cmdline.d", ".conf", read_cmdline_part);
	if (!search->is_second) {
		read_running(search);
		return;
	}
	look_for_scripts(search);
	note_foreign(search);
	note_vendor_cmdline(search);
	note_running(search);
}

/* The command line of the unified kernel image that the next boot is by, or NULL. */
static char *find_image(int root_fd)
{
	struct boot_sources sources;
	const struct boot_source *next;
	char *cmdline = NULL;

	if (boot_read(root_fd, &sources) == 0) {
		next = boot_next(&sources);
		if (next && next->is_image)
			cmdline = strdup(next->cmdline);
	}
	boot_sources_free(&sources);
	return cmdline;
}

static void find_consequences(const struct search *search)
{
	struct leftovers *found = search->found;

	found->needs_image = search->image && found->item_count;
	for (size_t i = 0; i < found->edit_count; i++)
		if (strncmp(found->edits[i].path, "etc/default/grub", 16) == 0)
			found->needs_grub = true;
}

int leftovers_find(const struct host *host, struct leftovers *ret)
{
	struct search search = { .host = host, .found = ret };

	*ret = (struct leftovers){ 0 };
	if (machine_read(host, &search.machine) < 0) {
		machine_free(&search.machine);
		return -ENODEV;
	}
	search.uses_grub = boot_uses_grub(host->root_fd, &search.uses_entries);
	search.image = find_image(host->root_fd);
	search.uses_entries |= !search.uses_grub && !search.image;
	search_all(&search);
	search.is_second = true;
	search_all(&search);
	find_consequences(&search);
	free(search.image);
	machine_free(&search.machine);
	return search.error;
}

void leftovers_free(struct leftovers *leftovers)
{
	for (size_t i = 0; i < leftovers->edit_count; i++)
		edit_free(&leftovers->edits[i]);
	for (size_t i = 0; i < leftovers->item_count; i++)
		free(leftovers->items[i]);
	for (size_t i = 0; i < leftovers->note_count; i++)
		free(leftovers->notes[i]);
	free(leftovers->edits);
	free(leftovers->items);
	free(leftovers->notes);
	*leftovers = (struct leftovers){ 0 };
}

char *leftovers_parameter(const struct leftovers *leftovers)
{
	struct words none = { 0 };
	struct search search = { .found = (struct leftovers *)(uintptr_t)leftovers };

	return missing_parameter(&search, &none);
}
