#!/bin/sh
# Adds passthru-early, vfio-pci and their dependencies to an initramfs of dracut, and runs the
# program before any module is loaded. See dracut.modules(7). dracut sources this file.
#
# An image gets all of it or nothing, and dracut never fails because of it.
# shellcheck disable=SC2154 # dracut sets dracutsysrootdir, initdir, kernel, moddir, …

passthru_program=@SBINDIR@/passthru-early
passthru_stages="early late trial"

# passthru_leave_out REASON ADVICE: says that this image has nothing of passthru, and makes the
# functions that dracut calls later do nothing.
passthru_leave_out()
{
	passthru_left_out=yes
	if passthru_message=$(
		# shellcheck source=early/initramfs/functions.sh
		. "$moddir/functions.sh"
		absence "${dracutsysrootdir-}" "$1" "$2"
	) && ! passthru_is_for_rescue; then
		derror "passthru: $passthru_message"
	else
		dwarning "passthru: $passthru_message"
	fi
}

# The same without the functions.
passthru_leave_out_alone()
{
	passthru_left_out=yes
	passthru_message="$moddir/functions.sh is missing; this image has nothing of passthru"
	passthru_advice="install passthru again, then rebuild the image"
	if grep -qs '^[^#]*passthru\.' /proc/cmdline \
		"${dracutsysrootdir-}"/etc/passthru/cmdline.d/*.conf \
		"${dracutsysrootdir-}"/etc/passthru/profiles/*.conf; then
		derror "passthru: $passthru_message, so the configured devices will go to their" \
			"usual drivers: $passthru_advice"
	else
		dwarning "passthru: $passthru_message; no device is configured: $passthru_advice"
	fi
}

passthru_is_for_rescue()
(
	# shellcheck source=early/initramfs/functions.sh
	. "$moddir/functions.sh"
	is_for_rescue "${outfile-}"
)

passthru_find_obstacle()
(
	# shellcheck source=early/initramfs/functions.sh
	. "$moddir/functions.sh"
	wanted=$kernel
	[ "${no_kernel-}" != yes ] || wanted=''
	find_obstacle "${dracutsysrootdir-}" "${srcmods%/lib/modules/*}" "$wanted" \
		"${dracutsysrootdir-}$passthru_program" \
		"$moddir"/passthru-early.sh "$moddir"/passthru-early.service \
		"$moddir"/passthru-late.sh "$moddir"/passthru-late.service \
		"$moddir"/passthru-trial.sh "$moddir"/passthru-trial.service
)

# dracut may ask several times. If a file or an option of it names the module, it may fail unless
# the module can be added.
check()
{
	if [ "${passthru_left_out-}" ]; then
		: # it has been said
	elif ! [ -r "$moddir/functions.sh" ]; then
		passthru_leave_out_alone
	elif passthru_obstacle=$(passthru_find_obstacle); then
		passthru_leave_out "${passthru_obstacle%%
*}" "${passthru_obstacle#*
}"
	fi
	case " ${dracutmodules-} ${add_dracutmodules-} ${force_add_dracutmodules-} " in
	*" passthru "*) return 0 ;;
	esac
	[ -z "${passthru_left_out-}" ]
}

depends()
{
	return 0
}

# In pre-pivot, the late stage comes after the hook that mounts /usr and before those that load the
# policies of SELinux and IMA, by its number and its name. With systemd, hooks run too late for the
# early stage, after systemd-modules-load; and for the late stage, after what the root's fstab names
# is mounted. There the hook is for roots that only a hook of dracut-mount.service mounts, such as
# those on NFS: the unit for the late stage has been skipped then. Otherwise it finds nothing to do.
passthru_add_start()
{
	inst_hook pre-pivot 50 "$moddir/passthru-late.sh" || return
	if ! dracut_module_included systemd; then
		inst_hook cmdline 00 "$moddir/passthru-early.sh"
		return
	fi
	for passthru_stage in $passthru_stages; do
		passthru_name=passthru-$passthru_stage
		inst_script "$moddir/$passthru_name.sh" "/usr/lib/passthru/$passthru_name.sh" &&
			inst_simple "$moddir/$passthru_name.service" \
				"$systemdsystemunitdir/$passthru_name.service" || return
	done
	inst_multiple sleep || return
	(
		# shellcheck source=early/initramfs/functions.sh
		. "$moddir/functions.sh"
		start_units "$initdir$systemdsystemunitdir"
	)
}

passthru_add_copies()
(
	# shellcheck source=early/initramfs/functions.sh
	. "$moddir/functions.sh"
	copy_tables "${dracutsysrootdir-}/etc" "$initdir/etc/passthru" || return
	! passthru_is_for_rescue || return 0
	copy_config "${dracutsysrootdir-}/etc" "$initdir/etc/passthru" &&
		copy_modprobe "${dracutsysrootdir-}" "$initdir"
)

# Without "find": the directories of hooks differ between versions.
passthru_remove()
{
	rm -rf "${initdir:?}$passthru_program" "$initdir/etc/passthru" \
		"$initdir/usr/lib/passthru" \
		"$initdir"/lib/dracut/hooks/*/??-passthru-*.sh \
		"$initdir"/var/lib/dracut/hooks/*/??-passthru-*.sh \
		"$initdir"/lib/modules/*/updates/passthru
	(
		# shellcheck source=early/initramfs/functions.sh
		. "$moddir/functions.sh"
		remove_modprobe "$initdir"
	)
	[ -z "${systemdsystemunitdir-}" ] || rm -f \
		"$initdir$systemdsystemunitdir"/passthru-*.service \
		"$initdir$systemdsystemunitdir"/*.wants/passthru-*.service
}

install()
{
	[ -z "${passthru_left_out-}" ] || return 0
	inst_binary "$passthru_program" && passthru_add_start && passthru_add_copies &&
		return 0
	passthru_remove
	passthru_leave_out "its files cannot be added" "see the messages of dracut"
	return 0
}

# passthru_unpack FILE: adds a decompressed copy of the module FILE, to updates/: depmod
# prefers it there to the compressed one, whenever a dracut module installs that.
passthru_unpack()
(
	plain=${1##*/}
	plain=$initdir/lib/modules/$kernel/updates/passthru/${plain%.*}
	mkdir -p "${plain%/*}" && unpack_module "$1" >"$plain" && return
	rm -f "$plain"
	return 1
)

# passthru_unpack_modules MODULE…: for a kernel that cannot do that itself. Fails if one remains.
passthru_unpack_modules()
(
	# shellcheck source=early/initramfs/functions.sh
	. "$moddir/functions.sh"
	base=${srcmods%/lib/modules/*}
	files=$(for module; do module_files "$base" "$kernel" "$module"; done | sort -u)
	for file in $files; do
		kernel_reads "${dracutsysrootdir-}" "$kernel" "$file" ||
			passthru_unpack "$file" || return
	done
)

passthru_list_modules()
(
	# shellcheck source=early/initramfs/functions.sh
	. "$moddir/functions.sh"
	case $1 in
	required) required_modules ;;
	optional) optional_modules "${srcmods%/lib/modules/*}" "$kernel" "${dracutsysrootdir-}" ;;
	esac
)

# hostonly is empty here: devices may be added to this machine later.
installkernel()
{
	[ -z "${passthru_left_out-}" ] || return 0
	passthru_required=$(passthru_list_modules required)
	passthru_optional=$(passthru_list_modules optional)
	# shellcheck disable=SC2086 # one word per module
	hostonly='' instmods $passthru_required $passthru_optional
	# shellcheck disable=SC2086 # one word per module
	if ! passthru_unpack_modules $passthru_required; then
		passthru_remove
		passthru_leave_out "its modules cannot be added" "see the messages of dracut"
	elif ! passthru_unpack_modules $passthru_optional; then
		dwarning "passthru: cannot decompress all of these modules, so passthru.driver=" \
			"cannot select them:" $passthru_optional
	fi
	return 0
}
