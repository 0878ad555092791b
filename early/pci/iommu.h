/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_PCI_IOMMU_H
#define PASSTHRU_PCI_IOMMU_H

#include <stdbool.h>

#include "pci/pci.h"

/*
 * Whether the machine has a virtio-iommu: its driver may be a module that is not loaded
 * yet. Opens nothing.
 */
bool iommu_is_virtio(const struct pci_list *devices);

/*
 * Whether a device without an IOMMU group may get one when a driver probes it: behind a
 * virtio-iommu, and behind the IOMMUs that arm64 firmware describes, on kernels before
 * 6.15 (commit bcb81ac6ae3c). On x86 all groups are there from the start.
 */
bool iommu_may_add_groups(int root_fd, const struct pci_list *devices);

/*
 * How to give a device an IOMMU group, as a static phrase for the user; id is NULL for
 * any device. Depends on the ACPI tables in sys/firmware below root_fd, then on the CPU
 * in proc/cpuinfo.
 */
const char *iommu_advice(int root_fd, const struct pci_id *id);

#endif
