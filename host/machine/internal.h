/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_MACHINE_INTERNAL_H
#define PASSTHRU_MACHINE_INTERNAL_H

#include <sys/types.h>

#include "machine/machine.h"

/* What only the files of this folder share. */

/* -- pci names ----------------------------------------------------------------------- */

/* Names from pci.ids. Only pci_names.c uses libpci. */
struct pci_names;

/*
 * The pci.ids below the root is preferred to this machine's. Returns NULL if out of
 * memory; pci_names_free() accepts that.
 */
struct pci_names *pci_names_open(int root_fd);
void pci_names_free(struct pci_names *names);

/* Sets the names of the device; "" for those that the list does not have. */
void pci_names_look_up(struct pci_names *names, struct device *device);

/* -- card ---------------------------------------------------------------------------- */

/* Sets the card of each device, whose IDs, paths and attributes are known. */
void cards_find(struct machine *machine);

/* -- machine ------------------------------------------------------------------------- */

/*
 * Whether the device must be passed together with the others of its IOMMU group. Bridges
 * need not, unless a host driver is bound to them.
 */
bool device_shares_fate(const struct device *device);

/* -- firmware ------------------------------------------------------------------------ */

/*
 * If the firmware has the ACPI table for an IOMMU, DMAR, IVRS or IORT, but names none in
 * it: what to do, a static phrase. Otherwise, or if that cannot be read, which only root
 * may, NULL.
 */
const char *firmware_find_lack(const struct host *host);

/* -- users --------------------------------------------------------------------------- */

/* Calls back with the number of each process. */
void processes_each(const struct host *host,
		    void (*each)(void *data, const char *process), void *data);

/* A link in /proc/PROCESS/fd. */
struct open_file {
	const char *process;
	int directory_fd;
	const char *name;
};

/*
 * Calls back for each open file of a process until each() returns false. Without root's
 * privileges, those of other users' processes are not seen.
 */
void process_each_file(const struct host *host, const char *process,
		       bool (*each)(void *data, const struct open_file *file),
		       void *data);

/* The name in /proc/PROCESS/comm, or "a process". */
#define PROCESS_NAME_SIZE 64
void process_name(const struct host *host, const char *process,
		  char name[static PROCESS_NAME_SIZE]);

/* -- sessions ------------------------------------------------------------------------ */

/* How people are logged in to the running machine, as its processes tell. */
struct sessions {
	unsigned long *sockets; /* inodes of the sockets of all servers of ssh */
	size_t socket_count;
	char connection[160]; /* SSH_CONNECTION of this session, see ssh(1), or "" */
};

/*
 * Finds them, and notes on which cards compositors and X servers show. Knows nothing of
 * another machine. Release with sessions_free().
 */
void sessions_read(const struct host *host, struct machine *machine,
		   struct sessions *ret);
void sessions_free(struct sessions *sessions);

/* -- networks ------------------------------------------------------------------------ */

struct networks {
	const struct host *host;
	struct machine *machine;
	const struct sessions *sessions;
};

/* What a route or a session means for the device that it leads over; the last means most.
 */
enum mark { MARK_INTERFACE, MARK_ROUTE, MARK_SESSION, MARK_OWN_SESSION };

/* An address as network bytes; IPv4 has the first four. */
struct address {
	unsigned char bytes[16];
	bool is_ipv6;
};

/* Reads one of /proc/net: numbers of four bytes in the order of the processor. */
bool address_parse_numbers(struct span text, struct address *ret);

struct connection {
	struct address local, peer;
};

/* Marks the devices of interfaces, and those that default routes lead over. */
void networks_read(const struct networks *networks);

/*
 * Marks the devices that an interface leads over. If sysfs does not show what it is made
 * of, as of a tunnel or a port of Open vSwitch, any device with an interface that is up
 * may be the way.
 */
void networks_mark_way(const struct networks *networks, const char *interface,
		       enum mark mark);

/* The same for the interface of a connection, unless its peer is this machine. */
void networks_mark_connection(const struct networks *networks,
			      struct connection *connection, enum mark mark);

/* -- ssh ----------------------------------------------------------------------------- */

/*
 * Marks the devices that sessions of ssh come in over: this one and, since what runs in
 * tmux or screen may be watched through any, all of those at the usual port or of a
 * process of sshd.
 */
void ssh_read_sessions(const struct networks *networks);

/* -- compositor ---------------------------------------------------------------------- */

/* Whether that path below /dev/dri, or a link there, is a node of the device. */
bool display_is_node(const struct host *host, const struct device *device,
		     const char *path);

/*
 * Whether a compositor is configured to use that device, a phrase about it: by variables
 * in /etc/environment, environment.d(5) and profile.d, or mutter's rules of udev.
 */
bool compositor_names(const struct host *host, const struct device *device,
		      char text[static PHRASE_SIZE]);

/* -- users ----------------------------------------------------------------------------
 */

/* A device node of the device, or one that tells about its use. */
enum node_kind {
	NODE_OWN,    /* whoever has it open uses the device */
	NODE_SHARED, /* one for all devices of the driver */
	NODE_OTHER,  /* another device of the driver: what shared nodes are open for */
};

struct node {
	dev_t number;
	bool is_block;
	bool any_minor;
	enum node_kind kind;
};

/* The search for the users of one function, and of its virtual functions. */
struct search {
	const struct host *host;
	struct pci_address pci_address; /* of the function that is looked at */
	char address[ADDRESS_SIZE];	/* the same as text */
	struct node *nodes;
	size_t node_count;
	void (*each)(void *data, const char *text);
	void *data;
	int count; /* users */
	int error; /* 0 or -ENOMEM: then there may be more */
};

/* Reports a user: a phrase. */
void users_found(struct search *search, const char *format, ...) _printf_(2, 3);

/* Processes that have this node open are users, too. */
void users_add_node(struct search *search, const struct node *node);

/* For the directory of an interface, or with the name of a framebuffer, in sysfs. */
void users_read_interface(struct search *search, int directory_fd, const char *name);
void users_read_framebuffer(struct search *search, const char *name);

/*
 * What uses the disks: mounts, swap, and what the kernel builds on them. Adds the nodes
 * of the latter, such as /dev/dm-0.
 */
void users_look_at_disks(struct search *search);

/* -- xorg ---------------------------------------------------------------------------- */

/* Whether the X server is configured to use that device; a phrase about it. */
bool xorg_names(const struct host *host, const struct device *device,
		char text[static PHRASE_SIZE]);

#endif
