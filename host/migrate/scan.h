/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_SCAN_H
#define PASSTHRU_MIGRATE_SCAN_H

#include "base/text.h"
#include "boot/config_files.h"
#include "machine/machine.h"
#include "migrate/target.h"

struct legacy_reader;

/*
 * The state while the files are read, once each. Readers collect the devices, remove what
 * needs no replacement, and add the kernel command lines as targets. Which targets take
 * the parameter is decided when all devices are known.
 */
struct scan {
	const struct host *host;
	struct machine machine;
	struct legacy_settings *settings; /* their edits are all the files read so far */
	struct target *targets;
	size_t target_count;
	bool uses_grub;	    /* GRUB booted this system */
	bool uses_entries;  /* the boot loader reads boot entries */
	char *uki_cmdline;  /* of the unified kernel image that boots next, or NULL */
	bool is_overridden; /* the assignment that is being read has no effect */
	/*
	 * GRUB's variables, as bits, that are assigned in files that override the one
	 * being read, and in that one.
	 */
	unsigned assigned_later, assigned_here;
	const struct legacy_reader *reader;
	struct edit *edit; /* the file that is being read, or NULL */
	size_t line;
	int error;
};

/* A row of the table in legacy.c: legacy settings in files of one format. */
struct legacy_reader {
	enum config_format format;
	enum target_loader loader;
	/* One of these is called, for each line or for each file. */
	void (*read_line)(struct scan *scan, const char *line);
	void (*read_file)(struct scan *scan, const char *path);
	/* Called after the last of the files, or NULL. */
	void (*finish)(struct scan *scan);
	/*
	 * Files in a directory are read from the last to the first, since the last one
	 * overrides the others; if this is set, from the first to the last.
	 */
	bool is_first_to_last;
};

/* -- notes and edits ----------------------------------------------------------------- */

/* Something for the user to check, as a sentence. */
void scan_note(struct scan *scan, const char *format, ...) _printf_(2, 3);

/* The same about the line that is being read; the caller frees the text. */
char *scan_format_line(const struct scan *scan, const char *why);
void scan_note_line(struct scan *scan, const char *why);

/* The line may name devices, so nothing may change before the user has edited it. */
void scan_note_unclear(struct scan *scan, const char *why);

/* Replaces the line that is being read; NULL removes it. */
void scan_set_line(struct scan *scan, const char *text);

/* Adds a zeroed target for the line that is being read. Returns NULL without memory. */
struct target *scan_add_target(struct scan *scan);

/* -- devices ------------------------------------------------------------------------- */

/* Adds a list of IDs in vfio-pci's format. Returns false if it is not understood. */
bool scan_add_ids(struct scan *scan, const char *list);

/* Adds the device at an address. Returns false if there is none. */
bool scan_add_address(struct scan *scan, struct span text);

/*
 * Adds the devices in "(0000:06:00.0)(0000:06:00.1)" or the same with commas or blanks.
 * Returns false, and adds none, if one of them does not exist.
 */
bool scan_add_addresses(struct scan *scan, const char *list);

/* -- tests --------------------------------------------------------------------------- */

/* Whether the module is one of VFIO's. */
bool scan_is_vfio(const char *module);

/* Whether the next boot uses this command line, which is in the file being read. */
bool scan_is_effective(const struct scan *scan, const char *cmdline);

#endif
