/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration of a boot: that of all boots, or the profile that it chooses. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "lib/lib.h"

/* -- files --------------------------------------------------------------------------- */

void profile_path(const char *name, char ret[static PROFILE_PATH_SIZE])
{
	snprintf(ret, PROFILE_PATH_SIZE, PROFILES_PATH "/%s" PROFILE_SUFFIX, name);
}

/* Whether it is the path of a profile; which. */
static bool read_path(const char *path, struct span *ret)
{
	*ret = span_of(path);
	if (!span_skip_prefix(ret, PROFILES_PATH "/") ||
	    ret->length <= strlen(PROFILE_SUFFIX))
		return false;
	ret->length -= strlen(PROFILE_SUFFIX);
	return strcmp(ret->at + ret->length, PROFILE_SUFFIX) == 0 &&
	       name_is_plain(*ret, PROFILE_NAME_SIZE);
}

static struct profile *find(const struct configuration *configuration, struct span name)
{
	for (size_t i = 0; i < configuration->profile_count; i++)
		if (span_equals(name, configuration->profiles[i].name))
			return &configuration->profiles[i];
	return NULL;
}

int configuration_add(struct configuration *configuration, const char *path, char *text)
{
	struct profile *profile;
	struct span name;

	if (!text || !read_path(path, &name)) {
		free(text);
		return text ? 0 : -ENOMEM;
	}
	profile = find(configuration, name);
	if (!profile) {
		profile = array_append(configuration->profiles,
				       configuration->profile_count);
		if (!profile) {
			free(text);
			return -ENOMEM;
		}
		snprintf(profile->name, sizeof(profile->name), "%.*s", (int)name.length,
			 name.at);
	}
	free(profile->text);
	profile->text = text;
	return 0;
}

static int read_profiles(int root_fd, const struct change *change,
			 struct configuration *ret)
{
	int error;
	_cleanup_free_ char **paths =
		dirlist_try_paths(root_fd, PROFILES_PATH, PROFILE_SUFFIX, &error);
	int r = paths ? error : -ENOMEM;

	for (size_t i = 0; r == 0 && paths[i]; i++) {
		char *text;

		if (change && strcmp(paths[i], change->path) == 0)
			continue;
		r = beneath_read(root_fd, paths[i], &text);
		if (r == 0)
			r = configuration_add(ret, paths[i], text);
		/* The hooks skip it, too. */
		else if (r == -EISDIR || r == -ENOENT)
			r = 0;
	}
	if (r == 0 && change && change->new)
		r = configuration_add(ret, change->path, strdup(change->new));
	return r;
}

int configuration_read_all(int root_fd, const struct change *change,
			   struct configuration *ret)
{
	int r;

	*ret = (struct configuration){ 0 };
	r = configuration_read(root_fd, change, &ret->text);
	return r < 0 ? r : read_profiles(root_fd, change, ret);
}

void configuration_free(struct configuration *configuration)
{
	free(configuration->text);
	for (size_t i = 0; i < configuration->profile_count; i++)
		free(configuration->profiles[i].text);
	free(configuration->profiles);
	*configuration = (struct configuration){ 0 };
}

const char *configuration_find(const struct configuration *configuration,
			       const char *name)
{
	const struct profile *profile = find(configuration, span_of(name));

	return profile ? profile->text : NULL;
}

void configuration_list(const struct configuration *configuration,
			char ret[static PROFILE_LIST_SIZE])
{
	size_t length = 0;

	snprintf(ret, PROFILE_LIST_SIZE, "none");
	for (size_t i = 0; i < configuration->profile_count; i++) {
		snprintf(ret + length, PROFILE_LIST_SIZE - length, "%s%s", i ? ", " : "",
			 configuration->profiles[i].name);
		length = strlen(ret);
	}
}

/* -- when it was written ------------------------------------------------------------- */

/* When this boot began, in seconds of the clock; see proc_stat(5). Returns 0 if unknown.
 */
static time_t read_boot_time(int root_fd)
{
	_cleanup_free_ char *text = NULL;
	const char *found;

	if (beneath_read(root_fd, "proc/stat", &text) < 0)
		return 0;
	found = strstr(text, "\nbtime ");
	return found ? (time_t)strtoll(found + strlen("\nbtime "), NULL, 10) : 0;
}

/* A copy may keep the time of its original, but not when it came to be here. */
static bool is_older(int root_fd, const char *path, time_t than)
{
	_cleanup_close_ int fd = beneath_open(root_fd, path);
	struct stat st;

	return fd < 0 || fstat(fd, &st) < 0 || st.st_ctime < than;
}

bool configuration_is_older_than_boot(int root_fd, const char *profile)
{
	_cleanup_free_ char **paths =
		dirlist_paths(root_fd, CONFIGURATION_DIRECTORY, ".conf");
	time_t began = read_boot_time(root_fd);
	char path[PROFILE_PATH_SIZE];

	if (profile) {
		profile_path(profile, path);
		return began && is_older(root_fd, path, began);
	}
	for (size_t i = 0; paths && paths[i]; i++)
		if (!is_older(root_fd, paths[i], began))
			return false;
	return paths && began;
}

/* -- choices ------------------------------------------------------------------------- */

void profile_find(const char *cmdline, struct choice_of_profile *ret)
{
	const struct parameter *word = NULL;
	struct cmdline words;

	*ret = (struct choice_of_profile){ 0 };
	/* Without memory nothing is chosen: what follows needs more of it. */
	if (cmdline_split(cmdline, &words) == 0 && !config_find_rescue(&words).length)
		word = cmdline_find(&words, PROFILE_PARAMETER);
	if (word) {
		ret->is_made = true;
		ret->is_valid = name_is_plain(word->value, PROFILE_NAME_SIZE);
		snprintf(ret->name, sizeof(ret->name), "%.*s", (int)word->value.length,
			 word->value.at ? word->value.at : "");
	}
	cmdline_free(&words);
}

void profile_source(const struct choice_of_profile *choice,
		    char ret[static PROFILE_PATH_SIZE])
{
	if (choice->is_valid)
		profile_path(choice->name, ret);
	else
		snprintf(ret, PROFILE_PATH_SIZE, "%s", CONFIGURATION_DIRECTORY);
}

bool profile_is_chosen(const char *cmdline, const char *name)
{
	struct choice_of_profile choice;

	profile_find(cmdline, &choice);
	return name ? choice.is_valid && strcmp(choice.name, name) == 0 : !choice.is_made;
}

const char *profile_read_booted(int root_fd, struct choice_of_profile *ret)
{
	_cleanup_free_ char *cmdline = NULL;
	_cleanup_free_ char *config = NULL;

	*ret = (struct choice_of_profile){ 0 };
	if (beneath_read(root_fd, "proc/cmdline", &cmdline) < 0 ||
	    beneath_read(root_fd, CONFIG_RUN_PATH, &config) < 0)
		return NULL;
	profile_find(cmdline, ret);
	if (!ret->is_made)
		return NULL;
	if (!ret->is_valid)
		return "malformed";
	return config[0] ? "used" : "unknown";
}

/* -- together with the command line ---------------------------------------------------
 */

static void note_ignored(void *data, struct span word)
{
	FILE *file = data;

	fprintf(file, "%s\"%.*s\"", ftell(file) ? ", " : "", (int)word.length, word.at);
}

/* Empty, too, without memory: what follows needs more of it. */
static struct span find_rescue(const char *cmdline)
{
	struct cmdline words;
	struct span found = { 0 };

	if (cmdline_split(cmdline, &words) == 0)
		found = config_find_rescue(&words);
	cmdline_free(&words);
	return found;
}

bool cmdline_is_rescue(const char *cmdline)
{
	return find_rescue(cmdline).length > 0;
}

const char *whole_cmdline_choose(const struct configuration *configuration,
				 const char *cmdline)
{
	struct choice_of_profile choice;
	const char *text = configuration->text;

	profile_find(cmdline, &choice);
	if (choice.is_made)
		text = choice.is_valid ? configuration_find(configuration, choice.name)
				       : NULL;
	return text ? text : "";
}

static void describe_choice(const struct configuration *configuration,
			    struct whole_cmdline *ret)
{
	const struct choice_of_profile *choice = &ret->profile;
	char list[PROFILE_LIST_SIZE];

	profile_source(choice, ret->path);
	if (!choice->is_made ||
	    (choice->is_valid && configuration_find(configuration, choice->name)))
		return;
	configuration_list(configuration, list);
	snprintf(ret->no_profile, sizeof(ret->no_profile),
		 PROFILE_PARAMETER
		 "=%s names none of the profiles (%s), so no configuration counts",
		 choice->name, list);
}

int whole_cmdline_make(const struct configuration *configuration, const char *cmdline,
		       struct whole_cmdline *ret)
{
	_cleanup_free_ char *filtered = NULL;
	struct text_file ignored;
	FILE *file = text_file_open(&ignored);
	int r = file ? config_filter(whole_cmdline_choose(configuration, cmdline),
				     note_ignored, file, &filtered)
		     : -ENOMEM;

	*ret = (struct whole_cmdline){ .rescue = find_rescue(cmdline),
				       .ignored = text_file_close(&ignored) };
	profile_find(cmdline, &ret->profile);
	describe_choice(configuration, ret);
	if (r < 0 || !ret->ignored)
		return -ENOMEM;
	ret->has_config = filtered[0] && !ret->rescue.length;
	/* Without parameters it does not matter what the boot is for. */
	if (!filtered[0])
		ret->rescue.length = 0;
	if (asprintf(&ret->text, "%s%s", ret->has_config ? filtered : "", cmdline) < 0)
		ret->text = NULL;
	return ret->text ? 0 : -ENOMEM;
}

void whole_cmdline_free(struct whole_cmdline *whole)
{
	free(whole->text);
	free(whole->ignored);
	*whole = (struct whole_cmdline){ 0 };
}
