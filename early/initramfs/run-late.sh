#!/bin/sh
# Runs the late stage of passthru-early once the root file system is mounted: as the first
# init-bottom script of initramfs-tools, before udev's script moves /dev, in dracut's pre-pivot
# hook, or from a unit if the image contains systemd. Claims or keeps the devices that were deferred. dracut sources this file: a subshell keeps
# variables and exits away from dracut's shell.

(
	program=@SBINDIR@/passthru-early

	# initramfs-tools asks: none, which sorts it first.
	[ "${1-}" != prereqs ] || exit 0
	# The early stage writes it if the command line requests devices.
	[ -e /run/passthru/report ] || exit 0
	read -r cmdline </proc/cmdline
	# initramfs-tools sets ROOT, dracut sets root. The command line comes last and wins.
	"$program" --late --cmdline "root=${ROOT-${root-}} resume=${resume-} $cmdline" &&
		status=0 || status=$?
	[ "$status" -le 1 ] || echo "<27>passthru: $program --late failed with status $status:" \
		"deferred devices stay with the host; rebuild the initramfs" >/dev/kmsg
)
:
