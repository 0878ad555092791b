/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_GUARD_H
#define PASSTHRU_GUARD_H

#include <stdbool.h>

#include "block.h"
#include "need.h"
#include "pci.h"
#include "plan.h"
#include "request.h"

/*
 * The guards: a machine that asked for the wrong thing must still boot. They decide what
 * of a plan stays with the host; passthru.force means that nobody asks them. Nothing here
 * opens a file.
 */

/*
 * Whether disks may hang on a device of that class: storage, memory, and controllers of
 * USB, FireWire, Fibre Channel, InfiniBand, SD cards and Thunderbolt.
 */
bool guard_is_storage(const struct pci_id *id);

/* Whether it makes the tunnels that disks on other PCI paths hang on: Thunderbolt, USB4.
 */
bool guard_is_tunnel(const struct pci_id *id);

/* Whether it may be what a root file system on the network is reached through. */
bool guard_is_network(const struct pci_id *id);

/* Whether the entry is one that guard_judge() is to judge: it is to be claimed anew. */
bool guard_is_concerned(const struct plan_entry *entry);

/*
 * Keeps the boot display and the other functions of its slot, where the host would have
 * no display otherwise and one ID stands for several. What is named by its address, and
 * the only display that an ID stands for, is meant. The facts of all displays must be
 * known.
 */
void guard_displays(const struct request *request, const struct pci_list *list,
		    struct plan *plan);

/* What is known about the disks behind a device. */
struct guard_facts {
	bool is_late;	       /* what is not known now will not be known later either */
	bool root_found;       /* it is known what carries the root file system */
	bool has_root_network; /* the root file system is on the network, maybe through it
				*/
	/* What it carries for certain: the device, and who needs it. NULL for nothing. */
	const struct block *block;
	const struct need *need;
	/* What keeps it from being judged, or NULL: */
	const struct block *unread;
	const struct block *unclear;
	/* What has not been found and may be in a container on it, or NULL. */
	const struct need *missing;
	bool is_stack_unclear; /* what the root file system stands on has no visible end
				*/
};

/* Keeps the entry, or puts it off, as the facts demand, and notes the reasons in it. */
void guard_judge(const struct guard_facts *facts, struct plan_entry *entry);

#endif
