/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "guard/guard.h"
#include "lib/lib.h"
#include "outlook/outlook.h"

struct judge {
	const struct outlook_input *input;
	struct outlook *outlook;
	int error;
};

static void add(struct judge *judge, enum remark_level level, const char *kind,
		const struct device *device, const char *format, ...) _printf_(5, 6);

static int append(struct outlook *outlook, enum remark_level level, const char *kind,
		  const struct device *device, const char *format, va_list arguments)
{
	struct remark *added = array_append(outlook->items, outlook->count);

	if (!added)
		return -ENOMEM;
	*added = (struct remark){ .level = level, .kind = kind, .device = device };
	if (vasprintf(&added->text, format, arguments) >= 0)
		return 0;
	added->text = NULL;
	return -ENOMEM;
}

int outlook_add(struct outlook *outlook, enum remark_level level, const char *kind,
		const struct device *device, const char *format, ...)
{
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = append(outlook, level, kind, device, format, arguments);
	va_end(arguments);
	return r;
}

static void add(struct judge *judge, enum remark_level level, const char *kind,
		const struct device *device, const char *format, ...)
{
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = append(judge->outlook, level, kind, device, format, arguments);
	va_end(arguments);
	if (r < 0)
		judge->error = r;
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

/*
 * Whether it has connectors, as far as one can know. Most 3D controllers, which laptops
 * and servers have, do not; those that have also have a function for the sound of HDMI.
 */
static bool has_connectors(const struct judge *judge, const struct device *device)
{
	const struct machine *machine = judge->input->machine;

	if (!device_is_display(device))
		return false;
	if (device->pci->id.class >> 8 != PCI_CLASS_DISPLAY_3D ||
	    device->uses.connector[0])
		return true;
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].pci->id.class >> 8 == PCI_CLASS_MULTIMEDIA_HDA &&
		    device_is_of_card(&machine->devices[i], device))
			return true;
	return false;
}

static const struct device *find_display(const struct judge *judge, bool is_lost_one)
{
	const struct machine *machine = judge->input->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (has_connectors(judge, device) &&
		    (is_lost_one ? is_lost(judge, device) : !is_taken(judge, device)))
			return device;
	}
	return NULL;
}

static bool is_in_use(const struct device *device)
{
	return device_is_display(device) &&
	       (device->pci->is_boot_display || device->uses.connector[0] ||
		device->uses.shower[0]);
}

/* A monitor says most, and the boot display least. */
static unsigned rank(const struct device *device)
{
	return device->uses.connector[0] ? 2 : device->uses.shower[0] ? 1 : 0;
}

static const struct device *find_lost_display(const struct judge *judge)
{
	const struct machine *machine = judge->input->machine;
	const struct device *found = NULL;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (is_in_use(device) && is_lost(judge, device) &&
		    (!found || rank(device) > rank(found)))
			found = device;
	}
	return found;
}

static void add_display_in_use(struct judge *judge, const struct device *used,
			       const struct device *other)
{
	const struct device_uses *uses = &used->uses;
	const char *also = uses->shower[0] ? ", and " : "";
	const char *shows = uses->shower[0] ? " shows on it now" : "";

	if (uses->connector[0])
		add(judge, REMARK_WARNING, "display-in-use", used,
		    "%s has the monitor at %s, which stays dark from early in the boot%s%s%s; connect it to %s",
		    used->address, uses->connector, also, uses->shower, shows,
		    other->address);
	else if (used->pci->is_boot_display)
		add(judge, REMARK_WARNING, "display-in-use", used,
		    "%s shows the boot%s%s%s: a monitor at it stays dark from early in the boot; connect it to %s",
		    used->address, also, uses->shower, shows, other->address);
	else
		add(judge, REMARK_WARNING, "display-in-use", used,
		    "%s: %s%s, and can then only show on %s; connect the monitor to that",
		    used->address, uses->shower, shows, other->address);
}

static void judge_displays(struct judge *judge)
{
	const struct device *lost = find_display(judge, true);
	const struct device *used = find_lost_display(judge);
	const struct device *other = find_display(judge, false);

	if (!lost)
		return;
	if (!other) {
		lost = used ? used : lost;
		add(judge, REMARK_WARNING, "last-display", lost,
		    "%s is the last display of this machine: its screen freezes or stays dark from early in the boot; make sure that you can log in another way, such as ssh",
		    lost->address);
	} else if (used) {
		add_display_in_use(judge, used, other);
	}
}

/* The X server may not even start; a guest may have the card already. */
static void judge_display_settings(struct judge *judge)
{
	const struct machine *machine = judge->input->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (device->uses.setting[0] && is_taken(judge, device))
			add(judge, REMARK_NOTE, "display-setting", device, "%s",
			    device->uses.setting);
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

static bool has_own_session(const struct device *device)
{
	return device->uses.has_own_session;
}

/* What the interface is, if it is no plain card. */
static const char *describe_interface(const struct device_uses *uses)
{
	if (uses->is_wifi)
		return uses->is_usb ? ", a USB Wi-Fi card behind it" : ", Wi-Fi";
	return uses->is_usb ? ", a USB network card behind it" : "";
}

static void add_last_network(struct judge *judge, const struct device *network)
{
	const struct device_uses *uses = &network->uses;
	const char *kind = describe_interface(uses);

	if (kind[0])
		add(judge, REMARK_WARNING, "last-network", network,
		    "%s %s the last network card of this machine (%s%s): the host will have no network",
		    network->address, uses->is_usb ? "has" : "is", uses->interface, kind);
	else
		add(judge, REMARK_WARNING, "last-network", network,
		    "%s is the last network card of this machine: the host will have no network",
		    network->address);
}

static void judge_networks(struct judge *judge)
{
	const struct device *network = find_loss(judge, has_network);
	const struct device *route = find_loss(judge, has_route);
	const struct device *own = find_loss(judge, has_own_session);
	const struct device *session = own ? own : find_loss(judge, has_session);

	if (session)
		add(judge, REMARK_WARNING, "session", session,
		    "%s session of ssh comes in over %s (%s%s): nobody can log in this way then",
		    own ? "this" : "a", session->address, session->uses.interface,
		    describe_interface(&session->uses));
	else if (route && !host_keeps(judge, has_route))
		add(judge, REMARK_WARNING, "default-route", route,
		    "the default route leads over %s (%s%s): the host loses this way to the network",
		    route->address, route->uses.interface,
		    describe_interface(&route->uses));
	if (network && !host_keeps(judge, has_network))
		add_last_network(judge, network);
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

/* Whether it is named in a way that leaves no doubt, or its physical function is. */
static bool is_named(const struct judge *judge, const struct device *device)
{
	const struct selectors *wanted = judge->input->wanted;
	const struct plan_entry *entry = find_entry(judge, device);

	if (entry && entry->device->is_given)
		return true;
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
		    "%.*s also matches %s, which the host's driver %s has now; write the others with their addresses, %.*s@ADDRESS, or %s%s",
		    (int)selector->text.length, selector->text.at, found.text,
		    found.first->pci->driver, (int)selector->text.length,
		    selector->text.at,
		    found.count > 1 ? "passthru.skip with each of these"
				    : "passthru.skip=",
		    found.count > 1 ? "" : found.first->address);
}

static void judge_requests(struct judge *judge)
{
	const struct selectors *wanted = judge->input->wanted;

	for (size_t i = 0; wanted && i < wanted->count; i++)
		judge_selector(judge, &wanted->items[i]);
}

/* -- physical functions ---------------------------------------------------------------
 */

/* Whether it is one, and neither passthru.vfs nor passthru.skip keeps it. */
static bool may_have_vfs(const struct judge *judge, const struct device *device)
{
	const struct plan_entry *entry = find_entry(judge, device);

	return device->pf.total && !(entry && entry->skipped);
}

static bool has_id_of_vfs(const struct device *device)
{
	return device->pf.vf_device == device->pci->id.device;
}

/* One ID for both: who looks for that of a virtual function finds it. */
static void add_physical(struct judge *judge, const struct selector *selector,
			 const struct device *device)
{
	int length = (int)selector->text.length;
	const char *text = selector->text.at;

	if (has_id_of_vfs(device))
		add(judge, REMARK_WARNING, "physical-function", device,
		    "%.*s also names the physical function %s, which has the same ID as its virtual functions, and once it is claimed they do not exist; for the virtual functions write passthru.vfs=COUNT@%s, for the device itself %04x:%04x@%s",
		    length, text, device->address, device->address,
		    (unsigned)device->pci->id.vendor, (unsigned)device->pci->id.device,
		    device->address);
	else if (is_given(judge, device))
		add(judge, REMARK_NOTE, "physical-function", device,
		    "%.*s names the physical function %s, and once it is claimed it has no virtual functions; for these write passthru.vfs=COUNT@%s",
		    length, text, device->address, device->address);
}

static void judge_physical(struct judge *judge, bool has_same_id)
{
	const struct selectors *wanted = judge->input->wanted;
	const struct machine *machine = judge->input->machine;

	for (size_t i = 0; wanted && i < wanted->count; i++) {
		const struct selector *selector = &wanted->items[i];

		if (selector->has_address || selector->is_forced)
			continue;
		for (size_t j = 0; j < machine->count; j++) {
			const struct device *device = &machine->devices[j];

			if (!selector_matches(selector, device->pci) ||
			    !may_have_vfs(judge, device) ||
			    has_id_of_vfs(device) != has_same_id)
				continue;
			add_physical(judge, selector, device);
			break;
		}
	}
}

/* -- disks that nobody has seen ------------------------------------------------------ */

/* Whether a guard will judge it once its disks can be seen. */
static bool is_guarded(const struct judge *judge, const struct device *device)
{
	const struct plan_entry *entry = find_entry(judge, device);

	return entry && entry->verdict == VERDICT_CLAIMED && !entry->is_forced;
}

/* "/etc/fstab has UUID=1 for /mnt": the origin is TABLE:PLACE=DEVICE, or a parameter. */
static void put_missing(FILE *file, const struct devspec *devspec)
{
	struct span rest = span_of(devspec->origin), table = span_until(rest, ':');
	struct span place;

	if (!span_equals(table, "fstab") && !span_equals(table, "crypttab")) {
		fprintf(file, "the kernel command line has %s", devspec->origin);
		return;
	}
	rest.at += table.length + 1;
	rest.length -= table.length + 1;
	place = span_until(rest, '=');
	fprintf(file, "/etc/%.*s has %s for %.*s", (int)table.length, table.at,
		place.length < rest.length ? place.at + place.length + 1 : "a device",
		(int)place.length, place.at);
}

/* "A and B, which is on no disk that can be read now"; "" if nothing is missing. */
static char *describe_missing(const struct judge *judge)
{
	enum { SHOWN_MAX = 3 };
	size_t count = judge->input->missing_count;
	struct text_file text;
	FILE *file = text_file_open(&text);

	for (size_t i = 0; file && i < count && i < SHOWN_MAX; i++) {
		fputs(i == 0 ? "" : i + 1 == count ? " and " : ", ", file);
		put_missing(file, &judge->input->missing[i]);
	}
	if (file && count > SHOWN_MAX)
		fprintf(file, " and %zu more", count - SHOWN_MAX);
	if (file && count)
		fputs(", which is on no disk that can be read now", file);
	return text_file_close(&text);
}

/* What is on a drive behind a guest's controller, only its usual driver will tell. */
static void judge_drives(struct judge *judge, const char *missing)
{
	const struct machine *machine = judge->input->machine;
	struct devices found = { 0 };

	for (size_t i = 0; i < machine->count; i++)
		if (device_is_unseen(&machine->devices[i]) &&
		    is_guarded(judge, &machine->devices[i]))
			count_device(&found, &machine->devices[i]);
	if (found.count)
		add(judge, REMARK_WARNING, "unseen-disk", found.first,
		    "nothing is known of the disks behind %s, since %s has %s now; the next boot gives them to the usual driver until the root disk is found, and what fstab or crypttab names stays with it%s%s%s; if no disk there is the host's, write %04x:%04x!",
		    found.text, found.first->pci->driver,
		    found.count == 1 ? "it" : "them", missing[0] ? "; " : "", missing,
		    missing[0]
			    ? ": if it is on a drive there, the next boot keeps that drive"
			    : "",
		    (unsigned)found.first->pci->id.vendor,
		    (unsigned)found.first->pci->id.device);
}

/* Most controllers for USB have no disk of the host's behind them. */
static void judge_other_controllers(struct judge *judge, const char *missing)
{
	const struct machine *machine = judge->input->machine;
	struct devices found = { 0 };

	for (size_t i = 0; i < machine->count; i++)
		if (device_may_hide_disk(&machine->devices[i]) &&
		    !device_is_unseen(&machine->devices[i]) &&
		    is_guarded(judge, &machine->devices[i]))
			count_device(&found, &machine->devices[i]);
	if (found.count && missing[0])
		add(judge, REMARK_NOTE, "unseen-disk", found.first,
		    "%s: if it is behind %s, the next boot keeps that controller",
		    missing, found.text);
}

/* -- users that nobody sees ---------------------------------------------------------- */

static void judge_users(struct judge *judge)
{
	const struct machine *machine = judge->input->machine;

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (is_lost(judge, device) && device->uses.unseen[0])
			add(judge, REMARK_WARNING, "unseen-user", device,
			    "%s may be in use: %s; make sure that nothing uses it",
			    device->address, device->uses.unseen);
	}
}

/* -- images that the TPM measures ---------------------------------------------------- */

/* "4+9" */
static void describe_pcrs(uint32_t pcrs, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < 32 && at < size; i++)
		if (pcrs & 1U << i)
			at += (size_t)snprintf(text + at, size - at, "%s%u",
					       at ? "+" : "", i);
}

static void judge_measured(struct judge *judge, const struct unlocking *unlocking)
{
	bool is_remote = judge->input->machine->has_session;
	char pcrs[96], what[128], next[BLOCK_NAME_SIZE + 128];

	describe_pcrs(unlocking->pcrs, pcrs, sizeof(pcrs));
	if (unlocking->is_pcrlock)
		snprintf(what, sizeof(what), "the policy of systemd-pcrlock");
	else
		snprintf(what, sizeof(what), "PCR %s", pcrs);
	if (unlocking->is_pcrlock)
		snprintf(next, sizeof(next),
			 "run systemd-pcrlock make-policy once the image is built");
	else
		snprintf(
			next, sizeof(next),
			"have it at hand, and after that boot run %s /dev/%s%s",
			unlocking->is_clevis
				? "clevis luks regen -d"
				: "systemd-cryptenroll --wipe-slot=tpm2 --tpm2-device=auto",
			unlocking->disk,
			unlocking->is_clevis ? " -s SLOT" : " with your --tpm2-pcrs=");
	add(judge, REMARK_WARNING, "recovery-key", NULL,
	    "the TPM unlocks %s (/dev/%s) only while it measures the same (%s), and not with a new image or command line: the next boot may ask for the recovery key%s; %s",
	    unlocking->volume, unlocking->disk, what,
	    is_remote
		    ? ", and nobody can type that over ssh: this machine may not come back by itself"
		    : "",
	    next);
}

static void judge_unread(struct judge *judge, const struct unlocking *unlocking)
{
	bool is_denied = unlocking->error == -EACCES || unlocking->error == -EPERM;

	add(judge, REMARK_NOTE, "recovery-key", NULL,
	    "%s: if the TPM unlocks %s with what it measures of the image, the next boot asks for the recovery key; the header on /dev/%s tells%s",
	    is_denied ? "only root can read how the disk is unlocked"
		      : "it is not known how the disk is unlocked",
	    unlocking->volume, unlocking->disk, is_denied ? ", run this as root" : "");
}

static void judge_unlocking(struct judge *judge, bool is_read)
{
	for (size_t i = 0; i < judge->input->unlocking_count; i++) {
		const struct unlocking *unlocking = &judge->input->unlockings[i];

		if (is_read && unlocking->is_measured)
			judge_measured(judge, unlocking);
		if (!is_read && unlocking->error < 0)
			judge_unread(judge, unlocking);
	}
}

/* -- settings ------------------------------------------------------------------------ */

static bool has_method(const struct setting_result *setting, struct span wanted)
{
	struct span rest = span_of(setting->was);

	while (rest.length) {
		struct span method = span_until(rest, '+');

		if (method.length == wanted.length &&
		    memcmp(method.at, wanted.at, wanted.length) == 0)
			return true;
		rest.at += method.length;
		rest.length -= method.length;
		span_skip_prefix(&rest, "+");
	}
	return false;
}

/* Some devices have it from the kernel itself. */
#define BY_MODULE "device_specific"

static bool needs_module(const struct judge *judge, const struct setting_result *setting)
{
	return strstr(setting->wanted, BY_MODULE) &&
	       (judge->input->reset_module.is_loaded ||
		!has_method(setting, span_of(BY_MODULE)));
}

/*
 * Whether the device lists all of them now, which may be fewer than it has, or will have
 * with the module.
 */
static bool has_methods(const struct judge *judge, const struct setting_result *setting)
{
	struct span rest = span_of(setting->wanted);

	while (rest.length) {
		struct span method = span_until(rest, '+');
		bool is_added = judge->input->reset_module.is_in_image &&
				span_equals(method, BY_MODULE);

		if (!is_added && !has_method(setting, method))
			return false;
		rest.at += method.length;
		rest.length -= method.length;
		span_skip_prefix(&rest, "+");
	}
	return true;
}

/* What is set of all devices must fit at least one of them. */
static bool is_nowhere(const struct settings *settings,
		       const struct setting_result *setting)
{
	for (size_t i = 0; i < settings->count; i++) {
		const struct setting_result *other = &settings->items[i];

		if (other->kind == setting->kind &&
		    (other->error != -ENOENT || other < setting))
			return false;
	}
	return true;
}

static void judge_reset(struct judge *judge, const struct setting_result *setting,
			const struct device *device)
{
	const struct reset_module *module = &judge->input->reset_module;
	const char *address = device ? device->address : "the device";

	if (module->image && !module->is_in_image && needs_module(judge, setting))
		add(judge, REMARK_WARNING, "setting", device,
		    PARAMETER_PREFIX
		    "reset=%s may be refused by %s: the initramfs image, /%s, lacks the module vendor-reset, which adds device_specific; install that for its kernel, and rebuild the image",
		    setting->wanted, address, module->image);
	else if (!has_methods(judge, setting))
		add(judge, REMARK_WARNING, "setting", device,
		    PARAMETER_PREFIX
		    "reset=%s may be refused by %s: its reset methods now are %s",
		    setting->wanted, address, setting->was);
}

static void judge_setting(struct judge *judge, const struct setting_result *setting)
{
	const struct device *device =
		machine_find(judge->input->machine, &setting->device->address);
	const char *name = setting_name(setting->kind);

	if (setting->is_for_all && setting->error == -ENOENT) {
		if (is_nowhere(judge->input->settings, setting))
			add(judge, REMARK_WARNING, "setting", device,
			    PARAMETER_PREFIX
			    "%s=%s has no effect: no claimed device has that setting",
			    name, setting->wanted);
	} else if (setting->verdict == SETTING_REFUSED) {
		add(judge, REMARK_WARNING, "setting", device,
		    PARAMETER_PREFIX "%s=%s will be refused by %s: %s", name,
		    setting->wanted, device ? device->address : "the device",
		    setting_phrase(setting));
	} else if (setting->kind == SETTING_RESET) {
		judge_reset(judge, setting, device);
	}
}

static void judge_settings(struct judge *judge)
{
	const struct settings *settings = judge->input->settings;

	for (size_t i = 0; settings && i < settings->count; i++)
		judge_setting(judge, &settings->items[i]);
}

/* -- usual drivers that come along --------------------------------------------------- */

static bool is_companion(const struct companions *companions, const char *driver)
{
	for (size_t i = 0; i < companions->count; i++)
		if (text_equals_name(companions->modules[i], driver))
			return true;
	return false;
}

/* "xe", "xe and intel_vsec" */
static void name_companions(const struct companions *companions, char *text, size_t size)
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < companions->count && at < size; i++)
		at += (size_t)snprintf(text + at, size - at, "%s%s", i ? " and " : "",
				       companions->modules[i]);
}

/* A virtual function is there only because the usual driver is. */
static bool gets(const struct judge *judge, const struct device *device,
		 const char *driver)
{
	const struct plan_entry *entry = find_entry(judge, device);

	return entry && entry->verdict == VERDICT_CLAIMED && !device->physical &&
	       text_equals_name(entry->wanted, driver);
}

static void judge_companions(struct judge *judge, const struct companions *companions)
{
	const struct machine *machine = judge->input->machine;
	char names[COMPANIONS_MAX * (DRIVER_NAME_SIZE + 5)];
	struct devices found = { 0 }, others = { 0 };

	for (size_t i = 0; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (gets(judge, device, companions->driver))
			count_device(&found, device);
		else if (!is_taken(judge, device) &&
			 is_companion(companions, device->pci->driver))
			count_device(&others, device);
	}
	if (!found.count || !companions->count)
		return;
	name_companions(companions, names, sizeof(names));
	add(judge, REMARK_NOTE, "usual-driver", found.first,
	    "%s: the driver will be %s, which needs %s: passthru loads %s in the early stage, too%s%s%s; passthru.driver=vfio-pci does without",
	    found.text, companions->driver, names,
	    companions->count > 1 ? "them" : "that", others.count ? ", and " : "",
	    others.count ? others.text : "",
	    others.count == 0	? ""
	    : others.count == 1 ? " has its usual driver before udev starts"
				: " have their usual driver before udev starts");
}

static void judge_all_companions(struct judge *judge)
{
	for (size_t i = 0; i < judge->input->companions_count; i++)
		judge_companions(judge, &judge->input->companions[i]);
}

/* -- groups that have got more members ----------------------------------------------- */

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
	_cleanup_free_ char *missing = describe_missing(&judge);

	*ret = (struct outlook){ 0 };
	if (!missing)
		return -ENOMEM;
	judge_networks(&judge);
	judge_displays(&judge);
	judge_keyboard(&judge);
	judge_requests(&judge);
	judge_physical(&judge, true);
	judge_drives(&judge, missing);
	judge_users(&judge);
	judge_unlocking(&judge, true);
	judge_settings(&judge);
	judge_display_settings(&judge);
	judge_sound(&judge);
	judge_all_companions(&judge);
	judge_other_controllers(&judge, missing);
	judge_unlocking(&judge, false);
	judge_groups(&judge);
	judge_physical(&judge, false);
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
