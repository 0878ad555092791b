/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The functions that kmod takes from a libc and klibc lacks. */
#include "kmod-klibc.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* For path_make_absolute_cwd(). The kernel knows no longer path than this. */
char *get_current_dir_name(void)
{
	char *buf = malloc(PATH_MAX);

	if (buf && !getcwd(buf, PATH_MAX)) {
		free(buf);
		return NULL;
	}
	return buf;
}

/* For the strings of modules.*.bin and modules.builtin.modinfo. */
ssize_t getdelim(char **line, size_t *size, int delim, FILE *f)
{
	size_t len = 0;
	int c;

	if (!*line)
		*size = 0;
	do {
		/* Room for this byte and the null. */
		if (len + 2 > *size) {
			size_t more = *size ? 2 * *size : 128;
			char *bigger = realloc(*line, more);

			if (!bigger)
				return -1;
			*line = bigger;
			*size = more;
		}
		c = fgetc(f);
		if (c == EOF)
			break;
		(*line)[len++] = c;
	} while (c != delim);

	(*line)[len] = '\0';
	return len && !ferror(f) ? (ssize_t)len : -1;
}

/* The bracket expression that starts after p's '[': its end, NULL if it has none. */
static const char *match_set(const char *p, unsigned char c, bool *ret_hit)
{
	bool negated = *p == '!' || *p == '^';
	bool hit = false;
	const char *first = p += negated;

	for (; *p != ']' || p == first; p++) {
		unsigned char low, high;

		if (*p == '\\' && p[1])
			p++;
		low = high = *p;
		if (p[0] && p[1] == '-' && p[2] && p[2] != ']') {
			p += 2;
			if (*p == '\\' && p[1])
				p++;
			high = *p;
		}
		if (!*p)
			return NULL;
		hit |= low <= c && c <= high;
	}
	*ret_hit = hit != negated;
	return p + 1;
}

/* The pattern behind its first element if that matches c, else NULL. */
static const char *match_one(const char *p, char c)
{
	const char *end;
	bool hit;

	if (*p == '?')
		return p + 1;
	if (*p == '[') {
		end = match_set(p + 1, c, &hit);
		if (end)
			return hit ? end : NULL;
	}
	if (*p == '\\')
		p++;
	return *p == c ? p + 1 : NULL;
}

/*
 * For aliases. klibc's takes [!ab] for "not a, or not b", and for a modalias with its
 * many asterisks ten times as long: here only the last one seen is tried again.
 */
int kmod_fnmatch(const char *p, const char *s, int flags)
{
	const char *star = NULL, *from = NULL;

	(void)flags; /* kmod passes 0. */
	while (*s || *p) {
		const char *next;

		if (*p == '*') {
			star = ++p;
			from = s;
			continue;
		}
		next = *s ? match_one(p, *s) : NULL;
		if (next) {
			p = next;
			s++;
			continue;
		}
		if (!star || !*from)
			return FNM_NOMATCH;
		p = star;
		s = ++from;
	}
	return 0;
}
