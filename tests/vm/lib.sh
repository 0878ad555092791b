# What the programs of the rig share; they set $here to their own directory and source this.
# shellcheck shell=sh disable=SC2034 # variables for them

# Where passthru puts its parts in the guest. One place, since scenarios name them too.
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
	[ "$(id -u)" = 0 ] || die "has to be run as root (mounts, chroot)"
}

need_programs() {
	for program in "$@"; do
		command -v "$program" >/dev/null || die "$program is not installed"
	done
}

# A short hash of standard input, the name of what is made from it.
hash_text() {
	sha256sum | cut -c1-16
}

# values KEY GUEST FILE…: the values a scenario or topology gives to KEY, one a line.
#
# "KEY VALUE" is one value, lines indented under it are further ones, lines that begin with
# '#' are comments. "KEY@GLOB" counts only for guests whose name matches; '*' is the one
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

# The same for a key with a single value: the last one given, else DEFAULT.
value() {
	value_default=$1
	shift
	value_found=$(values "$@" | tail -n 1)
	printf '%s\n' "${value_found:-$value_default}"
}

# The version of the C library in a tree of Debian's, without that of the package.
libc_version() {
	dpkg-query --admindir="$1/var/lib/dpkg" --show --showformat '${Version}\n' libc6 |
		sed -n '1s/-[^-]*$//p'
}

# Whether passthru as it is built here runs in that tree: one is linked to libraries as they
# are here, or later ones.
runs_passthru() {
	dpkg --compare-versions "$(libc_version "$1")" ge "$(libc_version '')"
}

# The mounts of a new namespace are to be its own. In a chroot that is not a mount point that
# cannot be said of "/", so there the mounts are also taken away by hand.
propagation() {
	if unshare --mount --propagation private true 2>/dev/null; then
		echo private
	else
		echo unchanged
	fi
}

# with_overlay DIRECTORY LAYERS COMMAND…: runs COMMAND with the overlay LAYERS (mount options)
# mounted at $ROOT, which is DIRECTORY. The mounts live in a namespace of their own: nothing
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

# lock FILE: until this process ends, no other one gets past here.
lock() {
	mkdir -p "${1%/*}"
	exec 9>"$1"
	flock 9
}
