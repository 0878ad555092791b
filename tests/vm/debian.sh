# Debian trees, for programs that have sourced lib.sh.
# shellcheck shell=sh

# This machine's own mirror, from its apt configuration; its suite does not matter.
debian_mirror() {
	# shellcheck disable=SC2016 # apt's variables
	apt-get indextargets --format '$(ORIGIN) $(LABEL) $(COMPONENT) $(REPO_URI)' |
		awk '$1 == "Debian" && $2 == "Debian" && $3 == "main" { print $4; exit }'
}

# apt's options that this machine needs to reach the mirror.
debian_apt_options() {
	apt-config dump | grep -E '^Acquire::(Check-|Retries|https?::)' || true
}

# debian_build DIRECTORY SUITES ARGUMENT…: builds DIRECTORY/tree with mmdebstrap, from the first
# of SUITES (words) and with packages from all of them, in a temporary directory that gets its
# name when it is complete. The tree has no configuration of apt that names this machine's mirror.
debian_build() {
	directory=$1 suites=$2
	shift 2
	uri=$(debian_mirror)
	[ -n "$uri" ] || die "this machine's apt configuration has no Debian archive; add one"
	mkdir -p "${directory%/*}"
	work=$(mktemp -d "${directory%/*}/.building.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	debian_apt_options >"$work/apt.conf"
	printf "deb $uri %s main\n" $suites >"$work/sources.list"
	# INITRD=No: the image variants build an initramfs, not the kernel's postinst.
	INITRD=No mmdebstrap --mode=root --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
		--aptopt="$work/apt.conf" "$@" \
		"${suites%% *}" "$work/tree" - <"$work/sources.list" >"$work/log" 2>&1 || {
		tail -n 20 "$work/log" >&2
		die "building ${directory##*/} failed"
	}
	rm -f "$work/tree/etc/apt/sources.list" "$work/tree/etc/apt/apt.conf.d/99mmdebstrap"
	chmod 755 "$work"
	mv "$work" "$directory"
}
