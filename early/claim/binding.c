/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "claim/internal.h"

#define POLL_US 10000

enum claim_state claim_state(const struct claim *claim)
{
	return (enum claim_state)__atomic_load_n(&claim->state, __ATOMIC_SEQ_CST);
}

bool claim_change_state(struct claim *claim, enum claim_state from, enum claim_state to)
{
	int expected = from;

	return __atomic_compare_exchange_n(&claim->state, &expected, to, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

bool claim_is_lost(const struct claim *claim)
{
	return claim_state(claim) == CLAIM_EXPIRED || claim_state(claim) == CLAIM_DROPPED;
}

/* Whether the process has neither ended nor crashed. */
static bool is_alive(pid_t process)
{
	return kill(process, 0) == 0 || errno == EPERM;
}

bool claim_is_busy(const struct claim *claim)
{
	pid_t worker = __atomic_load_n(&claim->worker, __ATOMIC_SEQ_CST);

	return worker && is_alive(worker);
}

/* To ask once for each process is enough. */
static pid_t self;

void claim_begin_process(void)
{
	self = getpid();
	/* What hangs here holds up nobody. */
	file_note_to(NULL);
}

bool claim_enter(struct claim *claim)
{
	pid_t worker = 0;

	if (!self)
		claim_begin_process();

	/* A second try after a crash: nobody else is left to take its place. */
	return __atomic_compare_exchange_n(&claim->worker, &worker, self, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) ||
	       (!is_alive(worker) &&
		__atomic_compare_exchange_n(&claim->worker, &worker, self, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
}

void claim_leave(struct claim *claim)
{
	__atomic_store_n(&claim->worker, 0, __ATOMIC_SEQ_CST);
}

static int write_logged(const struct claims *claims, const char *path, const char *value)
{
	log_debug("writing \"%s\" to %s", value[0] == '\n' ? "\\n" : value, path);
	return sysfs_write(claims->bus_fd, path, value);
}

/*
 * What a rollback needs is tried twice: the kernel may have been short of memory for a
 * moment, and a device must not stay without a driver.
 */
static int write_twice(struct claims *claims, const struct claim *claim, const char *path,
		       const char *value)
{
	int r = write_logged(claims, path, value);

	if (r < 0 && binding_exists(claims, claim))
		r = write_logged(claims, path, value);
	return r;
}

static void device_path(char path[static DEVICE_PATH_SIZE], const struct claim *claim,
			const char *file)
{
	pci_device_path(path, &claim->entry.device->address, file);
}

int binding_write(struct claims *claims, const struct claim *claim, const char *file,
		  const char *value)
{
	char path[DEVICE_PATH_SIZE];

	device_path(path, claim, file);
	return write_logged(claims, path, value);
}

void binding_update(const struct claims *claims, struct claim *claim)
{
	char driver[DRIVER_NAME_SIZE];

	if (pci_read_driver(claims->bus_fd, &claim->entry.device->address, driver) == 0)
		strcpy(claim->entry.now, driver);
}

bool binding_is_ours(const struct claims *claims, struct claim *claim)
{
	binding_update(claims, claim);
	return text_equals_name(claim->entry.now, claim->entry.wanted);
}

bool binding_has_file(const struct claims *claims, const struct claim *claim,
		      const char *file)
{
	char path[DEVICE_PATH_SIZE];

	device_path(path, claim, file);
	return sysfs_exists(claims->bus_fd, path);
}

bool binding_exists(const struct claims *claims, const struct claim *claim)
{
	return binding_has_file(claims, claim, "driver_override");
}

/* A virtual function has ones for its IDs only: those are in its physical one. */
#define CONFIG_SIZE 64

bool binding_answers(const struct claims *claims, const struct claim *claim)
{
	char path[DEVICE_PATH_SIZE];
	unsigned char config[CONFIG_SIZE];

	device_path(path, claim, "config");
	if (sysfs_read_bytes(claims->bus_fd, path, config, sizeof(config)) <
	    (ssize_t)sizeof(config))
		return true;
	for (size_t i = 0; i < sizeof(config); i++)
		if (config[i] != 0xff)
			return true;
	return false;
}

/*
 * A driver that is being registered probes its devices before it has the file "unbind",
 * which comes after "uevent" (bus_add_driver() in drivers/base/bus.c). Some never have
 * it.
 */
static bool may_get_unbind_file(const struct claims *claims, struct claim *claim)
{
	binding_update(claims, claim);
	return claim->entry.now[0] && !claim_is_lost(claim) &&
	       !binding_has_file(claims, claim, "driver/uevent");
}

int binding_unbind(struct claims *claims, struct claim *claim)
{
	char name[ADDRESS_SIZE], path[DEVICE_PATH_SIZE];
	int r;

	address_format(&claim->entry.device->address, name);
	device_path(path, claim, "driver/unbind");
	while ((r = write_logged(claims, path, name)) == -ENOENT &&
	       may_get_unbind_file(claims, claim))
		usleep(POLL_US);
	/* The file may have come between the two, or the kernel may have recovered. */
	if (r < 0 && (r != -ENOENT || claim->entry.now[0]))
		r = write_logged(claims, path, name);
	/* The driver may have released it in the meantime. */
	binding_update(claims, claim);
	return claim->entry.now[0] ? r : 0;
}

int binding_probe(struct claims *claims, const struct claim *claim)
{
	char name[ADDRESS_SIZE];

	address_format(&claim->entry.device->address, name);
	return write_twice(claims, claim, "drivers_probe", name);
}

/* The same of the file "bind": another process may just load the driver. */
static bool may_get_bind_file(const struct claims *claims, const struct claim *claim)
{
	char path[sizeof("drivers//uevent") + DRIVER_NAME_SIZE];
	int length = snprintf(path, sizeof(path), "drivers/%s", claim->entry.wanted);

	if (claim_is_lost(claim) || !sysfs_exists(claims->bus_fd, path))
		return false;
	strcpy(path + length, "/uevent");
	return !sysfs_exists(claims->bus_fd, path);
}

int binding_bind(struct claims *claims, const struct claim *claim)
{
	char name[ADDRESS_SIZE], path[sizeof("drivers//bind") + DRIVER_NAME_SIZE];
	int r;

	address_format(&claim->entry.device->address, name);
	snprintf(path, sizeof(path), "drivers/%s/bind", claim->entry.wanted);
	while ((r = write_logged(claims, path, name)) == -ENOENT &&
	       may_get_bind_file(claims, claim))
		usleep(POLL_US);
	/* The file may have come between the two. */
	return r == -ENOENT ? write_logged(claims, path, name) : r;
}

void binding_note_override(const struct claims *claims, struct claim *claim)
{
	char path[DEVICE_PATH_SIZE];

	device_path(path, claim, "driver_override");
	if (sysfs_read(claims->bus_fd, path, claim->foreign, sizeof(claim->foreign)) <
		    0 ||
	    strcmp(claim->foreign, "(null)") == 0 ||
	    text_equals_name(claim->foreign, claim->entry.wanted))
		claim->foreign[0] = '\0';
}

/* Clears it. An empty write would not reach the kernel (driver_set_override()). */
static int write_none(struct claims *claims, const struct claim *claim, const char *path)
{
	return write_twice(claims, claim, path, "\n");
}

/* The kernel may have come to refuse the override of somebody else. */
static int write_back(struct claims *claims, const struct claim *claim, const char *path)
{
	int r = write_twice(claims, claim, path, claim->foreign);

	if (r == 0 || !binding_exists(claims, claim))
		return r;
	log_line(LOG_LEVEL_WARNING,
		 "%s: \"%s\", which it had before, is refused: %s; cleared", path,
		 claim->foreign, strerror(-r));
	return write_none(claims, claim, path);
}

bool binding_clear_override(struct claims *claims, const struct claim *claim)
{
	char path[DEVICE_PATH_SIZE];
	int r;

	device_path(path, claim, "driver_override");
	r = claim->foreign[0] ? write_back(claims, claim, path)
			      : write_none(claims, claim, path);
	if (r < 0)
		log_debug("clearing the override failed: %s", strerror(-r));
	return r == 0 || !binding_exists(claims, claim);
}
