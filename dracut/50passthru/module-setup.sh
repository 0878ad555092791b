#!/bin/sh
# Puts passthru-early, vfio-pci and what they need into an image of dracut and has the
# program run before any module is loaded. See dracut.modules(7); dracut reads this into
# its own shell.
# shellcheck disable=SC2154 # dracut's: dracutsysrootdir, initdir, kernel, moddir, …

passthru_program=@SBINDIR@/passthru-early

check()
{
	[ "$no_kernel" != yes ] || return 0
	if ! check_kernel_module vfio-pci; then
		dwarning "passthru: kernel $kernel has no module vfio-pci, so nothing could be" \
			"claimed: left out"
		return 1
	fi
	if ! [ -x "$dracutsysrootdir$passthru_program" ]; then
		dwarning "passthru: $passthru_program is missing: left out; install passthru again"
		return 1
	fi
	return 0
}

depends()
{
	return 0
}

# passthru_unpack FILE: a plain copy of the module FILE. It goes to updates/, where depmod
# prefers it to the compressed one, whichever dracut module puts that one in, and when.
passthru_unpack()
(
	plain=${1##*/}
	plain=$initdir/lib/modules/$kernel/updates/passthru/${plain%.*}
	mkdir -p "${plain%/*}"
	unpack_module "$1" >"$plain" && return
	rm -f "$plain"
	derror "passthru: cannot decompress $1, and neither can kernel $kernel"
)

# hostonly is emptied: this machine may get its devices later.
installkernel()
(
	# shellcheck source=image/module-functions
	. "$moddir/module-functions"
	base=${srcmods%/lib/modules/*}
	modules="$(required_modules) $(optional_modules "$base" "$kernel")"
	# shellcheck disable=SC2086 # one word a module
	hostonly='' instmods $modules
	for module in $modules; do
		module_files "$base" "$kernel" "$module"
	done | sort -u | while read -r file; do
		kernel_reads "$dracutsysrootdir" "$kernel" "$file" || passthru_unpack "$file"
	done
	return 0
)

# What the guards cannot know before the root file system is mounted.
passthru_needs()
(
	[ -r "$dracutsysrootdir/etc/fstab" ] || return 0
	# shellcheck source=image/module-functions
	. "$moddir/module-functions"
	mkdir -p "$initdir/etc/passthru"
	fstab_needs "$dracutsysrootdir/etc/fstab" >"$initdir/etc/passthru/needs"
)

# With systemd the hooks are too late for the first pass, as systemd-modules-load comes
# before them, and may be too early for the second: nothing in them waits for the root
# device.
install()
{
	inst_binary "$passthru_program"
	inst_rules 10-passthru.rules
	passthru_needs
	if ! dracut_module_included systemd; then
		inst_hook cmdline 00 "$moddir/passthru.sh"
		inst_hook pre-mount 50 "$moddir/passthru-late.sh"
		return
	fi
	inst_script "$moddir/passthru.sh" /usr/lib/passthru/passthru.sh
	inst_script "$moddir/passthru-late.sh" /usr/lib/passthru/passthru-late.sh
	for unit in passthru-early.service passthru-late.service; do
		inst_simple "$moddir/$unit" "$systemdsystemunitdir/$unit"
		$SYSTEMCTL -q --root "$initdir" enable "$unit"
	done
}
