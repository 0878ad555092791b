/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_IOMMU_H
#define PASSTHRU_IOMMU_H

#include <stdbool.h>

#include "pci.h"

/*
 * Whether the machine has an IOMMU whose driver may be a module that is not loaded yet:
 * virtio-iommu. Opens nothing.
 */
bool iommu_may_come(const struct pci_list *devices);

/*
 * What has to be switched on for devices to get an IOMMU group, as a phrase for the
 * user (static). Goes by the ACPI tables below root_fd's sys/firmware, then by the kind
 * of CPU in its proc/cpuinfo.
 */
const char *iommu_advice(int root_fd);

#endif
