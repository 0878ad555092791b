#!/bin/sh
# Reboots a trial boot that nobody confirms, once the minutes are over that passthru enable --trial=
# gave it. passthru-trial.service runs this in the initramfs and again in the system: both count from
# the start of the kernel. A trial that was confirmed on this disk before, and whose EFI variable was
# lost, is confirmed again.

trial=/run/passthru/trial
ignored=/run/passthru/trial-ignored

log()
{
	echo "<28>passthru: $*" >/dev/kmsg
}

tell_all()
{
	log "$*"
	! command -v wall >/dev/null || echo "passthru: $*" | wall
}

# wait_until SECONDS: since the start of the kernel. Fails once this boot is no trial any more.
wait_until()
{
	while [ -e "$trial" ]; do
		read -r uptime _ </proc/uptime
		left=$(($1 - ${uptime%.*}))
		[ $left -gt 0 ] || return 0
		[ $left -le 15 ] || left=15
		sleep $left || exit
	done
	return 1
}

# The disk knows better than the firmware. Nothing reboots then.
confirm_again()
{
	[ ! -e /etc/initrd-release ] && [ -r /etc/passthru/confirmed ] &&
		grep -qxF "$token" /etc/passthru/confirmed || return
	if message=$(passthru confirm 2>&1); then
		log "$message"
	else
		log "trial $token was confirmed on this disk, but that cannot be written to its EFI" \
			"variable again, so the next boot may ignore it; rebuild the initramfs: $message"
	fi
}

# The devices must start as they do after a power cycle, and the boot must be a new one.
forbid_kexec()
{
	export SYSTEMCTL_SKIP_AUTO_KEXEC=1 SYSTEMCTL_SKIP_AUTO_SOFT_REBOOT=1
	# kexec-tools of Debian load a kernel during the shutdown.
	echo >/run/no-kexec-reboot
	[ ! -e /etc/init.d/kexec-load ] || echo >/no-kexec-reboot
	read -r loaded </sys/kernel/kexec_loaded
	[ "$loaded" != 1 ] || kexec -u
}

# systemd refuses while the jobs of another target are in its queue, such as those of
# emergency.target.
request_reboot()
{
	for _ in 1 2 3 4 5; do
		systemctl -i reboot && return
		sleep 10
	done
}

reboot_system()
{
	log "nobody has confirmed trial $token: this machine reboots, and the next boot has what" \
		"was in force before it"
	forbid_kexec 2>/dev/null
	request_reboot &
	sleep 120
	log "the reboot has not ended after two minutes: forcing it"
	# What hangs must not keep this from going on.
	echo s >/proc/sysrq-trigger
	echo u >/proc/sysrq-trigger
	sleep 5
	systemctl --force --force reboot &
	sleep 10
	echo b >/proc/sysrq-trigger
}

if [ -e "$ignored" ] && read -r token minutes <"$ignored"; then
	confirm_again
	exit 0
fi
[ -e "$trial" ] && read -r token minutes <"$trial" || exit 0
! confirm_again || exit 0
[ "$minutes" -gt 0 ] || exit 0
wait_until $((minutes * 60 - 60)) || exit 0
read -r uptime _ </proc/uptime
left=$((minutes * 60 - ${uptime%.*}))
tell_all "this boot is a trial that nobody has confirmed: the machine reboots in" \
	"$((left > 0 ? left : 0)) seconds; passthru confirm keeps it"
wait_until $((minutes * 60)) || exit 0
reboot_system
