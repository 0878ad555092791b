# Shared by the hooks of all initramfs generators: the modules that an image needs, their
# files and options, the tables of file systems, the configuration, the units, and what a hook says that
# leaves its image without passthru. BASE is the directory that contains lib/modules, "" for the
# root. Functions run in subshells because dracut sources this file. They report failures by their
# status and work with "set -e" and without.
# shellcheck shell=sh

# has_parameter FILE [NAME]: succeeds if the text FILE has a word that begins with "passthru." and
# NAME, outside of comments. Quotes and "=" may be in front of it, as in GRUB's files.
has_parameter()
{
	[ -f "$1" ] && [ -r "$1" ] && LC_ALL=C sed -nE '/^[[:space:]]*#/d
		s/[[:space:]]#.*//
		/(^|[[:space:]"'"'"'=])passthru\.'"${2:-[a-z]}"'/{
			s/.*/yes/p
			q
		}' "$1" 2>/dev/null | grep -q yes
}

# has_trial FILE…: succeeds if one of the files of a configuration has passthru.trial=, outside of
# comments.
has_trial()
(
	for config; do
		[ -f "$config" ] && [ -r "$config" ] && [ "$(LC_ALL=C sed -nE '/^[[:space:]]*#/d
			s/[[:space:]]#.*//
			/(^|[[:space:]"])passthru\.trial=/p' "$config")" ] && return 0
	done
	return 1
)

# is_configured FILE [NAME]: the same for a file of the configuration. One that cannot be read may have
# anything in it.
is_configured()
{
	[ -f "$1" ] || return 1
	cat "$1" >/dev/null 2>&1 || return 0
	has_parameter "$@"
}

# is_requested ROOT [NAME]: succeeds if devices, or parameters that begin with NAME, are configured
# below ROOT, "" for this machine: in the configuration of passthru, or in what a boot loader or a UKI passes to the kernel. The host
# program has the same files in host/boot/config_files.c.
is_requested()
(
	for config in "$1"/etc/passthru/cmdline.d/*.conf "$1"/etc/passthru/profiles/*.conf; do
		! is_configured "$config" "${2-}" || return 0
	done
	for config in "$1/proc/cmdline" "$1/etc/default/grub" "$1"/etc/default/grub.d/*.cfg \
		"$1/etc/kernel/cmdline" "$1/usr/lib/kernel/cmdline" "$1"/etc/cmdline.d/*.conf \
		"$1/etc/dracut.conf" "$1"/etc/dracut.conf.d/*.conf \
		"$1"/boot/grub*/grub.cfg "$1"/boot/loader/entries/*.conf \
		"$1"/boot/efi/loader/entries/*.conf "$1"/efi/loader/entries/*.conf; do
		! has_parameter "$config" "${2-}" || return 0
	done
	return 1
)

# absence ROOT REASON ADVICE: prints the message for an image that is left without passthru.
# Succeeds if that is an error, because devices are configured below ROOT; otherwise it is a
# warning. The build goes on in both cases: a machine must get its images.
absence()
(
	if is_requested "$1"; then
		echo "$2; this image has nothing of passthru, so the configured devices will go" \
			"to their usual drivers: $3, then rebuild the image"
		return 0
	fi
	echo "$2; this image has nothing of passthru; no device is configured: $3, then rebuild" \
		"the image"
	return 1
)

# is_for_rescue IMAGE: succeeds if the distribution makes the image of that path for rescue: the one of
# dracut's kernel-install plugin, the fallback of mkinitcpio's presets. Such an image gets no
# configuration. host/initramfs/generators.c knows the same names.
is_for_rescue()
{
	case $1 in
	*/0-rescue/* | *-0-rescue-* | *-fallback | *-fallback.*) return 0 ;;
	esac
	return 1
}

# missing_tool: prints one of the programs that these functions call and this machine does not have;
# fails if it has them all.
missing_tool()
(
	for tool in cat grep mkdir modprobe sed sort xargs; do
		command -v "$tool" >/dev/null && continue
		echo "$tool"
		return 0
	done
	return 1
)

# unreadable_file ROOT: prints a file in ROOT/etc that the image needs a copy of and that cannot be
# read; fails if there is none.
unreadable_file()
(
	for file in "$1/etc/fstab" "$1/etc/crypttab" "$1/etc/veritytab" \
		"$1/etc/integritytab" "$1"/etc/passthru/cmdline.d/*.conf \
		"$1"/etc/passthru/profiles/*.conf "$1"/etc/passthru/before-trial/cmdline.d/*.conf; do
		[ -e "$file" ] || continue
		[ -f "$file" ] && cat "$file" >/dev/null 2>&1 && continue
		echo "$file"
		return 0
	done
	return 1
)

# modules_obstacle ROOT BASE KERNEL: as find_obstacle, for the modules. ROOT/boot may have the
# kernel's configuration.
modules_obstacle()
(
	for module in $(required_modules); do
		files=$(module_files "$2" "$3" "$module") || {
			# The IOMMU's interface has another name on ppc64.
			[ "$module" = vfio-pci ] || continue
			echo "kernel $3 has no module $module"
			echo "install a kernel that has it"
			return 0
		}
		for file in $files; do
			kernel_reads "$1" "$3" "$file" && continue
			unpack_module "$file" >/dev/null 2>&1 && continue
			echo "cannot decompress $file, and neither can kernel $3"
			echo "install the program that decompresses .${file##*.}"
			return 0
		done
	done
	return 1
)

# find_obstacle ROOT BASE KERNEL FILE…: prints what keeps passthru out of an image and what to do
# about it, a line each, for absence; fails if nothing does. KERNEL is "" for an image without
# modules; FILE are the files that the hook adds.
find_obstacle()
(
	where=$1 below=$2 release=$3
	shift 3
	if tool=$(missing_tool); then
		printf '%s\n' "$tool is not installed" "install it"
		return 0
	fi
	for file; do
		[ -f "$file" ] && [ -r "$file" ] && continue
		printf '%s\n' "$file is missing" "install passthru again"
		return 0
	done
	if file=$(unreadable_file "$where"); then
		printf '%s\n' "cannot read $file" "make it a file that root can read"
		return 0
	fi
	[ "$release" ] && modules_obstacle "$where" "$below" "$release"
)

# required_modules: without these, no device can be claimed.
required_modules()
{
	echo vfio-pci vfio_iommu_type1
}

# other_modules: virtio-iommu, whose driver is a module in most kernels; drivers that passthru.driver=
# can name; the IOMMU interface of ppc64.
other_modules()
{
	echo virtio_pci virtio_iommu pci-stub vfio_iommu_spapr_tce
}

# optional_modules BASE KERNEL [ROOT]: these; vendor-reset, if passthru.reset= asks for what it adds;
# efivarfs, for the EFI variable of a trial that is configured below ROOT; and for
# passthru.driver=auto the vfio-pci variant drivers for this machine's devices.
optional_modules()
{
	other_modules
	! grep -qs '^[^#]*passthru\.reset=[^ ]*device_specific' /proc/cmdline \
		/etc/passthru/cmdline.d/*.conf /etc/passthru/profiles/*.conf || echo vendor-reset
	! has_trial "${3-}"/etc/passthru/cmdline.d/*.conf "${3-}"/etc/passthru/profiles/*.conf ||
		echo efivarfs
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

# unpack_module FILE: decompresses FILE to standard output. Fails if that cannot be done, also for
# want of the program that does it.
unpack_module()
{
	case $1 in
	*.xz) xz -dc -- "$1" ;;
	*.zst) zstd -qdc -- "$1" ;;
	*.gz) gzip -dc -- "$1" ;;
	*) false ;;
	esac
}

# copy_tables ETC TARGET: copies fstab, crypttab, veritytab and integritytab, which the guards need
# before the root file system is mounted, without comments and passwords. Fails if one of them exists and cannot be
# copied: the guards would not know all of the disks that the host needs.
copy_tables()
(
	for table in fstab crypttab veritytab integritytab; do
		[ -e "$1/$table" ] || continue
		[ -f "$1/$table" ] && [ -r "$1/$table" ] && mkdir -p "$2" || return
		sed -E '/^[[:space:]]*(#|$)/d
			s/(pass(word)?|cred(entials)?|user(name)?)[0-9]*=[^,[:space:]]*/\1=/g' \
			"$1/$table" >"$2/$table" || return
	done
)

# join_config DIRECTORY FILE: appends the files of a configuration to FILE, in the order of their
# names. Fails if one of them cannot be read.
join_config()
(
	export LC_ALL=C
	for config in "$1"/*.conf; do
		[ -f "$config" ] || continue
		mkdir -p "${2%/*}" || return
		# The last line of a file may lack its end.
		{
			cat "$config" && echo
		} >>"$2" || return
	done
)

# copy_profiles ETC TARGET: copies the profiles. No copy is empty: passthru-early takes an empty text
# for a profile that is not there.
copy_profiles()
(
	for config in "$1"/passthru/profiles/*.conf; do
		[ -f "$config" ] || continue
		mkdir -p "$2/profiles" || return
		{
			cat "$config" && echo
		} >"$2/profiles/${config##*/}" || return
	done
)

# copy_before_trial ETC TARGET: copies the configuration that was in force before a trial, and counts
# if the trial does not.
copy_before_trial()
{
	! has_trial "$1"/passthru/cmdline.d/*.conf ||
		join_config "$1/passthru/before-trial/cmdline.d" "$2/cmdline.before-trial"
}

# copy_config ETC TARGET: copies the configuration and the profiles. Fails if a file cannot be read.
copy_config()
{
	join_config "$1/passthru/cmdline.d" "$2/cmdline" && copy_profiles "$1" "$2" &&
		copy_before_trial "$1" "$2"
}

# copy_modprobe ROOT IMAGE: with passthru.adopt, adds the options of vfio-pci to the directory IMAGE:
# the files of modprobe.d that may have them. A file counts for all of its name in the directories
# after its own, and comes to the first one. The generator may have added it already; of ours the
# first line says so. Fails if one of them cannot be written.
copy_modprobe()
(
	is_requested "$1" adopt || return 0
	below=$1 into=$2/etc/modprobe.d
	set -- etc run usr/local/lib usr/lib lib
	for place; do
		for options in "$below/$place"/modprobe.d/*.conf; do
			called=${options##*/}
			grep -qs 'vfio[-_]pci' "$options" || continue
			[ ! -e "$into/$called" ] || continue
			[ ! -L "$into/$called" ] || continue
			for first; do
				[ ! -e "$below/$first/modprobe.d/$called" ] || break
			done
			mkdir -p "$into" || return
			{
				echo "$copied_by" && cat "$below/$first/modprobe.d/$called"
			} >"$into/$called" || return
		done
	done
)

copied_by='# copied by passthru'

# remove_modprobe IMAGE: removes these.
remove_modprobe()
(
	for options in "$1"/etc/modprobe.d/*.conf; do
		[ "$(sed -n 1p "$options" 2>/dev/null)" != "$copied_by" ] || rm -f "$options"
	done
)

# start_units DIRECTORY: starts the units of an image with systemd, which are in DIRECTORY.
start_units()
(
	for unit in passthru-early:sysinit passthru-late:initrd passthru-trial:sysinit \
		passthru-trial:emergency passthru-trial:rescue; do
		wants=$1/${unit#*:}.target.wants
		mkdir -p "$wants"
		ln -sf "../${unit%:*}.service" "$wants/"
	done
)
