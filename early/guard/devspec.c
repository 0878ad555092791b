/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "guard/devspec.h"

int devspecs_add(struct devspecs *devspecs, const struct devspec *devspec)
{
	struct devspec *added = array_append(devspecs->items, devspecs->count);

	if (!added)
		return -ENOMEM;
	*added = *devspec;
	return 0;
}

void devspecs_free(struct devspecs *devspecs)
{
	free(devspecs->items);
	*devspecs = (struct devspecs){ 0 };
}

bool devspec_is_number(struct span value)
{
	size_t colons = 0;

	for (size_t i = 0; i < value.length; i++) {
		if (value.at[i] == ':')
			colons++;
		else if (!isdigit((unsigned char)value.at[i]))
			return false;
	}
	return colons == 1;
}

/* Decodes an escape sequence. Returns its length, or 0 if there is none. */
static size_t read_escape(const char *at, size_t length, char *ret)
{
	struct text_cursor cursor = { at + 2, at + 4 };
	uint32_t value = 0;

	if (length < 4 || at[0] != '\\')
		return 0;
	if (at[1] == 'x') {
		if (text_read_hex(&cursor, 2, &value) < 0)
			return 0;
	} else {
		for (size_t i = 1; i < 4; i++) {
			if (at[i] < '0' || at[i] > '7')
				return 0;
			value = value << 3 | (uint32_t)(at[i] - '0');
		}
	}
	*ret = (char)value;
	return 4;
}

bool devspec_copy(char *buffer, size_t size, struct span value)
{
	size_t length = 0, i = 0;

	while (i < value.length && length + 1 < size) {
		size_t step =
			read_escape(value.at + i, value.length - i, &buffer[length]);

		if (step == 0)
			buffer[length] = value.at[i];
		i += step ? step : 1;
		length++;
	}
	buffer[length] = '\0';
	return i == value.length;
}

bool devspec_is_in_use(const struct devspec *devspec)
{
	return devspec->source == DEVSPEC_FROM_MOUNT ||
	       devspec->source == DEVSPEC_FROM_SWAP;
}

static const char *skip_separators(const char *uuid)
{
	return uuid + strspn(uuid, "-:");
}

bool devspec_begins_uuid(const char *uuid, const char *beginning)
{
	uuid = skip_separators(uuid);
	beginning = skip_separators(beginning);
	if (!*beginning)
		return false;
	while (*beginning) {
		if (tolower((unsigned char)*uuid) != tolower((unsigned char)*beginning))
			return false;
		uuid = skip_separators(uuid + 1);
		beginning = skip_separators(beginning + 1);
	}
	return true;
}

bool devspec_equals_uuid(const char *a, const char *b)
{
	return devspec_begins_uuid(a, b) && devspec_begins_uuid(b, a);
}
