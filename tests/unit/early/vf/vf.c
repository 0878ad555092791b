/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "machine.h"
#include "seams.h"
#include "unit.h"
#include "vf/vf.h"

/* -- foretelling --------------------------------------------------------------------- */

static const struct {
	const char *address;
	unsigned total, offset, stride, number;
	const char *vf; /* NULL: not to be foretold */
} addresses[] = {
	/* igb: two ports, whose VFs alternate */
	{ "01:00.0", 7, 128, 2, 0, "01:10.0" },
	{ "01:00.1", 7, 128, 2, 0, "01:10.1" },
	{ "01:00.0", 7, 128, 2, 6, "01:11.4" },
	{ "01:00.0", 7, 128, 2, 7, NULL },
	/* Intel's graphics, on the root bus */
	{ "00:02.0", 7, 1, 1, 0, "00:02.1" },
	{ "00:02.0", 7, 1, 1, 6, "00:02.7" },
	/* on other buses */
	{ "03:00.0", 64, 256, 1, 0, "04:00.0" },
	{ "03:00.0", 300, 256, 1, 255, "04:1f.7" },
	{ "03:00.0", 300, 256, 1, 256, "05:00.0" },
	{ "10000:03:00.0", 64, 16, 1, 1, "10000:03:02.1" },
	/* beyond the last bus */
	{ "ff:00.0", 64, 256, 1, 0, NULL },
	{ "fe:00.0", 300, 256, 1, 256, NULL },
	/* not told before VFs are enabled */
	{ "01:00.0", 7, 0, 0, 0, NULL },
	{ "01:00.0", 7, 0, 2, 0, NULL },
	{ "01:00.0", 7, 128, 0, 0, "01:10.0" },
	{ "01:00.0", 7, 128, 0, 1, NULL },
	{ "01:00.0", 0, 128, 2, 0, NULL },
	{ "01:00.0", 65535, 65535, 65535, 65534, NULL },
};

START_TEST(foretells)
{
	struct pf pf = { .address = address_of(addresses[_i].address),
			 .total = addresses[_i].total,
			 .offset = addresses[_i].offset,
			 .stride = addresses[_i].stride };
	struct pci_address vf;
	bool known = pf_foretell(&pf, addresses[_i].number, &vf);
	char name[64];

	snprintf(name, sizeof(name), "%s %u", addresses[_i].address,
		 addresses[_i].number);
	expect_number(name, known, addresses[_i].vf != NULL);
	if (known) {
		struct pci_address want = address_of(addresses[_i].vf);

		expect_number(name, address_compare(&vf, &want), 0);
	}
}

/* -- judging ------------------------------------------------------------------------- */

static const struct {
	struct pf pf;
	enum verdict verdict;
	enum reason reason;
} judgements[] = {
	{ { .total = 0 }, VERDICT_REFUSED, REASON_NO_SRIOV },
	{ { .total = 0, .wanted = 2 }, VERDICT_REFUSED, REASON_NO_SRIOV },
	{ { .total = 7 }, VERDICT_DEFERRED, REASON_NO_VFS },
	{ { .total = 7, .wanted = 7 }, VERDICT_DEFERRED, REASON_NO_VFS },
	{ { .total = 7, .wanted = 8 }, VERDICT_REFUSED, REASON_TOO_MANY_VFS },
	{ { .total = 7, .made = 3 }, VERDICT_CLAIMED, REASON_NONE },
	{ { .total = 7, .wanted = 3, .made = 3 }, VERDICT_CLAIMED, REASON_NONE },
	{ { .total = 7, .wanted = 2, .made = 3 }, VERDICT_DEFERRED, REASON_NO_VFS },
	/* tried before */
	{ { .total = 7,
	    .wanted = 2,
	    .verdict = VERDICT_FAILED,
	    .reason = REASON_NOT_MADE },
	  VERDICT_FAILED,
	  REASON_NOT_MADE },
	{ { .total = 7,
	    .wanted = 2,
	    .made = 2,
	    .verdict = VERDICT_FAILED,
	    .reason = REASON_NOT_MADE },
	  VERDICT_CLAIMED,
	  REASON_NONE },
};

START_TEST(judges)
{
	struct pf pf = judgements[_i].pf;
	char name[16];

	snprintf(name, sizeof(name), "row %d", _i);
	pf_judge(&pf);
	expect_text(name, verdict_word(pf.verdict, false),
		    verdict_word(judgements[_i].verdict, false));
	expect_text(name, reason_word(pf.reason), reason_word(judgements[_i].reason));
}

/* -- finding ------------------------------------------------------------------------- */

static void put_number(const struct directory *root, const char *address,
		       const char *file, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "devices/%s/%s", address, file);
	put_file(root, path, text);
}

/*
 * A network card with two ports of seven VFs each, two of which the second has enabled;
 * an integrated graphics function whose VFs have its ID; another network card without
 * any.
 */
static struct directory make_bus(struct pci_list *ret)
{
	static const struct {
		const char *address, *modalias, *total, *offset, *stride, *device;
	} functions[] = {
		{ "0000:00:01.0",
		  "pci:v00008086d0000A72Dsv00000000sd00000000bc06sc04i00" },
		{ "0000:00:02.0", "pci:v00008086d0000A7A0sv00000000sd00000000bc03sc00i00",
		  "7\n", "1\n", "1\n", "a7a0\n" },
		{ "0000:01:00.0", "pci:v00008086d000010C9sv00000000sd00000000bc02sc00i00",
		  "7\n", "128\n", "2\n", "10ca\n" },
		{ "0000:01:00.1", "pci:v00008086d000010C9sv00000000sd00000000bc02sc00i00",
		  "7\n", "128\n", "2\n", "10ca\n" },
		{ "0000:01:10.1",
		  "pci:v00008086d000010CAsv00000000sd00000000bc02sc00i00" },
		{ "0000:01:10.3",
		  "pci:v00008086d000010CAsv00000000sd00000000bc02sc00i00" },
		{ "0000:05:00.0",
		  "pci:v00008086d00001533sv00000000sd00000000bc02sc00i00" },
	};
	struct directory root = make_directory();

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
		put_number(&root, functions[i].address, "modalias",
			   functions[i].modalias);
		if (!functions[i].total)
			continue;
		put_number(&root, functions[i].address, "sriov_totalvfs",
			   functions[i].total);
		put_number(&root, functions[i].address, "sriov_offset",
			   functions[i].offset);
		put_number(&root, functions[i].address, "sriov_stride",
			   functions[i].stride);
		put_number(&root, functions[i].address, "sriov_vf_device",
			   functions[i].device);
		put_number(&root, functions[i].address, "sriov_drivers_autoprobe", "1\n");
	}
	put_link(&root, "devices/0000:01:00.1/virtfn0", "../0000:01:10.1");
	put_link(&root, "devices/0000:01:00.1/virtfn1", "../0000:01:10.3");
	put_link(&root, "devices/0000:01:10.1/physfn", "../0000:01:00.1");
	put_link(&root, "devices/0000:01:10.3/physfn", "../0000:01:00.1");
	ck_assert_int_eq(pci_scan(root.fd, ret), 0);
	for (size_t i = 0; i < ret->count; i++) {
		ret->devices[i].is_read = true;
		ret->devices[i].group = (int)i;
	}
	return root;
}

static const struct {
	const char *cmdline;
	const char *pfs;  /* "ADDRESS all|some WANTED/MADE/TOTAL VERDICT" of each */
	const char *plan; /* "ADDRESS VERDICT" of each device */
} machines[] = {
	{ "passthru.vfs=01:00.0", "01:00.0 all 0/0/7 deferred", "" },
	{ "passthru.vfs=01:00.1", "01:00.1 all 0/2/7 claimed",
	  "01:10.1 pending; 01:10.3 pending" },
	{ "passthru.vfs=8086:10c9,3@01:00.1",
	  "01:00.0 all 0/0/7 deferred; 01:00.1 all 3/2/7 deferred",
	  "01:10.1 pending; 01:10.3 pending" },
	{ "passthru.vfs=3@01:00.1,2@8086:10c9",
	  "01:00.0 all 2/0/7 deferred; 01:00.1 all 2/2/7 claimed",
	  "01:10.1 pending; 01:10.3 pending" },
	{ "passthru.vfs=8@8086:10c9@01:00.0", "01:00.0 all 8/0/7 refused", "" },
	/* the ID of the VFs is that of their PF */
	{ "passthru.vfs=7@00:02.0 passthru.ids=8086:a7a0", "00:02.0 all 7/0/7 deferred",
	  "00:02.0 kept gives-vfs" },
	{ "passthru.vfs=8086:a7a0 passthru.ids=8086:a7a0!", "00:02.0 all 0/0/7 deferred",
	  "00:02.0 kept gives-vfs" },
	{ "passthru.vfs=8086:a7a0 passthru.addrs=00:02.*", "00:02.0 all 0/0/7 deferred",
	  "00:02.0 kept gives-vfs" },
	{ "passthru.vfs=8086:a7a0 passthru.addrs=00:02.0", "00:02.0 all 0/0/7 deferred",
	  "00:02.0 pending" },
	{ "passthru.ids=8086:a7a0", "", "00:02.0 pending" },
	{ "passthru.vfs=01:00.1 passthru.skip=01:10.3", "01:00.1 all 0/2/7 claimed",
	  "01:10.1 pending; 01:10.3 kept skipped" },
	/* no SR-IOV: an error, unless a wildcard names it with others */
	{ "passthru.vfs=05:00.0 passthru.ids=8086:1533", "05:00.0 all 0/0/0 refused",
	  "05:00.0 kept gives-vfs" },
	{ "passthru.vfs=8086:*",
	  "00:02.0 all 0/0/7 deferred; 01:00.0 all 0/0/7 deferred; "
	  "01:00.1 all 0/2/7 claimed",
	  "01:10.1 pending; 01:10.3 pending" },
	{ "passthru.vfs=01:10.1", "", "" },
	{ "passthru.vfs=00:01.0", "", "" },
	{ "passthru.vfs=09:00.0", "", "" },
	/* foretold */
	{ "passthru.ids=8086:10ca",
	  "01:00.0 some 0/0/7 deferred; 01:00.1 some 0/2/7 claimed",
	  "01:10.1 pending; 01:10.3 pending" },
	{ "passthru.addrs=01:10.2", "01:00.0 some 0/0/7 deferred", "" },
	{ "passthru.addrs=01:10.1", "01:00.1 some 0/2/7 claimed", "01:10.1 pending" },
	{ "passthru.addrs=00:02.3", "00:02.0 some 0/0/7 deferred", "" },
	{ "passthru.addrs=00:02.3 passthru.ids=8086:a7a0", "", "00:02.0 pending" },
	{ "passthru.ids=8086:10ca:1:2:30000:ffffff",
	  "01:00.0 some 0/0/7 deferred; 01:00.1 some 0/2/7 claimed", "" },
	{ "passthru.ids=8086:10ca@01:10.4", "01:00.0 some 0/0/7 deferred", "" },
	{ "passthru.ids=8086:10cb,1af4:10ca", "", "" },
	{ "passthru.addrs=02:10.0,01:10.0/00.0", "", "" },
	{ "passthru.ids=8086:*", "",
	  "00:02.0 pending; 01:00.0 pending; 01:00.1 pending; 01:10.1 pending; "
	  "01:10.3 pending; 05:00.0 pending" },
};

static void say(char *text, size_t size, const char *format, ...)
{
	size_t at = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	at += (size_t)snprintf(text + at, size - at, "%s", at ? "; " : "");
	vsnprintf(text + at, size - at, format, arguments);
	va_end(arguments);
}

static const char *short_name(const struct pci_address *address)
{
	static char name[ADDRESS_SIZE];

	address_format(address, name);
	return name + strlen("0000:");
}

static void describe_pfs(const struct pfs *pfs, char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < pfs->count; i++)
		say(text, size, "%s %s %u/%u/%u %s", short_name(&pfs->items[i].address),
		    pfs->items[i].is_named ? "all" : "some", pfs->items[i].wanted,
		    pfs->items[i].made, pfs->items[i].total,
		    verdict_word(pfs->items[i].verdict, false));
}

static void describe_plan(const struct plan *plan, char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];

		say(text, size, "%s %s%s%s", short_name(&entry->device->address),
		    verdict_word(entry->verdict, false), entry->reason ? " " : "",
		    entry->reason ? reason_word(entry->reason) : "");
	}
}

START_TEST(finds)
{
	struct params params;
	struct pci_list list;
	struct directory root = make_bus(&list);
	struct plan plan;
	struct pfs pfs;
	char text[512];

	ck_assert_int_eq(params_parse(machines[_i].cmdline, &params), 0);
	ck_assert_int_eq(pfs_find(root.fd, &params, NULL, &list, &pfs), 0);
	describe_pfs(&pfs, text, sizeof(text));
	expect_text(machines[_i].cmdline, text, machines[_i].pfs);
	ck_assert_int_eq(plan_select(&params, &list, &plan), 0);
	for (size_t i = 0; i < plan.count; i++)
		strcpy(plan.entries[i].wanted, params.driver);
	plan_judge((struct plan_prospect){ 0 }, &plan);
	describe_plan(&plan, text, sizeof(text));
	expect_text(machines[_i].cmdline, text, machines[_i].plan);
	free(pfs.items);
	plan_free(&plan);
	pci_list_free(&list);
	params_free(&params);
	drop_directory(&root);
}

/* "!" after the item of the PF is for all of its VFs. */
START_TEST(lifts_guards)
{
	struct params params;
	struct pci_list list;
	struct directory root = make_bus(&list);
	struct plan plan;
	struct pfs pfs;

	ck_assert_int_eq(params_parse("passthru.vfs=2@01:00.1!", &params), 0);
	ck_assert_int_eq(pfs_find(root.fd, &params, NULL, &list, &pfs), 0);
	ck_assert_int_eq(plan_select(&params, &list, &plan), 0);
	expect_number("count", plan.count, 2);
	expect("forced", plan.entries[1].is_forced && plan.entries[1].is_named);
	expect("apart",
	       !pci_is_same_card(plan.entries[0].device, plan.entries[1].device));
	free(pfs.items);
	plan_free(&plan);
	pci_list_free(&list);
	params_free(&params);
	drop_directory(&root);
}

/* -- autoprobe ----------------------------------------------------------------------- */

#define AUTOPROBE "devices/0000:01:00.1/sriov_drivers_autoprobe"

static void expect_file(const char *name, const struct directory *root, const char *want)
{
	_cleanup_free_ char *text = get_file(root, AUTOPROBE);

	expect_number(name, text[0], want[0]);
}

START_TEST(silences)
{
	struct params params;
	struct pci_list list;
	struct directory root = make_bus(&list);
	struct pfs pfs, later, other;

	ck_assert_int_eq(params_parse("passthru.vfs=01:00.1", &params), 0);
	ck_assert_int_eq(pfs_find(root.fd, &params, NULL, &list, &pfs), 0);
	expect("before", pfs.items[0].autoprobe && pfs.items[0].was);
	expect_number("silence", pf_silence(root.fd, &pfs.items[0]), 0);
	expect_file("silent", &root, "0");
	expect("it is", pf_is_silenced(&pfs.items[0]) && pfs.items[0].is_new);
	/* A later stage knows it from the report; without that, somebody else did it. */
	ck_assert_int_eq(pfs_find(root.fd, &params, &pfs, &list, &later), 0);
	expect("later", pf_is_silenced(&later.items[0]));
	expect("its VF", list.devices[5].is_virtual && list.devices[5].is_silenced);
	ck_assert_int_eq(pfs_find(root.fd, &params, NULL, &list, &other), 0);
	expect("another's", !pf_is_silenced(&other.items[0]));
	expect("another's VF",
	       list.devices[5].is_virtual && !list.devices[5].is_silenced);
	expect_number("not given back", pf_restore(root.fd, &other.items[0]), 0);
	expect_file("still silent", &root, "0");
	pfs_restore(root.fd, &pfs);
	expect_file("given back", &root, "1");
	expect("it is not", !pf_is_silenced(&pfs.items[0]));
	put_file(&root, AUTOPROBE, "0\n");
	vfs_restore(root.fd);
	expect_file("after a crash", &root, "1");
	free(pfs.items);
	free(later.items);
	free(other.items);
	pci_list_free(&list);
	params_free(&params);
	drop_directory(&root);
}

START_TEST(cannot_be_silenced)
{
	struct directory root = make_directory();
	struct pf pf = { .autoprobe = true, .was = true };

	expect_number("silence", pf_silence(root.fd, &pf), -ENOENT);
	expect("as before", pf.autoprobe && !pf.is_new);
	drop_directory(&root);
}

START_TEST(lacks_memory)
{
	struct params params;
	struct pci_list list;
	struct directory root = make_bus(&list);
	struct pfs pfs;

	ck_assert_int_eq(params_parse("passthru.vfs=01:00.1", &params), 0);
	seam_fail(SEAM_ALLOCATE, 1, ENOMEM);
	expect_number("find", pfs_find(root.fd, &params, NULL, &list, &pfs), -ENOMEM);
	expect("failed", seam_reset(SEAM_ALLOCATE));
	free(pfs.items);
	pci_list_free(&list);
	params_free(&params);
	drop_directory(&root);
}

int main(void)
{
	TCase *tcase = tcase_create("vf");

	add_rows(tcase, foretells, addresses);
	add_rows(tcase, judges, judgements);
	add_rows(tcase, finds, machines);
	tcase_add_test(tcase, lifts_guards);
	tcase_add_test(tcase, silences);
	tcase_add_test(tcase, cannot_be_silenced);
	tcase_add_test(tcase, lacks_memory);
	return unit_run(tcase);
}
