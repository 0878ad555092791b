/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In place of util-linux's include/debug.h: leaves out the debug messages, which take
 * 13 kB and which nobody could read in an initramfs. Their arguments are still compiled.
 */
#pragma once

#define UL_DEBUG_MASK(m)	 0
#define UL_DEBUG_DECLARE_MASK(m) struct ul_no_mask
#define UL_DEBUG_DEFINE_MASK(m)	 struct ul_no_mask
#define UL_DEBUG_DEFINE_MASKNAMES(m) \
	static const struct ul_debug_maskname m##_masknames[] __attribute__((unused))
#define UL_DEBUG_MASKNAMES(m) m##_masknames

#define libblkid_debug_mask  0
#define __UL_DEBUG_FL_NOADDR 0
#define __UL_DBG(l, p, m, x) \
	do {                 \
		if (0) {     \
			x;   \
		}            \
	} while (0)
#define __UL_DBG_CALL(l, p, m, x)		       __UL_DBG(l, p, m, x)
#define __UL_INIT_DEBUG_FROM_ENV(lib, pref, mask, env) (void)(mask)

struct ul_debug_maskname {
	const char *name;
	int mask;
	const char *help;
};

void ul_debug(const char *format, ...);
void ul_debug_print_masks(const char *env, const struct ul_debug_maskname *names);
