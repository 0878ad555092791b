/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rebar: a PCI Express device for tests whose BAR 0 is resizable, which no device of
 * QEMU's own is. Compiled into QEMU: see build-qemu.
 *
 * sizes=BITS are those that it offers, bit n for 2^n MiB, and it begins with the
 * smallest, or with size=N for 2^N MiB. A reset starts it again, so that the kernel
 * has to restore the size. class=0x0300 makes it a VGA controller. It has the ID and the
 * registers of QEMU's own display devices, as far as OVMF and bochs-drm use them for a
 * framebuffer, but shows nothing.
 *
 * Sources: PCI Express Base Specification, Resizable BAR Extended Capability; QEMU's
 * docs/specs/standard-vga.rst.
 */
/* Before the others, which need it. */
#include "qemu/osdep.h"

#include "hw/pci/pci_device.h"
#include "hw/pci/pcie.h"
#include "hw/qdev-properties.h"
#include "qapi/error.h"
#include "qemu/units.h"

#define TYPE_REBAR "rebar"
OBJECT_DECLARE_SIMPLE_TYPE(RebarState, REBAR)

#define EXPRESS_OFFSET 0x80
#define REBAR_OFFSET   0x100
#define REBAR_SIZE     12
#define REBAR_VERSION  1
#define SIZES_SHIFT    4 /* in the register with the sizes */

/* What there really is; a larger BAR has nothing behind it. */
#define MEMORY_SIZE (16 * MiB)

#define REGISTERS_SIZE 4096
#define DISPI_OFFSET   0x500
#define DISPI_ID       0 /* numbers of registers, of 16 bits */
#define DISPI_MEMORY   10
#define DISPI_COUNT    11
#define DISPI_ID_VALUE 0xb0c5
#define DISPI_UNIT     (64 * KiB)

struct RebarState {
	PCIDevice parent_obj;
	MemoryRegion bar; /* of the size that is set */
	MemoryRegion memory;
	MemoryRegion registers;
	MemoryRegion registers_again;
	uint16_t dispi[DISPI_COUNT];
	uint32_t sizes;
	uint8_t size;
	uint16_t class;
};

/* -- the capability ------------------------------------------------------------------ */

/* The region, and which bits of the BAR the system can write. */
static void resize(RebarState *rebar, unsigned bits)
{
	PCIDevice *device = PCI_DEVICE(rebar);
	uint64_t size = MiB << bits;
	uint8_t *bar = device->config + PCI_BASE_ADDRESS_0;

	pci_set_quad(device->wmask + PCI_BASE_ADDRESS_0, ~(size - 1));
	pci_set_quad(bar, (pci_get_quad(bar) & ~(size - 1)) | device->io_regions[0].type);
	device->io_regions[0].size = size;
	memory_region_set_size(&rebar->bar, size);
}

static unsigned read_size(const PCIDevice *device)
{
	uint32_t control = pci_get_long(device->config + REBAR_OFFSET + PCI_REBAR_CTRL);

	return (control & PCI_REBAR_CTRL_BAR_SIZE) >> PCI_REBAR_CTRL_BAR_SHIFT;
}

static void write_size(PCIDevice *device, unsigned bits)
{
	/* One resizable BAR, number 0. */
	pci_set_long(device->config + REBAR_OFFSET + PCI_REBAR_CTRL,
		     1 << PCI_REBAR_CTRL_NBAR_SHIFT | bits << PCI_REBAR_CTRL_BAR_SHIFT);
}

static void rebar_write_config(PCIDevice *device, uint32_t address, uint32_t value,
			       int length)
{
	RebarState *rebar = REBAR(device);
	unsigned before = read_size(device), after;

	pci_default_write_config(device, address, value, length);
	after = read_size(device);
	if (after != before && rebar->sizes >> after & 1)
		resize(rebar, after);
	else
		write_size(device, before);
	pcie_cap_flr_write_config(device, address, value, length);
}

static void rebar_reset(DeviceState *device)
{
	RebarState *rebar = REBAR(device);

	write_size(PCI_DEVICE(device), rebar->size);
	resize(rebar, rebar->size);
}

/* -- the registers ------------------------------------------------------------------- */

static uint64_t read_register(void *opaque, hwaddr address, unsigned length)
{
	const RebarState *rebar = opaque;
	hwaddr number = (address - DISPI_OFFSET) / 2;

	switch (number) {
	case DISPI_ID:
		return DISPI_ID_VALUE;
	case DISPI_MEMORY:
		return MEMORY_SIZE / DISPI_UNIT;
	default:
		return number < DISPI_COUNT ? rebar->dispi[number] : 0;
	}
}

static void write_register(void *opaque, hwaddr address, uint64_t value, unsigned length)
{
	RebarState *rebar = opaque;
	hwaddr number = (address - DISPI_OFFSET) / 2;

	if (number < DISPI_COUNT)
		rebar->dispi[number] = value;
}

static const MemoryRegionOps register_ops = {
	.read = read_register,
	.write = write_register,
	.endianness = DEVICE_LITTLE_ENDIAN,
	.impl.min_access_size = 2,
	.impl.max_access_size = 2,
};

/* -- the device ---------------------------------------------------------------------- */

static void add_bars(RebarState *rebar)
{
	PCIDevice *device = PCI_DEVICE(rebar);
	Object *object = OBJECT(rebar);

	memory_region_init(&rebar->bar, object, "rebar", MiB << rebar->size);
	memory_region_init_ram(&rebar->memory, object, "rebar-memory", MEMORY_SIZE,
			       &error_fatal);
	memory_region_add_subregion(&rebar->bar, 0, &rebar->memory);
	pci_register_bar(device, 0,
			 PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH,
			 &rebar->bar);

	/* bochs-drm uses the BAR with number 2, and OVMF the third of the BARs. */
	memory_region_init_io(&rebar->registers, object, &register_ops, rebar,
			      "rebar-registers", REGISTERS_SIZE);
	memory_region_init_alias(&rebar->registers_again, object, "rebar-registers-again",
				 &rebar->registers, 0, REGISTERS_SIZE);
	pci_register_bar(device, 2, PCI_BASE_ADDRESS_SPACE_MEMORY, &rebar->registers);
	pci_register_bar(device, 3, PCI_BASE_ADDRESS_SPACE_MEMORY,
			 &rebar->registers_again);
}

static void rebar_realize(PCIDevice *device, Error **errp)
{
	RebarState *rebar = REBAR(device);

	if (!rebar->sizes) {
		error_setg(errp, "sizes is 0");
		return;
	}
	if (rebar->size == UINT8_MAX)
		rebar->size = ctz32(rebar->sizes);
	pci_config_set_class(device->config, rebar->class);
	add_bars(rebar);
	if (pcie_endpoint_cap_init(device, EXPRESS_OFFSET) < 0) {
		error_setg(errp, "no capability of PCI Express");
		return;
	}
	pcie_cap_flr_init(device);
	pcie_add_capability(device, PCI_EXT_CAP_ID_REBAR, REBAR_VERSION, REBAR_OFFSET,
			    REBAR_SIZE);
	pci_set_long(device->config + REBAR_OFFSET + PCI_REBAR_CAP,
		     rebar->sizes << SIZES_SHIFT);
	pci_set_long(device->wmask + REBAR_OFFSET + PCI_REBAR_CTRL,
		     PCI_REBAR_CTRL_BAR_SIZE);
	write_size(device, rebar->size);
}

static const Property rebar_properties[] = {
	DEFINE_PROP_UINT32("sizes", RebarState, sizes, 0),
	DEFINE_PROP_UINT8("size", RebarState, size, UINT8_MAX),
	DEFINE_PROP_UINT16("class", RebarState, class, PCI_CLASS_DISPLAY_OTHER),
};

static void rebar_init(Object *object)
{
	PCI_DEVICE(object)->cap_present |= QEMU_PCI_CAP_EXPRESS;
}

static void rebar_class_init(ObjectClass *class, void *data)
{
	DeviceClass *device_class = DEVICE_CLASS(class);
	PCIDeviceClass *pci_class = PCI_DEVICE_CLASS(class);

	pci_class->vendor_id = PCI_VENDOR_ID_QEMU;
	pci_class->device_id = PCI_DEVICE_ID_QEMU_VGA;
	pci_class->realize = rebar_realize;
	pci_class->config_write = rebar_write_config;
	device_class_set_legacy_reset(device_class, rebar_reset);
	device_class_set_props(device_class, rebar_properties);
}

static const TypeInfo rebar_info = {
	.name = TYPE_REBAR,
	.parent = TYPE_PCI_DEVICE,
	.instance_size = sizeof(RebarState),
	.instance_init = rebar_init,
	.class_init = rebar_class_init,
	.interfaces = (InterfaceInfo[]){ { INTERFACE_PCIE_DEVICE }, {} },
};

static void rebar_register_types(void)
{
	type_register_static(&rebar_info);
}

type_init(rebar_register_types)
