/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "claim/module.h"
#include "fake.h"

/* In place of claim/module.c. */
int module_load(const char *root, const char *name)
{
	char action[128];
	int r;

	(void)root;
	snprintf(action, sizeof(action), "load %s", name);
	r = fake_before(action);
	if (r)
		return r < 0 ? r : 0;
	r = -ENOENT;
	for (unsigned i = 0; i < fake->driver_count; i++) {
		if (!text_equals_name(fake->drivers[i].module, name))
			continue;
		if (!fake->drivers[i].is_registered)
			fake_register(&fake->drivers[i]);
		r = 0;
	}
	return fake_after(action) < 0 ? -EIO : r;
}
