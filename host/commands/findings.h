/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMMANDS_FINDINGS_H
#define PASSTHRU_COMMANDS_FINDINGS_H

#include "boot/boot.h"
#include "host.h"

/* The results of passthru check. */
enum finding_state {
	FINDING_OK,
	FINDING_NOTE, /* it cannot be checked, or may be intended */
	FINDING_TODO, /* the user must fix it */
};

struct findings {
	const struct host *host;
	struct json_object *items; /* for --json, else NULL */
	unsigned todo_count;
};

/* Prints a finding, or adds it to items. about is a word or two, the rest a phrase. */
void findings_add(struct findings *findings, enum finding_state state, const char *about,
		  const char *format, ...) _printf_(4, 5);

#define IMAGE_PATH_SIZE 512

/*
 * Whether the initramfs image of the next boot can be read and does not start
 * passthru-early. Where next, the source of its command line, does not tell the kernel,
 * and with NULL, it is the image of the newest one. UKIs are not judged: the answer is
 * false if one boots next or may do so. If true, *ret_path is the path of the image,
 * relative to the root.
 */
bool check_kernels_next_lacks(int root_fd, const struct boot_source *next,
			      char ret_path[static IMAGE_PATH_SIZE]);

/* One aspect each, in a file of that name. */
void check_kernels(struct findings *findings);
void check_cmdline(struct findings *findings);

/* Notes what keeps drivers of cards from all devices; path is that of the command line.
 */
void check_blacklists(struct findings *findings, const char *cmdline, const char *path);

#endif
