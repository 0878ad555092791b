/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"

static char directory[PATH_MAX];
static unsigned long reached_parts;

void reached(unsigned part)
{
	require(part < input_parts);
	reached_parts |= 1UL << part;
}

unsigned long input_take_reached(void)
{
	unsigned long parts = reached_parts;

	reached_parts = 0;
	return parts;
}

char *input_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	require(text);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

char *input_second_text(const uint8_t *data, size_t size)
{
	size_t first = strnlen((const char *)data, size);

	return first < size ? input_text(data + first + 1, size - first - 1)
			    : input_text(data, 0);
}

static void write_all(int fd, const void *data, size_t size)
{
	require(size == 0 || write(fd, data, size) == (ssize_t)size);
}

int input_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	require(fd >= 0);
	write_all(fd, data, size);
	return fd;
}

void input_path(int fd, char path[static INPUT_PATH_SIZE])
{
	snprintf(path, INPUT_PATH_SIZE, "/proc/self/fd/%d", fd);
}

static int remove_one(const char *path, const struct stat *status, int type,
		      struct FTW *walk)
{
	(void)status, (void)type;
	return walk->level > 0 ? remove(path) : 0;
}

void input_clear(void)
{
	(void)nftw(input_directory(), remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void remove_directory(void)
{
	input_clear();
	(void)rmdir(directory);
}

const char *input_directory(void)
{
	if (!directory[0]) {
		strcpy(directory, access("/dev/shm", W_OK) == 0
					  ? "/dev/shm/passthru-fuzz.XXXXXX"
					  : "/tmp/passthru-fuzz.XXXXXX");
		require(mkdtemp(directory));
		atexit(remove_directory);
	}
	return directory;
}

void input_write(const char *path, const void *data, size_t size)
{
	char whole[PATH_MAX];
	int fd, base = snprintf(whole, sizeof(whole), "%s/", input_directory());

	snprintf(whole + base, sizeof(whole) - (size_t)base, "%s", path);
	for (char *at = strchr(whole + base, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		require(mkdir(whole, 0700) == 0 || errno == EEXIST);
		*at = '/';
	}
	fd = open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	require(fd >= 0);
	write_all(fd, data, size);
	close(fd);
}
