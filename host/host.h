/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_HOST_H
#define PASSTHRU_HOST_H

#include <stdbool.h>

#include "cmdline/cmdline.h"
#include "ui/ui.h"

/* The exit statuses of passthru(8). */
enum { STATUS_GOOD = 0, STATUS_NOT_GOOD = 1, STATUS_USAGE = 2 };

/* The command line of passthru; the strings are those of argv. */
struct arguments {
	const char *command;
	char **operands;
	int operand_count;
	const char *root;		/* a directory or a dump; NULL for this machine */
	const char *dump;		/* file to write, or NULL */
	char *cmdline;			/* instead of the configured one, or NULL */
	const char *format;		/* of status, or NULL */
	const char *settings[SETTINGS]; /* their values, or NULL */
	const char *vfs;		/* the number of virtual functions, or NULL */
	const char *trial;		/* minutes; "" without, NULL for no trial */
	const char *profile;		/* the one to change, or NULL */
	const char *qemu;		/* of guest: "", "iommufd", or NULL */
	const char *rom;		/* the file for a guest's display, or NULL */
	bool json;
	bool apply;
	bool yes;
	bool strict;
	bool undo;
	bool dry_run;
	bool all;
	bool adopt;
	bool iommu;
	bool libvirt;
	bool proxmox;
	bool kubevirt;
	bool force;
	bool verbose;
	bool lacks_operands; /* to be chosen on the terminal */
};

/* The machine that a command works on. */
struct host {
	const struct arguments *arguments;
	int root_fd;	  /* the directory with sys, proc, etc and so on */
	char root[4096];  /* its path, without a final "/"; "" for this machine */
	bool is_this;	  /* the running machine, not a copy or a dump */
	bool is_unpacked; /* root is temporary; root_close() removes it */
	struct output output;
};

/* The commands; they return an exit status. */
int args_run(struct host *host);
int check_run(struct host *host);
int claim_run(struct host *host);
int confirm_run(struct host *host);
int disable_run(struct host *host);
int enable_run(struct host *host);
int guest_run(struct host *host);
int list_run(struct host *host);
int migrate_run(struct host *host);
int overview_run(struct host *host);
int plan_run(struct host *host);
int release_run(struct host *host);
int rom_run(struct host *host);
int status_run(struct host *host);

/*
 * Lets the user of a terminal choose the operand that the command needs. Returns -1 once
 * there is one, or the exit status if there is nothing to do.
 */
int choose_operands(struct host *host, struct arguments *arguments);

#endif
