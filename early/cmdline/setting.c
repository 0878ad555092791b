/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "cmdline/internal.h"

/* By kind. */
static const char *const names[] = {
	[SETTING_BAR0] = "bar0",   [SETTING_BAR1] = "bar1",	[SETTING_BAR2] = "bar2",
	[SETTING_BAR3] = "bar3",   [SETTING_BAR4] = "bar4",	[SETTING_BAR5] = "bar5",
	[SETTING_RESET] = "reset", [SETTING_D3COLD] = "d3cold", [SETTING_POWER] = "power",
};

const char *setting_name(enum setting_kind kind)
{
	return names[kind];
}

/* Each is 1024 of the one before. */
static const char units[] = "MGTPE";
#define UNIT_BITS  10
#define DIGITS_MAX 7 /* klibc's strtoul() does not report overflow */

int setting_read_size(const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);
	const char *unit = *end > ' ' ? strchr(units, *end & ~0x20) : NULL;
	int bits = 0;

	/* A power of two, without a sign or a blank before it. */
	if (*text < '1' || *text > '9' || end - text > DIGITS_MAX || !unit ||
	    number & (number - 1))
		return -EINVAL;
	end++;
	end += *end == 'i' && end[1] == 'B';
	end += *end == 'B';
	while (number >>= 1)
		bits++;
	bits += (int)(unit - units) * UNIT_BITS;
	return *end || bits > SETTING_SIZE_MAX ? -EINVAL : bits;
}

void setting_format_size(unsigned bits, char text[static SETTING_TEXT_SIZE])
{
	snprintf(text, SETTING_TEXT_SIZE, "%u%c", 1u << bits % UNIT_BITS,
		 units[bits / UNIT_BITS]);
}

/* Whether it is a "+"-separated list of reset_methods[] in drivers/pci/pci.c. */
static bool are_methods(struct span text)
{
	struct span method;

	do {
		method = span_until(text, '+');
		if (!span_is_in(method, "device_specific acpi flr af_flr pm bus cxl_bus"))
			return false;
		text.at += method.length + 1;
		text.length -= method.length + 1;
	} while ((ssize_t)text.length >= 0);
	return true;
}

/* Returns what to write instead, or NULL if the value is valid. */
static const char *find_fault(enum setting_kind kind, const char *value)
{
	if (kind <= SETTING_BAR5)
		return setting_read_size(value) >= 0 ||
				       span_is_in(span_of(value), "min max")
			       ? NULL
			       : "write a size such as 256M or 8G, or min or max";
	if (kind == SETTING_RESET)
		return are_methods(span_of(value))
			       ? NULL
			       : "write the kernel's names of methods, such as flr or flr+bus";
	return span_is_in(span_of(value), "on off auto") ? NULL : "write on or off";
}

/* The one word for each value. */
static void normalise(struct setting *setting)
{
	int bits = setting->kind <= SETTING_BAR5 ? setting_read_size(setting->value) : -1;

	if (bits >= 0)
		setting_format_size((unsigned)bits, setting->value);
	if (setting->kind == SETTING_D3COLD && strcmp(setting->value, "auto") == 0)
		strcpy(setting->value, "off");
	if (setting->kind == SETTING_POWER && strcmp(setting->value, "off") == 0)
		strcpy(setting->value, "auto");
}

int setting_parse(enum setting_kind kind, struct span text, struct setting *ret,
		  struct selector_error *error)
{
	struct span value = span_until(text, '@');
	size_t skipped = value.length + 1;
	const char *why;

	*ret = (struct setting){ .kind = kind, .text = text };
	memcpy(ret->value, value.at,
	       value.length < sizeof(ret->value) ? value.length : 0);
	why = find_fault(kind, ret->value);
	if (why) {
		*error = (struct selector_error){ .why = why };
		return -EINVAL;
	}
	normalise(ret);
	ret->has_device = value.length < text.length;
	if (!ret->has_device)
		return 0;
	text.at += skipped;
	text.length -= skipped;
	if (selector_parse_plain(text, &ret->device, error) == 0)
		return 0;
	error->at += skipped;
	error->meant = NULL;
	return -EINVAL;
}

const struct setting *setting_find(const struct params *params, enum setting_kind kind,
				   const struct pci_device *device)
{
	for (size_t i = params->setting_count; i > 0; i--) {
		const struct setting *setting = &params->settings[i - 1];

		if (setting->kind == kind &&
		    (!setting->has_device || selector_matches(&setting->device, device)))
			return setting;
	}
	return NULL;
}
