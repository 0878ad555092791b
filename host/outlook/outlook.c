/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "guard/guard.h"
#include "outlook/outlook.h"

struct judge {
	const struct outlook_input *input;
	struct outlook *outlook;
	int error;
};

static void add(struct judge *judge, enum remark_level level, const char *kind,
		const struct device *device, const char *format, ...) _printf_(5, 6);

static void add(struct judge *judge, enum remark_level level, const char *kind,
		const struct device *device, const char *format, ...)
{
	struct outlook *outlook = judge->outlook;
	struct remark *added = array_append(outlook->items, outlook->count);
	va_list arguments;

	if (!added) {
		judge->error = -ENOMEM;
		return;
	}
	*added = (struct remark){ .level = level, .kind = kind, .device = device };
	va_start(arguments, format);
	if (vasprintf(&added->text, format, arguments) < 0) {
		added->text = NULL;
		judge->error = -ENOMEM;
	}
	va_end(arguments);
}

/* Devices that one remark is about. */
struct devices {
	const struct device *first;
	size_t count;
	char text[ADDRESS_SIZE + 32]; /* "0000:01:00.0 and 3 more" */
};

static void count_device(struct devices *devices, const struct device *device)
{
	if (devices->count++ == 0)
		devices->first = device;
	if (devices->count == 1)
		snprintf(devices->text, sizeof(devices->text), "%s", device->address);
	else
		snprintf(devices->text, sizeof(devices->text), "%s and %zu more",
			 devices->first->address, devices->count - 1);
}

/* -- what is taken ------------------------------------------------------------------- */

static const struct plan_entry *find_entry(const struct judge *judge,
					   const struct device *device)
{
	const struct plan *plan = judge->input->plan;

	return plan ? plan_find_at(plan, &device->pci->address) : NULL;
}

/* Whether the next boot gives the device itself away, whoever has it now. */
static bool is_given(const struct judge *judge, const struct device *device)
{
	const struct plan_entry *entry = find_entry(judge, device);

	if (judge->input->plan)
		return entry && entry->verdict == VERDICT_CLAIMED;
	return device->is_chosen;
}

/* Virtual functions are gone where their physical one is given away. */
static bool is_taken(const struct judge *judge, const struct device *device)
{
	return is_given(judge, device) ||
	       (device->physical && is_given(judge, device->physical));
}

/* Whether the host has it now and will not have it then. */
static bool is_lost(const struct judge *judge, const struct device *device)
{
	return !device->is_claimed && is_taken(judge, device);
}

/* Whether the host will have a device for which has() is true. */
static bool host_keeps(const struct judge *judge,
		       bool (*has)(const struct device *device))
{
	const struct machine *machine = judge->input->machine;

	for (size_t i = 0; i < machine->count; i++)
		if (has(&machine->devices[i]) && !is_taken(judge, &machine->devices[i]))
			return true;
	return false;
}

/* The first device of which the host loses has(), or NULL. */
static const struct device *find_loss(const struct judge *judge,
				      bool (*has)(const struct device *device))
{
	const struct machine *machine = judge->input->machine;

	for (size_t i = 0; i < machine->count; i++)
		if (has(&machine->devices[i]) && is_lost(judge, &machine->devices[i]))
			return &machine->devices[i];
	return NULL;
}

/* -- displays ------------------------------------------------------------------------ */

static bool has_display(const struct device *device)
{
	return device_is_display(device);
}

static bool is_in_use(const struct device *device)
{
	return device_is_display(device) &&
	       (device->pci->is_boot_display || device->uses.connector[0]);
}

static const struct device *find_other_display(const struct judge *judge)
{
	const struct machine *machine = judge->input->machine;

	for (size_t i = 0; i < machine->count; i++)
		if (device_is_display(&machine->devices[i]) &&
		    !is_taken(judge, &machine->devices[i]))
			return &machine->devices[i];
	return NULL;
}

/* Of several that are in use, one with a monitor says most. */
static const struct device *find_lost_display(const struct judge *judge)
{
	const struct machine *machine = judge->input->machine;
	const struct device *found = NULL;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (is_in_use(device) && is_lost(judge, device) &&
		    (!found || !found->uses.connector[0]))
			found = device;
	}
	return found;
}

static void judge_displays(struct judge *judge)
{
	const struct device *lost = find_loss(judge, has_display);
	const struct device *used = find_lost_display(judge);
	const struct device *other = find_other_display(judge);

	if (!lost)
		return;
	if (!other) {
		lost = used ? used : lost;
		add(judge, REMARK_WARNING, "last-display", lost,
		    "%s is the last display of this machine: its screen freezes or stays dark from early in the boot; make sure that you can log in another way, such as ssh",
		    lost->address);
	} else if (used && used->uses.connector[0]) {
		add(judge, REMARK_WARNING, "display-in-use", used,
		    "%s has the monitor at %s, which stays dark from early in the boot; connect it to %s",
		    used->address, used->uses.connector, other->address);
	} else if (used) {
		add(judge, REMARK_WARNING, "display-in-use", used,
		    "%s shows the boot: a monitor at it stays dark from early in the boot; connect it to %s",
		    used->address, other->address);
	}
}

/* -- the network --------------------------------------------------------------------- */

static bool has_network(const struct device *device)
{
	return device->uses.has_network || guard_is_network(&device->pci->id);
}

static bool has_route(const struct device *device)
{
	return device->uses.has_route;
}

static bool has_session(const struct device *device)
{
	return device->uses.has_session;
}

static void judge_networks(struct judge *judge)
{
	const struct device *network = find_loss(judge, has_network);
	const struct device *route = find_loss(judge, has_route);
	const struct device *session = find_loss(judge, has_session);

	if (session)
		add(judge, REMARK_WARNING, "session", session,
		    "a session of ssh comes in over %s at %s: nobody can log in this way then",
		    session->uses.interface, session->address);
	else if (route && !host_keeps(judge, has_route))
		add(judge, REMARK_WARNING, "default-route", route,
		    "the default route leads over %s at %s: the host loses this way to the network",
		    route->uses.interface, route->address);
	if (network && !host_keeps(judge, has_network))
		add(judge, REMARK_WARNING, "last-network", network,
		    "%s is the last network card of this machine: the host will have no network",
		    network->address);
}

/* -- keyboard and sound -------------------------------------------------------------- */

static bool has_keyboard(const struct device *device)
{
	return device->uses.keyboards;
}

static bool has_sound(const struct device *device)
{
	return device->uses.sound_cards;
}

static void judge_keyboard(struct judge *judge)
{
	const struct device *keyboard = find_loss(judge, has_keyboard);

	if (keyboard && !judge->input->machine->other_keyboards &&
	    !host_keeps(judge, has_keyboard))
		add(judge, REMARK_WARNING, "last-keyboard", keyboard,
		    "the only keyboard is behind %s: nobody can type a passphrase or log in here then",
		    keyboard->address);
}

static void judge_sound(struct judge *judge)
{
	const struct device *sound = find_loss(judge, has_sound);

	if (sound && !judge->input->machine->other_sound_cards &&
	    !host_keeps(judge, has_sound))
		add(judge, REMARK_NOTE, "last-sound", sound,
		    "%s is the last sound card of this machine", sound->address);
}

/* -- what was not asked for ---------------------------------------------------------- */

/* Whether the selector matches a device that a guest can have already. */
static bool has_claimed_match(const struct judge *judge, const struct selector *selector)
{
	const struct machine *machine = judge->input->machine;

	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].is_claimed &&
		    selector_matches(selector, machine->devices[i].pci))
			return true;
	return false;
}

/* Whether it is named in a way that leaves no doubt. */
static bool is_named(const struct judge *judge, const struct device *device)
{
	const struct selectors *wanted = judge->input->wanted;

	for (size_t i = 0; i < wanted->count; i++) {
		const struct selector *selector = &wanted->items[i];

		if ((selector->has_address || selector->is_forced) &&
		    selector_matches(selector, device->pci))
			return true;
	}
	return false;
}

/* An ID that has meant fewer devices so far than it will. */
static void judge_selector(struct judge *judge, const struct selector *selector)
{
	const struct machine *machine = judge->input->machine;
	struct devices found = { 0 };

	if (selector->has_address || selector->is_forced ||
	    !has_claimed_match(judge, selector))
		return;
	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (device->pci->driver[0] && !device->is_claimed &&
		    is_given(judge, device) && selector_matches(selector, device->pci) &&
		    !is_named(judge, device))
			count_device(&found, device);
	}
	if (found.count)
		add(judge, REMARK_WARNING, "not-named", found.first,
		    "%.*s also matches %s, which the host's driver %s has now; write the others with their addresses, %.*s@ADDRESS, or passthru.skip=%s",
		    (int)selector->text.length, selector->text.at, found.text,
		    found.first->pci->driver, (int)selector->text.length,
		    selector->text.at, found.first->address);
}

static void judge_requests(struct judge *judge)
{
	const struct selectors *wanted = judge->input->wanted;

	for (size_t i = 0; wanted && i < wanted->count; i++)
		judge_selector(judge, &wanted->items[i]);
}

/* -- disks that nobody has seen ------------------------------------------------------ */

/* Its driver is VFIO's, but this boot's report does not say so. */
static bool is_unseen(const struct judge *judge, const struct device *device)
{
	const struct plan_entry *entry = find_entry(judge, device);

	return entry && entry->verdict == VERDICT_CLAIMED && !entry->is_forced &&
	       device->is_claimed && !device->is_reported &&
	       pci_base_class(&device->pci->id) == PCI_BASE_CLASS_STORAGE;
}

/* What is on a drive behind a guest's controller, only its usual driver will tell. */
static void judge_disks(struct judge *judge)
{
	const struct machine *machine = judge->input->machine;
	struct devices found = { 0 };

	for (size_t i = 0; i < machine->count; i++)
		if (is_unseen(judge, &machine->devices[i]))
			count_device(&found, &machine->devices[i]);
	if (found.count)
		add(judge, REMARK_WARNING, "unseen-disk", found.first,
		    "nothing is known of the disks behind %s, since %s has it now; its usual driver will have them until the root disk is found, and what fstab or crypttab names there keeps it; if no disk there is the host's, write %04x:%04x!",
		    found.text, found.first->pci->driver,
		    (unsigned)found.first->pci->id.vendor,
		    (unsigned)found.first->pci->id.device);
}

/* -- groups that have got more members ------------------------------------------------
 */

/* The first member of the known group that is given away, or NULL. */
static const struct device *find_given(const struct judge *judge,
				       const struct known_group *known)
{
	const struct machine *machine = judge->input->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (is_given(judge, device) && groups_had(known, device))
			return device;
	}
	return NULL;
}

/* A member that is given away, too, does no harm. */
static bool is_new_member(const struct judge *judge, const struct known_group *known,
			  const struct device *device, const struct device *other)
{
	return device_goes_with(device, other) && !is_given(judge, other) &&
	       !groups_had(known, other);
}

static const char *driver_or_none(const struct device *device)
{
	return device->pci->driver[0] ? device->pci->driver : "no driver";
}

static void judge_group(struct judge *judge, const struct known_group *known)
{
	const struct machine *machine = judge->input->machine;
	const struct device *device = find_given(judge, known);
	bool is_other_kernel = known->kernel.length && machine->kernel[0] &&
			       !span_equals(known->kernel, machine->kernel);
	struct devices found = { 0 };

	for (size_t i = 0; device && i < machine->count; i++)
		if (is_new_member(judge, known, device, &machine->devices[i]))
			count_device(&found, &machine->devices[i]);
	if (!found.count)
		return;
	if (is_other_kernel)
		add(judge, REMARK_NOTE, "group-grown", found.first,
		    "since kernel %s group %d also has %s (%s); to claim the whole group, run passthru enable %s again, or boot kernel %.*s",
		    machine->kernel, device->pci->group, found.text,
		    driver_or_none(found.first), device->address,
		    (int)known->kernel.length, known->kernel.at);
	else
		add(judge, REMARK_NOTE, "group-grown", found.first,
		    "group %d also has %s (%s), which it had not when %s was enabled; to claim the whole group, run passthru enable %s again",
		    device->pci->group, found.text, driver_or_none(found.first),
		    device->address, device->address);
}

static void judge_groups(struct judge *judge)
{
	const char *rest = judge->input->machine->known_groups;
	struct known_group known;

	while (rest && groups_next(&rest, &known))
		judge_group(judge, &known);
}

/* -- all of them --------------------------------------------------------------------- */

int outlook_make(const struct outlook_input *input, struct outlook *ret)
{
	struct judge judge = { .input = input, .outlook = ret };

	*ret = (struct outlook){ 0 };
	judge_networks(&judge);
	judge_displays(&judge);
	judge_keyboard(&judge);
	judge_requests(&judge);
	judge_disks(&judge);
	judge_sound(&judge);
	judge_groups(&judge);
	return judge.error;
}

int outlook_make_groups(const struct outlook_input *input, struct outlook *ret)
{
	struct judge judge = { .input = input, .outlook = ret };

	*ret = (struct outlook){ 0 };
	judge_groups(&judge);
	return judge.error;
}

void outlook_free(struct outlook *outlook)
{
	for (size_t i = 0; i < outlook->count; i++)
		free(outlook->items[i].text);
	free(outlook->items);
	*outlook = (struct outlook){ 0 };
}

enum remark_level outlook_level(const struct outlook *outlook)
{
	enum remark_level worst = REMARK_NOTE;

	for (size_t i = 0; i < outlook->count; i++)
		if (outlook->items[i].level > worst)
			worst = outlook->items[i].level;
	return worst;
}

const char *remark_level_word(enum remark_level level)
{
	switch (level) {
	case REMARK_NOTE:
		return "note";
	case REMARK_WARNING:
		return "warning";
	case REMARK_ERROR:
		return "error";
	}
	return "note";
}
