/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "lib/lib.h"
#include "unit.h"

static const struct {
	const char *before, *after;
} paths[] = {
	{ NULL, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
	{ "", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
	/* Debian's su without "-" */
	{ "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games",
	  "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games:/usr/local/sbin:/usr/sbin:/sbin" },
	{ "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" },
};

START_TEST(sets_path)
{
	char *kept = getenv("PATH") ? strdup(getenv("PATH")) : NULL;

	if (paths[_i].before)
		setenv("PATH", paths[_i].before, 1);
	else
		unsetenv("PATH");
	programs_set_path();
	expect_text(paths[_i].before ? paths[_i].before : "none", getenv("PATH"),
		    paths[_i].after);
	if (kept)
		setenv("PATH", kept, 1);
	free(kept);
}

int main(void)
{
	TCase *tcase = tcase_create("programs");

	add_rows(tcase, sets_path, paths);
	return unit_run(tcase);
}
