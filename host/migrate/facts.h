/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_FACTS_H
#define PASSTHRU_MIGRATE_FACTS_H

#include <stdint.h>

#include "boot/boot.h"
#include "edit/edit.h"

/*
 * What the configuration files of a machine say about giving devices to vfio-pci without
 * passthru: its legacy settings. The readers collect facts; decide.h decides about them.
 */

enum fact_kind {
	FACT_REQUEST, /* names devices that get vfio-pci */
	FACT_SUPPORT, /* names none, but helps such settings: softdeps, lists of modules
		       */
	FACT_UNCLEAR, /* may name devices, and is not understood */
	FACT_CHECK,   /* left; the user must look at it */
	FACT_NOTE,    /* left, with good reason */
};

/* Which boots a request is for. */
enum fact_scope {
	SCOPE_EVERY_BOOT, /* whatever the boot loader */
	SCOPE_CMDLINE,	  /* those with the command line that the file sets */
};

struct fact {
	enum fact_kind kind;
	enum fact_scope scope;
	bool is_used; /* something on this machine reads the file */
	size_t file;  /* where it is, an index in facts.files, or NO_FILE */
	size_t line;
	bool has_edit;	   /* migrating it changes the line */
	char *replacement; /* to that; NULL: the line is removed */
	char *items;	   /* of a request: IDs, separated by commas */
	char *note;	   /* of the last three kinds, a sentence */
};

#define NO_FILE SIZE_MAX

struct fact_file {
	struct edit edit;
	enum config_format format;
	bool is_in_directory; /* a drop-in: if nothing is left in it, it is removed */
};

struct facts {
	struct fact_file *files;
	size_t file_count;
	struct fact *items;
	size_t count;
};

/*
 * Appends a fact without a place, and takes ownership of note, which is NULL after a
 * failed allocation. Returns it, valid until the next one is added, or NULL without
 * memory.
 */
struct fact *facts_add_note(struct facts *facts, enum fact_kind kind, char *note);

/* Appends a zeroed fact at a place. Returns NULL without memory. */
struct fact *facts_add(struct facts *facts, enum fact_kind kind, size_t file,
		       size_t line);
void facts_free(struct facts *facts);

/* Whether the fact is a request that some boot of this machine makes. */
bool fact_is_requested(const struct fact *fact);

#endif
