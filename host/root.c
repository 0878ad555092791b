/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "dump/dump.h"
#include "root.h"
#include "ui/ui.h"

static int open_directory(struct host *host, const char *path)
{
	size_t length = strlen(path);

	if (length >= sizeof(host->root))
		return -ENAMETOOLONG;
	strcpy(host->root, path);
	while (length > 0 && host->root[length - 1] == '/')
		host->root[--length] = '\0';
	host->root_fd =
		open(length ? host->root : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return host->root_fd < 0 ? -errno : 0;
}

/* Returns whether that worked; says why not. */
static bool make_temporary(struct host *host)
{
	const char *directory = getenv("TMPDIR");
	char path[sizeof(host->root)];
	int r;

	if (!directory || !directory[0])
		directory = "/tmp";
	r = path_format(path, sizeof(path), "%s/passthru.XXXXXX", directory);
	if (r == 0 && !mkdtemp(path))
		r = -errno;
	if (r == 0) {
		host->is_unpacked = true;
		/* SIGPIPE would end the program before it removes the directory. */
		signal(SIGPIPE, SIG_IGN);
		r = open_directory(host, path);
	}
	if (r < 0)
		warn("cannot create a directory in %s: %s; set TMPDIR", directory,
		     strerror(-r));
	return r == 0;
}

bool root_open(struct host *host)
{
	const char *root = host->arguments->root;
	struct stat st;
	int r;

	host->is_this = !root || strcmp(root, "/") == 0;
	if (host->is_this)
		r = open_directory(host, "");
	else if (stat(root, &st) < 0)
		r = -errno;
	else if (S_ISDIR(st.st_mode))
		r = open_directory(host, root);
	else if (make_temporary(host))
		r = unpack_dump(root, host->root_fd);
	else
		return false;
	if (r < 0)
		warn("cannot read %s: %s; --root takes a directory with sys and proc, or a file that passthru list --dump wrote",
		     root ? root : "/", strerror(-r));
	return r == 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *place)
{
	(void)st;
	(void)type;
	(void)place;
	return remove(path);
}

void root_close(struct host *host)
{
	if (host->root_fd >= 0)
		close(host->root_fd);
	host->root_fd = -1;
	if (host->is_unpacked)
		nftw(host->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
