#!/bin/sh
# Runs the second pass of passthru-early, when the root device is there: as the first of
# initramfs-tools' init-bottom, before udev's moves /dev away (its local-premount waits for no
# device), in dracut's pre-mount, from a unit where systemd is in dracut's image. What was put
# off until now is claimed, or kept. dracut reads this into its own shell, hence the subshell.

(
	program=@SBINDIR@/passthru-early

	# Of initramfs-tools: none, which puts it first.
	[ "${1-}" != prereqs ] || exit 0
	# The first pass leaves it; without it there is nothing to be done.
	[ -e /run/passthru/report ] || exit 0
	# shellcheck source=/dev/null
	[ -z "${DRACUT_SYSTEMD-}" ] || [ ! -r /lib/dracut-lib.sh ] || . /lib/dracut-lib.sh
	needs=
	[ ! -r /etc/passthru/needs ] || read -r needs </etc/passthru/needs
	if command -v getcmdline >/dev/null; then
		cmdline=$(getcmdline) # dracut's: with what is in the image
	else
		read -r cmdline </proc/cmdline
	fi
	# ROOT is initramfs-tools', root dracut's; where the command line has them, it counts.
	"$program" --late --cmdline \
		"$needs root=${ROOT-${root-}} resume=${resume-} $cmdline" &&
		status=0 || status=$?
	[ "$status" -le 1 ] || echo "<27>passthru: $program --late ended with status $status:" \
		"what was put off stays with the host" >/dev/kmsg
)
:
