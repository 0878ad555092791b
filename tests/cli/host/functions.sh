# Functions that several tests use. Read by run.
# shellcheck shell=sh disable=SC2154 # run has set what is not set here

# unprivileged ARGUMENT...: runs the program as root without its privilege to read everything.
unprivileged()
{
	setpriv --bounding-set=-dac_override,-dac_read_search \
		"$program" "$@" >"$tmp/out" 2>"$tmp/err"
}

# -- machines ----------------------------------------------------------------------------

# make_for_all NAME: makes it in $all/machines, all at once: another test may make the same.
make_for_all()
{
	"$here/make-machine" "$tmp/made" <"$here/machines/$1" || return
	mv -T "$tmp/made" "$all/machines/$1" 2>/dev/null || rm -r "$tmp/made"
}

# machine NAME...: makes these of machines/ in $tmp/machines, once for all tests.
machine()
{
	for machine_name; do
		[ ! -e "$tmp/machines/$machine_name" ] || continue
		mkdir -p "$tmp/machines" "$all/machines"
		[ -e "$all/machines/$machine_name" ] || make_for_all "$machine_name" || exit 1
		cp -a "$all/machines/$machine_name" "$tmp/machines/$machine_name"
	done
}

# dump_of NAME: a dump of that machine, in $dump.
dump_of()
{
	machine "$1"
	dump=$tmp/dumps/$1.tar.gz
	mkdir -p "$tmp/dumps"
	verify "$dump is written" call 0 list --dump "$dump" --root "$tmp/machines/$1"
}

# -- the next boot -----------------------------------------------------------------------

# new_next [MACHINE]: the machine in $tmp/next (two-gpus), a new one, without a boot loader.
new_next()
{
	machine "${1-two-gpus}"
	rm -rf "$tmp/next"
	cp -a "$tmp/machines/${1-two-gpus}" "$tmp/next"
	mkdir -p "$tmp/next/boot/grub" "$tmp/next/etc/default"
}

# uefi ROOT: its firmware is UEFI, and no boot loader tells its name on the command line.
uefi()
{
	mkdir -p "$1/sys/firmware/efi"
	sed -i 's/^BOOT_IMAGE=[^ ]* //' "$1/proc/cmdline"
}

# put PATH: writes standard input there.
put()
{
	mkdir -p "$tmp/next/$(dirname "$1")"
	cat >"$tmp/next/$1"
}

# next_is SOURCE CMDLINE: where plan takes the next command line from, and what it is.
next_is()
{
	call 0 plan --json --root "$tmp/next" &&
		grep -qF "\"source\": \"$1\"" "$tmp/out" && grep -qF "\"cmdline\": \"$2\"" "$tmp/out"
}

# install_generator ROOT: initramfs-tools with passthru's hook; only the names are looked up.
install_generator()
{
	mkdir -p "$1/usr/sbin" "$1/usr/share/initramfs-tools/hooks"
	: >"$1/usr/sbin/update-initramfs"
	: >"$1/usr/share/initramfs-tools/hooks/passthru"
}

# -- initramfs images --------------------------------------------------------------------

# cpio_entry NAME CONTENT: prints an entry of an archive in the format newc.
cpio_entry()
{
	length=$((${#1} + 1)) size=${#2}
	printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s' \
		1 33188 0 0 1 0 "$size" 0 0 0 0 $length 0 "$1"
	head -c $((1 + (4 - (110 + length) % 4) % 4)) /dev/zero
	printf %s "$2"
	head -c $(((4 - size % 4) % 4)) /dev/zero
}

# -- legacy settings ---------------------------------------------------------------------

# new_old NAME: a machine in $old with the files that standard input has, each after a line
# "=== PATH". Without GRUB, its firmware is UEFI.
new_old()
{
	machine two-gpus
	old=$tmp/old/$1
	mkdir -p "$tmp/old"
	cp -a "$tmp/machines/two-gpus" "$old"
	awk -v top="$old" '
		/^=== / { path = top "/" $2; dir = path; sub("/[^/]*$", "", dir)
			system("mkdir -p \"" dir "\""); printf "" >path; next }
		{ print >path }'
	[ -e "$old/etc/default/grub" ] || [ -e "$old/boot/grub2/grub.cfg" ] || uefi "$old"
	install_generator "$old"
	: >"$old/usr/sbin/update-grub"
}

# The contents, modes and owners of all files that migrate may change.
snapshot()
{
	mkdir -p "$old/boot" "$old/efi"
	(cd "$old" && find etc boot efi -type f -printf '%p: %m %U %G\n' -exec cksum {} + | sort)
}

# migrates NAME STATUS: the output is as expected; --apply does what the diff says; a second
# run finds nothing more; --undo restores everything.
migrates()
{
	verify "migrate $1: status" call "$2" migrate --root "$old"
	verify "migrate $1" compare migrate "$1"
	cp -a "$old" "$old.patched"
	verify "migrate $1: patch takes the diff" sh -c \
		"sed '/^Not understood\|^Check these\|^For your\|^Left unch\|^Next boot\|^Nothing/,\$d' \
		'$tmp/out' | patch -s -f -p1 -d '$old.patched'"
	snapshot >"$tmp/before"
	verify "migrate $1 --apply" call "$2" migrate --apply --root "$old"
	verify "migrate $1: each backup is named" backups_are_named
	(old=$old.patched snapshot) >"$tmp/patched"
	snapshot >"$tmp/after"
	verify "migrate $1: --apply does what the diff says" diff "$tmp/patched" "$tmp/after"
	call "$2" migrate --root "$old" >/dev/null
	verify "migrate $1: nothing is left to change" [ -z "$(grep '^+++' "$tmp/out")" ]
	verify "migrate $1 --undo" call 0 migrate --undo --root "$old"
	snapshot >"$tmp/undone"
	verify "migrate $1: --undo restores it all" diff "$tmp/before" "$tmp/undone"
	verify "migrate $1: no second --undo" call 1 migrate --undo --root "$old"
}

backups_are_named()
{
	[ "$(grep -c '; backup: /var/lib/passthru/migrate/1/old/' "$tmp/err")" = \
		"$(grep -c '^--- a/' "$tmp/out")" ] || return 1
	sed -n 's/.*; backup: //p' "$tmp/err" | while read -r path; do
		[ -e "$old$path" ] || exit 1
	done
}

# refuses NAME TEXT: changes nothing, exits with 1 and says TEXT, on whichever output.
refuses()
{
	snapshot >"$tmp/before"
	verify "migrate $1: status" call 1 migrate --apply --root "$old"
	verify "migrate $1: says $2" grep -qF -- "$2" "$tmp/out" "$tmp/err"
	snapshot >"$tmp/after"
	verify "migrate $1: changes nothing" diff "$tmp/before" "$tmp/after"
}

has() # FILE LINE
{
	grep -qxF -- "$2" "$old/$1"
}
