/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_UI_JSON_H
#define PASSTHRU_UI_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The output of --json. Missing values are null, so that all objects of a kind have the
 * same keys. JSON_FORMAT increases when a key is removed or changes its meaning.
 */
#define JSON_FORMAT 1

/* Returns a new object with the keys "format" and "command". */
struct json_object *json_begin(const char *command);

/* Prints the object and frees it. Returns 0 or a negative errno. */
int json_end(struct json_object *object);

/* "" and NULL become null, bytes that are not UTF-8 "?". */
void json_add_text(struct json_object *object, const char *key, const char *text);
void json_add_bool(struct json_object *object, const char *key, bool value);
void json_add_number(struct json_object *object, const char *key, int64_t value);
/* An IOMMU group; a negative number becomes null. */
void json_add_group(struct json_object *object, int group);
struct json_object *json_add_array(struct json_object *object, const char *key);

/* Returns a new object at the end of the array. */
struct json_object *json_append(struct json_object *array);
void json_append_text(struct json_object *array, const char *text);

#endif
