/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BLOCK_STACK_H
#define PASSTHRU_BLOCK_STACK_H

#include "block/block.h"

/* What a block device depends on. */

#define BLOCK_LOWER_MAX 64

/*
 * The block devices directly below a device-mapper, md or bcache device, as indexes of
 * the list. Returns their number, -E2BIG, or -ENODEV if one is not in the list.
 */
int block_read_lower(int root_fd, const struct block_list *list,
		     const struct block *block, size_t lower[static BLOCK_LOWER_MAX]);

/* Whether another block device is on it, such as an opened LUKS volume. */
bool block_has_holders(int root_fd, const struct block *block);

/* Whether it is reached over the network: iSCSI, NVMe over Fabrics, NBD, RBD. */
bool block_is_remote(const struct block *block);

/*
 * Whether the Thunderbolt controller at that address may tunnel the PCIe link to the
 * device: both are below the same switch, or a device above it can be unplugged. Source:
 * Documentation/ABI/testing/sysfs-devices-removable.
 */
bool block_may_be_tunnelled(int root_fd, const struct block *block,
			    const struct pci_address *controller);

#endif
