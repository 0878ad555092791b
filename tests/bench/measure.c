/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * measure COUNT PROGRAM [ARGUMENT]...
 *
 * Runs the program COUNT times without output and prints the median of the time from fork
 * to exit, and the mean of the time that the kernel worked for it, both in microseconds.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void run(char **argv)
{
	int fd = open("/dev/null", O_WRONLY);

	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	execv(argv[0], argv);
	_exit(127);
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
	unsigned count = argc > 2 ? (unsigned)atoi(argv[1]) : 0;
	uint64_t *times = calloc(count + 1, sizeof(*times)), kernel_us = 0;

	if (!count || !times)
		return 2;
	for (unsigned i = 0; i < count; i++) {
		uint64_t start = now_us();
		struct rusage usage;
		pid_t pid = fork();
		int status;

		if (pid == 0)
			run(argv + 2);
		if (wait4(pid, &status, 0, &usage) < 0 || !WIFEXITED(status) ||
		    WEXITSTATUS(status) == 127)
			return 1;
		times[i] = now_us() - start;
		kernel_us += (uint64_t)usage.ru_stime.tv_sec * 1000000 +
			     (uint64_t)usage.ru_stime.tv_usec;
	}
	qsort(times, count, sizeof(*times), compare);
	printf("%llu %llu\n", (unsigned long long)times[count / 2],
	       (unsigned long long)(kernel_us / count));
	free(times);
	return 0;
}
