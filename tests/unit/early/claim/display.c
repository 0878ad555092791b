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
	bool lies_over;		/* the device, now */
	const char *evicted_by; /* the action after which the kernel has evicted it */
	int release;		/* result of the release */
	bool expires;		/* time runs out during the release */
	unsigned restored;	/* times */
	struct claims *claims;
} screen;

int framebuffer_find(int root_fd, const struct pci_address *address,
		     struct framebuffer *ret)
{
	(void)root_fd;
	(void)address;
	if (screen.evicted_by && strstr(fake->trace, screen.evicted_by))
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

#define CARD	"0000:01:00.0 want=vfio-pci usual=amdgpu bar0=8:3f00"
#define REFUSED CARD " refuses=vfio-pci:EINVAL"
#define BAR0	"passthru.bar0=8G"
#define PROBE	"load vfio-pci" /* which binds the device */

/* joeknock90/Single-GPU-Passthrough#89: the only display, and a blank screen. */
static const struct {
	const char *name;
	const char *devices;
	const char *cmdline;
	uint32_t class;
	const char *fault; /* of the resizing, or NULL */
	bool lies_over;
	const char *evicted_by;
	int release;
	bool expires;
	enum verdict verdict;
	enum fb_release fb_release;
	bool lies_over_after;
	unsigned restored;
} rows[] = {
	{ "no framebuffer", CARD, "", 0x030000, NULL, false, NULL, 0, false,
	  VERDICT_CLAIMED, FB_RELEASE_NONE, false, 0 },
	{ "vfio-pci evicts it", CARD, "", 0x030000, NULL, true, PROBE, 0, false,
	  VERDICT_CLAIMED, FB_RELEASE_KERNEL, false, 0 },
	{ "we release it", CARD, "", 0x038000, NULL, true, NULL, 0, false,
	  VERDICT_CLAIMED, FB_RELEASE_PASSTHRU, false, 0 },
	{ "it cannot be released", CARD, "", 0x038000, NULL, true, NULL, -EBUSY, false,
	  VERDICT_CLAIMED, FB_RELEASE_HELD, true, 0 },
	{ "no display at all", CARD, "", 0x040300, NULL, true, NULL, 0, false,
	  VERDICT_CLAIMED, FB_RELEASE_NONE, true, 0 },
	{ "the claim fails, it stays", REFUSED, "", 0x038000, NULL, true, NULL, 0, false,
	  VERDICT_FAILED, FB_RELEASE_NONE, true, 0 },
	{ "time runs out, it comes back", CARD, "", 0x038000, NULL, true, NULL, 0, true,
	  VERDICT_FAILED, FB_RELEASE_PASSTHRU, true, 1 },
	{ "time runs out, it never went", CARD, "", 0x038000, NULL, true, NULL, -EBUSY,
	  true, VERDICT_FAILED, FB_RELEASE_HELD, true, 0 },

	/* A BAR is resized. */
	{ "the kernel evicts it for that", CARD, BAR0, 0x030000, NULL, true, "resize", 0,
	  false, VERDICT_CLAIMED, FB_RELEASE_KERNEL, false, 0 },
	{ "and then does not resize", CARD, BAR0, 0x030000, "ENOSPC", true, "resize", 0,
	  false, VERDICT_CLAIMED, FB_RELEASE_KERNEL, false, 0 },
	{ "it is gone, and the claim fails", REFUSED, BAR0, 0x030000, NULL, true,
	  "resize", 0, false, VERDICT_FAILED, FB_RELEASE_KERNEL, false, 0 },
	{ "that size is there already", CARD, "passthru.bar0=256M", 0x030000, NULL, true,
	  "resize", 0, false, VERDICT_CLAIMED, FB_RELEASE_PASSTHRU, false, 0 },
	{ "that is not offered, and the claim fails", REFUSED, "passthru.bar0=16G",
	  0x030000, NULL, true, "resize", 0, false, VERDICT_FAILED, FB_RELEASE_NONE, true,
	  0 },
	{ "we release it for that", CARD, BAR0, 0x038000, NULL, true, NULL, 0, false,
	  VERDICT_CLAIMED, FB_RELEASE_PASSTHRU, false, 0 },
	{ "we do, and the claim fails", REFUSED, BAR0, 0x038000, NULL, true, NULL, 0,
	  false, VERDICT_FAILED, FB_RELEASE_PASSTHRU, true, 1 },
};

START_TEST(releases)
{
	struct pci_device device = { .address = address_of("0000:01:00.0"),
				     .id = { .class = rows[_i].class } };
	struct plan_entry entry = { .device = &device,
				    .verdict = VERDICT_PENDING,
				    .wanted = "vfio-pci" };
	struct plan plan = { .entries = &entry, .count = 1 };
	struct params params;
	struct settings settings;

	ck_assert_int_eq(params_parse(rows[_i].cmdline, &params), 0);
	ck_assert_int_eq(settings_plan(&params, &plan, &settings), 0);
	fake_make(rows[_i].devices, "+vfio-pci amdgpu");
	if (rows[_i].fault)
		fake->rules[0] =
			(struct fake_rule){ .match = "resize", .what = rows[_i].fault };
	screen = (struct screen){ .lies_over = rows[_i].lies_over,
				  .evicted_by = rows[_i].evicted_by,
				  .release = rows[_i].release,
				  .expires = rows[_i].expires,
				  .claims = claims_new(&plan, &settings) };
	ck_assert_ptr_nonnull(screen.claims);
	screen.claims->bus_fd = -1;
	screen.claims->root = "";
	for (unsigned round = 0; round < CLAIM_ROUNDS; round++)
		claim_rounds[round](screen.claims, &screen.claims->items[0]);
	claims_store(screen.claims, &plan, &settings);
	claims_free(screen.claims);
	expect_number(rows[_i].name, entry.verdict, rows[_i].verdict);
	expect_number(rows[_i].name, entry.fb_release, rows[_i].fb_release);
	expect_number(rows[_i].name, screen.lies_over, rows[_i].lies_over_after);
	expect_number(rows[_i].name, screen.restored, rows[_i].restored);
	if (entry.verdict == VERDICT_FAILED)
		expect_text(rows[_i].name, fake_find("0000:01:00.0")->driver, "amdgpu");
	fake_drop();
	params_free(&params);
	free(settings.items);
}

int main(void)
{
	TCase *tcase = tcase_create("display");

	add_rows(tcase, releases, rows);
	return unit_run(tcase);
}
