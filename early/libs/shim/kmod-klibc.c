/* The functions that kmod takes from a libc and klibc lacks. */
#include "kmod-klibc.h"

#include <errno.h>
#include <limits.h>
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
