# Debian trees, for programs that have sourced lib.sh.
# shellcheck shell=sh disable=SC2154 # lib.sh sets cache

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
	[ -n "$uri" ] || die "this builds a Debian system, and the apt of this machine knows no Debian archive: run it on Debian, or in a container with it"
	mkdir -p "${directory%/*}"
	work=$(mktemp -d "${directory%/*}/.building.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	trap 'exit 1' HUP INT TERM
	debian_apt_options >"$work/apt.conf"
	# shellcheck disable=SC2086 # one word per suite
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

# debian_overlay TEMP TREE COMMAND…: runs the command with an overlay on the tree, as $ROOT. What
# it changes there is lost. TEMP is a directory that is used for this only.
debian_overlay() {
	overlay=$1
	layers="lowerdir=$2,upperdir=$1/changes,workdir=$1/work"
	shift 2
	rm -rf --one-file-system "$overlay"
	mkdir -p "$overlay/changes" "$overlay/work"
	with_overlay "$overlay/root" "$layers" "$@"
}

# debian_system NAME SUITE PACKAGES [VARIANT [ARCH]]: builds a system with these packages (separated
# by commas) and mmdebstrap's variant (buildd), unless the cache has it, and sets $system to its tree.
# Packages may be of the architecture ARCH, too: NAME:ARCH.
debian_system() {
	system=$cache/builds/$1.$(echo "$3" | hash_text)
	if [ ! -d "$system" ]; then
		progress "building a system of $2: $1"
		(
			lock "$cache/builds/.$1.lock"
			[ -d "$system" ] || debian_build "$system" "$2" "--variant=${4-buildd}" "--include=$3" \
				${5:+"--architectures=$(dpkg --print-architecture),$5"}
		)
	fi
	touch "$system"
	system=$system/tree
}

# debian_product DIRECTORY NAME SUITE PACKAGES COMMAND…: unless the cache has DIRECTORY, runs the
# command with an overlay on the system NAME (see debian_system) as $ROOT; its last argument is an
# empty directory, which gets the name DIRECTORY when the command has filled it.
debian_product() {
	directory=$1 name=$2 suite=$3 packages=$4
	shift 4
	lock "${directory%/*}/.${directory##*/}.lock"
	if [ ! -d "$directory" ]; then
		debian_system "$name" "$suite" "$packages"
		progress "building ${directory##*/}, which takes some minutes"
		temp=$(mktemp -d "${directory%/*}/.building.XXXXXX")
		trap 'rm -rf --one-file-system "$temp"' EXIT
		trap 'exit 1' HUP INT TERM
		mkdir "$temp/product"
		debian_overlay "$temp/overlay" "$system" "$@" "$temp/product" >"$temp/log" 2>&1 || {
			tail -n 30 "$temp/log" >&2
			die "building ${directory##*/} failed"
		}
		chmod 755 "$temp/product"
		mv "$temp/product" "$directory"
	fi
	touch "$directory"
}

# debian_use_mirror SUITE: lets apt in $ROOT, an overlay, use this machine's mirror and network.
debian_use_mirror() {
	echo "deb $(debian_mirror) $1 main" >"$ROOT/etc/apt/sources.list"
	debian_apt_options >"$ROOT/etc/apt/apt.conf.d/99here"
	cp /etc/resolv.conf "$ROOT/etc/resolv.conf"
	chroot "$ROOT" apt-get -qq update
}
