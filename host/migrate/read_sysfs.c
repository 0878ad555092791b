/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sysfsutils: a number of virtual functions that every boot writes, at some time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "migrate/internal.h"

/* "bus/pci/devices/0000:00:02.0/sriov_numvfs = 7" */
struct assignment {
	struct span attribute; /* without a leading "/sys/" */
	struct span value;
};

static bool parse(const char *line, struct assignment *ret)
{
	struct span text = span_of(line);

	ret->attribute = span_until(text, '=');
	if (ret->attribute.length == text.length)
		return false;
	ret->value = span_trim((struct span){ line + ret->attribute.length + 1,
					      text.length - ret->attribute.length - 1 });
	ret->attribute = span_trim(ret->attribute);
	span_skip_prefix(&ret->attribute, "/");
	span_skip_prefix(&ret->attribute, "sys/");
	return true;
}

/* The number; 0 if it is none. */
static unsigned read_count(struct span value)
{
	unsigned count = 0;

	for (size_t i = 0; i < value.length; i++) {
		if (value.at[i] < '0' || value.at[i] > '9' || count > 65535)
			return 0;
		count = count * 10 + (unsigned)(value.at[i] - '0');
	}
	return count;
}

/* The device whose directory has the attribute, by its address; or NULL. */
static const struct device *find_device(const struct collector *collector,
					struct span attribute)
{
	char path[256], *slash;
	struct pci_address address;

	if (attribute.length >= sizeof(path))
		return NULL;
	memcpy(path, attribute.at, attribute.length);
	path[attribute.length] = '\0';
	if (strncmp(path, "devices/pci", 11) != 0 &&
	    strncmp(path, "bus/pci/devices/", 16) != 0)
		return NULL;
	slash = strrchr(path, '/');
	*slash = '\0';
	slash = strrchr(path, '/');
	return address_parse_name(slash + 1, &address) == 0
		       ? machine_find(collector->machine, &address)
		       : NULL;
}

/* Whether the host has one of its virtual functions in use, as far as that is known. */
static bool is_used(const struct machine *machine, const struct device *physical)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (device->physical == physical && !device->is_claimed &&
		    (device->uses.interface[0] || device->needed_for ||
		     device->uses.shower[0]))
			return true;
	}
	return false;
}

static void add(struct collector *collector, const struct device *device, unsigned count)
{
	struct fact *fact;
	char items[PATH_SIZE + 64];

	snprintf(items, sizeof(items), "%u@%04x:%04x@%s", count,
		 (unsigned)device->pci->id.vendor, (unsigned)device->pci->id.device,
		 device_lasting_address(collector->machine, device));
	fact = collector_add(collector, FACT_REQUEST, NULL, items);
	if (fact)
		fact->is_vfs = true;
}

/* What else is set stays, and so does what is for the host. */
void read_sysfs(struct collector *collector, const char *line)
{
	const struct device *device;
	struct assignment setting;
	unsigned count;

	if (strchr("#;", line[strspn(line, " \t")]) || !strstr(line, "sriov_") ||
	    !parse(line, &setting))
		return;
	/* "mode ATTRIBUTE = 644" and "owner …" make nothing. */
	if (memchr(setting.attribute.at, ' ', setting.attribute.length))
		return;
	device = find_device(collector, setting.attribute);
	count = read_count(setting.value);
	if (strstr(line, "sriov_drivers_autoprobe"))
		collector_note_line(collector, FACT_NOTE,
				    "left unchanged; passthru sets this itself");
	else if (span_equals(setting.value, "0"))
		collector_note_line(
			collector, FACT_NOTE,
			"left unchanged, since it makes no virtual functions");
	else if (!device)
		collector_note_line(
			collector, FACT_CHECK,
			"left unchanged, since it names no device that is present by its address; see passthru enable --vfs");
	else if (!memmem(setting.attribute.at, setting.attribute.length, "/sriov_numvfs",
			 13) ||
		 !count || count > device->pf.total)
		collector_note_line(collector, FACT_CHECK, "left unchanged");
	else if (is_used(collector->machine, device))
		collector_note_line(
			collector, FACT_CHECK,
			"left unchanged, since the host uses a virtual function; see passthru enable --vfs");
	else
		add(collector, device, count);
}
