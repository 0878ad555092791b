/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What else writes the values that passthru can set of a claimed device. */
#include <stdio.h>

#include "base/base.h"
#include "commands/internal.h"
#include "settings/settings.h"

static const struct {
	const char *path, *suffix; /* a directory, if there is a suffix */
} places[] = {
	{ "etc/sysfs.conf", NULL },
	{ "etc/sysfs.d", ".conf" },
	{ "etc/udev/rules.d", ".rules" },
	{ "etc/tmpfiles.d", ".conf" },
	{ "etc/systemd/system", "" },
	{ "etc/init.d", "" },
	{ "etc/local.d", "" },
	{ "etc/rc.local", NULL },
	{ "etc/rc.d/rc.local", NULL },
	{ "etc/crontab", NULL },
	{ "etc/cron.d", "" },
	{ "etc/libvirt/hooks", "" },
	{ "etc/initramfs-tools/scripts", "" },
	{ "usr/local/bin", "" },
	{ "usr/local/sbin", "" },
};

static void check_file(void *data, const char *path)
{
	struct findings *findings = data;
	_cleanup_free_ char *text = scripts_read(findings->host->root_fd, path);
	struct text_cursor line;

	/* power/control is written for devices of the host as well. */
	for (int kind = 0; text && kind < SETTING_POWER; kind++) {
		const char *file = setting_file((enum setting_kind)kind);
		size_t number = scripts_find_line(text, file, &line);

		if (number)
			findings_add(
				findings, FINDING_NOTE, "settings",
				"/%s, line %zu: it writes %s; of a claimed device that may come too late, passthru.%s= does it in time",
				path, number, file,
				setting_name((enum setting_kind)kind));
	}
}

void check_settings(struct findings *findings)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		scripts_each(findings->host->root_fd, places[i].path, places[i].suffix,
			     check_file, findings);
}
