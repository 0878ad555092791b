/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "block/block.h"
#include "fake.h"

/* In place of the functions in block/block.c. */
void block_release(struct block_hold *hold)
{
	if (hold->count)
		hold->count = 0;
}

int block_open_exclusive(int root_fd, const struct pci_address *address,
			 struct block_hold *ret)
{
	char name[ADDRESS_SIZE], action[64];
	int r;

	(void)root_fd;
	*ret = (struct block_hold){ 0 };
	address_format(address, name);
	snprintf(action, sizeof(action), "hold %s",
		 name + (strncmp(name, "0000:", 5) == 0 ? 5 : 0));
	r = fake_before(action);
	return r < 0 ? r : fake_after(action);
}
