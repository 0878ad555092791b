/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "boot/boot.h"
#include "cmdline/cmdline.h"
#include "dump/internal.h"
#include "initramfs/initramfs.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "trials/trials.h"
#include "ui/ui.h"

/* This part of configuration space has no serial numbers, and any user may read it. */
#define CONFIG_SIZE 64

struct dump {
	const struct host *host;
	struct archive *archive;
	struct redaction redaction;
	int error;
};

static int error_of(struct archive *archive)
{
	int error = archive_errno(archive);

	return error > 0 ? -error : -EIO;
}

static void put(struct dump *dump, const char *path, const char *target, const void *data,
		size_t size)
{
	struct archive_entry *entry = archive_entry_new();

	if (!entry) {
		dump->error = -ENOMEM;
		return;
	}
	archive_entry_set_pathname(entry, path);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_filetype(entry, target ? AE_IFLNK : AE_IFREG);
	archive_entry_set_mtime(entry, 0, 0);
	if (target)
		archive_entry_set_symlink(entry, target);
	else
		archive_entry_set_size(entry, (la_int64_t)size);
	/* unpack_dump() would refuse the dump, for example because of a large file. */
	if (!unpack_accepts(entry))
		warn("left /%s out of the dump: it is too large, or a link that leaves the dump",
		     path);
	else if (archive_write_header(dump->archive, entry) != ARCHIVE_OK ||
		 (size && archive_write_data(dump->archive, data, size) < 0))
		dump->error = error_of(dump->archive);
	archive_entry_free(entry);
}

/* Whether the path fits; warns that the file is left out if it does not. */
static bool join(char path[static PATH_MAX], const char *directory, const char *name)
{
	if (path_format(path, PATH_MAX, "%s/%s", directory, name) == 0)
		return true;
	warn("left /%s/%s out of the dump: %s", directory, name, strerror(ENAMETOOLONG));
	return false;
}

static void put_text(struct dump *dump, const char *path, const char *text)
{
	put(dump, path, NULL, text, strlen(text));
}

/* What takes the place of the text, freed by the caller; NULL without memory. */
static char *redact(struct dump *dump, const char *text, redact_file *put_redacted)
{
	struct text_file redacted;
	FILE *file = text_file_open(&redacted);
	char *result;

	if (file)
		put_redacted(&dump->redaction, file, text);
	result = text_file_close(&redacted);
	if (!result)
		dump->error = -ENOMEM;
	return result;
}

/* Copies a file as a function redacts it. Files that cannot be read are left out. */
static void copy_redacted(struct dump *dump, const char *path, redact_file *put_redacted)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *redacted = NULL;
	_cleanup_free_ char *name = NULL;

	if (beneath_read(dump->host->root_fd, path, &text) < 0)
		return;
	redacted = redact(dump, text, put_redacted);
	/* Boot entries have the machine ID in their names. */
	name = redact(dump, path, redact_put_line);
	if (redacted && name)
		put_text(dump, name, redacted);
}

/* An attribute in sysfs that has no names. */
static void copy(struct dump *dump, const char *path)
{
	copy_redacted(dump, path, redact_put_line);
}

/* Calls back for the names in a directory, except those that begin with a dot. */
static void for_each(struct dump *dump, const char *parent, const char *name,
		     void (*each)(struct dump *dump, const char *directory,
				  const char *name))
{
	_cleanup_closedir_ DIR *stream = NULL;
	char directory[PATH_MAX];
	struct dirent *entry;

	if (join(directory, parent, name))
		stream = sysfs_open_directory(dump->host->root_fd, directory);
	while (stream && (entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			each(dump, directory, entry->d_name);
}

static void copy_in(struct dump *dump, const char *directory, const char *name)
{
	char path[PATH_MAX];

	if (join(path, directory, name))
		copy(dump, path);
}

static void copy_link_in(struct dump *dump, const char *directory, const char *name)
{
	char path[PATH_MAX], target[PATH_MAX];

	if (join(path, directory, name) &&
	    sysfs_read_target(dump->host->root_fd, path, target, sizeof(target)) == 0)
		put(dump, path, target, NULL, 0);
}

/* The dump shows only that the file exists. */
static void put_empty(struct dump *dump, const char *path)
{
	if (beneath_exists(dump->host->root_fd, path))
		put_text(dump, path, "");
}

/*
 * The target of a link in a class or a bus, relative to the root: "sys/devices/…".
 * Returns false for other files, and after a warning if it is too long.
 */
static bool find_target(const struct dump *dump, const char *class, const char *name,
			char target[static PATH_MAX])
{
	char path[PATH_MAX], link[PATH_MAX];
	const char *devices;

	if (!join(path, class, name) ||
	    sysfs_read_target(dump->host->root_fd, path, link, sizeof(link)) < 0)
		return false;
	devices = strstr(link, "devices/");
	return devices && join(target, "sys", devices);
}

static void copy_files(struct dump *dump, const char *directory, const char *const *names,
		       size_t count)
{
	for (size_t i = 0; i < count; i++)
		copy_in(dump, directory, names[i]);
}

static void copy_config(struct dump *dump, const char *directory)
{
	char path[PATH_MAX], config[CONFIG_SIZE];
	ssize_t length;

	if (!join(path, directory, "config"))
		return;
	length = sysfs_read_bytes(dump->host->root_fd, path, config, sizeof(config));
	if (length > 0)
		put(dump, path, NULL, config, (size_t)length);
}

/* Interfaces may be named after their MAC address, so the dump calls them net0. */
static void copy_interface(struct dump *dump, const char *directory, const char *name)
{
	char interface[PATH_MAX], path[PATH_MAX], flags[32];

	if (join(interface, directory, name) && join(path, interface, "flags") &&
	    sysfs_read(dump->host->root_fd, path, flags, sizeof(flags)) > 0 &&
	    join(path, directory, "net0/flags"))
		put_text(dump, path, flags);
}

/* Where the virtual functions of a physical one are. */
static void copy_vfs(struct dump *dump, const char *directory)
{
	char path[PATH_MAX], target[PATH_MAX];

	for (unsigned i = 0;
	     path_format(path, sizeof(path), "%s/virtfn%u", directory, i) == 0 &&
	     sysfs_read_target(dump->host->root_fd, path, target, sizeof(target)) == 0;
	     i++)
		put(dump, path, target, NULL, 0);
}

static void copy_pci_device(struct dump *dump, const char *bus, const char *name)
{
	static const char *const files[] = {
		"modalias",	   "class",
		"boot_vga",	   "sriov_numvfs",
		"sriov_totalvfs",  "revision",
		"reset_method",	   "resource",
		"d3cold_allowed",  "power_state",
		"driver_override", "secondary_bus_number",
		"sriov_offset",	   "sriov_stride",
		"sriov_vf_device", "sriov_drivers_autoprobe"
	};
	static const char *const links[] = { "driver", "iommu_group", "physfn" };
	char target[PATH_MAX];

	if (!find_target(dump, bus, name, target))
		return;
	copy_link_in(dump, bus, name);
	copy_files(dump, target, files, ARRAY_SIZE(files));
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		copy_link_in(dump, target, links[i]);
	copy_vfs(dump, target);
	copy_config(dump, target);
	for_each(dump, target, "net", copy_interface);
}

static void copy_group(struct dump *dump, const char *groups, const char *name)
{
	char group[PATH_MAX];

	if (!join(group, groups, name))
		return;
	copy_in(dump, group, "type");
	copy_in(dump, group, "reserved_regions");
	for_each(dump, group, "devices", copy_link_in);
}

static void copy_below(struct dump *dump, const char *directory, const char *name,
		       redact_file *put_redacted)
{
	char path[PATH_MAX];

	if (join(path, directory, name))
		copy_redacted(dump, path, put_redacted);
}

static void copy_block(struct dump *dump, const char *class, const char *name)
{
	static const char *const files[] = { "dev", "partition", "size", "hidden" };
	char target[PATH_MAX];

	if (!find_target(dump, class, name, target))
		return;
	copy_link_in(dump, class, name);
	copy_files(dump, target, files, ARRAY_SIZE(files));
	copy_below(dump, target, "dm/name", redact_put_dm_line);
	copy_below(dump, target, "dm/uuid", redact_put_dm_uuid);
	for_each(dump, target, "slaves", copy_link_in);
}

/* Monitors, keyboards and sound: see host/machine/uses.c. Routes would name the network.
 */
static void copy_use(struct dump *dump, const char *class, const char *name)
{
	static const char *const files[] = { "status", "bInterfaceClass",
					     "bInterfaceSubClass", "bInterfaceProtocol",
					     "capabilities/key" };
	char target[PATH_MAX];

	if (!find_target(dump, class, name, target))
		return;
	copy_link_in(dump, class, name);
	copy_files(dump, target, files, ARRAY_SIZE(files));
}

/* Whether an earlier device has the same key, in the bits of the mask. */
static bool is_repeated(const struct machine *machine, size_t index, uint32_t mask,
			uint32_t (*key)(const struct device *device))
{
	for (size_t i = 0; i < index; i++)
		if (((key(&machine->devices[i]) ^ key(&machine->devices[index])) &
		     mask) == 0)
			return true;
	return false;
}

static uint32_t id_key(const struct device *device)
{
	return device->pci->id.vendor << 16 | device->pci->id.device;
}

static uint32_t class_key(const struct device *device)
{
	return device->pci->id.class >> 8;
}

static void put_vendor(FILE *file, const struct machine *machine, size_t first)
{
	uint32_t vendor = id_key(&machine->devices[first]) >> 16;

	fprintf(file, "%04x  %s\n", (unsigned)vendor,
		machine->devices[first].vendor_name);
	for (size_t i = first; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (device->pci->id.vendor == vendor && device->device_name[0] &&
		    !is_repeated(machine, i, UINT32_MAX, id_key))
			fprintf(file, "\t%04x  %s\n", (unsigned)device->pci->id.device,
				device->device_name);
	}
}

static void put_class(FILE *file, const struct machine *machine, size_t first)
{
	uint32_t base = class_key(&machine->devices[first]) >> 8;

	fprintf(file, "C %02x  class\n", (unsigned)base);
	for (size_t i = first; i < machine->count; i++) {
		const struct device *device = &machine->devices[i];

		if (class_key(device) >> 8 == base && device->class_name[0] &&
		    !is_repeated(machine, i, UINT32_MAX, class_key))
			fprintf(file, "\t%02x  %s\n", (unsigned)class_key(device) & 0xff,
				device->class_name);
	}
}

/* The part of pci.ids that names this machine's devices. */
static void put_names(FILE *file, const struct machine *machine)
{
	for (size_t i = 0; i < machine->count; i++)
		if (machine->devices[i].vendor_name[0] &&
		    !is_repeated(machine, i, 0xffff0000, id_key))
			put_vendor(file, machine, i);
	for (size_t i = 0; i < machine->count; i++)
		if (!is_repeated(machine, i, 0xff00, class_key))
			put_class(file, machine, i);
}

static void copy_names(struct dump *dump)
{
	_cleanup_free_ char *names = NULL;
	struct machine machine;
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (machine_read(dump->host, &machine) && file)
		put_names(file, &machine);
	machine_free(&machine);
	names = text_file_close(&text);
	if (names)
		put_text(dump, "usr/share/misc/pci.ids", names);
	else
		dump->error = -ENOMEM;
}

static redact_file *find_redaction(enum config_format format)
{
	switch (format) {
	case FORMAT_MODPROBE:
	case FORMAT_MODULES:
	case FORMAT_DRIVERCTL:
		return redact_put_modules;
	case FORMAT_BOOT_ENTRY:
		return redact_put_entry;
	case FORMAT_CMDLINE:
		return redact_put_cmdline;
	default: /* none of the others is more than assignments */
		return redact_put_shell;
	}
}

static void copy_configuration(struct dump *dump)
{
	for (const struct config_file *file = config_files; file->path; file++) {
		_cleanup_free_ char **paths = NULL;

		if (!(file->uses & CONFIG_FOR_DUMP))
			continue;
		paths = config_file_paths(dump->host->root_fd, file);
		if (!paths)
			dump->error = -ENOMEM;
		for (size_t i = 0; paths && paths[i]; i++)
			copy_redacted(dump, paths[i], find_redaction(file->format));
	}
}

/* Which generators and tools of GRUB are installed. */
static void copy_tools(struct dump *dump)
{
	for (const struct generator *at = generators; at->name; at++) {
		for (size_t i = 0; i < ARRAY_SIZE(at->tools); i++)
			if (at->tools[i])
				put_empty(dump, at->tools[i]);
		put_empty(dump, at->hook);
	}
	for (const struct grub_tool *at = grub_tools; at->path; at++)
		put_empty(dump, at->path);
}

/* Which boot loader booted this system; its menu may have passwords. */
static void copy_boot_loader(struct dump *dump)
{
	static const char *const paths[] = { EFI_VARIABLE("LoaderInfo"),
					     EFI_VARIABLE("StubInfo") };
	char value[512];
	int root_fd = dump->host->root_fd;

	if (grub_detect_entries(root_fd))
		put_text(dump, GRUB2_CONFIG, "insmod blscfg\nblscfg\n");
	if (beneath_exists(root_fd, EFI_VARIABLES))
		put_text(dump, EFI_VARIABLES "/others", "");
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		ssize_t length =
			sysfs_read_bytes(root_fd, paths[i], value, sizeof(value));

		if (length > 0)
			put(dump, paths[i], NULL, value, (size_t)length);
	}
}

/* What the firmware remembers of a trial, under the token that takes its place. */
static void put_variable(struct dump *dump, const struct trial *trial)
{
	enum variable_state state = trials_read_variable(dump->host, trial->token);
	char path[sizeof(TRIAL_EFIVARS "/") + TRIAL_NAME_SIZE] = TRIAL_EFIVARS "/";
	char value[TRIAL_VALUE_SIZE];
	_cleanup_free_ char *token = NULL;
	struct text_file text;
	FILE *file = text_file_open(&text);

	if (file)
		redact_put_kept(&dump->redaction, file, span_of(trial->token));
	token = text_file_close(&text);
	if (!token || strlen(token) >= TRIAL_TOKEN_SIZE ||
	    (state != VARIABLE_TRIED && state != VARIABLE_CONFIRMED))
		return;
	trial_variable_name(token, path + strlen(path));
	put(dump, path, NULL, value,
	    trial_format_value(token, state == VARIABLE_CONFIRMED, "-", value));
}

/* Whether the configuration is on trial. */
static void copy_trial(struct dump *dump)
{
	struct trial trial;

	copy_redacted(dump, TRIAL_RUN_PATH, redact_put_tokens);
	copy_redacted(dump, TRIALS_CONFIRMED, redact_put_tokens);
	if (trials_find_configured(dump->host->root_fd, &trial) > 0)
		put_variable(dump, &trial);
}

static void copy_system(struct dump *dump)
{
	copy_tools(dump);
	copy_boot_loader(dump);
	put_empty(dump, "sys/firmware/acpi/tables/DMAR");
	put_empty(dump, "sys/firmware/acpi/tables/IVRS");
	put_empty(dump, "sys/firmware/acpi/tables/IORT");
	put_empty(dump, "sys/firmware/devicetree/base/compatible");
	copy(dump, "proc/xen/capabilities");
	for_each(dump, "sys/class", "iommu", copy_link_in);
	copy_configuration(dump);
	copy(dump, "proc/sys/kernel/osrelease");
	copy(dump, "proc/sys/kernel/bootloader_type");
	copy(dump, GROUPS_FILE);
	copy_trial(dump);
	copy_redacted(dump, "etc/os-release", redact_put_os_release);
	copy_redacted(dump, "proc/cmdline", redact_put_cmdline);
	copy_redacted(dump, "proc/cpuinfo", redact_put_cpu);
	copy_redacted(dump, "proc/self/mountinfo", redact_put_mounts);
	copy_redacted(dump, "proc/swaps", redact_put_swaps);
	copy_redacted(dump, "run/passthru/report", redact_put_report);
	copy_redacted(dump, CONFIG_RUN_PATH, redact_put_shell);
	copy(dump, ADOPTED_RUN_PATH);
	copy_names(dump);
}

static int open_archive(const char *name, int fd, struct archive **ret)
{
	*ret = archive_write_new();
	if (!*ret)
		return -ENOMEM;
	/* libarchive would also write a .zip, which unpack_dump() does not read. */
	if (archive_write_set_format_filter_by_ext_def(*ret, name, ".tar") !=
		    ARCHIVE_OK ||
	    (archive_format(*ret) & ARCHIVE_FORMAT_BASE_MASK) != ARCHIVE_FORMAT_TAR)
		return -EINVAL;
	return fd < 0 || archive_write_open_fd(*ret, fd) == ARCHIVE_OK ? 0
								       : error_of(*ret);
}

/* Whether the name tells a format. Only then a file is made. */
static int check_name(const char *name)
{
	struct archive *archive;
	int r = open_archive(name, -1, &archive);

	archive_write_free(archive);
	return r;
}

static void copy_all(struct dump *dump)
{
	redact_open(dump->host->root_fd, &dump->redaction);
	for_each(dump, "sys/bus/pci", "devices", copy_pci_device);
	for_each(dump, "sys/kernel", "iommu_groups", copy_group);
	for_each(dump, "sys/class", "block", copy_block);
	for_each(dump, "sys/class", "drm", copy_use);
	for_each(dump, "sys/class", "input", copy_use);
	for_each(dump, "sys/class", "sound", copy_use);
	for_each(dump, "sys/bus/usb", "devices", copy_use);
	copy_system(dump);
	redact_close(&dump->redaction);
}

static int write_archive(const struct host *host, const char *name, int fd)
{
	struct dump dump = { .host = host };

	dump.error = open_archive(name, fd, &dump.archive);
	if (dump.error == 0) {
		copy_all(&dump);
		if (archive_write_close(dump.archive) != ARCHIVE_OK && dump.error == 0)
			dump.error = error_of(dump.archive);
	}
	archive_write_free(dump.archive);
	if (dump.error == 0 && fsync(fd) < 0 && errno != EINVAL && errno != EROFS)
		dump.error = -errno;
	return dump.error;
}

/* A new file, so that nobody else can have put it or a link there. */
int dump_write(const struct host *host, const char *file)
{
	int r = check_name(file), fd;

	if (r < 0)
		return r;
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_archive(host, file, fd);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r < 0)
		unlink(file);
	return r;
}
