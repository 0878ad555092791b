/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_INTERNAL_H
#define PASSTHRU_MIGRATE_INTERNAL_H

#include "machine/machine.h"
#include "migrate/migrate.h"

/* What only the files of this folder share. */

/* -- facts --------------------------------------------------------------------------- */

#define NO_FILE SIZE_MAX

/* Appends a zeroed fact at a place. Returns NULL without memory. */
struct fact *facts_add(struct facts *facts, enum fact_kind kind, size_t file,
		       size_t line);
void facts_free(struct facts *facts);

/*
 * Decides what happens to the legacy settings of a machine, as a whole. Without memory,
 * input or output.
 */
enum decision facts_decide(const struct facts *facts,
			   const struct conditions *conditions);

/*
 * The text of a file with the changes that apply, freed by the caller; NULL without
 * memory.
 */
char *facts_rewrite(const struct facts *facts, const struct conditions *conditions,
		    size_t file);

/* Whether migrating changes the line of that fact. */
bool fact_applies(const struct facts *facts, const struct conditions *conditions,
		  const struct fact *fact);

/* Whether its devices become part of the configuration in the image. */
bool fact_needs_configuration(const struct fact *fact);

/* -- boots --------------------------------------------------------------------------- */

/* All boots that the boot loader offers, or else the next one. */
struct boots {
	struct boot_sources sources; /* which has these */
	const struct boot_source *items;
	size_t count;
};

/* Returns 0 or -ENOMEM; release with boots_free() in either case. */
int boots_read(int root_fd, struct boots *ret);
void boots_free(struct boots *boots);

/* -- collect ------------------------------------------------------------------------- */

/*
 * Collects the facts of a machine with that configuration of passthru; nothing is
 * written. Returns 0 or a negative errno; release with facts_free() in either case.
 */
int collect_facts(const struct host *host, const struct machine *machine,
		  const char *configuration, struct facts *ret);

/* -- collector ----------------------------------------------------------------------- */

/* What the readers of files with legacy settings work with. */
struct collector {
	const struct host *host;
	const struct machine *machine;
	const char *configuration; /* passthru's own parameters */
	struct facts *facts;
	struct boots boots;
	unsigned used; /* the formats that a boot reads, bits of 1 << format */
	/*
	 * The file that is being read, the line, and its number, counted from 0. A line
	 * may be continued: then it is joined, and these are several in the file.
	 */
	const struct config_file *row;
	const struct fact_file *file;
	const char *line;
	size_t number, line_count;
	bool is_foreign; /* a package's file, which is not edited */
	int error;
};

/* Whether a boot of this machine reads files of that format. */
bool collector_uses(const struct collector *collector, enum config_format format);

/*
 * The line is a request or a support, for every boot; text replaces it, or with NULL it
 * is removed. items are the devices of a request. Both are copied. Returns the fact, or
 * NULL without memory, which is noted.
 */
struct fact *collector_add(struct collector *collector, enum fact_kind kind,
			   const char *text, const char *items);

/*
 * A part of the line is a command line, in a file of that format: adds what it requests
 * or supports, or a note.
 */
void collector_add_cmdline(struct collector *collector, struct span cmdline,
			   enum config_format format);

/* The line with this text in place of a part of it, freed by the caller; NULL without
 * memory, which is noted.
 */
char *collector_replace(struct collector *collector, struct span part, const char *text);

/* Adds a sentence. */
void collector_note(struct collector *collector, enum fact_kind kind, const char *format,
		    ...) _printf_(3, 4);

/* Says that passthru.adopt covers the line. */
void collector_note_adopted(struct collector *collector);

/* The same about the line: "/PATH, line N: WHY: TEXT". */
void collector_note_line(struct collector *collector, enum fact_kind kind,
			 const char *why);

/*
 * The text without lines that are comments. Freed by the caller; NULL without memory,
 * which is noted.
 */
char *collector_uncomment(struct collector *collector, const char *text);

/* Whether one of the IDs matches the device. */
bool collector_lists(struct span list, const struct device *device);

/*
 * How to request the devices of this machine that the text lists after "ids=", unless the
 * configuration requests them: " and run passthru enable ADDRESS..."; "" if there are
 * none. Freed by the caller; NULL without memory.
 */
char *collector_advise(const struct collector *collector, const char *text);

/* -- lists --------------------------------------------------------------------------- */

/*
 * Once all files are read: the lists of devices in modprobe.d(5) that another one
 * overrides in each of the boots request nothing.
 */
void lists_settle(struct collector *collector);

/* -- readers ------------------------------------------------------------------------- */

/* The functions of the table in collect.c. */

/* Called for each line. */
void read_modprobe(struct collector *collector, const char *line);
void read_modules(struct collector *collector, const char *line);
void read_dracut(struct collector *collector, const char *line);
void read_mkinitcpio(struct collector *collector, const char *line);
void read_sysfs(struct collector *collector, const char *line);
void read_driverctl(struct collector *collector, const char *line);
void read_boot_entry(struct collector *collector, const char *line);
void read_plain_cmdline(struct collector *collector, const char *line);
void read_grub(struct collector *collector, const char *line);

/* Called for each file, with its path. */
void read_generated(struct collector *collector, const char *path);
void read_script(struct collector *collector, const char *path);

/* Called once, after all files. */
void read_running(struct collector *collector);

#endif
