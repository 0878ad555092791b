/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/base.h"
#include "pci/internal.h"

/*
 * One field of an alias, as do_pci_entry() in scripts/mod/file2alias.c writes it: a tag,
 * then "*" or a hex number. Returns 1 for a wildcard, 0 for the value, -ENOENT for
 * another value.
 */
static int match_field(struct text_cursor *cursor, const char *tag, uint32_t value)
{
	uint32_t wanted;

	if (!text_skip_word(cursor, tag))
		return -ENOENT;
	if (text_skip(cursor, '*'))
		return 1;
	if (text_read_hex(cursor, 8, &wanted) < 0 || wanted != value)
		return -ENOENT;
	return 0;
}

int variant_match_line(const char *line, const struct pci_id *id,
		       char module[static DRIVER_NAME_SIZE])
{
	const struct {
		const char *tag;
		uint32_t value;
	} fields[] = {
		{ "v", id->vendor },
		{ "d", id->device },
		{ "sv", id->subvendor },
		{ "sd", id->subdevice },
		{ "bc", id->class >> 16 & 0xff },
		{ "sc", id->class >> 8 & 0xff },
		{ "i", id->class & 0xff },
	};
	struct text_cursor cursor = { .at = line, .end = line + strcspn(line, "\n") };
	int wildcards = 0;
	size_t length;

	if (!text_skip_word(&cursor, "alias vfio_pci:"))
		return -ENOENT;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		int r = match_field(&cursor, fields[i].tag, fields[i].value);

		if (r < 0)
			return r;
		wildcards += r;
	}
	length = (size_t)(cursor.end - cursor.at);
	if (!text_skip(&cursor, ' ') || length < 2 || length > DRIVER_NAME_SIZE)
		return -ENOENT;
	memcpy(module, cursor.at, length - 1);
	module[length - 1] = '\0';
	return wildcards;
}

static FILE *open_aliases(int root_fd)
{
	static const char *const directories[] = { MODULES_OF_ADDON, MODULES };
	char path[sizeof(MODULES_OF_ADDON "//modules.alias") + sizeof(struct utsname)];
	struct utsname kernel;
	FILE *file;
	int fd = -1;

	if (uname(&kernel) < 0)
		return NULL;
	for (size_t i = 0; fd < 0 && i < ARRAY_SIZE(directories); i++) {
		snprintf(path, sizeof(path), "%s/%s/modules.alias", directories[i],
			 kernel.release);
		fd = openat(root_fd, path, O_RDONLY | O_CLOEXEC);
	}
	if (fd < 0)
		return NULL;
	file = fdopen(fd, "r");
	if (!file)
		close(fd);
	return file;
}

int variant_find(int root_fd, const struct pci_id *id,
		 char module[static DRIVER_NAME_SIZE])
{
	char line[512], name[DRIVER_NAME_SIZE];
	FILE *file = open_aliases(root_fd);
	int best = -ENOENT;

	if (!file)
		return errno ? -errno : -ENOMEM;
	while (fgets(line, sizeof(line), file)) {
		int wildcards = variant_match_line(line, id, name);

		if (wildcards < 0 || (best >= 0 && wildcards >= best))
			continue;
		best = wildcards;
		strcpy(module, name);
	}
	fclose(file);
	return best < 0 ? best : 0;
}
