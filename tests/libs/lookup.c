/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lookup MODULES-DIR [CONFIG-DIR]: reads names and aliases of modules, one per line;
 * prints the modules that each resolves to, and what inserting them would load, with
 * options. Built twice, with the library under test and with the distribution's.
 */
#include <libkmod.h>

#include <stdio.h>
#include <string.h>

/* Prints an install command of the configuration, which must not be run. */
static int see_command(struct kmod_module *mod, const char *command, void *data)
{
	(void)data;
	printf(" [%s: %s]", kmod_module_get_name(mod), command);
	return 0;
}

static void see_insert(struct kmod_module *mod, bool install, const char *options)
{
	printf(" +%s%s%s%s", kmod_module_get_name(mod), install ? "(install)" : "",
	       options && *options ? " " : "", options ? options : "");
}

static void lookup(struct kmod_ctx *ctx, const char *alias)
{
	const unsigned int flags = KMOD_PROBE_DRY_RUN | KMOD_PROBE_IGNORE_LOADED |
				   KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY;
	struct kmod_list *list = NULL, *l;
	int ret = kmod_module_new_from_lookup(ctx, alias, &list);

	printf("%s:", alias);
	if (ret < 0)
		printf(" error %d", ret);
	kmod_list_foreach(l, list)
	{
		struct kmod_module *mod = kmod_module_get_module(l);

		printf(" %s", kmod_module_get_name(mod));
		ret = kmod_module_probe_insert_module(mod, flags, NULL, see_command, NULL,
						      see_insert);
		printf(" =%d", ret);
		kmod_module_unref(mod);
	}
	printf("\n");
	kmod_module_unref_list(list);
}

int main(int argc, char **argv)
{
	const char *config[] = { argc > 2 ? argv[2] : NULL, NULL };
	struct kmod_ctx *ctx;
	char line[4096];

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: lookup MODULES-DIR [CONFIG-DIR]\n");
		return 2;
	}
	ctx = kmod_new(argv[1], config);
	if (!ctx) {
		fprintf(stderr, "lookup: %s: libkmod has no context\n", argv[1]);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		lookup(ctx, line);
	}
	kmod_unref(ctx);
	return 0;
}
