/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "cmdline/cmdline.h"

/* systemd.unit=: the units of kernel-command-line(7) and of friendly-recovery. */
static bool is_rescue_unit(struct span unit)
{
	struct span name = span_until(unit, '.');

	return name.length < unit.length &&
	       span_is_in(name, "rescue emergency runlevel1 friendly-recovery");
}

/* init=: a shell, in any directory. */
static bool is_shell(struct span path)
{
	struct span name = { path.at + path.length, 0 };

	while (name.length < path.length && name.at[-1] != '/') {
		name.at--;
		name.length++;
	}
	return span_is_in(name, "sh bash dash ash zsh ksh busybox sulogin");
}

/*
 * Sources: kernel-command-line(7), init(8), systemd-debug-generator(8),
 * initramfs-tools(7), dracut.cmdline(7), mkinitcpio(8), friendly-recovery.
 */
static bool is_rescue(const struct parameter *parameter)
{
	struct span name = parameter->name, value = parameter->value;

	if (span_is_in(name, "break rd.break rdbreak systemd.break rd.systemd.break"))
		return true;
	if (!value.at)
		return span_is_in(name, "single s S 1 -s -b rescue rd.rescue emergency "
					"rd.emergency recovery");
	if (span_equals(name, PARAMETER_PREFIX "config"))
		return span_is_in(value, "0 n N no off false");
	if (span_is_in(name, "init rdinit"))
		return is_shell(value);
	return span_is_in(name, "systemd.unit rd.systemd.unit") && is_rescue_unit(value);
}

/* All of the word: the name, and the value without quotes. */
static struct span whole_word(const struct parameter *parameter)
{
	struct span word = parameter->name;

	if (parameter->value.at)
		word.length =
			(size_t)(parameter->value.at - word.at) + parameter->value.length;
	return word;
}

struct span config_find_rescue(const struct cmdline *cmdline)
{
	for (size_t i = 0; i < cmdline->total; i++)
		if (is_rescue(&cmdline->words[i]))
			return whole_word(&cmdline->words[i]);
	return (struct span){ 0 };
}

/* -- its words ----------------------------------------------------------------------- */

/*
 * Takes the next word that is not in a comment, also "--" and what follows it. *line, the
 * rest of the line, begins empty.
 */
static bool next_word(const char **text, struct text_cursor *line, struct parameter *ret)
{
	while ((!tokenizer_next(line, ret) && !ret->name.length) || *ret->name.at == '#')
		if (!text_next_line(text, line))
			return false;
	return true;
}

static char *put(char *to, struct span text)
{
	memcpy(to, text.at, text.length);
	return to + text.length;
}

static bool has_quote(struct span text)
{
	return text.at && memchr(text.at, '"', text.length);
}

/*
 * A quote inside would also protect the blanks of what follows. A profile is chosen on
 * the kernel command line only.
 */
static bool is_ours(const struct parameter *parameter)
{
	struct span name = parameter->name;

	return span_skip_prefix(&name, PARAMETER_PREFIX) &&
	       !span_equals(name, "profile") && !has_quote(name) &&
	       !has_quote(parameter->value);
}

static char *put_parameter(char *to, const struct parameter *parameter)
{
	*to++ = '"';
	to = put(to, parameter->name);
	if (parameter->value.at) {
		*to++ = '=';
		to = put(to, parameter->value);
	}
	to = put(to, span_of("\" "));
	return to;
}

int config_filter(const char *text, void (*ignored)(void *data, struct span word),
		  void *data, char **ret_text)
{
	/* A parameter gets at most three bytes longer. */
	char *to = malloc(2 * strlen(text) + 1);
	struct text_cursor line = { text, text };
	struct parameter parameter;

	*ret_text = to;
	if (!to)
		return -ENOMEM;
	while (next_word(&text, &line, &parameter)) {
		if (is_ours(&parameter))
			to = put_parameter(to, &parameter);
		else if (ignored)
			ignored(data, whole_word(&parameter));
	}
	*to = '\0';
	return 0;
}

/* -- the file ------------------------------------------------------------------------ */

static void log_ignored(struct span word)
{
	log_line(
		LOG_LEVEL_WARNING,
		"\"%.*s\" in the configuration is ignored: passthru has no such parameter there",
		(int)word.length, word.at);
}

static bool is_ignored(const struct cmdline *cmdline, const struct config_stage *stage)
{
	struct span rescue = config_find_rescue(cmdline);

	if (rescue.length && stage->is_first)
		log_line(
			LOG_LEVEL_INFO,
			"the configuration is ignored: \"%.*s\" is on the kernel command line",
			(int)rescue.length, rescue.at);
	return rescue.length;
}

static void put_text(FILE *file, const void *text)
{
	fputs(text, file);
}

void config_keep_text(int root_fd, const char *path, const char *text)
{
	int r = file_make_directory(root_fd, path);

	if (r == 0)
		r = file_replace(root_fd, path, put_text, text);
	if (r < 0)
		log_line(LOG_LEVEL_WARNING, "cannot write /%s: %s", path, strerror(-r));
}

void config_keep(int root_fd, const struct cmdline *cmdline)
{
	if (cmdline->config && !cmdline->is_kept)
		config_keep_text(root_fd, CONFIG_RUN_PATH, cmdline->config);
}

/* Takes the text over. */
static int add_words(char *config, const struct config_stage *stage, struct cmdline *ret)
{
	const char *text = config;
	struct text_cursor line = { text, text };
	struct parameter word;
	int r = 0;

	*ret = (struct cmdline){ .config = config };
	while (r == 0 && next_word(&text, &line, &word)) {
		if (is_ours(&word)) {
			r = cmdline_append(ret, &word, 1);
		} else if (stage->is_first) {
			log_ignored(whole_word(&word));
		}
	}
	return r;
}

static void log_profiles(int root_fd, struct span profile)
{
	_cleanup_closedir_ DIR *directory = sysfs_open_directory(root_fd, PROFILES_PATH);
	const struct dirent *file;
	char names[256] = "";

	while (directory && (file = readdir(directory))) {
		size_t length = strlen(names);

		if (file->d_name[0] != '.')
			snprintf(names + length, sizeof(names) - length, " %.*s",
				 (int)strcspn(file->d_name, "."), file->d_name);
	}
	log_line(LOG_LEVEL_ERROR,
		 "no profile \"%.*s\", so no configuration counts; the image has:%s",
		 (int)profile.length, profile.at, names[0] ? names : " none");
}

/* What became of it. The image's copies are never empty. */
static void judge_profile(int root_fd, const struct config_stage *stage,
			  struct span profile, struct cmdline *ret)
{
	ret->profile_verdict = "used";
	if (ret->config[0])
		return;
	ret->profile_verdict =
		name_is_plain(profile, PROFILE_NAME_SIZE) ? "unknown" : "malformed";
	if (stage->is_first)
		log_profiles(root_fd, profile);
}

/* What the image has; "" for a profile that it does not have. Before its trial a profile
 * was nothing. */
static int read_image(int root_fd, const struct parameter *profile, const char *suffix,
		      char **ret)
{
	char path[sizeof(PROFILES_PATH "/" PROFILE_SUFFIX) + PROFILE_NAME_SIZE] = "";
	int r = -ENOENT;

	if (!profile)
		snprintf(path, sizeof(path), CONFIG_IMAGE_PATH "%s", suffix);
	else if (!suffix[0] && name_is_plain(profile->value, PROFILE_NAME_SIZE))
		snprintf(path, sizeof(path), PROFILES_PATH "/%.*s" PROFILE_SUFFIX,
			 (int)profile->value.length, profile->value.at);
	if (path[0])
		r = file_read(root_fd, path, ret);
	if (r < 0 && profile && !suffix[0])
		*ret = strdup("");
	return *ret ? 0 : r;
}

int config_read(int root_fd, const struct config_stage *stage, struct cmdline *cmdline)
{
	_cleanup_free_ char *config = NULL;
	const char *suffix = stage->is_before_trial ? CONFIG_BEFORE_TRIAL : "";
	bool is_kept = file_read(root_fd, CONFIG_RUN_PATH, &config) == 0;
	const struct parameter *profile = cmdline_find(cmdline, PROFILE_PARAMETER);
	struct cmdline whole;
	int r;

	if ((!is_kept && read_image(root_fd, profile, suffix, &config) < 0) ||
	    is_ignored(cmdline, stage))
		return 0;
	r = add_words(take_pointer(config), stage, &whole);
	whole.is_kept = is_kept;
	if (profile)
		judge_profile(root_fd, stage, profile->value, &whole);
	if (r == 0)
		r = cmdline_append(&whole, cmdline->words, cmdline->count);
	cmdline_free(cmdline);
	*cmdline = whole;
	return r;
}
