/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "settings/settings.h"

/* By kind. */
static const char *const files[] = {
	[SETTING_BAR0] = "resource0_resize", [SETTING_BAR1] = "resource1_resize",
	[SETTING_BAR2] = "resource2_resize", [SETTING_BAR3] = "resource3_resize",
	[SETTING_BAR4] = "resource4_resize", [SETTING_BAR5] = "resource5_resize",
	[SETTING_RESET] = "reset_method",    [SETTING_D3COLD] = "d3cold_allowed",
	[SETTING_POWER] = "power/control",
};

const char *setting_file(enum setting_kind kind)
{
	return files[kind];
}

static const char *const verdicts[] = {
	[SETTING_PENDING] = "pending", [SETTING_DONE] = "done",
	[SETTING_REFUSED] = "refused", [SETTING_RESTORED] = "restored",
	[SETTING_LOST] = "lost",
};

const char *setting_verdict_word(enum setting_verdict verdict, bool is_dry)
{
	return is_dry && verdict == SETTING_DONE ? "planned" : verdicts[verdict];
}

enum setting_verdict setting_verdict_find(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (strcmp(verdicts[i], word) == 0)
			return (enum setting_verdict)i;
	return SETTING_DONE;
}

/* -- one setting --------------------------------------------------------------------- */

static bool is_bar(const struct setting_result *result)
{
	return result->kind <= SETTING_BAR5;
}

/*
 * The probe of vfio-pci allows the device to sleep, whatever was set before, and
 * unbinding it forbids that: vfio_pci_core_register_device() and its reverse.
 */
static bool is_late(const struct setting_result *result)
{
	return result->kind == SETTING_POWER;
}

static void replace(char *text, char from, char to)
{
	while ((text = strchr(text, from)))
		*text = to;
}

static ssize_t read_file(int bus_fd, const struct setting_result *result,
			 char text[static SETTING_TEXT_SIZE])
{
	char path[DEVICE_PATH_SIZE];

	pci_device_path(path, &result->device->address, files[result->kind]);
	return sysfs_read(bus_fd, path, text, SETTING_TEXT_SIZE);
}

static int write_value(int bus_fd, const struct setting_result *result, const char *value)
{
	char path[DEVICE_PATH_SIZE], text[SETTING_TEXT_SIZE];

	strcpy(text, value);
	if (is_bar(result))
		snprintf(text, sizeof(text), "%d", setting_read_size(value));
	else if (result->kind == SETTING_D3COLD)
		strcpy(text, strcmp(value, "on") == 0 ? "1" : "0");
	replace(text, '+', ' ');
	pci_device_path(path, &result->device->address, files[result->kind]);
	log_debug("writing \"%s\" to %s", text, path);
	return sysfs_write(bus_fd, path, text);
}

static int read_bar(int bus_fd, const struct setting_result *result,
		    char value[static SETTING_TEXT_SIZE])
{
	uint64_t sizes[PCI_BARS];
	int r = pci_read_bars(bus_fd, &result->device->address, sizes);
	uint64_t size = r == 0 ? sizes[result->kind] >> 20 : 0;
	unsigned bits = 0;

	if (!size)
		return r;
	while (size >>= 1)
		bits++;
	setting_format_size(bits, value);
	return 0;
}

/* Reads the present value, in the words of the command line, or "". */
static int read_value(int bus_fd, const struct setting_result *result,
		      char value[static SETTING_TEXT_SIZE])
{
	ssize_t r;

	value[0] = '\0';
	if (is_bar(result))
		return read_bar(bus_fd, result, value);
	r = read_file(bus_fd, result, value);
	if (r < 0)
		return (int)r;
	if (result->kind == SETTING_D3COLD)
		strcpy(value, value[0] == '1' ? "on" : "off");
	replace(value, ' ', '+');
	return 0;
}

/* Writes the value and reads it back. */
static int set_value(int bus_fd, struct setting_result *result, const char *value)
{
	int r;

	result->is_written = true;
	r = write_value(bus_fd, result, value);
	/* So says Linux 6.1 if other devices use all of the bridge's windows:
	   pci_reassign_bridge_resources() in drivers/pci/setup-bus.c. */
	if (r == -ENOENT && is_bar(result))
		r = -ENOSPC;
	(void)read_value(bus_fd, result, result->got);
	return r == 0 && strcmp(result->got, value) != 0 ? -EIO : r;
}

/* -- BARs ---------------------------------------------------------------------------- */

/* Whether one that was there is gone. */
static bool is_damaged(int bus_fd, const struct setting_result *result,
		       const uint64_t before[static PCI_BARS])
{
	uint64_t now[PCI_BARS];

	if (pci_read_bars(bus_fd, &result->device->address, now) < 0)
		return false;
	for (unsigned i = 0; i < PCI_BARS; i++)
		if (before[i] && !now[i])
			return true;
	return before[result->kind] > now[result->kind];
}

/*
 * The sizes that the device offers, one bit for each: pci_rebar_get_possible_sizes() in
 * drivers/pci. Returns 0 if it offers none.
 */
static uint64_t read_offer(int bus_fd, const struct setting_result *result)
{
	char text[SETTING_TEXT_SIZE];
	ssize_t length = read_file(bus_fd, result, text);
	uint64_t offer = 0;
	uint32_t digit;

	for (struct text_cursor cursor = { text, text + (length < 0 ? 0 : length) };
	     text_read_hex(&cursor, 1, &digit) == 0;)
		offer = offer << 4 | digit;
	return offer;
}

/*
 * Tries the sizes from the largest down, for as long as there is no room. What the device
 * does not offer is not even tried, as a display would go dark for it. Kernels before 7.2
 * do not always put back what they could not resize.
 */
static int set_bar(int bus_fd, struct setting_result *result, bool is_dry)
{
	uint64_t offer = read_offer(bus_fd, result), before[PCI_BARS];
	bool is_max = strcmp(result->wanted, "max") == 0;
	char value[SETTING_TEXT_SIZE];
	int wanted = setting_read_size(result->wanted);
	int r = pci_read_bars(bus_fd, &result->device->address, before);

	if (r < 0)
		return r;
	if (strcmp(result->wanted, "min") == 0)
		offer &= ~offer + 1; /* the lowest bit */
	else if (!is_max)
		offer &= UINT64_C(1) << wanted;
	r = -EINVAL;
	for (int bits = SETTING_SIZE_MAX; bits >= 0; bits--) {
		if (!(offer >> bits & 1))
			continue;
		setting_format_size((unsigned)bits, value);
		if (strcmp(value, result->was) == 0)
			return 0;
		if (is_dry) {
			strcpy(result->got, value);
			return 0;
		}
		r = set_value(bus_fd, result, value);
		if (r < 0 && is_damaged(bus_fd, result, before))
			(void)set_value(bus_fd, result, result->was);
		if (r != -ENOSPC || is_damaged(bus_fd, result, before))
			break;
	}
	if (r < 0 && is_damaged(bus_fd, result, before))
		result->verdict = SETTING_LOST;
	return r;
}

void setting_read(int bus_fd, const struct pci_device *device, enum setting_kind kind,
		  char value[static SETTING_TEXT_SIZE], uint64_t *ret_offer)
{
	const struct setting_result result = { .device = device, .kind = kind };

	*ret_offer = is_bar(&result) ? read_offer(bus_fd, &result) : 0;
	if (read_value(bus_fd, &result, value) < 0 || (is_bar(&result) && !*ret_offer))
		value[0] = '\0';
}

/* -- applying ------------------------------------------------------------------------ */

static int set_other(int bus_fd, struct setting_result *result, bool is_dry)
{
	if (strcmp(result->was, result->wanted) == 0)
		return 0;
	if (!is_dry)
		return set_value(bus_fd, result, result->wanted);
	strcpy(result->got, result->wanted);
	return 0;
}

static void apply(int bus_fd, struct setting_result *result, bool is_dry)
{
	char text[SETTING_TEXT_SIZE];
	/* A BAR is there whether it can be resized or not. */
	ssize_t length = read_file(bus_fd, result, text);
	int r = length < 0 ? (int)length : read_value(bus_fd, result, result->was);

	strcpy(result->got, result->was);
	if (r == 0)
		r = (is_bar(result) ? set_bar : set_other)(bus_fd, result, is_dry);
	result->error = r;
	if (result->verdict == SETTING_PENDING)
		result->verdict = r < 0 ? SETTING_REFUSED : SETTING_DONE;
}

/* The next one of the device after the previous one, NULL for the first. */
static struct setting_result *next_of(const struct settings *settings,
				      const struct pci_device *device,
				      const struct setting_result *previous)
{
	size_t i = previous ? (size_t)(previous - settings->items) + 1 : 0;

	for (; i < settings->count; i++)
		if (settings->items[i].device == device)
			return &settings->items[i];
	return NULL;
}

void settings_apply(int bus_fd, const struct settings *settings,
		    const struct pci_device *device, enum setting_time time)
{
	struct setting_result *result = NULL;

	while ((result = next_of(settings, device, result)))
		if (result->verdict == SETTING_PENDING &&
		    (time != SETTING_TIME_FREE || !is_late(result)))
			apply(bus_fd, result, time == SETTING_TIME_DRY);
}

void settings_restore(int bus_fd, const struct settings *settings,
		      const struct pci_device *device)
{
	struct setting_result *result = NULL;

	while ((result = next_of(settings, device, result))) {
		if (!result->is_written || !result->was[0] || is_late(result))
			continue;
		if (strcmp(result->was, result->got) == 0)
			result->error = 0;
		else
			result->error = set_value(bus_fd, result, result->was);
		if (strcmp(result->was, result->got) == 0)
			result->verdict = SETTING_RESTORED;
		else if (is_bar(result) && !result->got[0])
			result->verdict = SETTING_LOST;
	}
}

/* -- questions ----------------------------------------------------------------------- */

const struct setting_result *settings_find(const struct settings *settings,
					   const struct setting_result *of)
{
	for (size_t i = 0; i < settings->count; i++) {
		const struct setting_result *result = &settings->items[i];

		if (result->kind == of->kind &&
		    address_compare(&result->device->address, &of->device->address) == 0)
			return result;
	}
	return NULL;
}

bool settings_are_pending(const struct settings *settings,
			  const struct pci_device *device)
{
	struct setting_result *result = NULL;

	while ((result = next_of(settings, device, result)))
		if (result->verdict == SETTING_PENDING && !is_late(result))
			return true;
	return false;
}

bool settings_have_bar(const struct settings *settings, const struct pci_device *device)
{
	const struct setting_result *result = next_of(settings, device, NULL);

	return result && is_bar(result);
}

const char *settings_find_module(const struct settings *settings,
				 const struct pci_device *device)
{
	struct setting_result *result = NULL;

	while ((result = next_of(settings, device, result)))
		if (strstr(result->wanted, "device_specific"))
			return "vendor_reset";
	return NULL;
}

bool settings_are_lost(const struct settings *settings, const struct pci_device *device)
{
	struct setting_result *result = NULL;

	while ((result = next_of(settings, device, result)))
		if (result->verdict == SETTING_LOST)
			return true;
	return false;
}

/* -- planning ------------------------------------------------------------------------ */

static int plan_device(const struct params *params, const struct pci_device *device,
		       struct settings *settings)
{
	for (unsigned kind = 0; kind < SETTINGS; kind++) {
		const struct setting *setting =
			setting_find(params, (enum setting_kind)kind, device);
		struct setting_result *added;

		if (!setting)
			continue;
		added = array_append(settings->items, settings->count);
		if (!added)
			return -ENOMEM;
		added->device = device;
		added->kind = setting->kind;
		added->is_for_all = !setting->has_device;
		strcpy(added->wanted, setting->value);
	}
	return 0;
}

int settings_plan(const struct params *params, const struct plan *plan,
		  struct settings *ret)
{
	int r = 0;

	*ret = (struct settings){ 0 };
	for (size_t i = 0; r == 0 && i < plan->count; i++)
		if (plan_entry_is_taken(&plan->entries[i]))
			r = plan_device(params, plan->entries[i].device, ret);
	return r;
}

/* -- words --------------------------------------------------------------------------- */

const char *setting_phrase(const struct setting_result *result)
{
	if (result->verdict == SETTING_LOST)
		return "a BAR is gone, and the host's drivers are kept off the device; reboot";
	switch (-result->error) {
	case EBUSY:
		return "its driver or its virtual functions use it";
	case EINVAL:
		return "the device does not offer that";
	case ENOSPC:
		return "there is no room below its bridge";
	case ENOENT:
		return "the device or this kernel does not have that setting";
	case 524: /* ENOTSUPP of the kernel */
	case EOPNOTSUPP:
		return "the firmware's addresses are fixed";
	case EIO:
		return "the kernel did not keep it";
	case ETIMEDOUT:
		return "the write did not return in time";
	}
	return strerror(-result->error);
}
