/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel and passthru-early tell, line by line. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "dump/internal.h"
#include "lib/lib.h"

/* -- names of directories ------------------------------------------------------------ */

/* Other mount points tell about people, not about machines. */
static bool is_system_path(struct span path)
{
	static const char *const known[] = { "/",    "/boot", "/boot/efi", "/efi",
					     "/usr", "/var",  "/home",	   "/opt" };

	return span_is_one_of(path, known, ARRAY_SIZE(known));
}

static void put_path(struct redaction *redaction, FILE *file, struct span path)
{
	if (is_system_path(path)) {
		fprintf(file, "%.*s", (int)path.length, path.at);
	} else {
		fputc('/', file);
		redact_put_name(redaction, file, path);
	}
}

/* A disk as its file system names it: of ZFS, a dataset. */
static void put_disk(struct redaction *redaction, FILE *file, struct span type,
		     struct span source)
{
	if (span_equals(type, "zfs"))
		redact_put_parts(redaction, file, source, "/@");
	else if (redact_is_public(source))
		fprintf(file, "%.*s", (int)source.length, source.at);
	else
		redact_put_device(redaction, file, source);
}

static bool is_device(struct span path)
{
	return span_skip_prefix(&path, "/dev/");
}

static void put_type(FILE *file, struct span type)
{
	if (redact_is_public(type) || type.length == 0)
		fprintf(file, "%.*s", (int)type.length, type.at);
	else
		fputs(REDACT_REMOVED, file);
}

/* The fields are in Documentation/filesystems/proc.rst, 3.5. */
static void put_mount(struct redaction *redaction, FILE *file, struct text_cursor line)
{
	struct span before = { line.at, 0 }, number, point, word, type, source;
	bool is_on_disk;

	text_next_word(&line);
	text_next_word(&line);
	number = text_next_word(&line);
	before.length = (size_t)(line.at - before.at);
	text_next_word(&line); /* the mounted part of the file system */
	point = text_next_word(&line);
	do
		word = text_next_word(&line);
	while (word.length && !span_equals(word, "-"));
	type = text_next_word(&line);
	source = text_next_word(&line);
	/* The device number of btrfs is not that of a disk, but its source is a disk. */
	is_on_disk = (number.length > 0 && !span_skip_prefix(&number, "0:")) ||
		     is_device(source) || span_equals(type, "zfs");
	if (!source.length || (!is_on_disk && !span_equals(point, "/")))
		return;
	fprintf(file, "%.*s / ", (int)before.length, before.at);
	put_path(redaction, file, point);
	fputs(" rw - ", file);
	put_type(file, type);
	fputc(' ', file);
	put_disk(redaction, file, type, source);
	fputs(" rw\n", file);
}

/* "Filename Type …", then a device or a file in each line. */
static void put_swap(struct redaction *redaction, FILE *file, struct text_cursor line)
{
	struct span path = text_next_word(&line), word;

	if (!path.length)
		return;
	if (is_device(path))
		redact_put_device(redaction, file, path);
	else if (path.at[0] == '/')
		put_path(redaction, file, path);
	else
		fputs("Filename", file);
	/* Type, size and the like. */
	while ((word = text_next_word(&line)).length)
		fprintf(file, " %.*s", (int)word.length, word.at);
	fputc('\n', file);
}

static void put_lines(struct redaction *redaction, FILE *file, const char *text,
		      void (*put)(struct redaction *redaction, FILE *file,
				  struct text_cursor line))
{
	struct text_cursor line;

	while (text_next_line(&text, &line))
		put(redaction, file, line);
}

void redact_put_mounts(struct redaction *redaction, FILE *file, const char *text)
{
	put_lines(redaction, file, text, put_mount);
}

void redact_put_swaps(struct redaction *redaction, FILE *file, const char *text)
{
	put_lines(redaction, file, text, put_swap);
}

/* -- passthru-report(5) -------------------------------------------------------------- */

/* What a device is needed for: a directory, a devspec, or a parameter with one. */
static void put_need(struct redaction *redaction, FILE *file, struct span value)
{
	struct span name = span_until(value, '=');
	_cleanup_free_ char *text = strndup(value.at, value.length);

	if (name.length < value.length && redact_find_rule(name) != REDACT_UNKNOWN)
		redact_put_cmdline(redaction, file, text ? text : "");
	else if (value.length && value.at[0] == '/' && !is_device(value))
		put_path(redaction, file, value);
	else
		redact_put_device(redaction, file, value);
}

static void put_value(struct redaction *redaction, FILE *file, struct span key,
		      struct span value)
{
	static const char *const known[] = {
		"format",  "version", "dryrun",	  "phase",     "total_us", "kernel_us",
		"device",  "id",      "group",	  "verdict",   "driver",   "was",
		"reason",  "wanted",  "display",  "step",      "error",	   "undone",
		"viable",  "blocker", "found",	  "parameter", "item",	   "column",
		"nearest", "meant",   "selector", "why",       "value",	   "block",
		"trial",   "before",  "minutes",  "profile",   "pf",	   "total",
		"made",	   "setting", "got",	  "autoprobe", "errno",
	};

	if (span_equals(key, "for"))
		put_need(redaction, file, value);
	else if (span_equals(key, "block") && !redact_is_kernel_name(value))
		redact_put_name(redaction, file, value);
	else if (span_is_one_of(key, known, ARRAY_SIZE(known)))
		redact_put_kept(redaction, file, value);
	else
		fputs(REDACT_REMOVED, file);
}

static void put_record(struct redaction *redaction, FILE *file, struct text_cursor line)
{
	const char *separator = "";
	struct span word;

	while ((word = text_next_word(&line)).length) {
		struct span key = span_until(word, '='), value = word;

		value.at += key.length;
		value.length -= key.length;
		if (!span_skip_prefix(&value, "="))
			continue;
		fprintf(file, "%s%.*s=", separator, (int)key.length, key.at);
		put_value(redaction, file, key, value);
		separator = " ";
	}
	fputc('\n', file);
}

void redact_put_report(struct redaction *redaction, FILE *file, const char *text)
{
	put_lines(redaction, file, text, put_record);
}

static void put_words(struct redaction *redaction, FILE *file, struct text_cursor line)
{
	const char *separator = "";
	struct span word;

	while ((word = text_next_word(&line)).length) {
		fputs(separator, file);
		redact_put_kept(redaction, file, word);
		separator = " ";
	}
	fputc('\n', file);
}

void redact_put_tokens(struct redaction *redaction, FILE *file, const char *text)
{
	put_lines(redaction, file, text, put_words);
}

/* -- the system ---------------------------------------------------------------------- */

/* Copies the lines that begin with one of the keys and the separator. */
static void put_known_lines(FILE *file, const char *text, const char *const *keys,
			    size_t count, char separator)
{
	struct text_cursor line;

	while (text_next_line(&text, &line) && line.at < line.end) {
		struct span whole = { line.at, (size_t)(line.end - line.at) };
		struct span key = span_trim(span_until(whole, separator));

		if (span_is_one_of(key, keys, count))
			fprintf(file, "%.*s\n", (int)whole.length, whole.at);
	}
}

/* The first processor stands for all of them; some have a serial number. */
void redact_put_cpu(struct redaction *redaction, FILE *file, const char *text)
{
	static const char *const keys[] = {
		"processor",	   "vendor_id",	      "cpu family",
		"model",	   "model name",      "stepping",
		"microcode",	   "flags",	      "bugs",
		"CPU part",	   "CPU variant",     "CPU revision",
		"CPU implementer", "CPU architecture"
	};

	(void)redaction;
	put_known_lines(file, text, keys, ARRAY_SIZE(keys), ':');
}

void redact_put_os_release(struct redaction *redaction, FILE *file, const char *text)
{
	static const char *const keys[] = { "ID", "ID_LIKE", "VERSION_ID",
					    "VERSION_CODENAME", "VARIANT_ID" };

	(void)redaction;
	put_known_lines(file, text, keys, ARRAY_SIZE(keys), '=');
}

void redact_put_line(struct redaction *redaction, FILE *file, const char *text)
{
	redact_put_kept(redaction, file, span_of(text));
}

static struct span first_line(const char *text)
{
	return (struct span){ text, strcspn(text, "\n") };
}

void redact_put_dm_line(struct redaction *redaction, FILE *file, const char *text)
{
	redact_put_dm_name(redaction, file, first_line(text));
	fputc('\n', file);
}

/* "part1-mpath-SERIAL", "LVM-UUIDS", "CRYPT-LUKS2-UUID-NAME": the type stays. */
void redact_put_dm_uuid(struct redaction *redaction, FILE *file, const char *text)
{
	static const char *const types[] = { "LVM-",	     "mpath-",
					     "CRYPT-LUKS1-", "CRYPT-LUKS2-",
					     "CRYPT-PLAIN-", "CRYPT-" };
	struct span uuid = first_line(text), luks;

	if (span_skip_prefix(&uuid, "part")) {
		fputs("part", file);
		while (uuid.length &&
		       (isdigit((unsigned char)uuid.at[0]) || uuid.at[0] == '-')) {
			fputc(uuid.at[0], file);
			uuid.at++;
			uuid.length--;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (span_skip_prefix(&uuid, types[i])) {
			fputs(types[i], file);
			break;
		}
	luks = span_until(uuid, '-');
	if (luks.length == 32 && luks.length < uuid.length) {
		redact_put_uuid(redaction, file, luks);
		fputc('-', file);
		uuid.at += luks.length + 1;
		uuid.length -= luks.length + 1;
		redact_put_dm_name(redaction, file, uuid);
	} else {
		redact_put_name(redaction, file, uuid);
	}
	fputc('\n', file);
}
