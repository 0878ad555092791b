/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where GRUB's configuration is, and of which kind. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

/* On an EFI system partition there may be one that only reads the other grub.cfg. */
static bool is_stub(int root_fd, const char *path)
{
	_cleanup_free_ char *text = NULL;

	return beneath_read(root_fd, path, &text) == 0 && strstr(text, "configfile") &&
	       !strstr(text, "menuentry") && !strstr(text, "blscfg");
}

static int add_config(struct wordlist *configs, int root_fd, const char *path)
{
	return beneath_exists(root_fd, path)
		       ? wordlist_insert(configs, configs->count, path)
		       : 0;
}

/* Red Hat's distributions, up to version 8, have it there. */
static int add_configs_of_efi(struct wordlist *configs, int root_fd, const char *place)
{
	_cleanup_free_ char *directory = NULL;
	_cleanup_free_ char **names = NULL;
	int r = beneath_format(&directory, "%s/EFI", place);

	if (r == 0)
		names = dirlist_paths(root_fd, directory, "");
	for (size_t i = 0; r == 0 && names && names[i]; i++) {
		_cleanup_free_ char *path = NULL;

		r = beneath_format(&path, "%s/grub.cfg", names[i]);
		if (r == 0 && !is_stub(root_fd, path))
			r = add_config(configs, root_fd, path);
	}
	return r == -ENOMEM ? r : 0;
}

int grub_find_configs(int root_fd, struct wordlist *ret)
{
	int r;

	*ret = (struct wordlist){ 0 };
	r = add_config(ret, root_fd, GRUB_CONFIG);
	if (r == 0)
		r = add_config(ret, root_fd, GRUB2_CONFIG);
	if (ret->count)
		return r;
	for (const struct bls_place *at = bls_places; r == 0 && at->path; at++)
		r = add_configs_of_efi(ret, root_fd, at->path);
	return r;
}

char *grub_read_environment(int root_fd, const char *config)
{
	char *text;

	if (beneath_readf(root_fd, &text, "%.*sgrubenv",
			  (int)(beneath_name(config) - config), config) == 0 ||
	    beneath_read(root_fd, GRUB2_ENVIRONMENT, &text) == 0 ||
	    beneath_read(root_fd, GRUB_ENVIRONMENT, &text) == 0)
		return text;
	return NULL;
}

char *grub_read_config(int root_fd, char **ret_environment)
{
	struct wordlist configs;
	char *text = NULL;
	int r = grub_find_configs(root_fd, &configs);

	for (size_t i = 0; r == 0 && !text && i < configs.count; i++)
		if (beneath_read(root_fd, configs.items[i], &text) < 0)
			text = NULL;
		else if (ret_environment)
			*ret_environment =
				grub_read_environment(root_fd, configs.items[i]);
	wordlist_free(&configs);
	return text;
}

static bool reads_entries(const char *config)
{
	return strstr(config, "\nblscfg");
}

bool grub_detect_entries(int root_fd)
{
	_cleanup_free_ char *config = grub_read_config(root_fd, NULL);

	return config && reads_entries(config);
}

bool grub_detect_menu(int root_fd)
{
	_cleanup_free_ char *config = grub_read_config(root_fd, NULL);

	return config ? !reads_entries(config) : beneath_exists(root_fd, GRUB_DEFAULTS);
}
