/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of the config.h that util-linux's configure writes. */
#pragma once

#define _GNU_SOURCE 1

#define PACKAGE_STRING	 "util-linux " LIB_VERSION
#define LIBBLKID_VERSION LIB_VERSION
#define LIBBLKID_DATE	 ""

#define HAVE_BYTESWAP_H			 1
#define HAVE_DIRFD			 1
#define HAVE_ENDIAN_H			 1
#define HAVE_ERRNO_H			 1
#define HAVE_FSYNC			 1
#define HAVE_GETOPT_H			 1
#define HAVE_LINUX_BLKZONED_H		 1
#define HAVE_LINUX_CDROM_H		 1
#define HAVE_LINUX_FD_H			 1
#define HAVE_LOFF_T			 1
#define HAVE_MEMPCPY			 1
#define HAVE_NANOSLEEP			 1
#define HAVE_OPAL_GET_STATUS		 1
#define HAVE_OPENAT			 1
#define HAVE_STRNDUP			 1
#define HAVE_STRNLEN			 1
#define HAVE_STRUCT_STAT_ST_MTIM_TV_NSEC 1
#define HAVE_SYSCONF			 1
#define HAVE_SYS_STAT_H			 1
#define HAVE_SYS_SYSMACROS_H		 1
#define HAVE_SYS_TYPES_H		 1
#define HAVE_UNISTD_H			 1

#ifdef __KLIBC__
#include "blkid-klibc.h"
#else
#define HAVE_ERR_H			   1
#define HAVE_PROGRAM_INVOCATION_SHORT_NAME 1
#define HAVE_REALLOCARRAY		   1
#endif

/* What the program never asks for: the compiler drops it. */
#include <blkid.h>
#undef BLKID_SUBLKS_LABELRAW
#undef BLKID_SUBLKS_UUIDRAW
#undef BLKID_SUBLKS_SECTYPE
#undef BLKID_SUBLKS_BADCSUM
#undef BLKID_PARTS_FORCE_GPT
#undef BLKID_PARTS_ENTRY_DETAILS
#undef BLKID_PARTS_MAGIC
#define BLKID_SUBLKS_LABELRAW	  0
#define BLKID_SUBLKS_UUIDRAW	  0
#define BLKID_SUBLKS_SECTYPE	  0
#define BLKID_SUBLKS_BADCSUM	  0
#define BLKID_PARTS_FORCE_GPT	  0
#define BLKID_PARTS_ENTRY_DETAILS 0
#define BLKID_PARTS_MAGIC	  0

/* In place of the one beside the sources: early/libs/fetch narrows its table. */
#include <blkidP.h>
_Static_assert(sizeof(struct blkid_idmag) == 16 + 2 * sizeof(void *), "it is narrow");

/* Values that the program does not read: the probing functions need not compute them. */
#include <superblocks/superblocks.h>
#define blkid_probe_set_version(...)	   0
#define blkid_probe_sprintf_version(...)   0
#define blkid_probe_set_block_size(...)	   0
#define blkid_probe_set_fssize(...)	   0
#define blkid_probe_set_fslastblock(...)   0
#define blkid_probe_set_fsblocksize(...)   0
#define blkid_probe_set_fsendianness(...)  0
#define blkid_probe_set_id_label(...)	   0
#define blkid_probe_set_utf8_id_label(...) 0
