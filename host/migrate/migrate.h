/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MIGRATE_H
#define PASSTHRU_MIGRATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/base.h"
#include "boot/boot.h"
#include "edit/edit.h"
#include "host.h"
#include "machine/machine.h"

/* Legacy settings: collect, decide, edit, prove. */

/* -- facts --------------------------------------------------------------------------- */

/*
 * What the configuration files of a machine say about giving devices to vfio-pci without
 * passthru: its legacy settings. The readers collect facts; facts_decide() decides about
 * them.
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
	enum legacy_list list; /* that it sets in modprobe.d(5) */
	size_t file;	       /* where it is, an index in facts.files, or NO_FILE */
	size_t line;
	size_t line_count; /* more than one if the line is continued on the next ones */
	bool has_edit;	   /* migrating it changes the line */
	char *replacement; /* to that; NULL: the line is removed */
	char *items;	   /* of a request: IDs, separated by commas */
	bool is_vfs;	   /* they are items of passthru.vfs */
	char *note;	   /* the line, or of the last three kinds a sentence */
};

struct fact_file {
	struct change change; /* without any: new is not used */
	enum config_format format;
	bool is_in_directory; /* a drop-in: if nothing is left in it, it is removed */
};

struct facts {
	struct fact_file *files;
	size_t file_count;
	struct fact *items;
	size_t count;
	bool loads;  /* something makes every boot load vfio-pci or pci-stub, or may do so
		      */
	bool adopts; /* lists for vfio-pci count already: every boot has passthru.adopt */
};

/* The number of facts of that kind. */
size_t facts_count(const struct facts *facts, enum fact_kind kind);

/* What is known about the machine besides its legacy settings. */
struct conditions {
	bool has_generator;    /* the images that boot can be built, with passthru */
	bool can_rebuild_grub; /* GRUB's configuration can be regenerated */
	bool is_configured;    /* passthru's own parameters request devices already */
};

enum decision {
	DECISION_NOTHING, /* there is nothing to change */
	DECISION_MIGRATE, /* change the lines of all facts for which fact_applies() */
	/* Change nothing: */
	DECISION_UNCLEAR,      /* some facts are unclear */
	DECISION_NO_GENERATOR, /* nothing would start passthru in the next boot */
	DECISION_NO_GRUB,      /* GRUB would not see the changes */
};

/* -- proof --------------------------------------------------------------------------- */

/* A boot that would claim devices which it leaves to their usual drivers so far. */
struct gain {
	char path[512]; /* of its boot_source */
	char entry[128];
	const struct device *device; /* the first one */
	size_t count;		     /* of devices */
	bool is_uki;
	bool is_by_configuration; /* passthru.config=off keeps the boot as it is */
};

/* What becomes of the boots that the boot loader offers. */
struct proof {
	/*
	 * A device that is on vfio-pci now, or that the settings of a boot give to it,
	 * and that passthru would not claim: a phrase, or NULL.
	 */
	char *loss;
	struct gain *gains;
	size_t gain_count;
};

/* -- migration ----------------------------------------------------------------------- */

/* The legacy settings of a machine, the decision about them, and what it changes. */
struct migration {
	const struct host *host;
	const struct machine *machine;
	struct facts facts;
	struct conditions conditions;
	enum decision decision;
	/* Without a decision to migrate there are none. The configuration comes last. */
	struct change *changes;
	size_t change_count;
	struct proof proof; /* by migration_prove(); not released with the rest */
	char *parameter; /* all requested devices, "passthru.ids=…", or NULL for none */
	char *obstacle;	 /* without has_generator, why: a phrase */
	bool needs_grub; /* GRUB's configuration must be regenerated */
};

/*
 * Collects, decides and prepares the changes; nothing is written. Returns 0 or a negative
 * errno; release with migration_free() in either case.
 */
int migration_make(const struct host *host, const struct machine *machine,
		   struct migration *ret);
void migration_free(struct migration *migration);

/*
 * Proves the changes. A boot entry that would gain devices gets passthru.config=off where
 * its file can be edited; the other gains stay in the proof. Returns 0 or a negative
 * errno.
 */
int migration_prove(struct migration *migration);

/* The change of the configuration, or NULL. */
const struct change *migration_configuration(const struct migration *migration);

/*
 * Dry-runs every boot that the boot loader offers, as it is and with the changes or, if
 * is_done is set, with the files as they are now: then only losses are looked for. Rescue
 * boots are left out: passthru ignores its configuration in them.
 *
 * Returns 0 or a negative errno; release with proof_free() in either case.
 */
int proof_run(const struct migration *migration, bool is_done, struct proof *ret);
void proof_free(struct proof *proof);

#endif
