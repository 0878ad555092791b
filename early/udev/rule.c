/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/base.h"
#include "build.h"
#include "udev/internal.h"

/* Files are device_show() and others in drivers/pci/pci-sysfs.c; the syntax is udev(7).
 */

static void put_number(FILE *file, const char *name, uint32_t value)
{
	if (value != PCI_ANY)
		fprintf(file, "ATTR{%s}==\"0x%04x\", ", name, (unsigned)value);
}

#define CLASS_DIGITS 6

/* A digit that the mask has only in part matches any: the program compares again. */
static void put_class(FILE *file, const struct selector *selector)
{
	if (!selector->class_mask)
		return;
	fputs("ATTR{class}==\"0x", file);
	for (unsigned shift = 4 * CLASS_DIGITS; shift > 0;) {
		shift -= 4;
		if ((selector->class_mask >> shift & 0xf) == 0xf)
			fprintf(file, "%x", (unsigned)selector->id.class >> shift & 0xf);
		else
			fputc('?', file);
	}
	fputs("\", ", file);
}

/* A path may lead through any buses: "*" stands for them, and for a "/" as well. */
static void put_address(FILE *file, const struct address_pattern *pattern)
{
	unsigned count = pattern->step_count;
	char name[ADDRESS_SIZE];

	address_format(&pattern->address, name);
	if (pattern->any_function && !count)
		strcpy(name + strlen(name) - (pattern->any_slot ? 4 : 1),
		       pattern->any_slot ? "*" : "?");
	fprintf(file, count ? "DEVPATH==\"*/%s" : "KERNEL==\"%s", name);
	for (unsigned i = 0; i < count; i++) {
		unsigned step = pattern->steps[i];
		bool is_last = i + 1 == count;

		if (is_last && pattern->is_below) {
			fputs("/*", file);
			break;
		}
		fprintf(file, "/*:%02x.", step >> 3);
		fputc(pattern->any_function && is_last ? '?' : '0' + (step & 7), file);
	}
	fputs("\", ", file);
}

/* One line; without an ID and an address it matches every PCI device. */
static void put_selector(FILE *file, const struct selector *selector)
{
	fputs("ACTION==\"add\", SUBSYSTEM==\"pci\", ", file);
	if (selector->has_address)
		put_address(file, &selector->address);
	if (selector->has_id) {
		put_number(file, "vendor", selector->id.vendor);
		put_number(file, "device", selector->id.device);
		put_number(file, "subsystem_vendor", selector->id.subvendor);
		put_number(file, "subsystem_device", selector->id.subdevice);
		put_class(file, selector);
	}
	fputs("GOTO=\"passthru\"\n", file);
}

/*
 * The VFs of a PF that passthru has silenced: one process claims all of them, when the
 * kernel has made them and announces a change of the PF, or its driver is bound. None is
 * started for each, as drivers cannot bind them meanwhile.
 */
static const char silenced[] =
	"ACTION==\"add|bind|change\", SUBSYSTEM==\"pci\", "
	"ATTR{sriov_drivers_autoprobe}==\"0\", GOTO=\"passthru\"\n"
	"ACTION==\"add\", SUBSYSTEM==\"pci\", "
	"ATTR{physfn/sriov_drivers_autoprobe}==\"0\", GOTO=\"passthru_end\"\n";

/*
 * udev runs PROGRAM while it reads the rules, and so before any RUN of any rules file,
 * which loads drivers. Labels, so that a device for which two lines match starts one
 * process.
 */
void rule_put(FILE *file, const void *data)
{
	static const struct selector any = { 0 };
	const struct params *params = data;

	fputs("# Written by passthru-early(8).\n", file);
	fputs(silenced, file);
	if (params->group == GROUP_CLAIM) {
		put_selector(file, &any);
	} else {
		for (size_t i = 0; i < params->wanted.count; i++)
			put_selector(file, &params->wanted.items[i]);
		for (size_t i = 0; i < params->vfs.count; i++)
			put_selector(file, &params->vfs.items[i]);
	}
	fputs("GOTO=\"passthru_end\"\n"
	      "LABEL=\"passthru\"\n"
	      "PROGRAM==\"" SBINDIR "/passthru-early --device $kernel\"\n"
	      "LABEL=\"passthru_end\"\n",
	      file);
}

int rule_write(int root_fd, const struct params *params)
{
	/* Nobody else has made them yet: udev starts later. */
	(void)file_make_directory(root_fd, "run/udev/");
	(void)file_make_directory(root_fd, RULE_PATH);
	return file_replace(root_fd, RULE_PATH, rule_put, params);
}
