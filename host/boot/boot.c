/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot loaders: which one booted this system, and what it boots next. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

struct boot_loader {
	bool (*detect)(int root_fd); /* is it configured below the root? */
	bool (*has_booted)(int root_fd, const struct boot_marks *marks);
	/* Adds the default boot entry, or all of them. Returns 0 or -ENOMEM. */
	int (*read)(int root_fd, bool all, struct boot_sources *ret);
	const char *(*menu_key)(int root_fd); /* as boot_menu_key() */
	unsigned inputs; /* what its files are generated from: bits of INPUT() */
};

#define INPUT(format) (1U << (format))
/* Whichever boot loader starts a UKI, these were built into it. */
#define INPUTS_OF_UKI (INPUT(FORMAT_FRAGMENT) | INPUT(FORMAT_DRACUT))

/* systemd-boot comes last, since any loader may share its boot entries. */
static const struct boot_loader loaders[] = {
	{ grub_detect_menu, grub_has_booted, grub_read_menu, grub_menu_key,
	  INPUT(FORMAT_GRUB) },
	{ grub_detect_entries, grub_has_booted, grub_read_entries, grub_menu_key,
	  INPUT(FORMAT_GRUB) | INPUT(FORMAT_CMDLINE) | INPUT(FORMAT_BOOT_ENTRY) },
	{ systemd_boot_detect, systemd_boot_has_booted, systemd_boot_read,
	  systemd_boot_menu_key, INPUT(FORMAT_CMDLINE) | INPUT(FORMAT_BOOT_ENTRY) },
};

/*
 * Several may be installed. Without a command line of this boot, the first one that is
 * configured. *ret_unread names the one that booted this system, if that is not read.
 */
static const struct boot_loader *find_loader(int root_fd, const char **ret_unread)
{
	const struct boot_loader *found = NULL;
	struct boot_marks marks;
	bool is_running = marks_read(root_fd, &marks) == 0;

	*ret_unread = is_running ? marks_find_unread(root_fd, &marks) : NULL;
	for (size_t i = 0; !*ret_unread && !found && i < ARRAY_SIZE(loaders); i++)
		if (loaders[i].detect(root_fd) &&
		    (!is_running || loaders[i].has_booted(root_fd, &marks)))
			found = &loaders[i];
	marks_free(&marks);
	return found;
}

int boot_read_all(int root_fd, struct boot_sources *ret)
{
	const char *unread;
	const struct boot_loader *loader = find_loader(root_fd, &unread);

	*ret = (struct boot_sources){ 0 };
	return loader ? loader->read(root_fd, true, ret) : 0;
}

/* Nothing tells that the file, kernel-install's, is what boots. */
static void note_guess(struct boot_sources *sources)
{
	struct boot_source *guess = (struct boot_source *)boot_next(sources);

	if (guess)
		snprintf(
			guess->note, sizeof(guess->note),
			"the boot loader that booted this system is not known: guessing the next command line from /%s; to try another one, run passthru plan --cmdline",
			guess->path);
}

int boot_read(int root_fd, struct boot_sources *ret)
{
	const char *unread;
	const struct boot_loader *loader = find_loader(root_fd, &unread);
	unsigned inputs = loader ? loader->inputs : unread ? 0 : INPUT(FORMAT_CMDLINE);
	int r = 0;

	*ret = (struct boot_sources){ 0 };
	if (loader)
		r = loader->read(root_fd, false, ret);
	if (r == 0)
		r = boot_sources_add_inputs(ret, root_fd, inputs | INPUTS_OF_UKI);
	if (r == 0 && !loader)
		note_guess(ret);
	return r;
}

int boot_sources_add_running(struct boot_sources *sources, int root_fd,
			     const struct boot_source **ret)
{
	struct boot_source *source;
	const char *unread;
	char *text;
	int r = beneath_read(root_fd, "proc/cmdline", &text);

	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	*ret = source = boot_sources_add(sources, "proc/cmdline", text);
	if (!source)
		return -ENOMEM;
	(void)find_loader(root_fd, &unread);
	if (unread)
		snprintf(
			source->note, sizeof(source->note),
			"%s booted this system, and passthru does not read its configuration: guessing that the next command line is that of this boot; to try another one, run passthru plan --cmdline",
			unread);
	return 0;
}

static bool is_denied(int root_fd, const char *path, int access)
{
	return faccessat(root_fd, path, access, AT_EACCESS) < 0 && errno == EACCES;
}

const char *boot_find_unreadable(int root_fd, const struct boot_sources *sources)
{
	const struct boot_source *next = boot_next(sources);
	const char *unread;

	(void)find_loader(root_fd, &unread);
	if (unread || (next && next->is_read_by_loader))
		return NULL;
	if (is_denied(root_fd, GRUB_CONFIG, R_OK))
		return GRUB_CONFIG;
	if (is_denied(root_fd, GRUB2_CONFIG, R_OK))
		return GRUB2_CONFIG;
	for (const struct bls_place *at = bls_places; at->path; at++) {
		if (is_denied(root_fd, at->path, X_OK))
			return at->path;
		if (is_denied(root_fd, at->entries, R_OK))
			return at->entries;
		if (is_denied(root_fd, at->ukis, R_OK))
			return at->ukis;
	}
	return NULL;
}

const char *boot_menu_key(int root_fd)
{
	const char *unread;
	const struct boot_loader *loader = find_loader(root_fd, &unread);

	return loader ? loader->menu_key(root_fd) : NULL;
}

unsigned boot_used_formats(int root_fd)
{
	const char *unread;
	const struct boot_loader *loader = find_loader(root_fd, &unread);
	struct boot_sources sources;
	const struct boot_source *next;
	unsigned formats = loader ? loader->inputs : 0;

	if (boot_read(root_fd, &sources) == 0) {
		next = boot_next(&sources);
		if (next && next->is_uki)
			formats |= INPUTS_OF_UKI;
	}
	boot_sources_free(&sources);
	return formats;
}
