/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>
#include <string.h>

#include "base/base.h"
#include "plan/plan.h"

/* By value, each with the report's word first. */
struct row {
	const char *word, *phrase, *next;
};

static const struct row verdicts[] = {
	[VERDICT_PENDING] = { "pending" }, [VERDICT_CLAIMED] = { "claimed" },
	[VERDICT_KEPT] = { "kept" },	   [VERDICT_REFUSED] = { "refused" },
	[VERDICT_FAILED] = { "failed" },   [VERDICT_DEFERRED] = { "deferred" },
	[VERDICT_UNKNOWN] = { "unknown" },
};

static const char planned[] = "planned";

static const struct row fb_releases[] = {
	[FB_RELEASE_NONE] = { "none" },
	[FB_RELEASE_KERNEL] = { "kernel" },
	[FB_RELEASE_PASSTHRU] = { "passthru" },
	[FB_RELEASE_HELD] = { "held" },
};

static const struct row steps[] = {
	[STEP_NONE] = { "none", "startup" },
	[STEP_READ] = { "read", "a read of it" },
	[STEP_OVERRIDE] = { "override", "the write to driver_override" },
	[STEP_LOAD] = { "load", "loading the driver" },
	[STEP_UNBIND] = { "unbind", "the write to unbind" },
	[STEP_SETTING] = { "setting", "a setting" },
	[STEP_PROBE] = { "probe", "the write to drivers_probe" },
	[STEP_RELEASE] = { "release", "the release of the boot framebuffer" },
	[STEP_UNDO] = { "undo", "the rollback" },
	[STEP_VFS] = { "vfs", "the write to sriov_numvfs" },
};

static const struct row reasons[] = {
	[REASON_NONE] = { "none", "" },
	[REASON_SKIPPED] = { "skipped", "passthru.skip names it" },
	[REASON_GIVES_VFS] = { "gives-vfs",
			       "passthru.vfs gives away its virtual functions" },
	[REASON_VFS_IN_USE] = { "vfs-in-use",
				"a virtual function is in use, so all stay as they are",
				"end that, then write the number to sriov_numvfs" },
	[REASON_BOOT_DISPLAY] = { "boot-display",
				  "it is, or belongs to, the boot display, and the host has no other",
				  "if you mean it, name its address in passthru.addrs" },
	[REASON_CONSOLE] = { "console", "it is the serial console",
			     "if you mean it, name its address in passthru.addrs" },
	[REASON_ROOT_DISK] = { "root-disk", "it backs the system", "leave it out" },
	[REASON_IN_USE] = { "in-use", "a disk behind it is in use",
			    "unmount it or leave it out" },
	[REASON_ROOT_NETWORK] = { "root-network",
				  "it is in use, and the boot needs the network",
				  "leave it out" },
	[REASON_UNREADABLE] = { "unreadable",
				"a disk behind it could not be read and may be the root disk" },
	[REASON_UNCLEAR] = { "unclear",
			     "it is unclear which disks the root file system is on" },
	[REASON_NOT_FOUND] = { "not-found",
			       "a disk that the system needs was not found and may be behind it",
			       "correct that entry, or add the driver of its disk to the initramfs" },
	[REASON_ROOT_UNKNOWN] = { "root-unknown",
				  "the root disk is unknown and may be behind it",
				  "make root= name a disk that exists" },
	[REASON_NO_IOMMU] = { "no-iommu", "it has no IOMMU group" },
	[REASON_BRIDGE] = { "bridge", "it is a bridge", "name the devices behind it" },
	[REASON_HAS_VFS] = { "has-vfs", "its virtual functions are enabled",
			     "request those instead, or write 0 to its sriov_numvfs" },
	[REASON_NO_SRIOV] = { "no-sriov", "it has no virtual functions",
			      "switch on SR-IOV in the firmware, or leave it out" },
	[REASON_TOO_MANY_VFS] = { "too-many-vfs",
				  "it cannot have so many virtual functions",
				  "see its sriov_totalvfs" },
	[REASON_NOT_CONFIGURABLE] = { "not-configurable",
				      "its driver makes no virtual functions by sriov_numvfs",
				      "see the driver's options" },
	[REASON_NO_VFS] = { "no-vfs", "it has no virtual functions yet",
			    "they are claimed as they appear" },
	[REASON_NOT_MADE] = { "not-made", "its driver did not make the virtual functions",
			      "see dmesg; for a network card, set the link up first" },
	[REASON_GONE] = { "gone", "it is gone" },
	[REASON_NO_ANSWER] = { "no-answer",
			       "it does not answer, all that is read of it are ones",
			       "switch the machine off and on" },
	[REASON_OVERRIDE] = { "override", "its driver_override could not be written" },
	[REASON_NO_DRIVER] = { "no-driver", "the driver could not be loaded",
			       "rebuild the initramfs with its module" },
	[REASON_UNBIND] = { "unbind", "its driver does not release it" },
	[REASON_PROBE] = { "probe", "the driver does not accept it" },
	[REASON_NOT_ALLOWED] = { "not-allowed",
				 "the kernel does not let driver_override choose that driver",
				 "see its parameter allow_driver_override" },
	[REASON_TIMEOUT] = { "timeout", "a step did not return in time" },
	[REASON_SLOT] = { "slot",
			  "another function of its slot cannot be claimed, so none of them is" },
	[REASON_INTERNAL] = { "internal", "passthru-early was aborted" },
	[REASON_UNKNOWN] = { "unknown",
			     "another version of passthru-early had a reason that this one does not know" },
};

static const char *word_at(const struct row *rows, size_t count, size_t value)
{
	return value < count ? rows[value].word : "unknown";
}

static size_t find_word(const struct row *rows, size_t count, const char *word,
			size_t unknown)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].word, word) == 0)
			return i;
	return unknown;
}

const char *verdict_word(enum verdict verdict, bool is_dry)
{
	return is_dry && verdict == VERDICT_CLAIMED
		       ? planned
		       : word_at(verdicts, ARRAY_SIZE(verdicts), verdict);
}

const char *reason_word(enum reason reason)
{
	return word_at(reasons, ARRAY_SIZE(reasons), reason);
}

const char *fb_release_word(enum fb_release release)
{
	return word_at(fb_releases, ARRAY_SIZE(fb_releases), release);
}

const char *step_word(enum claim_step step)
{
	return word_at(steps, ARRAY_SIZE(steps), step);
}

enum verdict verdict_find(const char *word)
{
	if (strcmp(word, planned) == 0)
		return VERDICT_CLAIMED;
	return (enum verdict)find_word(verdicts, ARRAY_SIZE(verdicts), word,
				       VERDICT_UNKNOWN);
}

enum reason reason_find(const char *word)
{
	return (enum reason)find_word(reasons, ARRAY_SIZE(reasons), word, REASON_UNKNOWN);
}

enum claim_step step_find(const char *word)
{
	return (enum claim_step)find_word(steps, ARRAY_SIZE(steps), word, STEP_NONE);
}

enum fb_release fb_release_find(const char *word)
{
	return (enum fb_release)find_word(fb_releases, ARRAY_SIZE(fb_releases), word,
					  FB_RELEASE_NONE);
}

const char *reason_phrase(enum reason reason)
{
	return reason < ARRAY_SIZE(reasons) ? reasons[reason].phrase : "";
}

const char *reason_next(enum reason reason)
{
	return reason < ARRAY_SIZE(reasons) ? reasons[reason].next : NULL;
}

bool reason_is_guard(enum reason reason)
{
	return reason >= REASON_BOOT_DISPLAY && reason <= REASON_ROOT_UNKNOWN;
}

const char *step_phrase(enum claim_step step)
{
	return step < ARRAY_SIZE(steps) ? steps[step].phrase : "an unknown step";
}
