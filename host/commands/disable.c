/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru disable: removes items from the configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "ui/ui.h"

/* What the user named that is an address or an ID, with a device there or not. */
struct operand {
	struct selector selector;
	bool is_absent; /* there is no such device: it is gone, perhaps */
	bool is_found;	/* an item selects it */
};

struct removal {
	struct work *work;
	struct operand *operands; /* freed by disable() */
	size_t operand_count;
	/* The whole configuration as it is, and the kernel command line of the next boot.
	 */
	struct request configuration;
	struct boot_sources boot;
	const struct boot_source *next; /* NULL if it cannot be read */
	struct params cmdline;
	/* Of lines with items that select neither a device nor what is named. */
	struct text_file orphans;
	const char *last_orphan; /* the last of these lines */
	bool has_failed;	 /* it was said why */
};

/* -- what is named ------------------------------------------------------------------- */

static bool matches_any(const struct machine *machine, const struct selector *selector)
{
	for (size_t i = 0; i < machine->count; i++)
		if (selector_matches(selector, machine->devices[i].pci))
			return true;
	return false;
}

/* Chooses the devices that it names, or notes an address or ID without a device. */
static int name_operand(struct removal *removal, const char *text)
{
	struct operand *operand = &removal->operands[removal->operand_count];
	struct machine *machine = &removal->work->machine;
	struct selector_error error;

	if (selector_parse_any(span_of(text), &operand->selector, &error) < 0)
		return choice_add(machine, text);
	removal->operand_count++;
	operand->is_absent = !matches_any(machine, &operand->selector);
	return operand->is_absent ? STATUS_GOOD : choice_add(machine, text);
}

static int name_operands(struct removal *removal)
{
	const struct arguments *arguments = removal->work->host->arguments;
	int status = STATUS_GOOD;

	removal->operands = calloc((size_t)arguments->operand_count + 1,
				   sizeof(removal->operands[0]));
	if (!removal->operands) {
		warn("out of memory");
		return STATUS_NOT_GOOD;
	}
	for (int i = 0; status == STATUS_GOOD && i < arguments->operand_count; i++)
		status = name_operand(removal, arguments->operands[i]);
	choice_add_members(&removal->work->machine);
	return status;
}

/* -- what an item selects ------------------------------------------------------------ */

/* Whether the item has the ID and the address, as far as the user named them. */
static bool is_named(const struct selector *item, const struct selector *named)
{
	if (named->has_id && (!item->has_id || item->id.vendor != named->id.vendor ||
			      item->id.device != named->id.device))
		return false;
	return !named->has_address ||
	       (item->has_address &&
		address_is_same_pattern(&item->address, &named->address));
}

/* Whether an operand has the item's address or ID, whatever sits there now. */
static bool note_operands(struct removal *removal, const struct selector *item)
{
	bool found = false;

	for (size_t i = 0; i < removal->operand_count; i++)
		if (is_named(item, &removal->operands[i].selector))
			found = removal->operands[i].is_found = true;
	return found;
}

static bool is_in(const struct selectors *list, const struct device *device)
{
	for (size_t i = 0; i < list->count; i++)
		if (selector_matches(&list->items[i], device->pci))
			return true;
	return false;
}

static bool is_skipped(const struct removal *removal, const struct device *device)
{
	return is_in(&removal->configuration.params.skipped, device) ||
	       is_in(&removal->cmdline.skipped, device);
}

/* Whether the item means the device; that of passthru.vfs never a virtual function. */
static bool means(const struct configuration_item *item, const struct device *device)
{
	return !(item->is_vfs && device->physical) &&
	       selector_matches(item->selector, device->pci);
}

/* Members of a group do not matter for what is said of virtual functions. */
static bool is_chosen(const struct removal *removal,
		      const struct configuration_item *item, const struct device *device)
{
	return item->is_vfs && !removal->work->host->arguments->all ? device->is_named
								    : device->is_chosen;
}

/* A device that the item selects, among those that are chosen or not; or NULL. */
static const struct device *find_selected(const struct removal *removal,
					  const struct configuration_item *item,
					  bool chosen, bool even_skipped)
{
	const struct machine *machine = &removal->work->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (is_chosen(removal, item, device) == chosen &&
		    !device->pci->is_bridge && means(item, device) &&
		    (even_skipped || item->is_vfs || !is_skipped(removal, device)))
			return device;
	}
	return NULL;
}

/* -- the file ------------------------------------------------------------------------ */

/* An ID does not tell where its device was: the user decides. */
static void note_orphan(struct removal *removal, struct span line)
{
	if (removal->last_orphan == line.at)
		return;
	removal->last_orphan = line.at;
	fprintf(removal->orphans.file, "%.*s\n", (int)line.length, line.at);
}

static bool refuse_shared(struct removal *removal, const struct selector *item,
			  const struct device *other)
{
	warn("nothing was changed: %.*s in /%s also selects other devices, such as %s; name that, too, or replace this item with those of the devices that stay, such as %04x:%04x@%s",
	     (int)item->text.length, item->text.at, removal->work->change.path,
	     other->address, (unsigned)other->pci->id.vendor,
	     (unsigned)other->pci->id.device,
	     device_lasting_address(&removal->work->machine, other));
	removal->has_failed = true;
	return false;
}

/* It goes with its last device, and stays with others. */
static bool is_setting_removed(struct removal *removal,
			       const struct configuration_item *item)
{
	if (find_selected(removal, item, false, true))
		return false;
	return find_selected(removal, item, true, true) ||
	       note_operands(removal, item->selector);
}

static bool is_removed(void *data, const struct configuration_item *item)
{
	struct removal *removal = data;
	const struct device *other;

	if (removal->work->host->arguments->all)
		return true;
	if (item->is_adopt)
		return removal->work->host->arguments->adopt;
	if (!item->selector || removal->has_failed)
		return false;
	if (item->setting)
		return is_setting_removed(removal, item);
	other = find_selected(removal, item, false, false);
	if (find_selected(removal, item, true, true))
		return !other || refuse_shared(removal, item->selector, other);
	if (!other && note_operands(removal, item->selector))
		return true;
	if (!other && !matches_any(&removal->work->machine, item->selector))
		note_orphan(removal, item->line);
	return false;
}

static bool remove_items(struct removal *removal)
{
	struct work *work = removal->work;
	_cleanup_free_ char *text = NULL;
	int r = text_file_open(&removal->orphans) ? 0 : -ENOMEM;

	if (r == 0 && work->change.old)
		r = configuration_remove(work->change.old, is_removed, removal, &text);
	if (r < 0)
		warn_error(r, "nothing was changed");
	if (r < 0 || removal->has_failed)
		return false;
	/* An empty file goes. */
	if (work->change.old)
		configure_set(&work->change,
			      text[strspn(text, " \t\r\n")] ? take_pointer(text) : NULL);
	return true;
}

static bool is_forgotten(void *data, const struct selector *member)
{
	const struct removal *removal = data;

	if (groups_is_chosen(&removal->work->machine, member))
		return true;
	for (size_t i = 0; i < removal->operand_count; i++)
		if (removal->operands[i].is_absent &&
		    is_named(member, &removal->operands[i].selector))
			return true;
	return false;
}

/* Nobody asks about the groups of what is not enabled; there may be others. */
static bool forget_groups(struct removal *removal)
{
	struct work *work = removal->work;
	_cleanup_free_ char *text = NULL;
	bool has_others = work->change.new || work->host->arguments->profile ||
			  beneath_exists(work->host->root_fd, PROFILES_PATH);

	if (has_others && work->groups.old) {
		text = groups_forget(work->groups.old, is_forgotten, removal);
		if (!text) {
			warn_error(-ENOMEM, "nothing was changed");
			return false;
		}
	}
	configure_set(&work->groups, text && text[0] ? take_pointer(text) : NULL);
	return true;
}

/* Whether something besides the file may ask for devices. */
static bool has_other_requests(const struct removal *removal)
{
	int root_fd = removal->work->host->root_fd;
	_cleanup_free_ char **paths =
		dirlist_paths(root_fd, CONFIGURATION_DIRECTORY, ".conf");

	for (size_t i = 0; paths && paths[i]; i++)
		if (strcmp(paths[i], CONFIGURATION_FILE) != 0 &&
		    strcmp(paths[i], TRIAL_FILE) != 0)
			return true;
	return !paths || removal->cmdline.wanted.count || removal->cmdline.vfs.count ||
	       removal->work->host->arguments->profile ||
	       beneath_exists(root_fd, PROFILES_PATH);
}

/* The IOMMU stays on as long as something needs it, and if the user turned it on. */
static bool forget_iommu(struct removal *removal)
{
	struct work *work = removal->work;
	int r = 0;

	if (!work->change.new && !has_other_requests(removal))
		r = iommu_edit_remove(work->host, &work->iommu);

	if (r < 0)
		warn_error(r, "nothing was changed: cannot read /%s, or a file in it",
			   IOMMU_FILE);
	else if (work->iommu.obstacle[0])
		warn("cannot remove what turns the IOMMU on: %s; edit it yourself",
		     work->iommu.obstacle);
	return r == 0;
}

static const struct selector *find_missing(const struct removal *removal)
{
	for (size_t i = 0; i < removal->operand_count; i++)
		if (removal->operands[i].is_absent && !removal->operands[i].is_found)
			return &removal->operands[i].selector;
	return NULL;
}

/*
 * An ID does not tell where its device was. Warns if something that is named was not
 * found, but there are lines that may be for it.
 */
static bool check_found(struct removal *removal)
{
	const struct selector *missing = find_missing(removal);
	_cleanup_free_ char *orphans = text_file_close(&removal->orphans);
	const char *rest = orphans;
	struct text_cursor line;

	if (!missing || !orphans || !orphans[0])
		return true;
	warn("nothing was changed: there is neither a device nor an item in /%s for %.*s. These lines select no device; to remove one, name its ID, as in passthru disable 10de:13c2",
	     removal->work->change.path, (int)missing->text.length, missing->text.at);
	while (text_next_line(&rest, &line))
		info("  %.*s", (int)(line.end - line.at), line.at);
	return false;
}

/* -- who else asks ------------------------------------------------------------------- */

/* That of the first entry that chooses the profile; there need not be one. */
static int read_cmdline_of(struct removal *removal, const char *profile)
{
	static const struct boot_source none = { .cmdline = (char *)"" };
	const struct boot_sources *entries = &removal->boot;
	int r = boot_read_all(removal->work->host->root_fd, &removal->boot);

	removal->next = &none;
	for (size_t i = 0; r == 0 && i < entries->count; i++)
		if (removal->next == &none && !entries->items[i].is_foreign &&
		    profile_is_chosen(entries->items[i].cmdline, profile))
			removal->next = &entries->items[i];
	return r < 0 ? r : params_parse(removal->next->cmdline, &removal->cmdline);
}

/* With the lists of vfio-pci, unless the word that has them counted goes. */
static int adopt(struct removal *removal)
{
	const struct arguments *arguments = removal->work->host->arguments;

	removal->cmdline.adopt |= removal->configuration.params.adopt &&
				  !arguments->all && !arguments->adopt;
	return adopt_for_boot(removal->work->host->root_fd, removal->next->kernel, NULL,
			      &removal->cmdline);
}

static int read_next_cmdline(struct removal *removal)
{
	int root_fd = removal->work->host->root_fd;
	int r;

	if (removal->work->host->arguments->profile)
		return read_cmdline_of(removal, removal->work->host->arguments->profile);
	r = boot_read(root_fd, &removal->boot);
	if (r == 0 && boot_find_unreadable(root_fd, &removal->boot))
		return -EACCES;
	removal->next = boot_next(&removal->boot);
	if (r == 0 && !removal->next)
		r = boot_sources_add_running(&removal->boot, root_fd, &removal->next);
	if (r == 0)
		r = params_parse(removal->next->cmdline, &removal->cmdline);
	return r < 0 ? r : adopt(removal);
}

/* What cannot be read here, check_others() names. Returns whether there is memory. */
static bool read_requests(struct removal *removal)
{
	_cleanup_free_ char *text = NULL;
	int r = configure_read(removal->work, &text);

	if (r == 0)
		r = configure_parse(text, &removal->configuration);
	if (r != -ENOMEM)
		r = read_next_cmdline(removal);
	if (r < 0)
		removal->next = NULL;
	if (r == -ENOMEM)
		warn_error(r, "nothing was changed");
	return r != -ENOMEM;
}

static const struct selector *find_in(struct removal *removal,
				      const struct selectors *list, bool is_vfs)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct selector *selector = &list->items[i];
		struct configuration_item item = { .is_vfs = is_vfs,
						   .selector = selector };

		if (removal->work->host->arguments->all ||
		    find_selected(removal, &item, true, false) ||
		    (!matches_any(&removal->work->machine, selector) &&
		     note_operands(removal, selector)))
			return selector;
	}
	return NULL;
}

/* The first of the items that still selects what is named, or NULL. */
static const struct selector *find_item(struct removal *removal,
					const struct params *params)
{
	const struct selector *item = find_in(removal, &params->wanted, false);

	return item ? item : find_in(removal, &params->vfs, true);
}

/* For --json. Returns whether there is memory; says if not. */
static bool note_requester(struct work *work, const char *path)
{
	char **added = array_append(work->requesters, work->requester_count);

	if (added)
		*added = strdup(path);
	if (added && *added)
		return true;
	warn("out of memory");
	return false;
}

static bool refuse_word(struct removal *removal, const char *path)
{
	warn("/%s has passthru.adopt; passthru enable has not written it: edit it yourself",
	     path);
	(void)note_requester(removal->work, path);
	return false;
}

/* Whether another file of the configuration asks for none of these devices. */
static bool check_file(struct removal *removal, const char *path)
{
	_cleanup_free_ char *text = NULL;
	const struct selector *item = NULL;
	struct request request = { 0 };
	int r = beneath_read(removal->work->host->root_fd, path, &text);

	/* What the hooks skip as well. */
	if (r == -ENOENT || r == -EISDIR)
		return true;
	if (r == 0)
		r = configure_parse(text, &request);
	if (r == 0)
		item = find_item(removal, &request.params);
	if (r < 0)
		warn_error(
			r,
			"cannot tell whether /%s also selects these devices: cannot read it",
			path);
	if (r == 0 && request.params.adopt &&
	    (removal->work->host->arguments->adopt ||
	     removal->work->host->arguments->all)) {
		configure_free_request(&request);
		return refuse_word(removal, path);
	}
	if (item) {
		warn("/%s selects these devices, with %.*s; passthru enable has not written it: edit it yourself",
		     path, (int)item->text.length, item->text.at);
		(void)note_requester(removal->work, path);
	}
	configure_free_request(&request);
	return r == 0 && !item;
}

static bool check_next_cmdline(struct removal *removal)
{
	const struct selector *item;

	if (!removal->next) {
		warn("cannot tell whether the kernel command line of the next boot also selects these devices: cannot read it; run this as root");
		return false;
	}
	item = find_item(removal, &removal->cmdline);
	if (removal->work->host->arguments->adopt && removal->cmdline.adopt)
		return refuse_word(removal, removal->next->path);
	if (!item)
		return true;
	if (item->source) {
		warn("%s still selects these devices, with %.*s, since passthru.adopt is set: edit it yourself, or run passthru disable --adopt",
		     item_source_word(item->source), (int)item->text.length,
		     item->text.at);
		(void)note_requester(removal->work, item_source_word(item->source));
		return false;
	}
	warn("the kernel command line of %s selects these devices, with %.*s, in /%s; passthru does not change what selects devices there: edit it yourself",
	     removal->work->host->arguments->profile ? "a boot entry" : "the next boot",
	     (int)item->text.length, item->text.at, removal->next->path);
	(void)note_requester(removal->work, removal->next->path);
	return false;
}

static const struct selector *find_of_physical(const struct selectors *vfs,
					       const struct device *device)
{
	for (size_t i = 0; i < vfs->count; i++)
		if (selector_matches(&vfs->items[i], device->physical->pci))
			return &vfs->items[i];
	return NULL;
}

/* Whether no virtual function is named that stays claimed by its physical one. */
static bool check_physical(const struct removal *removal)
{
	const struct machine *machine = &removal->work->machine;
	bool good = true;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];
		const struct selector *item = NULL;

		if (!device->is_named || !device->physical || is_skipped(removal, device))
			continue;
		item = find_of_physical(&removal->configuration.params.vfs, device);
		if (!item)
			item = find_of_physical(&removal->cmdline.vfs, device);
		if (!item || device->physical->is_named)
			continue;
		warn("passthru.vfs, with %.*s, claims %s as a virtual function of %s; name that, or write passthru.skip=%s in %s/%s",
		     (int)item->text.length, item->text.at, device->address,
		     device->physical->address, device->address,
		     removal->work->host->arguments->profile ? "" : "a file in ",
		     configure_source(removal->work));
		good = false;
	}
	return good;
}

/* Boots that choose them may claim the devices: that may be intended. */
static void note_profiles(struct removal *removal)
{
	struct configuration files;
	int r = configuration_read_all(removal->work->host->root_fd, NULL, &files);

	for (size_t i = 0; r == 0 && i < files.profile_count; i++) {
		struct request request = { 0 };

		if (configure_parse(files.profiles[i].text, &request) == 0 &&
		    find_item(removal, &request.params))
			info("The profile %s selects these devices, too; passthru disable --profile %s takes them out of it",
			     files.profiles[i].name, files.profiles[i].name);
		configure_free_request(&request);
	}
	configuration_free(&files);
}

/* Names all that asks for these devices besides the file. Returns whether nothing does.
 */
static bool check_others(struct removal *removal)
{
	bool is_profile = removal->work->host->arguments->profile;
	_cleanup_free_ char **paths = dirlist_paths(removal->work->host->root_fd,
						    CONFIGURATION_DIRECTORY, ".conf");
	bool good = paths;

	for (size_t i = 0; !is_profile && paths && paths[i]; i++)
		if (strcmp(paths[i], CONFIGURATION_FILE) != 0)
			good &= check_file(removal, paths[i]);
	if (!is_profile)
		note_profiles(removal);
	good &= check_next_cmdline(removal);
	return check_physical(removal) && good;
}

/* -- the command --------------------------------------------------------------------- */

static int name_devices(struct removal *removal)
{
	struct machine *machine = &removal->work->machine;

	if (!removal->work->host->arguments->all)
		return name_operands(removal);
	for (size_t i = 0; i < machine->count; i++)
		machine->devices[i].is_chosen = true;
	return STATUS_GOOD;
}

static int run(struct removal *removal)
{
	struct work *work = removal->work;
	int status;
	bool good;

	if (!choice_open(work->host, &work->machine))
		return STATUS_NOT_GOOD;
	status = name_devices(removal);
	if (status != STATUS_GOOD)
		return status;
	if (!configure_open(work) || !read_requests(removal) || !remove_items(removal))
		return STATUS_NOT_GOOD;
	if (!forget_groups(removal) || !forget_iommu(removal))
		return STATUS_NOT_GOOD;
	if (change_is_any(&work->change) && !work->host->arguments->profile &&
	    trial_end(work) != STATUS_GOOD)
		return STATUS_NOT_GOOD;
	good = check_others(removal) && !work->iommu.obstacle[0];
	if (!check_found(removal))
		return STATUS_NOT_GOOD;
	status = configure_finish(work, work->change.path,
				  work->host->arguments->adopt
					  ? "has no passthru.adopt"
					  : "has none of these devices");
	return good ? status : STATUS_NOT_GOOD;
}

static int disable(struct work *work)
{
	struct removal removal = { .work = work };
	int status = run(&removal);

	free(removal.operands);
	free(text_file_close(&removal.orphans));
	configure_free_request(&removal.configuration);
	params_free(&removal.cmdline);
	boot_sources_free(&removal.boot);
	return status;
}

int disable_run(struct host *host)
{
	return configure_run(host, disable);
}
