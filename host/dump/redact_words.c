/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words that a dump may show: all that is not in these tables is replaced. Names of
 * parameters are from Documentation/admin-guide/kernel-parameters.txt,
 * kernel-command-line(7), dracut.cmdline(7), initramfs-tools(7), live-boot(7),
 * mkinitcpio(8) and what installers write; those of variables from dracut.conf(5),
 * mkinitcpio.conf(5), initramfs.conf(5) and GRUB's manual.
 */
#include <ctype.h>
#include <string.h>

#include "base/base.h"
#include "dump/internal.h"

struct names {
	enum redact_rule rule;
	const char *names; /* separated by blanks; "*" at the end stands for any rest */
};

static const struct names parameters[] = {
	/* What passthru evaluates, and what decides about passthrough. */
	{ REDACT_KEEP,
	  "passthru.* vfio* iommu* intel_iommu amd_iommu* arm-smmu* virtio_iommu* "
	  "pci pcie_* pci-stub.* pci_stub.* xen-pciback.* xen_pciback.* "
	  "rd.qubes.hide_pci module_blacklist modprobe.blacklist rd.driver.* "
	  "rd.modules-load modules-load modules_load rd.modules_load "
	  "initcall_blacklist video console earlycon earlyprintk fbcon vga "
	  "BOOT_IMAGE initrd kvm* driver_async_probe" },
	{ REDACT_SIMPLE,
	  "quiet splash ro rw rhgb nosplash nomodeset single s S 1 2 3 4 5 -s -b emergency "
	  "rescue recovery break rd.break rdbreak systemd.break rd.systemd.break nohibernate "
	  "hibernate noresume loglevel debug ignore_loglevel nosmp nolapic noapic acpi* apic "
	  "lapic maxcpus nr_cpus isolcpus nohz nohz_full rcu_nocbs irqaffinity hugepages "
	  "hugepagesz default_hugepagesz transparent_hugepage mem memmap mitigations nopti "
	  "pti spectre_v2 spec_store_bypass_disable nospectre_v1 nospectre_v2 l1tf mds tsx "
	  "tsx_async_abort kpti nosmt intel_pstate amd_pstate cpufreq.default_governor "
	  "processor.max_cstate intel_idle.max_cstate idle nmi_watchdog nowatchdog watchdog "
	  "clocksource tsc hpet x2apic_phys nox2apic intremap nointremap swiotlb cma "
	  "cgroup_enable cgroup_disable systemd.unified_cgroup_hierarchy psi delayacct audit "
	  "apparmor selinux enforcing lsm security lockdown module.sig_enforce init_on_alloc "
	  "init_on_free slab_nomerge page_alloc.shuffle randomize_kstack_offset vsyscall "
	  "crashkernel elfcorehdr panic panic_on_oops oops reboot efi noefi efivars add_efi_memmap "
	  "net.ifnames biosdevname ipv6.disable consoleblank plymouth.* vt.* i8042.* usbcore.* "
	  "usb-storage.quirks xhci_hcd.* nvme.* nvme_core.* nvme_load libata.force ahci.* "
	  "scsi_mod.* zswap.* zfs.* zfs_force zfsforce threadirqs preempt highres "
	  "rootfstype rootwait rootdelay rd.retry rd.timeout rd.debug rd.info rd.shell "
	  "rd.udev.* udev.* rd.luks luks rd.lvm rd.md rd.dm rd.zfs.* rd.neednet rd.plymouth "
	  "rd.auto rd.multipath rd.skipfsck rd.live.* rd.overlay* rd.emergency rd.rescue "
	  "rd.iscsi.firmware rd.iscsi.ibft rd.fips fips fsck.mode fsck.repair forcefsck "
	  "systemd.show_status systemd.log_* systemd.debug_shell systemd.debug-shell "
	  "systemd.gpt_auto rd.systemd.gpt_auto systemd.restore_state systemd.swap "
	  "systemd.zram noswap nouveau.* nvidia.* nvidia-drm.* nvidia_drm.* i915.* xe.* "
	  "amdgpu.* radeon.* snd_hda_intel.* snd-hda-intel.* snd_intel_dspcfg.* drm.* "
	  "drm_kms_helper.* simplefb video.* nokaslr kaslr bootdegraded elevator "
	  "boot toram persistence components nopersistence noeject union live-media-timeout "
	  "rootovl overlayroot rd.lvm.conf rd.md.imsm rd.md.ddf rd.md.conf rd.luks.crypttab "
	  "luks.crypttab luks_crypttab rd.vconsole.keymap vconsole.keymap keymap "
	  "vconsole.font rd.locale.LANG locale.LANG locales lang LANG keyboard-layouts tz "
	  "resume_offset mce numa numa_balancing numa_zonelist_order skew_tick workqueue.* "
	  "split_lock_detect disable_denylist idxd.* ixgbe.* igb.* mlx5_core.* pcie_ports "
	  "pm_debug_messages no_console_suspend mem_sleep_default printk.* cfg80211.* "
	  "dis_ucode_ldr microcode clearcpuid nox2apic noxsave kasan kfence.* "
	  "placeholder vt.handoff ostree_composefs noquiet dyndbg inst.text "
	  "inst.graphical inst.cmdline inst.sshd inst.rescue inst.noverifyssl "
	  "inst.selinux inst.vnc rd.noverifyssl ds.disabled netcfg priority auto "
	  "bluetooth.* iwlwifi.* btusb.* tpm_tis.* random.trust_cpu log_buf_len" },
	/* Disks and file systems: the names in them are replaced. */
	{ REDACT_DEVICE, "root mount.usr resume swap resumedev real_root rd.zfs.root zfs "
			 "live-media persistence-media findiso bootdev initrd_dev" },
	{ REDACT_FLAGS, "rootflags mount.usrflags resumeflags cryptopts crypto" },
	{ REDACT_DEVICES, "cryptdevice cryptkey rd.luks.data luks.data luks.header "
			  "rd.luks.header" },
	{ REDACT_UUID,
	  "rd.luks.uuid luks.uuid rd_LUKS_UUID rd.md.uuid rd_MD_UUID rd.dm.uuid "
	  "rd.luks.partuuid" },
	{ REDACT_ASSIGN, "rd.luks.name luks.name rd.luks.options luks.options" },
	{ REDACT_PARTS,
	  "rd.lvm.vg rd.lvm.lv rd_LVM_VG rd_LVM_LV bootfs rd.stratis.rootfs-pool" },
	{ REDACT_PATH,
	  "init rdinit systemd.unit rd.systemd.unit systemd.wants systemd.mask "
	  "rd.systemd.wants" },
	/* The network: the kind stays. */
	{ REDACT_IP, "ip IP" },
	{ REDACT_SOURCE, "netroot nfsroot NFSROOT nbdroot" },
	{ REDACT_REMOVE,
	  "rd.luks.key luks.key rd.luks.serial rd.iscsi.* iscsi_* ISCSI_* nbd.* rd.nbd.* fcoe "
	  "rd.fcoe* rd.nvmf.* nvmf.* rd.znet rd.zfcp* rd.dasd* rd.cms rd.peerdns rd.ctty "
	  "rd.memdebug rd.live.image "
	  "bridge bond team vlan ifname rd.route rd.net.* rd.bootif BOOTIF nameserver "
	  "hostname domain systemd.hostname systemd.machine_id systemd.set_credential* "
	  "systemd.import_credentials systemd.setenv systemd.run systemd.firstboot "
	  "systemd.mount-extra systemd.swap-extra systemd.verity* roothash usrhash "
	  "nfs.* sunrpc.* user username password passwd crypto_key live-config.* "
	  "inst.ks inst.ks.* inst.repo inst.stage2 inst.addrepo inst.proxy inst.vncpassword "
	  "inst.vncconnect inst.rdp* inst.sshpw inst.updates inst.driverdisk inst.dd ks repo "
	  "inst.loglevel inst.syslog inst.virtiolog inst.zram inst.lang inst.keymap method "
	  "proxy ds cloud-config-url cc cloud-init autoinstall url preseed/url preseed/file "
	  "file interface netcfg/* passwd/* mirror/* ks.device ks.sendmac fetch httpfs "
	  "ftpfs netboot rd.writable.fsimg ignition.* coreos.* flatcar.* ostree "
	  "rd.ssh* cifsuser cifspass cifsroot nfsaddrs netdev md raid ci.* network-config dropbear tang clevis* tinyssh macaddr mac audit_backlog_limit "
	  "dhcp_hostname ostree.prepare-root.* rd.azure* cryptsetup* lvmwait" },
};

/* Variables of shell-like files. */
static const struct names variables[] = {
	{ REDACT_WORDS,
	  "GRUB_CMDLINE_* kernel_cmdline KERNEL_CMDLINE CMDLINE DEFAULT_options "
	  "ALL_options" },
	{ REDACT_MODULES,
	  "add_drivers force_drivers drivers omit_drivers add_dracutmodules "
	  "force_add_dracutmodules dracutmodules omit_dracutmodules filesystems "
	  "HOOKS MODULES" },
	{ REDACT_SIMPLE,
	  "GRUB_DEFAULT GRUB_SAVEDEFAULT GRUB_TIMEOUT* GRUB_HIDDEN_TIMEOUT* "
	  "GRUB_RECORDFAIL_TIMEOUT GRUB_DISTRIBUTOR GRUB_TERMINAL* GRUB_GFXMODE GRUB_GFXPAYLOAD* "
	  "GRUB_DISABLE_* GRUB_ENABLE_* GRUB_TOP_LEVEL GRUB_EARLY_INITRD* GRUB_INIT_TUNE "
	  "GRUB_PRELOAD_MODULES GRUB_FORCE_* "
	  "hostonly hostonly_mode hostonly_cmdline hostonly_default_device compress uefi reproducible "
	  "early_microcode persistent_policy mdadmconf lvmconf use_fstab add_fstab "
	  "i18n_install_all ro_mnt show_modules do_strip do_hardlink machine_id "
	  "kernel_only no_kernel squash_compress enhanced_cpio parallel "
	  "COMPRESSION COMPRESSION_OPTIONS COMPRESS COMPRESSLEVEL MODULES_DECOMPRESS BUSYBOX "
	  "KEYMAP FRAMEBUFFER UMASK RUNSIZE FSTYPE BOOT ENABLE_* REMINDER FSCKFIX" },
	{ REDACT_DEVICE, "RESUME ROOT" },
	{ REDACT_REMOVE,
	  "GRUB_PASSWORD* GRUB_SUPERUSERS GRUB_BACKGROUND GRUB_THEME GRUB_BADRAM "
	  "GRUB_OS_PROBER_* GRUB_COLOR_* GRUB_SERIAL_COMMAND GRUB_CLASS GRUB_FONT "
	  "CRYPTROOT KEYFILE_PATTERN DROPBEAR_* DEVICE BINARIES FILES ASKPASS CRYPTSETUP "
	  "install_items install_optional_items fw_dir libdirs fscks nofscks "
	  "add_device kernel_image uefi_stub uefi_secureboot_cert uefi_secureboot_key "
	  "uefi_splash_image logfile tmpdir stdloglvl sysloglvl fileloglvl" },
};

/* Words without a value: of commands, and those that settings have. */
static const char public_words[] =
	" y n yes no on off true false auto none default force saved keep all any most dep "
	"list netboot local nfs console serial gfxterm text xen hidden menu countdown "
	"lz4 lzo xz zstd gzip bzip2 lzma cat udev systemd base sysroot "
	"nfs4 cifs smb3 9p virtiofs fuse fuseblk ceph ramfs rootfs erofs ubifs jfs reiserfs gfs2 "
	"ocfs2 hfsplus udf minix gluster "
	"ext2 ext3 ext4 btrfs xfs f2fs vfat iso9660 squashfs overlay tmpfs zfs ntfs3 exfat "
	"bcachefs swap crypto_LUKS LVM2_member linux_raid_member "
	"strict lazy pt nopt passthrough noats noaer nomsi enable disable performance "
	"powersave schedutil ondemand active passive guided native poll halt mwait madvise "
	"always never within_size inherit nosmt full flush cond seccomp prctl eibrs retpoline "
	"confidentiality integrity permissive skip preen warm cold bios efi acpi kbd triple pci "
	"memory lz4hc zsmalloc z3fold zbud permit deny tsc hpet jiffies acpi_pm kvm-clock "
	"hostonly sloppy generic minimal udevadm single rescue emergency recovery "
	"ttyS0 ttyS1 tty0 tty1 hvc0 ttyAMA0 "
	"export if then else elif fi for in do done case esac echo printf set unset test cat "
	"source return exit local lsb_release uname modprobe /sbin/modprobe /usr/sbin/modprobe "
	"/bin/true /bin/false /usr/bin/true /usr/bin/false /sbin/false /bin/echo /bin/sh "
	"--ignore-install --ignore-remove -i -s -r -d -e -f -n -c -a -p "
	"/dev/null /etc/os-release /etc/lsb-release "
	"-- - = == * : [ ] [[ ]] + . % , ; @ "
	"options blacklist softdep weakdep install remove alias pre: post: "
	"title version machine-id machine_id sort-key linux linuxz initrd efi devicetree "
	"architecture uki add-entry-token id grub_class grub_arg grub_hotkey grub_users "
	"--unrestricted boot_counter devicetree-overlay "
	"Debian Ubuntu Fedora CentOS Stream Red Hat Enterprise AlmaLinux Rocky openSUSE Tumbleweed "
	"Leap SUSE Arch Manjaro EndeavourOS Gentoo NixOS Proxmox VE Mint Pop!_OS Pop_OS! Kali "
	"Linux GNU/Linux Workstation Server Edition Silverblue Kinoite Bazzite Rawhide Virtual "
	"Environment Advanced for with and entry kernel fallback initramfs mode LTS zen hardened "
	"lts trixie bookworm sid forky noble jammy archlinux debian ubuntu fedora opensuse "
	"snd_hda_intel amdgpu nouveau nvidia nvidia_drm nvidia_modeset nvidia_uvm nvidiafb i915 xe "
	"radeon vfio vfio_pci vfio-pci vfio_pci_core vfio_iommu_type1 vfio_virqfd pci-stub pci_stub "
	"kvm kvm_intel kvm_amd xhci_pci xhci_hcd driver_override ";

/* Options of file systems and of cryptsetup; the values are another matter. */
static const char mount_options[] =
	" rw noatime relatime nodiratime compress compress-force discard nodiscard space_cache "
	"subvol subvolid ssd autodefrag errors data commit barrier device logdev rtdev degraded "
	"journal_path journal_dev source target lvm hash cipher size key offset skip discard "
	"x-systemd.device-timeout x-systemd.automount trans version cache nofail _netdev ";

/* Whether the name is the pattern, "-" and "_" being the same; "*" ends a prefix. */
static bool matches(struct span name, struct span pattern)
{
	bool is_prefix = pattern.at[pattern.length - 1] == '*';
	size_t length = pattern.length - is_prefix;

	if (is_prefix ? name.length < length : name.length != length)
		return false;
	for (size_t i = 0; i < length; i++) {
		char a = name.at[i] == '-' ? '_' : name.at[i];
		char b = pattern.at[i] == '-' ? '_' : pattern.at[i];

		if (a != b)
			return false;
	}
	return true;
}

static bool is_in(struct span name, const char *list)
{
	struct text_cursor rest = { list, list + strlen(list) };
	struct span word;

	while ((word = text_next_word(&rest)).length)
		if (matches(name, word))
			return true;
	return false;
}

/* The first match counts: rd.iscsi.firmware stands above rd.iscsi.*. */
static enum redact_rule find(struct span name, const struct names *table, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (name.length && is_in(name, table[i].names))
			return table[i].rule;
	return REDACT_UNKNOWN;
}

enum redact_rule redact_find_rule(struct span name)
{
	enum redact_rule rule = find(name, parameters, ARRAY_SIZE(parameters));

	return rule != REDACT_UNKNOWN ? rule
				      : find(name, variables, ARRAY_SIZE(variables));
}

/* Whether the list, with a blank at each end, has the word. */
static bool has(const char *list, struct span word)
{
	for (const char *at = list; (at = strchr(at, ' ')) && at[1]; at++)
		if (strncmp(at + 1, word.at, word.length) == 0 &&
		    at[1 + word.length] == ' ')
			return word.length > 0;
	return false;
}

bool redact_is_public(struct span word)
{
	return has(public_words, word);
}

bool redact_is_mount_option(struct span word)
{
	return has(mount_options, word);
}
