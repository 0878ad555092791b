/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <libkmod.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* An index may name any file of this machine: libkmod must not load it. */
enum { FUZZ_FLAGS = KMOD_PROBE_IGNORE_LOADED | KMOD_PROBE_DRY_RUN };
#define KMOD_PROBE_IGNORE_LOADED FUZZ_FLAGS
#include "claim/module.c"
#include "input.h"

const unsigned input_parts = 1;

/* modules.dep.bin with the module vfio_pci: depmod's format, libkmod/libkmod-index.c. */
static const char vfio_pci[] = "\xb0\x07\xf4\x57"
			       "\0\2\0\1"
			       "\xc0\0\0\x0c"
			       "vfio_pci\0"
			       "\0\0\0\1"
			       "\0\0\0\0"
			       "kernel/vfio-pci.ko:";

/* The first byte chooses one of the files that libkmod reads, the rest is in it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const files[] = {
		"modules.dep.bin",     "modules.alias.bin",	    "modules.symbols.bin",
		"modules.builtin.bin", "modules.builtin.alias.bin", "modules.softdep",
		"modules.weakdep",     "modprobe.d/file.conf",
	};
	char directory[sizeof("lib/modules/") + sizeof(struct utsname)];
	char path[sizeof(directory) + 64];
	struct utsname kernel;
	const char *file;
	int r;

	if (size == 0)
		return 0;
	file = files[data[0] % ARRAY_SIZE(files)];
	require(uname(&kernel) == 0);
	snprintf(directory, sizeof(directory), "lib/modules/%s", kernel.release);
	snprintf(path, sizeof(path), "%s/modules.dep.bin", directory);
	input_write(path, vfio_pci, sizeof(vfio_pci));
	snprintf(path, sizeof(path), "%s/%s", strchr(file, '/') ? "etc" : directory,
		 file);
	input_write(path, data + 1, size - 1);
	r = load_module(input_directory(), "vfio-pci", 0, false);
	require(r <= 0);
	/* Without the input there would be no such module. */
	if (r == 0 && file == files[0])
		reached(0);
	input_clear();
	return 0;
}
