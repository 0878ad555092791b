/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_VIRTIO_H
#define PASSTHRU_GUARD_VIRTIO_H

#include <stdbool.h>

#include "pci/pci.h"

/*
 * Whether a driver of a file system that the hypervisor shares, 9p or virtiofs, is bound
 * to a virtio device of the PCI function. root_fd is the directory above sys.
 */
bool virtio_shares_files(int root_fd, const struct pci_address *address);

#endif
