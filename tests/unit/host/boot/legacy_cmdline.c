/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "boot/boot.h"
#include "unit.h"

/* S: something only helped; L: it loads the module; O: a list has no effect; X: devices
 * are hidden for Xen; U: it is not understood. */
static const struct {
	const char *line, *text, *items, *flags;
} cmdlines[] = {
	{ "", "", "", "" },
	{ " \t ", " \t ", "", "" },
	{ " quiet  splash ", " quiet  splash ", "", "" },
	{ "a vfio-pci.ids=1:2,3:4  b", "a passthru.ids=1:2,3:4  b", "1:2,3:4", "" },
	{ "vfio_pci.ids=1002:67DF", "passthru.ids=1002:67DF", "1002:67DF", "" },
	{ "pci-stub.ids=1:2 vfio-pci.ids=3:4", "passthru.ids=1:2 passthru.ids=3:4",
	  "1:2,3:4", "" },
	/* A word goes with the blanks before it, the first one with those after it. */
	{ " rd.driver.pre=vfio-pci  a", " a", "", "SL" },
	{ "a  rd.driver.pre=vfio-pci b", "a b", "", "SL" },
	{ "a  video=efifb:off ", "a ", "", "S" },
	{ "modules_load=vfio,nvme,vfio_pci b", "modules_load=nvme b", "", "SL" },
	{ "rd.modules-load=nvme", "rd.modules-load=nvme", "", "" },
	{ "video=efifb:off,vesafb:off", "", "", "S" },
	{ "video=efifb:off,x", "video=efifb:off,x", "", "" },
	{ "video=HDMI-A-1:1920x1080", "video=HDMI-A-1:1920x1080", "", "" },
	{ "vfio-pci.disable_vga=1 vfio_iommu_type1.x",
	  "vfio-pci.disable_vga=1 vfio_iommu_type1.x", "", "" },
	{ "xen-pciback.hide=(1:0.0)", "xen-pciback.hide=(1:0.0)", "", "X" },
	/* Quotes protect blanks. */
	{ "x=\"a vfio-pci.disable_vga=1 b\"  c", "x=\"a vfio-pci.disable_vga=1 b\"  c",
	  "", "" },
	{ "x=\"a vfio-pci.ids=1:2\"", NULL, "", "U" },
	{ "\"vfio-pci.ids=1:2\"", NULL, "", "U" },
	{ "vfio-pci.ids=\"1:2\"", NULL, "", "U" },
	{ "vfio-pci.ids=1:2, 3:4", NULL, "", "U" },
	/* as the kernel reads it */
	{ "vfio-pci.ids=1:2,,3:4,", "passthru.ids=1:2,,3:4,", "1:2,,3:4,", "" },
	{ "vfio-pci.ids=,1:2, quiet", "passthru.ids=,1:2, quiet", ",1:2,", "" },
	/* The kernel keeps the last one; pci-stub has one of its own. */
	{ "vfio-pci.ids=1:2 a pci-stub.ids=5:6 vfio_pci.ids=3:4",
	  "a passthru.ids=5:6 passthru.ids=3:4", "5:6,3:4", "SO" },
	{ "a vfio-pci.ids=1:2 vfio-pci.ids=", "a", "", "SO" },
	{ "rd.driver.pre=vfio-pci", "", "", "SL" },
	{ "rd.driver.pre=vfio", "", "", "S" },
	{ "vfio-pci.ids= quiet", "quiet", "", "S" },
	{ "vfio-pci.ids=,", "", "", "S" },
	{ "vfio-pci.ids", NULL, "", "U" },
	{ "vfio-pci.ids=1:2@0000:06:00.0", NULL, "", "U" },
	{ "vfio-pci.ids=1:2!", NULL, "", "U" },
	{ "$X-vfio-pci.ids=1:2", NULL, "", "U" },
	{ "vfio-pci.ids=$IDS", NULL, "", "U" },
};

static const struct {
	const char *line, *text, *items, *flags;
} lists[] = {
	{ " nvme vfio_pci ", " nvme ", "", "SL" },
	{ "vfio vfio_pci vfio_iommu_type1", "", "", "SL" },
	{ "pci-stub vfio", "", "", "SL" },
	{ " vfio ", "  ", "", "S" },
	{ "vfiox", "vfiox", "", "" },
};

static void expect_line(const struct legacy_line *rewritten, const char *line,
			const char *text, const char *items, const char *flags)
{
	expect(line, rewritten->has_support == !!strchr(flags, 'S'));
	expect(line, rewritten->loads == !!strchr(flags, 'L'));
	expect(line, !!rewritten->overridden[0] == !!strchr(flags, 'O'));
	expect(line, rewritten->has_xen == !!strchr(flags, 'X'));
	expect(line, !!rewritten->unclear == !!strchr(flags, 'U'));
	if (text) {
		expect_text(line, rewritten->text, text);
		expect_text(line, rewritten->items, items);
	}
}

START_TEST(rewrites_cmdlines)
{
	const char *line = cmdlines[_i].line;
	struct legacy_line rewritten;

	expect_number(line, legacy_rewrite_cmdline(span_of(line), &rewritten), 0);
	expect_line(&rewritten, line, cmdlines[_i].text, cmdlines[_i].items,
		    cmdlines[_i].flags);
	legacy_line_free(&rewritten);
}

START_TEST(rewrites_lists)
{
	const char *line = lists[_i].line;
	struct legacy_line rewritten;

	expect_number(line, legacy_rewrite_modules(span_of(line), &rewritten), 0);
	expect_line(&rewritten, line, lists[_i].text, lists[_i].items, lists[_i].flags);
	legacy_line_free(&rewritten);
}

int main(void)
{
	TCase *tcase = tcase_create("legacy_cmdline");

	add_rows(tcase, rewrites_cmdlines, cmdlines);
	add_rows(tcase, rewrites_lists, lists);
	return unit_run(tcase);
}
