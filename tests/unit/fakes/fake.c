/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake.h"
#include "unit.h"

struct fake_bus *fake;

int errno_of(const char *name)
{
	for (int error = 1; error < 140; error++) {
		const char *other = strerrorname_np(error);

		if (other && strcmp(other, name) == 0)
			return error;
	}
	return 0;
}

static void read_word(struct fake_device *device, const char *word)
{
	char name[DRIVER_NAME_SIZE], error[16];
	unsigned bar, bits;
	uint64_t offer;

	if (sscanf(word, "bar%u=%u:%" SCNx64, &bar, &bits, &offer) == 3) {
		ck_assert_uint_lt(bar, PCI_BARS);
		device->bars[bar] = bits + 1;
		device->offers[bar] = offer;
	} else if (strcmp(word, "nogroup") == 0) {
		device->has_group = false;
	} else if (strcmp(word, "pf") == 0) {
		device->is_pf = true;
	} else if (strcmp(word, "there") == 0) {
		device->is_gone = false;
		fake->number = device->vf;
	} else if (sscanf(word, "vf=%u", &device->vf) == 1) {
		device->is_gone = true;
	} else if (sscanf(word, "refuses=%63[^:]:%15s", name, error) == 2) {
		strcpy(device->refuser, name);
		device->refusal = errno_of(error);
		ck_assert_int_gt(device->refusal, 0);
	} else if (sscanf(word, "reset=%63s", device->reset) == 1) {
		strcpy(device->methods, device->reset);
	} else if (sscanf(word, "want=%63s", device->want) != 1 &&
		   sscanf(word, "usual=%63s", device->usual) != 1 &&
		   sscanf(word, "driver=%63s", device->driver) != 1 &&
		   sscanf(word, "override=%63s", device->override) != 1 &&
		   sscanf(word, "d3cold=%7s", device->d3cold) != 1 &&
		   sscanf(word, "power=%7s", device->power) != 1) {
		ck_abort_msg("unknown word: %s", word);
	}
}

static void read_device(char *line)
{
	struct fake_device *device = &fake->devices[fake->device_count++];
	char *rest, *word = strtok_r(line, " ", &rest);

	ck_assert_uint_le(fake->device_count, FAKE_DEVICES);
	device->address = address_of(word);
	device->has_group = true;
	while ((word = strtok_r(NULL, " ", &rest)))
		read_word(device, word);
	strcpy(device->former, device->override);
}

static void read_driver(const char *word)
{
	struct fake_driver *driver = &fake->drivers[fake->driver_count++];
	const char *colon = strchr(word, ':');
	bool is_new = *word == '+';

	ck_assert_uint_le(fake->driver_count, FAKE_DRIVERS);
	snprintf(driver->module, DRIVER_NAME_SIZE, "%.*s",
		 (int)strcspn(word, ":") - is_new, word + is_new);
	snprintf(driver->name, DRIVER_NAME_SIZE, "%s", colon ? colon + 1 : word + is_new);
	if (!is_new)
		fake_register(driver);
}

void fake_make(const char *devices, const char *drivers)
{
	_cleanup_free_ char *lines = strdup(devices), *words = strdup(drivers);
	char *rest;

	fake = mmap(NULL, sizeof(*fake), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(fake, MAP_FAILED);
	fake->drivers_directory = make_directory();
	/* Drivers first, so that none of them binds a device yet. */
	for (char *word = strtok_r(words, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest))
		read_driver(word);
	for (char *line = strtok_r(lines, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		read_device(line);
}

void fake_drop(void)
{
	drop_directory(&fake->drivers_directory);
	munmap(fake, sizeof(*fake));
	fake = NULL;
}

struct fake_device *fake_find(const char *address)
{
	struct address_pattern pattern;
	const char *why;
	size_t at;

	if (address_parse(address, strlen(address), &pattern, &why, &at) < 0)
		return NULL;
	for (unsigned i = 0; i < fake->device_count; i++) {
		struct fake_device *device = &fake->devices[i];

		if (!device->is_gone &&
		    address_compare(&device->address, &pattern.address) == 0)
			return device;
	}
	return NULL;
}

struct fake_driver *fake_find_driver(const char *name)
{
	for (unsigned i = 0; i < fake->driver_count; i++)
		if (strcmp(fake->drivers[i].name, name) == 0)
			return &fake->drivers[i];
	return NULL;
}

bool fake_matches(const struct fake_device *device, const struct fake_driver *driver)
{
	if (!driver->is_registered)
		return false;
	if (device->override[0])
		return strcmp(device->override, driver->name) == 0;
	/* pci_device_can_probe() in drivers/pci/pci-driver.c */
	if (device->vf && fake->silenced)
		return false;
	return strcmp(device->usual, driver->name) == 0;
}

int fake_probe(struct fake_device *device, const struct fake_driver *driver)
{
	if (device->was_overridden && !text_equals_name(driver->name, device->want))
		device->was_touched = true;
	if (strcmp(device->refuser, driver->name) == 0)
		return -device->refusal;
	/* vfio_device_set_group() in drivers/vfio/group.c */
	if (strstr(driver->name, "vfio") && !device->has_group)
		return -EINVAL;
	strcpy(device->driver, driver->name);
	/* vfio_pci_core_register_device() in drivers/vfio/pci/vfio_pci_core.c */
	if (device->power[0] && strstr(driver->name, "vfio"))
		strcpy(device->power, "auto");
	return 0;
}

int fake_attach(struct fake_device *device)
{
	int r = -ENODEV;

	for (unsigned i = 0; i < fake->driver_count && !device->driver[0]; i++)
		if (fake_matches(device, &fake->drivers[i]))
			r = fake_probe(device, &fake->drivers[i]);
	return device->driver[0] ? 0 : r;
}

static const struct fake_device *find_pf(unsigned *ret_total)
{
	const struct fake_device *found = NULL;

	*ret_total = 0;
	for (unsigned i = 0; i < fake->device_count; i++) {
		if (fake->devices[i].is_pf)
			found = &fake->devices[i];
		*ret_total += fake->devices[i].vf > 0;
	}
	return found;
}

int fake_set_vfs(unsigned number)
{
	unsigned total;
	const struct fake_device *pf = find_pf(&total);

	if (number > total)
		return -ERANGE;
	if (number == fake->number)
		return 0;
	if (!pf->driver[0] || (pf->refuser[0] && pf->refusal == ENOENT))
		return -ENOENT;
	if (number && fake->number)
		return -EBUSY;
	if (pf->refuser[0])
		return -pf->refusal;
	fake->number = number;
	for (unsigned i = 0; i < fake->device_count; i++) {
		struct fake_device *device = &fake->devices[i];

		if (!device->vf)
			continue;
		device->is_gone = device->vf > number;
		device->driver[0] = device->override[0] = '\0';
		if (!device->is_gone)
			(void)fake_attach(device);
	}
	return 0;
}

void fake_register(struct fake_driver *driver)
{
	driver->is_registered = true;
	put_file(&fake->drivers_directory, driver->name, "");
	for (unsigned i = 0; i < fake->device_count; i++) {
		struct fake_device *device = &fake->devices[i];

		if (strcmp(driver->module, "virtio_iommu") == 0)
			device->has_group = true;
		if (!device->is_gone && !device->driver[0] &&
		    fake_matches(device, driver))
			(void)fake_probe(device, driver);
	}
}

/* As a process in the kernel that nothing ends, but not for longer than the test. */
static void hang(void)
{
	pid_t parent = getppid();

	while (getppid() == parent)
		usleep(10000);
	_exit(1);
}

static void do_event(const char *what)
{
	if (strncmp(what, "vanish ", 7) == 0) {
		struct fake_device *device = fake_find(what + 7);

		if (device)
			device->is_gone = true;
	} else if (strncmp(what, "register ", 9) == 0) {
		fake_register(fake_find_driver(what + 9));
	} else if (strcmp(what, "expire") == 0) {
		fake->expire();
	} else if (strcmp(what, "hang") == 0) {
		hang();
	} else if (strcmp(what, "rival") == 0) {
		ck_assert_int_eq(fake_set_vfs(0), 0);
		ck_assert_int_eq(fake_set_vfs(fake->rival_vfs), 0);
	} else if (strcmp(what, "slow") == 0) {
		usleep(800000);
	}
}

/* The rule for the action, before it or, if late is set, after it. */
static const char *apply_rules(const char *action, bool late, bool *counted)
{
	for (unsigned i = 0; i < FAKE_RULES && fake->rules[i].what; i++) {
		const struct fake_rule *rule = &fake->rules[i];
		bool is_late = strncmp(rule->what, "late ", 5) == 0;

		if (is_late != late || (rule->nth && rule->nth != fake->actions) ||
		    (rule->match && !strstr(action, rule->match)) ||
		    (rule->times && fake->rules_used[i] >= rule->times))
			continue;
		fake->rules_used[i]++;
		*counted = true;
		return rule->what + (is_late ? 5 : 0);
	}
	return NULL;
}

static void lose_bars(bool all)
{
	for (unsigned i = 0; i < fake->device_count * PCI_BARS; i++) {
		struct fake_device *device = &fake->devices[i / PCI_BARS];
		unsigned *bar = &device->bars[i % PCI_BARS];

		if (*bar)
			device->lost[i % PCI_BARS] = *bar;
		*bar = all || !*bar ? 0 : *bar - 1;
	}
}

static void note(const char *text)
{
	size_t length = strlen(fake->trace);

	ck_assert_uint_lt(length + strlen(text), FAKE_TRACE);
	strcpy(fake->trace + length, text);
}

bool fake_is_registering(void)
{
	for (unsigned i = 0; i < FAKE_RULES && fake->rules[i].what; i++)
		if (strcmp(fake->rules[i].what, "registering") == 0 &&
		    fake->rules_used[i] < fake->rules[i].times)
			return true;
	return false;
}

int fake_before(const char *action)
{
	bool applied = false;
	const char *what;
	char loss[16] = "";

	fake->actions++;
	note(action);
	what = apply_rules(action, false, &applied);
	if (applied && sscanf(what, "lose %15s", loss) == 1)
		lose_bars(true);
	else if (applied && sscanf(what, "shrink %15s", loss) == 1)
		lose_bars(false);
	if (loss[0])
		what = loss;
	if (applied && errno_of(what)) {
		note(" ");
		note(what);
		note("; ");
		return -errno_of(what);
	}
	note("; ");
	if (applied && strcmp(what, "registering") == 0)
		return -ENOENT;
	if (applied && strcmp(what, "short") == 0)
		return 1;
	if (applied)
		do_event(what);
	return 0;
}

int fake_after(const char *action)
{
	bool applied = false;
	const char *what = apply_rules(action, true, &applied);

	if (!applied)
		return 0;
	if (errno_of(what))
		return -errno_of(what);
	do_event(what);
	return 0;
}
