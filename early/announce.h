/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_ANNOUNCE_H
#define PASSTHRU_ANNOUNCE_H

#include "report.h"

/*
 * Says in the log what a run did: a line for each thing that is wrong with the command
 * line, a line a device, a summary. What was refused comes with what to do next.
 * root_fd is for iommu_advice().
 */
void announce(int root_fd, const struct outcome *outcome);

#endif
