/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "machine/internal.h"
#include "unit.h"

enum kind { FUNCTION, BRIDGE, VIRTUAL };

/*
 * A function: its path is that of lspci -PP, "" on a root bus. card is the address of the
 * first display of its card, or NULL.
 */
struct function {
	const char *address, *path;
	unsigned vendor, class;
	const char *card;
	enum kind kind;
};

static const struct {
	const char *name;
	struct function functions[8];
} rows[] = {
	{ "four functions",
	  { { "01:00.0", "00:01.0/00.0", 0x10de, 0x030000, "01:00.0" },
	    { "01:00.1", "00:01.0/00.1", 0x10de, 0x040300, "01:00.0" },
	    { "01:00.2", "00:01.0/00.2", 0x10de, 0x0c0330, "01:00.0" },
	    { "01:00.3", "00:01.0/00.3", 0x10de, 0x0c8000, "01:00.0" } } },
	{ "sound before the display",
	  { { "01:00.0", "00:01.0/00.0", 0x1ed5, 0x040300, "01:00.1" },
	    { "01:00.1", "00:01.0/00.1", 0x1ed5, 0x030000, "01:00.1" } } },
	{ "two cards of a kind",
	  { { "01:00.0", "00:01.0/00.0", 0x10de, 0x030000, "01:00.0" },
	    { "01:00.1", "00:01.0/00.1", 0x10de, 0x040300, "01:00.0" },
	    { "02:00.0", "00:02.0/00.0", 0x10de, 0x030000, "02:00.0" },
	    { "02:00.1", "00:02.0/00.1", 0x10de, 0x040300, "02:00.0" } } },
	/* https://github.com/isc30/ryzen-gpu-passthrough-proxmox/issues/77 */
	{ "an APU",
	  { { "c5:00.0", "00:08.1/00.0", 0x1002, 0x030000, "c5:00.0" },
	    { "c5:00.1", "00:08.1/00.1", 0x1002, 0x040300, "c5:00.0" },
	    { "c5:00.2", "00:08.1/00.2", 0x1022, 0x108000, NULL },
	    { "c5:00.3", "00:08.1/00.3", 0x1022, 0x0c0330, NULL },
	    { "c5:00.5", "00:08.1/00.5", 0x1022, 0x048000, NULL },
	    { "c5:00.6", "00:08.1/00.6", 0x1022, 0x040300, NULL } } },
	/* https://github.com/gnif/vendor-reset/issues/12 */
	{ "a switch above one slot",
	  { { "40:03.1", "", 0x1022, 0x060400, NULL, BRIDGE },
	    { "42:00.0", "40:03.1/00.0", 0x1002, 0x060400, NULL, BRIDGE },
	    { "43:00.0", "40:03.1/00.0/00.0", 0x1002, 0x060400, NULL, BRIDGE },
	    { "44:00.0", "40:03.1/00.0/00.0/00.0", 0x1002, 0x030000, "44:00.0" },
	    { "44:00.1", "40:03.1/00.0/00.0/00.1", 0x1002, 0x040300, "44:00.0" } } },
	/* https://bugzilla.kernel.org/show_bug.cgi?id=217641; the sound of the board has
	 * the same vendor */
	{ "sound behind a port of its own",
	  { { "00:01.0", "", 0x8086, 0x060400, NULL, BRIDGE },
	    { "00:1f.3", "", 0x8086, 0x040300, NULL },
	    { "01:00.0", "00:01.0/00.0", 0x8086, 0x060400, NULL, BRIDGE },
	    { "02:01.0", "00:01.0/00.0/01.0", 0x8086, 0x060400, NULL, BRIDGE },
	    { "02:04.0", "00:01.0/00.0/04.0", 0x8086, 0x060400, NULL, BRIDGE },
	    { "03:00.0", "00:01.0/00.0/01.0/00.0", 0x8086, 0x030000, "03:00.0" },
	    { "04:00.0", "00:01.0/00.0/04.0/00.0", 0x8086, 0x040300, "03:00.0" } } },
	{ "a switch of another vendor",
	  { { "00:01.0", "", 0x8086, 0x060400, NULL, BRIDGE },
	    { "01:00.0", "00:01.0/00.0", 0x10b5, 0x060400, NULL, BRIDGE },
	    { "02:01.0", "00:01.0/00.0/01.0", 0x10b5, 0x060400, NULL, BRIDGE },
	    { "02:04.0", "00:01.0/00.0/04.0", 0x10b5, 0x060400, NULL, BRIDGE },
	    { "03:00.0", "00:01.0/00.0/01.0/00.0", 0x1002, 0x030000, "03:00.0" },
	    { "04:00.0", "00:01.0/00.0/04.0/00.0", 0x1002, 0x040300, NULL } } },
	{ "root ports of the vendor",
	  { { "00:01.0", "", 0x8086, 0x060400, NULL, BRIDGE },
	    { "00:06.0", "", 0x8086, 0x060400, NULL, BRIDGE },
	    { "03:00.0", "00:01.0/00.0", 0x8086, 0x030000, "03:00.0" },
	    { "04:00.0", "00:06.0/00.0", 0x8086, 0x040300, NULL } } },
	{ "two cards below a switch of the board",
	  { { "02:00.0", "00:03.0/00.0", 0x10de, 0x060400, NULL, BRIDGE },
	    { "03:00.0", "00:03.0/00.0/00.0", 0x10de, 0x060400, NULL, BRIDGE },
	    { "03:02.0", "00:03.0/00.0/02.0", 0x10de, 0x060400, NULL, BRIDGE },
	    { "04:00.0", "00:03.0/00.0/00.0/00.0", 0x10de, 0x030000, "04:00.0" },
	    { "04:00.1", "00:03.0/00.0/00.0/00.1", 0x10de, 0x040300, "04:00.0" },
	    { "05:00.0", "00:03.0/00.0/02.0/00.0", 0x10de, 0x030000, "05:00.0" },
	    { "05:00.1", "00:03.0/00.0/02.0/00.1", 0x10de, 0x040300, "05:00.0" } } },
	{ "a card in a Thunderbolt case with USB",
	  { { "01:00.0", "00:07.0/00.0", 0x8086, 0x060400, NULL, BRIDGE },
	    { "02:01.0", "00:07.0/00.0/01.0", 0x8086, 0x060400, NULL, BRIDGE },
	    { "02:02.0", "00:07.0/00.0/02.0", 0x8086, 0x060400, NULL, BRIDGE },
	    { "03:00.0", "00:07.0/00.0/01.0/00.0", 0x8086, 0x030000, "03:00.0" },
	    { "04:00.0", "00:07.0/00.0/02.0/00.0", 0x8086, 0x0c0330, NULL } } },
	{ "the virtual functions of a display",
	  { { "00:02.0", "", 0x8086, 0x030000, "00:02.0" },
	    { "00:02.1", "", 0x8086, 0x030000, NULL, VIRTUAL },
	    { "00:02.2", "", 0x8086, 0x030000, NULL, VIRTUAL } } },
	{ "ports of a network card",
	  { { "18:00.0", "17:00.0/00.0", 0x8086, 0x020000, NULL },
	    { "18:00.1", "17:00.0/00.1", 0x8086, 0x020000, NULL } } },
};

#define FUNCTIONS_MAX ARRAY_SIZE(rows[0].functions)

static void add_function(const struct function *function, struct pci_device *pci,
			 struct device *device)
{
	const char *why;
	size_t at;

	*pci = (struct pci_device){
		.address = address_of(function->address),
		.id = { .vendor = function->vendor, .class = function->class },
		.is_bridge = function->kind == BRIDGE,
	};
	if (function->path[0])
		expect_number(function->path,
			      address_parse(function->path, strlen(function->path),
					    &pci->path, &why, &at),
			      0);
	*device = (struct device){ .pci = pci };
}

START_TEST(finds_cards)
{
	const struct function *functions = rows[_i].functions;
	struct pci_device pci[FUNCTIONS_MAX];
	struct device devices[FUNCTIONS_MAX];
	struct machine machine = { .devices = devices };

	for (; machine.count < FUNCTIONS_MAX && functions[machine.count].address;
	     machine.count++)
		add_function(&functions[machine.count], &pci[machine.count],
			     &devices[machine.count]);
	for (size_t i = 0; i < machine.count; i++)
		devices[i].physical = functions[i].kind == VIRTUAL ? &devices[0] : NULL;
	cards_find(&machine);
	for (size_t i = 0; i < machine.count; i++) {
		const struct device *card = devices[i].card;

		expect_text(rows[_i].name, card ? functions[card - devices].address : "",
			    functions[i].card ? functions[i].card : "");
	}
	expect(rows[_i].name, !device_is_of_card(&devices[0], &devices[0]));
	expect_number(rows[_i].name, device_is_of_card(&devices[0], &devices[1]),
		      functions[0].card && functions[1].card &&
			      strcmp(functions[0].card, functions[1].card) == 0);
}

int main(void)
{
	TCase *tcase = tcase_create("card");

	add_rows(tcase, finds_cards, rows);
	return unit_run(tcase);
}
