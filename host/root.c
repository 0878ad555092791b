/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dump/unpack.h"
#include "root.h"

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

static int unpack(struct host *host, const char *file)
{
	const char *temporary = getenv("TMPDIR");
	char path[sizeof(host->root)];
	int r;

	snprintf(path, sizeof(path) / 2, "%s/passthru.XXXXXX",
		 temporary && temporary[0] ? temporary : "/tmp");
	if (!mkdtemp(path))
		return -errno;
	r = open_directory(host, path);
	host->is_unpacked = true;
	/* SIGPIPE would end the program before it removes the directory. */
	signal(SIGPIPE, SIG_IGN);
	return r < 0 ? r : unpack_dump(file, host->root_fd);
}

int root_open(struct host *host)
{
	const char *root = host->arguments->root;
	struct stat st;
	int r;

	host->is_this = !root || strcmp(root, "/") == 0;
	if (host->is_this)
		r = open_directory(host, "");
	else if (stat(root, &st) < 0)
		r = -errno;
	else
		r = S_ISDIR(st.st_mode) ? open_directory(host, root) : unpack(host, root);
	return r;
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
