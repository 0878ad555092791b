/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_VF_H
#define PASSTHRU_VF_H

#include <stdbool.h>
#include <stddef.h>

#include "cmdline/cmdline.h"
#include "pci/pci.h"
#include "plan/plan.h"

/*
 * SR-IOV: physical functions (PFs) and the virtual functions (VFs) that their drivers
 * make. A VF appears with its usual driver bound, unless sriov_drivers_autoprobe of its
 * PF is 0: then only a VF with an override is probed (pci_device_can_probe() in
 * drivers/pci/pci-driver.c). passthru sets that before the driver of the PF is loaded.
 * Nothing here reads or writes what takes the lock of a device, except as noted.
 */

/* A PF with VFs for guests, all or some. */
struct pf {
	struct pci_address address;
	struct pci_id id;
	/* From its SR-IOV capability; offset and stride may be 0 without any VF: */
	unsigned total, offset, stride, vf_device;
	unsigned made;	 /* VFs that exist */
	unsigned wanted; /* COUNT of passthru.vfs; 0 leaves the number to others */
	bool is_named;	 /* passthru.vfs names it: all of its VFs are given away */
	bool autoprobe;	 /* the kernel binds drivers to its VFs */
	bool was;	 /* the same before passthru changed it */
	bool is_new;	 /* it was changed by this run */
	bool is_news;	 /* not in the report of the stages before */
	/*
	 * Claimed: it has the VFs. Deferred: they come with its driver, or once somebody
	 * makes them. Or why it has them not.
	 */
	enum verdict verdict;
	enum reason reason;
	int error;		   /* negative errno of the write, or 0 */
	char note[PLAN_NOTE_SIZE]; /* the use of a VF that prevents others, or "" */
};

struct pfs {
	struct pf *items;
	size_t count;
};

/* Reads what sysfs has of a device. Returns whether it can have VFs. */
bool pf_read(int bus_fd, const struct pci_device *device, struct pf *ret);

/*
 * The address of a VF that may not exist yet, by its number from 0. Returns false if it
 * cannot be foretold: offset and stride may depend on the number of VFs. Opens nothing.
 */
bool pf_foretell(const struct pf *pf, unsigned number, struct pci_address *ret);

/* Whether an item of passthru.ids or passthru.addrs names a VF to come. Opens nothing. */
bool pf_is_foretold(const struct pf *pf, const struct pci_device *device,
		    const struct params *params);

/* Sets the verdict, unless a number of VFs could not be made before. Opens nothing. */
void pf_judge(struct pf *pf);

/*
 * Finds the PFs of the list that passthru.vfs names, or of which an item of passthru.ids
 * or passthru.addrs names VFs but none names the PF. Sets what the devices of the list
 * have to do with them; their paths must be known if a selector needs them. earlier is
 * what the stages before found, or NULL. Returns 0 or -ENOMEM; the caller frees the items
 * in either case.
 */
int pfs_find(int bus_fd, const struct params *params, const struct pfs *earlier,
	     struct pci_list *list, struct pfs *ret);

/* The PF at that address, or NULL. */
struct pf *pfs_find_at(const struct pfs *pfs, const struct pci_address *address);

/* Counts the VFs of the PF, and notes in the list that they are its. */
void pf_mark(int bus_fd, struct pf *pf, struct pci_list *list);

/* Whether passthru keeps the host's drivers from its VFs, not somebody else. */
static inline bool pf_is_silenced(const struct pf *pf)
{
	return pf->was && !pf->autoprobe;
}

/* Keeps the host's drivers from the VFs that appear from now on, and gives that back.
 * Both return 0 or a negative errno. */
int pf_silence(int bus_fd, struct pf *pf);
int pf_restore(int bus_fd, struct pf *pf);

/* Gives back what this run has changed. */
void pfs_restore(int bus_fd, struct pfs *pfs);

/* The same for all PFs that are silenced, whoever has done that. */
void vfs_restore(int bus_fd);

/*
 * Whether an item of passthru.ids or passthru.addrs names VFs of these PFs that do not
 * exist yet. The list is that of pfs_find(). Opens nothing.
 */
bool pfs_foretell(const struct pfs *pfs, const struct pci_list *list,
		  const struct selector *selector);

/* The number of VFs that exist. */
unsigned pf_count_vfs(int bus_fd, const struct pf *pf);

/* Reads the address of a VF, by its number from 0. Returns whether it exists. */
bool pf_find_vf(int bus_fd, const struct pci_address *pf, unsigned number,
		struct pci_address *ret);

#endif
