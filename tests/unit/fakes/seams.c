/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <sys/types.h>

#include "seams.h"

static struct {
	unsigned left; /* calls until the one that fails; 0 for none */
	int error;
	bool for_good;
	bool reached;
} seams[SEAMS];

void seam_fail(enum seam seam, unsigned nth, int error)
{
	seams[seam].left = nth;
	seams[seam].error = error;
	seams[seam].for_good = false;
	seams[seam].reached = false;
}

void seam_fail_from(enum seam seam, unsigned nth, int error)
{
	seam_fail(seam, nth, error);
	seams[seam].for_good = true;
}

bool seam_reset(enum seam seam)
{
	bool reached = seams[seam].reached;

	seam_fail(seam, 0, 0);
	return reached;
}

/* Whether this call fails; then errno is set. */
static bool fails(enum seam seam)
{
	if (seams[seam].left == 0 || --seams[seam].left > 0)
		return false;
	if (seams[seam].for_good)
		seams[seam].left = 1;
	seams[seam].reached = true;
	errno = seams[seam].error;
	return true;
}

/* The linker defines these names. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);
void *__real_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
pid_t __real_fork(void);
int __real_pipe2(int ends[2], int flags);
DIR *__real_fdopendir(int fd);
int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset);
pid_t __wrap_fork(void);
int __wrap_pipe2(int ends[2], int flags);
DIR *__wrap_fdopendir(int fd);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);

void *__wrap_malloc(size_t size)
{
	return fails(SEAM_ALLOCATE) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails(SEAM_ALLOCATE) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
	return fails(SEAM_ALLOCATE) ? NULL : __real_realloc(pointer, size);
}

void *__wrap_mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (fails(SEAM_MMAP))
		return (void *)-1;
	return __real_mmap(at, size, protection, flags, fd, offset);
}

pid_t __wrap_fork(void)
{
	return fails(SEAM_FORK) ? -1 : __real_fork();
}

int __wrap_pipe2(int ends[2], int flags)
{
	return fails(SEAM_PIPE) ? -1 : __real_pipe2(ends, flags);
}

DIR *__wrap_fdopendir(int fd)
{
	return fails(SEAM_FDOPENDIR) ? NULL : __real_fdopendir(fd);
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return fails(SEAM_RENAME) ? -1 : __real_renameat(from_fd, from, to_fd, to);
}
