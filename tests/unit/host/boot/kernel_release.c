/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "boot/internal.h"
#include "unit.h"

/*
 * The kernel that an entry names, the text in the header of its file, NULL for no file,
 * up to three installed releases with their packages, and the release that counts.
 */
static const struct {
	const char *name, *file, *header;
	struct {
		const char *release, *package;
	} modules[3];
	const char *want;
} rows[] = {
	{ "by name", "/boot/vmlinuz-6.12.9-amd64", NULL, { { 0 } }, "6.12.9-amd64" },
	{ "arm64 on openSUSE",
	  "/boot/Image-6.12.9-default",
	  NULL,
	  { { 0 } },
	  "6.12.9-default" },
	{ "ppc64el",
	  "/boot/vmlinux-6.12.9-powerpc64le",
	  NULL,
	  { { 0 } },
	  "6.12.9-powerpc64le" },
	{ "s390x on openSUSE",
	  "/boot/image-6.12.9-default",
	  NULL,
	  { { 0 } },
	  "6.12.9-default" },
	{ "no release in the name", "/boot/Image", NULL, { { 0 } }, "" },
	{ "no name", "/boot/kernel", NULL, { { 0 } }, "" },
	{ "a name with modules",
	  "/vmlinuz-6.1",
	  "6.2 (a@b) #1",
	  { { "6.1", NULL }, { "6.2", NULL } },
	  "6.1" },
	{ "a header with modules",
	  "/vmlinuz-linux",
	  "6.12.1-arch1-1 (linux@archlinux) #1 SMP",
	  { { "6.12.1-arch1-1", NULL } },
	  "6.12.1-arch1-1" },
	{ "a header without modules",
	  "/vmlinuz-linux",
	  "6.2 (a@b)",
	  { { "6.1", NULL } },
	  "linux" },
	{ "a header, and another name",
	  "/kernel-x",
	  "6.2 (a@b)",
	  { { "6.2", NULL } },
	  "6.2" },
	{ "an empty header", "/vmlinuz-x", "", { { "6.2", NULL } }, "x" },
	{ "a header that leads elsewhere",
	  "/vmlinuz-x",
	  "../modules/6.2 ",
	  { { "6.2", NULL } },
	  "x" },
	{ "this directory", "/vmlinuz-x", ". ", { { "6.2", NULL } }, "x" },
	{ "a package",
	  "/vmlinuz-linux-zen",
	  NULL,
	  { { "6.12.1-arch1-1", "linux\n" }, { "6.12.1-zen1-1", "linux-zen\n" } },
	  "6.12.1-zen1-1" },
	{ "two packages of one name",
	  "/vmlinuz-linux",
	  NULL,
	  { { "6.12.1-arch1-1", "linux" }, { "6.12.2-arch1-1", "linux" } },
	  "linux" },
	{ "the header decides between them",
	  "/vmlinuz-linux",
	  "6.12.2-arch1-1 ",
	  { { "6.12.1-arch1-1", "linux" }, { "6.12.2-arch1-1", "linux" } },
	  "6.12.2-arch1-1" },
	{ "Manjaro",
	  "/boot/vmlinuz-6.0-x86_64",
	  NULL,
	  { { "6.0.11-1-MANJARO", "linux60\n" }, { "6.12.1-1-MANJARO", "linux612\n" } },
	  "6.0.11-1-MANJARO" },
	{ "Manjaro, real time",
	  "/boot/vmlinuz-6.12-rt-x86_64",
	  NULL,
	  { { "6.12.1-1-MANJARO", "linux612\n" },
	    { "6.12.1-rt1-1-MANJARO", "linux612-rt\n" } },
	  "6.12.1-rt1-1-MANJARO" },
	{ "a package of another name",
	  "/boot/vmlinuz-6.1-x86_64",
	  NULL,
	  { { "6.12.1-1-MANJARO", "linux612\n" }, { "6.0.11-1-MANJARO", "linux6" } },
	  "6.1-x86_64" },
};

/* The text is behind the header, whose offset of it is 0x20. */
static void put_kernel(const struct directory *root, const char *path, const char *text)
{
	char image[1024] = "MZ";

	memcpy(image + 0x202, "HdrS", 4);
	image[0x20e] = 0x20;
	snprintf(image + 0x220, 128, "%s", text);
	put_bytes(root, path, image, sizeof(image));
}

START_TEST(finds_release)
{
	struct directory root = make_directory();
	struct boot_source source = { 0 };
	char path[128];

	for (size_t i = 0; i < 3 && rows[_i].modules[i].release; i++) {
		const char *package = rows[_i].modules[i].package;

		snprintf(path, sizeof(path), "lib/modules/%s/%s",
			 rows[_i].modules[i].release,
			 package ? "pkgbase" : "modules.dep");
		put_file(&root, path, package ? package : "");
	}
	if (rows[_i].header)
		put_kernel(&root, rows[_i].file + 1, rows[_i].header);
	boot_source_set_kernel(&source, root.fd, rows[_i].file);
	expect_text(rows[_i].name, source.kernel, rows[_i].want);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("kernel_release");

	add_rows(tcase, finds_release, rows);
	return unit_run(tcase);
}
