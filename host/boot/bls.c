/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/internal.h"
#include "lib/lib.h"

/* No boot entry is that long. */
#define TEXT_MAX (64 * 1024)

/* -- names --------------------------------------------------------------------------- */

/* A number of up to six digits. Returns what follows it, or NULL. */
static const char *read_tries(const char *at, int *ret)
{
	size_t length = strspn(at, "0123456789");

	if (length == 0 || length > 6)
		return NULL;
	*ret = atoi(at);
	return at + length;
}

/*
 * "name+LEFT-DONE.conf" counts its boots; "-DONE" is optional. ret_id is the name without
 * that; the numbers are -1 if there are none.
 */
static void split_name(const char *name, char ret_id[static ID_SIZE], int *ret_left,
		       int *ret_done)
{
	const char *end = strrchr(name, '.'), *plus = strrchr(name, '+'), *rest;
	int left, done = 0;

	*ret_left = *ret_done = -1;
	snprintf(ret_id, ID_SIZE, "%s", name);
	if (!end || !plus || plus > end)
		return;
	rest = read_tries(plus + 1, &left);
	if (rest && *rest == '-')
		rest = read_tries(rest + 1, &done);
	if (rest != end)
		return;
	*ret_left = left;
	*ret_done = done;
	snprintf(ret_id, ID_SIZE, "%.*s%s", (int)(plus - name), name, end);
}

/* -- addons of UKIs ------------------------------------------------------------------ */

static int visit_addons(int root_fd, const char *directory, const char *kernel,
			int (*each)(void *data, const char *path,
				    const struct uki *addon),
			void *data)
{
	_cleanup_free_ char **paths = dirlist_paths(root_fd, directory, ".addon.efi");
	int r = 0;

	for (size_t i = 0; r == 0 && paths && paths[i]; i++) {
		struct uki addon;

		if (uki_read(root_fd, paths[i], &addon) == 0 &&
		    (!addon.kernel || !kernel || strcmp(addon.kernel, kernel) == 0))
			r = each(data, paths[i], &addon);
		uki_free(&addon);
	}
	return r;
}

int bls_each_addon(int root_fd, const struct bls_place *place, const char *path,
		   const char *kernel,
		   int (*each)(void *data, const char *path, const struct uki *addon),
		   void *data)
{
	const char *name = beneath_name(path);
	_cleanup_free_ char *own = NULL;
	char id[ID_SIZE];
	int left, done, r;

	split_name(name, id, &left, &done);
	r = beneath_format(&own, "%.*s%s.extra.d", (int)(name - path), path, id);
	if (r == 0)
		r = visit_addons(root_fd, place->addons, kernel, each, data);
	return r == 0 ? visit_addons(root_fd, own, kernel, each, data) : r;
}

/* -- type 1: a file of lines --------------------------------------------------------- */

static char *join(char *before, const char *text, size_t length)
{
	char *both = NULL;

	if (asprintf(&both, "%s%s%.*s", before ? before : "",
		     before && *before ? " " : "", (int)length, text) < 0)
		both = NULL;
	free(before);
	return both;
}

static int read_key(struct boot_entry *entry, struct span key, struct span value)
{
	const struct {
		const char *name;
		char *to;
		size_t size;
	} texts[] = {
		{ "title", entry->title, sizeof(entry->title) },
		{ "sort-key", entry->sort_key, sizeof(entry->sort_key) },
		{ "machine-id", entry->machine_id, sizeof(entry->machine_id) },
		{ "version", entry->version, sizeof(entry->version) },
		{ "linux", entry->kernel, sizeof(entry->kernel) },
		{ "efi", entry->program, sizeof(entry->program) },
	};

	if (span_equals(key, "initrd")) {
		_cleanup_free_ char *line = strndup(value.at, value.length);

		return line ? wordlist_insert(&entry->images, entry->images.count, line)
			    : -ENOMEM;
	}
	if (span_equals(key, "options")) {
		entry->cmdline = join(entry->cmdline, value.at, value.length);
		return entry->cmdline ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (span_equals(key, texts[i].name))
			snprintf(texts[i].to, texts[i].size, "%.*s", (int)value.length,
				 value.at);
	return 0;
}

static int add_addon(void *data, const char *path, const struct uki *addon)
{
	struct boot_entry *entry = data;

	(void)path;
	if (!addon->cmdline)
		return 0;
	entry->cmdline = join(entry->cmdline, addon->cmdline, strlen(addon->cmdline));
	return entry->cmdline ? 0 : -ENOMEM;
}

/* The command line of a UKI at the path, and of its addons. */
static int add_uki_cmdline(int root_fd, const char *path, struct boot_entry *entry,
			   struct uki *uki)
{
	entry->is_uki = true;
	snprintf(entry->release, sizeof(entry->release), "%s",
		 uki->kernel ? uki->kernel : "");
	entry->cmdline = uki->cmdline ? take_pointer(uki->cmdline) : strdup("");
	if (!entry->cmdline)
		return -ENOMEM;
	return bls_each_addon(root_fd, entry->place, path, uki->kernel, add_addon, entry);
}

/*
 * The key uki: a file on the partition of the entry. Its options, if there are any,
 * replace the command line of the UKI.
 */
static int read_uki_of(int root_fd, struct boot_entry *entry, struct span path)
{
	_cleanup_free_ char *file = NULL;
	struct uki uki;
	int r;

	while (span_skip_prefix(&path, "/"))
		;
	r = beneath_format(&file, "%s/%.*s", entry->place->path, (int)path.length,
			   path.at);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	snprintf(entry->uki, sizeof(entry->uki), "%s", file);
	if (entry->cmdline)
		return 0;
	r = uki_read(root_fd, file, &uki);
	if (r == 0)
		r = add_uki_cmdline(root_fd, file, entry, &uki);
	uki_free(&uki);
	return r == -ENOMEM ? r : 0;
}

/* Returns 1, 0 if it cannot be read or is too long, or -ENOMEM. */
static int read_lines(int root_fd, struct boot_entry *entry)
{
	_cleanup_free_ char *text = NULL;
	struct span uki = { 0 };
	int r = 0;

	if (beneath_read(root_fd, entry->path, &text) < 0 || strlen(text) > TEXT_MAX)
		return 0;
	for (const char *at = text; *at && r == 0; at += *at == '\n') {
		size_t length = strcspn(at, "\n");
		struct span line = span_trim((struct span){ at, length });
		struct span key = { line.at, strcspn(line.at, " \t\n") };
		struct span value;

		at += length;
		if (key.length >= line.length)
			continue;
		value = span_trim(
			(struct span){ line.at + key.length, line.length - key.length });
		if (span_equals(key, "uki"))
			uki = value;
		r = read_key(entry, key, value);
	}
	if (r == 0 && uki.length)
		r = read_uki_of(root_fd, entry, uki);
	if (r == 0 && !entry->cmdline && !entry->program[0] && !uki.length)
		r = (entry->cmdline = strdup("")) ? 0 : -ENOMEM;
	return r < 0 ? r : 1;
}

/* -- type 2: a UKI ------------------------------------------------------------------- */

static void read_release(struct boot_entry *entry, const char *release)
{
	static const char *const titles[] = { "PRETTY_NAME", "IMAGE_ID", "NAME", "ID" };
	static const char *const keys[] = { "IMAGE_ID", "ID" };
	static const char *const versions[] = { "IMAGE_VERSION", "VERSION", "VERSION_ID",
						"BUILD_ID" };
	const struct {
		const char *const *names;
		size_t count;
		char *to;
		size_t size;
	} texts[] = {
		{ titles, ARRAY_SIZE(titles), entry->title, sizeof(entry->title) },
		{ keys, ARRAY_SIZE(keys), entry->sort_key, sizeof(entry->sort_key) },
		{ versions, ARRAY_SIZE(versions), entry->version,
		  sizeof(entry->version) },
	};

	/* Of each list, the first one that is set. */
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		for (size_t j = 0; j < texts[i].count && !texts[i].to[0]; j++) {
			bool plain;
			_cleanup_free_ char *value = shell_vars_resolve(
				release, texts[i].names[j], "", &plain);

			snprintf(texts[i].to, texts[i].size, "%s", value ? value : "");
		}
}

/* As systemd-boot does: the ID of the default one is that of the file. */
static void read_profile(struct boot_entry *entry, const char *profile)
{
	bool plain;
	_cleanup_free_ char *id = shell_vars_resolve(profile, "ID", "", &plain);
	_cleanup_free_ char *title = shell_vars_resolve(profile, "TITLE", "", &plain);
	char number[24], name[sizeof(entry->title)];

	snprintf(number, sizeof(number), "%u", entry->profile);
	if (id && !id[0])
		snprintf(name, sizeof(name), "Profile #%u", entry->profile + 1);
	else
		snprintf(name, sizeof(name), "%s", id ? id : "");
	if (title && title[0])
		snprintf(name, sizeof(name), "%s", title);
	else if (!entry->profile)
		return;
	entry->is_of_several = true;
	snprintf(entry->title + strlen(entry->title),
		 sizeof(entry->title) - strlen(entry->title), " (%s)", name);
	if (entry->profile)
		snprintf(entry->id + strlen(entry->id), ID_SIZE - strlen(entry->id),
			 "@%s", id && id[0] ? id : number);
}

/* Returns 1, 0 if it is some other EFI program, or a negative errno. */
static int read_uki(int root_fd, struct boot_entry *entry)
{
	struct uki uki;
	int r = uki_read_profile(root_fd, entry->path, entry->profile, &uki);

	if (r == 0 && uki.os_release) {
		read_release(entry, uki.os_release);
		read_profile(entry, uki.profile ? uki.profile : "");
		snprintf(entry->uki, sizeof(entry->uki), "%s", entry->path);
		r = add_uki_cmdline(root_fd, entry->path, entry, &uki);
		r = r < 0 ? r : 1;
	}
	uki_free(&uki);
	return r;
}

/* -- all of them --------------------------------------------------------------------- */

void bls_free_entry(struct boot_entry *entry)
{
	wordlist_free(&entry->images);
	free(entry->cmdline);
}

static int append(struct boot_entries *entries, const struct boot_entry *entry)
{
	struct boot_entry *item = array_append(entries->items, entries->count);

	if (!item)
		return -ENOMEM;
	*item = *entry;
	return 1;
}

/* More than systemd-boot shows. */
#define PROFILES_MAX 256

/* Reads a file of entries, and appends what it has; of a UKI, an entry for each profile.
 */
static int add_file(int root_fd, const struct boot_entry *model, bool is_uki,
		    struct boot_entries *ret)
{
	int r = 1;

	for (unsigned i = 0; r > 0 && i < (is_uki ? PROFILES_MAX : 1); i++) {
		struct boot_entry entry = *model;

		entry.profile = i;
		r = is_uki ? read_uki(root_fd, &entry) : read_lines(root_fd, &entry);
		if (r > 0)
			r = append(ret, &entry);
		if (r <= 0)
			bls_free_entry(&entry);
	}
	return r == -ENOMEM ? r : 0;
}

static int read_directory(int root_fd, const struct bls_place *place, bool ukis,
			  struct boot_entries *ret)
{
	_cleanup_free_ char **paths = dirlist_paths(
		root_fd, ukis ? place->ukis : place->entries, ukis ? ".efi" : ".conf");
	int r = 0;

	for (size_t i = 0; r == 0 && paths && paths[i]; i++) {
		struct boot_entry entry = { .place = place };

		snprintf(entry.path, sizeof(entry.path), "%s", paths[i]);
		split_name(beneath_name(paths[i]), entry.id, &entry.tries_left,
			   &entry.tries_done);
		r = add_file(root_fd, &entry, ukis, ret);
	}
	return r;
}

static int compare_ids(const struct boot_entry *a, const struct boot_entry *b)
{
	return version_compare(b->id, a->id);
}

static int compare_keys(const struct boot_entry *a, const struct boot_entry *b)
{
	bool a_has = a->sort_key[0], b_has = b->sort_key[0];
	int order;

	if (a_has != b_has)
		return b_has - a_has;
	if (!a_has)
		return 0;
	order = strcmp(a->sort_key, b->sort_key);
	if (order == 0)
		order = strcmp(a->machine_id, b->machine_id);
	return order ? order : version_compare(b->version, a->version);
}

/* Entries that failed too often come last, those with a sort key first. */
static int compare_entries(const void *a_data, const void *b_data)
{
	const struct boot_entry *a = a_data, *b = b_data;
	int order = (a->tries_left == 0) - (b->tries_left == 0);

	if (order == 0)
		order = compare_keys(a, b);
	if (order == 0 && strcmp(a->path, b->path) == 0)
		return a->profile < b->profile ? -1 : a->profile > b->profile;
	if (order == 0)
		order = compare_ids(a, b);
	if (order == 0 && a->tries_left >= 0 && b->tries_left >= 0)
		order = a->tries_left != b->tries_left ? b->tries_left - a->tries_left
						       : a->tries_done - b->tries_done;
	return order ? order : strcmp(a->path, b->path);
}

static int compare_for_grub(const void *a, const void *b)
{
	int order = compare_ids(a, b);

	return order ? order
		     : strcmp(((const struct boot_entry *)a)->path,
			      ((const struct boot_entry *)b)->path);
}

static int read_all(int root_fd, bool with_ukis, struct boot_entries *ret)
{
	int r = 0;

	*ret = (struct boot_entries){ 0 };
	for (const struct bls_place *at = bls_places; r == 0 && at->path; at++) {
		r = read_directory(root_fd, at, false, ret);
		if (r == 0 && with_ukis)
			r = read_directory(root_fd, at, true, ret);
	}
	return r;
}

static void sort(struct boot_entries *entries, int (*compare)(const void *, const void *))
{
	if (entries->count)
		qsort(entries->items, entries->count, sizeof(entries->items[0]), compare);
}

int bls_read(int root_fd, struct boot_entries *ret)
{
	int r = read_all(root_fd, true, ret);

	sort(ret, compare_entries);
	return r;
}

int bls_read_for_grub(int root_fd, struct boot_entries *ret)
{
	int r = read_all(root_fd, false, ret);

	sort(ret, compare_for_grub);
	return r;
}

void bls_free(struct boot_entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		bls_free_entry(&entries->items[i]);
	free(entries->items);
	*entries = (struct boot_entries){ 0 };
}

bool bls_has_file(int root_fd, const struct boot_entry *entry)
{
	const char *name = entry->kernel[0] ? entry->kernel : entry->program;
	_cleanup_free_ char *path = NULL;

	if (entry->uki[0])
		return beneath_exists(root_fd, entry->uki);
	if (name[0])
		path = beneath_find(root_fd, "%s/%s", entry->place->path, name);
	return path;
}

bool bls_has_ukis(int root_fd)
{
	for (const struct bls_place *at = bls_places; at->path; at++) {
		_cleanup_free_ char **ukis = dirlist_read(root_fd, at->ukis, ".efi");

		if (ukis && ukis[0])
			return true;
	}
	return false;
}

bool bls_exists(int root_fd)
{
	for (const struct bls_place *at = bls_places; at->path; at++)
		if (beneath_exists(root_fd, at->entries))
			return true;
	return bls_has_ukis(root_fd);
}

/* -- as a source --------------------------------------------------------------------- */

/* A name for boot_find_file(): that on the partition of the entry comes first; or NULL.
 */
static char *name_file(int root_fd, const struct boot_entry *entry, const char *name)
{
	char *path = beneath_find(root_fd, "%s/%s", entry->place->path,
				  name + strspn(name, "/"));

	return path ? path : strdup(name);
}

/* The ID of the machine that it was made for, which may begin the name of its file. */
static struct span find_machine(const struct boot_entry *entry)
{
	if (entry->machine_id[0])
		return span_of(entry->machine_id);
	if (strspn(entry->id, "0123456789abcdef") == 32 && entry->id[32] == '-')
		return (struct span){ entry->id, 32 };
	return (struct span){ 0 };
}

/* The ID of this one may have changed since, which its kernel, which is here, tells. */
static bool is_foreign(int root_fd, const struct boot_entry *entry, const char *kernel)
{
	_cleanup_free_ char *path = boot_find_file(root_fd, kernel);
	_cleanup_free_ char *id = NULL;
	struct span machine = find_machine(entry);

	if (path || !machine.length || beneath_read(root_fd, "etc/machine-id", &id) < 0)
		return false;
	id[strcspn(id, "\n")] = '\0';
	return id[0] && !span_equals(machine, id);
}

static int set_kernel(int root_fd, const struct boot_entry *entry,
		      struct boot_source *source)
{
	_cleanup_free_ char *kernel = name_file(root_fd, entry, entry->kernel);

	if (!kernel)
		return -ENOMEM;
	boot_source_set_kernel(source, root_fd, kernel);
	source->is_foreign = is_foreign(root_fd, entry, kernel);
	/* Where kernel-install puts it, all files of kernels have the same name. */
	if (!source->kernel[0])
		snprintf(source->kernel, sizeof(source->kernel), "%s", entry->version);
	return 0;
}

static int add_images(int root_fd, const struct boot_entry *entry,
		      const struct wordlist *images, struct boot_source *source)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < images->count; i++) {
		_cleanup_free_ char *name = name_file(root_fd, entry, images->items[i]);

		r = name ? boot_source_add_image(source, root_fd, name) : -ENOMEM;
	}
	return r;
}

int bls_add(int root_fd, const struct boot_entry *entry, char *cmdline,
	    const struct wordlist *images, const char *note, struct boot_sources *ret)
{
	struct boot_source *source = boot_sources_add(ret, entry->path, cmdline);
	int r = 0;

	if (!source)
		return -ENOMEM;
	source->is_read_by_loader = true;
	source->is_uki = entry->is_uki;
	if (entry->is_of_several)
		snprintf(source->entry, sizeof(source->entry), "%s", entry->title);
	snprintf(source->uki, sizeof(source->uki), "%s", entry->uki);
	source->place = entry->uki[0] ? entry->place : NULL;
	snprintf(source->note, sizeof(source->note), "%s", note);
	if (entry->kernel[0])
		r = set_kernel(root_fd, entry, source);
	else
		snprintf(source->kernel, sizeof(source->kernel), "%s",
			 entry->is_uki ? entry->release : entry->version);
	return r < 0 ? r
		     : add_images(root_fd, entry, images ? images : &entry->images,
				  source);
}
