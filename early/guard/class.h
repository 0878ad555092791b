/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_CLASS_H
#define PASSTHRU_GUARD_CLASS_H

#include <stdbool.h>

#include "pci/pci.h"

/* Which PCI classes the guards care about. */

/*
 * Whether disks may be attached to a device of this class: storage, memory, controllers
 * for USB, FireWire, Fibre Channel, InfiniBand, SD cards and Thunderbolt, and devices
 * that do not tell their class, as card readers by Realtek and virtio's file systems.
 */
bool guard_is_storage(const struct pci_id *id);

/* Whether no more disks can be attached later: an NVMe drive. */
bool guard_is_fixed(const struct pci_id *id);

/*
 * Whether the device is a Thunderbolt or USB4 controller: it tunnels PCIe, so disks that
 * depend on it appear on other PCI paths.
 */
bool guard_is_tunnel(const struct pci_id *id);

/* Whether the device may be the way to a root file system on the network. */
bool guard_is_network(const struct pci_id *id);

#endif
