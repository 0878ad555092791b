/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "pci/internal.h"
#include "unit.h"

static const struct pci_id card = { 0x15b3, 0x101e, 0x1028, 0x0080, 0x020000 };

static const struct {
	const char *line;
	int r;
	const char *module;
} lines[] = {
	{ "", -ENOENT, "" },
	{ "\n", -ENOENT, "" },
	{ "# Aliases extracted from modules themselves.\n", -ENOENT, "" },
	{ "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci\n", 5,
	  "mlx5_vfio_pci" },
	{ "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci", 5,
	  "mlx5_vfio_pci" },
	{ "alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci\n", 7, "vfio_pci" },
	{ "alias vfio_pci:v000015B3d0000101Esv00001028sd00000080bc02sc00i00 a\n", 0,
	  "a" },
	{ "alias vfio_pci:v000015B3d*sv*sd*bc02sc00i* b\n", 4, "b" },
	{ "alias vfio_pci:v000015b3d0000101esv*sd*bc*sc*i* c\n", 5, "c" },
	/* another device */
	{ "alias vfio_pci:v000015B3d0000101Fsv*sd*bc*sc*i* a\n", -ENOENT, "" },
	{ "alias vfio_pci:v00008086d0000101Esv*sd*bc*sc*i* a\n", -ENOENT, "" },
	{ "alias vfio_pci:v000015B3d0000101Esv00001029sd*bc*sc*i* a\n", -ENOENT, "" },
	{ "alias vfio_pci:v000015B3d0000101Esv*sd00000081bc*sc*i* a\n", -ENOENT, "" },
	{ "alias vfio_pci:v*d*sv*sd*bc03sc*i* a\n", -ENOENT, "" },
	{ "alias vfio_pci:v*d*sv*sd*bc*sc80i* a\n", -ENOENT, "" },
	{ "alias vfio_pci:v*d*sv*sd*bc*sc*i01 a\n", -ENOENT, "" },
	/* the usual drivers' aliases are none */
	{ "alias pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_core\n", -ENOENT, "" },
	{ "alias  vfio_pci:v*d*sv*sd*bc*sc*i* a\n", -ENOENT, "" },
	/* broken ones */
	{ "alias vfio_pci:v*d*sv*sd*bc*sc*i*\n", -ENOENT, "" },
	{ "alias vfio_pci:v*d*sv*sd*bc*sc*i* \n", -ENOENT, "" },
	{ "alias vfio_pci:v*d*sv*sd*bc*sc*\n", -ENOENT, "" },
	{ "alias vfio_pci:v*d*sv*sd*bc*sc*ix a\n", -ENOENT, "" },
	{ "alias vfio_pci:", -ENOENT, "" },
	{ "alias vfio_pci:v*d*sv*sd*bc*sc*i*a a\n", -ENOENT, "" },
	/* a name of 63 bytes fits, one of 64 does not */
	{ "alias vfio_pci:v*d*sv*sd*bc*sc*i* "
	  "a23456789b23456789c23456789d23456789e23456789f23456789g23456789\n",
	  7, "a23456789b23456789c23456789d23456789e23456789f23456789g23456789" },
	{ "alias vfio_pci:v*d*sv*sd*bc*sc*i* "
	  "a23456789b23456789c23456789d23456789e23456789f23456789g23456789x\n",
	  -ENOENT, "" },
};

START_TEST(reads_a_line)
{
	const char *line = lines[_i].line;
	_cleanup_free_ char *copy = exact_copy(line, strlen(line) + 1);
	char module[DRIVER_NAME_SIZE] = "";

	expect_number(line, variant_match_line(copy, &card, module), lines[_i].r);
	expect_text(line, module, lines[_i].module);
}

#define ANY  "alias vfio_pci:v*d*sv*sd*bc*sc*i* any\n"
#define OURS "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* ours\n"
#define ALSO "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* also\n"
#define ALL  "alias vfio_pci:v000015B3d0000101Esv00001028sd00000080bc02sc00i00 all\n"
#define FOO  "alias vfio_pci:v00001234d*sv*sd*bc*sc*i* foo\n"

static const struct {
	const char *name;
	const char *aliases; /* NULL for no file */
	int r;
	const char *module;
} files[] = {
	{ "no file", NULL, -ENOENT, "" },
	{ "empty", "", -ENOENT, "" },
	{ "none of ours", FOO, -ENOENT, "" },
	{ "one", FOO OURS, 0, "ours" },
	{ "fewest wildcards, last", ANY OURS ALL, 0, "all" },
	{ "fewest wildcards, first", ALL OURS ANY, 0, "all" },
	{ "the first of two", OURS ALSO, 0, "ours" },
	{ "only the wildcard", FOO ANY, 0, "any" },
};

START_TEST(finds_the_best)
{
	struct directory root = make_directory();
	char path[256], module[DRIVER_NAME_SIZE] = "";
	unsigned fds = count_fds();
	struct utsname kernel;

	ck_assert_int_eq(uname(&kernel), 0);
	snprintf(path, sizeof(path), "lib/modules/%s/modules.alias", kernel.release);
	if (files[_i].aliases)
		put_file(&root, path, files[_i].aliases);
	expect_number(files[_i].name, variant_find(root.fd, &card, module), files[_i].r);
	expect_text(files[_i].name, module, files[_i].module);
	ck_assert_uint_eq(count_fds(), fds);
	drop_directory(&root);
}

START_TEST(an_addon_has_its_own)
{
	struct directory root = make_directory();
	char path[256], module[DRIVER_NAME_SIZE] = "";
	struct utsname kernel;

	ck_assert_int_eq(uname(&kernel), 0);
	snprintf(path, sizeof(path), "lib/modules/%s/modules.alias", kernel.release);
	put_file(&root, path, ALL);
	snprintf(path, sizeof(path), "usr/lib/passthru/modules/%s/modules.alias",
		 kernel.release);
	put_file(&root, path, OURS);
	ck_assert_int_eq(variant_find(root.fd, &card, module), 0);
	ck_assert_str_eq(module, "ours");
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("variant");

	add_rows(tcase, reads_a_line, lines);
	add_rows(tcase, finds_the_best, files);
	tcase_add_test(tcase, an_addon_has_its_own);
	return unit_run(tcase);
}
