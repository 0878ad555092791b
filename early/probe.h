/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PROBE_H
#define PASSTHRU_PROBE_H

#include <stddef.h>
#include <stdint.h>

#include "content.h"

/*
 * What is on block devices. libblkid stands behind this file only. It parses what
 * strangers wrote, so that is done in a process a device, which keeps two descriptors,
 * the device's and a pipe, and gives up all else: user and groups, files, processes, and
 * all system calls but the few it needs. Whatever becomes of it, only its own device is
 * not known.
 */

#define PROBE_PARTITIONS_MAX 128

/* An entry of a partition table. */
struct probe_partition {
	unsigned number;
	char uuid[CONTENT_UUID_SIZE];
	char name[CONTENT_NAME_SIZE];
};

struct probe_answer {
	struct content content;
	unsigned count;
	struct probe_partition partitions[PROBE_PARTITIONS_MAX];
};

/* A device to look at. */
struct probe_target {
	const char *path; /* of its node */
	unsigned major, minor;
};

/*
 * Looks at all targets, several at a time; paths are relative to root_fd. Calls found()
 * for each one that has been read, in any order; the answer is valid during the call. One
 * that is not read by the deadline, in milliseconds of clock_ms(), or cannot be, gets no
 * call.
 */
typedef void (*probe_found)(void *data, size_t target, const struct probe_answer *answer);
void probe_run(int root_fd, const struct probe_target *targets, size_t count,
	       uint64_t deadline, probe_found found, void *data);

#endif
