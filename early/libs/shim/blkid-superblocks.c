/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libblkid's superblocks.c, whose setters of the values below do nothing: the program
 * does not read these. The linker then drops what the probing functions do for them.
 */
#define blkid_probe_set_version	      unused_set_version
#define blkid_probe_sprintf_version   unused_sprintf_version
#define blkid_probe_set_block_size    unused_set_block_size
#define blkid_probe_set_fssize	      unused_set_fssize
#define blkid_probe_set_fslastblock   unused_set_fslastblock
#define blkid_probe_set_fsblocksize   unused_set_fsblocksize
#define blkid_probe_set_fsendianness  unused_set_fsendianness
#define blkid_probe_set_id_label      unused_set_id_label
#define blkid_probe_set_utf8_id_label unused_set_utf8_id_label

#include "superblocks/superblocks.c"

#define NOTHING(name, ...)                                   \
	int blkid_probe_##name(blkid_probe pr, __VA_ARGS__); \
	int blkid_probe_##name(blkid_probe pr, __VA_ARGS__)  \
	{                                                    \
		return 0;                                    \
	}

#undef blkid_probe_set_version
#undef blkid_probe_sprintf_version
#undef blkid_probe_set_block_size
#undef blkid_probe_set_fssize
#undef blkid_probe_set_fslastblock
#undef blkid_probe_set_fsblocksize
#undef blkid_probe_set_fsendianness
#undef blkid_probe_set_id_label
#undef blkid_probe_set_utf8_id_label

NOTHING(set_version, const char *version)
NOTHING(sprintf_version, const char *fmt, ...)
NOTHING(set_block_size, unsigned block_size)
NOTHING(set_fssize, uint64_t size)
NOTHING(set_fslastblock, uint64_t lastblock)
NOTHING(set_fsblocksize, uint32_t block_size)
NOTHING(set_fsendianness, enum blkid_endianness endianness)
NOTHING(set_id_label, const char *name, const unsigned char *data, size_t len)
NOTHING(set_utf8_id_label, const char *name, const unsigned char *data, size_t len,
	int enc)
