/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hostile GRUB.CFG GRUBENV IMAGE: feeds the readers of untrusted files with these files,
 * truncated and modified at every position, for the sanitizers.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/util.h"
#include "boot/grub_menu.h"
#include "boot/uki.h"

static const char slips[] = { '\0', '{', '}', '\'', '"', '$', '\\', '>', '=', '\xff' };

static void die(const char *what)
{
	fprintf(stderr, "hostile: %s\n", what);
	exit(1);
}

static void read_grub(const char *config, const char *environment)
{
	struct grub_menu menu;
	bool found;

	if (grub_menu_read(config, environment, &menu) == -ENOMEM)
		die("no memory");
	grub_menu_default(&menu, &found);
	grub_menu_free(&menu);
}

/* In memory of exactly this size, so that the sanitizer sees a read beyond it. */
static void read_grub_cut(const char *config, size_t length, const char *environment)
{
	char *text = strndup(config, length);

	if (!text)
		die("no memory");
	read_grub(text, environment);
	free(text);
}

static void try_grub(const char *config, const char *environment)
{
	size_t length = strlen(config);
	char *text = strdup(config);

	if (!text)
		die("no memory");
	for (size_t i = 0; i <= length; i++)
		read_grub_cut(config, i, environment);
	for (size_t i = 0; i <= strlen(environment); i++) {
		char *cut = strndup(environment, i);

		read_grub(config, cut);
		free(cut);
	}
	for (size_t i = 0; i < length; i++) {
		for (size_t j = 0; j < sizeof(slips); j++) {
			text[i] = slips[j];
			read_grub(text, environment);
		}
		text[i] = config[i];
	}
	free(text);
}

/* Excessively long or many words, names, blocks and values. */
static void try_grub_large(void)
{
	static const char *const pieces[] = { "x",	     "set a=$a$a$a$a\n",
					      "$a",	     "if a; ",
					      "submenu x {", "'",
					      "$aaaaaaaa",   "y=1 " };
	char *text = malloc(20001);

	if (!text)
		die("no memory");
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		size_t size = strlen(pieces[i]);

		strcpy(text, "a=0123456789 ");
		for (size_t at = 13; at + size < 20000; at += size)
			strcpy(text + at, pieces[i]);
		read_grub(text, "");
	}
	free(text);
}

static bool read_image(const void *data, size_t size)
{
	int fd = memfd_create("image", MFD_CLOEXEC);
	char path[64];
	struct uki uki;
	bool has_cmdline;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		die("no memory");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	has_cmdline = uki_read(AT_FDCWD, path, &uki) == 0 && uki.cmdline;
	uki_free(&uki);
	close(fd);
	return has_cmdline;
}

static void try_image(const char *path)
{
	unsigned char data[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, data, sizeof(data));

	if (size < 0)
		die("no image");
	close(fd);
	if (!read_image(data, (size_t)size))
		die("a whole image has no command line");
	for (ssize_t i = 0; i < size; i++)
		read_image(data, (size_t)i);
	for (ssize_t i = 0; i < size; i++) {
		unsigned char saved = data[i];

		for (size_t j = 0; j < sizeof(slips); j++) {
			data[i] = (unsigned char)slips[j];
			read_image(data, (size_t)size);
		}
		data[i] = saved;
	}
}

int main(int argc, char **argv)
{
	_cleanup_free_ char *config = NULL;
	_cleanup_free_ char *environment = NULL;

	if (argc != 4 || file_read(AT_FDCWD, argv[1], &config) < 0 ||
	    file_read(AT_FDCWD, argv[2], &environment) < 0)
		die("usage: hostile GRUB.CFG GRUBENV IMAGE");
	try_grub(config, environment);
	try_grub_large();
	try_image(argv[3]);
	return 0;
}
