/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_REPORT_SUMMARY_H
#define PASSTHRU_REPORT_SUMMARY_H

#include "report/report.h"

/*
 * Logs what a run did: one line for each problem with the command line, for each device
 * and for each group that is not viable, then a summary. Messages about problems also say
 * what to do next. root_fd is for iommu_advice().
 */
void summary_log(int root_fd, const struct run_result *result);

#endif
