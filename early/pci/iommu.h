/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PCI_IOMMU_H
#define PASSTHRU_PCI_IOMMU_H

#include <stdbool.h>

#include "pci/pci.h"

/*
 * Whether the machine has a virtio-iommu: its driver may be a module that is not loaded
 * yet. Opens nothing.
 */
bool iommu_may_come(const struct pci_list *devices);

/*
 * How to give devices an IOMMU group, as a static phrase for the user. Depends on the
 * ACPI tables in sys/firmware below root_fd, then on the CPU in proc/cpuinfo.
 */
const char *iommu_advice(int root_fd);

#endif
