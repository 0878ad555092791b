/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_DUMP_INTERNAL_H
#define PASSTHRU_DUMP_INTERNAL_H

#include <stddef.h>
#include <stdio.h>

#include "base/base.h"
#include "dump/dump.h"

/* What only the files of this folder share. */

/* -- redaction ----------------------------------------------------------------------- */

/*
 * A dump shows only what is understood: names of parameters and settings that are public,
 * and values that have a known form and say nothing about people and their networks.
 * Everything else is replaced: names of hosts, volumes and the like by "nameN", the
 * digits of UUIDs by a number, other values by "removed". Equal names stay equal, so that
 * the program decides about a dump as about the machine.
 */
#define REDACT_REMOVED "removed"

struct redaction {
	char host_name[65]; /* "" if unknown, or too usual to look for */
	char **names;	    /* those seen so far: the first is name1 */
	size_t count;
};

/* Reads the host name of the machine below the root. */
void redact_open(int root_fd, struct redaction *ret);
void redact_close(struct redaction *redaction);

/* These write what takes the place of a text. */
void redact_put_name(struct redaction *redaction, FILE *file, struct span name);
void redact_put_uuid(struct redaction *redaction, FILE *file, struct span uuid);

/* Each of the names between the separators. */
void redact_put_parts(struct redaction *redaction, FILE *file, struct span names,
		      const char *separators);

/* A name of device mapper. */
void redact_put_dm_name(struct redaction *redaction, FILE *file, struct span name);

/* A devspec, such as UUID=1b2c or /dev/VG/LV; a source on the network. */
void redact_put_device(struct redaction *redaction, FILE *file, struct span value);
void redact_put_source(struct redaction *redaction, FILE *file, struct span value);

/* Whether the kernel names a block device so: sda1, dm-0. */
bool redact_is_kernel_name(struct span name);

/* A text that is kept, but for the host name, MAC addresses, UUIDs and machine IDs. */
void redact_put_kept(struct redaction *redaction, FILE *file, struct span text);

/* -- words --------------------------------------------------------------------------- */

/* What becomes of the value of a parameter or a variable. */
enum redact_rule {
	REDACT_UNKNOWN, /* the name is not public */
	REDACT_KEEP,
	REDACT_SIMPLE,	/* known words and numbers stay */
	REDACT_REMOVE,	/* a secret, or a name */
	REDACT_DEVICE,	/* a devspec */
	REDACT_DEVICES, /* DEVICE:NAME:OPTIONS */
	REDACT_FLAGS,	/* NAME=VALUE,… */
	REDACT_UUID,
	REDACT_ASSIGN,	/* UUID=NAME */
	REDACT_PARTS,	/* VG/LV or POOL/DATASET */
	REDACT_SOURCE,	/* nfs:…, SERVER:… */
	REDACT_IP,	/* the fields of ip= */
	REDACT_PATH,	/* a program or a unit */
	REDACT_WORDS,	/* a kernel command line */
	REDACT_MODULES, /* a list of modules */
};

enum redact_rule redact_find_rule(struct span name);

void redact_put_value(struct redaction *redaction, FILE *file, enum redact_rule rule,
		      struct span value);

/* Whether it is an ID or the address of a device, or a list of them; a name of a module.
 */
bool redact_is_device(struct span text);
bool redact_is_module_name(struct span text);

/* Whether it says nothing about the machine. */
bool redact_is_public(struct span word);
bool redact_is_mount_option(struct span word);

/* -- texts --------------------------------------------------------------------------- */

/* Writes what takes the place of a whole file, with as many lines. */
typedef void redact_file(struct redaction *redaction, FILE *file, const char *text);

redact_file redact_put_cmdline; /* a kernel command line */
redact_file redact_put_shell;	/* assignments of the shell, and parameters in lines */
redact_file redact_put_modules; /* modprobe.d(5), lists of modules, driverctl */
redact_file redact_put_entry;	/* a boot entry */
redact_file redact_put_title;

/*
 * mountinfo, with the lines about disks and the root only; swaps; passthru-report(5);
 * tokens of trials, in lines of words; cpuinfo, with the first processor only;
 * os-release(5); the UUID of a device-mapper device, with its type.
 */
redact_file redact_put_mounts, redact_put_swaps, redact_put_report, redact_put_tokens,
	redact_put_cpu, redact_put_os_release, redact_put_dm_uuid;

/* A name of device mapper, and a release of the kernel, as the only line. */
redact_file redact_put_dm_line, redact_put_line;

/* -- unpack -------------------------------------------------------------------------- */

/* Limits of a dump, well above what any machine needs. */
#define UNPACK_MEMBER_MAX  (1 << 20) /* bytes of one file */
#define UNPACK_TOTAL_MAX   (64 << 20)
#define UNPACK_MEMBERS_MAX 100000

/*
 * Whether a member of an archive may be unpacked: a regular file that is not too large, a
 * directory, or a symbolic link that stays inside, whatever other links are on its way.
 */
bool unpack_accepts(struct archive_entry *entry);

#endif
