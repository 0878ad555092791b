/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the initramfs image of the next boot has, for its preview. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "commands/internal.h"
#include "lib/lib.h"

/* What could not be found out about the image, if anybody can know it. */
static void note_unread(struct preview *preview)
{
	const struct initramfs *initramfs = &preview->initramfs;
	char *note = preview->image_note;
	size_t size = sizeof(preview->image_note);

	if (initramfs->error == -EACCES)
		snprintf(
			note, size,
			"the initramfs image, /%s, was not looked into; run this with sudo",
			initramfs->path);
	else if (initramfs->error == -ENOENT && initramfs->path)
		snprintf(
			note, size,
			"the initramfs image that the boot entry loads, /%s, is not there, so nobody knows whether it has passthru; run passthru check",
			initramfs->path);
	else if (initramfs->error && initramfs->error != -EINVAL && initramfs->path)
		snprintf(
			note, size,
			"the initramfs image, /%s, cannot be read (%s), so nobody knows whether it has passthru; run passthru check",
			initramfs->path, strerror(-initramfs->error));
	else if (!initramfs->path && initramfs->is_guessed && preview->view.host->is_this)
		snprintf(
			note, size,
			"nobody knows which initramfs image the next boot loads; run passthru check");
	else if (initramfs->is_guessed && initramfs->path)
		snprintf(
			note, size,
			"no boot entry can be read, so the initramfs image is guessed from the name of kernel %s: /%s",
			initramfs->kernel, initramfs->path);
}

/* Only for the boot as it is: with changes, the image is not built yet. */
int preview_read_image(struct preview *preview, const struct plan_changes *changes)
{
	const struct host *host = preview->view.host;
	int r;

	if (changes->configuration || changes->is_migrated || changes->is_quick ||
	    host->arguments->cmdline || host->is_unpacked)
		return 0;
	preview->has_image = true;
	r = initramfs_read_next(host->root_fd, preview->source, &preview->initramfs);
	note_unread(preview);
	return r;
}

/* Whether the image and the files have the same for that boot. */
static bool has_same(const struct preview *preview, const struct configuration *files)
{
	const struct initramfs *initramfs = &preview->initramfs;

	return initramfs->is_rescue ||
	       (!initramfs->is_list_old &&
		configuration_means_same(
			whole_cmdline_choose(&initramfs->image.config, preview->cmdline),
			whole_cmdline_choose(files, preview->cmdline)));
}

/* What starts in that boot has the configuration of the image, not that of the files. */
const struct configuration *
preview_choose_configuration(struct preview *preview,
			     const struct configuration *configuration)
{
	const struct initramfs *initramfs = &preview->initramfs;
	struct choice_of_profile choice;
	char path[PROFILE_PATH_SIZE];

	if (!preview->has_image || initramfs->error || !initramfs_starts(initramfs))
		return configuration;
	profile_find(preview->cmdline, &choice);
	profile_source(&choice, path);
	if (!has_same(preview, configuration))
		snprintf(
			preview->outdated, sizeof(preview->outdated),
			initramfs->is_list_old
				? "the initramfs image, /%s, has another list of devices for vfio-pci in modprobe.d than this system, and that of the image counts; passthru check tells what rebuilds it"
				: "the initramfs image, /%s, has another configuration than /%s, and that of the image counts; passthru check tells what rebuilds it",
			initramfs->path, path);
	return &initramfs->image.config;
}

/* What was in force before a trial, in the image if that has the trial. */
static char *read_before(const struct preview *preview, const char *configuration)
{
	const struct image *image = &preview->initramfs.image;
	char *text = NULL;

	if (image->config.text && configuration == image->config.text)
		return strdup(image->before_trial ? image->before_trial : "");
	if (configuration_read_before_trial(preview->view.host->root_fd, &text) < 0)
		return strdup("");
	return text;
}

const char *preview_try_configuration(struct preview *preview, const char *configuration)
{
	const struct host *host = preview->view.host;
	struct trial *trial = &preview->trial;

	*trial = trial_find_next(host, configuration);
	if (trial->verdict == TRIAL_IGNORED) {
		preview->before_trial = read_before(preview, configuration);
		trial->has_before = preview->before_trial && preview->before_trial[0];
		configuration = preview->before_trial;
	}
	trial_describe_next(host, trial, preview->trial_text);
	return configuration;
}

struct reset_module preview_find_reset(const struct preview *preview)
{
	const struct initramfs *initramfs = &preview->initramfs;
	bool is_known = preview->has_image && initramfs->path && !initramfs->error;

	return (struct reset_module){
		.is_loaded = beneath_exists(preview->view.host->root_fd,
					    "sys/module/vendor_reset"),
		.image = is_known ? initramfs->path : NULL,
		.is_in_image = is_known && initramfs->image.has_reset,
	};
}

void preview_find_absence(struct preview *preview)
{
	const struct initramfs *initramfs = &preview->initramfs;
	char *text = preview->absence;
	size_t size = sizeof(preview->absence);

	if (!preview->has_image || (initramfs->error && initramfs->error != -EINVAL))
		return;
	if (initramfs->error)
		snprintf(
			text, size,
			"nobody can tell what will be claimed, because its initramfs image, /%s, is damaged; passthru check tells what to do.",
			initramfs->path);
	else if (!initramfs->path)
		snprintf(
			text, size,
			"nothing will be claimed, because the boot entry loads no initramfs, and so not passthru-early; passthru check tells more.");
	else if (!initramfs_starts(initramfs))
		snprintf(
			text, size,
			"nothing will be claimed, because its initramfs image, /%s, does not start passthru-early; passthru check tells what to do.",
			initramfs->path);
	else if (!initramfs->image.has_driver)
		snprintf(
			text, size,
			"nothing will be claimed, because its initramfs image, /%s, lacks vfio-pci; passthru check tells what to do.",
			initramfs->path);
}
