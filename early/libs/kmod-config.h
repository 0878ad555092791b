/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of the config.h that kmod's build writes. */
#pragma once

#define _GNU_SOURCE 1

#define PACKAGE	      "kmod"
#define VERSION	      LIB_VERSION
#define KMOD_FEATURES "-ZSTD -XZ -ZLIB -OPENSSL"

#define SYSCONFDIR	 "/etc"
#define DISTCONFDIR	 "/usr/lib"
#define MODULE_DIRECTORY "/lib/modules"

/* Its messages are 5 kB; what fails is logged by its errno. */
#define ENABLE_LOGGING 0
#define ENABLE_DEBUG   0
#define ENABLE_ELFDBG  0

/* The kernel decompresses modules; the initramfs has the others uncompressed. */
#define ENABLE_ZSTD	   0
#define ENABLE_XZ	   0
#define ENABLE_ZLIB	   0
#define ENABLE_ZSTD_DLOPEN 0
#define ENABLE_XZ_DLOPEN   0
#define ENABLE_ZLIB_DLOPEN 0
#define ENABLE_OPENSSL	   0

#define HAVE_STATIC_ASSERT		  1
#define HAVE_NORETURN			  1
#define HAVE_STRUCT_STAT_ST_MTIM	  1
#define HAVE___BUILTIN_CLZ		  1
#define HAVE___BUILTIN_TYPES_COMPATIBLE_P 1
#define HAVE___BUILTIN_UADD_OVERFLOW	  1
#define HAVE___BUILTIN_UADDL_OVERFLOW	  1
#define HAVE___BUILTIN_UADDLL_OVERFLOW	  1
#define HAVE___BUILTIN_UMUL_OVERFLOW	  1
#define HAVE___BUILTIN_UMULL_OVERFLOW	  1
#define HAVE___BUILTIN_UMULLL_OVERFLOW	  1

#define HAVE_SECURE_GETENV 1

#ifdef __KLIBC__
#define HAVE_FINIT_MODULE 1
#include "kmod-klibc.h"
#endif

/* glibc's and musl's basename() differ: use kmod's, under another name. */
#include <string.h>
#define HAVE_DECL_BASENAME 0
#define basename	   kmod_basename

/* The program forces no module: the linker drops the reader of ELF. */
#include <libkmod/libkmod.h>
#define KMOD_INSERT_FORCE_VERMAGIC   0
#define KMOD_INSERT_FORCE_MODVERSION 0
