/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The initramfs images that the boot entries load. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "boot/boot.h"
#include "commands/internal.h"
#include "initramfs/initramfs.h"

/* What its findings are about: the kernel if that is known, else the entry. */
static void add(struct findings *findings, enum finding_state state,
		const struct initramfs *initramfs, const char *format, ...)
	_printf_(4, 5);

static void add(struct findings *findings, enum finding_state state,
		const struct initramfs *initramfs, const char *format, ...)
{
	char about[sizeof(initramfs->entry) + 16], text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	snprintf(about, sizeof(about), "%s %s",
		 initramfs->kernel[0] ? "kernel" : "boot entry",
		 initramfs->kernel[0] ? initramfs->kernel : initramfs->entry);
	findings_add(findings, state, about, "%s", text);
}

/* An image that nobody needs for passthru, or that nobody can rebuild, is no mistake. */
static enum finding_state bad_state(const struct findings *findings,
				    const struct initramfs *initramfs)
{
	return initramfs->is_next ||
			       rebuild_is_possible(findings->host->root_fd, initramfs)
		       ? FINDING_TODO
		       : FINDING_NOTE;
}

/* Without our hook, a new image would lack the same. */
static void add_fault(struct findings *findings, const struct initramfs *initramfs,
		      const char *fault)
{
	char advice[2 * REBUILD_SIZE];

	rebuild_advise(findings->host->root_fd, initramfs, advice);
	if (initramfs->is_rescue)
		add(findings, FINDING_NOTE, initramfs,
		    "/%s %s; it is for rescue, so nothing is claimed with it",
		    initramfs->path, fault);
	else if (bad_state(findings, initramfs) == FINDING_NOTE)
		add(findings, FINDING_NOTE, initramfs,
		    "/%s %s, and it cannot be rebuilt: a boot of the entry \"%s\" does without",
		    initramfs->path, fault, initramfs->entry);
	else
		add(findings, FINDING_TODO, initramfs, "/%s %s%s", initramfs->path, fault,
		    advice);
}

static void add_unreadable(struct findings *findings, const struct initramfs *initramfs)
{
	char advice[2 * REBUILD_SIZE];

	rebuild_advise(findings->host->root_fd, initramfs, advice);
	if (initramfs->error == -EINVAL)
		add(findings, bad_state(findings, initramfs), initramfs,
		    "/%s is damaged%s", initramfs->path, advice);
	else if (initramfs->error == -ENOENT)
		add(findings, bad_state(findings, initramfs), initramfs,
		    "cannot tell whether its initramfs has passthru: /%s, which it loads, is not there",
		    initramfs->path);
	else
		add(findings, FINDING_TODO, initramfs, "cannot read /%s: %s%s",
		    initramfs->path, strerror(-initramfs->error),
		    initramfs->error == -EACCES ? "; run passthru check as root" : "");
}

/*
 * The late stage reads the files on the root file system as well, so this is no mistake.
 * Where images come from elsewhere, their copies are others by design.
 */
static void check_tables(struct findings *findings, const struct initramfs *initramfs)
{
	int root_fd = findings->host->root_fd;
	const char *table = initramfs_find_outdated(root_fd, initramfs);
	char advice[2 * REBUILD_SIZE];

	if (!table || rebuild_is_elsewhere(root_fd) ||
	    !rebuild_is_possible(root_fd, initramfs))
		return;
	rebuild_advise(root_fd, initramfs, advice);
	add(findings, FINDING_NOTE, initramfs,
	    "/%s has another copy of /etc/%s than the file is now: the boot also keeps disks that only the copy names%s",
	    initramfs->path, table, advice);
}

static void check_image(struct findings *findings, const struct initramfs *initramfs,
			const struct configuration *config)
{
	char fault[INITRAMFS_FAULT_SIZE];

	if (!initramfs->path && initramfs->is_guessed)
		add(findings, initramfs->is_next ? FINDING_TODO : FINDING_NOTE, initramfs,
		    "cannot tell whether its initramfs has passthru: found no image of that name in /boot");
	else if (!initramfs->path)
		add(findings, initramfs->is_next ? FINDING_TODO : FINDING_NOTE, initramfs,
		    "the boot entry \"%s\" loads no initramfs, so passthru does not run",
		    initramfs->entry);
	else if (initramfs->error)
		add_unreadable(findings, initramfs);
	else {
		initramfs_describe_fault(initramfs, config, fault);
		if (fault[0])
			add_fault(findings, initramfs, fault);
		else
			add(findings, FINDING_OK, initramfs,
			    "/%s has passthru-early and its modules", initramfs->path);
		if (!fault[0])
			check_tables(findings, initramfs);
	}
}

void check_images(struct findings *findings)
{
	const struct host *host = findings->host;
	struct configuration config;
	/* If it cannot be read, an image may have any. */
	bool is_known = configuration_read_all(host->root_fd, NULL, &config) == 0;
	struct initramfs_list list;
	int r;

	r = initramfs_list_read(host->root_fd, &list);
	if (r < 0)
		findings_add(findings, FINDING_TODO, "initramfs", "cannot check it: %s",
			     strerror(-r));
	else if (list.count == 0)
		findings_add(
			findings, FINDING_TODO, "initramfs",
			"cannot tell what the next boot loads: found no boot entry and no kernel");
	else if (list.items[0].is_guessed)
		findings_add(
			findings, FINDING_NOTE, "initramfs",
			"no boot entry can be read, so the images are guessed from the names of the kernels");
	else if (host->is_unpacked)
		findings_add(findings, FINDING_NOTE, "initramfs",
			     "a dump has no images; check them on the machine itself");
	if (r == 0 && rebuild_has_copies(host->root_fd))
		findings_add(
			findings, FINDING_NOTE, "initramfs",
			"this machine boots copies of the images from EFI system partitions that are not mounted, so they were not checked; proxmox-boot-tool refresh updates them");
	for (size_t i = 0; r == 0 && !host->is_unpacked && i < list.count; i++)
		check_image(findings, &list.items[i], is_known ? &config : NULL);
	initramfs_list_free(&list);
	configuration_free(&config);
}
