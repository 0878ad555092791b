/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What else makes virtual functions, or sets how many there are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "commands/internal.h"
#include "lib/lib.h"

/* What is said of a file that does; what, after its name and the number of the line. */
struct maker {
	const char *path, *suffix; /* a directory, if there is a suffix */
	const char *word;	   /* in a line that is no comment */
	const char *what;
};

#define SYSFS	"sysfsutils makes virtual functions, perhaps before their driver is loaded"
#define LINK	"systemd-udevd makes virtual functions when the interface appears"
#define SET_MAC "systemd sets MAC, VLAN and trust of virtual functions"
#define NETWORK_MANAGER                                                                \
	"NetworkManager sets the number of virtual functions whenever the connection " \
	"or the device goes up or down, also while guests have some"
#define NETPLAN	 "netplan makes virtual functions when it applies its configuration"
#define IFUPDOWN "ifup(8) makes virtual functions"
#define SCRIPT	 "it writes sriov_numvfs"

static const struct maker makers[] = {
	{ "etc/sysfs.conf", NULL, "sriov_numvfs", SYSFS },
	{ "etc/sysfs.d", ".conf", "sriov_numvfs", SYSFS },
	{ "etc/systemd/network", ".link", "SR-IOVVirtualFunctions", LINK },
	{ "usr/local/lib/systemd/network", ".link", "SR-IOVVirtualFunctions", LINK },
	{ "usr/lib/systemd/network", ".link", "SR-IOVVirtualFunctions", LINK },
	{ "etc/systemd/network", ".link", "[SR-IOV]", SET_MAC },
	{ "etc/systemd/network", ".network", "[SR-IOV]", SET_MAC },
	{ "etc/NetworkManager/system-connections", "", "[sriov]", NETWORK_MANAGER },
	{ "usr/lib/NetworkManager/system-connections", "", "[sriov]", NETWORK_MANAGER },
	{ "etc/NetworkManager/NetworkManager.conf", NULL, "sriov-num-vfs",
	  NETWORK_MANAGER },
	{ "etc/NetworkManager/conf.d", ".conf", "sriov-num-vfs", NETWORK_MANAGER },
	{ "etc/sysconfig/network-scripts", "", "SRIOV_TOTAL_VFS", NETWORK_MANAGER },
	{ "etc/netplan", ".yaml", "virtual-function-count", NETPLAN },
	{ "etc/network/interfaces", NULL, "sriov_numvfs", IFUPDOWN },
	{ "etc/network/interfaces.d", "", "sriov_numvfs", IFUPDOWN },
	{ "etc/udev/rules.d", ".rules", "sriov_numvfs", "udev makes virtual functions" },
	{ "etc/tmpfiles.d", ".conf", "sriov_numvfs",
	  "systemd-tmpfiles makes virtual functions" },
	{ "etc/systemd/system", "", "sriov_numvfs", SCRIPT },
	{ "etc/init.d", "", "sriov_numvfs", SCRIPT },
	{ "etc/local.d", "", "sriov_numvfs", SCRIPT },
	{ "etc/rc.local", NULL, "sriov_numvfs", SCRIPT },
	{ "etc/rc.d/rc.local", NULL, "sriov_numvfs", SCRIPT },
	{ "etc/crontab", NULL, "sriov_numvfs", SCRIPT },
	{ "etc/cron.d", "", "sriov_numvfs", SCRIPT },
	{ "var/spool/cron", "", "sriov_numvfs", SCRIPT },
	{ "usr/local/bin", "", "sriov_numvfs", SCRIPT },
	{ "usr/local/sbin", "", "sriov_numvfs", SCRIPT },
};

/* Drivers of which a parameter makes virtual functions, or permits them. */
static const struct module {
	const char *name, *parameter, *what;
} modules[] = {
	{ "i915", "max_vfs", "limits the number of virtual functions; it makes none" },
	{ "i915", "enable_guc", "lets i915 have virtual functions; it makes none" },
	{ "xe", "max_vfs", "limits the number of virtual functions; it makes none" },
	{ "igb", "max_vfs", "makes virtual functions when the driver is loaded" },
	{ "ixgbe", "max_vfs", "makes virtual functions when the driver is loaded" },
	{ "bnx2x", "num_vfs", "makes virtual functions when the driver is loaded" },
	{ "be2net", "num_vfs", "makes virtual functions when the driver is loaded" },
	{ "mlx4_core", "num_vfs", "makes virtual functions when the driver is loaded" },
	{ "mlx4_core", "probe_vf", "binds virtual functions of the host" },
};

struct vf_check {
	struct findings *findings;
	const struct params *params; /* of the next boot */
};

/* -- files --------------------------------------------------------------------------- */

static bool has_text(struct text_cursor line, const char *text)
{
	return memmem(line.at, (size_t)(line.end - line.at), text, strlen(text));
}

/* The device on the line whose virtual functions passthru makes, or NULL. */
static const struct device *find_made(const struct vf_check *check,
				      struct text_cursor line)
{
	const struct machine *machine = check->findings->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		for (size_t j = 0; j < check->params->vfs.count; j++) {
			const struct selector *item = &check->params->vfs.items[j];

			if (item->vf_count && selector_matches(item, device->pci) &&
			    !device->physical && has_text(line, device->address))
				return device;
		}
	}
	return NULL;
}

struct visit {
	const struct vf_check *check;
	const struct maker *maker;
};

static void check_file(void *data, const char *path)
{
	const struct visit *visit = data;
	const struct maker *maker = visit->maker;
	struct findings *findings = visit->check->findings;
	_cleanup_free_ char *text = scripts_read(findings->host->root_fd, path);
	struct text_cursor line;
	size_t number = text ? scripts_find_line(text, maker->word, &line) : 0;
	const struct device *made = number ? find_made(visit->check, line) : NULL;

	if (made)
		findings_add(
			findings, FINDING_TODO, "virtual functions",
			"/%s, line %zu: %s; passthru.vfs makes those of %s, too; remove one of the two",
			path, number, maker->what, made->address);
	else if (number)
		findings_add(findings, FINDING_NOTE, "virtual functions",
			     "/%s, line %zu: %s", path, number, maker->what);
}

static void check_maker(const struct vf_check *check, const struct maker *maker)
{
	struct visit visit = { check, maker };

	scripts_each(check->findings->host->root_fd, maker->path, maker->suffix,
		     check_file, &visit);
}

/* -- parameters of drivers ----------------------------------------------------------- */

/* "i915.max_vfs=7" on a command line. */
static void check_word(struct findings *findings, const struct parameter *word,
		       const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
		struct span name = word->name;

		if (span_skip_prefix(&name, modules[i].name) &&
		    span_skip_prefix(&name, ".") &&
		    span_equals_name(name, modules[i].parameter))
			findings_add(findings, FINDING_NOTE, "virtual functions",
				     "%.*s=%.*s in /%s %s", (int)word->name.length,
				     word->name.at, (int)word->value.length,
				     word->value.at ? word->value.at : "", path,
				     modules[i].what);
	}
}

/* "options i915 enable_guc=3 max_vfs=7" in modprobe.d(5). */
static void check_options(struct findings *findings, struct text_cursor line,
			  const char *path)
{
	struct span command = text_next_word(&line), module = text_next_word(&line), word;

	if (!span_equals(command, "options"))
		return;
	while ((word = text_next_word(&line)).length)
		for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
			struct span name = span_until(word, '=');

			if (span_equals_name(module, modules[i].name) &&
			    span_equals_name(name, modules[i].parameter))
				findings_add(findings, FINDING_NOTE, "virtual functions",
					     "%s %.*s in /%s %s", modules[i].name,
					     (int)word.length, word.at, path,
					     modules[i].what);
		}
}

static void check_modprobe(struct findings *findings)
{
	for (const struct config_file *file = config_files; file->path; file++) {
		_cleanup_free_ char **paths = NULL;

		if (file->format != FORMAT_MODPROBE)
			continue;
		paths = config_file_paths(findings->host->root_fd, file);
		for (size_t i = 0; paths && paths[i]; i++) {
			_cleanup_free_ char *text = NULL;
			const char *rest;
			struct text_cursor line;

			if (beneath_read(findings->host->root_fd, paths[i], &text) < 0)
				continue;
			rest = text;
			while (text_next_line(&rest, &line))
				check_options(findings, line, paths[i]);
		}
	}
}

/* -- all of it ----------------------------------------------------------------------- */

static void check_words(struct findings *findings, const struct boot_source *next)
{
	const char *text = next->cmdline;
	struct text_cursor rest = { .at = text, .end = text + strlen(text) };
	struct parameter parameter;

	while (tokenizer_next(&rest, &parameter))
		check_word(findings, &parameter, next->path);
}

static bool has_physical(const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].pf.total || machine->devices[i].vf_count)
			return true;
	return false;
}

void check_vfs(struct findings *findings, const struct boot_source *next,
	       const struct params *params)
{
	const struct vf_check check = { findings, params };

	if (!has_physical(findings->machine))
		return;
	check_words(findings, next);
	check_modprobe(findings);
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		check_maker(&check, &makers[i]);
}
