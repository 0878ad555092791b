/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The boot loaders: which one booted this system, and what it boots next. */
#include <string.h>

#include "base/file.h"
#include "base/util.h"
#include "boot/boot.h"
#include "boot/config_files.h"
#include "boot/grub.h"
#include "boot/inputs.h"
#include "boot/systemd_boot.h"

struct boot_loader {
	bool (*detect)(int root_fd); /* is it configured below the root? */
	/* Adds the default boot entry, if there is one. Returns 0 or -ENOMEM. */
	int (*read)(int root_fd, struct boot_sources *ret);
	/* A parameter that it adds to the kernel command line, or NULL. */
	const char *mark;
	unsigned inputs; /* what its files are generated from: bits of INPUT() */
};

#define INPUT(format) (1U << (format))
/* Whichever boot loader starts a UKI, these were built into it. */
#define INPUTS_OF_UKI (INPUT(CONFIG_FRAGMENT) | INPUT(CONFIG_DRACUT))

/* systemd-boot comes last, since any loader may share its boot entries. */
static const struct boot_loader loaders[] = {
	{ grub_detect_menu, grub_read_menu, "BOOT_IMAGE=", INPUT(CONFIG_GRUB) },
	{ grub_detect_entries, grub_read_entries,
	  "BOOT_IMAGE=", INPUT(CONFIG_GRUB) | INPUT(CONFIG_CMDLINE) },
	{ systemd_boot_detect, systemd_boot_read, NULL, INPUT(CONFIG_CMDLINE) },
};

/* Several may be installed: this boot's command line tells which one was used. */
static const struct boot_loader *find_loader(int root_fd)
{
	const struct boot_loader *found = NULL;
	_cleanup_free_ char *running = NULL;

	if (file_read(root_fd, "proc/cmdline", &running) < 0)
		running = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(loaders); i++) {
		const struct boot_loader *loader = &loaders[i];

		if (!loader->detect(root_fd))
			continue;
		if (!loader->mark || (running && strstr(running, loader->mark)))
			return loader;
		if (!found)
			found = loader;
	}
	return found;
}

bool boot_uses_grub(int root_fd, bool *ret_bls)
{
	const struct boot_loader *loader = find_loader(root_fd);

	*ret_bls = loader && loader->read == grub_read_entries;
	return *ret_bls || (loader && loader->read == grub_read_menu);
}

int boot_read(int root_fd, struct boot_sources *ret)
{
	const struct boot_loader *loader = find_loader(root_fd);
	unsigned inputs = loader ? loader->inputs : INPUT(CONFIG_CMDLINE);
	int r = 0;

	*ret = (struct boot_sources){ 0 };
	/* If its menu cannot be read, the boot entries of the next one are a guess. */
	for (; loader && loader < loaders + ARRAY_SIZE(loaders); loader++) {
		if (!loader->detect(root_fd))
			continue;
		r = loader->read(root_fd, ret);
		if (r < 0)
			return r;
		if (boot_sources_have_final(ret))
			break;
	}
	return inputs_read(root_fd, inputs | INPUTS_OF_UKI, ret);
}
