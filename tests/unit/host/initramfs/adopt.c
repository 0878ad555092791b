/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "claim/claim.h"
#include "initramfs/initramfs.h"
#include "unit.h"

/* Files of modprobe.d(5), and the list of vfio-pci that libkmod makes of them. */
static const struct {
	struct {
		const char *path, *text;
	} files[3];
	const char *list;
} machines[] = {
	{ { { 0 } }, "" },
	{ { { "etc/modprobe.d/a.conf", "options vfio-pci ids=1:2\n" } }, "1:2" },
	{ { { "etc/modprobe.d/a.conf", "options vfio_pci ids=1:2" } }, "1:2" },
	{ { { "etc/modprobe.d/a.conf", "  options\tvfio-pci\tids=1:2,3:4\t x=y\n" } },
	  "1:2,3:4" },
	{ { { "etc/modprobe.d/a.conf", "options vfio-pci x=y ids=1:2 ids=3:4\n" } },
	  "3:4" },
	{ { { "etc/modprobe.d/a.conf", "options vfio-pci ids=1:2 ids=\n" } }, "" },
	{ { { "etc/modprobe.d/a.conf",
	      "options vfio-pci ids=1:2\noptions vfio-pci disable_vga=1\n" } },
	  "1:2" },
	{ { { "etc/modprobe.d/a.conf", "options vfio-pci \"ids=1:2, 3:4\"\n" } },
	  "1:2, 3:4" },
	{ { { "etc/modprobe.d/a.conf", "options vfio-pci ids=\"1:2\"\n" } }, "1:2" },
	{ { { "etc/modprobe.d/a.conf", "options vfio-pci \\\nids=1:2,\\\n3:4\n" } },
	  "1:2,3:4" },
	{ { { "etc/modprobe.d/a.conf", "# options vfio-pci ids=1:2\n" } }, "" },
	{ { { "etc/modprobe.d/a.conf", "# a comment \\\noptions vfio-pci ids=1:2\n" } },
	  "" },
	{ { { "etc/modprobe.d/a.conf", "options vfio-pci ids=1:2 # not a comment\n" } },
	  "1:2" },
	{ { { "etc/modprobe.d/a.conf", "options vfio-pci\noptions vfio ids=1:2\n" } },
	  "" },
	{ { { "etc/modprobe.d/a.conf",
	      "Options vfio-pci ids=1:2\noption vfio-pci ids=1:2\n"
	      "vfio-pci.ids=1:2\n" } },
	  "" },
	{ { { "etc/modprobe.d/a.conf",
	      "options vfio-pci xids=1:2 ids.x=3:4 IDS=5:6\n" } },
	  "" },
	{ { { "etc/modprobe.d/a.conf", "options vfio-pci ids=1:2 -- ids=3:4\n" } },
	  "1:2" },
	/* by name, whatever the directory */
	{ { { "etc/modprobe.d/a.conf", "options vfio-pci ids=1:2\n" },
	    { "usr/lib/modprobe.d/b.conf", "options vfio-pci ids=3:4\n" } },
	  "3:4" },
	{ { { "etc/modprobe.d/b.conf", "options vfio-pci ids=1:2\n" },
	    { "lib/modprobe.d/a.conf", "options vfio-pci ids=3:4\n" },
	    { "run/modprobe.d/B.conf", "options vfio-pci ids=5:6\n" } },
	  "1:2" },
	/* of a name, the first directory */
	{ { { "usr/lib/modprobe.d/a.conf", "options vfio-pci ids=1:2\n" },
	    { "etc/modprobe.d/a.conf", "" } },
	  "" },
	{ { { "usr/local/lib/modprobe.d/a.conf", "options vfio-pci ids=1:2\n" },
	    { "usr/lib/modprobe.d/a.conf", "options vfio-pci ids=3:4\n" },
	    { "run/modprobe.d/a.conf", "options vfio-pci ids=5:6\n" } },
	  "5:6" },
	/* not read */
	{ { { "etc/modprobe.d/vfio", "options vfio-pci ids=1:2\n" },
	    { "etc/modprobe.d/.a.conf", "options vfio-pci ids=1:2\n" },
	    { "etc/modprobe.d/a.conf/a.conf", "options vfio-pci ids=1:2\n" } },
	  "" },
};

static struct directory make_machine(int index)
{
	struct directory root = make_directory();

	for (size_t i = 0; i < 3 && machines[index].files[i].path; i++)
		put_file(&root, machines[index].files[i].path,
			 machines[index].files[i].text);
	return root;
}

START_TEST(reads_a_machine)
{
	struct directory root = make_machine(_i);
	_cleanup_free_ char *list = modprobe_read_list(root.fd);

	expect_text(machines[_i].files[0].text, list, machines[_i].list);
	drop_directory(&root);
}

/* The early stage has libkmod: no boot may do anything else than plan says. */
START_TEST(agrees_with_libkmod)
{
	struct directory root = make_machine(_i);
	char *list;

	ck_assert_int_eq(module_read_list(root.path, &list), 0);
	expect_text(machines[_i].files[0].text, list, machines[_i].list);
	free(list);
	drop_directory(&root);
}

/* Later files of an image replace earlier ones. */
START_TEST(replaces_files)
{
	struct modprobe_files files = { 0 };
	char *list;

	ck_assert_int_eq(modprobe_add(&files, "etc/modprobe.d/a.conf",
				      strdup("options vfio-pci ids=1:2")),
			 0);
	ck_assert_int_eq(modprobe_add(&files, "lib/modprobe.d/b.conf",
				      strdup("options vfio-pci ids=3:4")),
			 0);
	ck_assert_int_eq(modprobe_add(&files, "lib/modprobe.d/b.conf", strdup("")), 0);
	list = modprobe_find_list(&files);
	expect_text("replaced", list, "1:2");
	free(list);
	modprobe_free(&files);
}

int main(void)
{
	TCase *tcase = tcase_create("adopt");

	add_rows(tcase, reads_a_machine, machines);
	add_rows(tcase, agrees_with_libkmod, machines);
	tcase_add_test(tcase, replaces_files);
	return unit_run(tcase);
}
