# Shared by the hooks of all initramfs generators: the modules that an image needs, their
# files, the tables of file systems, the configuration and the units. BASE is the directory that
# contains lib/modules, "" for the root. Functions run in subshells because dracut sources this
# file.
# shellcheck shell=sh

# required_modules: without these, no device can be claimed.
required_modules()
{
	echo vfio-pci vfio_iommu_type1
}

# other_modules: virtio-iommu, the only IOMMU driver that can be a module; drivers that
# passthru.driver= can name; the IOMMU interface of ppc64.
other_modules()
{
	echo virtio_pci virtio_iommu pci-stub vfio_iommu_spapr_tce
}

# optional_modules BASE KERNEL: these, and for passthru.driver=auto the vfio-pci variant drivers for
# this machine's devices.
optional_modules()
{
	other_modules
	cat /sys/bus/pci/devices/*/modalias 2>/dev/null | sort -u |
		sed 's/^pci:/vfio_pci:/' |
		xargs -r modprobe ${1:+--dirname="$1"} --set-version="$2" --all --quiet \
			--resolve-alias | sort -u
}

# module_files BASE KERNEL MODULE: prints the files of MODULE and of its dependencies in
# BASE/lib/modules, one per line. Built-in modules have no file. Fails if the kernel does not
# have the module.
module_files()
(
	insmods=$(modprobe ${1:+--dirname="$1"} --set-version="$2" --ignore-install \
		--show-depends "$3" 2>/dev/null) || {
		# modprobe does not know what is built into a kernel without modules: depmod has
		# not run.
		grep -q "/$3\.ko\$" "$1/lib/modules/$2/modules.builtin" 2>/dev/null
		return
	}
	echo "$insmods" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
)

# kernel_reads BASE KERNEL FILE: succeeds if the kernel can decompress the module FILE itself;
# the program cannot. A kernel knows one format at most.
kernel_reads()
(
	case $3 in
	*.ko) return 0 ;;
	*.ko.xz) format=XZ ;;
	*.ko.zst) format=ZSTD ;;
	*.ko.gz) format=GZIP ;;
	*) return 1 ;;
	esac
	for config in "$1/boot/config-$2" "$1/lib/modules/$2/config"; do
		grep -q '^CONFIG_MODULE_DECOMPRESS=y' "$config" 2>/dev/null &&
			grep -q "^CONFIG_MODULE_COMPRESS_$format=y" "$config" && return 0
	done
	return 1
)

# unpack_module FILE: decompresses FILE to standard output.
unpack_module()
{
	case $1 in
	*.xz) xz -dc -- "$1" ;;
	*.zst) zstd -qdc -- "$1" ;;
	*.gz) gzip -dc -- "$1" ;;
	*) false ;;
	esac
}

# copy_tables ETC TARGET: copies fstab and crypttab, which the guards need before the root
# file system is mounted, without comments and passwords.
copy_tables()
(
	for table in fstab crypttab; do
		[ -r "$1/$table" ] || continue
		mkdir -p "$2"
		sed -E '/^[[:space:]]*(#|$)/d
			s/(pass(word)?|cred(entials)?|user(name)?)[0-9]*=[^,[:space:]]*/\1=/g' \
			"$1/$table" >"$2/$table"
	done
)

# copy_config ETC TARGET: joins the files of the configuration, in the order of their names.
copy_config()
(
	export LC_ALL=C
	for config in "$1"/passthru/cmdline.d/*.conf; do
		[ -f "$config" ] || continue
		mkdir -p "$2"
		# The last line of a file may lack its end.
		{
			cat "$config"
			echo
		} >>"$2/cmdline" || return
	done
)

# start_units DIRECTORY: starts the units of an image with systemd, which are in DIRECTORY.
start_units()
(
	for unit in passthru-early:sysinit passthru-late:initrd; do
		wants=$1/${unit#*:}.target.wants
		mkdir -p "$wants"
		ln -sf "../${unit%:*}.service" "$wants/"
	done
)
