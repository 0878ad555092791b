/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The initramfs images that boot: what the boot entries load. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "trials/trials.h"

/* -- one entry ----------------------------------------------------------------------- */

/* Returns 0 or a negative errno, with the path in either case. */
static int read_image(int root_fd, const struct boot_image *image, struct initramfs *ret)
{
	free(ret->path);
	ret->path = strdup(image->path);
	if (!ret->path)
		return -ENOMEM;
	return image->is_found ? inspect_image(root_fd, image->path, 0, 0, &ret->image)
			       : -ENOENT;
}

/* One more, after the one that counts: microcode, or a few more files. */
static void add_image(int root_fd, const struct boot_image *image, struct initramfs *ret)
{
	if (image->is_found)
		(void)inspect_image(root_fd, image->path, 0, 0, &ret->image);
}

/* Of several, the one with /init counts, or else the last one. */
static int read_images(int root_fd, const struct boot_source *entry,
		       struct initramfs *ret)
{
	int r = 0;

	for (size_t i = 0; i < entry->image_count; i++) {
		if (ret->image.has_init)
			add_image(root_fd, &entry->images[i], ret);
		else
			r = read_image(root_fd, &entry->images[i], ret);
	}
	return r;
}

struct addons {
	int root_fd;
	struct image *image;
};

static int add_addon(void *data, const char *path, const struct uki *addon)
{
	struct addons *addons = data;

	if (addon->initrd_size)
		(void)inspect_image(addons->root_fd, path, addon->initrd_at,
				    addon->initrd_size, addons->image);
	return 0;
}

static int read_uki(int root_fd, const struct boot_source *entry, struct initramfs *ret)
{
	struct addons addons = { root_fd, &ret->image };
	struct uki uki;
	int r = uki_read(root_fd, entry->uki, &uki);

	ret->path = strdup(entry->uki);
	ret->is_uki = true;
	ret->is_signed = uki.is_signed;
	if (!ret->path)
		r = -ENOMEM;
	if (r == 0 && uki.initrd_size)
		r = inspect_image(root_fd, entry->uki, uki.initrd_at, uki.initrd_size,
				  &ret->image);
	if (r == 0 && entry->place)
		bls_each_addon(root_fd, entry->place, entry->uki, uki.kernel, add_addon,
			       &addons);
	if (uki.kernel)
		snprintf(ret->kernel, sizeof(ret->kernel), "%s", uki.kernel);
	uki_free(&uki);
	return r == -ENOEXEC ? -EINVAL : r;
}

/* What the kernel itself has, an image need not have. */
static void add_built_in(int root_fd, struct initramfs *initramfs)
{
	const char *kernel = initramfs->kernel;

	if (!kernel[0])
		return;
	initramfs->image.has_driver |=
		kernel_has_module_built_in(root_fd, kernel, "vfio-pci");
	initramfs->image.has_type1 |=
		kernel_has_module_built_in(root_fd, kernel, "vfio_iommu_type1");
}

static void find_trial(int root_fd, struct initramfs *initramfs)
{
	struct trial trial;

	initramfs->is_confirmed = initramfs->image.config.text &&
				  trials_find(initramfs->image.config.text, &trial) &&
				  trials_is_confirmed(root_fd, trial.token);
}

static void read_entry(int root_fd, const struct boot_source *entry,
		       struct initramfs *ret)
{
	snprintf(ret->entry, sizeof(ret->entry), "%s",
		 entry->entry[0] ? entry->entry : beneath_name(entry->path));
	snprintf(ret->kernel, sizeof(ret->kernel), "%s", entry->kernel);
	if (entry->uki[0])
		ret->error = read_uki(root_fd, entry, ret);
	if (ret->error == 0)
		ret->error = read_images(root_fd, entry, ret);
	ret->is_rescue = ret->path && generators_is_for_rescue(ret->path);
	add_built_in(root_fd, ret);
	ret->is_list_old = ret->error == 0 && ret->path &&
			   adopt_is_outdated(root_fd, entry->cmdline, &ret->image);
	find_trial(root_fd, ret);
}

/* -- without an entry ---------------------------------------------------------------- */

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

/* The path of its image by the names that generators give; freed by the caller. */
static char *guess(int root_fd, const char *kernel)
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

static void read_guessed(int root_fd, const char *kernel, struct initramfs *ret)
{
	ret->is_guessed = true;
	snprintf(ret->kernel, sizeof(ret->kernel), "%s", kernel);
	ret->path = guess(root_fd, kernel);
	ret->error = ret->path ? inspect_image(root_fd, ret->path, 0, 0, &ret->image)
			       : -ENOENT;
	ret->is_rescue = ret->path && generators_is_for_rescue(ret->path);
	add_built_in(root_fd, ret);
	ret->is_list_old = ret->error == 0 && adopt_is_outdated(root_fd, "", &ret->image);
	find_trial(root_fd, ret);
}

static int compare_kernels(const void *a, const void *b)
{
	return -version_compare(*(char *const *)a, *(char *const *)b);
}

/* The newest comes first. */
static char **list_kernels(int root_fd, size_t *ret_count)
{
	char **kernels = kernels_list(root_fd, ret_count);

	if (*ret_count)
		qsort(kernels, *ret_count, sizeof(kernels[0]), compare_kernels);
	return kernels;
}

/* -- all of them --------------------------------------------------------------------- */

static bool loads_same(const struct boot_source *a, const struct boot_source *b)
{
	if (strcmp(a->uki, b->uki) != 0 || a->image_count != b->image_count)
		return false;
	for (size_t i = 0; i < a->image_count; i++)
		if (strcmp(a->images[i].path, b->images[i].path) != 0)
			return false;
	/* Without an image, only the same entry is the same. */
	return a->uki[0] || a->image_count ||
	       (strcmp(a->path, b->path) == 0 && strcmp(a->entry, b->entry) == 0);
}

/* Whether an entry before it in the list loads the same images. */
static bool is_repeated(const struct boot_source *next, const struct boot_sources *all,
			size_t index)
{
	const struct boot_source *entry = &all->items[index];

	if (next && loads_same(next, entry))
		return true;
	for (size_t i = 0; i < index; i++)
		if (!all->items[i].is_foreign && loads_same(&all->items[i], entry))
			return true;
	return false;
}

static struct initramfs *append(struct initramfs_list *list)
{
	return array_append(list->items, list->count);
}

static int add_entries(int root_fd, const struct boot_source *next,
		       const struct boot_sources *all, struct initramfs_list *ret)
{
	struct initramfs *added;

	if (next) {
		added = append(ret);
		if (!added)
			return -ENOMEM;
		added->is_next = true;
		read_entry(root_fd, next, added);
	}
	for (size_t i = 0; i < all->count; i++) {
		if (all->items[i].is_foreign || is_repeated(next, all, i))
			continue;
		added = append(ret);
		if (!added)
			return -ENOMEM;
		read_entry(root_fd, &all->items[i], added);
	}
	return 0;
}

static int add_guessed(int root_fd, struct initramfs_list *ret)
{
	size_t count;
	_cleanup_free_ char **kernels = list_kernels(root_fd, &count);

	for (size_t i = 0; i < count; i++) {
		struct initramfs *added = append(ret);

		if (!added)
			return -ENOMEM;
		added->is_next = i == 0;
		read_guessed(root_fd, kernels[i], added);
	}
	return kernels ? 0 : -ENOMEM;
}

int initramfs_list_read(int root_fd, struct initramfs_list *ret)
{
	struct boot_sources first, all = { 0 };
	const struct boot_source *next = NULL;
	int r = boot_read(root_fd, &first);

	*ret = (struct initramfs_list){ 0 };
	if (r == 0) {
		next = boot_next(&first);
		if (next && (!next->is_read_by_loader || next->is_foreign))
			next = NULL;
		r = boot_read_all(root_fd, &all);
	}
	if (r == 0)
		r = add_entries(root_fd, next, &all, ret);
	if (r == 0 && ret->count == 0)
		r = add_guessed(root_fd, ret);
	boot_sources_free(&first);
	boot_sources_free(&all);
	return r;
}

int initramfs_read_next(int root_fd, const struct boot_source *next,
			struct initramfs *ret)
{
	size_t count;
	_cleanup_free_ char **kernels = NULL;

	*ret = (struct initramfs){ .is_next = true };
	if (next && next->is_read_by_loader) {
		read_entry(root_fd, next, ret);
		return ret->error == -ENOMEM ? -ENOMEM : 0;
	}
	kernels = list_kernels(root_fd, &count);
	if (count)
		read_guessed(root_fd, kernels[0], ret);
	else
		*ret = (struct initramfs){ .is_guessed = true, .error = -ENOENT };
	return kernels ? 0 : -ENOMEM;
}

void initramfs_free(struct initramfs *initramfs)
{
	image_free(&initramfs->image);
	free(initramfs->path);
	*initramfs = (struct initramfs){ 0 };
}

void initramfs_list_free(struct initramfs_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		initramfs_free(&list->items[i]);
	free(list->items);
	*list = (struct initramfs_list){ 0 };
}

/* -- what it lacks ------------------------------------------------------------------- */

bool initramfs_starts(const struct initramfs *initramfs)
{
	return initramfs->image.has_program && initramfs->image.has_start;
}

/* A trial that was confirmed is as good as none. */
static bool has_trial_of(const struct initramfs *initramfs, const char *config)
{
	struct trial own = { 0 }, wanted;
	bool has = initramfs->image.config.text &&
		   trials_find(initramfs->image.config.text, &own);

	if (!trials_find(config, &wanted))
		return !has || initramfs->is_confirmed;
	return has && strcmp(own.token, wanted.token) == 0 &&
	       own.minutes == wanted.minutes;
}

/* Whether it means the same, apart from the profiles. */
static bool has_text(const struct initramfs *initramfs,
		     const struct configuration *config)
{
	const char *own = initramfs->image.config.text;

	return configuration_means_same(config->text, own ? own : "") &&
	       has_trial_of(initramfs, config->text);
}

/* The first of the profiles that the other one lacks or has in another way, or NULL. */
static const struct profile *find_difference(const struct configuration *config,
					     const struct configuration *other)
{
	for (size_t i = 0; i < config->profile_count; i++) {
		const struct profile *profile = &config->profiles[i];
		const char *text = configuration_find(other, profile->name);

		if (!text || !configuration_means_same(profile->text, text))
			return profile;
	}
	return NULL;
}

bool initramfs_has_config(const struct initramfs *initramfs,
			  const struct configuration *config)
{
	return initramfs->is_rescue ||
	       (!initramfs->is_list_old && has_text(initramfs, config) &&
		!find_difference(config, &initramfs->image.config) &&
		!find_difference(&initramfs->image.config, config));
}

static const char *describe_config(const struct initramfs *initramfs, const char *config)
{
	if (initramfs->is_list_old)
		return "has another list of devices for vfio-pci in modprobe.d than this system";
	if (configuration_means_same(config, ""))
		return "has a configuration that /" CONFIGURATION_DIRECTORY
		       " has no longer";
	return initramfs->image.has_config
		       ? "has another configuration than /" CONFIGURATION_DIRECTORY
		       : "lacks the configuration in /" CONFIGURATION_DIRECTORY;
}

static void describe_profiles(const struct configuration *own,
			      const struct configuration *config,
			      char ret[static INITRAMFS_FAULT_SIZE])
{
	const struct profile *profile = find_difference(config, own);
	char path[PROFILE_PATH_SIZE];

	if (!profile)
		snprintf(ret, INITRAMFS_FAULT_SIZE,
			 "has a profile %s that /" PROFILES_PATH " has no longer",
			 find_difference(own, config)->name);
	else if (!configuration_find(own, profile->name))
		snprintf(ret, INITRAMFS_FAULT_SIZE,
			 "lacks the profile %s in /" PROFILES_PATH, profile->name);
	if (!profile || !configuration_find(own, profile->name))
		return;
	profile_path(profile->name, path);
	snprintf(ret, INITRAMFS_FAULT_SIZE, "has another profile %s than /%s",
		 profile->name, path);
}

void initramfs_describe_fault(const struct initramfs *initramfs,
			      const struct configuration *config,
			      char ret[static INITRAMFS_FAULT_SIZE])
{
	const struct image *image = &initramfs->image;
	char missing[96];

	snprintf(missing, sizeof(missing), "%s%s%s%s",
		 image->has_program ? "" : ", passthru-early",
		 image->has_start ? "" : ", the script that starts it",
		 image->has_driver ? "" : ", vfio-pci",
		 image->has_type1 ? "" : ", vfio_iommu_type1");
	ret[0] = '\0';
	if (missing[0])
		snprintf(ret, INITRAMFS_FAULT_SIZE, "lacks %s", missing + 2);
	else if (config && !initramfs->is_rescue &&
		 (initramfs->is_list_old || !has_text(initramfs, config)))
		snprintf(ret, INITRAMFS_FAULT_SIZE, "%s",
			 describe_config(initramfs, config->text));
	else if (config && !initramfs_has_config(initramfs, config))
		describe_profiles(&image->config, config, ret);
}
