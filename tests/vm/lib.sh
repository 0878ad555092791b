# Shared by the programs of the rig, which set $here to their directory and source this file.
# shellcheck shell=sh disable=SC2034 # they use the variables

# The path of the program in the guest; scenarios use the variable, too.
PROGRAM=/usr/sbin/passthru-early

cache=${PASSTHRU_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/passthru}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 2
}

progress() {
	printf '%s\n' "$*" >&2
}

need_root() {
	[ "$(id -u)" = 0 ] || die "must run as root, for mounts and chroot"
}

need_programs() {
	for program in "$@"; do
		command -v "$program" >/dev/null || die "$program is not installed"
	done
}

# A short hash of standard input, to name files that are built from it.
hash_text() {
	sha256sum | cut -c1-16
}

# values KEY GUEST FILE…: prints the values of KEY in scenarios or topologies, one per line.
#
# "KEY VALUE" is a value, lines indented below it are more values, lines that begin with '#'
# are comments. "KEY@GLOB" applies only to guests whose name matches; '*' is the only
# wildcard.
values() {
	values_key=$1 values_guest=$2
	shift 2
	awk -v key="$values_key" -v guest="$values_guest" '
	function is_wanted(name,    at, glob) {
		at = index(name, "@")
		if (at == 0)
			return name == key
		glob = substr(name, at + 1)
		gsub(/[.+]/, "[&]", glob)
		gsub(/[*]/, ".*", glob)
		return substr(name, 1, at - 1) == key && guest ~ ("^" glob "$")
	}
	/^#/ || /^[ \t]*$/ { next }
	/^[ \t]/ { if (wanted) { sub(/^[ \t]/, ""); print }; next }
	{
		wanted = is_wanted($1)
		sub(/^[^ \t]+[ \t]*/, "")
		if (wanted && $0 != "")
			print
	}' "$@"
}

# value DEFAULT KEY GUEST FILE…: prints the last value of KEY, or DEFAULT if there is none.
value() {
	value_default=$1
	shift
	value_found=$(values "$@" | tail -n 1)
	printf '%s\n' "${value_found:-$value_default}"
}

# split_steps DIRECTORY: makes a directory for each step of the key "boots", read from standard
# input: NUMBER-NAME, with the file commands, and the file wiped if the line "=== NAME" ends in that
# word. Fails if it ends in another one.
split_steps() {
	awk -v directory="$1" '
		/^=== / {
			if (NF > 2 && $3 != "wiped" || NF > 3)
				exit 1
			step = sprintf("%s/%02d-%s", directory, ++count, $2)
			system("mkdir " step)
			printf "" >(step "/commands")
			if (NF > 2)
				printf "" >(step "/wiped")
			next
		}
		{ print >(step "/commands") }'
}

# libc_version TREE: the version of the C library in a Debian tree, without the revision.
libc_version() {
	dpkg-query --admindir="$1/var/lib/dpkg" --show --showformat '${Version}\n' libc6 |
		sed -n '1s/-[^-]*$//p'
}

# runs_passthru TREE: succeeds if the passthru that is built here runs in that Debian tree: its
# libraries must not be older than those here.
runs_passthru() {
	dpkg --compare-versions "$(libc_version "$1")" ge "$(libc_version '')"
}

# unpack_package FILE NAME TREE: unpacks a package of Arch Linux of that name into a tree, as pacman
# does: what is below usr and etc, but not the package's own .PKGINFO, .MTREE, .BUILDINFO and
# .INSTALL, which is not run either.
unpack_package() {
	tar --zstd -xOf "$1" .PKGINFO 2>/dev/null | grep -qx "pkgname = $2" ||
		die "$1 is not Arch Linux's package $2"
	tar --zstd -xpf "$1" -C "$3" --no-overwrite-dir usr etc ||
		die "cannot unpack $1"
}

# why_not_built GUEST: prints why the guest cannot be built here; nothing if it can.
why_not_built() {
	case $1 in
	*-mkinitcpio*)
		[ -e "${PASSTHRU_MKINITCPIO-}" ] ||
			echo "PASSTHRU_MKINITCPIO does not name Arch Linux's package of mkinitcpio"
		;;
	esac
}

# Keeps the mounts of a new namespace private. In a chroot that is not a mount point, unshare
# cannot change "/": with_overlay unmounts explicitly for that case.
propagation() {
	if unshare --mount --propagation private true 2>/dev/null; then
		echo private
	else
		echo unchanged
	fi
}

# with_overlay DIRECTORY LAYERS COMMAND…: runs COMMAND with the overlay LAYERS (mount options)
# mounted on DIRECTORY, which is $ROOT. A separate mount namespace makes sure that nothing
# stays mounted, however the command ends.
with_overlay() {
	mkdir -p "$1"
	# shellcheck disable=SC2016 # expanded by the shell inside
	unshare --mount --propagation "$(propagation)" sh -ec '
		export ROOT="$1"
		mount -t overlay -o "$2" overlay "$ROOT"
		trap "umount --recursive --lazy \"\$ROOT\"" EXIT
		shift 2
		"$@"' sh "$@"
}

# lock FILE: waits for other processes that hold the lock; holds it until this process ends.
lock() {
	mkdir -p "${1%/*}"
	exec 9>"$1"
	flock 9
}

# unpack_report PORT RESULTS: unpacks what the guest sent, if anything. Firmware may have left an
# unfinished line before it.
unpack_report() {
	tr -d '\r' <"$1" | sed -n 's/.*rig-begin$/rig-begin/; /^rig-begin$/,/^rig-end$/p' >"$1.report"
	[ "$(tail -n 1 "$1.report")" = rig-end ] || {
		[ "$1" = "$2/console" ] || cp "$1" "$2/port"
		rm "$1.report"
		return 0
	}
	sed '1d;$d' "$1.report" | base64 -d | tar -xz -C "$2"
	rm "$1.report"
}
