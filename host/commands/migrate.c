/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru migrate: replaces legacy settings with passthru's own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/internal.h"
#include "edit/edit.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "migrate/migrate.h"
#include "ui/ui.h"

/* -- what is said -------------------------------------------------------------------- */

/* Why nothing is changed; NULL if that is not for a condition. */
static const char *find_reason(const struct migration *migration)
{
	switch (migration->decision) {
	case DECISION_UNCLEAR:
		return "some legacy settings are not understood; edit or remove these, then run this command again";
	case DECISION_NO_GENERATOR:
		return migration->obstacle;
	case DECISION_NO_GRUB:
		return "GRUB's configuration cannot be regenerated: there is no grub-mkconfig";
	case DECISION_NOTHING:
	case DECISION_MIGRATE:
		break;
	}
	return NULL;
}

static void print_facts(const struct output *output, const struct facts *facts,
			enum fact_kind kind, const char *title)
{
	if (!facts_count(facts, kind))
		return;
	output_styled(output, STYLE_TITLE, title);
	putchar('\n');
	for (size_t i = 0; i < facts->count; i++) {
		if (facts->items[i].kind != kind)
			continue;
		printf("  * ");
		output_wrapped(output, STYLE_NOTE, 4, 4, "%s", facts->items[i].note);
	}
}

/* Lines that would only help, on a machine where nothing requests devices. */
static bool has_idle_support(const struct migration *migration)
{
	return migration->decision == DECISION_NOTHING && !migration->facts.adopts &&
	       facts_count(&migration->facts, FACT_SUPPORT);
}

static bool is_anything_left(const struct migration *migration)
{
	return facts_count(&migration->facts, FACT_CHECK) || has_idle_support(migration);
}

/* Returns whether all changes were shown; says why not. */
static bool print_text(const struct migration *migration)
{
	const struct output *output = &migration->host->output;
	const struct facts *facts = &migration->facts;

	for (size_t i = 0; i < migration->change_count; i++)
		if (!change_print(output, &migration->changes[i]))
			return false;
	print_facts(output, facts, FACT_UNCLEAR, "Not understood:");
	print_facts(output, facts, FACT_CHECK, "Check these yourself:");
	print_facts(output, facts, FACT_NOTE, "For your information:");
	if (has_idle_support(migration))
		print_facts(
			output, facts, FACT_SUPPORT,
			"Left unchanged, since no setting with an effect names devices for vfio-pci:");
	if (!migration->change_count && migration->decision <= DECISION_MIGRATE &&
	    !is_anything_left(migration))
		puts(facts_count(facts, FACT_NOTE)
			     ? "Nothing to migrate."
			     : "Nothing to migrate: there are no legacy settings.");
	return true;
}

static void add_notes(const struct facts *facts, enum fact_kind kind,
		      struct json_object *array)
{
	for (size_t i = 0; i < facts->count; i++)
		if (facts->items[i].kind == kind)
			json_append_text(array, facts->items[i].note);
}

static void add_changes(const struct migration *migration, struct json_object *array)
{
	for (size_t i = 0; i < migration->change_count; i++) {
		const struct change *change = &migration->changes[i];
		struct json_object *object = json_append(array);

		json_add_text(object, "path", change->path);
		json_add_bool(object, "deleted", !change->new);
		if (change->new && !change->new[0])
			json_object_object_add(object, "text",
					       json_object_new_string(""));
		else
			json_add_text(object, "text", change->new);
	}
}

static int print_json(const struct migration *migration, const char *reason,
		      const char *backup, const struct outlook *outlook)
{
	struct json_object *top = json_begin("migrate");

	json_add_text(top, "parameter", migration->parameter);
	json_add_text(top, "refused", reason);
	add_changes(migration, json_add_array(top, "changes"));
	add_notes(&migration->facts, FACT_UNCLEAR, json_add_array(top, "unclear"));
	add_notes(&migration->facts, FACT_CHECK, json_add_array(top, "check"));
	add_notes(&migration->facts, FACT_NOTE, json_add_array(top, "notes"));
	json_add_text(top, "backup", backup);
	remarks_add(outlook, top);
	return json_end(top);
}

/* -- for passthru check -------------------------------------------------------------- */

/* The first thing that the user must look at, or NULL. */
static const char *find_open(const struct facts *facts)
{
	for (size_t i = 0; i < facts->count; i++)
		if (facts->items[i].kind == FACT_UNCLEAR ||
		    facts->items[i].kind == FACT_CHECK)
			return facts->items[i].note;
	return NULL;
}

struct migration *check_read_legacy(struct findings *findings)
{
	struct migration *legacy = calloc(1, sizeof(*legacy));

	if (!legacy)
		return NULL;
	if (migration_make(findings->host, findings->machine, legacy) < 0) {
		migration_free(legacy);
		free(legacy);
		return NULL;
	}
	findings->has_legacy = facts_count(&legacy->facts, FACT_REQUEST);
	return legacy;
}

void check_legacy(struct findings *findings, struct migration *legacy)
{
	static const char about[] = "legacy settings";
	const char *open;

	if (!legacy) {
		findings_add(findings, FINDING_NOTE, about,
			     "cannot read the configuration");
		return;
	}
	open = find_open(&legacy->facts);
	if (legacy->change_count == 1)
		findings_add(findings, FINDING_TODO, about,
			     "/%s would change; run passthru migrate",
			     legacy->changes[0].path);
	else if (legacy->change_count)
		findings_add(findings, FINDING_TODO, about,
			     "%zu files would change, such as /%s; run passthru migrate",
			     legacy->change_count, legacy->changes[0].path);
	else if (legacy->decision > DECISION_MIGRATE)
		findings_add(findings, FINDING_TODO, about,
			     "passthru migrate cannot replace them, and tells why%s%s",
			     open ? "; the first: " : "", open ? open : "");
	else if (open)
		findings_add(
			findings, FINDING_NOTE, about,
			"there may be some; run passthru migrate to list them; the first: %s",
			open);
	else
		findings_add(findings, FINDING_OK, about, "none");
	if (legacy->change_count && open)
		findings_add(findings, FINDING_NOTE, about, "left to you: %s", open);
	migration_free(legacy);
	free(legacy);
}

/* -- changes ------------------------------------------------------------------------- */

static bool rebuild(const struct host *host, bool with_grub)
{
	return (!with_grub || rebuild_grub(host)) && rebuild_images(host);
}

struct restored {
	struct json_object *paths; /* for --json, else NULL */
	bool needs_grub;
};

static void note_restored(void *data, const char *path)
{
	struct restored *restored = data;

	restored->needs_grub |= config_file_is_of_grub(path);
	if (restored->paths)
		json_append_text(restored->paths, path);
}

static void put_back(const struct host *host)
{
	struct restored restored = { 0 };

	if (backup_undo(host->root_fd, BACKUPS_OF_MIGRATE, note_restored, &restored))
		(void)rebuild(host, restored.needs_grub);
}

/* Whether the boots keep their devices; the files are read again. Says why not. */
static bool is_kept(const struct migration *migration)
{
	struct proof proof;
	int r = proof_run(migration, true, &proof);
	bool good = r == 0 && !proof.loss;

	if (!good)
		warn("putting everything back: %s", r < 0 ? strerror(-r) : proof.loss);
	proof_free(&proof);
	return good;
}

static void note_changed(const struct change *change, const char *backup)
{
	if (change->old)
		info("Changed /%s; backup: /%s/old/%s", change->path, backup,
		     change->path);
	else
		info("Created /%s", change->path);
}

/* What cannot be rebuilt, or loses a device, is put back. Returns whether it stays. */
static bool apply(const struct migration *migration, char backup[static BACKUP_PATH_SIZE])
{
	const struct host *host = migration->host;

	if (!backup_apply(host->root_fd, BACKUPS_OF_MIGRATE, migration->changes,
			  migration->change_count, backup))
		return false;
	for (size_t i = 0; i < migration->change_count; i++)
		note_changed(&migration->changes[i], backup);
	/* Elsewhere, GRUB's menu is still to be generated. */
	if (edit_interrupted())
		warn("interrupted: putting everything back");
	else if (rebuild(host, migration->needs_grub) &&
		 (!host->is_this || is_kept(migration)))
		return true;
	put_back(host);
	return false;
}

static int undo(const struct host *host)
{
	struct restored restored = { 0 };
	struct json_object *top = NULL;
	bool ok;

	if (host->arguments->json) {
		top = json_begin("migrate");
		restored.paths = json_add_array(top, "restored");
	}
	ok = backup_undo(host->root_fd, BACKUPS_OF_MIGRATE, note_restored, &restored) &&
	     rebuild(host, restored.needs_grub);
	if (top && json_end(top) < 0)
		ok = false;
	return ok ? STATUS_GOOD : STATUS_NOT_GOOD;
}

/* -- the command --------------------------------------------------------------------- */

/* The plan of the next boot, as it is after the changes; NULL without memory. */
static struct preview *make_preview(const struct migration *migration,
				    struct machine *machine)
{
	return preview_new(migration->host, machine,
			   &(struct plan_changes){
				   .configuration = migration_configuration(migration),
				   .is_migrated = true,
				   .changes = migration->changes,
				   .change_count = migration->change_count });
}

/* The file that an entry of GRUB's menu is copied from; freed by the caller, or NULL. */
static char *find_origin(int root_fd, const struct gain *gain)
{
	_cleanup_free_ char **paths = dirlist_paths(root_fd, "etc/grub.d", "");

	for (size_t i = 0; paths && gain->entry[0] && paths[i]; i++) {
		_cleanup_free_ char *text = NULL;

		if (beneath_read(root_fd, paths[i], &text) == 0 &&
		    strstr(text, gain->entry))
			return strdup(paths[i]);
	}
	return NULL;
}

static int add_gain(const struct migration *migration, const struct gain *gain,
		    struct outlook *outlook)
{
	_cleanup_free_ char *origin = find_origin(migration->host->root_fd, gain);
	bool has_entry = gain->entry[0], is_simple = gain->is_by_configuration;
	char more[32] = "";

	if (gain->count > 1)
		snprintf(more, sizeof(more), " and %zu more", gain->count - 1);
	return outlook_add(
		outlook, REMARK_WARNING, "other-entry", gain->device,
		"a boot with /%s%s%s%s would also claim %s%s, which it leaves to the host so far: to keep that, write %s%s on its command line%s%s",
		gain->path, has_entry ? " (\"" : "", gain->entry, has_entry ? "\")" : "",
		gain->device->address, more,
		is_simple ? "passthru.config=off" : "passthru.skip=",
		is_simple ? "" : gain->device->address, origin ? ", in /" : "",
		origin ? origin : "");
}

/* What boots would gain, and could not be kept from that, is for the user to confirm. */
static int add_gains(const struct migration *migration, struct outlook *outlook)
{
	const struct proof *proof = &migration->proof;
	int r = 0;

	for (size_t i = 0; r == 0 && i < proof->gain_count; i++)
		r = add_gain(migration, &proof->gains[i], outlook);
	return r;
}

/* Once the changes have been printed. */
static int finish(const struct migration *migration, struct preview *preview)
{
	static const struct outlook none = { 0 };
	const struct arguments *arguments = migration->host->arguments;
	const char *reason = find_reason(migration);
	const struct outlook *outlook = preview ? &preview->outlook : &none;
	char backup[BACKUP_PATH_SIZE] = "";
	int status = STATUS_GOOD;
	bool is_confirmed;

	if (reason)
		warn("nothing was changed: %s", reason);
	if (reason || is_anything_left(migration))
		status = STATUS_NOT_GOOD;
	if (migration->proof.loss) {
		warn("nothing was changed: %s", migration->proof.loss);
		return STATUS_NOT_GOOD;
	}
	is_confirmed = remarks_confirm(migration->host, outlook, !arguments->apply);
	if (migration->change_count && arguments->apply &&
	    (!is_confirmed || !apply(migration, backup)))
		return STATUS_NOT_GOOD;
	if (!is_confirmed ||
	    (arguments->json && preview && !plan_is_as_requested(preview)))
		status = STATUS_NOT_GOOD;
	if (arguments->json) {
		if (print_json(migration, reason, backup, outlook) < 0 ||
		    (preview && !plan_is_as_requested(preview)))
			status = STATUS_NOT_GOOD;
		return status;
	}
	if (preview) {
		putchar('\n');
		if (plan_print(preview, true) != STATUS_GOOD)
			status = STATUS_NOT_GOOD;
	}
	if (migration->change_count && !arguments->apply)
		puts("Nothing was changed; run passthru migrate --apply to make these changes.");
	return status;
}

/* Returns whether that worked; says why not. */
static bool look_ahead(const struct migration *migration, struct machine *machine,
		       struct preview **ret)
{
	*ret = migration->change_count ? make_preview(migration, machine) : NULL;
	if (!migration->change_count ||
	    (*ret && add_gains(migration, &(*ret)->outlook) == 0))
		return true;
	warn_error(-ENOMEM, "nothing was changed");
	return false;
}

static int migrate(const struct migration *migration, struct machine *machine)
{
	struct preview *preview = NULL;
	int status = STATUS_NOT_GOOD;

	if (!migration->host->arguments->json && !print_text(migration))
		return STATUS_NOT_GOOD;
	fflush(stdout);
	if (look_ahead(migration, machine, &preview))
		status = finish(migration, preview);
	preview_free(preview);
	return status;
}

static int run(const struct host *host)
{
	struct migration migration = { 0 };
	struct machine machine;
	int status = STATUS_NOT_GOOD, r;

	if (machine_read(host, &machine)) {
		r = migration_make(host, &machine, &migration);
		if (r == 0 && migration.change_count)
			r = migration_prove(&migration);
		if (r < 0)
			warn_error(r, "cannot read the configuration");
		else
			status = migrate(&migration, &machine);
	}
	proof_free(&migration.proof);
	migration_free(&migration);
	machine_free(&machine);
	return status;
}

int migrate_run(struct host *host)
{
	const struct arguments *arguments = host->arguments;
	int status = STATUS_NOT_GOOD;

	if (host->is_unpacked && (arguments->undo || arguments->apply)) {
		warn("%s is a dump, which cannot be changed; use --apply and --undo with a machine or a directory",
		     arguments->root);
		return STATUS_USAGE;
	}
	if (arguments->undo)
		status = undo(host);
	else if (!arguments->apply || edit_lock(host->root_fd))
		status = run(host);
	edit_end();
	return status;
}
