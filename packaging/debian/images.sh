# The initramfs images of all kernels, for postinst and postrm: debian/rules puts this text into
# them, since after a removal there is no file of the package left to read.
# shellcheck shell=sh
#
# debhelper's trigger, update-initramfs, rebuilds the image of the newest kernel, once all
# packages of the run are configured. The other images are rebuilt here. The newest is left to the
# trigger, since each takes up to a minute. Nothing here fails: an image that cannot be rebuilt,
# often because /boot is full, is a warning.

warn()
{
	echo "W: passthru: $*" >&2
}

# Prints the generator that makes the images. dracut-core alone makes none.
generator()
{
	if command -v mkinitramfs >/dev/null && command -v update-initramfs >/dev/null; then
		echo initramfs-tools
	elif [ -e /etc/kernel/postinst.d/dracut ] && command -v dracut >/dev/null; then
		echo dracut
	fi
}

# Prints which images update-initramfs.conf(5) lets the trigger rebuild: yes (the newest), no or
# all. Only dracut of Debian 12 rebuilds all without being told.
setting()
(
	update_initramfs=yes
	if ! command -v update-initramfs >/dev/null; then
		! dpkg --compare-versions "$(dpkg-query -Wf '${Version}' dracut 2>/dev/null)" lt 059-5~ ||
			update_initramfs=all
	elif [ -r /etc/initramfs-tools/update-initramfs.conf ]; then
		# shellcheck source=/dev/null
		. /etc/initramfs-tools/update-initramfs.conf
	fi
	echo "$update_initramfs"
)

# Prints the installed kernels that have an image.
kernels_with_image()
{
	for image in /boot/initrd.img-*; do
		kernel=${image#/boot/initrd.img-}
		[ ! -f "$image" ] || [ ! -d "/lib/modules/$kernel" ] || echo "$kernel"
	done
}

# Prints the kernels whose images the trigger leaves alone although it could rebuild them.
other_kernels()
{
	[ -n "$(generator)" ] && [ "$(setting)" = yes ] || return 0
	newest=$(linux-version list 2>/dev/null | linux-version sort --reverse 2>/dev/null |
		head -n 1)
	kernels_with_image | grep -vxF -e "$newest" || :
}

# rebuild KERNEL: if this fails, the image stays as it is. dracut itself would delete it.
rebuild()
{
	if [ "$(generator)" = initramfs-tools ]; then
		update-initramfs -u -k "$1"
		return
	fi
	image=/boot/initrd.img-$1
	echo "dracut: Generating $image"
	if ! dracut --force "$image.new" "$1" >&2 || ! mv -f "$image.new" "$image"; then
		rm -f "$image.new"
		return 1
	fi
	# As update-initramfs does it, which dracut has from Debian 14 on.
	for directory in /etc/initramfs/post-update.d /usr/share/initramfs/post-update.d; do
		[ ! -d "$directory" ] || ! command -v update-initramfs >/dev/null ||
			run-parts --arg="$1" --arg="$image" "$directory"
	done
}

# command_for KERNEL: prints the command that rebuilds its image.
command_for()
{
	if command -v update-initramfs >/dev/null; then
		echo "update-initramfs -u -k $1"
	else
		echo "dracut --force /boot/initrd.img-$1 $1"
	fi
}

# has_passthru KERNEL: also succeeds if its image cannot be listed.
has_passthru()
{
	case $(generator) in
	dracut) files=$(lsinitrd "/boot/initrd.img-$1" 2>/dev/null) || return 0 ;;
	*) files=$(lsinitramfs "/boot/initrd.img-$1" 2>/dev/null) || return 0 ;;
	esac
	case $files in
	*bin/passthru-early* | *etc/passthru* | '') return 0 ;;
	esac
	return 1
}
