/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Command lines and configuration files, word by word. What is not understood is
 * replaced. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "dump/internal.h"
#include "lib/lib.h"

/* How the words of a text are read. */
struct scan {
	struct redaction *redaction;
	FILE *file;
	const char *begin, *at;
	const char *separators;
	bool quotes_group;    /* "a b" is one word, as on the kernel command line */
	bool is_list;	      /* in a list of modules */
	const char *list_end; /* where that ends */
};

static void put(const struct scan *scan, struct span text)
{
	fprintf(scan->file, "%.*s", (int)text.length, text.at);
}

/* -- words --------------------------------------------------------------------------- */

/* What makes migrate(8) look at a line stays in a word that is replaced. */
static void put_unknown(const struct scan *scan, struct span word)
{
	static const char *const marks[] = { "vfio-pci",       "vfio_pci", "vfio",
					     "pciback",	       "pci-stub", "pci_stub",
					     "driver_override" };
	_cleanup_free_ char *text = strndup(word.at, word.length);

	redact_put_name(scan->redaction, scan->file, word);
	for (size_t i = 0; text && i < ARRAY_SIZE(marks); i++)
		if (strstr(text, marks[i])) {
			fprintf(scan->file, "-%s", marks[i]);
			return;
		}
}

static void put_bare(const struct scan *scan, struct span word)
{
	enum redact_rule rule = redact_find_rule(word);

	if (redact_is_public(word) || rule == REDACT_SIMPLE || rule == REDACT_KEEP ||
	    redact_is_device(word) ||
	    (word.length == 1 && isdigit((unsigned char)word.at[0])) ||
	    (scan->is_list && redact_is_module_name(word)))
		redact_put_kept(scan->redaction, scan->file, word);
	else
		put_unknown(scan, word);
}

/* The text up to the closing quote, which is not part of it. */
static struct span quoted(const char *open)
{
	struct span text = { open + 1, 0 };

	while (text.at[text.length] && text.at[text.length] != *open)
		text.length++;
	return text;
}

/* The value of NAME=, in quotes or up to the next separator. */
static void scan_value(struct scan *scan, enum redact_rule rule, struct span value)
{
	const char *after = value.at + value.length;
	struct span text = value;
	bool is_quoted = !value.length && (*after == '"' || *after == '\'');

	if (!value.length && (*after == '(' || is_quoted) &&
	    (rule == REDACT_WORDS || rule == REDACT_MODULES)) {
		scan->is_list = rule == REDACT_MODULES;
		scan->list_end = is_quoted ? after + 1 + quoted(after).length
					   : after + strcspn(after, ")");
		scan->at = after;
		return;
	}
	if (is_quoted) {
		text = quoted(after);
		fputc(*after, scan->file);
	}
	redact_put_value(scan->redaction, scan->file, rule, text);
	scan->at = text.at + text.length;
}

/* A value that goes on after a blank, since the quote is before the name. */
static struct span extend(const struct scan *scan, const char *word, struct span value)
{
	if (scan->quotes_group && word > scan->begin && word[-1] == '"')
		while (value.at[value.length] && value.at[value.length] != '"' &&
		       value.at[value.length] != '\n')
			value.length++;
	return value;
}

static void scan_word(struct scan *scan)
{
	struct span word = { scan->at, strcspn(scan->at, scan->separators) };
	struct span name = span_until(word, '='), plain, value;
	enum redact_rule rule;

	scan->at += word.length;
	if (name.length == word.length || !name.length) {
		put_bare(scan, word);
		return;
	}
	plain = name;
	plain.length -= plain.length > 1 && name.at[name.length - 1] == '+';
	value = (struct span){ name.at + name.length + 1, word.length - name.length - 1 };
	rule = redact_find_rule(plain);
	if (rule == REDACT_UNKNOWN)
		redact_put_name(scan->redaction, scan->file, plain);
	else
		put(scan, plain);
	fputs(plain.length < name.length ? "+=" : "=", scan->file);
	scan_value(scan, rule, extend(scan, word.at, value));
}

static bool begins_line(const char *text, const char *at)
{
	while (at > text && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at == text || at[-1] == '\n';
}

static void scan_all(struct scan *scan, bool has_comments)
{
	while (*scan->at) {
		if (scan->at == scan->list_end)
			scan->is_list = false;
		if (has_comments && *scan->at == '#' &&
		    begins_line(scan->begin, scan->at)) {
			fputc('#', scan->file);
			scan->at += strcspn(scan->at, "\n");
		} else if (strchr(scan->separators, *scan->at)) {
			fputc(*scan->at++, scan->file);
		} else {
			scan_word(scan);
		}
	}
}

void redact_put_cmdline(struct redaction *redaction, FILE *file, const char *text)
{
	struct scan scan = { .redaction = redaction,
			     .file = file,
			     .begin = text,
			     .at = text,
			     .separators = " \t\n\"",
			     .quotes_group = true };

	scan_all(&scan, false);
}

void redact_put_shell(struct redaction *redaction, FILE *file, const char *text)
{
	struct scan scan = { .redaction = redaction,
			     .file = file,
			     .begin = text,
			     .at = text,
			     .separators = " \t\n\r\"'\\`()<>;|&{}$#" };

	scan_all(&scan, true);
}

/* -- lines --------------------------------------------------------------------------- */

/* The IDs of "ids=", also malformed ones. */
static bool is_id_list(struct span text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!isalnum((unsigned char)text.at[i]) && !strchr(":,\"", text.at[i]))
			return false;
	return true;
}

/* A word of a kernel command line. */
static void put_parameter(const struct scan *scan, struct span word)
{
	_cleanup_free_ char *text = strndup(word.at, word.length);

	if (text)
		redact_put_cmdline(scan->redaction, scan->file, text);
}

/* Settings of a module: a list of devices, or a word or number. */
static void put_option(const struct scan *scan, struct span word)
{
	struct span name = span_until(word, '='), value = word;

	value.at += name.length + 1;
	value.length -= name.length + 1;
	if (redact_is_module_name(name))
		put(scan, name);
	else
		put_unknown(scan, name);
	fputc('=', scan->file);
	if (span_equals(name, "ids") && is_id_list(value))
		put(scan, value);
	else
		redact_put_value(scan->redaction, scan->file, REDACT_SIMPLE, value);
}

/* "pci:v00001002d*": what modinfo prints. */
static bool is_alias(struct span word)
{
	struct span rest = word;

	if (!span_skip_prefix(&rest, "pci:") && !span_skip_prefix(&rest, "usb:"))
		return false;
	for (size_t i = 0; i < rest.length; i++)
		if (!isalnum((unsigned char)rest.at[i]) && !strchr("*?[]-", rest.at[i]))
			return false;
	return true;
}

/* A line of modprobe.d(5), of a list of modules or of driverctl. */
static void put_module_line(struct scan *scan, struct text_cursor line)
{
	bool is_command = false;

	for (size_t i = 0; line.at < line.end; i++) {
		struct span blanks = wordlist_next_blanks(&line);
		struct span word = wordlist_next(&line);

		put(scan, blanks);
		if (i == 0)
			is_command = span_equals(word, "install") ||
				     span_equals(word, "remove");
		scan->is_list = !is_command || i < 2;
		if (word.length && memchr(word.at, '=', word.length))
			(i == 0 || is_command ? put_parameter : put_option)(scan, word);
		else if (is_alias(word))
			put(scan, word);
		else if (word.length)
			put_bare(scan, word);
	}
}

/* A line of a boot entry, UAPI.1. */
static void put_entry_line(struct scan *scan, struct text_cursor line)
{
	static const char *const kept[] = { "linux",	    "linuxz",	  "initrd",
					    "efi",	    "devicetree", "version",
					    "machine-id",   "machine_id", "sort-key",
					    "architecture", "uki" };
	struct span blanks = wordlist_next_blanks(&line), key = text_next_word(&line);
	_cleanup_free_ char *rest = strndup(line.at, (size_t)(line.end - line.at));

	put(scan, blanks);
	put_bare(scan, key);
	if (!rest)
		return;
	if (span_is_one_of(key, kept, ARRAY_SIZE(kept)))
		redact_put_kept(scan->redaction, scan->file, span_of(rest));
	else if (span_equals(key, "options"))
		redact_put_cmdline(scan->redaction, scan->file, rest);
	else
		redact_put_title(scan->redaction, scan->file, rest);
}

/* Versions stay: "Debian GNU/Linux 13 (trixie)". */
void redact_put_title(struct redaction *redaction, FILE *file, const char *text)
{
	while (*text) {
		struct span word = { text, strcspn(text, " \t()\"'") };
		bool is_version = word.length && isdigit((unsigned char)word.at[0]);

		if (redact_is_public(word) || is_version)
			redact_put_kept(redaction, file, word);
		else
			redact_put_name(redaction, file, word);
		text += word.length;
		if (*text)
			fputc(*text++, file);
	}
}

static void put_lines(struct redaction *redaction, FILE *file, const char *text,
		      void (*put_line)(struct scan *scan, struct text_cursor line))
{
	struct scan scan = { .redaction = redaction, .file = file };
	struct text_cursor line;

	while (text_next_line(&text, &line)) {
		const char *at = line.at;

		while (at < line.end && (*at == ' ' || *at == '\t'))
			at++;
		if (at < line.end && (*at == '#' || *at == ';'))
			fputc(*at, file);
		else
			put_line(&scan, line);
		if (text[-1] == '\n')
			fputc('\n', file);
	}
}

void redact_put_modules(struct redaction *redaction, FILE *file, const char *text)
{
	put_lines(redaction, file, text, put_module_line);
}

void redact_put_entry(struct redaction *redaction, FILE *file, const char *text)
{
	put_lines(redaction, file, text, put_entry_line);
}
