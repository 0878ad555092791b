/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_SOURCES_H
#define PASSTHRU_BOOT_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

/* A sentence of about 130 bytes that names a path. */
#define NOTE_SIZE 1024

/* A file that sets the command line of the next boot, or a part of it. */
struct boot_source {
	char path[512];	  /* relative to the root, without a leading "/" */
	char *cmdline;	  /* all of it, or the part of it that the file sets */
	char kernel[128]; /* the release of the kernel that it boots, or "" if unknown */
	char entry[128];  /* title of the default entry if the file has several, or "" */
	char note[NOTE_SIZE]; /* why this entry, if that is not obvious, or "" */
	bool is_final;	  /* the boot loader reads it; others are inputs to such a file */
	bool is_uki;	  /* a UKI: its command line is built in */
	bool is_fragment; /* an input to UKIs, one of several */
	bool is_unclear;  /* some of the file was not understood */
	/* The command that updates the boot loader's file, or NULL (static). */
	const char *rebuild;
};

struct boot_sources {
	struct boot_source *items;
	size_t count;
};

/*
 * Appends a source with path and cmdline, and takes ownership of cmdline; a NULL cmdline
 * stands for a failed allocation. Returns it, valid until the next one is added, or NULL
 * without memory.
 */
struct boot_source *boot_sources_add(struct boot_sources *sources, const char *path,
				     char *cmdline);

/*
 * Sets the kernel from the path of its file, as the boot loader names it. The release is
 * in names such as vmlinuz-6.12.9-amd64; with other names it stays unknown.
 */
void boot_source_set_kernel(struct boot_source *source, const char *file);
void boot_sources_free(struct boot_sources *sources);

/* Whether a file that the boot loader reads is among them. */
bool boot_sources_have_final(const struct boot_sources *sources);

/* The source that sets the command line of the next boot, or NULL. */
const struct boot_source *boot_next(const struct boot_sources *sources);

#endif
