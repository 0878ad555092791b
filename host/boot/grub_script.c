/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

/* More than any command line needs; longer words are truncated, further ones ignored. */
#define WORD_SIZE 8192
#define WORDS_MAX 1024
/* A limit because lookup is linear. */
#define VARIABLES_MAX 1024

const char *grub_variable(const struct grub_variables *variables, const char *name)
{
	for (size_t i = 0; i < variables->count; i++)
		if (strcmp(variables->items[i].name, name) == 0)
			return variables->items[i].value;
	return NULL;
}

/* GRUB sets these itself before it reads grub.cfg, or changes them with its state. */
static bool is_grubs_own(const char *name)
{
	static const char *const names[] = {
		"root",	  "prefix",   "cmdpath",   "config_file",     "config_directory",
		"chosen", "lockdown", "shim_lock", "check_signatures"
	};
	static const char *const prefixes[] = { "grub_", "feature_", "net_", "pxe_",
						"efi_" };

	/* The parameters of a function and the like: "1" */
	if (name[0] >= '0' && name[0] <= '9')
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return span_is_one_of(span_of(name), names, ARRAY_SIZE(names));
}

static bool is_unknown(const struct grub_variables *variables, const char *name)
{
	for (size_t i = 0; i < variables->count; i++)
		if (strcmp(variables->items[i].name, name) == 0)
			return !variables->items[i].value;
	return is_grubs_own(name);
}

int grub_variable_set(struct grub_variables *variables, const char *name,
		      const char *value)
{
	_cleanup_free_ char *new_value = value ? strndup(value, WORD_SIZE - 1) : NULL;
	_cleanup_free_ char *new_name = NULL;
	struct grub_variable *added;

	if (value && !new_value)
		return -ENOMEM;
	for (size_t i = 0; i < variables->count; i++) {
		if (strcmp(variables->items[i].name, name) != 0)
			continue;
		free(variables->items[i].value);
		variables->items[i].value = take_pointer(new_value);
		return 0;
	}
	if (variables->count == VARIABLES_MAX)
		return 0;
	new_name = strdup(name);
	added = new_name ? array_append(variables->items, variables->count) : NULL;
	if (!added)
		return -ENOMEM;
	*added =
		(struct grub_variable){ take_pointer(new_name), take_pointer(new_value) };
	return 0;
}

void grub_variables_free(struct grub_variables *variables)
{
	for (size_t i = 0; i < variables->count; i++) {
		free(variables->items[i].name);
		free(variables->items[i].value);
	}
	free(variables->items);
	*variables = (struct grub_variables){ 0 };
}

/* -- words --------------------------------------------------------------------------- */

struct lexer {
	const char *at;
	const struct grub_variables *variables;
	struct wordlist *wordlist;
	char word[WORD_SIZE];
	size_t length;
	bool has_word;	  /* a word has begun; it may be empty, as in "" */
	bool is_quoted;	  /* part of it is in quotes, so it is not a keyword */
	bool has_unknown; /* the command uses a variable that only GRUB knows */
	int error;
};

static void put(struct lexer *lexer, char c)
{
	lexer->has_word = true;
	if (lexer->length < WORD_SIZE - 1)
		lexer->word[lexer->length++] = c;
}

static void end_word(struct lexer *lexer)
{
	if (!lexer->has_word)
		return;
	lexer->word[lexer->length] = '\0';
	if (lexer->error == 0 && lexer->wordlist->count < WORDS_MAX)
		lexer->error = wordlist_insert(lexer->wordlist, lexer->wordlist->count,
					       lexer->word);
	lexer->length = 0;
	lexer->has_word = false;
	lexer->is_quoted = false;
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* Reads "$name" or "${name}". Any other "$" is copied; its value is unknown here. */
static void read_variable(struct lexer *lexer, bool quoted)
{
	const char *at = lexer->at + 1;
	bool braced = *at == '{';
	const char *value;
	char name[128];
	size_t length = 0;

	at += braced;
	while (is_name(at[length]))
		length++;
	if (length == 0 || length >= sizeof(name) || (braced && at[length] != '}')) {
		lexer->has_unknown = true;
		put(lexer, *lexer->at++);
		return;
	}
	snprintf(name, sizeof(name), "%.*s", (int)length, at);
	lexer->at = at + length + braced;
	value = grub_variable(lexer->variables, name);
	lexer->has_unknown |= !value && is_unknown(lexer->variables, name);
	for (; value && *value && lexer->length < WORD_SIZE - 1; value++)
		if (!quoted && strchr(" \t\n", *value))
			end_word(lexer);
		else
			put(lexer, *value);
}

static void read_quoted(struct lexer *lexer)
{
	char quote = *lexer->at++;

	lexer->has_word = lexer->is_quoted = true;
	while (*lexer->at && *lexer->at != quote) {
		if (quote == '"' && *lexer->at == '$') {
			read_variable(lexer, true);
			continue;
		}
		if (quote == '"' && *lexer->at == '\\' && lexer->at[1] &&
		    strchr("$\"\\", lexer->at[1]))
			lexer->at++;
		put(lexer, *lexer->at++);
	}
	lexer->at += *lexer->at == quote;
}

static void read_escaped(struct lexer *lexer)
{
	lexer->at++;
	if (*lexer->at == '\n')
		lexer->at++;
	else if (*lexer->at)
		put(lexer, *lexer->at++);
}

/* Whether the word read so far is a command by itself. */
static bool is_keyword(const struct lexer *lexer)
{
	static const char *const keywords[] = { "then", "else", "do" };

	if (!lexer->has_word || lexer->is_quoted || lexer->wordlist->count)
		return false;
	return span_is_one_of((struct span){ lexer->word, lexer->length }, keywords,
			      ARRAY_SIZE(keywords));
}

/* "{" is the last word of its command; "}" is a command by itself. */
static void read_brace(struct lexer *lexer)
{
	end_word(lexer);
	if (*lexer->at == '}' && lexer->wordlist->count)
		return;
	put(lexer, *lexer->at++);
	end_word(lexer);
}

static void read_blank(struct lexer *lexer, bool *ret_ends)
{
	*ret_ends = *lexer->at == '\n' || *lexer->at == ';' || is_keyword(lexer);
	end_word(lexer);
	lexer->at++;
	*ret_ends &= lexer->wordlist->count > 0;
}

static void read_command(struct lexer *lexer)
{
	bool ends = false;

	while (*lexer->at && lexer->error == 0 && !ends) {
		switch (*lexer->at) {
		case ' ':
		case '\t':
		case '\r':
		case '\n':
		case ';':
			read_blank(lexer, &ends);
			break;
		case '{':
		case '}':
			read_brace(lexer);
			return;
		case '\'':
		case '"':
			read_quoted(lexer);
			break;
		case '$':
			read_variable(lexer, false);
			break;
		case '\\':
			read_escaped(lexer);
			break;
		case '#':
			if (!lexer->has_word) {
				lexer->at += strcspn(lexer->at, "\n");
				break;
			}
			/* fallthrough */
		default:
			put(lexer, *lexer->at++);
		}
	}
	end_word(lexer);
}

int grub_script_next(const char **text, const struct grub_variables *variables,
		     struct wordlist *ret, bool *ret_unknown)
{
	struct lexer lexer = { .at = *text, .variables = variables, .wordlist = ret };

	*ret = (struct wordlist){ 0 };
	read_command(&lexer);
	*text = lexer.at;
	*ret_unknown = lexer.has_unknown;
	if (lexer.error < 0) {
		wordlist_free(ret);
		return lexer.error;
	}
	return ret->count > 0;
}

char *grub_script_join(const struct wordlist *wordlist, size_t from)
{
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (!file)
		return NULL;
	for (size_t i = from; i < wordlist->count; i++) {
		const char *quote = strpbrk(wordlist->items[i], " \t") ? "\"" : "";

		fprintf(file, "%s%s%s%s", i > from ? " " : "", quote, wordlist->items[i],
			quote);
	}
	return text_file_close(&text);
}
