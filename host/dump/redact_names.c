/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names, UUIDs and devspecs: equal ones stay equal, so that the guards decide the same.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "dump/internal.h"
#include "lib/lib.h"
#include "pci/pci.h"

/* Hex digits in a row, of a machine ID or a checksum, that KEEP replaces. */
#define LONG_NUMBER 16

/* -- the table of names -------------------------------------------------------------- */

/* Host names that say nothing, and would be found in other texts. */
static bool is_usual_name(const char *name)
{
	static const char *const usual[] = { "localhost", "debian", "fedora", "ubuntu",
					     "archlinux", "linux",  "pve",    "root" };

	return strlen(name) < 3 ||
	       span_is_one_of(span_of(name), usual, ARRAY_SIZE(usual));
}

void redact_open(int root_fd, struct redaction *ret)
{
	*ret = (struct redaction){ 0 };
	if (sysfs_read(root_fd, "proc/sys/kernel/hostname", ret->host_name,
		       sizeof(ret->host_name)) < 0)
		ret->host_name[0] = '\0';
	ret->host_name[strcspn(ret->host_name, ".")] = '\0';
	if (is_usual_name(ret->host_name))
		ret->host_name[0] = '\0';
}

void redact_close(struct redaction *redaction)
{
	for (size_t i = 0; i < redaction->count; i++)
		free(redaction->names[i]);
	free(redaction->names);
	*redaction = (struct redaction){ 0 };
}

/* The number of a text, counted from 1; 0 without memory. */
static size_t find_number(struct redaction *redaction, const char *text)
{
	char **added;

	for (size_t i = 0; i < redaction->count; i++)
		if (strcmp(redaction->names[i], text) == 0)
			return i + 1;
	added = array_append(redaction->names, redaction->count);
	if (added && (*added = strdup(text)))
		return redaction->count;
	if (added)
		redaction->count--;
	return 0;
}

/* What installers and file system tables call volumes everywhere. */
static bool is_public_name(struct span name)
{
	static const char *const names[] = { "root", "swap", "swap_1", "home",
					     "boot", "usr",  "var",    "tmp",
					     "ROOT", "AUTO", "luks",   "crypt" };

	return span_is_one_of(name, names, ARRAY_SIZE(names));
}

void redact_put_name(struct redaction *redaction, FILE *file, struct span name)
{
	_cleanup_free_ char *text = strndup(name.at, name.length);

	if (is_public_name(name))
		fputs(text ? text : "", file);
	else if (text && name.length)
		fprintf(file, "name%zu", find_number(redaction, text));
}

void redact_put_parts(struct redaction *redaction, FILE *file, struct span names,
		      const char *separators)
{
	while (names.length) {
		struct span part = { names.at, 0 };

		while (part.length < names.length &&
		       !strchr(separators, part.at[part.length]))
			part.length++;
		redact_put_name(redaction, file, part);
		if (part.length < names.length)
			fputc(part.at[part.length++], file);
		names.at += part.length;
		names.length -= part.length;
	}
}

/* -- UUIDs --------------------------------------------------------------------------- */

static bool is_uuid_digit(char c)
{
	return isxdigit((unsigned char)c) || c == '-' || c == ':';
}

/* The number of hex digits if the text has only these, "-" and ":"; else 0. */
static size_t count_digits(struct span text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.length; i++) {
		if (!is_uuid_digit(text.at[i]))
			return 0;
		count += isxdigit((unsigned char)text.at[i]) != 0;
	}
	return count;
}

/* The number of the UUID takes the place of its last digits. */
void redact_put_uuid(struct redaction *redaction, FILE *file, struct span uuid)
{
	char key[80] = "uuid ", text[80];
	size_t length = strlen(key), number;

	if (count_digits(uuid) == 0 || uuid.length + length >= sizeof(key)) {
		redact_put_name(redaction, file, uuid);
		return;
	}
	for (size_t i = 0; i < uuid.length; i++)
		if (isxdigit((unsigned char)uuid.at[i]))
			key[length++] = (char)tolower((unsigned char)uuid.at[i]);
	key[length] = '\0';
	number = find_number(redaction, key);
	for (size_t i = uuid.length; i-- > 0;) {
		bool is_digit = isxdigit((unsigned char)uuid.at[i]);

		text[i] = uuid.at[i];
		if (is_digit) {
			text[i] = (char)('0' + number % 10);
			number /= 10;
		}
	}
	fprintf(file, "%.*s", (int)uuid.length, text);
}

/* "luks-UUID", or "VG-LV" with every dash in the names doubled. */
void redact_put_dm_name(struct redaction *redaction, FILE *file, struct span name)
{
	struct span uuid = name;

	if (span_skip_prefix(&uuid, "luks-") && count_digits(uuid) >= LONG_NUMBER) {
		fputs("luks-", file);
		redact_put_uuid(redaction, file, uuid);
		return;
	}
	while (name.length) {
		char part[256];
		size_t length = 0;

		while (name.length && length < sizeof(part)) {
			bool is_dash = name.at[0] == '-';
			bool is_doubled = is_dash && name.length > 1 && name.at[1] == '-';

			if (is_dash && !is_doubled)
				break;
			part[length++] = name.at[0];
			name.at += 1 + is_doubled;
			name.length -= 1U + is_doubled;
		}
		redact_put_name(redaction, file, (struct span){ part, length });
		if (name.length && name.at[0] == '-') {
			fputc('-', file);
			name.at++;
			name.length--;
		}
	}
}

/* -- devices ------------------------------------------------------------------------- */

/* The names that the kernel gives: "nvme0n1p2", "sda1", "md127", "dm-0". */
bool redact_is_kernel_name(struct span name)
{
	static const char *const prefixes[] = { "sd",	  "hd",	  "vd",	  "xvd", "nvme",
						"mmcblk", "md",	  "dm-",  "sr",	 "nbd",
						"loop",	  "ram",  "zram", "zd",	 "rbd",
						"bcache", "pmem", "fd",	  "dasd" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		struct span rest = name;
		size_t letters = 0;

		if (!span_skip_prefix(&rest, prefixes[i]) || rest.length > 12)
			continue;
		/* "sdaa1", "nvme0n1p2": at most three letters in a row */
		for (size_t at = 0; at < rest.length && letters < 4; at++)
			if (islower((unsigned char)rest.at[at]))
				letters++;
			else
				letters = isdigit((unsigned char)rest.at[at]) ? 0 : 4;
		if (letters < 4)
			return true;
	}
	return false;
}

static bool is_special_device(struct span name)
{
	static const char *const names[] = { "nfs",
					     "cifs",
					     "null",
					     "root",
					     "gpt-auto-root",
					     "ram",
					     "gpt-auto-root-luks" };

	return redact_is_kernel_name(name) ||
	       span_is_one_of(name, names, ARRAY_SIZE(names));
}

/* "by-id/nvme-MODEL_SERIAL-part3": what is before the part is a name. */
static void put_link_name(struct redaction *redaction, FILE *file, struct span name)
{
	size_t end = name.length;

	while (end > 0 && isdigit((unsigned char)name.at[end - 1]))
		end--;
	if (end < 5 || end == name.length || strncmp(name.at + end - 5, "-part", 5) != 0)
		end = name.length + 5;
	redact_put_name(redaction, file, (struct span){ name.at, end - 5 });
	fprintf(file, "%.*s", (int)(name.length - (end - 5)), name.at + end - 5);
}

/* After "/dev/". */
static void put_device(struct redaction *redaction, FILE *file, struct span path)
{
	static const char *const uuids[] = { "disk/by-uuid/", "disk/by-partuuid/" };
	static const char *const links[] = { "disk/by-id/", "disk/by-path/" };
	static const char *const names[] = { "disk/by-label/", "disk/by-partlabel/",
					     "zvol/", "md/" };

	for (size_t i = 0; i < ARRAY_SIZE(uuids); i++)
		if (span_skip_prefix(&path, uuids[i])) {
			fputs(uuids[i], file);
			redact_put_uuid(redaction, file, path);
			return;
		}
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (span_skip_prefix(&path, links[i])) {
			fputs(links[i], file);
			put_link_name(redaction, file, path);
			return;
		}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (span_skip_prefix(&path, names[i])) {
			fputs(names[i], file);
			break;
		}
	if (span_skip_prefix(&path, "mapper/")) {
		fputs("mapper/", file);
		redact_put_dm_name(redaction, file, path);
	} else if (is_special_device(path)) {
		fprintf(file, "%.*s", (int)path.length, path.at);
	} else {
		redact_put_parts(redaction, file, path, "/");
	}
}

/* "8:2" or "801" */
static bool is_number(struct span text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!isdigit((unsigned char)text.at[i]) && text.at[i] != ':')
			return false;
	return text.length > 0 && text.length <= 8;
}

/* Tags of devspecs. The values of the first two are UUIDs. */
static const char *const tags[] = { "UUID=", "PARTUUID=", "LABEL=", "PARTLABEL=",
				    "ID=",   "PARTID=",	  "ZFS=",   "zfs=",
				    "zfs:",  "CDLABEL=",  "TYPE=" };

void redact_put_device(struct redaction *redaction, FILE *file, struct span value)
{
	static const char *const words[] = {
		"gpt-auto", "gpt-auto-force", "fstab",	 "tmpfs", "off",
		"none",	    "dissect",	      "auto",	 "zfs",	  "dhcp",
		"dhcp6",    "auto6",	      "either6", "on",	  "any"
	};
	static const char *const before[] = { "live:", "block:" };

	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		if (span_skip_prefix(&value, before[i]))
			fputs(before[i], file);
	for (size_t i = 0; i < ARRAY_SIZE(tags); i++) {
		if (!span_skip_prefix(&value, tags[i]))
			continue;
		fputs(tags[i], file);
		if (i < 2)
			redact_put_uuid(redaction, file, value);
		else
			redact_put_parts(redaction, file, value, "/@");
		return;
	}
	if (span_skip_prefix(&value, "/dev/")) {
		fputs("/dev/", file);
		put_device(redaction, file, value);
	} else if (span_is_one_of(value, words, ARRAY_SIZE(words)) || is_number(value)) {
		fprintf(file, "%.*s", (int)value.length, value.at);
	} else {
		redact_put_source(redaction, file, value);
	}
}

/* "nfs:SERVER:/PATH": the kind stays, whatever follows is one name. */
void redact_put_source(struct redaction *redaction, FILE *file, struct span value)
{
	static const char *const kinds[] = { "nfs",  "nfs4",	"nfsroot", "iscsi",
					     "nbd",  "fcoe",	"cifs",	   "smb",
					     "dhcp", "dhcp6",	"http",	   "https",
					     "ftp",  "tftp",	"torrent", "ibft",
					     "nvmf", "virtiofs" };
	struct span kind = span_until(value, ':');

	if (kind.length < value.length &&
	    span_is_one_of(kind, kinds, ARRAY_SIZE(kinds))) {
		fprintf(file, "%.*s:", (int)kind.length, kind.at);
		value.at += kind.length + 1;
		value.length -= kind.length + 1;
		redact_put_name(redaction, file, value);
	} else if (kind.length < value.length) {
		/* SERVER:/PATH, a sign of the network */
		redact_put_name(redaction, file, value);
		fputc(':', file);
	} else if (value.length && value.at[0] == '/') {
		fputc('/', file);
		redact_put_name(redaction, file, value);
	} else {
		redact_put_name(redaction, file, value);
	}
}

/* -- what is kept -------------------------------------------------------------------- */

static size_t digits_length(struct span text)
{
	size_t length = 0;

	while (length < text.length && isxdigit((unsigned char)text.at[length]))
		length++;
	return length;
}

/* The length of a machine ID or a checksum, or of a UUID, 8-4-4-4-12 digits; or 0. */
static size_t long_number_length(struct span text)
{
	static const size_t groups[] = { 8, 4, 4, 4, 12 };
	size_t length = digits_length(text);

	if (length >= LONG_NUMBER)
		return length;
	length = 0;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		struct span rest;

		if (i > 0 && (length >= text.length || text.at[length++] != '-'))
			return 0;
		rest = (struct span){ text.at + length, text.length - length };
		if (digits_length(rest) != groups[i])
			return 0;
		length += groups[i];
	}
	return length;
}

/* The length of six or more pairs of digits between ":" or "-", or 0. */
static size_t mac_length(struct span text)
{
	size_t length = 0;

	while (length + 2 <= text.length && isxdigit((unsigned char)text.at[length]) &&
	       isxdigit((unsigned char)text.at[length + 1])) {
		length += 2;
		if (length == text.length || !strchr(":-", text.at[length]))
			return length >= 17 ? length : 0;
		length++;
	}
	return 0;
}

static size_t number_length(struct span text)
{
	size_t length = long_number_length(text);

	return length ? length : mac_length(text);
}

void redact_put_kept(struct redaction *redaction, FILE *file, struct span text)
{
	struct span host = span_of(redaction->host_name), rest = text;

	while (rest.length) {
		bool begins = rest.at == text.at || !isalnum((unsigned char)rest.at[-1]);
		size_t length = begins ? number_length(rest) : 0;
		struct span after = rest;

		if (length) {
			redact_put_uuid(redaction, file,
					(struct span){ rest.at, length });
		} else if (begins && host.length &&
			   span_skip_prefix(&after, redaction->host_name) &&
			   (!after.length || !isalnum((unsigned char)after.at[0]))) {
			redact_put_name(redaction, file, host);
			length = host.length;
		} else {
			fputc(rest.at[0], file);
			length = 1;
		}
		rest.at += length;
		rest.length -= length;
	}
}
