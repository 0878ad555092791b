# Shared by the programs that collect the evidence in a guest, in the directory $out. Starting a
# process takes long in an emulated machine, so these read files with shell built-ins.
# shellcheck shell=sh disable=SC2154 # they set $out

# These set $found: a process for each value would take seconds.

# find_link LINK: the last part of its target, or "none".
find_link() {
	found=none
	if cd -P "$1" 2>/dev/null; then
		found=${PWD##*/}
	fi
}

# find_attribute FILE: its first line, without 0x; "none" if unset, which kernels show
# differently.
find_attribute() {
	read -r found <"$1"
	found=${found#0x}
	case $found in
	'' | '(null)') found=none ;;
	esac
}

describe_device() {
	line=${1##*/}
	for key in driver=driver group=iommu_group; do
		find_link "$1/${key#*=}"
		line="$line ${key%=*}=$found"
	done
	for key in override=driver_override vendor=vendor device=device class=class; do
		find_attribute "$1/${key#*=}"
		line="$line ${key%=*}=$found"
	done
	printf '%s\n' "$line"
}

devices() {
	for device in /sys/bus/pci/devices/*; do
		describe_device "$device"
	done
	cd "$out" || exit 1
}

vfio() {
	for device in /sys/bus/pci/drivers/vfio-pci/*:*; do
		[ ! -e "$device" ] || /rig/vfio-client "${device##*/}"
	done
}

# Our own event comes last: once it is recorded, so are all events before it.
finish_uevents() {
	mark=00000000-0000-0000-0000-000000000001
	echo "change $mark" >/sys/class/mem/null/uevent
	tries=50
	while [ $((tries -= 1)) -gt 0 ]; do
		grep -q "SYNTH_UUID=$mark" /dev/rig-uevents && break
		sleep 0.1
	done
	cat /dev/rig-uevents
}

# The directory as a base64 tar between two marks.
send() {
	echo rig-begin
	tar -cz . | base64
	echo rig-end
}
