/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "machine/machine.h"
#include "unit.h"

#define XE                                                                  \
	"kernel/drivers/vfio/pci/xe/xe-vfio-pci.ko.xz: "                    \
	"kernel/drivers/gpu/drm/xe/xe.ko.xz kernel/drivers/gpu/drm/drm.ko " \
	"kernel/drivers/vfio/pci/vfio-pci-core.ko.xz\n"
#define ALIASES                                            \
	"# Aliases extracted from modules themselves.\n"   \
	"alias pci:v00008086d0000E20Bsv*sd*bc03sc*i* xe\n" \
	"alias pci:v*d*sv*sd*bc*sc*i* vfio_pci_core\n"     \
	"alias vfio_pci:v00008086d0000E20Bsv*sd*bc*sc*i* xe_vfio_pci\n"

static const struct {
	const char *name, *driver, *dependencies, *aliases;
	const char *modules; /* with blanks between them */
} rows[] = {
	{ "no files", "xe_vfio_pci", NULL, NULL, "" },
	{ "no aliases", "xe_vfio_pci", XE, NULL, "" },
	{ "no dependencies", "xe_vfio_pci", NULL, ALIASES, "" },
	{ "the usual driver, not its library", "xe_vfio_pci", XE, ALIASES, "xe" },
	{ "another spelling", "xe-vfio-pci", XE, ALIASES, "xe" },
	{ "another driver", "mlx5_vfio_pci", XE, ALIASES, "" },
	{ "a driver whose name it begins", "xe_vfio", XE, ALIASES, "" },
	{ "not the usual driver itself", "xe", XE, ALIASES, "" },
	{ "several", "hisi_acc_vfio_pci",
	  "a.ko:\nkernel/hisi-acc-vfio-pci.ko: b/hisi-zip.ko b/hisi_qm.ko c/hisi_hpre.ko",
	  "alias pci:v000019E5d0000A250sv*sd*bc*sc*i* hisi_zip\n"
	  "alias pci:v000019E5d0000A258sv*sd*bc*sc*i* hisi_hpre",
	  "hisi_zip hisi_hpre" },
	{ "no dependency", "nvgrace_gpu_vfio_pci", "kernel/nvgrace-gpu-vfio-pci.ko:\n",
	  ALIASES, "" },
	{ "more than there is room for", "a_vfio_pci",
	  "a-vfio-pci.ko: xe.ko xe.ko xe.ko xe.ko xe.ko xe.ko xe.ko xe.ko xe.ko\n",
	  ALIASES, "xe xe xe xe xe xe xe xe" },
	{ "a name that is too long", "a_vfio_pci",
	  "a-vfio-pci.ko: "
	  "a23456789b23456789c23456789d23456789e23456789f23456789g23456789h.ko xe.ko\n",
	  ALIASES, "xe" },
	{ "damaged", "xe_vfio_pci", "\n:\n/\n.\nxe-vfio-pci.ko: / . xe", ALIASES, "xe" },
};

static void put(const struct directory *root, const char *name, const char *text)
{
	struct utsname kernel;
	char path[256];

	ck_assert_int_eq(uname(&kernel), 0);
	snprintf(path, sizeof(path), "lib/modules/%s/%s", kernel.release, name);
	if (text)
		put_file(root, path, text);
}

START_TEST(finds_usual_drivers)
{
	struct directory root = make_directory();
	struct host host = { .root_fd = root.fd };
	struct companions companions;
	char text[1024] = "";

	put(&root, "modules.dep", rows[_i].dependencies);
	put(&root, "modules.alias", rows[_i].aliases);
	companions_find(&host, rows[_i].driver, &companions);
	for (size_t i = 0; i < companions.count; i++) {
		strcat(text, i ? " " : "");
		strcat(text, companions.modules[i]);
	}
	expect_text(rows[_i].name, text, rows[_i].modules);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("companions");

	add_rows(tcase, finds_usual_drivers, rows);
	return unit_run(tcase);
}
