/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libblkid's superblocks.c defines the functions that blkid-config.h leaves out. */
#undef blkid_probe_set_version
#undef blkid_probe_sprintf_version
#undef blkid_probe_set_block_size
#undef blkid_probe_set_fssize
#undef blkid_probe_set_fslastblock
#undef blkid_probe_set_fsblocksize
#undef blkid_probe_set_fsendianness
#undef blkid_probe_set_id_label
#undef blkid_probe_set_utf8_id_label

#include "superblocks/superblocks.c"
