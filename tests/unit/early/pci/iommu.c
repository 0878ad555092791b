/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "pci/pci.h"
#include "unit.h"

#define INTEL  "processor\t: 0\nvendor_id\t: GenuineIntel\n"
#define AMD    "processor\t: 0\nvendor_id\t: AuthenticAMD\n"
#define TABLES "sys/firmware/acpi/tables/"

#define TEN	"0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND \
	HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED
#define FAR_BEHIND THOUSAND THOUSAND THOUSAND THOUSAND THOUSAND

#define DOM0 \
	"this is Xen's dom0: Xen has the IOMMU, so VFIO cannot be used; give devices to guests with xen-pciback"

#define SMMU "enable the SMMU in the firmware"
#define VIRT \
	"this is a virtual machine: add an IOMMU in its configuration, such as QEMU's -M virt,iommu=smmuv3"

/* NVIDIA/kubevirt-gpu-device-plugin#66: the user saw nothing but "error -22". */
static const struct {
	const char *name;
	const char *cpuinfo;  /* NULL for none */
	const char *files[2]; /* perhaps with a text, after "=" */
	const char *advice;
	uint32_t class; /* of the device; 0 for any */
	const char *cmdline;
} rows[] = {
	{ "nothing", NULL, { 0 }, "enable the IOMMU in the firmware" },
	{ "unknown CPU", "processor : 0\n", { 0 }, "enable the IOMMU in the firmware" },
	{ "Intel, off in the firmware",
	  INTEL,
	  { 0 },
	  "enable VT-d in the firmware and boot with intel_iommu=on" },
	{ "Intel, off in the kernel",
	  INTEL,
	  { TABLES "DMAR" },
	  "boot with intel_iommu=on" },
	{ "Intel, turned off",
	  INTEL,
	  { TABLES "DMAR" },
	  "remove iommu=off or intel_iommu=off from the kernel command line, and boot with intel_iommu=on",
	  0,
	  "quiet intel_iommu=off" },
	{ "Intel, turned off, far behind",
	  INTEL,
	  { TABLES "DMAR" },
	  "remove iommu=off or intel_iommu=off from the kernel command line, and boot with intel_iommu=on",
	  0,
	  FAR_BEHIND " intel_iommu=off" },
	{ "Xen's dom0",
	  INTEL "flags\t\t: fpu vme hypervisor lahf_lm\n",
	  { "proc/xen/capabilities=control_d" },
	  DOM0 },
	{ "Xen's dom0, with a table",
	  INTEL,
	  { "proc/xen/capabilities=control_d", TABLES "DMAR" },
	  DOM0 },
	{ "a guest of Xen",
	  INTEL "flags\t\t: fpu vme hypervisor lahf_lm\n",
	  { "proc/xen/capabilities" },
	  "this is a virtual machine: add an IOMMU in its configuration, such as QEMU's -device intel-iommu" },
	{ "a device tree",
	  "processor\t: 0\nBogoMIPS\t: 108.00\n",
	  { "sys/firmware/devicetree/base/compatible" },
	  "this machine's device tree has no IOMMU for PCI that this kernel can use, and no setting adds one" },
	{ "a device tree, on",
	  NULL,
	  { "sys/firmware/devicetree/base/compatible", "sys/class/iommu/arm-smmu.0" },
	  "this machine's IOMMU is on but does not cover it" },
	/* arm64: /proc/cpuinfo names no vendor and tells of no hypervisor */
	{ "arm64 with ACPI, without an SMMU",
	  "processor\t: 0\nCPU implementer\t: 0x41\n",
	  { TABLES "IORT" },
	  SMMU },
	{ "arm64 with ACPI, on",
	  NULL,
	  { TABLES "IORT", "sys/class/iommu/arm-smmu-v3.0x2000" },
	  "this machine's IOMMU is on but does not cover it" },
	{ "arm64 with ACPI, a display",
	  NULL,
	  { TABLES "IORT", "sys/class/iommu/arm-smmu-v3.0x2000" },
	  "this machine's IOMMU is on but does not cover it",
	  0x030000 },
	{ "arm64 with ACPI, intel_iommu=off is nothing to it",
	  NULL,
	  { TABLES "IORT" },
	  SMMU,
	  0,
	  "intel_iommu=off" },
	{ "QEMU's virt by device tree",
	  NULL,
	  { "sys/firmware/devicetree/base/compatible=linux,dummy-virt" },
	  VIRT },
	{ "QEMU's virt by UEFI",
	  NULL,
	  { TABLES "IORT", "sys/class/dmi/id/sys_vendor=QEMU\n" },
	  VIRT },
	{ "an empty device tree, on a PC",
	  AMD,
	  { "sys/firmware/devicetree/base/name" },
	  "enable the IOMMU (AMD-Vi) in the firmware" },
	{ "a virtual machine",
	  INTEL "flags\t\t: fpu vme hypervisor lahf_lm\n",
	  { 0 },
	  "this is a virtual machine: add an IOMMU in its configuration, such as QEMU's -device intel-iommu" },
	{ "a virtual machine with an IOMMU",
	  INTEL "flags\t\t: fpu vme hypervisor lahf_lm\n",
	  { TABLES "DMAR" },
	  "boot with intel_iommu=on" },
	{ "AMD, off in the firmware",
	  AMD,
	  { 0 },
	  "enable the IOMMU (AMD-Vi) in the firmware" },
	{ "AMD, off in the kernel",
	  AMD,
	  { TABLES "IVRS" },
	  "remove iommu=off or amd_iommu=off from the kernel command line" },
	{ "on, Intel",
	  INTEL,
	  { TABLES "DMAR", "sys/class/iommu/dmar0" },
	  "this machine's IOMMU is on but does not cover it" },
	{ "on, integrated graphics",
	  INTEL,
	  { TABLES "DMAR", "sys/class/iommu/dmar0" },
	  "boot with intel_iommu=on: without it the kernel leaves integrated graphics out",
	  0x030000 },
	{ "on, Intel, another device",
	  INTEL,
	  { TABLES "DMAR", "sys/class/iommu/dmar0" },
	  "this machine's IOMMU is on but does not cover it",
	  0x020000 },
	{ "off, integrated graphics",
	  INTEL,
	  { TABLES "DMAR" },
	  "boot with intel_iommu=on",
	  0x030000 },
	{ "on, AMD",
	  AMD,
	  { TABLES "IVRS", "sys/class/iommu/ivhd0" },
	  "this machine's IOMMU is on but does not cover it" },
	{ "on, without tables",
	  NULL,
	  { "sys/class/iommu/arm-smmu-v3.0" },
	  "this machine's IOMMU is on but does not cover it" },
};

static void put_named(const struct directory *root, const char *file)
{
	const char *text = strchr(file, '=');
	char path[128];

	snprintf(path, sizeof(path), "%.*s", (int)strcspn(file, "="), file);
	put_file(root, path, text ? text + 1 : "");
}

START_TEST(advises)
{
	struct directory root = make_directory();
	struct pci_id id = { .vendor = 0x8086, .class = rows[_i].class };
	unsigned fds = count_fds();

	if (rows[_i].cpuinfo)
		put_file(&root, "proc/cpuinfo", rows[_i].cpuinfo);
	if (rows[_i].cmdline)
		put_file(&root, "proc/cmdline", rows[_i].cmdline);
	for (size_t i = 0; i < ARRAY_SIZE(rows[_i].files) && rows[_i].files[i]; i++)
		put_named(&root, rows[_i].files[i]);
	expect_text(rows[_i].name, iommu_advice(root.fd, id.class ? &id : NULL),
		    rows[_i].advice);
	expect_number(rows[_i].name, count_fds(), fds);
	drop_directory(&root);
}

/* The class directory exists even if no IOMMU is in use. */
START_TEST(an_empty_class_is_off)
{
	struct directory root = make_directory();

	put_directory(&root, "sys/class");
	put_directory(&root, "sys/class/iommu");
	put_file(&root, TABLES "DMAR", "");
	expect_text("empty", iommu_advice(root.fd, NULL), "boot with intel_iommu=on");
	drop_directory(&root);
}

static const struct {
	const char *machine;
	const char *files[2];
	bool is_virtio;
	bool may_add;
} machines[] = {
	{ "", { 0 }, false, false },
	{ "00:00.0 8086:29c0 060000 - -\n", { 0 }, false, false },
	{ "00:00.0 8086:29c0 060000 - -\n00:01.0 1af4:1057 0a0000 - -\n",
	  { 0 },
	  true,
	  true },
	{ "00:01.0 1af4:1041 020000 - -\n", { 0 }, false, false },
	{ "00:01.0 1234:1057 020000 - -\n", { 0 }, false, false },
	/* arm64: by ACPI, by device tree */
	{ "", { TABLES "IORT" }, false, true },
	{ "",
	  { "sys/class/iommu/arm-smmu-v3.0", "sys/firmware/devicetree/base" },
	  false,
	  true },
	/* x86 */
	{ "", { TABLES "DMAR", "sys/class/iommu/dmar0" }, false, false },
	{ "", { TABLES "IVRS", "sys/class/iommu/ivhd0" }, false, false },
	{ "", { TABLES "DMAR" }, false, false },
};

START_TEST(knows_where_groups_come_late)
{
	struct directory root = make_directory();
	const char *name = machines[_i].files[0];
	struct pci_list list;

	for (size_t i = 0; i < 2 && machines[_i].files[i]; i++)
		put_file(&root, machines[_i].files[i], "");
	functions_read(machines[_i].machine, &list);
	name = name ? name : machines[_i].machine;
	expect_number(name, iommu_is_virtio(&list), machines[_i].is_virtio);
	expect_number(name, iommu_may_add_groups(root.fd, &list), machines[_i].may_add);
	pci_list_free(&list);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("iommu");

	add_rows(tcase, advises, rows);
	tcase_add_test(tcase, an_empty_class_is_off);
	add_rows(tcase, knows_where_groups_come_late, machines);
	return unit_run(tcase);
}
