/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The installed kernels and their initramfs images. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"

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

static char *find_generated(int root_fd, const char *kernel)
{
	char *path = NULL;

	for (const struct generator *at = generators; !path && at->name; at++)
		if (at->prefix)
			path = beneath_find(root_fd, "%s%s%s", at->prefix, kernel,
					    at->suffix);
	return path;
}

/* kernel-install puts images into a directory per machine ID and kernel. */
static char *find_installed(int root_fd, const char *kernel)
{
	char *path = beneath_find(root_fd, "boot/initrd-%s", kernel);

	/* bootc and rpm-ostree build it into the tree. */
	if (!path)
		path = beneath_find(root_fd, "lib/modules/%s/initramfs.img", kernel);
	for (const struct bls_place *at = bls_places; !path && at->path; at++) {
		_cleanup_free_ char **paths = dirlist_paths(root_fd, at->path, "");

		for (size_t i = 0; !path && paths && paths[i]; i++)
			path = beneath_find(root_fd, "%s/%s/initrd", paths[i], kernel);
	}
	return path;
}

/* Arch names images after the kernel's package. */
static char *find_unversioned(int root_fd, const char *kernel)
{
	_cleanup_free_ char *package = NULL;

	if (beneath_readf(root_fd, &package, "lib/modules/%s/pkgbase", kernel) < 0)
		return NULL;
	package[strcspn(package, "\n")] = '\0';
	return beneath_find(root_fd, "boot/initramfs-%s.img", package);
}

/* The path of its image, freed by the caller, or NULL. */
static char *find_image(int root_fd, const char *kernel)
{
	const struct generator *generator = generators_installed(root_fd);
	bool is_installed = generator && !generator->prefix;
	char *path = is_installed ? find_installed(root_fd, kernel) : NULL;

	if (!path)
		path = find_generated(root_fd, kernel);
	if (!path && !is_installed)
		path = find_installed(root_fd, kernel);
	return path ? path : find_unversioned(root_fd, kernel);
}

static bool is_built_in(int root_fd, const char *kernel, const char *module)
{
	_cleanup_free_ char *text = NULL;
	char line[64];

	snprintf(line, sizeof(line), "/%s.ko\n", module);
	return beneath_readf(root_fd, &text, "lib/modules/%s/modules.builtin", kernel) ==
		       0 &&
	       strstr(text, line);
}

static void check_config(struct findings *findings, const char *kernel)
{
	_cleanup_free_ char *config = kernel_config_read(findings->host->root_fd, kernel);
	static const char *const needed[] = { "CONFIG_VFIO_PCI",
					      "CONFIG_VFIO_IOMMU_TYPE1" };
	bool good = true;

	if (!config) {
		add(findings, FINDING_NOTE, kernel,
		    "cannot check its configuration: /boot/config-%s does not exist",
		    kernel);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (kernel_config_has(config, needed[i]))
			continue;
		good = false;
		add(findings, FINDING_TODO, kernel,
		    "built without %s; install a kernel that has it", needed[i]);
	}
	if (!kernel_config_has(config, "CONFIG_INTEL_IOMMU") &&
	    !kernel_config_has(config, "CONFIG_AMD_IOMMU") &&
	    !kernel_config_has(config, "CONFIG_ARM_SMMU_V3")) {
		good = false;
		add(findings, FINDING_TODO, kernel,
		    "built without an IOMMU driver; install a kernel that has one");
	}
	if (good)
		add(findings, FINDING_OK, kernel, "has drivers for VFIO and IOMMUs");
}

static void describe_missing(const struct image *image, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s%s", image->has_program ? "" : ", passthru-early",
		 image->has_start ? "" : ", the script that starts it",
		 image->has_driver ? "" : ", vfio-pci",
		 image->has_type1 ? "" : ", vfio_iommu_type1");
}

/* No generator's command line tells how this machine builds a UKI. */
static void describe_rebuild(int root_fd, const char *kernel, const char *path,
			     char *commands, size_t size)
{
	if (strstr(path, "/EFI/Linux/"))
		snprintf(commands, size, "what builds your UKIs, such as kernel-install");
	else
		generators_rebuild(root_fd, kernel, path, commands, size);
}

/* Without our hook, a new image would lack the same. */
static void add_incomplete(struct findings *findings, const char *kernel,
			   const char *path, const char *missing)
{
	int root_fd = findings->host->root_fd;
	const char *obstacle =
		generators_installed(root_fd) ? generators_obstacle(root_fd) : NULL;
	char commands[512];

	describe_rebuild(root_fd, kernel, path, commands, sizeof(commands));
	if (obstacle)
		add(findings, FINDING_TODO, kernel, "/%s lacks %s, and %s; then run %s",
		    path, missing, obstacle, commands);
	else
		add(findings, FINDING_TODO, kernel, "/%s lacks %s; rebuild it: run %s",
		    path, missing, commands);
}

/* Whether the image was built with the configuration as it is now, or needs none. */
static bool has_current_config(int root_fd, const char *path, const struct image *image)
{
	_cleanup_free_ char *config = NULL;

	if (generators_is_for_rescue(path))
		return true;

	return configuration_read(root_fd, NULL, &config) < 0 ||
	       strcmp(config, image->config ? image->config : "") == 0;
}

static void check_content(struct findings *findings, const char *kernel, const char *path,
			  struct image *image)
{
	int root_fd = findings->host->root_fd;
	char missing[128];

	image->has_driver |= is_built_in(root_fd, kernel, "vfio-pci");
	image->has_type1 |= is_built_in(root_fd, kernel, "vfio_iommu_type1");
	describe_missing(image, missing, sizeof(missing));
	if (!missing[0] && !has_current_config(root_fd, path, image))
		snprintf(missing, sizeof(missing), ", the configuration in /%s",
			 CONFIGURATION_DIRECTORY);
	if (missing[0])
		add_incomplete(findings, kernel, path, missing + 2);
	else
		add(findings, FINDING_OK, kernel,
		    "/%s has passthru-early and its modules", path);
}

static void add_unreadable(struct findings *findings, const char *kernel,
			   const char *path, int r)
{
	int root_fd = findings->host->root_fd;
	char commands[512];

	describe_rebuild(root_fd, kernel, path, commands, sizeof(commands));
	if (r == -EINVAL)
		add(findings, FINDING_TODO, kernel, "/%s is damaged; rebuild it: run %s",
		    path, commands);
	else
		add(findings, FINDING_TODO, kernel, "cannot read /%s: %s%s", path,
		    strerror(-r), r == -EACCES ? "; run passthru check as root" : "");
}

/* The images of a UKI and of its addons. */
struct images {
	int root_fd;
	struct image all;
};

static int add_addon(void *data, const char *path, const struct uki *addon)
{
	struct images *images = data;

	if (addon->initrd_size)
		(void)inspect_image(images->root_fd, path, addon->initrd_at,
				    addon->initrd_size, &images->all);
	return 0;
}

/* Checks an image, or with place and uki the one in a UKI there. */
static void check_file(struct findings *findings, const char *kernel, const char *path,
		       const struct bls_place *place, const struct uki *uki)
{
	struct images images = { .root_fd = findings->host->root_fd };
	int r = inspect_image(images.root_fd, path, uki ? uki->initrd_at : 0,
			      uki ? uki->initrd_size : 0, &images.all);

	if (r == 0 && uki)
		bls_each_addon(images.root_fd, place, path, kernel, add_addon, &images);
	if (r < 0)
		add_unreadable(findings, kernel, path, r);
	else
		check_content(findings, kernel, path, &images.all);
	image_free(&images.all);
}

/* The image in each UKI with that kernel. Returns whether there is one. */
static bool check_ukis(struct findings *findings, const char *kernel)
{
	int root_fd = findings->host->root_fd;
	bool any = false;

	for (const struct bls_place *at = bls_places; at->path; at++) {
		_cleanup_free_ char **paths = dirlist_paths(root_fd, at->ukis, ".efi");

		for (size_t i = 0; paths && paths[i]; i++) {
			struct uki uki;

			if (uki_read(root_fd, paths[i], &uki) == 0 && uki.kernel &&
			    strcmp(uki.kernel, kernel) == 0 && uki.initrd_size) {
				check_file(findings, kernel, paths[i], at, &uki);
				any = true;
			}
			uki_free(&uki);
		}
	}
	return any;
}

static void check_image(struct findings *findings, const char *kernel)
{
	int root_fd = findings->host->root_fd;
	bool in_uki = check_ukis(findings, kernel);
	_cleanup_free_ char *path = find_image(root_fd, kernel);

	if (path)
		check_file(findings, kernel, path, NULL, NULL);
	else if (!in_uki)
		add(findings, FINDING_NOTE, kernel,
		    "cannot check its initramfs: found no image in /boot");
}

static int compare_kernels(const void *a, const void *b)
{
	return version_compare(*(char *const *)a, *(char *const *)b);
}

/* The image of the kernel that boots next, or else of the newest one. */
static char *find_next_image(int root_fd, const struct boot_source *next)
{
	size_t count;
	_cleanup_free_ char **names = NULL;

	if (next && next->is_uki)
		return NULL;
	if (next && next->kernel[0])
		return find_image(root_fd, next->kernel);
	if (bls_has_ukis(root_fd))
		return NULL;
	names = kernels_list(root_fd, &count);
	if (count)
		qsort(names, count, sizeof(names[0]), compare_kernels);
	return count ? find_image(root_fd, names[count - 1]) : NULL;
}

char *check_kernels_next_lacks(int root_fd, const struct boot_source *next)
{
	_cleanup_free_ char *path = find_next_image(root_fd, next);
	struct image image = { 0 };
	bool lacks;

	if (!path)
		return NULL;
	lacks = inspect_image(root_fd, path, 0, 0, &image) == 0 &&
		!(image.has_program && image.has_start);
	image_free(&image);
	return lacks ? take_pointer(path) : NULL;
}

void check_kernels(struct findings *findings)
{
	size_t count;
	_cleanup_free_ char **names = kernels_list(findings->host->root_fd, &count);

	if (count)
		qsort(names, count, sizeof(names[0]), compare_kernels);
	for (size_t i = 0; i < count; i++) {
		check_config(findings, names[i]);
		check_image(findings, names[i]);
	}
	if (count == 0)
		findings_add(findings, FINDING_NOTE, "kernels",
			     "found none in /lib/modules");
}
