/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The installed kernels and their boot images. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "directory.h"
#include "file.h"
#include "findings.h"
#include "image.h"
#include "sysfs.h"
#include "version.h"

static void add(struct findings *findings, enum finding_state state, const char *kernel,
		const char *format, ...) _printf_(4, 5);

static void add(struct findings *findings, enum finding_state state, const char *kernel,
		const char *format, ...)
{
	char about[128], text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	snprintf(about, sizeof(about), "kernel %s", kernel);
	findings_add(findings, state, about, "%s", text);
}

/* Where Debian, Fedora and kernel-install put the image of a kernel: before and after. */
static const struct {
	const char *before, *after;
} places[] = {
	{ "boot/initrd.img-", "" },
	{ "boot/initramfs-", ".img" },
	{ "boot/initrd-", "" },
};

static bool find_image(int root_fd, const char *kernel, char *path, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, size, "%s%s%s", places[i].before, kernel, places[i].after);
		if (sysfs_exists(root_fd, path))
			return true;
	}
	return false;
}

/* kernel-install has a directory of the machine's name, and in it one a kernel. */
static bool find_installed_image(int root_fd, const char *kernel, char *path, size_t size)
{
	static const char *const tops[] = { "boot", "boot/efi", "efi" };

	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		_cleanup_free_ char **names = directory_list(root_fd, tops[i], "");

		for (size_t j = 0; names && names[j]; j++) {
			snprintf(path, size, "%s/%s/%s/initrd", tops[i], names[j],
				 kernel);
			if (sysfs_exists(root_fd, path))
				return true;
		}
	}
	return false;
}

/* The text of a kernel's configuration, or NULL; to be freed by the caller. */
static char *read_config(int root_fd, const char *kernel)
{
	static const char *const formats[] = { "boot/config-", "lib/modules/" };
	char *text, path[512];

	snprintf(path, sizeof(path), "%s%s", formats[0], kernel);
	if (file_read(root_fd, path, &text) == 0)
		return text;
	snprintf(path, sizeof(path), "%s%s/config", formats[1], kernel);
	return file_read(root_fd, path, &text) == 0 ? text : NULL;
}

/* 'y', 'm' or 0. */
static char find_option(const char *config, const char *name)
{
	char line[64];
	const char *found;

	snprintf(line, sizeof(line), "\n%s=", name);
	found = strstr(config, line);
	return found ? found[strlen(line)] : 0;
}

static bool is_built_in(int root_fd, const char *kernel, const char *module)
{
	_cleanup_free_ char *text = NULL;
	char path[512], line[64];

	snprintf(path, sizeof(path), "lib/modules/%s/modules.builtin", kernel);
	snprintf(line, sizeof(line), "/%s.ko\n", module);
	return file_read(root_fd, path, &text) == 0 && strstr(text, line);
}

static void check_config(struct findings *findings, const char *kernel)
{
	_cleanup_free_ char *config = read_config(findings->host->root_fd, kernel);
	static const char *const needed[] = { "CONFIG_VFIO_PCI",
					      "CONFIG_VFIO_IOMMU_TYPE1" };
	bool good = true;

	if (!config) {
		add(findings, FINDING_NOTE, kernel,
		    "its configuration is not in /boot, and so not looked at");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (find_option(config, needed[i]))
			continue;
		good = false;
		add(findings, FINDING_TODO, kernel,
		    "it is built without %s; install another kernel", needed[i]);
	}
	if (!find_option(config, "CONFIG_INTEL_IOMMU") &&
	    !find_option(config, "CONFIG_AMD_IOMMU") &&
	    !find_option(config, "CONFIG_ARM_SMMU_V3")) {
		good = false;
		add(findings, FINDING_TODO, kernel,
		    "it is built without a driver for an IOMMU; install another "
		    "kernel");
	}
	if (good)
		add(findings, FINDING_GOOD, kernel, "it has drivers for VFIO and IOMMUs");
}

static void describe_missing(const struct image *image, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s%s", image->has_program ? "" : ", passthru-early",
		 image->has_start ? "" : ", what runs it",
		 image->has_driver ? "" : ", vfio-pci",
		 image->has_type1 ? "" : ", vfio_iommu_type1");
}

static void check_image(struct findings *findings, const char *kernel)
{
	int root_fd = findings->host->root_fd, r;
	char path[512], missing[128];
	struct image image;

	if (!find_image(root_fd, kernel, path, sizeof(path)) &&
	    !find_installed_image(root_fd, kernel, path, sizeof(path))) {
		add(findings, FINDING_NOTE, kernel,
		    "no boot image of it is found in /boot, and so none is "
		    "looked at");
		return;
	}
	r = image_read(root_fd, path, &image);
	if (r < 0) {
		add(findings, FINDING_NOTE, kernel, "/%s cannot be read: %s%s", path,
		    strerror(-r), r == -EACCES ? "; run this as root" : "");
		return;
	}
	image.has_driver |= is_built_in(root_fd, kernel, "vfio-pci");
	image.has_type1 |= is_built_in(root_fd, kernel, "vfio_iommu_type1");
	describe_missing(&image, missing, sizeof(missing));
	if (!missing[0])
		add(findings, FINDING_GOOD, kernel,
		    "passthru-early and its modules are in /%s", path);
	else
		add(findings, FINDING_TODO, kernel,
		    "/%s lacks %s; build it anew: update-initramfs -u -k %s, or "
		    "dracut --force /%s %s",
		    path, missing + 2, kernel, path, kernel);
}

static int compare_kernels(const void *a, const void *b)
{
	return version_compare(*(char *const *)a, *(char *const *)b);
}

void check_kernels(struct findings *findings)
{
	_cleanup_free_ char **names =
		directory_list(findings->host->root_fd, "lib/modules", "");
	size_t count = 0, found = 0;
	char path[512];

	while (names && names[found])
		found++;
	if (found)
		qsort(names, found, sizeof(names[0]), compare_kernels);
	for (size_t i = 0; i < found; i++) {
		/* What a removed kernel leaves behind has no list of its modules. */
		snprintf(path, sizeof(path), "lib/modules/%s/modules.dep", names[i]);
		if (!sysfs_exists(findings->host->root_fd, path))
			continue;
		count++;
		check_config(findings, names[i]);
		check_image(findings, names[i]);
	}
	if (count == 0)
		findings_add(findings, FINDING_NOTE, "kernels",
			     "none is found in /lib/modules");
}
