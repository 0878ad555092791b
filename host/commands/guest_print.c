/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What passthru guest prints, as libvirt, QEMU, Proxmox and KubeVirt read it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/internal.h"
#include "lib/lib.h"

/* -- libvirt ------------------------------------------------------------------------- */

/*
 * Elements of a domain: https://libvirt.org/formatdomain.html#usb-pci-scsi-devices. A
 * guest that virt-manager has made has root ports up to bus 14 or 15; libvirt adds those
 * up to the bus that is named.
 */
#define FIRST_BUS 16

static void put_libvirt(const struct guest *guest, FILE *file)
{
	for (size_t i = 0; i < guest->count; i++) {
		const struct guest_function *function = &guest->functions[i];
		const struct pci_address *at = &function->device->pci->address;

		fprintf(file,
			"<hostdev mode='subsystem' type='pci' managed='no'>\n"
			"  <source>\n"
			"    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n"
			"  </source>\n",
			(unsigned)at->domain, at->bus, at->slot, at->function);
		if (function->rom)
			fprintf(file, "  <rom file='%s'/>\n", function->rom);
		fprintf(file,
			"  <address type='pci' domain='0x0000' bus='0x%02x' slot='0x00' function='0x%x'%s/>\n"
			"</hostdev>\n",
			FIRST_BUS + function->card, function->function,
			function->is_first && function->has_next ? " multifunction='on'"
								 : "");
	}
}

/* -- QEMU ---------------------------------------------------------------------------- */

/*
 * Options of qemu-system-x86_64 with a PCI Express machine, each in a line:
 * docs/system/device-emulation.rst, docs/pcie.txt, docs/devel/vfio-iommufd.rst. Two root
 * ports must differ in their chassis.
 */
#define FIRST_CHASSIS 16

static void put_qemu(const struct guest *guest, FILE *file)
{
	if (guest->has_iommufd)
		fputs("-object iommufd,id=passthru-iommufd\n", file);
	for (size_t i = 0; i < guest->count; i++) {
		const struct guest_function *function = &guest->functions[i];

		if (function->is_first)
			fprintf(file,
				"-device pcie-root-port,id=passthru%u,bus=pcie.0,chassis=%u\n",
				function->card, FIRST_CHASSIS + function->card);
		fprintf(file, "-device vfio-pci,host=%s,bus=passthru%u,addr=0x0.0x%x%s",
			function->device->address, function->card, function->function,
			function->is_first && function->has_next ? ",multifunction=on"
								 : "");
		if (function->rom)
			fprintf(file, ",romfile=%s", function->rom);
		if (guest->has_iommufd)
			fputs(",iommufd=passthru-iommufd", file);
		fputc('\n', file);
	}
}

/* -- Proxmox ------------------------------------------------------------------------- */

/* Whether the guest gets all functions of the slot in which that one is. */
static bool is_whole_slot(const struct guest *guest, const struct device *first)
{
	const struct machine *machine = &guest->machine;

	for (size_t i = 0; i < machine->count; i++)
		if (!machine->devices[i].is_chosen &&
		    address_is_same_slot(&machine->devices[i].pci->address,
					 &first->pci->address))
			return false;
	return !first->physical;
}

/* "0000:01:00" for a whole slot, or its functions with ";" between them. */
static void put_ids(const struct guest *guest, size_t first, FILE *file)
{
	const struct guest_function *function = &guest->functions[first];

	if (is_whole_slot(guest, function->device)) {
		fprintf(file, "%.*s", (int)strcspn(function->device->address, "."),
			function->device->address);
		return;
	}
	fputs(function->device->address, file);
	for (; function->has_next; function++)
		fprintf(file, ";%s", function[1].device->address);
}

/* A ROM is that of the first function of the card, whichever has it here. */
static const char *find_rom(const struct guest_function *first)
{
	const struct guest_function *at = first;

	while (!at->rom && at->has_next)
		at++;
	return at->rom;
}

/* What qm.conf(5) has after its "hostpci0: host=". */
static void put_rest(const struct guest_function *first, FILE *file)
{
	const char *rom = find_rom(first);

	fputs(",pcie=1", file);
	if (rom)
		fprintf(file, ",romfile=%s", beneath_name(rom));
	fputc('\n', file);
}

/* The name of the machine, as its files have it. */
static void put_node(const struct guest *guest, FILE *file)
{
	_cleanup_free_ char *text = NULL;
	size_t length;

	if (beneath_read(guest->host->root_fd, "etc/hostname", &text) < 0) {
		fputs("NODE", file);
		return;
	}
	for (length = 0; isalnum((unsigned char)text[length]) || text[length] == '-';)
		length++;
	fprintf(file, "%.*s", length ? (int)length : 4, length ? text : "NODE");
}

/*
 * The mapping has the properties of the first function, with which Proxmox compares all
 * paths: so it is for a whole slot, or for one function. Sources: pvesh and
 * /cluster/mapping/pci; $map_fmt and assert_valid() in PVE/Mapping/PCI.pm.
 */
static void put_mapping(const struct guest *guest, size_t first, FILE *file)
{
	const struct guest_function *function = &guest->functions[first];
	const struct pci_device *pci = function->device->pci;

	if (function->has_next && !is_whole_slot(guest, function->device))
		return;
	fprintf(file,
		"# Or with a resource mapping, for a cluster and users other than root:\n"
		"#   pvesh create /cluster/mapping/pci --id passthru%u --map 'node=",
		function->card);
	put_node(guest, file);
	fputs(",path=", file);
	put_ids(guest, first, file);
	fprintf(file, ",id=%04x:%04x", (unsigned)pci->id.vendor & 0xffff,
		(unsigned)pci->id.device & 0xffff);
	if (pci->id.subvendor != PCI_ANY && pci->id.subdevice != PCI_ANY)
		fprintf(file, ",subsystem-id=%04x:%04x",
			(unsigned)pci->id.subvendor & 0xffff,
			(unsigned)pci->id.subdevice & 0xffff);
	if (pci->group != NO_GROUP)
		fprintf(file, ",iommugroup=%d", pci->group);
	fprintf(file, "'\n#   hostpci%u: mapping=passthru%u", function->card,
		function->card);
	put_rest(function, file);
}

/* Lines of the guest's configuration, for which its machine must be q35. */
static void put_proxmox(const struct guest *guest, FILE *file)
{
	for (size_t i = 0; i < guest->count; i++) {
		if (!guest->functions[i].is_first)
			continue;
		fprintf(file, "hostpci%u: ", guest->functions[i].card);
		put_ids(guest, i, file);
		put_rest(&guest->functions[i], file);
	}
	for (size_t i = 0; i < guest->count; i++)
		if (guest->functions[i].is_first)
			put_mapping(guest, i, file);
}

/* -- KubeVirt ------------------------------------------------------------------------ */

/*
 * PermittedHostDevices and HostDevice of KubeVirt's API. A name of a resource is one for
 * each ID: https://kubevirt.io/user-guide/compute/host-devices.
 */
static void put_resource(const struct pci_id *id, FILE *file)
{
	fprintf(file, "example.com/%04x_%04x", (unsigned)id->vendor & 0xffff,
		(unsigned)id->device & 0xffff);
}

static bool is_first_of_id(const struct guest *guest, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (pci_is_same_model(&guest->functions[i].device->pci->id,
				      &guest->functions[index].device->pci->id))
			return false;
	return true;
}

static void put_kubevirt(const struct guest *guest, FILE *file)
{
	fputs("# In the KubeVirt resource; the names in place of example.com are yours.\n"
	      "spec:\n"
	      "  configuration:\n"
	      "    developerConfiguration:\n"
	      "      featureGates: [HostDevices]\n"
	      "    permittedHostDevices:\n"
	      "      pciHostDevices:\n",
	      file);
	for (size_t i = 0; i < guest->count; i++) {
		const struct pci_id *id = &guest->functions[i].device->pci->id;

		if (!is_first_of_id(guest, i))
			continue;
		fprintf(file,
			"        - pciVendorSelector: \"%04X:%04X\"\n"
			"          resourceName: ",
			(unsigned)id->vendor & 0xffff, (unsigned)id->device & 0xffff);
		put_resource(id, file);
		fputc('\n', file);
	}
	fputs("---\n"
	      "# In the VirtualMachine.\n"
	      "spec:\n"
	      "  template:\n"
	      "    spec:\n"
	      "      domain:\n"
	      "        devices:\n"
	      "          hostDevices:\n",
	      file);
	for (size_t i = 0; i < guest->count; i++) {
		fprintf(file,
			"            - name: passthru%zu\n"
			"              deviceName: ",
			i);
		put_resource(&guest->functions[i].device->pci->id, file);
		fputc('\n', file);
	}
}

void guest_put(const struct guest *guest, FILE *file)
{
	switch (guest->format) {
	case GUEST_LIBVIRT:
		put_libvirt(guest, file);
		break;
	case GUEST_QEMU:
		put_qemu(guest, file);
		break;
	case GUEST_PROXMOX:
		put_proxmox(guest, file);
		break;
	case GUEST_KUBEVIRT:
		put_kubevirt(guest, file);
		break;
	}
}
