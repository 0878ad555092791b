/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_JSON_H
#define PASSTHRU_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <json-c/json.h>

/*
 * What --json prints. A value that is missing is null, so that every object of a kind has
 * the same keys. JSON_FORMAT counts up when a key changes its meaning or goes away.
 */
#define JSON_FORMAT 1

/* The object that a command prints: it has "format" and "command" already. */
struct json_object *json_begin(const char *command);

/* Prints it and releases it. Returns 0 or a negative errno. */
int json_end(struct json_object *object);

/* "" and NULL become null. What is no UTF-8 becomes "?". */
void json_add_text(struct json_object *object, const char *key, const char *text);
void json_add_bool(struct json_object *object, const char *key, bool value);
void json_add_number(struct json_object *object, const char *key, int64_t value);
struct json_object *json_add_array(struct json_object *object, const char *key);

/* A new object at the end of the array. */
struct json_object *json_append(struct json_object *array);
void json_append_text(struct json_object *array, const char *text);

#endif
