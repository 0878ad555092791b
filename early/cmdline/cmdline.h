/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_CMDLINE_H
#define PASSTHRU_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"
#include "pci/pci.h"

/* The command line and the configuration: words, selectors, parameters. */

/* -- words --------------------------------------------------------------------------- */

/*
 * Splits the kernel command line as the kernel does: next_arg() and parse_args() in
 * lib/cmdline.c and kernel/params.c. Double quotes protect spaces, there are no escapes,
 * and everything after a lone "--" is for init.
 */
struct parameter {
	struct span name;
	struct span value; /* .at is NULL without "=" */
};

/*
 * Reads the next parameter and advances *rest, which begins as the whole text. Returns
 * false at the end or at a lone "--". The spans point into the text.
 */
bool tokenizer_next(struct text_cursor *rest, struct parameter *ret);

#define PARAMETER_PREFIX  "passthru."
#define PROFILE_PARAMETER PARAMETER_PREFIX "profile"

/* The words of a kernel command line, split once for all who read it. */
struct cmdline {
	struct parameter *words;
	size_t count; /* of those for the kernel */
	size_t total; /* with "--" and what follows it, which init(8) gets */
	char *config; /* the text of the configuration that some are from, or NULL */
	bool is_kept; /* that was left by an earlier stage, which has decided on it */
	/*
	 * What became of passthru.profile, the word for the report: "used"; "unknown" or
	 * "malformed", and no configuration counts. NULL without one, or for a rescue.
	 */
	const char *profile_verdict;
};

/*
 * Splits a text, which must live as long as the words. Returns 0 or -ENOMEM; release with
 * cmdline_free() in either case.
 */
int cmdline_split(const char *text, struct cmdline *ret) _must_check_;

/* Appends words, instead of those for init(8). Returns 0 or -ENOMEM. */
int cmdline_append(struct cmdline *cmdline, const struct parameter *words,
		   size_t count) _must_check_;

/* Whether the kernel gets a parameter of that name. */
bool cmdline_has(const struct cmdline *cmdline, const char *name);

/* The last parameter of that name that the kernel gets, or NULL. */
const struct parameter *cmdline_find(const struct cmdline *cmdline, const char *name);

/*
 * Whether it is a harmless part of a path: letters, digits, "-" and "_", at least one.
 * size is the most that it may have, with a NUL.
 */
bool name_is_plain(struct span name, size_t size);

void cmdline_free(struct cmdline *cmdline);

/* -- config -------------------------------------------------------------------------- */

/*
 * The configuration: parameters as on the kernel command line, over any number of lines,
 * with "#" before a comment. It does not depend on the boot loader.
 */

/* Where the image has it, and where the early stage leaves it for the later ones. */
#define CONFIG_IMAGE_PATH "etc/passthru/cmdline"
#define CONFIG_RUN_PATH	  "run/passthru/cmdline"
/* The same for the list of vfio-pci that passthru.adopt finds in modprobe.d. */
#define ADOPTED_RUN_PATH "run/passthru/adopted"

/* Appended to that of the image: what was in force before a trial. */
#define CONFIG_BEFORE_TRIAL ".before-trial"

/*
 * The profiles: NAME.conf counts instead of the configuration with passthru.profile=NAME
 * on the kernel command line. The image's copies are never empty.
 */
#define PROFILES_PATH	  "etc/passthru/profiles"
#define PROFILE_SUFFIX	  ".conf"
#define PROFILE_NAME_SIZE 64

/*
 * The word of the kernel command line that makes this boot a rescue, for which the
 * configuration does not count: passthru.config=off, and the words that make init(8),
 * systemd(1), initramfs-tools(7) and dracut.cmdline(7) stop for a shell. Empty if there
 * is none. Points into the text.
 */
struct span config_find_rescue(const struct cmdline *cmdline);

/*
 * Copies the parameters of passthru to *ret_text, each with a blank at its end, so that
 * the kernel command line can follow. Calls ignored(), unless it is NULL, for each other
 * word, which points into the text. Returns 0 or -ENOMEM; the caller frees *ret_text.
 */
int config_filter(const char *text, void (*ignored)(void *data, struct span word),
		  void *data, char **ret_text) _must_check_;

struct config_stage {
	bool is_first;	      /* logs what is ignored */
	bool is_before_trial; /* reads the configuration from before a trial */
};

/*
 * Puts the parameters of the configuration before those of the kernel command line, so
 * that lists add up and the values of the kernel command line count. Without a
 * configuration, without the profile that the kernel command line names, or if the boot
 * is a rescue, there are none. Returns 0 or -ENOMEM.
 */
int config_read(int root_fd, const struct config_stage *stage,
		struct cmdline *cmdline) _must_check_;

/*
 * Leaves the configuration for the later stages, most of which run without the image,
 * unless an earlier one has. Logs it if that cannot be done.
 */
void config_keep(int root_fd, const struct cmdline *cmdline);

/* Leaves a text there, or logs that it cannot. */
void config_keep_text(int root_fd, const char *path, const char *text);

/* -- selector ------------------------------------------------------------------------ */

/*
 * Where an item is from: a parameter of passthru, or with passthru.adopt vfio-pci's own
 * list. If the driver is built in, the kernel itself has given it what that lists, before
 * any guard could apply.
 */
enum item_source { SOURCE_PASSTHRU, SOURCE_CMDLINE, SOURCE_MODPROBE, SOURCE_BUILTIN };

/* The word for the log and the report, such as "modprobe.d"; "" for passthru. */
const char *item_source_word(enum item_source source);
enum item_source item_source_find(const char *word);

/* One item of passthru.ids, passthru.addrs, passthru.skip or passthru.vfs. */
struct selector {
	struct span text; /* as written, part of the command line */
	enum item_source source;
	bool has_id;
	bool has_address;
	bool is_forced; /* "!": the guards do not apply to what it matches */
	struct pci_id id;
	uint32_t class_mask; /* 0 by default: any class matches */
	struct address_pattern address;
	unsigned vf_count; /* passthru.vfs: the number of VFs to make, or 0 */
};

/*
 * Why an item is malformed: a phrase for the user, and the offset of the error. Or what
 * it is instead, and the parameter that takes it.
 */
struct selector_error {
	const char *why;
	size_t at;
	const char *meant; /* that parameter, or NULL */
};

/*
 * Parses vendor:device[:subvendor[:subdevice[:class[:class_mask]]]][@ADDRESS][!], the
 * grammar of vfio-pci's ids (vfio_pci_fill_ids() in drivers/vfio/pci/vfio_pci.c) with
 * additions, from all of text. Returns 0, or -EINVAL with *ret_error set.
 */
int selector_parse_id(struct span text, struct selector *ret,
		      struct selector_error *ret_error);

/*
 * The same for an item of vfio-pci's own ids=, as that function reads it: it ignores what
 * follows the numbers. Then *ret_error is set although the result is 0.
 */
int selector_parse_listed(struct span text, struct selector *ret,
			  struct selector_error *ret_error);

/*
 * The same for ADDRESS[!] (see address_parse()), and for either of them: an item with a
 * dot or a slash and without "@" is an address, and so are 06:00 and 06:*.
 */
int selector_parse_address(struct span text, struct selector *ret,
			   struct selector_error *ret_error);
int selector_parse_any(struct span text, struct selector *ret,
		       struct selector_error *ret_error);

/*
 * The same for an item of passthru.vfs, [COUNT@]DEVICE, where DEVICE is either of them:
 * an ID has a colon before its "@", so digits alone are a number.
 */
int selector_parse_vfs(struct span text, struct selector *ret,
		       struct selector_error *ret_error);

/* Whether it may mean several kinds of devices: it names no function and no device ID. */
bool selector_is_wildcard(const struct selector *selector);

/* Whether all parts of the selector match. See pci_matches(). */
bool selector_matches(const struct selector *selector, const struct pci_device *device);

/* -- setting ------------------------------------------------------------------------- */

/* What is set of a claimed device besides its driver. */
enum setting_kind {
	SETTING_BAR0, /* its size; so are the next ones */
	SETTING_BAR1,
	SETTING_BAR2,
	SETTING_BAR3,
	SETTING_BAR4,
	SETTING_BAR5,
	SETTING_RESET,	/* the methods that may reset it */
	SETTING_D3COLD, /* whether it may lose its power */
	SETTING_POWER,	/* whether it stays awake while nothing uses it */
	SETTINGS,
};

/* The name of the parameter without its prefix. */
const char *setting_name(enum setting_kind kind);

/* A value and a NUL; the longest one has all methods. */
#define SETTING_TEXT_SIZE 48

/* One item of passthru.bar0 and the like: VALUE[@DEVICE]. */
struct setting {
	enum setting_kind kind;
	struct span parameter, text; /* as written, part of the command line */
	unsigned item;		     /* its position in the list from 1 */
	/* A size, min or max; methods with "+" between them; on or off; on or auto. */
	char value[SETTING_TEXT_SIZE];
	bool has_device; /* without it every claimed device is meant */
	struct selector device;
};

/* Parses VALUE[@DEVICE]. Returns 0, or -EINVAL with *ret_error set. */
int setting_parse(enum setting_kind kind, struct span text, struct setting *ret,
		  struct selector_error *ret_error);

/* The largest BAR, log2 of its size in MiB: PCI Express 6.0, 7.8.6.2. */
#define SETTING_SIZE_MAX 43

/*
 * Reads a size such as 256M, 8G or 8GiB. Returns log2 of it in MiB, which is what sysfs
 * takes, or -EINVAL.
 */
int setting_read_size(const char *text);

/* The reverse. */
void setting_format_size(unsigned bits, char text[static SETTING_TEXT_SIZE]);

/* -- params -------------------------------------------------------------------------- */

/* passthru.group: whether to claim the other members of a device's IOMMU group. */
enum group_mode { GROUP_REPORT, GROUP_CLAIM };

/* passthru.trial=TOKEN[:MINUTES]: 1 to 32 letters, digits, - and _. */
#define TRIAL_TOKEN_SIZE  33
#define TRIAL_MINUTES_MAX 999

/* passthru.timeout, in seconds. */
#define TIMEOUT_DEFAULT 10
#define TIMEOUT_MAX	3600

struct selectors {
	struct selector *items;
	size_t count;
};

enum problem_kind {
	PROBLEM_ITEM,	   /* an item of a list is malformed */
	PROBLEM_STRAY,	   /* a space separates an item from its list */
	PROBLEM_VALUE,	   /* a single value is malformed */
	PROBLEM_UNKNOWN,   /* there is no such passthru. parameter */
	PROBLEM_NO_EFFECT, /* an item is valid, but part of it has no effect */
	/* Found with the devices, not by params_parse(): */
	PROBLEM_UNMATCHED, /* there is no such device */
	PROBLEM_ELSEWHERE, /* another device is at that address */
};

/* The report's word, such as "malformed"; see passthru-report(5). */
const char *problem_word(enum problem_kind kind);

/* A mistake in the command line. */
struct problem {
	enum problem_kind kind;
	struct span parameter; /* as written, with "passthru." */
	struct span text;      /* the item or the value; empty for PROBLEM_UNKNOWN */
	unsigned item;	       /* its position in the list from 1 */
	unsigned column;       /* of the error in text, from 1 */
	/* A phrase; if unknown, the parameter or command that may be meant, or "". */
	const char *why;
	const char *meant;   /* the parameter for which the item is valid, or NULL */
	struct pci_id found; /* for PROBLEM_ELSEWHERE: what is at the address instead */
	struct pci_address found_at;
};

/* The passthru. parameters of a kernel command line. */
struct params {
	struct cmdline cmdline;	 /* all of the words */
	struct selectors wanted; /* passthru.ids and passthru.addrs, in order */
	struct selectors skipped;
	struct selectors vfs;	  /* physical functions, of passthru.vfs */
	struct setting *settings; /* in order */
	size_t setting_count;
	bool has_paths; /* some item of all these names a device by its path */
	struct problem *problems;
	size_t problem_count;
	enum group_mode group;
	char driver[DRIVER_NAME_SIZE];
	unsigned timeout; /* seconds */
	bool has_trial;
	char trial[TRIAL_TOKEN_SIZE]; /* "" if it is malformed */
	unsigned trial_minutes;	      /* 0 for none */
	bool dryrun;
	bool force;
	bool debug;
	bool off;
	bool adopt;
	char *adopted; /* modprobe.d's list for vfio-pci, or NULL */
};

/*
 * Parses the words of a kernel command line, which *ret takes over. Malformed items are
 * skipped and noted in problems. Returns 0 or -ENOMEM; release with params_free() in
 * either case.
 */
int params_read(struct cmdline *cmdline, struct params *ret);

/* The same for a text. The spans in *ret point into it, so it must live as long. */
int params_parse(const char *text, struct params *ret);

/* Whether the kernel command line has a list for vfio-pci: it replaces modprobe.d's. */
bool params_have_list(const struct params *params);

/*
 * For passthru.adopt: adds the items of that list; or else of the text, modprobe.d's
 * list, which is owned and may be NULL. Returns 0 or -ENOMEM.
 */
int params_adopt(struct params *params, char *list, bool is_builtin) _must_check_;

void params_free(struct params *params);

/* The setting of that kind for the device: the last one that matches it, or NULL. */
const struct setting *setting_find(const struct params *params, enum setting_kind kind,
				   const struct pci_device *device);

/* Whether nothing is requested and there are no problems to report. */
bool params_are_empty(const struct params *params);

#endif
