#!/bin/sh
# Runs passthru-early before udev and before any module is loaded: as the first of
# initramfs-tools' init-top, as dracut's first hook, from a unit where systemd is in the
# image. Whatever becomes of the program, the boot goes on. dracut reads this into its own
# shell, hence the subshell: nothing is left behind and nothing ends the caller.

(
	program=@SBINDIR@/passthru-early

	say()
	{
		echo "<27>passthru: $*" >/dev/kmsg
	}

	is_asked()
	{
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
		0 | 1) ;; # the program has said all there is to say
		*)
			if is_asked; then
				say "$program ended with status $status: devices may have" \
					"been left to their usual drivers; build the boot" \
					"image anew"
			fi
			;;
		esac
	}

	case ${1-} in
	prereqs) ;; # of initramfs-tools: none, which in init-top puts it first
	*) run ;;
	esac
)
:
