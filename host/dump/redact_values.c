/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of parameters and settings: each kind has a rule. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "dump/internal.h"
#include "pci/pci.h"

static void put(FILE *file, struct span text)
{
	fprintf(file, "%.*s", (int)text.length, text.at);
}

/* -- what is known by its form ------------------------------------------------------- */

/* "1002:67df", "1002:67df:1043:04c2:030000", with "ffffffff" for any. */
static bool is_id(struct span text)
{
	size_t fields = 1, digits = 0;

	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] == ':') {
			if (digits < 4)
				return false;
			fields++;
			digits = 0;
		} else if (!isxdigit((unsigned char)text.at[i]) || ++digits > 8) {
			return false;
		}
	}
	return fields > 1 && fields <= 6 && digits >= 4;
}

static bool is_address(struct span text)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	span_skip_prefix(&text, "pci-");
	return text.length && memchr(text.at, ':', text.length) &&
	       address_parse(text.at, text.length, &pattern, &why, &at) == 0;
}

bool redact_is_device(struct span text)
{
	struct span list = text, item;

	if (!text.length)
		return false;
	while (span_next_item(&list, &item)) {
		struct span id = span_until(item, '@'), address = id;

		if (id.length < item.length)
			address = (struct span){ item.at + id.length + 1,
						 item.length - id.length - 1 };
		if ((!is_id(id) && !is_address(id)) ||
		    (address.at != id.at && !is_address(address)))
			return false;
	}
	return true;
}

/* "16", "512M", "0x1f", "1920x1080@60", "16-31" */
static bool is_short_number(struct span text)
{
	size_t digits = 0;

	for (size_t i = 0; i < text.length; i++) {
		if (isdigit((unsigned char)text.at[i]))
			digits++;
		else if (!strchr("xkKmMgGs%-.@", text.at[i]))
			return false;
	}
	return digits > 0 && digits <= 8;
}

bool redact_is_module_name(struct span text)
{
	for (size_t i = 0; i < text.length; i++)
		if (!isalnum((unsigned char)text.at[i]) && !strchr("_-", text.at[i]))
			return false;
	return text.length > 0 && text.length <= 40;
}

/* -- values -------------------------------------------------------------------------- */

static void put_removed(FILE *file, struct span value)
{
	if (value.length)
		fputs(REDACT_REMOVED, file);
	/* The lines keep their numbers. */
	for (size_t i = 0; i < value.length; i++)
		if (value.at[i] == '\n')
			fputc('\n', file);
}

/* Words that say nothing, numbers and devices, separated by "," ":" and the like. */
static void put_simple(FILE *file, struct span value)
{
	struct span rest = value;

	if (redact_is_device(value)) {
		put(file, value);
		return;
	}
	while (rest.length) {
		struct span word = { rest.at, 0 };

		while (word.length < rest.length &&
		       !strchr(",:;+ \t\n", word.at[word.length]))
			word.length++;
		if (redact_is_public(word) || is_short_number(word))
			put(file, word);
		else if (word.length)
			fputs(REDACT_REMOVED, file);
		if (word.length < rest.length)
			fputc(word.at[word.length++], file);
		rest.at += word.length;
		rest.length -= word.length;
	}
}

/* Whether another device begins there: ":/dev/sdb" */
static bool begins_device(struct span value, size_t at)
{
	return at < value.length && value.at[at] == ':' &&
	       (strncmp(value.at + at, ":/dev/", 6) == 0 ||
		strncmp(value.at + at, ":UUID=", 6) == 0);
}

/* One device, or several: "/dev/sda:/dev/sdb". */
static void put_devices(struct redaction *redaction, FILE *file, struct span value)
{
	bool may_be_list =
		strncmp(value.at, "/dev/", 5) == 0 || strncmp(value.at, "UUID=", 5) == 0;

	while (value.length) {
		size_t end = may_be_list ? 1 : value.length;

		while (end < value.length && !begins_device(value, end))
			end++;
		redact_put_device(redaction, file, (struct span){ value.at, end });
		value.at += end;
		value.length -= end;
		if (span_skip_prefix(&value, ":"))
			fputc(':', file);
	}
}

/* "UUID=1b2c:NAME:OPTIONS" */
static void put_cryptdevice(struct redaction *redaction, FILE *file, struct span value)
{
	struct span device = span_until(value, ':');

	redact_put_device(redaction, file, device);
	value.at += device.length;
	value.length -= device.length;
	redact_put_parts(redaction, file, value, ":");
}

/* "subvol=@,device=/dev/sdb": options of file systems. */
static void put_flags(struct redaction *redaction, FILE *file, struct span value)
{
	static const char *const devices[] = { "device",       "logdev", "rtdev",
					       "journal_path", "source", "journal_dev" };
	const char *separator = "";
	struct span item;

	while (span_next_item(&value, &item)) {
		struct span name = span_until(item, '='), rest = item;

		rest.at += name.length;
		rest.length -= name.length;
		fputs(separator, file);
		separator = ",";
		if (redact_is_public(name) || redact_find_rule(name) != REDACT_UNKNOWN ||
		    redact_is_mount_option(name))
			put(file, name);
		else
			redact_put_name(redaction, file, name);
		if (!span_skip_prefix(&rest, "="))
			continue;
		fputc('=', file);
		if (span_is_one_of(name, devices, ARRAY_SIZE(devices)))
			redact_put_device(redaction, file, rest);
		else if (is_short_number(rest) || redact_is_public(rest))
			put(file, rest);
		else
			redact_put_parts(redaction, file, rest, "/");
	}
}

/* "luks-UUID" or "UUID" */
static void put_uuid(struct redaction *redaction, FILE *file, struct span value)
{
	if (span_skip_prefix(&value, "luks-"))
		fputs("luks-", file);
	redact_put_uuid(redaction, file, value);
}

/* "UUID=NAME" */
static void put_assignment(struct redaction *redaction, FILE *file, struct span value)
{
	struct span uuid = span_until(value, '=');

	if (uuid.length == value.length) {
		put_removed(file, value);
		return;
	}
	put_uuid(redaction, file, uuid);
	fputc('=', file);
	value.at += uuid.length + 1;
	value.length -= uuid.length + 1;
	redact_put_dm_name(redaction, file, value);
}

/* Interfaces that the kernel and udev name; "enx" is followed by the MAC address. */
static bool is_interface(struct span name)
{
	static const char *const prefixes[] = {
		"eth", "eno", "ens", "enp", "wlan", "wlp"
	};
	struct span rest = name;

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (span_skip_prefix(&rest, prefixes[i]))
			break;
	if (rest.at == name.at || rest.length > 10)
		return false;
	for (size_t i = 0; i < rest.length; i++)
		if (!isdigit((unsigned char)rest.at[i]) && !strchr("spfdn", rest.at[i]))
			return false;
	return true;
}

/* "CLIENT:SERVER:GATEWAY:MASK:HOST:INTERFACE:KIND": addresses in brackets for IPv6. */
static void put_ip(struct redaction *redaction, FILE *file, struct span value)
{
	static const char *const kinds[] = {
		"dhcp",	       "dhcp6", "auto6", "either6", "on",	  "any",
		"off",	       "none",	"link6", "ibft",    "link-local", "both",
		"single-dhcp", "bootp", "rarp",	 "static"
	};

	while (value.length) {
		struct span field = { value.at, 0 };
		bool in = false;

		while (field.length < value.length &&
		       (in || field.at[field.length] != ':')) {
			char c = field.at[field.length++];

			in = c == '[' || (in && c != ']');
		}
		if (span_is_one_of(field, kinds, ARRAY_SIZE(kinds)) ||
		    is_interface(field))
			put(file, field);
		else
			redact_put_name(redaction, file, field);
		if (field.length < value.length)
			fputc(value.at[field.length++], file);
		value.at += field.length;
		value.length -= field.length;
	}
}

/* A program or a unit that decides whether the boot is a rescue. */
static void put_path(FILE *file, struct span value)
{
	static const char *const known[] = {
		"sh",
		"bash",
		"dash",
		"ash",
		"zsh",
		"ksh",
		"busybox",
		"sulogin",
		"init",
		"systemd",
		"rescue.target",
		"emergency.target",
		"runlevel1.target",
		"multi-user.target",
		"graphical.target",
		"default.target",
		"friendly-recovery.target",
		"rescue",
		"emergency",
		"runlevel1",
		"multi-user",
		"graphical",
	};
	struct span name = value;

	for (size_t i = 0; i < value.length; i++)
		if (value.at[i] == '/')
			name = (struct span){ value.at + i + 1, value.length - i - 1 };
	if (!span_is_one_of(name, known, ARRAY_SIZE(known))) {
		fputs(value.length && value.at[0] == '/' ? "/" : "", file);
		put_removed(file, value);
	} else {
		/* Of its directories only the root matters. */
		fputs(name.at != value.at && value.at[0] == '/' ? "/" : "", file);
		put(file, name);
	}
}

void redact_put_value(struct redaction *redaction, FILE *file, enum redact_rule rule,
		      struct span value)
{
	/* No value that is understood goes over several lines. */
	if (value.length && memchr(value.at, '\n', value.length))
		rule = REDACT_REMOVE;
	switch (rule) {
	case REDACT_KEEP:
		redact_put_kept(redaction, file, value);
		break;
	case REDACT_WORDS: /* without quotes: one word */
	case REDACT_MODULES:
	case REDACT_SIMPLE:
		put_simple(file, value);
		break;
	case REDACT_DEVICE:
		put_devices(redaction, file, value);
		break;
	case REDACT_DEVICES:
		put_cryptdevice(redaction, file, value);
		break;
	case REDACT_FLAGS:
		put_flags(redaction, file, value);
		break;
	case REDACT_UUID:
		put_uuid(redaction, file, value);
		break;
	case REDACT_ASSIGN:
		put_assignment(redaction, file, value);
		break;
	case REDACT_PARTS:
		redact_put_parts(redaction, file, value, "/");
		break;
	case REDACT_SOURCE:
		redact_put_source(redaction, file, value);
		break;
	case REDACT_IP:
		put_ip(redaction, file, value);
		break;
	case REDACT_PATH:
		put_path(file, value);
		break;
	case REDACT_REMOVE:
	case REDACT_UNKNOWN:
		put_removed(file, value);
		break;
	}
}
