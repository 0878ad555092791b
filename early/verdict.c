/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict.h"

const char *verdict_word(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_CLAIMED:
		return "claimed";
	case VERDICT_KEPT:
		return "kept";
	case VERDICT_REFUSED:
		return "refused";
	case VERDICT_FAILED:
		return "failed";
	case VERDICT_DEFERRED:
		return "deferred";
	}
	return "unknown";
}

const char *reason_word(enum reason reason)
{
	switch (reason) {
	case REASON_NONE:
		return "none";
	case REASON_SKIPPED:
		return "skipped";
	case REASON_DRYRUN:
		return "dryrun";
	case REASON_BOOT_DISPLAY:
		return "boot-display";
	case REASON_ROOT_DISK:
		return "root-disk";
	case REASON_IN_USE:
		return "in-use";
	case REASON_ROOT_NETWORK:
		return "root-network";
	case REASON_UNREADABLE:
		return "unreadable";
	case REASON_UNCLEAR:
		return "unclear";
	case REASON_ROOT_UNKNOWN:
		return "root-unknown";
	case REASON_NO_IOMMU:
		return "no-iommu";
	case REASON_BRIDGE:
		return "bridge";
	case REASON_HAS_VFS:
		return "has-vfs";
	case REASON_GONE:
		return "gone";
	case REASON_OVERRIDE:
		return "override";
	case REASON_NO_DRIVER:
		return "no-driver";
	case REASON_UNBIND:
		return "unbind";
	case REASON_PROBE:
		return "probe";
	case REASON_TIMEOUT:
		return "timeout";
	case REASON_INTERNAL:
		return "internal";
	}
	return "unknown";
}

const char *display_word(enum display display)
{
	switch (display) {
	case DISPLAY_NONE:
		return "none";
	case DISPLAY_KERNEL:
		return "kernel";
	case DISPLAY_PASSTHRU:
		return "passthru";
	case DISPLAY_HELD:
		return "held";
	}
	return "unknown";
}

const char *step_word(enum claim_step step)
{
	switch (step) {
	case STEP_NONE:
		return "none";
	case STEP_OVERRIDE:
		return "override";
	case STEP_LOAD:
		return "load";
	case STEP_UNBIND:
		return "unbind";
	case STEP_PROBE:
		return "probe";
	case STEP_RELEASE:
		return "release";
	case STEP_UNDO:
		return "undo";
	}
	return "unknown";
}

const char *step_phrase(enum claim_step step)
{
	switch (step) {
	case STEP_NONE:
		return "the start";
	case STEP_OVERRIDE:
		return "the write to driver_override";
	case STEP_LOAD:
		return "loading the driver";
	case STEP_UNBIND:
		return "the write to unbind";
	case STEP_PROBE:
		return "the write to drivers_probe";
	case STEP_RELEASE:
		return "the release of the boot framebuffer";
	case STEP_UNDO:
		return "the undoing";
	}
	return "an unknown step";
}
