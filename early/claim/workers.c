/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "claim/workers.h"

/* Each gets half of the time left, so more than eight would get next to none. */
#define WORKERS_MAX 8

struct worker {
	pid_t pid;
	int fd; /* yields one byte per finished job; -1 once the worker has ended */
};

/* Shared by the workers; access it atomically. */
struct queue {
	unsigned next;	 /* the first job not begun */
	unsigned active; /* the worker that takes it; the others end after their job */
};

struct supervisor {
	void (*job)(void *data, unsigned job);
	void *data;
	unsigned count;
	struct worker workers[WORKERS_MAX];
	unsigned started;
	struct queue *queue;
};

static void work(const struct supervisor *supervisor, unsigned self, int fd)
{
	struct queue *queue = supervisor->queue;

	while (__atomic_load_n(&queue->active, __ATOMIC_SEQ_CST) == self) {
		unsigned job = __atomic_fetch_add(&queue->next, 1, __ATOMIC_SEQ_CST);

		if (job >= supervisor->count)
			break;
		supervisor->job(supervisor->data, job);
		if (write(fd, "", 1) != 1)
			break;
	}
	_exit(0);
}

static int fork_worker(struct supervisor *supervisor)
{
	struct worker *worker = &supervisor->workers[supervisor->started];
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	worker->pid = fork();
	if (worker->pid == 0) {
		close(ends[0]);
		__atomic_store_n(&supervisor->queue->active, supervisor->started,
				 __ATOMIC_SEQ_CST);
		work(supervisor, supervisor->started, ends[1]);
	}
	r = worker->pid < 0 ? -errno : 0;
	close(ends[1]);
	if (r < 0) {
		close(ends[0]);
		return r;
	}
	worker->fd = ends[0];
	supervisor->started++;
	return 0;
}

static bool is_newest(const struct supervisor *supervisor, unsigned worker)
{
	return worker + 1 == supervisor->started;
}

/* Whether there is a job to begin and room for one more worker. */
static bool can_add_worker(const struct supervisor *supervisor)
{
	return __atomic_load_n(&supervisor->queue->next, __ATOMIC_SEQ_CST) <
		       supervisor->count &&
	       supervisor->started < WORKERS_MAX;
}

/* Adds a worker for the next job. If fork() fails, the newest worker carries on. */
static void start_worker(struct supervisor *supervisor)
{
	if (can_add_worker(supervisor))
		(void)fork_worker(supervisor);
}

/* A worker that ends while it is the newest may have crashed: replaces it. */
static void read_reply(struct supervisor *supervisor, unsigned index)
{
	struct worker *worker = &supervisor->workers[index];
	char bytes[64];
	ssize_t got = read(worker->fd, bytes, sizeof(bytes));

	if (got != 0)
		return;
	close(worker->fd);
	worker->fd = -1;
	waitpid(worker->pid, NULL, 0);
	if (is_newest(supervisor, index))
		start_worker(supervisor);
}

static unsigned list_open(const struct supervisor *supervisor, struct pollfd *polls,
			  unsigned *indexes)
{
	unsigned count = 0;

	for (unsigned i = 0; i < supervisor->started; i++) {
		if (supervisor->workers[i].fd < 0)
			continue;
		indexes[count] = i;
		polls[count++] = (struct pollfd){ .fd = supervisor->workers[i].fd,
						  .events = POLLIN };
	}
	return count;
}

static int wait_for_workers(struct supervisor *supervisor, uint64_t deadline)
{
	struct pollfd polls[WORKERS_MAX];
	unsigned indexes[WORKERS_MAX], count;

	while ((count = list_open(supervisor, polls, indexes)) > 0) {
		uint64_t now = clock_ms();
		int patience, ready;

		if (now >= deadline)
			return -ETIME;
		patience = (int)(deadline - now);
		if (can_add_worker(supervisor) && patience > 1)
			patience /= 2;
		ready = poll(polls, count, patience);
		if (ready == 0)
			start_worker(supervisor);
		for (unsigned i = 0; ready > 0 && i < count; i++)
			if (polls[i].revents)
				read_reply(supervisor, indexes[i]);
	}
	return 0;
}

int workers_run(void (*job)(void *data, unsigned job), void *data, unsigned count,
		uint64_t deadline)
{
	struct supervisor supervisor = { .job = job, .data = data, .count = count };
	void *shared = mmap(NULL, sizeof(*supervisor.queue), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int r;

	if (shared == MAP_FAILED)
		return -ENOMEM;
	supervisor.queue = shared;
	r = fork_worker(&supervisor);
	if (r == 0)
		r = wait_for_workers(&supervisor, deadline);
	for (unsigned i = 0; i < supervisor.started; i++)
		if (supervisor.workers[i].fd >= 0)
			close(supervisor.workers[i].fd);
	munmap(shared, sizeof(*supervisor.queue));
	return r;
}
