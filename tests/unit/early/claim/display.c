/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim/internal.h"
#include "fake.h"
#include "pci/pci.h"
#include "unit.h"

/*
 * What becomes of the boot framebuffer when the display below it is claimed, with a
 * made-up framebuffer in the place of framebuffer.c.
 */
static struct screen {
	bool lies_over;	    /* the device, now */
	bool kernel_evicts; /* vfio-pci's probe does */
	int release;	    /* result of the release */
	bool expires;	    /* time runs out during the release */
	unsigned restored;  /* times */
	struct claims *claims;
} screen;

int framebuffer_find(int root_fd, const struct pci_address *address,
		     struct framebuffer *ret)
{
	const struct fake_device *device = fake_find("0000:01:00.0");

	(void)root_fd;
	(void)address;
	if (screen.kernel_evicts && strcmp(device->driver, "vfio-pci") == 0)
		screen.lies_over = false;
	if (!screen.lies_over)
		return -ENOENT;
	*ret = (struct framebuffer){ "efi-framebuffer.0", "efi-framebuffer" };
	return 0;
}

int framebuffer_release(int root_fd, const struct pci_address *address,
			const struct framebuffer *framebuffer)
{
	(void)root_fd;
	(void)address;
	expect_text("release", framebuffer->device, "efi-framebuffer.0");
	screen.lies_over = screen.release != 0;
	if (screen.expires)
		(void)claims_expire(screen.claims, REASON_TIMEOUT);
	return screen.release;
}

int framebuffer_restore(int root_fd, const struct framebuffer *framebuffer)
{
	(void)root_fd;
	expect_text("restore", framebuffer->driver, "efi-framebuffer");
	screen.lies_over = true;
	screen.restored++;
	return 0;
}

#define CARD "0000:01:00.0 want=vfio-pci usual=amdgpu"

/* joeknock90/Single-GPU-Passthrough#89: the only display, and a blank screen. */
static const struct {
	const char *name;
	const char *devices;
	uint32_t class;
	bool lies_over;
	bool kernel_evicts;
	int release;
	bool expires;
	enum verdict verdict;
	enum fb_release fb_release;
	bool lies_over_after;
	unsigned restored;
} rows[] = {
	{ "no framebuffer", CARD, 0x030000, false, false, 0, false, VERDICT_CLAIMED,
	  FB_RELEASE_NONE, false, 0 },
	{ "vfio-pci evicts it", CARD, 0x030000, true, true, 0, false, VERDICT_CLAIMED,
	  FB_RELEASE_KERNEL, false, 0 },
	{ "we release it", CARD, 0x038000, true, false, 0, false, VERDICT_CLAIMED,
	  FB_RELEASE_PASSTHRU, false, 0 },
	{ "it cannot be released", CARD, 0x038000, true, false, -EBUSY, false,
	  VERDICT_CLAIMED, FB_RELEASE_HELD, true, 0 },
	{ "no display at all", CARD, 0x040300, true, false, 0, false, VERDICT_CLAIMED,
	  FB_RELEASE_NONE, true, 0 },
	{ "the claim fails, it stays", CARD " refuses=vfio-pci:EINVAL", 0x038000, true,
	  false, 0, false, VERDICT_FAILED, FB_RELEASE_NONE, true, 0 },
	{ "time runs out, it comes back", CARD, 0x038000, true, false, 0, true,
	  VERDICT_FAILED, FB_RELEASE_PASSTHRU, true, 1 },
	{ "time runs out, it never went", CARD, 0x038000, true, false, -EBUSY, true,
	  VERDICT_FAILED, FB_RELEASE_HELD, true, 0 },
};

START_TEST(releases)
{
	struct pci_device device = { .address = address_of("0000:01:00.0"),
				     .id = { .class = rows[_i].class } };
	struct plan_entry entry = { .device = &device,
				    .verdict = VERDICT_PENDING,
				    .wanted = "vfio-pci" };
	struct plan plan = { .entries = &entry, .count = 1 };
	struct settings none = { 0 };

	fake_make(rows[_i].devices, "+vfio-pci amdgpu");
	screen = (struct screen){ .lies_over = rows[_i].lies_over,
				  .kernel_evicts = rows[_i].kernel_evicts,
				  .release = rows[_i].release,
				  .expires = rows[_i].expires,
				  .claims = claims_new(&plan, &none) };
	ck_assert_ptr_nonnull(screen.claims);
	screen.claims->bus_fd = -1;
	screen.claims->root = "";
	for (unsigned round = 0; round < CLAIM_ROUNDS; round++)
		claim_rounds[round](screen.claims, &screen.claims->items[0]);
	claims_store(screen.claims, &plan, &none);
	claims_free(screen.claims);
	expect_number(rows[_i].name, entry.verdict, rows[_i].verdict);
	expect_number(rows[_i].name, entry.fb_release, rows[_i].fb_release);
	expect_number(rows[_i].name, screen.lies_over, rows[_i].lies_over_after);
	expect_number(rows[_i].name, screen.restored, rows[_i].restored);
	if (entry.verdict == VERDICT_FAILED)
		expect_text(rows[_i].name, fake_find("0000:01:00.0")->driver, "amdgpu");
	fake_drop();
}

int main(void)
{
	TCase *tcase = tcase_create("display");

	add_rows(tcase, releases, rows);
	return unit_run(tcase);
}
