/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_OUTLOOK_H
#define PASSTHRU_OUTLOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "machine/machine.h"
#include "plan/plan.h"
#include "settings/settings.h"

/*
 * What the next boot means for the people at this machine: one judge for all commands.
 * Opens no file.
 */

enum remark_level {
	REMARK_NOTE,
	REMARK_WARNING, /* the host would miss something, or something is not known */
	REMARK_ERROR,	/* it cannot work, or not as requested */
};

/* The word for JSON: "note", "warning" or "error". */
const char *remark_level_word(enum remark_level level);

struct remark {
	enum remark_level level;
	const char *kind; /* a word of the closed list in passthru(8); static */
	const struct device *device; /* the one that it is about, or NULL */
	char *text;		     /* what, and what to do; without a full stop */
};

struct outlook {
	struct remark *items;
	size_t count;
};

struct devspec;

/* The module vendor-reset, which adds the reset method device_specific to some devices.
 */
struct reset_module {
	bool is_loaded;	   /* now: a device that has the method may have it from there */
	const char *image; /* the one of the next boot, if it is known what that has */
	bool is_in_image;
};

/* What becomes of the devices. */
struct outlook_input {
	/* With its uses, see machine_read_uses(). */
	const struct machine *machine;
	/*
	 * Of the next boot, from a dry run; or NULL: then the devices are taken that are
	 * chosen.
	 */
	const struct plan *plan;
	/* What the plan's devices get besides their driver, or NULL. */
	const struct settings *settings;
	struct reset_module reset_module;
	/* Of the drivers that the plan's devices get, see companions_find(). */
	const struct companions *companions;
	size_t companions_count;
	/* The selectors that the plan was made from, or NULL. */
	const struct selectors *wanted;
	/* What the system asks for and no disk has, see guard_each_missing(). */
	const struct devspec *missing;
	size_t missing_count;
	/* If the images change: the volumes that may not be unlocked then, see
	 * luks_read(). */
	const struct unlocking *unlockings;
	size_t unlocking_count;
};

/*
 * Makes the remarks, notes last. Returns 0 or -ENOMEM; release with outlook_free()
 * in either case.
 */
int outlook_make(const struct outlook_input *input, struct outlook *ret);

/* The same, but only what is said of groups that have changed. */
int outlook_make_groups(const struct outlook_input *input, struct outlook *ret);
void outlook_free(struct outlook *outlook);

/*
 * Adds another remark at the end; text is formatted. Returns 0 or -ENOMEM.
 */
int outlook_add(struct outlook *outlook, enum remark_level level, const char *kind,
		const struct device *device, const char *format, ...) _printf_(5, 6);

/* The level of the worst remark; REMARK_NOTE if there is none. */
enum remark_level outlook_level(const struct outlook *outlook);

#endif
