/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_NETWORK_H
#define PASSTHRU_GUARD_NETWORK_H

#include <stdbool.h>

#include "guard/devspec.h"
#include "pci/pci.h"

/*
 * The way to a root file system on the network. All paths are relative to root_fd, the
 * directory above sys.
 */

/*
 * Notes the signs, other than parameters, that the boot needs the network: files in the
 * initramfs that configure a remote root or that unlock the disk over the network, and
 * the firmware's tables of iSCSI and NVMe disks (iBFT, NBFT).
 */
void network_find_signs(int root_fd, struct devspecs *devspecs);

/*
 * Whether the PCI function is the way to the network: an interface behind it, whatever
 * buses are between, is up and has a route (or no interface has one), or it has a port
 * for Fibre Channel or RDMA.
 */
bool network_is_used(int root_fd, const struct pci_address *address);

#endif
