/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_LIMITS_H
#define PASSTHRU_MACHINE_LIMITS_H

#include "machine/machine.h"

/*
 * Whether the firmware reserves memory for a device of the IOMMU group (RMRR): then the
 * kernel refuses to give the group to a guest (device_is_rmrr_locked() in
 * drivers/iommu/intel/iommu.c).
 */
bool limits_reserve_memory(const struct host *host, int group);

/*
 * Whether the machine tells how its devices can be reset: kernels before 5.15 do not, nor
 * do old dumps.
 */
bool limits_know_resets(const struct host *host, const struct machine *machine);

/*
 * Calls back with each thing that stands in the way of giving the device to a guest,
 * although it can be claimed: a phrase without a full stop.
 *
 * Sources: reserved_regions and reset_method in Documentation/ABI/testing/
 * sysfs-kernel-iommu_groups and sysfs-bus-pci.
 */
void limits_each(const struct host *host, bool resets_known, const struct device *device,
		 void (*each)(void *data, const char *text), void *data);

#endif
