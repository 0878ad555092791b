# shellcheck shell=sh
# Runs in the booted guest. Compares the report with sysfs: a claimed device has the driver that
# its line names, and no other device has an override. A second run must change none of this.

# find_link LINK: the last part of its target in $found, or "none".
find_link() {
	found=none
	if cd -P "$1" 2>/dev/null; then
		found=${PWD##*/}
	fi
}
# find_state ADDRESS: its driver and override in $state.
find_state() {
	find_link "/sys/bus/pci/devices/$1/driver"
	read -r override <"/sys/bus/pci/devices/$1/driver_override"
	[ -n "$override" ] && [ "$override" != '(null)' ] || override=none
	state="$found $override"
}
all_states() {
	for device in /sys/bus/pci/devices/*; do
		find_state "${device##*/}"
		echo "${device##*/} $state"
	done
}
# expect_state ADDRESS: prints what its line in the report promises: "DRIVER DRIVER" or "* none".
expect_state() {
	expected='* none'
	while read -r first rest; do
		case "$first $rest" in
		"device=$1 "*verdict=claimed*)
			rest=${rest#* driver=}
			expected="${rest%% *} ${rest%% *}"
			;;
		esac
	done </run/passthru/report
}
[ -e /run/passthru/report ] || { mkdir -p /run/passthru && : >/run/passthru/report; }
all_states >/run/states
while read -r address driver override; do
	expect_state "$address"
	# shellcheck disable=SC2254 # a pattern
	case "$driver $override" in
	$expected) ;;
	*) echo "untrue: $address has driver $driver, override $override; the report: $expected" ;;
	esac
done </run/states
cd /
"$PROGRAM" --report /run/second >/dev/null 2>&1
echo "second run: $?"
all_states >/run/states.second
while read -r before <&3 && read -r after <&4; do
	[ "$before" = "$after" ] || echo "untrue: the second run made $before into $after"
done 3</run/states 4</run/states.second
for device in /sys/bus/pci/devices/*; do
	read -r boot <"$device/boot_vga" && [ "$boot" = 1 ] && echo "boot display ${device##*/}"
done 2>/dev/null
for port in /sys/class/tty/ttyS[2-9]; do
	cd -P "$port" && echo "port ${port##*/} $PWD"
done
echo "truth: $(wc -l </run/states) functions"
