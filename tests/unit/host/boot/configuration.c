/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot/boot.h"
#include "unit.h"

static const struct {
	const char *a, *b;
	bool same;
} rows[] = {
	{ "", "", true },
	{ "", "# nothing yet\n", true },
	{ "", "quiet vfio-pci.ids=1:2", true },
	{ "passthru.ids=10de:13c2", "passthru.ids=10de:13c2 # the card\n\n", true },
	{ "passthru.ids=10de:13c2", "\"passthru.ids=10DE:13C2,\"", true },
	{ "passthru.ids=10de:13c2,10de:0fbb",
	  "passthru.ids=10de:0fbb\npassthru.ids=10de:13c2\n", true },
	{ "passthru.ids=10de:13c2", "passthru.ids=10de:13c2,10de:13c2", true },
	{ "passthru.addrs=06:00.0", "passthru.addrs=0000:06:00.0", true },
	{ "passthru.timeout=10", "", true },
	{ "passthru.group=claim", "passthru.group=report passthru.group=claim", true },
	{ "passthru.dryrun=no", "", true },
	{ "passthru.vfs=7@00:02.0", "passthru.vfs=7@0000:00:02.0 # graphics", true },

	{ "passthru.vfs=7@00:02.0", "", false },
	{ "passthru.vfs=7@00:02.0", "passthru.vfs=2@00:02.0", false },
	{ "passthru.vfs=7@00:02.0", "passthru.vfs=00:02.0", false },
	{ "passthru.vfs=00:02.0", "passthru.addrs=00:02.0", false },
	{ "passthru.ids=10de:13c2", "", false },
	{ "passthru.ids=10de:13c2", "# passthru.ids=10de:13c2", false },
	{ "passthru.ids=10de:13c2", "passthru.ids=10de:13c2,10de:0fbb", false },
	{ "passthru.ids=10de:13c2", "passthru.ids=10de:13c3", false },
	{ "passthru.ids=10de:13c2", "passthru.ids=10de:13c2!", false },
	{ "passthru.ids=10de:13c2", "passthru.ids=10de:13c2:1458", false },
	{ "passthru.ids=10de:13c2", "passthru.ids=10de:13c2@06:00.0", false },
	{ "passthru.ids=10de:13c2", "passthru.skip=10de:13c2", false },
	{ "passthru.addrs=06:00.0", "passthru.addrs=06:00.*", false },
	{ "passthru.addrs=00:01.0/00.0", "passthru.addrs=00:01.0/00.1", false },
	{ "passthru.group=claim", "", false },
	{ "passthru.driver=auto", "", false },
	{ "passthru.timeout=11", "", false },
	{ "passthru.off", "", false },
	{ "passthru.force", "", false },
	/* What is malformed is reported, so it counts. */
	{ "passthru.ids=10de:13cx", "", false },
	{ "passthru.ids=10de:13cx", "passthru.ids=10de:13cy", false },
	{ "passthru.idz=10de:13c2", "passthru.idz=10de:13c2 # a typo", true },
};

START_TEST(compares)
{
	expect_number(rows[_i].a, configuration_means_same(rows[_i].a, rows[_i].b),
		      rows[_i].same);
	expect_number(rows[_i].b, configuration_means_same(rows[_i].b, rows[_i].a),
		      rows[_i].same);
}

int main(void)
{
	TCase *tcase = tcase_create("configuration");

	add_rows(tcase, compares, rows);
	return unit_run(tcase);
}
