/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "cmdline/cmdline.h"
#include "dump/internal.h"
#include "lib/lib.h"

void redact_open(int root_fd, struct redaction *ret)
{
	*ret = (struct redaction){ 0 };
	if (sysfs_read(root_fd, "proc/sys/kernel/hostname", ret->host_name,
		       sizeof(ret->host_name)) < 0)
		ret->host_name[0] = '\0';
}

/* -- MAC addresses and UUIDs --------------------------------------------------------- */

/* The length of a machine ID, exactly 32 digits, or 0. See machine-id(5). */
static size_t machine_id_length(const char *at)
{
	size_t length = 0;

	while (isxdigit((unsigned char)at[length]))
		length++;
	return length == 32 ? length : 0;
}

/* The length of six or more pairs of digits with the same separator, or 0. */
static size_t chain_length(const char *at)
{
	size_t pairs = 0, length = 0;
	char separator = 0;

	while (isxdigit((unsigned char)at[length]) &&
	       isxdigit((unsigned char)at[length + 1])) {
		length += 2;
		pairs++;
		if (!separator && (at[length] == ':' || at[length] == '-'))
			separator = at[length];
		if (!separator || at[length] != separator)
			break;
		length++;
	}
	return pairs >= 6 ? length : 0;
}

/* The length of a UUID, groups of 8, 4, 4, 4 and 12 digits, or 0. */
static size_t uuid_length(const char *at)
{
	static const size_t groups[] = { 8, 4, 4, 4, 12 };
	size_t length = 0;

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (i > 0 && at[length++] != '-')
			return 0;
		for (size_t j = 0; j < groups[i]; j++)
			if (!isxdigit((unsigned char)at[length++]))
				return 0;
	}
	return isxdigit((unsigned char)at[length]) ? 0 : length;
}

/* The number of that UUID, counted from 1; 0 if there are too many. */
static size_t number_uuid(struct redaction *redaction, const char *at, size_t length)
{
	char *seen;

	for (size_t i = 0; i < redaction->count; i++)
		if (strncasecmp(redaction->uuids[i], at, length) == 0)
			return i + 1;
	if (redaction->count == REDACT_UUIDS_MAX)
		return 0;
	seen = redaction->uuids[redaction->count++];
	for (size_t i = 0; i < length; i++)
		seen[i] = (char)tolower((unsigned char)at[i]);
	return redaction->count;
}

static void redact_uuid(struct redaction *redaction, char *at, size_t length)
{
	size_t number = number_uuid(redaction, at, length);

	for (size_t i = length; i-- > 0;) {
		if (at[i] == '-')
			continue;
		at[i] = (char)('0' + number % 10);
		number /= 10;
	}
}

static void redact_digits(char *at, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (isxdigit((unsigned char)at[i]))
			at[i] = 'x';
}

static void redact_numbers(struct redaction *redaction, char *text)
{
	for (char *at = text; *at; at++) {
		size_t length;

		/* Not in the middle of another number. */
		if (at > text && isxdigit((unsigned char)at[-1]))
			continue;
		length = uuid_length(at);
		if (length) {
			redact_uuid(redaction, at, length);
			at += length - 1;
			continue;
		}
		length = machine_id_length(at);
		if (length) {
			memset(at, '0', length);
			at += length - 1;
			continue;
		}
		length = chain_length(at);
		redact_digits(at, length);
		at += length ? length - 1 : 0;
	}
}

/* -- names and secrets --------------------------------------------------------------- */

/* Debian's installer names a volume group HOST-vg; device-mapper doubles the "-". */
static void redact_host_name(const struct redaction *redaction, char *text)
{
	size_t length = strlen(redaction->host_name);

	for (char *at = text; length && (at = strstr(at, redaction->host_name));
	     at += length) {
		const char *after = at + length;

		if (at > text && isalnum((unsigned char)at[-1]))
			continue;
		if (strncmp(after, "-vg", 3) == 0 || strncmp(after, "--vg", 4) == 0)
			memset(at, 'x', length);
	}
}

static bool is_secret(struct span name)
{
	static const char *const words[] = { "password",   "passwd", "passphrase",
					     "secret",	   "key",    "chap",
					     "token",	   "serial", "hostname",
					     "credential", "bootif", "ifname" };
	char text[64];

	snprintf(text, sizeof(text), "%.*s", (int)name.length, name.at);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcasestr(text, words[i]))
			return true;
	return false;
}

/* NAME=VALUE in the syntax of modprobe and shells, and in quoted command lines. */
static void redact_secrets(char *text)
{
	for (char *at = text; (at = strchr(at, '=')); at++) {
		struct span name = { at, 0 };
		char *value = at + 1;
		char quote = 0;

		while (name.at > text && !strchr(" \t\n\"'", name.at[-1])) {
			name.at--;
			name.length++;
		}
		if (!is_secret(name))
			continue;
		if (*value == '"' || *value == '\'')
			quote = *value++;
		while (*value && *value != '\n' &&
		       (quote ? *value != quote : !strchr(" \t\"'", *value)))
			*value++ = 'x';
		at = value - 1;
	}
}

/* The name of a disk has its serial number: "by-id/nvme-MODEL_SERIAL-part3". */
static void redact_disk_names(char *text)
{
	for (char *at = text; (at = strstr(at, "by-id/"));) {
		char *part;

		at += strlen("by-id/");
		part = at + strcspn(at, " \t\n\"',:/");
		for (char *digit = part; digit > at && isdigit((unsigned char)digit[-1]);
		     digit--)
			if (digit - at > 6 && strncmp(digit - 6, "-part", 5) == 0)
				part = digit - 6;
		for (; at < part; at++)
			if (isalnum((unsigned char)*at))
				*at = 'x';
	}
}

/* "ip=CLIENT:SERVER:GATEWAY:MASK:HOST NAME:…", addresses of IPv6 in brackets. */
static void redact_ip(char *text)
{
	for (char *at = text; (at = strstr(at, "ip=")); at += strlen("ip=")) {
		char *field = at + strlen("ip=");
		unsigned number = 0;

		if (at > text && !strchr(" \t\n\"'", at[-1]))
			continue;
		for (bool in = false; *field && !strchr(" \t\n\"'", *field); field++) {
			in = *field == '[' || (in && *field != ']');
			if (*field == ':' && !in)
				number++;
			else if (number == 4)
				*field = 'x';
		}
	}
}

void redact_text(struct redaction *redaction, char *text)
{
	redact_secrets(text);
	redact_disk_names(text);
	redact_ip(text);
	redact_numbers(redaction, text);
	redact_host_name(redaction, text);
}

void redact_cmdline(struct redaction *redaction, char *text)
{
	struct text_cursor rest = { .at = text, .end = text + strlen(text) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter))
		if (parameter.value.at && is_secret(parameter.name))
			memset((char *)(uintptr_t)parameter.value.at, 'x',
			       parameter.value.length);
	redact_text(redaction, text);
}

/* -- names of directories ------------------------------------------------------------ */

/* Other mount points tell about people, not about machines. */
static bool is_system_path(struct span path)
{
	static const char *const known[] = { "/",    "/boot", "/boot/efi", "/efi",
					     "/usr", "/var",  "/home",	   "/opt" };

	return path.length == 0 || path.at[0] != '/' ||
	       span_is_one_of(path, known, ARRAY_SIZE(known));
}

static void put_path(FILE *file, struct span path)
{
	if (is_system_path(path))
		fprintf(file, "%.*s", (int)path.length, path.at);
	else
		fputs("/" REDACT_REMOVED, file);
}

static bool is_device(struct span path)
{
	return span_skip_prefix(&path, "/dev/");
}

/* The fields are in Documentation/filesystems/proc.rst, 3.5. */
static void put_mount(FILE *file, struct text_cursor line)
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
	put_path(file, point);
	fprintf(file, " rw - %.*s %.*s rw\n", (int)type.length, type.at,
		(int)source.length, source.at);
}

/* Swap that is not on a device is a file. */
static void put_swap(FILE *file, struct text_cursor line)
{
	struct span path = text_next_word(&line);

	if (is_device(path))
		fprintf(file, "%.*s", (int)path.length, path.at);
	else
		put_path(file, path);
	fprintf(file, "%.*s\n", (int)(line.end - line.at), line.at);
}

static char *redact_lines(const char *text,
			  void (*put)(FILE *file, struct text_cursor line))
{
	struct text_file kept;
	FILE *file = text_file_open(&kept);
	struct text_cursor line;

	while (file && text_next_line(&text, &line))
		put(file, line);
	return text_file_close(&kept);
}

char *redact_mounts(const char *mountinfo)
{
	return redact_lines(mountinfo, put_mount);
}

char *redact_swaps(const char *swaps)
{
	return redact_lines(swaps, put_swap);
}

char *redact_report(const char *report)
{
	static const char key[] = " for=";
	struct text_file kept;
	FILE *file = text_file_open(&kept);
	const char *found;

	if (!file)
		return NULL;
	while ((found = strstr(report, key))) {
		struct span reason = { found + strlen(key), 0 };

		reason.length = strcspn(reason.at, " \n");
		fprintf(file, "%.*s", (int)(reason.at - report), report);
		put_path(file, reason);
		report = reason.at + reason.length;
	}
	fputs(report, file);
	return text_file_close(&kept);
}

void redact_dm_uuid(char *uuid)
{
	char *multipath = strstr(uuid, "mpath-"), *luks = strstr(uuid, "CRYPT-LUKS");

	/* After "mpath-" comes the serial number of the disk. */
	if (multipath)
		memset(multipath + strlen("mpath-"), 'x',
		       strlen(multipath + strlen("mpath-")));
	luks = luks ? strchr(luks + strlen("CRYPT-"), '-') : NULL;
	for (luks = luks ? luks + 1 : NULL; luks && isxdigit((unsigned char)*luks);
	     luks++)
		*luks = 'x';
}
