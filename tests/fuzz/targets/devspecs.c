/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "guard/internal.h"
#include "input.h"

enum { FSTAB, VOLUMES, MOUNTS, SWAPS, CMDLINE, PARTS };
const unsigned input_parts = PARTS;

/* Each reader adds to what those before it have found. */
static void check_added(const struct devspecs *devspecs, size_t *count, unsigned part)
{
	if (devspecs->count > *count)
		reached(part);
	*count = devspecs->count;
}

static void check_and_free(struct devspecs *devspecs)
{
	for (size_t i = 0; i < devspecs->count; i++) {
		const struct devspec *devspec = &devspecs->items[i];

		require(strnlen(devspec->value, DEVSPEC_VALUE_SIZE) < DEVSPEC_VALUE_SIZE);
		require(strnlen(devspec->origin, DEVSPEC_ORIGIN_SIZE) <
			DEVSPEC_ORIGIN_SIZE);
	}
	devspecs_free(devspecs);
}

/*
 * Two texts with a NUL between them: fstab and a table of volumes; mountinfo and swaps;
 * the kernel command line, after which fstab is read.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *first = input_text(data, size);
	char *second = input_second_text(data, size);
	struct devspecs devspecs = { 0 };
	struct cmdline cmdline;
	size_t count = 0;

	require(devspecs_add_fstab(&devspecs, first, second) == 0);
	check_added(&devspecs, &count, FSTAB);
	for (int table = CRYPTTAB; table <= INTEGRITYTAB; table++)
		require(devspecs_add_volumes(&devspecs, (enum volume_table)table,
					     second) == 0);
	check_added(&devspecs, &count, VOLUMES);
	check_and_free(&devspecs);
	devspecs = (struct devspecs){ 0 };
	count = 0;
	require(devspecs_add_mounts(&devspecs, first) == 0);
	check_added(&devspecs, &count, MOUNTS);
	require(devspecs_add_swaps(&devspecs, second) == 0);
	check_added(&devspecs, &count, SWAPS);
	check_and_free(&devspecs);
	devspecs = (struct devspecs){ 0 };
	count = 0;
	require(cmdline_split(first, &cmdline) == 0);
	require(devspecs_add_cmdline(&devspecs, &cmdline) == 0);
	cmdline_free(&cmdline);
	check_added(&devspecs, &count, CMDLINE);
	require(devspecs_add_fstab(&devspecs, second, NULL) == 0);
	check_and_free(&devspecs);
	devspec_table_subtract(first, second);
	(void)devspec_table_mounts(first, "/etc");
	free(first);
	free(second);
	return 0;
}
