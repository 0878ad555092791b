/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard/guard.h"
#include "machine.h"
#include "outlook/outlook.h"
#include "unit.h"

#define DEVICES_MAX 8

/* A machine with what its devices are used for, and a plan of the next boot. */
struct scene {
	struct pci_list pci;
	struct device devices[DEVICES_MAX];
	struct machine machine;
	struct params params;
	struct plan plan;
};

/*
 * The words of a line in the order of the functions: "monitor", "shows" (a process),
 * "interface", "Wi-Fi", "USB" (what that is), "setting", "network" (one that is down),
 * "route", "session", "own session", "keyboard", "sound", "reported", "unseen" (its
 * users), "virtual" (of the first function), "twins" (virtual ones to come have its ID),
 * "others" (they have another one); "elsewhere" a keyboard and sound behind no
 * function. Functions are separated by ";".
 */
static void add_uses(const char *uses, struct scene *scene)
{
	_cleanup_free_ char *copy = strdup(uses);
	char *rest = copy, *function;

	for (size_t i = 0; (function = strsep(&rest, ";")); i++) {
		struct device *device = &scene->devices[i];
		struct device_uses *to = &device->uses;

		ck_assert_uint_lt(i, scene->machine.count);
		if (strstr(function, "monitor"))
			strcpy(to->connector, "HDMI-A-1");
		if (strstr(function, "shows"))
			strcpy(to->shower, "Xorg (process 8)");
		if (strstr(function, "interface"))
			strcpy(to->interface, "eth0");
		if (strstr(function, "setting"))
			strcpy(to->setting, "a file names it");
		to->is_wifi = strstr(function, "Wi-Fi");
		to->is_usb = strstr(function, "USB");
		to->has_network =
			strstr(function, "interface") || strstr(function, "network");
		to->has_route = strstr(function, "route");
		to->has_session = strstr(function, "session");
		to->has_own_session = strstr(function, "own session");
		to->keyboards = strstr(function, "keyboard") != NULL;
		to->sound_cards = strstr(function, "sound") != NULL;
		device->is_reported = strstr(function, "reported");
		if (strstr(function, "unseen"))
			strcpy(to->unseen, "the device nodes of x are not known");
		if (strstr(function, "twins") || strstr(function, "others")) {
			device->pf.total = 7;
			device->pf.vf_device =
				strstr(function, "twins") ? device->pci->id.device : 0x1;
		}
		if (strstr(function, "virtual"))
			device->physical = &scene->devices[0];
		if (strstr(function, "elsewhere"))
			scene->machine.other_keyboards =
				scene->machine.other_sound_cards = 1;
	}
}

static void scene_make(const char *functions, const char *uses, const char *cmdline,
		       struct scene *ret)
{
	*ret = (struct scene){ 0 };
	functions_read(functions, &ret->pci);
	ck_assert_uint_le(ret->pci.count, DEVICES_MAX);
	ret->machine = (struct machine){ .pci = ret->pci,
					 .devices = ret->devices,
					 .count = ret->pci.count };
	for (size_t i = 0; i < ret->pci.count; i++) {
		struct device *device = &ret->devices[i];

		device->pci = &ret->pci.devices[i];
		address_format(&device->pci->address, device->address);
		device->is_claimed = pci_driver_is_vfio(device->pci->driver);
	}
	add_uses(uses, ret);
	ck_assert_int_eq(params_parse(cmdline, &ret->params), 0);
	ck_assert_int_eq(plan_select(&ret->params, &ret->pci, &ret->plan), 0);
	for (size_t i = 0; i < ret->plan.count; i++)
		ret->plan.entries[i].verdict =
			ret->plan.entries[i].skipped ? VERDICT_KEPT : VERDICT_CLAIMED;
}

static void scene_free(struct scene *scene)
{
	plan_free(&scene->plan);
	params_free(&scene->params);
	pci_list_free(&scene->pci);
}

/* "warning last-display 01:00.0; " for each. */
static void describe(const struct outlook *outlook, char *words, size_t size)
{
	size_t at = 0;

	words[0] = '\0';
	for (size_t i = 0; i < outlook->count; i++) {
		const struct remark *remark = &outlook->items[i];

		at += (size_t)snprintf(
			words + at, size - at, "%s %s %s; ",
			remark_level_word(remark->level), remark->kind,
			remark->device ? remark->device->address + strlen("0000:") : "-");
		expect("text", remark->text && remark->text[0]);
	}
}

#define TWO_CARDS                                  \
	"01:00.0 10de:2786 030000 1 nvidia boot\n" \
	"02:00.0 1002:67df 030000 2 amdgpu\n"
#define ONE_CARD "01:00.0 1002:67df 030000 1 amdgpu boot\n"
#define TWO_NICS                           \
	"03:00.0 8086:1533 020000 3 igb\n" \
	"04:00.0 8086:1533 020000 4 igb\n"
#define VIRTUAL_NIC                          \
	"03:00.0 8086:1563 020000 3 ixgbe\n" \
	"03:10.0 8086:1565 020000 4 ixgbevf\n"
#define GRAPHICS                            \
	"00:02.0 8086:a7a0 030000 2 i915\n" \
	"01:00.0 1a03:2000 030000 3 ast boot\n"
#define DISKS                                   \
	"05:00.0 8086:2700 010802 5 vfio-pci\n" \
	"06:00.0 8086:2700 010802 6 vfio-pci\n"

static const struct {
	const char *functions, *uses, *cmdline, *words;
} outlooks[] = {
	{ ONE_CARD, "", "", "" },
	/* displays */
	{ ONE_CARD, "", "passthru.addrs=01:00.0", "warning last-display 01:00.0; " },
	{ ONE_CARD, "monitor", "passthru.addrs=01:00.0",
	  "warning last-display 01:00.0; " },
	{ TWO_CARDS, "", "passthru.addrs=02:00.0", "" },
	{ TWO_CARDS, "", "passthru.addrs=01:00.0", "warning display-in-use 01:00.0; " },
	{ TWO_CARDS, ";monitor", "passthru.addrs=02:00.0",
	  "warning display-in-use 02:00.0; " },
	{ TWO_CARDS, ";shows", "passthru.addrs=02:00.0",
	  "warning display-in-use 02:00.0; " },
	{ TWO_CARDS, "shows;shows", "passthru.addrs=02:00.0",
	  "warning display-in-use 02:00.0; " },
	{ TWO_CARDS, "shows", "passthru.addrs=02:00.0", "" },
	/* both: the one that is in use is named */
	{ TWO_CARDS, "", "passthru.ids=10de:2786,1002:67df",
	  "warning last-display 01:00.0; " },
	{ TWO_CARDS, ";shows", "passthru.ids=10de:2786,1002:67df",
	  "warning last-display 02:00.0; " },
	{ TWO_CARDS, "shows;monitor", "passthru.ids=10de:2786,1002:67df",
	  "warning last-display 02:00.0; " },
	{ TWO_CARDS, ";monitor", "passthru.ids=10de:2786,1002:67df",
	  "warning last-display 02:00.0; " },
	/* a guest has it already */
	{ "01:00.0 1002:67df 030000 1 vfio-pci boot\n", "", "passthru.addrs=01:00.0",
	  "" },
	{ "01:00.0 1002:67df 030000 1 vfio-pci boot\n02:00.0 1a03:2000 030000 2 ast\n",
	  "", "passthru.ids=1002:67df,1a03:2000", "warning last-display 02:00.0; " },
	/* who uses it is not known */
	{ TWO_NICS, "unseen;unseen", "passthru.addrs=03:00.0",
	  "warning unseen-user 03:00.0; " },
	{ "03:00.0 8086:1533 020000 3 vfio-pci\n04:00.0 8086:1533 020000 4 igb\n",
	  "unseen", "passthru.addrs=03:00.0", "" },
	/* the guards keep it */
	{ ONE_CARD, "", "passthru.addrs=01:00.0 passthru.skip=01:00.0", "" },
	/* a setting that names it, whoever has it now */
	{ TWO_CARDS, "setting;setting", "passthru.addrs=02:00.0",
	  "note display-setting 02:00.0; " },
	{ "01:00.0 1002:67df 030000 1 vfio-pci\n02:00.0 1a03:2000 030000 2 ast boot\n",
	  "setting", "passthru.ids=1002:67df", "note display-setting 01:00.0; " },
	/* networks */
	{ TWO_NICS, "interface;interface", "passthru.addrs=03:00.0", "" },
	{ TWO_NICS, "interface;interface", "passthru.ids=8086:1533",
	  "warning last-network 03:00.0; " },
	{ TWO_NICS, "interface;interface route", "passthru.addrs=04:00.0",
	  "warning default-route 04:00.0; " },
	{ TWO_NICS, "interface route;interface route", "passthru.addrs=04:00.0", "" },
	{ TWO_NICS, "interface route;interface session route", "passthru.addrs=04:00.0",
	  "warning session 04:00.0; " },
	{ TWO_NICS, "interface session;network", "passthru.ids=8086:1533",
	  "warning session 03:00.0; warning last-network 03:00.0; " },
	/* this session counts before those of others */
	{ TWO_NICS, "interface session;interface own session", "passthru.ids=8086:1533",
	  "warning session 04:00.0; warning last-network 03:00.0; " },
	/* virtual functions go with their physical one */
	{ VIRTUAL_NIC, "interface;interface virtual", "passthru.addrs=03:00.0",
	  "warning last-network 03:00.0; " },
	{ VIRTUAL_NIC, "interface;interface session virtual", "passthru.addrs=03:00.0",
	  "warning session 03:10.0; warning last-network 03:00.0; " },
	{ VIRTUAL_NIC, "interface;interface virtual", "passthru.addrs=03:10.0", "" },
	/* behind a USB controller; a card without an interface is one, too */
	{ "00:14.0 8086:a36d 0c0330 4 xhci_hcd\n", "interface elsewhere",
	  "passthru.addrs=00:14.0", "warning last-network 00:14.0; " },
	{ "00:14.0 8086:a36d 0c0330 4 xhci_hcd\n03:00.0 8086:1533 020000 3 -\n",
	  "interface elsewhere", "passthru.addrs=00:14.0", "" },
	/* keyboard and sound */
	{ "00:14.0 8086:a36d 0c0330 4 xhci_hcd\n", "keyboard", "passthru.addrs=00:14.0",
	  "warning last-keyboard 00:14.0; " },
	{ "00:14.0 8086:a36d 0c0330 4 xhci_hcd\n", "keyboard elsewhere",
	  "passthru.addrs=00:14.0", "" },
	{ "00:14.0 8086:a36d 0c0330 4 xhci_hcd\n00:15.0 8086:a36d 0c0330 5 xhci_hcd\n",
	  "keyboard;keyboard", "passthru.addrs=00:14.0", "" },
	{ "00:1f.3 8086:a348 040300 9 snd_hda_intel\n", "sound", "passthru.addrs=00:1f.3",
	  "note last-sound 00:1f.3; " },
	/* an ID that means more than it has meant */
	{ "03:00.0 8086:1521 020000 3 igb\n04:00.0 8086:1521 020000 4 vfio-pci\n"
	  "05:00.0 8086:1533 020000 5 igb\n",
	  "", "passthru.ids=8086:1521", "warning not-named 03:00.0; " },
	{ "03:00.0 8086:1521 020000 3 igb\n04:00.0 8086:1521 020000 4 vfio-pci\n"
	  "05:00.0 8086:1533 020000 5 igb\n",
	  "", "passthru.ids=8086:1521 passthru.addrs=03:00.0", "" },
	{ "03:00.0 8086:1521 020000 3 igb\n04:00.0 8086:1521 020000 4 vfio-pci\n"
	  "05:00.0 8086:1533 020000 5 igb\n",
	  "", "passthru.ids=8086:1521!", "" },
	/* a physical function, by an ID that its virtual functions have, too, or not */
	{ GRAPHICS, "twins", "passthru.ids=8086:a7a0",
	  "warning physical-function 00:02.0; " },
	{ GRAPHICS, "twins", "passthru.ids=8086:a7a0 passthru.skip=00:02.0", "" },
	{ GRAPHICS, "twins", "passthru.ids=8086:a7a0@00:02.0", "" },
	{ GRAPHICS, "twins", "passthru.addrs=00:02.0", "" },
	{ GRAPHICS, "twins", "passthru.ids=8086:a7a0!", "" },
	{ GRAPHICS, "others", "passthru.ids=8086:a7a0",
	  "note physical-function 00:02.0; " },
	{ GRAPHICS, "others", "passthru.ids=8086:a7a0 passthru.skip=00:02.0", "" },
	{ GRAPHICS, "others", "passthru.ids=8086:1", "" },
	{ GRAPHICS, "", "passthru.ids=8086:a7a0", "" },
	/* disks that only a guest has seen */
	{ DISKS, "", "passthru.ids=8086:2700", "warning unseen-disk 05:00.0; " },
	{ DISKS, "reported;reported", "passthru.ids=8086:2700", "" },
	{ DISKS, "", "passthru.ids=8086:2700!", "" },
	{ "00:14.0 8086:a36d 0c0330 4 vfio-pci\n", "", "passthru.addrs=00:14.0", "" },
};

START_TEST(looks_ahead)
{
	struct outlook_input input;
	struct outlook outlook;
	struct scene scene;
	char words[512];

	scene_make(outlooks[_i].functions, outlooks[_i].uses, outlooks[_i].cmdline,
		   &scene);
	input = (struct outlook_input){ .machine = &scene.machine,
					.plan = &scene.plan,
					.wanted = &scene.params.wanted };
	ck_assert_int_eq(outlook_make(&input, &outlook), 0);
	describe(&outlook, words, sizeof(words));
	expect_text(outlooks[_i].cmdline, words, outlooks[_i].words);
	expect_number(outlooks[_i].cmdline, outlook_level(&outlook),
		      strstr(words, "warning") ? REMARK_WARNING : REMARK_NOTE);
	outlook_free(&outlook);
	scene_free(&scene);
}

/* Without a plan, as for passthru args: what is chosen is taken. */
START_TEST(takes_what_is_chosen)
{
	struct outlook_input input;
	struct outlook outlook;
	struct scene scene;
	char words[512];

	scene_make(TWO_CARDS, "", "", &scene);
	scene.devices[0].is_chosen = true;
	input = (struct outlook_input){ .machine = &scene.machine };
	ck_assert_int_eq(outlook_make(&input, &outlook), 0);
	describe(&outlook, words, sizeof(words));
	expect_text("chosen", words, "warning display-in-use 01:00.0; ");
	outlook_free(&outlook);
	scene_free(&scene);
}

/* What the words say of the use. */
static const struct {
	const char *functions, *uses, *cmdline, *text;
} texts[] = {
	{ TWO_CARDS, ";monitor", "passthru.addrs=02:00.0",
	  "0000:02:00.0 has the monitor at HDMI-A-1, which stays dark from early in the boot; connect it to 0000:01:00.0" },
	{ TWO_CARDS, ";monitor shows", "passthru.addrs=02:00.0",
	  "0000:02:00.0 has the monitor at HDMI-A-1, which stays dark from early in the boot, and Xorg (process 8) shows on it now; connect it to 0000:01:00.0" },
	{ TWO_CARDS, "shows", "passthru.addrs=01:00.0",
	  "0000:01:00.0 shows the boot, and Xorg (process 8) shows on it now: a monitor at it stays dark from early in the boot; connect it to 0000:02:00.0" },
	{ TWO_CARDS, ";shows", "passthru.addrs=02:00.0",
	  "0000:02:00.0: Xorg (process 8) shows on it now, and can then only show on 0000:01:00.0; connect the monitor to that" },
	{ TWO_NICS, "interface;interface session", "passthru.addrs=04:00.0",
	  "a session of ssh comes in over 0000:04:00.0 (eth0): nobody can log in this way then" },
	{ TWO_NICS, "interface;interface Wi-Fi own session", "passthru.addrs=04:00.0",
	  "this session of ssh comes in over 0000:04:00.0 (eth0, Wi-Fi): nobody can log in this way then" },
	{ TWO_NICS, "interface;interface USB route", "passthru.addrs=04:00.0",
	  "the default route leads over 0000:04:00.0 (eth0, a USB network card behind it): the host loses this way to the network" },
	{ "03:00.0 8086:1533 020000 3 igb\n", "interface", "passthru.addrs=03:00.0",
	  "0000:03:00.0 is the last network card of this machine: the host will have no network" },
	{ "03:00.0 8086:1533 028000 3 iwlwifi\n", "interface Wi-Fi",
	  "passthru.addrs=03:00.0",
	  "0000:03:00.0 is the last network card of this machine (eth0, Wi-Fi): the host will have no network" },
	{ "00:14.0 8086:a36d 0c0330 4 xhci_hcd\n", "interface USB Wi-Fi",
	  "passthru.addrs=00:14.0",
	  "0000:00:14.0 has the last network card of this machine (eth0, a USB Wi-Fi card behind it): the host will have no network" },
};

START_TEST(says_what_it_is)
{
	struct outlook_input input;
	struct outlook outlook;
	struct scene scene;

	scene_make(texts[_i].functions, texts[_i].uses, texts[_i].cmdline, &scene);
	input = (struct outlook_input){ .machine = &scene.machine,
					.plan = &scene.plan,
					.wanted = &scene.params.wanted };
	ck_assert_int_eq(outlook_make(&input, &outlook), 0);
	ck_assert_uint_eq(outlook.count, 1);
	expect_text(texts[_i].uses, outlook.items[0].text, texts[_i].text);
	outlook_free(&outlook);
	scene_free(&scene);
}

#define TWO_DISPLAYS                           \
	"00:02.0 8086:7d67 030000 2 xe boot\n" \
	"03:00.0 8086:e20b 030000 3 xe\n"

/* What a variant driver brings along. */
static const struct {
	const char *functions, *uses, *cmdline;
	struct companions companions;
	const char *text; /* "" for no remark */
} variants[] = {
	{ TWO_DISPLAYS,
	  "",
	  "passthru.addrs=03:00.0",
	  { "xe_vfio_pci", { "xe" }, 1 },
	  "0000:03:00.0: the driver will be xe_vfio_pci, which needs xe: passthru loads that in the early stage, too, and 0000:00:02.0 has its usual driver before udev starts; passthru.driver=vfio-pci does without" },
	{ "03:00.0 8086:e20b 030000 3 xe\n",
	  "elsewhere",
	  "passthru.skip=03:00.0",
	  { "xe_vfio_pci", { "xe" }, 1 },
	  "" },
	{ TWO_DISPLAYS, "", "passthru.addrs=03:00.0", { "xe_vfio_pci", { "" }, 0 }, "" },
	{ TWO_DISPLAYS,
	  "",
	  "passthru.addrs=03:00.0",
	  { "mlx5_vfio_pci", { "mlx5_core" }, 1 },
	  "" },
	/* those that a guest has get nothing from it */
	{ "03:00.0 19e5:a250 120000 3 vfio-pci\n04:00.0 19e5:a250 120000 4 vfio-pci\n",
	  "",
	  "passthru.addrs=03:00.0",
	  { "xe_vfio_pci", { "hisi_zip", "hisi-hpre" }, 2 },
	  "0000:03:00.0: the driver will be xe_vfio_pci, which needs hisi_zip and hisi-hpre: passthru loads them in the early stage, too; passthru.driver=vfio-pci does without" },
	/* the usual driver made it */
	{ "03:00.0 15b3:101d 020000 3 mlx5_core\n03:00.1 15b3:101e 020000 4 mlx5_core\n",
	  ";virtual",
	  "passthru.addrs=03:00.1",
	  { "xe_vfio_pci", { "mlx5_core" }, 1 },
	  "" },
};

START_TEST(names_what_comes_along)
{
	struct outlook_input input;
	struct outlook outlook;
	struct scene scene;

	scene_make(variants[_i].functions, variants[_i].uses, variants[_i].cmdline,
		   &scene);
	for (size_t i = 0; i < scene.plan.count; i++)
		strcpy(scene.plan.entries[i].wanted, "xe_vfio_pci");
	input = (struct outlook_input){ .machine = &scene.machine,
					.plan = &scene.plan,
					.companions = &variants[_i].companions,
					.companions_count = 1 };
	ck_assert_int_eq(outlook_make(&input, &outlook), 0);
	ck_assert_uint_eq(outlook.count, variants[_i].text[0] != '\0');
	if (outlook.count) {
		expect_text("kind", outlook.items[0].kind, "usual-driver");
		expect_number("level", outlook.items[0].level, REMARK_NOTE);
		expect_text(variants[_i].cmdline, outlook.items[0].text,
			    variants[_i].text);
	}
	outlook_free(&outlook);
	scene_free(&scene);
}

/* What may be on the disks, as far as the tables tell. */
static const struct {
	const char *origins[5];
	const char *text;
} missing[] = {
	{ { "fstab:/games=UUID=7" },
	  "; /etc/fstab has UUID=7 for /games, which is on no disk that can be read now: if it is on a drive there, the next boot keeps that drive; " },
	{ { "fstab:/games=UUID=7", "crypttab:x=LABEL=y" },
	  "; /etc/fstab has UUID=7 for /games and /etc/crypttab has LABEL=y for x, which is" },
	{ { "resume=UUID=7" }, "; the kernel command line has resume=UUID=7, which is" },
	{ { "fstab:/a=UUID=1", "fstab:/b=UUID=2", "fstab:/c=UUID=3", "fstab:/d=UUID=4" },
	  " has UUID=3 for /c and 1 more, which is" },
	{ { "fstab:truncated" }, "; /etc/fstab has a device for truncated, which is" },
	{ { NULL }, "stays with it; if no disk there is the host's, write 8086:2700!" },
};

/* It may be behind a controller for USB, too, unless nothing is missing or "!" says so.
 */
static const struct {
	const char *cmdline;
	size_t count;
	const char *words;
} hidden[] = {
	{ "passthru.addrs=00:14.0", 0, "" },
	{ "passthru.addrs=00:14.0", 1, "note unseen-disk 00:14.0; " },
	{ "passthru.addrs=00:14.0!", 1, "" },
	{ "passthru.addrs=01:00.0", 1, "" },
};

START_TEST(names_controllers)
{
	const struct devspec devspec = { .origin = "fstab:/games=UUID=7" };
	struct outlook_input input;
	struct outlook outlook;
	struct scene scene;
	char words[256];

	scene_make("00:14.0 8086:a36d 0c0330 4 vfio-pci\n"
		   "01:00.0 1002:67df 030000 5 vfio-pci\n",
		   "", hidden[_i].cmdline, &scene);
	input = (struct outlook_input){ .machine = &scene.machine,
					.plan = &scene.plan,
					.wanted = &scene.params.wanted,
					.missing = &devspec,
					.missing_count = hidden[_i].count };
	ck_assert_int_eq(outlook_make(&input, &outlook), 0);
	describe(&outlook, words, sizeof(words));
	expect_text(hidden[_i].cmdline, words, hidden[_i].words);
	outlook_free(&outlook);
	scene_free(&scene);
}

START_TEST(names_what_is_missing)
{
	struct devspec devspecs[5] = { 0 };
	struct outlook_input input;
	struct outlook outlook;
	struct scene scene;

	scene_make(DISKS, "", "passthru.ids=8086:2700", &scene);
	input = (struct outlook_input){ .machine = &scene.machine,
					.plan = &scene.plan,
					.wanted = &scene.params.wanted,
					.missing = devspecs };
	while (missing[_i].origins[input.missing_count]) {
		strcpy(devspecs[input.missing_count].origin,
		       missing[_i].origins[input.missing_count]);
		input.missing_count++;
	}
	ck_assert_int_eq(outlook_make(&input, &outlook), 0);
	ck_assert_uint_eq(outlook.count, 1);
	expect(outlook.items[0].text, strstr(outlook.items[0].text, missing[_i].text));
	outlook_free(&outlook);
	scene_free(&scene);
}

/* Settings: what the dry run has found, and what the image of the next boot has. */
#define CARD_AND_AUDIO                               \
	"01:00.0 1002:67df 030000 1 amdgpu\n"        \
	"01:00.1 1002:aaf0 040300 1 snd_hda_intel\n" \
	"02:00.0 1a03:2000 030000 2 ast boot\n"
#define NEITHER   \
	{         \
		0 \
	}
#define LOADED                    \
	{                         \
		.is_loaded = true \
	}
#define LACKS                                \
	{                                    \
		.image = "boot/initrd.img-1" \
	}
#define LOST                                                    \
	{                                                       \
		.is_loaded = true, .image = "boot/initrd.img-1" \
	}
#define HAS                                                       \
	{                                                         \
		.image = "boot/initrd.img-1", .is_in_image = true \
	}

static const struct {
	const char *cmdline; /* after the IDs */
	const char *was[2];  /* of each device; NULL: it has no such file */
	int error;	     /* of those that have it */
	struct reset_module module;
	const char *words;
	const char *text; /* of the last one, or NULL */
} settings[] = {
	{ "passthru.bar0=8G@01:00.0", { "256M" }, 0, NEITHER, "", NULL },
	{ "passthru.bar0=16G@01:00.0",
	  { "256M" },
	  -EINVAL,
	  NEITHER,
	  "warning setting 01:00.0; ",
	  "passthru.bar0=16G will be refused by 0000:01:00.0: the device does not offer that" },
	{ "passthru.bar0=8G@1002:*",
	  { "256M", NULL },
	  0,
	  NEITHER,
	  "warning setting 01:00.1; ",
	  "passthru.bar0=8G will be refused by 0000:01:00.1: the device or this kernel does not have that setting" },
	/* of all: what one of them has is fine */
	{ "passthru.bar0=8G", { "256M", NULL }, 0, NEITHER, "", NULL },
	{ "passthru.bar5=8G",
	  { NULL, NULL },
	  0,
	  NEITHER,
	  "warning setting 01:00.0; ",
	  "passthru.bar5=8G has no effect: no claimed device has that setting" },
	{ "passthru.d3cold=off passthru.power=on", { "on", "on" }, 0, NEITHER, "", NULL },
	/* reset methods: the file lists them */
	{ "passthru.reset=bus", { "pm+bus", "bus" }, 0, NEITHER, "", NULL },
	{ "passthru.reset=bus+pm@01:00.0", { "pm+bus" }, 0, NEITHER, "", NULL },
	{ "passthru.reset=bus+flr@01:00.0",
	  { "pm+bus" },
	  0,
	  NEITHER,
	  "warning setting 01:00.0; ",
	  "passthru.reset=bus+flr may be refused by 0000:01:00.0: its reset methods now are pm+bus" },
	/* a method's name is not a part of another one's */
	{ "passthru.reset=flr@01:00.0",
	  { "af_flr" },
	  0,
	  NEITHER,
	  "warning setting 01:00.0; ",
	  NULL },
	/* device_specific: from the kernel, or from vendor-reset */
	{ "passthru.reset=device_specific@01:00.0",
	  { "device_specific+bus" },
	  0,
	  LACKS,
	  "",
	  NULL },
	{ "passthru.reset=device_specific@01:00.0",
	  { "device_specific+bus" },
	  0,
	  LOADED,
	  "",
	  NULL },
	{ "passthru.reset=device_specific@01:00.0",
	  { "bus" },
	  0,
	  NEITHER,
	  "warning setting 01:00.0; ",
	  "passthru.reset=device_specific may be refused by 0000:01:00.0: its reset methods now are bus" },
	{ "passthru.reset=device_specific@01:00.0",
	  { "bus" },
	  0,
	  LACKS,
	  "warning setting 01:00.0; ",
	  "passthru.reset=device_specific may be refused by 0000:01:00.0: the initramfs image, /boot/initrd.img-1, lacks the module vendor-reset, which adds device_specific; install that for its kernel, and rebuild the image" },
	{ "passthru.reset=bus+device_specific@01:00.0",
	  { "device_specific+bus" },
	  0,
	  LOST,
	  "warning setting 01:00.0; ",
	  "passthru.reset=bus+device_specific may be refused by 0000:01:00.0: the initramfs image, /boot/initrd.img-1, lacks the module vendor-reset, which adds device_specific; install that for its kernel, and rebuild the image" },
	{ "passthru.reset=device_specific@01:00.0", { "bus" }, 0, HAS, "", NULL },
	{ "passthru.reset=device_specific+flr@01:00.0",
	  { "bus" },
	  0,
	  HAS,
	  "warning setting 01:00.0; ",
	  "passthru.reset=device_specific+flr may be refused by 0000:01:00.0: its reset methods now are bus" },
	/* who does not ask for it does not need it */
	{ "passthru.reset=bus@01:00.0", { "bus" }, 0, LACKS, "", NULL },
	{ "passthru.reset=bus@01:00.0", { "bus" }, 0, LOST, "", NULL },
};

static void find_values(size_t row, const struct scene *scene, struct settings *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct setting_result *item = &list->items[i];
		const char *was = settings[row].was[item->device - scene->pci.devices];

		item->error = was ? settings[row].error : -ENOENT;
		item->verdict = item->error ? SETTING_REFUSED : SETTING_DONE;
		strcpy(item->was, was ? was : "");
	}
}

START_TEST(judges_settings)
{
	struct settings list;
	struct outlook_input input;
	struct outlook outlook;
	struct scene scene;
	char words[256], cmdline[128];

	snprintf(cmdline, sizeof(cmdline), "passthru.ids=1002:67df!,1002:aaf0 %s",
		 settings[_i].cmdline);
	scene_make(CARD_AND_AUDIO, "", cmdline, &scene);
	ck_assert_int_eq(settings_plan(&scene.params, &scene.plan, &list), 0);
	find_values((size_t)_i, &scene, &list);
	input = (struct outlook_input){ .machine = &scene.machine,
					.plan = &scene.plan,
					.settings = &list,
					.reset_module = settings[_i].module,
					.wanted = &scene.params.wanted };
	ck_assert_int_eq(outlook_make(&input, &outlook), 0);
	describe(&outlook, words, sizeof(words));
	expect_text(settings[_i].cmdline, words, settings[_i].words);
	if (settings[_i].text && outlook.count)
		expect_text(settings[_i].cmdline, outlook.items[outlook.count - 1].text,
			    settings[_i].text);
	outlook_free(&outlook);
	free(list.items);
	scene_free(&scene);
}

/* A volume that the TPM unlocks, with an image that changes. */
static const struct {
	struct unlocking unlocking;
	bool has_session;
	const char *words, *text;
} unlockings[] = {
	{ { "crypt", "sda2", .is_measured = true, .pcrs = 1 << 7 | 1 << 9 },
	  false,
	  "warning recovery-key -; ",
	  "the TPM unlocks crypt (/dev/sda2) only while it measures the same (PCR 7+9), and not with a new image or command line: the next boot may ask for the recovery key; have it at hand, and after that boot run systemd-cryptenroll --wipe-slot=tpm2 --tpm2-device=auto /dev/sda2 with your --tpm2-pcrs=" },
	{ { "crypt", "sda2", .is_measured = true, .pcrs = 1 << 11, .is_clevis = true },
	  true,
	  "warning recovery-key -; ",
	  "the TPM unlocks crypt (/dev/sda2) only while it measures the same (PCR 11), and not with a new image or command line: the next boot may ask for the recovery key, and nobody can type that over ssh: this machine may not come back by itself; have it at hand, and after that boot run clevis luks regen -d /dev/sda2 -s SLOT" },
	{ { "crypt", "sda2", .is_measured = true, .is_pcrlock = true },
	  false,
	  "warning recovery-key -; ",
	  "the TPM unlocks crypt (/dev/sda2) only while it measures the same (the policy of systemd-pcrlock), and not with a new image or command line: the next boot may ask for the recovery key; run systemd-pcrlock make-policy once the image is built" },
	{ { "crypt", "sda2", .error = -EACCES },
	  false,
	  "note recovery-key -; ",
	  "only root can read how the disk is unlocked: if the TPM unlocks crypt with what it measures of the image, the next boot asks for the recovery key; the header on /dev/sda2 tells, run this as root" },
	{ { "crypt", "sda2", .error = -EIO },
	  true,
	  "note recovery-key -; ",
	  "it is not known how the disk is unlocked: if the TPM unlocks crypt with what it measures of the image, the next boot asks for the recovery key; the header on /dev/sda2 tells" },
};

START_TEST(warns_of_new_images)
{
	struct outlook_input input;
	struct outlook outlook;
	struct scene scene;
	char words[256];

	scene_make(ONE_CARD, "", "", &scene);
	scene.machine.has_session = unlockings[_i].has_session;
	input = (struct outlook_input){ .machine = &scene.machine,
					.plan = &scene.plan,
					.wanted = &scene.params.wanted,
					.unlockings = &unlockings[_i].unlocking,
					.unlocking_count = 1 };
	ck_assert_int_eq(outlook_make(&input, &outlook), 0);
	describe(&outlook, words, sizeof(words));
	expect_text("words", words, unlockings[_i].words);
	expect_text("text", outlook.items[0].text, unlockings[_i].text);
	outlook_free(&outlook);
	scene_free(&scene);
}

#define GROUP                                           \
	"01:00.0 10de:13c2 030000 15 vfio-pci\n"        \
	"01:00.1 10de:0fbb 040300 15 vfio-pci\n"        \
	"02:00.0 144d:a808 010802 15 nvme\n"            \
	"00:01.0 8086:1901 060400 15 pcieport bridge\n" \
	"03:00.0 8086:1533 020000 16 igb\n"
#define CLAIMED "passthru.addrs=01:00.*"

/* The running kernel is 6.17. */
static const struct {
	const char *known, *cmdline, *text;
} grown[] = {
	{ "", CLAIMED, NULL },
	{ "rubbish\nkernel=6.12 members=\nkernel=6.12 members=x,10de:13cx\n", CLAIMED,
	  NULL },
	{ "kernel=6.12 members=10de:13c2@01:00.0,10de:0fbb@01:00.1\n", CLAIMED,
	  "since kernel 6.17 group 15 also has 0000:02:00.0 (nvme); to claim the whole "
	  "group, run passthru enable 0000:01:00.0 again, or boot kernel 6.12" },
	{ "kernel=6.17 members=10de:13c2@01:00.0,10de:0fbb@01:00.1\n", CLAIMED,
	  "group 15 also has 0000:02:00.0 (nvme), which it had not when 0000:01:00.0 was "
	  "enabled; to claim the whole group, run passthru enable 0000:01:00.0 again" },
	{ "kernel= members=10de:0fbb@01:00.1\n", "passthru.addrs=01:00.1",
	  "group 15 also has 0000:01:00.0 and 1 more (vfio-pci), which it had not when "
	  "0000:01:00.1 was enabled; to claim the whole group, run passthru enable "
	  "0000:01:00.1 again" },
	/* it had these, or they are claimed, too, or are gone */
	{ "kernel=6.12 members=10de:13c2@01:00.0,10de:0fbb@01:00.1,144d:a808@02:00.0\n",
	  CLAIMED, NULL },
	{ "kernel=6.12 members=10de:13c2@01:00.0,10de:0fbb@01:00.1\n",
	  CLAIMED " passthru.addrs=02:00.0", NULL },
	{ "kernel=6.12 members=10de:13c2@01:00.0,10de:0fbb@01:00.1,144d:a808@02:00.0,"
	  "1:2@04:00.0\n",
	  CLAIMED, NULL },
	/* the group of what is not claimed, or of another device at that address */
	{ "kernel=6.12 members=10de:13c2@01:00.0,10de:0fbb@01:00.1\n",
	  "passthru.addrs=03:00.0", NULL },
	{ "kernel=6.12 members=10de:13c3@01:00.0\n", CLAIMED, NULL },
};

START_TEST(compares_groups)
{
	struct outlook_input input;
	struct outlook outlook;
	struct scene scene;

	scene_make(GROUP, "", grown[_i].cmdline, &scene);
	scene.machine.known_groups = (char *)(uintptr_t)grown[_i].known;
	strcpy(scene.machine.kernel, "6.17");
	input = (struct outlook_input){ .machine = &scene.machine, .plan = &scene.plan };
	ck_assert_int_eq(outlook_make_groups(&input, &outlook), 0);
	ck_assert_uint_eq(outlook.count, grown[_i].text != NULL);
	if (outlook.count) {
		expect_text("remark", outlook.items[0].text, grown[_i].text);
		ck_assert_str_eq(outlook.items[0].kind, "group-grown");
	}
	outlook_free(&outlook);
	scene_free(&scene);
}

int main(void)
{
	TCase *tcase = tcase_create("outlook");

	add_rows(tcase, looks_ahead, outlooks);
	tcase_add_test(tcase, takes_what_is_chosen);
	add_rows(tcase, says_what_it_is, texts);
	add_rows(tcase, names_what_comes_along, variants);
	add_rows(tcase, names_what_is_missing, missing);
	add_rows(tcase, names_controllers, hidden);
	add_rows(tcase, judges_settings, settings);
	add_rows(tcase, warns_of_new_images, unlockings);
	add_rows(tcase, compares_groups, grown);
	return unit_run(tcase);
}
