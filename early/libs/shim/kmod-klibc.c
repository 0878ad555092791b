/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libc functions that kmod needs and klibc lacks. */
#include "kmod-klibc.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* For path_make_absolute_cwd(). PATH_MAX is the limit of the kernel. */
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
		/* For this byte and the NUL. */
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

/* Matches the bracket expression after '['. Returns its end, or NULL if it has none. */
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

/* Returns the rest of the pattern if its first element matches c, otherwise NULL. */
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
 * For aliases. klibc's fnmatch() reads [!ab] as "not a, or not b", and takes ten times as
 * long for a modalias with its many asterisks: this one backtracks to the last asterisk
 * only.
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
