/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_COMMANDS_STATUS_EXPORT_H
#define PASSTHRU_COMMANDS_STATUS_EXPORT_H

#include "view/view.h"

/* What passthru status found. */
struct status_export {
	const struct view *view; /* without a result if there is no report */
	bool is_requested;
	bool is_outdated; /* the configuration is not the one of this boot */
};

/* Whether what the report says counts: this boot was no dry run, and is not outdated. */
bool status_counts(const struct status_export *status);

/*
 * Prints it in a format that other programs define. Return whether everything is as
 * requested.
 *
 * Prometheus: the text format,
 * https://prometheus.io/docs/instrumenting/exposition_formats. NFD: a feature file of
 * node-feature-discovery, lines NAME=VALUE that become labels of the node. Only devices
 * that a guest can have are counted there.
 */
bool status_export_prometheus(const struct status_export *status);
bool status_export_nfd(const struct status_export *status);

#endif
