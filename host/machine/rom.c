/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The images in the ROM of a device, as the PCI Firmware Specification 3.3 has them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "machine/machine.h"

/* Length fields count these. */
#define UNIT 512

/* The header of an image, and of an EFI image. */
#define HEADER_SIZE  0x1a
#define INIT_SIZE_AT 0x02
#define EFI_MAGIC_AT 0x04
#define EFI_MAGIC    0x0ef1
#define EFI_CPU_AT   0x0a
#define PCIR_AT	     0x18

/* The data structure that it points to. */
#define PCIR_SIZE      0x18
#define VENDOR_AT      0x04
#define DEVICE_AT      0x06
#define DEVICE_LIST_AT 0x08
#define REVISION_AT    0x0c
#define LENGTH_AT      0x10
#define CODE_TYPE_AT   0x14
#define INDICATOR_AT   0x15
#define INDICATOR_LAST 0x80
/* The first revision with a list of device IDs. */
#define REVISION_LIST 3

static uint32_t read_number(const unsigned char *at, unsigned size)
{
	uint32_t number = 0;

	while (size--)
		number = number << 8 | at[size];
	return number;
}

/* -- the images ---------------------------------------------------------------------- */

/* The ROM that is checked, and the image in it that is. */
struct check {
	const unsigned char *bytes;
	size_t size;
	size_t at, pcir; /* offsets of the image and its data structure */
	struct rom *rom;
	struct rom_image *image;
};

static bool is_only(const struct check *check, unsigned char byte)
{
	for (size_t i = 0; i < check->size; i++)
		if (check->bytes[i] != byte)
			return false;
	return true;
}

/* Sets why. Returns false. */
static bool fail(const struct check *check, const char *format, ...) _printf_(2, 3);

static bool fail(const struct check *check, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(check->rom->why, sizeof(check->rom->why), format, arguments);
	va_end(arguments);
	return false;
}

static bool check_signature(const struct check *check)
{
	const unsigned char *at = check->bytes + check->at;

	if (check->size == 0)
		return fail(check, "it is empty");
	if (check->size - check->at >= 2 && at[0] == 0x55 && at[1] == 0xaa)
		return true;
	if (check->at == 0 && (is_only(check, 0xff) || is_only(check, 0)))
		return fail(check, "it reads as nothing but %s",
			    check->bytes[0] ? "ones" : "zeros");
	return fail(check, "image %zu does not begin with 55 aa", check->rom->count + 1);
}

/* Finds the data structure and, by that, the end of the image. */
static bool check_size(struct check *check)
{
	size_t left = check->size - check->at, number = check->rom->count + 1;
	size_t pcir;

	if (left < HEADER_SIZE)
		return fail(check, "image %zu is cut off", number);
	pcir = read_number(check->bytes + check->at + PCIR_AT, 2);
	if (pcir < HEADER_SIZE || pcir + PCIR_SIZE > left)
		return fail(check, "the data structure of image %zu is not in it",
			    number);
	check->pcir = check->at + pcir;
	if (memcmp(check->bytes + check->pcir, "PCIR", 4) != 0)
		return fail(check, "image %zu has no data structure of PCI", number);
	check->image->size =
		read_number(check->bytes + check->pcir + LENGTH_AT, 2) * UNIT;
	if (check->image->size < pcir + PCIR_SIZE)
		return fail(check, "image %zu has a length of %zu bytes", number,
			    check->image->size);
	if (check->image->size > left)
		return fail(check, "image %zu has %zu bytes, but only %zu are there",
			    number, check->image->size, left);
	return true;
}

/* The list begins at the data structure and ends with 0, or with the image. */
static bool is_in_list(const struct check *check, uint32_t id)
{
	const unsigned char *pcir = check->bytes + check->pcir;
	size_t offset = read_number(pcir + DEVICE_LIST_AT, 2);
	size_t end = check->at + check->image->size - check->pcir;

	if (pcir[REVISION_AT] < REVISION_LIST || !offset)
		return false;
	for (; offset + 2 <= end; offset += 2) {
		uint32_t listed = read_number(pcir + offset, 2);

		if (!listed || listed == id)
			return listed;
	}
	return false;
}

static bool check_id(const struct check *check, const struct pci_id *id)
{
	const struct rom_image *image = check->image;

	if (image->vendor == id->vendor &&
	    (image->device == id->device || is_in_list(check, id->device)))
		return true;
	return fail(check, "image %zu is for %04x:%04x, and the device is %04x:%04x",
		    check->rom->count + 1, image->vendor, image->device,
		    (unsigned)id->vendor & 0xffff, (unsigned)id->device & 0xffff);
}

/* All bytes of a legacy image that the firmware copies add up to 0. */
static bool check_sum(const struct check *check)
{
	const unsigned char *at = check->bytes + check->at;
	size_t size = (size_t)at[INIT_SIZE_AT] * UNIT;
	unsigned char sum = 0;

	if (size == 0 || size > check->image->size)
		return fail(check, "image %zu has %zu bytes, and code of %zu",
			    check->rom->count + 1, check->image->size, size);
	for (size_t i = 0; i < size; i++)
		sum = (unsigned char)(sum + at[i]);
	return sum == 0 ||
	       fail(check, "the checksum of image %zu is wrong", check->rom->count + 1);
}

static bool check_image(struct check *check, const struct pci_id *id)
{
	const unsigned char *at = check->bytes + check->at;
	struct rom_image *image = check->image;

	if (!check_signature(check) || !check_size(check))
		return false;
	image->type = check->bytes[check->pcir + CODE_TYPE_AT];
	image->vendor = read_number(check->bytes + check->pcir + VENDOR_AT, 2);
	image->device = read_number(check->bytes + check->pcir + DEVICE_AT, 2);
	if (image->type == ROM_EFI)
		image->cpu = read_number(at + EFI_CPU_AT, 2);
	if (image->type == ROM_EFI && read_number(at + EFI_MAGIC_AT, 4) != EFI_MAGIC)
		return fail(check, "image %zu is none of EFI, as it says",
			    check->rom->count + 1);
	if ((image->type == ROM_LEGACY || image->type == ROM_EFI) && !check_id(check, id))
		return false;
	return image->type != ROM_LEGACY || check_sum(check);
}

bool rom_check(const unsigned char *bytes, size_t size, const struct pci_id *id,
	       struct rom *ret)
{
	struct check check = { .bytes = bytes, .size = size, .rom = ret };

	*ret = (struct rom){ 0 };
	while (ret->count < ROM_IMAGES_MAX) {
		check.image = &ret->images[ret->count];
		if (!check_image(&check, id))
			return false;
		ret->count++;
		if (bytes[check.pcir + INDICATOR_AT] & INDICATOR_LAST)
			return true;
		check.at += check.image->size;
	}
	return fail(&check, "it has more than %d images", ROM_IMAGES_MAX);
}

bool rom_has(const struct rom *rom, unsigned type)
{
	for (size_t i = 0; i < rom->count; i++)
		if (rom->images[i].type == type)
			return true;
	return false;
}

void rom_describe_image(const struct rom_image *image, char text[static ROM_TEXT_SIZE])
{
	static const struct {
		unsigned cpu;
		const char *name;
	} cpus[] = { { 0x014c, "x86" },
		     { 0x8664, "x86-64" },
		     { 0xaa64, "arm64" },
		     { 0x5064, "riscv64" } };
	const char *cpu = "another processor";

	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++)
		if (image->cpu == cpus[i].cpu)
			cpu = cpus[i].name;
	if (image->type == ROM_EFI)
		snprintf(text, ROM_TEXT_SIZE, "EFI image for %s", cpu);
	else if (image->type == ROM_LEGACY)
		snprintf(text, ROM_TEXT_SIZE, "legacy image for PCs");
	else
		snprintf(text, ROM_TEXT_SIZE, "image of type %02x", image->type);
}

/* -- VFCT ---------------------------------------------------------------------------- */

/*
 * The table, and the header of each image in it: UEFI_ACPI_VFCT and VFCT_IMAGE_HEADER in
 * drivers/gpu/drm/amd/include/atombios.h, as amdgpu_acpi_vfct_bios() in amdgpu_bios.c
 * reads them.
 */
#define TABLE_LENGTH_AT	  0x04
#define TABLE_IMAGES_AT	  0x34
#define TABLE_SIZE	  0x4c
#define IMAGE_BUS_AT	  0x00
#define IMAGE_SLOT_AT	  0x04
#define IMAGE_FUNCTION_AT 0x08
#define IMAGE_VENDOR_AT	  0x0c
#define IMAGE_DEVICE_AT	  0x0e
#define IMAGE_LENGTH_AT	  0x18
#define IMAGE_HEADER_SIZE 0x1c

static bool is_of_device(const unsigned char *header, const struct pci_device *device)
{
	return read_number(header + IMAGE_BUS_AT, 4) == device->address.bus &&
	       read_number(header + IMAGE_SLOT_AT, 4) == device->address.slot &&
	       read_number(header + IMAGE_FUNCTION_AT, 4) == device->address.function &&
	       read_number(header + IMAGE_VENDOR_AT, 2) == device->id.vendor &&
	       read_number(header + IMAGE_DEVICE_AT, 2) == device->id.device;
}

int rom_find_in_vfct(const unsigned char *table, size_t size,
		     const struct pci_device *device, const unsigned char **ret,
		     size_t *ret_size)
{
	size_t at;

	if (size < TABLE_SIZE || memcmp(table, "VFCT", 4) != 0 ||
	    read_number(table + TABLE_LENGTH_AT, 4) > size)
		return -EBADMSG;
	size = read_number(table + TABLE_LENGTH_AT, 4);
	at = read_number(table + TABLE_IMAGES_AT, 4);
	while (at < size) {
		size_t length;

		if (size - at < IMAGE_HEADER_SIZE)
			return -EBADMSG;
		length = read_number(table + at + IMAGE_LENGTH_AT, 4);
		if (length > size - at - IMAGE_HEADER_SIZE)
			return -EBADMSG;
		if (length && is_of_device(table + at, device)) {
			*ret = table + at + IMAGE_HEADER_SIZE;
			*ret_size = length;
			return 0;
		}
		at += IMAGE_HEADER_SIZE + length;
	}
	return -ENOENT;
}
