/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "dump/internal.h"

/* The number of components. */
static int path_depth(const char *path)
{
	int depth = 0;

	while (*path) {
		size_t length = strcspn(path, "/");

		depth += length > 0 && !(length == 1 && path[0] == '.');
		path += length;
		path += *path == '/';
	}
	return depth;
}

static bool is_parent(const char *path)
{
	return strncmp(path, "..", 2) == 0 && (!path[2] || path[2] == '/');
}

static bool has_parent(const char *path)
{
	for (; *path; path += strcspn(path, "/"), path += *path == '/')
		if (is_parent(path))
			return true;
	return false;
}

/*
 * Whether a link at that path stays inside: it has ".." only at its beginning, and not
 * more often than the path is deep. A ".." after a name could leave the target of another
 * link, which is elsewhere.
 */
static bool stays_inside(const char *path, const char *target)
{
	int room = path_depth(path) - 1;

	if (!target || target[0] == '/')
		return false;
	while (is_parent(target)) {
		room--;
		target += 2 + strspn(target + 2, "/");
	}
	return room >= 0 && !has_parent(target);
}

bool unpack_accepts(struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);

	if (!path || path[0] == '/' || has_parent(path) || archive_entry_hardlink(entry))
		return false;
	switch (archive_entry_filetype(entry)) {
	case AE_IFDIR:
		return true;
	case AE_IFREG:
		return archive_entry_size(entry) <= UNPACK_MEMBER_MAX;
	case AE_IFLNK:
		return stays_inside(path, archive_entry_symlink(entry));
	default:
		return false;
	}
}

static int unpack_member(struct archive *archive, struct archive_entry *entry)
{
	bool is_directory = archive_entry_filetype(entry) == AE_IFDIR;

	archive_entry_set_perm(entry, is_directory ? 0755 : 0644);
	if (archive_read_extract(archive, entry,
				 ARCHIVE_EXTRACT_SECURE_SYMLINKS |
					 ARCHIVE_EXTRACT_SECURE_NODOTDOT) != ARCHIVE_OK)
		return archive_errno(archive) == ENOSPC ? -ENOSPC : -EINVAL;
	return 0;
}

static int unpack_members(struct archive *archive, int directory_fd)
{
	struct archive_entry *entry;
	la_int64_t total = 0;
	int r = 0;

	/* libarchive unpacks into the working directory only. */
	if (fchdir(directory_fd) < 0)
		return -errno;
	for (unsigned i = 0; r == 0; i++) {
		int got = archive_read_next_header(archive, &entry);

		if (got == ARCHIVE_EOF)
			return 0;
		if (got != ARCHIVE_OK || !unpack_accepts(entry))
			return -EINVAL;
		if (archive_entry_filetype(entry) == AE_IFREG)
			total += archive_entry_size(entry);
		if (i >= UNPACK_MEMBERS_MAX || total > UNPACK_TOTAL_MAX)
			return -EFBIG;
		r = unpack_member(archive, entry);
	}
	return r;
}

int unpack_dump(const char *file, int directory_fd)
{
	_cleanup_close_ int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct archive *archive = archive_read_new();
	int r = -EINVAL;

	if (!archive)
		return -ENOMEM;
	archive_read_support_filter_all(archive);
	archive_read_support_format_tar(archive);
	if (archive_read_open_filename(archive, file, 1 << 16) == ARCHIVE_OK)
		r = unpack_members(archive, directory_fd);
	archive_read_free(archive);
	if (here >= 0 && fchdir(here) < 0)
		r = -errno;
	return r;
}
