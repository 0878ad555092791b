/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/ui.h"

/* Increases when a key is removed or changes its meaning. */
#define JSON_FORMAT 1

static struct json_object *errors; /* NULL: none so far */
static bool is_printed;

struct json_object *json_begin(const char *command)
{
	struct json_object *object = json_object_new_object();

	json_add_number(object, "format", JSON_FORMAT);
	json_add_text(object, "command", command);
	return object;
}

int json_end(struct json_object *object)
{
	int flags = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
		    JSON_C_TO_STRING_NOSLASHESCAPE;
	int r = puts(json_object_to_json_string_ext(object, flags)) < 0 ? -EIO : 0;

	json_object_put(object);
	is_printed = true;
	return r;
}

void json_note(const char *text)
{
	if (!errors)
		errors = json_object_new_array();
	json_append_text(errors, text);
}

void json_finish(const char *command, bool is_wanted)
{
	struct json_object *top;

	if (is_wanted && !is_printed) {
		top = json_begin(command);
		if (!errors)
			errors = json_object_new_array();
		json_object_object_add(top, "errors", json_object_get(errors));
		(void)json_end(top);
	}
	json_object_put(errors);
	errors = NULL;
}

/* The length of the UTF-8 character, or 0 for invalid bytes; Unicode, table 3-7. */
static size_t character_length(const unsigned char *at)
{
	unsigned char low = at[0] == 0xe0 ? 0xa0 : at[0] == 0xf0 ? 0x90 : 0x80;
	unsigned char high = at[0] == 0xed ? 0x9f : at[0] == 0xf4 ? 0x8f : 0xbf;
	size_t length = at[0] < 0x80			 ? 1
			: at[0] >= 0xc2 && at[0] <= 0xdf ? 2
			: at[0] >= 0xe0 && at[0] <= 0xef ? 3
			: at[0] >= 0xf0 && at[0] <= 0xf4 ? 4
							 : 0;

	if (length > 1 && (at[1] < low || at[1] > high))
		return 0;
	for (size_t i = 2; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static struct json_object *new_text(const char *text)
{
	struct json_object *object = NULL;
	char *copy;

	if (!text || !text[0])
		return NULL;
	copy = strdup(text);
	for (char *at = copy; at && *at;) {
		size_t length = character_length((unsigned char *)at);

		if (length == 0)
			*at = '?';
		at += length ? length : 1;
	}
	if (copy)
		object = json_object_new_string(copy);
	free(copy);
	return object;
}

void json_add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, new_text(text));
}

void json_add_bool(struct json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}

void json_add_number(struct json_object *object, const char *key, int64_t value)
{
	json_object_object_add(object, key, json_object_new_int64(value));
}

void json_add_group(struct json_object *object, int group)
{
	if (group < 0)
		json_add_text(object, "group", NULL);
	else
		json_add_number(object, "group", group);
}

struct json_object *json_add_array(struct json_object *object, const char *key)
{
	struct json_object *array = json_object_new_array();

	json_object_object_add(object, key, array);
	return array;
}

struct json_object *json_append(struct json_object *array)
{
	struct json_object *object = json_object_new_object();

	json_object_array_add(array, object);
	return object;
}

void json_append_text(struct json_object *array, const char *text)
{
	json_object_array_add(array, new_text(text));
}
