/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "boot/configuration.h"
#include "cmdline/config.h"
#include "lib/dirlist.h"

static int copy_file(FILE *file, int root_fd, const char *name)
{
	_cleanup_free_ char *text = NULL;
	char path[512];
	int r;

	snprintf(path, sizeof(path), "%s/%s", CONFIGURATION_DIRECTORY, name);
	r = file_read(root_fd, path, &text);
	if (r == 0)
		fprintf(file, "%s\n", text);
	/* The hooks skip it, too. */
	return r == -EISDIR || r == -ENOENT ? 0 : r;
}

int configuration_read(int root_fd, char **ret_text)
{
	_cleanup_free_ char **names =
		dirlist_read(root_fd, CONFIGURATION_DIRECTORY, ".conf");
	size_t size;
	FILE *file = names ? open_memstream(ret_text, &size) : NULL;
	int r = 0;

	if (!file) {
		*ret_text = NULL;
		return -ENOMEM;
	}
	for (size_t i = 0; r == 0 && names[i]; i++)
		r = copy_file(file, root_fd, names[i]);
	return fclose(file) == 0 ? r : -ENOMEM;
}

static void note_ignored(void *data, struct span word)
{
	FILE *file = data;

	fprintf(file, "%s\"%.*s\"", ftell(file) ? ", " : "", (int)word.length, word.at);
}

int whole_cmdline_make(const char *configuration, const char *cmdline,
		       struct whole_cmdline *ret)
{
	_cleanup_free_ char *filtered = NULL;
	size_t size;
	FILE *file;
	int r;

	*ret = (struct whole_cmdline){ .rescue = config_find_rescue(cmdline) };
	file = open_memstream(&ret->ignored, &size);
	if (!file)
		return -ENOMEM;
	r = config_filter(configuration, note_ignored, file, &filtered);
	if (fclose(file) != 0 || r < 0)
		return -ENOMEM;
	ret->has_config = filtered[0] && !ret->rescue.length;
	/* Without parameters it does not matter what the boot is for. */
	if (!filtered[0])
		ret->rescue.length = 0;
	if (asprintf(&ret->text, "%s%s", ret->has_config ? filtered : "", cmdline) < 0)
		ret->text = NULL;
	return ret->text ? 0 : -ENOMEM;
}

void whole_cmdline_free(struct whole_cmdline *whole)
{
	free(whole->text);
	free(whole->ignored);
	*whole = (struct whole_cmdline){ 0 };
}
