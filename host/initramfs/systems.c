/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Systems whose initramfs images are built elsewhere, so that what is built here never
 * boots. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "initramfs/internal.h"
#include "lib/lib.h"

static bool is_ostree(int root_fd)
{
	return beneath_exists(root_fd, "run/ostree-booted");
}

static bool is_rpm_ostree(int root_fd)
{
	return is_ostree(root_fd) && beneath_exists(root_fd, "usr/bin/rpm-ostree");
}

/* What is mounted at a directory, the last of several. */
struct mount {
	bool is_there, is_read_only;
	bool is_image; /* of a type that nobody can write to */
};

/* Whether a list of options of a mount begins with "ro"; it always has that first. */
static bool is_read_only(const char *options)
{
	return options && strncmp(options, "ro", 2) == 0 &&
	       (options[2] == ',' || !options[2]);
}

/* A line of proc_pid_mountinfo(5), which is changed. */
static void read_mount(char *line, const char *directory, struct mount *ret)
{
	char *fields[6], *rest = line, *type;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!(fields[i] = strsep(&rest, " ")))
			return;
	if (strcmp(fields[4], directory) != 0)
		return;
	/* Optional fields end with a hyphen. */
	rest = rest ? strstr(rest, "- ") : NULL;
	rest = rest ? rest + 2 : NULL;
	type = strsep(&rest, " ");
	(void)strsep(&rest, " ");
	*ret = (struct mount){
		.is_there = true,
		.is_read_only = is_read_only(fields[5]) || is_read_only(rest),
		.is_image = type &&
			    (strcmp(type, "erofs") == 0 || strcmp(type, "squashfs") == 0),
	};
}

static struct mount find_mount(const char *mounts, const char *directory)
{
	_cleanup_free_ char *copy = strdup(mounts);
	struct mount found = { 0 };
	char *rest = copy, *line;

	while (rest && (line = strsep(&rest, "\n")))
		read_mount(line, directory, &found);
	return found;
}

/*
 * A root that is only mounted so, as for a repair, is no such system: it has a writable
 * /etc of its own then.
 */
static bool has_fixed_usr(int root_fd)
{
	_cleanup_free_ char *mounts = NULL;
	struct mount root, usr;

	if (beneath_read(root_fd, "proc/self/mountinfo", &mounts) < 0)
		return false;
	usr = find_mount(mounts, "/usr");
	root = find_mount(mounts, "/");
	if (usr.is_there)
		return usr.is_read_only || usr.is_image;
	return root.is_image ||
	       (root.is_read_only && find_mount(mounts, "/etc").is_there);
}

/* The first one that it is counts. */
static const struct system {
	bool (*is)(int root_fd);
	const char *command; /* what has the images built, after "run" */
	const char *text;    /* of an obstacle; %s: the parameters */
} systems[] = {
	{ is_rpm_ostree, "rpm-ostree initramfs --enable",
	  "images built on this machine are never booted here (ostree); run rpm-ostree initramfs --enable once, so that the next image has passthru, then rpm-ostree kargs --append-if-missing=\"%s\"; the way back is passthru.off in the menu of the boot loader, and then rpm-ostree kargs --delete=\"%s\"" },
	{ is_ostree, "what builds the image of this system, such as podman build",
	  "the images that boot here come with the image of the system (bootc, ostree); add passthru and a file in /usr/lib/bootc/kargs.d with kargs = [\"%s\"] to its Containerfile" },
	{ has_fixed_usr, "what builds the image of this system",
	  "/usr is mounted read-only, so this system and its initramfs are built elsewhere; have passthru built in there, and %s added to the kernel command line; if they are built here, mount it writable first" },
};

static const struct system *find_system(int root_fd)
{
	for (size_t i = 0; i < ARRAY_SIZE(systems); i++)
		if (systems[i].is(root_fd))
			return &systems[i];
	return NULL;
}

const char *systems_find_command(int root_fd)
{
	const struct system *found = find_system(root_fd);

	return found ? found->command : NULL;
}

char *systems_find_obstacle(int root_fd, const char *parameters)
{
	const struct system *found = find_system(root_fd);
	struct text_file text;
	const char *place, *rest;
	FILE *file;

	if (!found)
		return NULL;
	file = text_file_open(&text);
	for (rest = found->text; file && (place = strstr(rest, "%s")); rest = place + 2)
		fprintf(file, "%.*s%s", (int)(place - rest), rest,
			parameters ? parameters : "passthru.ids=ID");
	if (file)
		fputs(rest, file);
	return text_file_close(&text);
}
