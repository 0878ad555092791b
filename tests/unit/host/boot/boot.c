/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/internal.h"
#include "unit.h"

#define GRUB "boot/grub/grub.cfg"
#define ID   "0123456789abcdef0123456789abcdef"
#define ID_2 "fedcba9876543210fedcba9876543210"

/*
 * The files of a machine, and then all entries: the kernel, the images, "-" before those
 * that are not there, and the UKI; "foreign:" before an entry of another system.
 */
static const struct {
	const char *name;
	struct {
		const char *path, *text;
	} files[5];
	const char *entries;
} rows[] = {
	{ "GRUB: an image",
	  { { GRUB, "menuentry a { linux /boot/vmlinuz-1 ro\ninitrd /boot/initrd-1\n}" },
	    { "boot/initrd-1", "" } },
	  "1 boot/initrd-1\n" },
	{ "GRUB: several, on a partition of their own",
	  { { GRUB, "menuentry a { linux /vmlinuz-1; initrd /ucode.img /initrd-1; }" },
	    { "boot/initrd-1", "" } },
	  "1 -ucode.img boot/initrd-1\n" },
	{ "GRUB: below a subvolume",
	  { { GRUB, "menuentry a { linux /@/boot/vmlinuz-1; initrd /@/boot/i; }" },
	    { "boot/i", "" } },
	  "1 boot/i\n" },
	{ "GRUB: no image", { { GRUB, "menuentry a { linux /vmlinuz-1; }" } }, "1\n" },
	{ "GRUB: other names of the command",
	  { { GRUB, "menuentry a { linuxefi /vmlinuz-1; initrdefi /a; }\n"
		    "menuentry b { linux16 /vmlinuz-2; initrd16 /b; }" } },
	  "1 -a\n2 -b\n" },
	{ "GRUB: variables",
	  { { GRUB, "set d='(hd0,gpt2)/boot'\nset i=\"/a /b\"\n"
		    "menuentry a { linux $d/vmlinuz-1; initrd $d/c $i $none; }" },
	    { "boot/c", "" } },
	  "1 boot/c -a -b\n" },
	{ "GRUB: the last command counts",
	  { { GRUB, "menuentry a { linux /vmlinuz-1; initrd /a; initrd /b; }\n"
		    "menuentry b { linux /vmlinuz-1; initrd /a; linux /vmlinuz-2; }" } },
	  "1 -b\n2\n" },
	{ "GRUB: a file to be packed is no image",
	  { { GRUB, "menuentry a { linux /vmlinuz-1; initrd newc:etc/x:/x /a; }" } },
	  "1 -a\n" },
	{ "GRUB: outside of all entries",
	  { { GRUB, "linux /vmlinuz-1 ro\ninitrd /a /b\nboot\n" } },
	  "1 -a -b\n" },
	{ "GRUB: Xen",
	  { { GRUB, "menuentry a { multiboot2 /xen.gz placeholder\n"
		    "module2 /vmlinuz-1 placeholder ro\n"
		    "module2 --nounzip /initrd-1 /not-this\n"
		    "module2 /xenpolicy-4.17\n}" } },
	  "1 -initrd-1\n" },
	{ "GRUB: Xen's policy comes first",
	  { { GRUB, "menuentry a { xen_hypervisor /xen.efi\nxen_module /vmlinuz-1 ro\n"
		    "xen_module /flask/xenpolicy-4.17\nxen_module /initrd-1\n}" } },
	  "1 -initrd-1\n" },
	{ "GRUB: os-prober's entries",
	  { { GRUB,
	      "menuentry a { linux /boot/vmlinuz-1; }\n"
	      "menuentry b --id osprober-gnulinux-simple-1 { linux /boot/vmlinuz-1; }\n"
	      "submenu c --id osprober-gnulinux-advanced-1 {\n"
	      "menuentry d { linux /boot/vmlinuz-1; }\n}" } },
	  "1\nforeign: 1\nforeign: 1\n" },
	{ "GRUB: a kernel on another partition",
	  { { GRUB, "menuentry a { linux /boot/vmlinuz-1; }\n"
		    "menuentry b { linux /boot/vmlinuz-2; }" },
	    { "boot/vmlinuz-1", "" } },
	  "1\nforeign: 2\n" },
	{ "GRUB: a dump has no kernels",
	  { { GRUB, "menuentry a { linux /boot/vmlinuz-1; }\n"
		    "menuentry b --id osprober-x { linux /boot/vmlinuz-2; }" },
	    { "boot/vmlinuz-2", "" } },
	  "1\nforeign: 2\n" },
	{ "GRUB: on the EFI system partition",
	  { { "boot/efi/EFI/redhat/grub.cfg", "load_env\n\nblscfg\n" },
	    { "boot/efi/EFI/redhat/grubenv", "saved_entry=x-1\ninitrd=/initrd-1\n" },
	    { "boot/loader/entries/x-1.conf", "linux /vmlinuz-1\ninitrd $initrd\n" } },
	  "1 -initrd-1\n" },
	{ "GRUB: its environment elsewhere",
	  { { "efi/EFI/opensuse/grub.cfg",
	      "load_env\nmenuentry a { linux /vmlinuz-1; initrd $i; }" },
	    { "boot/grub2/grubenv", "i=/initrd-1\n" } },
	  "1 -initrd-1\n" },
	{ "GRUB: a file that only reads the other one",
	  { { "boot/efi/EFI/debian/grub.cfg", "configfile $prefix/grub.cfg\n" },
	    { "boot/efi/EFI/rocky/grub.cfg", "menuentry a { linux /vmlinuz-1; }" } },
	  "1\n" },
	{ "GRUB: the other one comes first",
	  { { "boot/efi/EFI/fedora/grub.cfg", "menuentry a { linux /vmlinuz-1; }" },
	    { "boot/grub2/grub.cfg", "menuentry a { linux /vmlinuz-2; }" } },
	  "2\n" },
	{ "GRUB: boot entries",
	  { { "boot/grub2/grub.cfg", "\nload_env\nblscfg\n" },
	    { "boot/grub2/grubenv", "early=/early.img\n" },
	    { "boot/loader/entries/x-2.conf",
	      "linux /vmlinuz-2\ninitrd $early /initrd-2 $tuned_initrd\ninitrd /more\n" },
	    { "boot/loader/entries/x-1.conf", "linux /boot/vmlinuz-1\n" },
	    { "boot/initrd-2", "" } },
	  "2 -early.img boot/initrd-2 -more\n1\n" },
	{ "systemd-boot: images",
	  { { "efi/loader/entries/x.conf",
	      "linux /t/6.1/linux\nversion 6.1\ninitrd /ucode.img\ninitrd /t/6.1/initrd\n" },
	    { "efi/t/6.1/initrd", "" } },
	  "6.1 -ucode.img efi/t/6.1/initrd\n" },
	{ "systemd-boot: its own partition comes first",
	  { { "boot/loader/entries/x.conf", "linux /vmlinuz-1\ninitrd /i\n" },
	    { "i", "" },
	    { "efi/i", "" },
	    { "boot/i", "" } },
	  "1 boot/i\n" },
	{ "systemd-boot: an entry for a UKI",
	  { { "efi/loader/entries/x.conf", "uki /EFI/x.efi\noptions ro\n" } },
	  " uki=efi/EFI/x.efi at=efi\n" },
	{ "GRUB: another machine's entry",
	  { { "boot/grub2/grub.cfg", "\nblscfg\n" },
	    { "etc/machine-id", ID "\n" },
	    { "boot/loader/entries/b.conf", "linux /vmlinuz-1\nmachine-id " ID_2 "\n" },
	    { "boot/loader/entries/a.conf", "linux /vmlinuz-2\nmachine-id " ID_2 "\n" },
	    { "boot/vmlinuz-1", "" } },
	  "1\nforeign: 2\n" },
	{ "systemd-boot: another machine's entry",
	  { { "etc/machine-id", ID "\n" },
	    { "efi/loader/entries/b.conf", "linux /vmlinuz-2\nmachine-id " ID_2 "\n" },
	    { "efi/loader/entries/a.conf", "linux /vmlinuz-3\nmachine-id " ID "\n" } },
	  "foreign: 2\n3\n" },
	{ "systemd-boot: its kernel is gone",
	  { { "efi/loader/entries/b.conf", "linux /vmlinuz-2\n" },
	    { "efi/loader/entries/a.conf", "linux /vmlinuz-3\n" },
	    { "efi/vmlinuz-3", "" },
	    { "boot/vmlinuz-2", "" } },
	  "3\n" },
	{ "systemd-boot: a machine in the name of the file",
	  { { "etc/machine-id", ID "\n" },
	    { "efi/loader/entries/" ID_2 "-2.conf", "linux /vmlinuz-2\n" },
	    { "efi/loader/entries/" ID "-1.conf", "linux /vmlinuz-1\n" } },
	  "1\nforeign: 2\n" },
	{ "systemd-boot: this machine's ID is not known",
	  { { "etc/machine-id", "\n" },
	    { "efi/loader/entries/c.conf", "linux /vmlinuz-1\nmachine-id " ID_2 "\n" } },
	  "1\n" },
};

static void describe(const struct boot_source *source, FILE *file)
{
	fprintf(file, "%s%s", source->is_foreign ? "foreign: " : "", source->kernel);
	for (size_t i = 0; i < source->image_count; i++)
		fprintf(file, " %s%s", source->images[i].is_found ? "" : "-",
			source->images[i].path);
	if (source->uki[0])
		fprintf(file, " uki=%s at=%s", source->uki, source->place->path);
	fputc('\n', file);
}

START_TEST(reads_entries)
{
	struct directory root = make_directory();
	struct boot_sources sources;
	struct text_file text;
	FILE *file = text_file_open(&text);
	char *entries;

	for (size_t i = 0; i < 5 && rows[_i].files[i].path; i++)
		put_file(&root, rows[_i].files[i].path, rows[_i].files[i].text);
	expect_number(rows[_i].name, boot_read_all(root.fd, &sources), 0);
	for (size_t i = 0; i < sources.count; i++)
		describe(&sources.items[i], file);
	entries = text_file_close(&text);
	expect_text(rows[_i].name, entries, rows[_i].entries);
	free(entries);
	boot_sources_free(&sources);
	drop_directory(&root);
}

#define CMDLINE	  "proc/cmdline"
#define TYPE	  "proc/sys/kernel/bootloader_type"
#define MENU	  "menuentry a { linux /boot/vmlinuz-1 menu; }"
#define KERNEL	  "boot/vmlinuz-1"
#define ENTRY	  "efi/loader/entries/a.conf"
#define BOOTED(x) "BOOT_IMAGE=/boot/vmlinuz-1 " x

/*
 * The files of a machine, the EFI variable LoaderInfo, or NULL, where the next command
 * line comes from, and the boot loader that is named because it is not read.
 */
static const struct {
	const char *name;
	struct {
		const char *path, *text;
	} files[5];
	const char *info, *source, *unread;
} marks[] = {
	{ "GRUB",
	  { { CMDLINE, BOOTED("ro") }, { GRUB, MENU }, { KERNEL, "" } },
	  NULL,
	  GRUB,
	  NULL },
	{ "GRUB on a partition of its own",
	  { { CMDLINE, "BOOT_IMAGE=/vmlinuz-1 ro" }, { GRUB, MENU }, { KERNEL, "" } },
	  NULL,
	  GRUB,
	  NULL },
	{ "GRUB, whose kernel is gone",
	  { { CMDLINE, "BOOT_IMAGE=/boot/vmlinuz-0 ro" },
	    { GRUB, MENU },
	    { KERNEL, "" } },
	  NULL,
	  GRUB,
	  NULL },
	{ "GRUB has no such entry",
	  { { CMDLINE, "BOOT_IMAGE=/boot/vmlinuz-2 ro" },
	    { GRUB, MENU },
	    { "boot/vmlinuz-2", "" } },
	  NULL,
	  CMDLINE,
	  NULL },
	{ "GRUB tells its kernel first",
	  { { CMDLINE, "ro BOOT_IMAGE=/boot/vmlinuz-1" }, { GRUB, MENU } },
	  NULL,
	  CMDLINE,
	  NULL },
	{ "GRUB's names of devices",
	  { { CMDLINE, "BOOT_IMAGE=(hd0,gpt2)/boot/vmlinuz-1 ro" },
	    { GRUB, MENU },
	    { "boot/extlinux/extlinux.conf", "linux /boot/vmlinuz-1" } },
	  NULL,
	  GRUB,
	  NULL },
	{ "GRUB with Xen",
	  { { CMDLINE, "placeholder ro" }, { GRUB, MENU } },
	  NULL,
	  GRUB,
	  NULL },
	{ "GRUB, as the kernel tells",
	  { { CMDLINE, BOOTED("ro") },
	    { TYPE, "114\n" },
	    { GRUB, MENU },
	    { "boot/extlinux/extlinux.conf", "linux /boot/vmlinuz-1" } },
	  NULL,
	  GRUB,
	  NULL },
	{ "GRUB after another boot loader",
	  { { CMDLINE, BOOTED("ro") }, { GRUB, MENU } },
	  "rEFInd 0.14.2",
	  GRUB,
	  NULL },
	{ "extlinux, and GRUB's files are left",
	  { { CMDLINE, BOOTED("ro") },
	    { GRUB, MENU },
	    { "etc/default/grub", "GRUB_CMDLINE_LINUX=x" },
	    { "boot/extlinux/extlinux.conf", "linux /boot/vmlinuz-1" } },
	  NULL,
	  CMDLINE,
	  "extlinux" },
	{ "extlinux's files are left",
	  { { CMDLINE, BOOTED("ro") },
	    { GRUB, MENU },
	    { KERNEL, "" },
	    { "boot/extlinux/extlinux.conf", "linux /boot/vmlinuz-0" } },
	  NULL,
	  GRUB,
	  NULL },
	{ "extlinux, as the kernel tells",
	  { { CMDLINE, BOOTED("ro") }, { TYPE, "52" }, { GRUB, MENU } },
	  NULL,
	  CMDLINE,
	  "extlinux" },
	{ "SYSLINUX names the image, too",
	  { { CMDLINE, BOOTED("initrd=/boot/initrd-1 ro") }, { GRUB, MENU } },
	  NULL,
	  CMDLINE,
	  "SYSLINUX" },
	{ "PXELINUX",
	  { { CMDLINE, "BOOT_IMAGE=linux initrd=i BOOTIF=01-52-54-00-12-34-56" },
	    { GRUB, MENU } },
	  NULL,
	  CMDLINE,
	  "PXELINUX" },
	{ "LILO",
	  { { CMDLINE, "auto BOOT_IMAGE=Linux ro root=801" },
	    { "etc/lilo.conf", "label=Linux" },
	    { GRUB, MENU } },
	  NULL,
	  CMDLINE,
	  "LILO" },
	{ "zipl",
	  { { CMDLINE, "root=/dev/dasda1 BOOT_IMAGE=0" },
	    { "etc/zipl.conf", "" },
	    { "boot/loader/entries/a.conf", "linux /vmlinuz\noptions entry\n" } },
	  NULL,
	  CMDLINE,
	  "zipl" },
	{ "petitboot",
	  { { CMDLINE, "root=/dev/sda2" },
	    { "sys/firmware/opal/x", "" },
	    { GRUB, MENU } },
	  NULL,
	  CMDLINE,
	  "petitboot" },
	{ "kexec",
	  { { CMDLINE, BOOTED("ro") }, { TYPE, "208" }, { GRUB, MENU } },
	  NULL,
	  CMDLINE,
	  "kexec" },
	{ "Limine without UEFI",
	  { { CMDLINE, "root=/dev/sda2" },
	    { "boot/limine.conf", "" },
	    { "etc/kernel/cmdline", "left" } },
	  NULL,
	  CMDLINE,
	  "Limine" },
	{ "Limine",
	  { { CMDLINE, "root=/dev/sda2" }, { ENTRY, "linux /x\noptions left\n" } },
	  "Limine 9.3.0",
	  CMDLINE,
	  "Limine" },
	{ "rEFInd",
	  { { CMDLINE, "ro initrd=\\boot\\initramfs-linux.img" },
	    { "etc/kernel/cmdline", "left" } },
	  "rEFInd 0.14.2",
	  CMDLINE,
	  "rEFInd" },
	{ "systemd-boot",
	  { { CMDLINE, "ro" },
	    { ENTRY, "linux /x\noptions entry\n" },
	    { "boot/limine.conf", "" } },
	  "systemd-boot 257",
	  ENTRY,
	  NULL },
	{ "systemd-boot, if nothing tells",
	  { { CMDLINE, "ro" },
	    { "sys/firmware/efi/runtime", "" },
	    { ENTRY, "linux /x\noptions entry\n" } },
	  NULL,
	  ENTRY,
	  NULL },
	{ "systemd-boot needs UEFI",
	  { { CMDLINE, "ro" }, { ENTRY, "linux /x\noptions entry\n" } },
	  NULL,
	  CMDLINE,
	  NULL },
	{ "an unknown one, and kernel-install's file",
	  { { CMDLINE, "ro" }, { "etc/kernel/cmdline", "left" } },
	  NULL,
	  "etc/kernel/cmdline",
	  "the boot loader" },
};

static void put_variable(const struct directory *root, const char *path, const char *text)
{
	char value[4 + 2 * 64] = "\7";

	for (size_t i = 0; text[i]; i++)
		value[4 + 2 * i] = text[i];
	put_bytes(root, path, value, 4 + 2 * strlen(text) + 2);
}

START_TEST(knows_boot_loaders)
{
	struct directory root = make_directory();
	const struct boot_source *next;
	struct boot_sources sources;
	char note[64] = "";

	for (size_t i = 0; i < 5 && marks[_i].files[i].path; i++)
		put_file(&root, marks[_i].files[i].path, marks[_i].files[i].text);
	if (marks[_i].info)
		put_variable(&root, EFI_VARIABLE("LoaderInfo"), marks[_i].info);
	expect_number(marks[_i].name, boot_read(root.fd, &sources), 0);
	expect_number(marks[_i].name, boot_sources_add_running(&sources, root.fd, &next),
		      0);
	next = boot_next(&sources);
	expect_text(marks[_i].name, next->path, marks[_i].source);
	if (marks[_i].unread)
		snprintf(note, sizeof(note), "%s ", marks[_i].unread);
	expect(marks[_i].name, !next->note[0] == !note[0]);
	expect(marks[_i].name, strncmp(next->note, note, strlen(note)) == 0);
	boot_sources_free(&sources);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("boot");

	add_rows(tcase, reads_entries, rows);
	add_rows(tcase, knows_boot_loaders, marks);
	return unit_run(tcase);
}
