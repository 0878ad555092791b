/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "file.h"
#include "shell.h"
#include "sysfs.h"

static int add(struct boot_sources *sources, const char *path, char *cmdline,
	       const char *rebuild)
{
	struct boot_source source = { .cmdline = cmdline, .rebuild = rebuild };
	void *larger =
		realloc(sources->items, (sources->count + 1) * sizeof(sources->items[0]));

	if (!cmdline || !larger) {
		free(cmdline);
		sources->items = larger ? larger : sources->items;
		return -ENOMEM;
	}
	snprintf(source.path, sizeof(source.path), "%s", path);
	source.is_final = !rebuild;
	sources->items = larger;
	sources->items[sources->count++] = source;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length > end_length && strcmp(text + length - end_length, end) == 0;
}

#define LIST_MAX 256

char **boot_list(int root_fd, const char *directory, const char *end)
{
	_cleanup_closedir_ DIR *stream = sysfs_open_directory(root_fd, directory);
	char **names = calloc(LIST_MAX + 1, sizeof(names[0]) + 256);
	char *room = names ? (char *)(names + LIST_MAX + 1) : NULL;
	struct dirent *entry;
	size_t count = 0;

	while (names && stream && count < LIST_MAX && (entry = readdir(stream))) {
		if (entry->d_name[0] == '.' || !ends_with(entry->d_name, end))
			continue;
		names[count++] = strcpy(room, entry->d_name);
		room += strlen(room) + 1;
	}
	if (count)
		qsort(names, count, sizeof(names[0]), compare_names);
	return names;
}

/* -- what boot loaders read ---------------------------------------------------------- */

static const char *skip_word(const char *at)
{
	at += strcspn(at, " \t\n");
	return at + strspn(at, " \t");
}

/* The kernel's arguments in the first entry of a grub.cfg: the one that is the default.
 */
static char *find_grub_cmdline(const char *text)
{
	static const char *const commands[] = { "linux", "linux16", "linuxefi" };

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *word = text + strspn(text, " \t");
		size_t length = strcspn(word, " \t\n");

		for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
			const char *rest;

			if (length != strlen(commands[i]) ||
			    strncmp(word, commands[i], length) != 0)
				continue;
			rest = skip_word(skip_word(word));
			return strndup(rest, strcspn(rest, "\n"));
		}
	}
	return NULL;
}

static int add_grub(int root_fd, struct boot_sources *ret)
{
	static const char *const paths[] = { "boot/grub/grub.cfg",
					     "boot/grub2/grub.cfg" };
	int r = 0;

	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(paths); i++) {
		_cleanup_free_ char *text = NULL;
		char *cmdline;

		if (file_read(root_fd, paths[i], &text) < 0)
			continue;
		cmdline = find_grub_cmdline(text);
		if (cmdline)
			r = add(ret, paths[i], cmdline, NULL);
	}
	return r;
}

/* The "options" lines of a boot loader entry, one after the other. */
static char *find_options(const char *text)
{
	char *options = NULL;
	size_t size;
	FILE *file = open_memstream(&options, &size);

	if (!file)
		return NULL;
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n') {
		const char *word = text + strspn(text, " \t"), *rest;

		if (strncmp(word, "options", 7) != 0 || !strchr(" \t", word[7]))
			continue;
		rest = skip_word(word);
		fprintf(file, "%s%.*s", ftell(file) ? " " : "", (int)strcspn(rest, "\n"),
			rest);
	}
	return fclose(file) == 0 ? options : NULL;
}

/* Of several entries the newest is the one that is booted, by the usual names. */
static int add_entries(int root_fd, struct boot_sources *ret)
{
	static const char *const directories[] = { "boot/loader/entries",
						   "boot/efi/loader/entries",
						   "efi/loader/entries" };

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		_cleanup_free_ char **names = boot_list(root_fd, directories[i], ".conf");
		_cleanup_free_ char *text = NULL;
		char path[512];
		size_t count = 0;

		while (names && names[count])
			count++;
		if (count == 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", directories[i], names[count - 1]);
		if (file_read(root_fd, path, &text) < 0)
			continue;
		return add(ret, path, find_options(text), NULL);
	}
	return 0;
}

/* -- what that is made of ------------------------------------------------------------ */

/* GRUB's two variables, through /etc/default/grub and what comes after it. */
static char *read_grub_variable(int root_fd, const char *name, bool *ret_plain)
{
	_cleanup_free_ char **names = boot_list(root_fd, "etc/default/grub.d", ".cfg");
	_cleanup_free_ char *text = NULL;
	char *value;

	if (file_read(root_fd, "etc/default/grub", &text) < 0)
		return NULL;
	value = shell_variable(text, name, "", ret_plain);
	for (size_t i = 0; names && names[i] && value; i++) {
		_cleanup_free_ char *more = NULL;
		char path[512], *next;

		snprintf(path, sizeof(path), "etc/default/grub.d/%s", names[i]);
		if (file_read(root_fd, path, &more) < 0)
			continue;
		next = shell_variable(more, name, value, ret_plain);
		free(value);
		value = next;
	}
	return value;
}

static int add_grub_default(int root_fd, struct boot_sources *ret)
{
	bool plain = true;
	_cleanup_free_ char *always =
		read_grub_variable(root_fd, "GRUB_CMDLINE_LINUX", &plain);
	_cleanup_free_ char *usually =
		read_grub_variable(root_fd, "GRUB_CMDLINE_LINUX_DEFAULT", &plain);
	char *both = NULL;
	int r;

	if (!always || !usually)
		return 0;
	if (asprintf(&both, "%s%s%s", always, *always && *usually ? " " : "", usually) <
	    0)
		return -ENOMEM;
	r = add(ret, "etc/default/grub", both, "update-grub");
	if (r == 0)
		ret->items[ret->count - 1].is_unclear = !plain;
	return r;
}

static int add_kernel_cmdline(int root_fd, struct boot_sources *ret)
{
	char *text = NULL;

	if (file_read(root_fd, "etc/kernel/cmdline", &text) < 0)
		return 0;
	for (char *at = text; *at; at++)
		if (*at == '\n')
			*at = ' ';
	return add(ret, "etc/kernel/cmdline", text,
		   "kernel-install, or a new kernel image");
}

static int add_dracut_file(int root_fd, const char *path, struct boot_sources *ret)
{
	_cleanup_free_ char *text = NULL;
	bool plain = true;
	char *value;

	if (file_read(root_fd, path, &text) < 0)
		return 0;
	value = shell_variable(text, "kernel_cmdline", "", &plain);
	if (!value || !value[0]) {
		free(value);
		return 0;
	}
	return add(ret, path, value, "dracut --force");
}

static int add_dracut(int root_fd, struct boot_sources *ret)
{
	_cleanup_free_ char **names = boot_list(root_fd, "etc/dracut.conf.d", ".conf");
	int r = add_dracut_file(root_fd, "etc/dracut.conf", ret);

	for (size_t i = 0; r == 0 && names && names[i]; i++) {
		char path[512];

		snprintf(path, sizeof(path), "etc/dracut.conf.d/%s", names[i]);
		r = add_dracut_file(root_fd, path, ret);
	}
	return r;
}

static bool has_other(int root_fd)
{
	return sysfs_exists(root_fd, "etc/kernel/cmdline") ||
	       sysfs_exists(root_fd, "boot/loader/entries") ||
	       sysfs_exists(root_fd, "boot/efi/loader/entries") ||
	       sysfs_exists(root_fd, "efi/loader/entries");
}

bool boot_uses_grub(int root_fd, bool *ret_bls)
{
	_cleanup_free_ char *running = NULL;
	_cleanup_free_ char *config = NULL;

	*ret_bls = false;
	if (file_read(root_fd, "boot/grub/grub.cfg", &config) < 0 &&
	    file_read(root_fd, "boot/grub2/grub.cfg", &config) < 0)
		return sysfs_exists(root_fd, "etc/default/grub") && !has_other(root_fd);
	if (file_read(root_fd, "proc/cmdline", &running) == 0 &&
	    !strstr(running, "BOOT_IMAGE=") && has_other(root_fd))
		return false;
	*ret_bls = strstr(config, "\nblscfg") != NULL;
	return true;
}

int boot_read(int root_fd, struct boot_sources *ret)
{
	bool bls, grub = boot_uses_grub(root_fd, &bls);
	int r = 0;

	*ret = (struct boot_sources){ 0 };
	if (grub && !bls)
		r = add_grub(root_fd, ret);
	if (r == 0)
		r = add_entries(root_fd, ret);
	if (r == 0 && grub)
		r = add_grub_default(root_fd, ret);
	if (r == 0)
		r = add_kernel_cmdline(root_fd, ret);
	if (r == 0)
		r = add_dracut(root_fd, ret);
	return r;
}

void boot_sources_free(struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		free(sources->items[i].cmdline);
	free(sources->items);
	*sources = (struct boot_sources){ 0 };
}

const struct boot_source *boot_next(const struct boot_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		if (sources->items[i].is_final)
			return &sources->items[i];
	return sources->count ? &sources->items[0] : NULL;
}
