/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What switches a generator, or passthru's hook for it, off: a phrase with what to do. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "initramfs/internal.h"
#include "lib/lib.h"

/* -- initramfs-tools ----------------------------------------------------------------- */

/* Whether a program is there that nobody may run; an empty file has nothing to run. */
static bool is_disabled(int root_fd, const char *path)
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	       !(st.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH));
}

/* update-initramfs.conf(5), initramfs-tools(7) */
const char *switches_of_initramfs_tools(int root_fd)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *value = NULL;
	bool plain = true;

	if (is_disabled(root_fd, "usr/share/initramfs-tools/hooks/passthru") ||
	    is_disabled(root_fd, "etc/initramfs-tools/hooks/passthru"))
		return "passthru's hook for initramfs-tools is not executable, so it is not run; make it so with chmod +x";
	if (beneath_read(root_fd, "etc/initramfs-tools/update-initramfs.conf", &text) < 0)
		return NULL;
	value = shell_vars_resolve(text, "update_initramfs", "yes", &plain);
	return value && strcmp(value, "no") == 0
		       ? "update_initramfs=no in /etc/initramfs-tools/update-initramfs.conf keeps update-initramfs from building images; set it to yes"
		       : NULL;
}

/* -- words in lists of shell --------------------------------------------------------- */

static bool is_word_byte(char c)
{
	return c && !strchr(" \t\n\"'()", c);
}

/* Whether the text has the word, up to the end. */
static bool has_word(const char *text, const char *end, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)) && at < end; at++)
		if ((at == text || !is_word_byte(at[-1])) && !is_word_byte(at[length]))
			return true;
	return false;
}

/* The end of the value of an assignment, which may be a list over several lines. */
static const char *find_end(const char *value)
{
	const char *end = strchr(value, *value == '(' ? ')' : '\n');

	return end ? end : value + strlen(value);
}

/*
 * Follows the assignments of a variable that is a list: sets *has to whether the list has
 * the word after them, and *is_set if there is any.
 */
static void follow_list(const char *text, const char *name, const char *word, bool *has,
			bool *is_set)
{
	size_t length = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		const char *at = line += strspn(line, "\n \t");
		bool appends, found;

		if (strncmp(at, name, length) != 0)
			continue;
		at += length;
		appends = *at == '+';
		at += appends;
		if (*at++ != '=')
			continue;
		found = has_word(at, find_end(at), word);
		*has = appends ? *has || found : found;
		*is_set = true;
	}
}

/* -- dracut -------------------------------------------------------------------------- */

/* dracut.conf(5) */
const char *switches_of_dracut(int root_fd)
{
	bool omits = false, lists = true, is_listed = false, unused;

	for (const struct config_file *file = config_files; file->path; file++) {
		_cleanup_free_ char **paths = file->format == FORMAT_DRACUT
						      ? config_file_paths(root_fd, file)
						      : NULL;

		for (size_t i = 0; paths && paths[i]; i++) {
			_cleanup_free_ char *text = NULL;

			if (beneath_read(root_fd, paths[i], &text) < 0)
				continue;
			follow_list(text, "omit_dracutmodules", "passthru", &omits,
				    &unused);
			follow_list(text, "dracutmodules", "passthru", &lists,
				    &is_listed);
		}
	}
	if (omits)
		return "omit_dracutmodules in dracut's configuration has passthru, so images are built without it; remove the word";
	return is_listed && !lists
		       ? "dracutmodules in dracut's configuration does not have passthru, so images are built without it; add the word"
		       : NULL;
}

/* -- mkinitcpio ---------------------------------------------------------------------- */

/* Our own file adds the hook with a program of shell. */
static void follow_hooks(int root_fd, const char *path, bool *has, bool *is_set)
{
	_cleanup_free_ char *text = NULL;

	if (beneath_read(root_fd, path, &text) < 0)
		return;
	if (strcmp(beneath_name(path), "passthru.conf") == 0)
		*has = true;
	else
		follow_list(text, "HOOKS", "passthru", has, is_set);
}

/* A preset with a configuration of its own does without the drop-ins: mkinitcpio(8). */
static bool has_own_config(int root_fd)
{
	_cleanup_free_ char **presets =
		dirlist_paths(root_fd, "etc/mkinitcpio.d", ".preset");

	for (size_t i = 0; presets && presets[i]; i++) {
		static const char *const names[] = { "default_config", "ALL_config" };
		_cleanup_free_ char *text = NULL;

		if (beneath_read(root_fd, presets[i], &text) < 0)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(names); j++) {
			bool plain, has = false, is_set = false;
			_cleanup_free_ char *path =
				shell_vars_resolve(text, names[j], "", &plain);

			if (!path || path[0] != '/' ||
			    strcmp(path, "/etc/mkinitcpio.conf") == 0)
				continue;
			follow_hooks(root_fd, path + 1, &has, &is_set);
			if (is_set && !has)
				return true;
		}
	}
	return false;
}

/* mkinitcpio.conf(5); without HOOKS anywhere nothing is known. */
const char *switches_of_mkinitcpio(int root_fd)
{
	_cleanup_free_ char **paths =
		dirlist_paths(root_fd, "etc/mkinitcpio.conf.d", ".conf");
	bool has = false, is_set = false;

	if (has_own_config(root_fd))
		return "a preset in /etc/mkinitcpio.d names a configuration of its own, whose HOOKS do not have passthru; put it there, before udev or systemd";
	follow_hooks(root_fd, "etc/mkinitcpio.conf", &has, &is_set);
	for (size_t i = 0; paths && paths[i]; i++)
		follow_hooks(root_fd, paths[i], &has, &is_set);
	return is_set && !has
		       ? "HOOKS in mkinitcpio's configuration do not have passthru (a file in /etc/mkinitcpio.conf.d that is read after passthru.conf may set them); put it there, before udev or systemd"
		       : NULL;
}
