/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_LOADER_H
#define PASSTHRU_LOADER_H

#include "entries.h"

/* What systemd-boot chooses, and what there is to say about it. */
struct loader_choice {
	const struct entry *entry; /* of entries; NULL where none of them boots Linux */
	char note[512];		   /* a sentence, or "" */
};

/*
 * By the EFI variables that bootctl sets, by loader.conf, or else the first of the
 * entries as they are sorted: loader.conf(5), systemd-boot(7).
 */
void loader_choose(int root_fd, const struct entries *entries, struct loader_choice *ret);

/* Whether systemd-boot is installed on a boot partition. */
bool loader_exists(int root_fd);

#endif
