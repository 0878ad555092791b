/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_TESTS_INPUT_H
#define PASSTHRU_TESTS_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * What the targets make of their input. All of these end the process if the machine is
 * short of memory, and release what the input before had.
 */

/* The function that OSS-Fuzz and libFuzzer call; it returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * A target has one or more parts, such as the readers that it calls. It calls reached()
 * with the number of a part, from 0 on, where that has found in the input what it looks
 * for. The files of its corpus have to reach each part: replay.c checks that.
 */
extern const unsigned input_parts;
void reached(unsigned part);

/* The parts, as bits, that were reached since the last call. */
unsigned long input_take_reached(void);

/* A promise that the sanitizers do not see. */
#define require(promise)                                                             \
	do {                                                                         \
		if (!(promise)) {                                                    \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, \
				#promise);                                           \
			abort();                                                     \
		}                                                                    \
	} while (0)

/* The input with a NUL at its end, in memory of that size. Freed by the caller. */
char *input_text(const uint8_t *data, size_t size);

/* The part after the first NUL, "" if there is none. Freed by the caller. */
char *input_second_text(const uint8_t *data, size_t size);

/* Writes the input to a file in memory. Returns its descriptor, closed by the caller. */
int input_file(const uint8_t *data, size_t size);

/* The path of an open file. */
#define INPUT_PATH_SIZE 32
void input_path(int fd, char path[static INPUT_PATH_SIZE]);

/* The path of a directory that this process may fill; it is empty at first. */
const char *input_directory(void);

/* Writes a file below it, and makes its directories. */
void input_write(const char *path, const void *data, size_t size);

/* Removes everything in it. */
void input_clear(void);

#endif
