/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_SEARCH_H
#define PASSTHRU_SEARCH_H

#include "leftover.h"
#include "machine.h"
#include "words.h"

/*
 * All files are gone through twice: first for what is asked for, then for the edits,
 * since the parameter that takes the old settings' place must be whole by then.
 */
struct search {
	const struct host *host;
	struct leftovers *found;
	struct machine machine;
	bool is_second;	   /* the edits are to be made */
	bool is_running;   /* the items are from the running command line only */
	bool uses_grub;	   /* the boot loader is GRUB, with its usual configuration */
	bool uses_entries; /* it reads boot loader entries */
	char *image;	   /* the command line of the kernel image it boots, or NULL */
	const char *part;  /* what is being read that may be a part of that */
	/* Its command line has old settings that the parameter replaces. */
	bool has_carrier;
	bool has_home; /* GRUB's configuration has taken the parameter without any */
	/* Of variables of GRUB's, as bits: a file that comes later sets them anew. */
	unsigned set_later, set_here;
	bool is_dead;	   /* the assignment that is being read is of no effect */
	struct edit *edit; /* the file that is being read */
	size_t line;
	int error;
};

/* -- what there is to say: in the second pass ------------------------------------- */

/* Something for somebody to look at, as a sentence. */
void search_note(struct search *search, const char *format, ...) _printf_(2, 3);

/* About the line that is being read. */
void search_note_line(struct search *search, const char *why);

/* The same, of what may name devices: without it the rest must not be changed. */
void search_note_unclear(struct search *search, const char *why);

/* What is to become of the line that is being read; NULL takes it out. */
void search_set_line(struct search *search, const char *text);

/* -- what is asked for: in the first pass ----------------------------------------- */

/* A list of IDs as vfio-pci has it. Returns whether all of it is understood. */
bool search_add_ids(struct search *search, const char *list);

/* Returns whether there is a device at that address. */
bool search_add_address(struct search *search, struct span text);

/*
 * "(0000:06:00.0)(0000:06:00.1)", and the same with commas or blanks: all or none of
 * them. Returns whether there are devices at all of them.
 */
bool search_add_addresses(struct search *search, const char *list);

/* -- what is looked for, and where it goes ---------------------------------------- */

/* Whether the module is one of VFIO's. */
bool search_is_vfio(const char *module);

/* Whether the text has words that old settings on a command line have. */
bool search_has_old_words(const char *text);

/* Files that go into unified kernel images, and have no effect without one. */
bool search_is_part(const char *path);

/* Whether the next boot goes by the file that is being read. */
bool search_is_effective(const struct search *search);

/* Whether the file is to take the parameter although it has no old settings. */
bool search_is_home(const struct search *search);

/* -- readers: each is called for every line of a file ----------------------------- */

void leftover_read_modprobe(struct search *search, const char *line);
void leftover_read_modules(struct search *search, const char *line);
void leftover_read_dracut(struct search *search, const char *line);
void leftover_read_grub(struct search *search, const char *line);
void leftover_read_entry(struct search *search, const char *line);
void leftover_read_cmdline(struct search *search, const char *line);
void leftover_read_part(struct search *search, const char *line);

/* -- kernel command lines --------------------------------------------------------- */

/*
 * A command line without its old settings, and with the parameter where the first of them
 * was that it stands for, or with must_carry at its end. Returns NULL where nothing
 * changes; to be freed by the caller.
 */
char *leftover_edit_cmdline(struct search *search, const char *text, bool must_carry);

/* Whether a word of a command line names devices, which are then asked for. */
bool leftover_carries(struct search *search, const char *word);

/*
 * What is still to be asked for on a command line of these words, "passthru.ids=…", to be
 * freed by the caller; NULL for nothing.
 */
char *leftover_missing(const struct leftovers *found, const struct words *words);

#endif
