/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replay FILE…: runs a target on each file, as libFuzzer would, without clang. Short
 * files are also tried cut off at each byte, with a wrong byte at each position, and, the
 * shortest, repeated many times. Fails if the files as they are do not reach each part of
 * the target. Prints the number of runs.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"

#define SLIPS_MAX    1024  /* bytes of a file that is changed at each position */
#define REPEATED_MAX 16	   /* bytes of a file that is repeated */
#define REPEATED     20000 /* bytes of the result */

static const uint8_t slips[] = { '\0', '\n', ' ', '{', '}', '\'', '"', '$',
				 '\\', '>',  '=', ',', ':', '/',  '9', 0xff };
static unsigned long runs;
static unsigned long reached_unchanged;

/* In memory of exactly this size, so that the sanitizer sees a read beyond it. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	require(copy);
	if (size > 0)
		memcpy(copy, data, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	runs++;
}

static void run_slips(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t changed[SLIPS_MAX];

		run(data, i);
		memcpy(changed, data, size);
		for (size_t j = 0; j < sizeof(slips); j++) {
			changed[i] = slips[j];
			run(changed, size);
		}
	}
}

static void run_repeated(const uint8_t *data, size_t size)
{
	uint8_t *many = malloc(REPEATED);

	require(many);
	for (size_t at = 0; at < REPEATED; at++)
		many[at] = data[at % size];
	run(many, REPEATED);
	free(many);
}

static int run_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	uint8_t *data = NULL;
	size_t size;

	if (fd < 0 || fstat(fd, &status) < 0) {
		perror(path);
		return -1;
	}
	size = (size_t)status.st_size;
	if (size > 0) {
		data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
		require(data != MAP_FAILED);
	}
	close(fd);
	(void)input_take_reached();
	run(data, size);
	reached_unchanged |= input_take_reached();
	if (size > 0 && size <= SLIPS_MAX)
		run_slips(data, size);
	if (size > 0 && size <= REPEATED_MAX)
		run_repeated(data, size);
	if (size > 0)
		munmap(data, size);
	return 0;
}

static int check_reached(void)
{
	int r = 0;

	for (unsigned part = 0; part < input_parts; part++)
		if (!(reached_unchanged & 1UL << part)) {
			fprintf(stderr, "no file reaches part %u of the target\n", part);
			r = -1;
		}
	return r;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (run_file(argv[i]) < 0)
			return 1;
	if (argc < 2)
		return 2;
	if (check_reached() < 0)
		return 1;
	printf("%lu\n", runs);
	return 0;
}
