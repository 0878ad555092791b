/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TRIALS_H
#define PASSTHRU_TRIALS_H

#include <stdbool.h>
#include <stddef.h>

#include "host.h"
#include "trial/trial.h"

/* Trial boots as the running system sees them; early/trial decides on them. */

/* -- words --------------------------------------------------------------------------- */

/*
 * The token and the minutes of the trial that a text of the configuration asks for; the
 * token is "" if it is malformed. Returns whether there is one.
 */
bool trials_find(const char *configuration, struct trial *ret);

/* The same for the configuration in the files; what cannot be read has none. */
bool trials_find_configured(int root_fd, struct trial *ret);

/* The same for this boot, while it is a trial that nobody has confirmed. */
bool trials_find_running(int root_fd, struct trial *ret);

/* The tokens that passthru confirm has confirmed on this disk, one a line. */
#define TRIALS_CONFIRMED "etc/passthru/confirmed"
bool trials_is_confirmed(int root_fd, const char *token);

/* A new token. Returns 0 or a negative errno. */
int trials_make_token(char ret[static TRIAL_TOKEN_SIZE]);

/* -- variables ----------------------------------------------------------------------- */

/*
 * Why no trial can be made on that machine, a phrase, freed by the caller; NULL if it
 * can. On this machine the file system of the variables is mounted, unless is_dry.
 */
char *trials_find_obstacle(const struct host *host, bool is_dry);

enum variable_state {
	VARIABLE_UNKNOWN, /* it cannot be read */
	VARIABLE_NO_EFI,
	VARIABLE_ABSENT,
	VARIABLE_TRIED,
	VARIABLE_CONFIRMED,
	VARIABLE_STRANGE, /* passthru has not written it */
};

/* What the variable of a trial says. */
enum variable_state trials_read_variable(const struct host *host, const char *token);

/* Makes it say that the trial is confirmed. Returns 0 or a negative errno. */
int trials_confirm_variable(const struct host *host, const char *token);

/* Removes it. Returns 1, or 0 if there is none, or a negative errno. */
int trials_remove_variable(const struct host *host, const char *token);

#endif
