/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The marks of its own by which the boot loader of the running system is known. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "cmdline/cmdline.h"
#include "lib/lib.h"

/* Four bytes of attributes, then UTF-16, of which fnmatch() gets "?" for non-ASCII. */
bool efi_variable_read(int root_fd, const char *path, char ret[static EFI_VALUE_SIZE])
{
	unsigned char data[4 + 2 * EFI_VALUE_SIZE];
	ssize_t length;
	size_t count = 0;

	length = sysfs_read_bytes(root_fd, path, data, sizeof(data));
	for (ssize_t at = 4; at + 1 < length && count < EFI_VALUE_SIZE - 1; at += 2) {
		if (!data[at] && !data[at + 1])
			break;
		ret[count++] = data[at + 1] ? '?' : (char)data[at];
	}
	ret[count] = '\0';
	return count > 0;
}

/* -- what the running system tells --------------------------------------------------- */

/*
 * The kernel's file, as SYSLINUX and GRUB name it in the first word. LILO may have "auto"
 * before its label, and zipl's number is at the end.
 */
static void read_words(struct boot_marks *marks)
{
	struct text_cursor rest = { .at = marks->cmdline,
				    .end = marks->cmdline + strlen(marks->cmdline) };
	struct parameter word;
	size_t count = 0;

	for (; tokenizer_next(&rest, &word); count++) {
		if (count == 0 && span_equals(word.name, "placeholder"))
			marks->is_xen = true;
		marks->has_initrd |= span_equals(word.name, "initrd") &&
				     !memchr(word.value.at, '\\', word.value.length);
		marks->has_interface |= span_equals(word.name, "BOOTIF");
		if (!span_equals(word.name, "BOOT_IMAGE"))
			continue;
		marks->is_first = count == 0;
		snprintf(marks->image, sizeof(marks->image), "%.*s",
			 (int)word.value.length, word.value.at);
	}
}

int marks_read(int root_fd, struct boot_marks *ret)
{
	_cleanup_free_ char **variables = dirlist_read(root_fd, EFI_VARIABLES, "");
	char type[16], stub[EFI_VALUE_SIZE];
	int r;

	*ret = (struct boot_marks){ .type = LOADER_TYPE_UNKNOWN };
	r = beneath_read(root_fd, "proc/cmdline", &ret->cmdline);
	if (r < 0)
		return r;
	read_words(ret);
	if (sysfs_read(root_fd, "proc/sys/kernel/bootloader_type", type, sizeof(type)) >
	    0)
		ret->type = atoi(type);
	ret->is_efi = beneath_exists(root_fd, "sys/firmware/efi");
	ret->has_variables = variables && variables[0];
	(void)efi_variable_read(root_fd, EFI_VARIABLE("LoaderInfo"), ret->loader);
	ret->has_stub = efi_variable_read(root_fd, EFI_VARIABLE("StubInfo"), stub);
	return 0;
}

void marks_free(struct boot_marks *marks)
{
	free(marks->cmdline);
	*marks = (struct boot_marks){ 0 };
}

/* -- boot loaders that are not read -------------------------------------------------- */

enum image {
	IMAGE_NONE, /* it does not name the kernel on the command line */
	IMAGE_FILE,
	IMAGE_LABEL, /* a name or a number, without a slash */
};

static const struct unread {
	const char *name;
	/* As the kernel tells it: Documentation/arch/x86/boot.rst, type_of_loader. */
	int type;
	enum image image;
	const char *files[6]; /* one of them exists */
} unread[] = {
	{ "SYSLINUX",
	  0x31,
	  IMAGE_FILE,
	  { "boot/syslinux/syslinux.cfg", "boot/syslinux.cfg", "boot/efi/syslinux.cfg",
	    "boot/efi/EFI/syslinux/syslinux.cfg", "efi/EFI/syslinux/syslinux.cfg",
	    "boot/EFI/syslinux/syslinux.cfg" } },
	{ "PXELINUX", 0x32, IMAGE_NONE, { NULL } },
	{ "ISOLINUX", 0x33, IMAGE_NONE, { NULL } },
	{ "extlinux",
	  0x34,
	  IMAGE_FILE,
	  { "boot/extlinux/extlinux.conf", "extlinux/extlinux.conf",
	    "boot/syslinux/extlinux.conf", "boot/extlinux.conf", "extlinux.conf" } },
	{ "LILO", 0x02, IMAGE_LABEL, { "etc/lilo.conf" } },
	{ "ELILO", 0x50, IMAGE_FILE, { "etc/elilo.conf" } },
	{ "zipl", LOADER_TYPE_UNKNOWN, IMAGE_LABEL, { "etc/zipl.conf" } },
	{ "kexec", 0xd0, IMAGE_NONE, { NULL } },
	{ "QEMU", 0xb0, IMAGE_NONE, { NULL } },
	{ "Limine",
	  LOADER_TYPE_UNKNOWN,
	  IMAGE_NONE,
	  { "boot/limine.conf", "boot/limine/limine.conf", "boot/efi/limine.conf",
	    "efi/limine.conf", "boot/limine.cfg", "boot/limine/limine.cfg" } },
	{ "rEFInd",
	  LOADER_TYPE_UNKNOWN,
	  IMAGE_NONE,
	  { "boot/refind_linux.conf", "boot/efi/EFI/refind/refind.conf",
	    "efi/EFI/refind/refind.conf", "boot/EFI/refind/refind.conf" } },
	/* The firmware of the machines whose boot loader it is. */
	{ "petitboot", LOADER_TYPE_UNKNOWN, IMAGE_NONE, { "sys/firmware/opal" } },
	/* Of U-Boot's configurations, the one that distributions write. */
	{ "U-Boot",
	  0x80,
	  IMAGE_NONE,
	  { "boot/extlinux/extlinux.conf", "extlinux/extlinux.conf" } },
};

/* Whether one of its files is there and, for a kernel's file, has that name in it. */
static bool is_configured(int root_fd, const struct unread *loader, const char *kernel)
{
	for (size_t i = 0; i < ARRAY_SIZE(loader->files) && loader->files[i]; i++) {
		_cleanup_free_ char *text = NULL;

		if (loader->image != IMAGE_FILE) {
			if (beneath_exists(root_fd, loader->files[i]))
				return true;
		} else if (beneath_read(root_fd, loader->files[i], &text) == 0 &&
			   strstr(text, kernel)) {
			return true;
		}
	}
	return false;
}

static bool is_sign_of(const struct boot_marks *marks, const struct unread *loader)
{
	bool has_slash = strchr(marks->image, '/');

	switch (loader->image) {
	case IMAGE_NONE:
		/* systemd-boot and the stub of a UKI have told that it is them. */
		return !marks->image[0] && !marks->loader[0] && !marks->has_stub;
	case IMAGE_FILE:
		/* A device in parentheses is in GRUB's names only. */
		return has_slash && marks->image[0] != '(';
	case IMAGE_LABEL:
		return marks->image[0] && !has_slash;
	}
	return false;
}

/* GRUB's own type is 0x72; any system may have its type from the kernel's EFI stub. */
static const char *find_by_type(const struct boot_marks *marks)
{
	for (size_t i = 0; i < ARRAY_SIZE(unread); i++)
		if (marks->type != LOADER_TYPE_UNKNOWN && marks->type == unread[i].type)
			return unread[i].name;
	return NULL;
}

static const char *find_by_name(const struct boot_marks *marks)
{
	for (size_t i = 0; i < ARRAY_SIZE(unread); i++)
		if (!marks->image[0] && strncasecmp(marks->loader, unread[i].name,
						    strlen(unread[i].name)) == 0)
			return unread[i].name;
	return NULL;
}

const char *marks_find_unread(int root_fd, const struct boot_marks *marks)
{
	const char *kernel = beneath_name(marks->image);
	const char *name = find_by_type(marks);

	if (!name)
		name = find_by_name(marks);
	if (marks_are_of_grub(marks) || name)
		return name;
	for (size_t i = 0; i < ARRAY_SIZE(unread); i++)
		if (is_sign_of(marks, &unread[i]) &&
		    is_configured(root_fd, &unread[i], kernel))
			return unread[i].name;
	if (marks->is_first && marks->has_interface)
		return "PXELINUX";
	return marks->is_first && marks->has_initrd ? "SYSLINUX" : NULL;
}

bool marks_are_of_grub(const struct boot_marks *marks)
{
	return marks->type >> 4 == 7 || marks->is_xen ||
	       (marks->is_first && marks->image[0] == '(') ||
	       strncasecmp(marks->loader, "GRUB", 4) == 0;
}
