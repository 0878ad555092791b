/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rebuilds the images that boot, by the way of this machine, and looks into them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "initramfs/internal.h"
#include "lib/lib.h"
#include "ui/ui.h"

/* -- commands ------------------------------------------------------------------------ */

/* A command: words without quotes, and the same in one line. */
struct command {
	char **words; /* NULL-terminated */
	char *line;
};

struct commands {
	struct command *items;
	size_t count;
};

static void free_command(struct command *command)
{
	for (size_t i = 0; command->words && command->words[i]; i++)
		free(command->words[i]);
	free(command->words);
	free(command->line);
}

static void free_commands(struct commands *commands)
{
	for (size_t i = 0; i < commands->count; i++)
		free_command(&commands->items[i]);
	free(commands->items);
}

/* The kernel's file: where its modules are, or on a boot partition. */
static char *find_kernel(int root_fd, const char *release)
{
	char *path = beneath_find(root_fd, "usr/lib/modules/%s/vmlinuz", release);

	if (!path)
		path = beneath_find(root_fd, "lib/modules/%s/vmlinuz", release);
	for (size_t i = 0; !path && kernel_prefixes[i]; i++)
		path = beneath_find(root_fd, "boot/%s%s", kernel_prefixes[i], release);
	return path;
}

/* A word of a template, with the parts that %k, %i and %v stand for. */
static char *make_word(int root_fd, const char *word, size_t length,
		       const struct initramfs *initramfs)
{
	struct text_file text;
	FILE *file = text_file_open(&text);

	for (const char *at = word; file && at < word + length; at++) {
		_cleanup_free_ char *kernel = NULL;

		if (*at != '%') {
			fputc(*at, file);
			continue;
		}
		at++;
		if (*at == 'v')
			kernel = find_kernel(root_fd, initramfs->kernel);
		fputs(*at == 'k'   ? initramfs->kernel
		      : *at == 'i' ? initramfs->path
		      : kernel	   ? kernel
				   : "boot/vmlinuz",
		      file);
	}
	return text_file_close(&text);
}

static int make_command(int root_fd, const char *template,
			const struct initramfs *initramfs, struct command *ret)
{
	struct text_file line;
	FILE *file = text_file_open(&line);
	size_t count = 0;

	*ret = (struct command){ .words = calloc(strlen(template) + 1, sizeof(char *)) };
	for (const char *at = template; file && ret->words && *at; at += *at == ' ') {
		size_t length = strcspn(at, " ");
		char *word = make_word(root_fd, at, length, initramfs);

		if (!word)
			break;
		ret->words[count++] = word;
		fprintf(file, "%s%s", at == template ? "" : " ", word);
		at += length;
	}
	ret->line = text_file_close(&line);
	return ret->words && ret->line ? 0 : -ENOMEM;
}

/* Unless there is the same one already. */
static int add_command(int root_fd, const char *template,
		       const struct initramfs *initramfs, struct commands *commands)
{
	struct command command, *added;

	if (make_command(root_fd, template, initramfs, &command) < 0)
		goto fail;
	for (size_t i = 0; i < commands->count; i++)
		if (strcmp(commands->items[i].line, command.line) == 0) {
			free_command(&command);
			return 0;
		}
	added = array_append(commands->items, commands->count);
	if (!added)
		goto fail;
	*added = command;
	return 0;
fail:
	free_command(&command);
	return -ENOMEM;
}

/* In the child. Standard output is for what the program itself prints. */
static void become(const struct command *command)
{
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execvp(command->words[0], command->words);
	warn_error(-errno, "cannot run %s", command->words[0]);
	_exit(127);
}

/*
 * What ends the command does not end this program, which has to look at what is built and
 * to put back what is not. Returns whether that was done; what it printed says why not.
 */
static bool run(const struct host *host, const struct command *command)
{
	int status = -1;
	pid_t child;

	if (!edit_begin(host->root_fd))
		return false;
	fflush(NULL);
	child = fork();
	if (child == 0)
		become(command);
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			break;
	if (status == 0)
		return true;
	warn("%s failed; its messages are above", command->line);
	return false;
}

/* -- GRUB's configuration ------------------------------------------------------------ */

/* about is what to say of a command besides. Returns whether all were done. */
static bool run_or_tell(const struct host *host, const struct commands *commands,
			const char *about)
{
	bool ok = true;

	for (size_t i = 0; i < commands->count; i++) {
		const struct command *command = &commands->items[i];

		if (!host->is_this) {
			info("Now run this on that machine: %s", command->line);
			continue;
		}
		info("Running %s%s", command->line, about);
		ok &= run(host, command);
	}
	return ok;
}

/* A command that has nothing to do with one image. */
static bool run_plain(const struct host *host, const char *line)
{
	struct commands commands = { 0 };
	bool ok = add_command(host->root_fd, line, NULL, &commands) == 0 &&
		  run_or_tell(host, &commands, "");

	free_commands(&commands);
	return ok;
}

bool rebuild_grub(const struct host *host)
{
	const char *line = grub_find_command(host->root_fd);

	if (line)
		return run_plain(host, line);
	warn("cannot regenerate GRUB's configuration: there is no grub-mkconfig");
	return false;
}

/* -- which commands build the images ------------------------------------------------- */

/* Distributions that have a command of their own around a generator. */
static const struct wrapper {
	const char *generator, *tool, *command;
} wrappers[] = {
	/* EndeavourOS and Garuda; the second one is for systemd-boot. */
	{ "dracut", "usr/bin/dracut-rebuild", "dracut-rebuild" },
	{ "dracut", "usr/bin/reinstall-kernels", "reinstall-kernels" },
	/* openSUSE: it names images after their content, and changes the entries. */
	{ "dracut", "usr/bin/sdbootutil", "sdbootutil mkinitrd" },
};

static const struct wrapper *find_wrapper(int root_fd, const struct generator *generator)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrappers); i++)
		if (strcmp(generator->name, wrappers[i].generator) == 0 &&
		    beneath_exists(root_fd, wrappers[i].tool))
			return &wrappers[i];
	return NULL;
}

bool rebuild_is_elsewhere(int root_fd)
{
	return systems_find_command(root_fd);
}

bool rebuild_is_possible(int root_fd, const struct initramfs *initramfs)
{
	return !initramfs->is_rescue && initramfs->path && initramfs->error != -ENOENT &&
	       (!initramfs->kernel[0] ||
		kernel_is_installed(root_fd, initramfs->kernel)) &&
	       !rebuild_is_elsewhere(root_fd);
}

/* The command for one image, with NULL for all: a template; or NULL. */
static const char *find_template(int root_fd, const struct initramfs *initramfs)
{
	const struct generator *generator = generators_installed(root_fd);
	const struct uki_builder *builder;
	const struct wrapper *wrapper;

	if (initramfs && initramfs->is_uki) {
		builder = ukis_find_builder(root_fd);
		if (!builder)
			return NULL;
		return initramfs->kernel[0] ? builder->rebuild_one : builder->rebuild_all;
	}
	if (!generator)
		return NULL;
	wrapper = find_wrapper(root_fd, generator);
	if (wrapper)
		return wrapper->command;
	return initramfs && initramfs->path && initramfs->kernel[0]
		       ? generator->rebuild_one
		       : generator->rebuild_all;
}

static int add_for(int root_fd, const struct initramfs *initramfs,
		   struct commands *commands)
{
	const char *template = find_template(root_fd, initramfs);

	return template ? add_command(root_fd, template, initramfs, commands) : 0;
}

/*
 * Whether the image is a copy that kernel-install(8) puts into a directory of the kernel
 * on a boot partition, of what update-initramfs builds in /boot.
 */
static bool is_installed_copy(int root_fd, const struct initramfs *initramfs)
{
	_cleanup_free_ char *directory = NULL;
	const struct generator *generator = generators_installed(root_fd);

	return generator && strcmp(generator->name, "initramfs-tools") == 0 &&
	       initramfs->path && !initramfs->is_uki && initramfs->kernel[0] &&
	       asprintf(&directory, "/%s/", initramfs->kernel) > 0 &&
	       strstr(initramfs->path, directory) &&
	       beneath_exists(root_fd, "usr/bin/kernel-install");
}

/* Where the generator itself knows all images, it is asked once. */
static int add_all(int root_fd, const struct initramfs_list *list,
		   struct commands *commands)
{
	const struct generator *generator = generators_installed(root_fd);
	bool one_by_one = generator && generator->is_one_by_one;
	bool has_plain = list->count == 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < list->count; i++) {
		const struct initramfs *initramfs = &list->items[i];
		bool is_buildable = rebuild_is_possible(root_fd, initramfs);

		has_plain |= !initramfs->is_uki;
		if (is_buildable && (one_by_one || initramfs->is_uki))
			r = add_for(root_fd, initramfs, commands);
	}
	if (r == 0 && has_plain && (!one_by_one || commands->count == 0))
		r = add_for(root_fd, NULL, commands);
	for (size_t i = 0; r == 0 && i < list->count; i++)
		if (is_installed_copy(root_fd, &list->items[i]) &&
		    rebuild_is_possible(root_fd, &list->items[i]))
			r = add_command(root_fd, "kernel-install add %k /%v",
					&list->items[i], commands);
	return r;
}

void rebuild_describe(int root_fd, const struct initramfs *initramfs,
		      char ret[static REBUILD_SIZE])
{
	const char *template = find_template(root_fd, initramfs);
	const char *elsewhere = systems_find_command(root_fd);
	struct command command = { 0 };

	if (elsewhere)
		snprintf(ret, REBUILD_SIZE, "%s", elsewhere);
	else if (template && make_command(root_fd, template, initramfs, &command) == 0)
		snprintf(ret, REBUILD_SIZE, "%s", command.line);
	else if (initramfs && initramfs->is_uki)
		snprintf(ret, REBUILD_SIZE,
			 "what builds your UKIs, such as kernel-install");
	else
		snprintf(
			ret, REBUILD_SIZE,
			"an initramfs generator that passthru supports, of which none was found (%s)",
			GENERATOR_NAMES);
	free_command(&command);
}

void rebuild_advise(int root_fd, const struct initramfs *initramfs,
		    char ret[static 2 * REBUILD_SIZE])
{
	char command[REBUILD_SIZE];

	rebuild_describe(root_fd, initramfs, command);
	if (!generators_obstacle(root_fd) || initramfs->is_uki ||
	    systems_find_command(root_fd))
		snprintf(ret, 2 * REBUILD_SIZE, "; rebuild it: run %s", command);
	else if (generators_installed(root_fd))
		snprintf(ret, 2 * REBUILD_SIZE,
			 "; once the generator is set up for passthru, run %s", command);
	else
		ret[0] = '\0';
}

/* -- what became of them ------------------------------------------------------------- */

/* The configuration as it is now, empty if it cannot be read. Returns 0 or -ENOMEM. */
static int read_configuration(int root_fd, struct configuration *ret)
{
	if (configuration_read_all(root_fd, NULL, ret) == 0)
		return 0;
	configuration_free(ret);
	ret->text = strdup("");
	return ret->text ? 0 : -ENOMEM;
}

/* Whether nothing is asked of the image, which has nothing of its own, either. */
static bool is_idle(const struct initramfs *initramfs, const struct configuration *config)
{
	return configuration_means_same(config->text, "") && !config->profile_count &&
	       (!initramfs_starts(initramfs) || initramfs_has_config(initramfs, config));
}

/* Why the image is not as it should be, or "". */
static void describe_state(const struct initramfs *initramfs,
			   const struct configuration *config,
			   char ret[static REBUILD_SIZE])
{
	char fault[INITRAMFS_FAULT_SIZE] = "";

	if (initramfs->error)
		snprintf(ret, REBUILD_SIZE, "cannot be read: %s",
			 strerror(-initramfs->error));
	else if (!is_idle(initramfs, config))
		initramfs_describe_fault(initramfs, config, fault);
	if (!initramfs->error)
		snprintf(ret, REBUILD_SIZE, "%s", fault);
}

/* Returns whether all are as they should be; says which not. */
static bool judge(const struct host *host, const struct initramfs_list *list)
{
	struct configuration config;
	bool ok = read_configuration(host->root_fd, &config) == 0;
	bool has_memory = ok, needs_signature = ukis_need_signature(host->root_fd);

	for (size_t i = 0; has_memory && i < list->count; i++) {
		const struct initramfs *initramfs = &list->items[i];
		char state[REBUILD_SIZE];

		if (initramfs->is_rescue || !initramfs->path)
			continue;
		describe_state(initramfs, &config, state);
		if (!state[0] && initramfs->is_uki && needs_signature &&
		    !initramfs->is_signed)
			snprintf(state, sizeof(state),
				 "is not signed, which Secure Boot needs");
		if (!state[0])
			continue;
		if (rebuild_is_possible(host->root_fd, initramfs) || initramfs->is_next)
			ok = false;
		warn("/%s, which %s%s%s loads, %s", initramfs->path,
		     initramfs->entry[0] ? "the boot entry \"" : "kernel ",
		     initramfs->entry[0] ? initramfs->entry : initramfs->kernel,
		     initramfs->entry[0] ? "\"" : "", state);
	}
	configuration_free(&config);
	return ok;
}

bool rebuild_is_needed(int root_fd)
{
	struct configuration config;
	struct initramfs_list list;
	bool is_needed = false;
	int r = initramfs_list_read(root_fd, &list);

	if (read_configuration(root_fd, &config) < 0)
		r = -ENOMEM;
	for (size_t i = 0; r == 0 && i < list.count; i++) {
		char state[REBUILD_SIZE];

		describe_state(&list.items[i], &config, state);
		is_needed |= state[0] && rebuild_is_possible(root_fd, &list.items[i]);
	}
	initramfs_list_free(&list);
	configuration_free(&config);
	return is_needed;
}

/* The names may have changed. */
static bool look(const struct host *host)
{
	struct initramfs_list list;
	bool ok = initramfs_list_read(host->root_fd, &list) == 0;

	if (ok && (list.count == 0 || !list.items[0].path)) {
		warn("cannot tell whether the next boot has the change: found no initramfs image that it loads; passthru check tells more");
		ok = false;
	} else if (ok) {
		if (list.items[0].is_guessed)
			info("No boot entry can be read: taking it that each kernel boots the image that is named after it, such as /%s",
			     list.items[0].path);
		ok = judge(host, &list);
	}
	initramfs_list_free(&list);
	return ok;
}

bool rebuild_has_copies(int root_fd)
{
	return beneath_exists(root_fd, "etc/kernel/proxmox-boot-uuids") &&
	       beneath_exists(root_fd, "usr/sbin/proxmox-boot-tool");
}

/* Where the images are copied to is not mounted, so nobody can look into the copies. */
static bool copy(const struct host *host)
{
	if (!rebuild_has_copies(host->root_fd))
		return true;
	return run_plain(host, "proxmox-boot-tool refresh");
}

static bool build(const struct host *host, const struct commands *commands)
{
	size_t count;
	_cleanup_free_ char **kernels = kernels_list(host->root_fd, &count);
	char about[64] = ", up to a minute";
	bool ok;

	if (commands->count == 1 && kernels && count)
		snprintf(about, sizeof(about), ": %zu %s, up to a minute for each", count,
			 count == 1 ? "kernel" : "kernels");
	ok = run_or_tell(host, commands, about);
	if (!host->is_this)
		return copy(host);
	/* Whatever a command returns: the images tell. */
	if (!look(host))
		return false;
	if (!ok)
		info("The images are as they should be all the same");
	return copy(host);
}

bool rebuild_images(const struct host *host)
{
	struct commands commands = { 0 };
	struct initramfs_list list;
	int r = initramfs_list_read(host->root_fd, &list);
	bool ok = false;

	if (r == 0)
		r = add_all(host->root_fd, &list, &commands);
	initramfs_list_free(&list);
	if (r < 0)
		warn_error(r, "cannot rebuild the initramfs");
	else if (commands.count == 0)
		warn("cannot rebuild the initramfs: %s",
		     generators_obstacle(host->root_fd));
	else
		ok = build(host, &commands);
	free_commands(&commands);
	return ok;
}

/* -- before anything is changed ------------------------------------------------------ */

static bool boots_uki(int root_fd)
{
	struct boot_sources sources;
	const struct boot_source *next;
	bool does = false;

	if (boot_read(root_fd, &sources) == 0) {
		next = boot_next(&sources);
		does = next && next->is_read_by_loader && next->uki[0];
	}
	boot_sources_free(&sources);
	return does;
}

/* Why the UKI of the next boot cannot be built, a phrase (static), or NULL. */
static const char *find_uki_obstacle(int root_fd)
{
	const struct uki_builder *builder = ukis_find_builder(root_fd);

	if (!boots_uki(root_fd))
		return NULL;
	if (!builder)
		return "the next boot loads a unified kernel image, and nothing that passthru knows builds it on this machine (kernel-install, mkinitcpio, dracut, sbctl); an add-on can have the parameters instead, see uki.md in passthru's documentation";
	if (ukis_need_signature(root_fd) && !builder->is_signing(root_fd))
		return "Secure Boot is on, and what builds the unified kernel images of this machine is not set up to sign them, so they would not boot; give it a key, or use a signed add-on, see uki.md in passthru's documentation";
	return NULL;
}

char *rebuild_find_obstacle(const struct host *host, const char *parameters)
{
	char *elsewhere = systems_find_obstacle(host->root_fd, parameters);
	const char *text;

	if (elsewhere)
		return elsewhere;
	text = generators_obstacle(host->root_fd);
	if (!text)
		text = find_uki_obstacle(host->root_fd);
	return text ? strdup(text) : NULL;
}
