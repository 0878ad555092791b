/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In place of libblkid's topology chain, which is not used here and which runs dmsetup
 * and lvdisplay to read stripe sizes.
 */
#include "blkidP.h"

static int nothing(blkid_probe pr __attribute__((unused)),
		   struct blkid_chain *chain __attribute__((unused)))
{
	return BLKID_PROBE_NONE;
}

const struct blkid_chaindrv topology_drv = {
	.id = BLKID_CHAIN_TOPLGY,
	.name = "topology",
	.probe = nothing,
	.safeprobe = nothing,
};
