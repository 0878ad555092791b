/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passthru rom: writes the video BIOS of a display to a file, for a guest. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "commands/internal.h"
#include "lib/lib.h"
#include "machine/machine.h"
#include "ui/ui.h"

#define VFCT "sys/firmware/acpi/tables/VFCT"

/* Much more than any ROM or table has. */
#define SIZE_STEP     (1U << 20)
#define SIZE_MAX_READ (64 * SIZE_STEP)

/* What is read, and where from. */
struct reading {
	const struct host *host;
	const struct device *device;
	unsigned char *bytes; /* the file: the ROM, or the table that it is in */
	size_t size;
	const unsigned char *rom;
	size_t rom_size;
	const char *source; /* "vfct" or "rom" */
	struct rom images;
};

/* -- reading ------------------------------------------------------------------------- */

/* Returns 0 or a negative errno; what was read before is freed. */
static int read_file(struct reading *reading, const char *path)
{
	_cleanup_close_ int fd =
		openat(reading->host->root_fd, path, O_RDONLY | O_CLOEXEC);
	size_t room = 0;
	ssize_t got;

	if (fd < 0)
		return -errno;
	reading->size = 0;
	do {
		if (reading->size == room) {
			unsigned char *larger;

			if (room == SIZE_MAX_READ)
				return -EFBIG;
			room += SIZE_STEP;
			larger = realloc(reading->bytes, room);
			if (!larger)
				return -ENOMEM;
			reading->bytes = larger;
		}
		got = read(fd, reading->bytes + reading->size, room - reading->size);
		if (got > 0)
			reading->size += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	return got < 0 ? -errno : 0;
}

/* A table that is damaged, or has no ROM of the device, is as good as none. */
static int read_vfct(struct reading *reading)
{
	int r = read_file(reading, VFCT);

	if (r == 0)
		r = rom_find_in_vfct(reading->bytes, reading->size, reading->device->pci,
				     &reading->rom, &reading->rom_size);
	if (r == -EBADMSG)
		warn("/" VFCT " is damaged, ignoring it");
	if (r == 0)
		reading->source = "vfct";
	return r;
}

static void format_path(const struct device *device, const char *file,
			char path[static DEVICE_PATH_SIZE + sizeof("sys/bus/pci/")])
{
	snprintf(path, DEVICE_PATH_SIZE + sizeof("sys/bus/pci/"),
		 "sys/bus/pci/devices/%s/%s", device->address, file);
}

static int set(const struct reading *reading, const char *file, const char *value)
{
	char path[DEVICE_PATH_SIZE + sizeof("sys/bus/pci/")];

	format_path(reading->device, file, path);
	return sysfs_write(reading->host->root_fd, path, value);
}

/*
 * The kernel shows the ROM between two writes, and only of a device that is awake: one
 * that vfio-pci has sleeps while no guest uses it. Files of another machine are read as
 * they are.
 */
static int read_device(struct reading *reading)
{
	char path[DEVICE_PATH_SIZE + sizeof("sys/bus/pci/")], power[16] = "";
	int r;

	format_path(reading->device, "rom", path);
	if (!reading->host->is_this) {
		r = read_file(reading, path);
	} else {
		(void)device_read(reading->host, reading->device, "power/control", power,
				  sizeof(power));
		if (strcmp(power, "auto") == 0)
			(void)set(reading, "power/control", "on");
		r = set(reading, "rom", "1");
		if (r == 0) {
			r = read_file(reading, path);
			(void)set(reading, "rom", "0");
		}
		if (strcmp(power, "auto") == 0)
			(void)set(reading, "power/control", "auto");
	}
	reading->rom = reading->bytes;
	reading->rom_size = reading->size;
	reading->source = "rom";
	return r;
}

static void warn_user(void *data, const char *text)
{
	const struct device *device = data;

	warn("%s is in use: %s", device->address, text);
}

/* A guest must not see its device change. The host's driver may not mind. */
static bool may_read(const struct reading *reading)
{
	struct device *device = (struct device *)(uintptr_t)reading->device;

	if (!reading->host->is_this)
		return true;
	if (device->is_claimed && users_each(reading->host, device, warn_user, device)) {
		warn("its ROM was not read: shut the guest down, then run this command again");
		return false;
	}
	if (!device->is_claimed && device->pci->driver[0])
		warn("%s is used by %s: if its screen goes wrong now, reboot, and read the ROM once it is claimed",
		     device->address, device->pci->driver);
	return true;
}

static void explain(const struct reading *reading, int r)
{
	const char *address = reading->device->address;

	if (r == -ENOENT)
		warn("%s has no ROM that the kernel knows of: the firmware of the machine has it, or the card's vendor",
		     address);
	else if (r == -EIO || r == -EINVAL)
		warn("%s does not show its ROM: make another display the primary one in the firmware's setup, or get the ROM from the card's vendor",
		     address);
	else
		warn_error(r, "cannot read the ROM of %s", address);
}

static bool read_rom(struct reading *reading)
{
	int r = read_vfct(reading);

	if (r == -ENOENT || r == -EBADMSG) {
		if (!may_read(reading))
			return false;
		r = read_device(reading);
	}
	if (r < 0) {
		explain(reading, r);
		return false;
	}
	if (rom_check(reading->rom, reading->rom_size, &reading->device->pci->id,
		      &reading->images))
		return true;
	warn("the ROM of %s is of no use to a guest: %s; nothing was written%s",
	     reading->device->address, reading->images.why,
	     reading->device->pci->is_boot_display
		     ? "; the firmware may have changed it, since it shows the boot there: make another display the primary one"
		     : "");
	return false;
}

/* -- writing ------------------------------------------------------------------------- */

static int write_all(int fd, const unsigned char *bytes, size_t size)
{
	while (size) {
		ssize_t written = write(fd, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		bytes += written;
		size -= (size_t)written;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Not every file system can refuse to replace a file; there, look first. */
static int put_in_place(const char *new_path, const char *path, bool is_forced)
{
	if (!is_forced) {
		if (renameat2(AT_FDCWD, new_path, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
			return 0;
		if (errno != EINVAL && errno != ENOSYS)
			return -errno;
		if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return -EEXIST;
	}
	return rename(new_path, path) < 0 ? -errno : 0;
}

static int write_file(const struct reading *reading, const char *path)
{
	_cleanup_free_ char *new_path = NULL;
	int fd, r;

	if (asprintf(&new_path, "%s.passthru-new", path) < 0) {
		new_path = NULL;
		return -ENOMEM;
	}
	unlink(new_path);
	fd = open(new_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	r = write_all(fd, reading->rom, reading->rom_size);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0)
		r = put_in_place(new_path, path, reading->host->arguments->force);
	if (r < 0)
		unlink(new_path);
	return r;
}

/* Whether the file is free, or is one that --force may replace. Says why not. */
static bool may_write(const struct host *host, const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return true;
	if (!S_ISREG(st.st_mode))
		warn("%s is no regular file; choose another name", path);
	else if (!host->arguments->force)
		warn("%s is there already; choose another name, or replace it with --force",
		     path);
	return S_ISREG(st.st_mode) && host->arguments->force;
}

/* -- printing ------------------------------------------------------------------------ */

static void print_text(const struct reading *reading, const char *path)
{
	const struct output *output = &reading->host->output;
	const struct rom *rom = &reading->images;

	output_wrapped(output, STYLE_PLAIN, 0, 2, "%s, from %s: %zu image%s",
		       reading->device->address,
		       strcmp(reading->source, "vfct") == 0 ? "ACPI's table VFCT"
							    : "the device itself",
		       rom->count, rom->count == 1 ? "" : "s");
	for (size_t i = 0; i < rom->count; i++) {
		const struct rom_image *image = &rom->images[i];
		char text[ROM_TEXT_SIZE];

		rom_describe_image(image, text);
		output_wrapped(output, STYLE_PLAIN, 0, 4,
			       "  %s, %zu bytes, for %04x:%04x", text, image->size,
			       image->vendor, image->device);
	}
	if (!rom_has(rom, ROM_EFI))
		output_wrapped(
			output, STYLE_NOTE, 0, 2,
			"Note: without an EFI image, a guest with UEFI shows nothing before its own driver.");
	output_wrapped(
		output, STYLE_GOOD, 0, 2,
		"Written to %s. Put it where QEMU may read it, and name it with passthru guest %s --rom FILE.",
		path, reading->device->address);
}

static int print_json(const struct reading *reading, const char *path)
{
	struct json_object *top = json_begin("rom"), *images;

	json_add_text(top, "address", reading->device->address);
	json_add_text(top, "source", reading->source);
	json_add_text(top, "file", path);
	json_add_number(top, "size", (int64_t)reading->rom_size);
	images = json_add_array(top, "images");
	for (size_t i = 0; i < reading->images.count; i++) {
		const struct rom_image *image = &reading->images.images[i];
		struct json_object *object = json_append(images);
		char text[ROM_TEXT_SIZE], id[sizeof("ffff:ffff")];

		rom_describe_image(image, text);
		snprintf(id, sizeof(id), "%04x:%04x", image->vendor & 0xffff,
			 image->device & 0xffff);
		json_add_number(object, "type", image->type);
		json_add_text(object, "id", id);
		json_add_number(object, "size", (int64_t)image->size);
		json_add_text(object, "text", text);
	}
	return json_end(top);
}

/* -- the command --------------------------------------------------------------------- */

static bool is_candidate(const struct device *device, bool is_display)
{
	return device->is_named && device_is_display(device) == is_display;
}

/* The only display that is named, or the only device. */
static const struct device *find_device(const struct machine *machine)
{
	const struct device *found = NULL;
	bool is_display = false;

	for (size_t i = 0; i < machine->count; i++)
		is_display |= is_candidate(&machine->devices[i], true);
	for (size_t i = 0; i < machine->count; i++) {
		if (!is_candidate(&machine->devices[i], is_display))
			continue;
		if (found) {
			warn("both %s and %s are meant; name one of them", found->address,
			     machine->devices[i].address);
			return NULL;
		}
		found = &machine->devices[i];
	}
	return found;
}

static int write_rom(struct reading *reading, const char *path)
{
	int r;

	if (!may_write(reading->host, path) || !read_rom(reading))
		return STATUS_NOT_GOOD;
	r = write_file(reading, path);
	if (r < 0) {
		warn_error(r, "cannot write %s", path);
		return STATUS_NOT_GOOD;
	}
	if (reading->host->arguments->json)
		return print_json(reading, path) < 0 ? STATUS_NOT_GOOD : STATUS_GOOD;
	print_text(reading, path);
	return STATUS_GOOD;
}

int rom_run(struct host *host)
{
	const struct arguments *arguments = host->arguments;
	struct machine machine = { 0 };
	struct reading reading = { .host = host };
	char name[sizeof("ffff-ffff.rom")];
	int status;

	if (arguments->operand_count > 2) {
		warn("name one device and one file; see passthru --help");
		return STATUS_USAGE;
	}
	if (!machine_read(host, &machine))
		status = STATUS_NOT_GOOD;
	else
		status = choice_add(&machine, arguments->operands[0]);
	if (status == STATUS_GOOD) {
		reading.device = find_device(&machine);
		status = reading.device ? STATUS_GOOD : STATUS_NOT_GOOD;
	}
	if (status == STATUS_GOOD) {
		snprintf(name, sizeof(name), "%04x-%04x.rom",
			 (unsigned)reading.device->pci->id.vendor & 0xffff,
			 (unsigned)reading.device->pci->id.device & 0xffff);
		status = write_rom(&reading, arguments->operand_count == 2
						     ? arguments->operands[1]
						     : name);
	}
	free(reading.bytes);
	machine_free(&machine);
	return status;
}
