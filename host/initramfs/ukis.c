/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What builds unified kernel images, and signs them. */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "initramfs/internal.h"
#include "lib/lib.h"

/* The last value of a variable in dracut.conf(5), freed by the caller, or NULL. */
static char *read_dracut(int root_fd, const char *name)
{
	char *value = strdup("");
	bool plain;

	for (const struct config_file *file = config_files; value && file->path; file++) {
		_cleanup_free_ char **paths = file->format == FORMAT_DRACUT
						      ? config_file_paths(root_fd, file)
						      : NULL;

		for (size_t i = 0; value && paths && paths[i]; i++) {
			_cleanup_free_ char *text = NULL;
			char *next;

			if (beneath_read(root_fd, paths[i], &text) < 0)
				continue;
			next = shell_vars_resolve(text, name, value, &plain);
			free(value);
			value = next;
		}
	}
	return value;
}

static bool dracut_has(int root_fd, const char *name)
{
	_cleanup_free_ char *value = read_dracut(root_fd, name);

	return value && value[0] && strcmp(value, "no") != 0;
}

/* Whether a line of the text begins with that, after blanks. */
static bool has_line(const char *text, const char *start)
{
	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += strspn(at, "\n \t");
		if (strncmp(at, start, strlen(start)) == 0)
			return true;
	}
	return false;
}

static bool file_has_line(int root_fd, const char *path, const char *start)
{
	_cleanup_free_ char *text = NULL;

	return beneath_read(root_fd, path, &text) == 0 && has_line(text, start);
}

/* -- kernel-install with ukify ------------------------------------------------------- */

static bool is_kernel_install(int root_fd)
{
	_cleanup_free_ char *layout = kernel_install_setting(root_fd, "layout");

	return layout && strcmp(layout, "uki") == 0 &&
	       (beneath_exists(root_fd, "usr/bin/kernel-install") ||
		beneath_exists(root_fd, "bin/kernel-install"));
}

/* ukify(1) reads these; the first one that is there counts. */
static const char *const ukify_configs[] = { "etc/kernel/uki.conf", "run/kernel/uki.conf",
					     "usr/local/lib/kernel/uki.conf",
					     "usr/lib/kernel/uki.conf" };

static bool ukify_signs(int root_fd)
{
	for (size_t i = 0; i < ARRAY_SIZE(ukify_configs); i++)
		if (beneath_exists(root_fd, ukify_configs[i]))
			return file_has_line(root_fd, ukify_configs[i],
					     "SecureBootPrivateKey") ||
			       file_has_line(root_fd, ukify_configs[i],
					     "SecureBootCertificateName");
	return false;
}

static bool kernel_install_signs(int root_fd)
{
	return ukify_signs(root_fd) ||
	       beneath_exists(root_fd, "usr/lib/kernel/install.d/91-sbctl.install");
}

/* -- dracut -------------------------------------------------------------------------- */

static bool is_dracut(int root_fd)
{
	_cleanup_free_ char *uefi = read_dracut(root_fd, "uefi");

	return uefi && strcmp(uefi, "yes") == 0 &&
	       (beneath_exists(root_fd, "usr/bin/dracut") ||
		beneath_exists(root_fd, "usr/sbin/dracut"));
}

static bool dracut_signs(int root_fd)
{
	return dracut_has(root_fd, "uefi_secureboot_cert") &&
	       dracut_has(root_fd, "uefi_secureboot_key");
}

/* -- mkinitcpio ---------------------------------------------------------------------- */

static bool is_mkinitcpio(int root_fd)
{
	_cleanup_free_ char **paths =
		dirlist_paths(root_fd, "etc/mkinitcpio.d", ".preset");

	if (!beneath_exists(root_fd, "usr/bin/mkinitcpio"))
		return false;
	for (size_t i = 0; paths && paths[i]; i++)
		if (file_has_line(root_fd, paths[i], "default_uki=") ||
		    file_has_line(root_fd, paths[i], "ALL_uki="))
			return true;
	return false;
}

static bool mkinitcpio_signs(int root_fd)
{
	return ukify_signs(root_fd) ||
	       beneath_exists(root_fd, "usr/lib/initcpio/post/sbctl");
}

/* -- sbctl --------------------------------------------------------------------------- */

static bool is_sbctl(int root_fd)
{
	return beneath_exists(root_fd, "usr/bin/sbctl") &&
	       (beneath_exists(root_fd, "var/lib/sbctl/bundles.json") ||
		beneath_exists(root_fd, "usr/share/secureboot/bundles.db"));
}

static bool sbctl_signs(int root_fd)
{
	(void)root_fd;
	return true;
}

/* ------------------------------------------------------------------------------------ */

static const struct uki_builder builders[] = {
	{ "kernel-install", is_kernel_install, kernel_install_signs,
	  "kernel-install add %k /%v", "kernel-install add-all" },
	{ "mkinitcpio", is_mkinitcpio, mkinitcpio_signs, "mkinitcpio -P",
	  "mkinitcpio -P" },
	{ "dracut", is_dracut, dracut_signs, "dracut --force --uefi /%i %k",
	  "dracut --force --regenerate-all" },
	{ "sbctl", is_sbctl, sbctl_signs, "sbctl generate-bundles --sign",
	  "sbctl generate-bundles --sign" },
};

const struct uki_builder *ukis_find_builder(int root_fd)
{
	for (size_t i = 0; i < ARRAY_SIZE(builders); i++)
		if (builders[i].is_used(root_fd))
			return &builders[i];
	return NULL;
}

/* Four bytes of attributes, then the value: UEFI specification, "Globally Defined
 * Variables". */
bool ukis_need_signature(int root_fd)
{
	unsigned char data[8];
	ssize_t length = sysfs_read_bytes(
		root_fd, EFI_VARIABLES "/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		data, sizeof(data));

	return length >= 5 && data[4] == 1;
}
