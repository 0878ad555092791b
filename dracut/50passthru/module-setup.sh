#!/bin/sh
# Adds passthru-early, vfio-pci and their dependencies to an initramfs of dracut, and runs the
# program before any module is loaded. See dracut.modules(7). dracut sources this file.
# shellcheck disable=SC2154 # dracut sets dracutsysrootdir, initdir, kernel, moddir, …

passthru_program=@SBINDIR@/passthru-early

passthru_has_driver()
(
	# shellcheck source=early/initramfs/functions.sh
	. "$moddir/functions.sh"
	module_files "${srcmods%/lib/modules/*}" "$kernel" vfio-pci >/dev/null
)

check()
{
	[ "$no_kernel" != yes ] || return 0
	if ! passthru_has_driver; then
		dwarning "passthru: not added: kernel $kernel has no module vfio-pci, so no" \
			"device could be claimed"
		return 1
	fi
	if ! [ -x "$dracutsysrootdir$passthru_program" ]; then
		dwarning "passthru: not added: $passthru_program is missing; install passthru" \
			"again"
		return 1
	fi
	return 0
}

depends()
{
	return 0
}

# passthru_unpack FILE: adds a decompressed copy of the module FILE, to updates/: depmod
# prefers it there to the compressed one, whenever a dracut module installs that.
passthru_unpack()
(
	plain=${1##*/}
	plain=$initdir/lib/modules/$kernel/updates/passthru/${plain%.*}
	mkdir -p "${plain%/*}"
	unpack_module "$1" >"$plain" && return
	rm -f "$plain"
	derror "passthru: cannot decompress $1, and neither can kernel $kernel"
)

# hostonly is empty here: devices may be added to this machine later.
installkernel()
(
	# shellcheck source=early/initramfs/functions.sh
	. "$moddir/functions.sh"
	base=${srcmods%/lib/modules/*}
	modules="$(required_modules) $(optional_modules "$base" "$kernel")"
	# shellcheck disable=SC2086 # one word per module
	hostonly='' instmods $modules
	for module in $modules; do
		module_files "$base" "$kernel" "$module"
	done | sort -u | while read -r file; do
		kernel_reads "$dracutsysrootdir" "$kernel" "$file" || passthru_unpack "$file"
	done
	return 0
)

# With systemd, hooks run too late for the early stage, after systemd-modules-load, and may
# run too early for the late stage: no hook waits for the root device.
install()
{
	inst_binary "$passthru_program"
	(
		# shellcheck source=early/initramfs/functions.sh
		. "$moddir/functions.sh"
		copy_tables "$dracutsysrootdir/etc" "$initdir/etc/passthru"
		copy_config "$dracutsysrootdir/etc" "$initdir/etc/passthru" ||
			derror "passthru: cannot read /etc/passthru/cmdline.d"
	)
	if ! dracut_module_included systemd; then
		inst_hook cmdline 00 "$moddir/passthru-early.sh"
		inst_hook pre-mount 50 "$moddir/passthru-late.sh"
		return
	fi
	inst_script "$moddir/passthru-early.sh" /usr/lib/passthru/passthru-early.sh
	inst_script "$moddir/passthru-late.sh" /usr/lib/passthru/passthru-late.sh
	for unit in passthru-early.service passthru-late.service; do
		inst_simple "$moddir/$unit" "$systemdsystemunitdir/$unit"
		$SYSTEMCTL -q --root "$initdir" enable "$unit"
	done
}
