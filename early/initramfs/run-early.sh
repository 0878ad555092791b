#!/bin/sh
# Runs passthru-early before udev starts and before any module is loaded: as the first
# init-top script of initramfs-tools, as the first hook of dracut, or from a unit if the image
# contains systemd. The boot continues even if the program fails. dracut sources this file: a
# subshell keeps variables and exits away from dracut's shell.

(
	program=@SBINDIR@/passthru-early

	log()
	{
		echo "<27>passthru: $*" >/dev/kmsg
	}

	is_requested()
	{
		[ ! -s /etc/passthru/cmdline ] || return 0
		read -r cmdline </proc/cmdline
		case " $cmdline" in
		*[\ \"]passthru.*) return 0 ;;
		esac
		return 1
	}

	run()
	{
		"$program" && status=0 || status=$?
		case $status in
		0 | 1) ;; # the program has logged what happened
		*)
			if is_requested; then
				log "$program failed with status $status: devices may" \
					"have been left to their usual drivers; rebuild the" \
					"initramfs"
			fi
			;;
		esac
	}

	case ${1-} in
	prereqs) ;; # initramfs-tools asks: none, which sorts it first in init-top
	*) run ;;
	esac
)
:
