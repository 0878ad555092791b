/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/base.h"
#include "claim/internal.h"

/* Each gets half of the time left, so more than eight would get next to none. */
#define WORKERS_MAX 8

struct worker {
	pid_t pid;
	int fd; /* its other end closes when the worker ends; then -1 */
};

#define NO_WORKER WORKERS_MAX

struct job {
	claim_round run;
	struct claim *claim;
};

/* Shared with the workers. */
struct queue {
	/* To be accessed atomically: */
	unsigned next;	   /* the first job not begun */
	unsigned active;   /* the worker that takes it; the others end after their job */
	unsigned begun_ms; /* when that worker began its job, since the start */
	/* What does not change: */
	unsigned count;
	struct job jobs[];
};

struct supervisor {
	struct claims *claims;
	struct worker workers[WORKERS_MAX];
	unsigned started;
	uint64_t start_ms;
	struct queue *queue;
};

static void begin_job(const struct supervisor *supervisor)
{
	__atomic_store_n(&supervisor->queue->begun_ms,
			 (unsigned)(clock_ms() - supervisor->start_ms), __ATOMIC_SEQ_CST);
}

static void work(const struct supervisor *supervisor, unsigned self)
{
	struct queue *queue = supervisor->queue;
	uint64_t before = clock_us(), after;

	while (__atomic_load_n(&queue->active, __ATOMIC_SEQ_CST) == self) {
		unsigned next = __atomic_fetch_add(&queue->next, 1, __ATOMIC_SEQ_CST);
		const struct job *job = &queue->jobs[next];

		if (next >= queue->count)
			break;
		/* The first one begins now. */
		if (next > 0)
			begin_job(supervisor);
		job->run(supervisor->claims, job->claim);
		after = clock_us();
		/* With klibc somebody may have set it. */
		supervisor->claims->kernel_us += after > before ? after - before : 0;
		before = after;
	}
	_exit(0);
}

/*
 * The newest worker wins. One that begins to run after the deadline, or after a newer
 * one, does nothing: NO_WORKER is larger than all of them.
 */
static void take_over(struct queue *queue, unsigned self)
{
	unsigned active = __atomic_load_n(&queue->active, __ATOMIC_SEQ_CST);

	while (active < self &&
	       !__atomic_compare_exchange_n(&queue->active, &active, self, false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
}

static int fork_worker(struct supervisor *supervisor)
{
	struct worker *worker = &supervisor->workers[supervisor->started];
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	worker->pid = fork();
	if (worker->pid == 0) {
		claim_begin_process();
		take_over(supervisor->queue, supervisor->started);
		work(supervisor, supervisor->started);
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
	const struct queue *queue = supervisor->queue;

	return __atomic_load_n(&queue->next, __ATOMIC_SEQ_CST) < queue->count &&
	       supervisor->started < WORKERS_MAX;
}

/* Adds a worker for the next job. If fork() fails, the newest worker carries on. */
static void start_worker(struct supervisor *supervisor)
{
	if (!can_add_worker(supervisor))
		return;
	begin_job(supervisor);
	(void)fork_worker(supervisor);
}

/* A worker that ends while it is the newest may have crashed: replaces it. */
static void end_worker(struct supervisor *supervisor, unsigned index)
{
	struct worker *worker = &supervisor->workers[index];

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

/* When to stop waiting for the newest worker's job. */
static uint64_t patience_end(const struct supervisor *supervisor, uint64_t deadline)
{
	uint64_t begun = supervisor->start_ms +
			 __atomic_load_n(&supervisor->queue->begun_ms, __ATOMIC_SEQ_CST);

	if (!can_add_worker(supervisor) || begun >= deadline)
		return deadline;
	return begun + (deadline - begun + 1) / 2;
}

static int wait_for_workers(struct supervisor *supervisor, uint64_t deadline)
{
	struct pollfd polls[WORKERS_MAX];
	unsigned indexes[WORKERS_MAX], count;

	while ((count = list_open(supervisor, polls, indexes)) > 0) {
		uint64_t now = clock_ms(), until = patience_end(supervisor, deadline);
		int ready;

		if (now >= deadline)
			return -ETIME;
		if (now >= until) {
			start_worker(supervisor);
			continue;
		}
		/* In the meantime the worker may begin other jobs. */
		ready = poll(polls, count, (int)(until - now));
		for (unsigned i = 0; ready > 0 && i < count; i++)
			if (polls[i].revents)
				end_worker(supervisor, indexes[i]);
	}
	return 0;
}

static size_t queue_size(unsigned count)
{
	return sizeof(struct queue) + count * sizeof(struct job);
}

static struct queue *queue_new(struct claims *claims, const claim_round *rounds,
			       unsigned round_count)
{
	unsigned count = round_count * claims->count;
	struct queue *queue = mmap(NULL, queue_size(count), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (queue == MAP_FAILED)
		return NULL;
	for (unsigned round = 0; round < round_count; round++)
		for (unsigned i = 0; i < claims->count; i++)
			queue->jobs[queue->count++] =
				(struct job){ rounds[round], &claims->items[i] };
	return queue;
}

int workers_run(struct claims *claims, const claim_round *rounds, unsigned round_count,
		uint64_t deadline)
{
	struct supervisor supervisor = {
		.claims = claims,
		.start_ms = clock_ms(),
		.queue = queue_new(claims, rounds, round_count),
	};
	int r;

	if (!supervisor.queue)
		return -ENOMEM;
	r = fork_worker(&supervisor);
	if (r == 0)
		r = wait_for_workers(&supervisor, deadline);
	/* A job that returns later is the last of its worker. */
	__atomic_store_n(&supervisor.queue->active, NO_WORKER, __ATOMIC_SEQ_CST);
	for (unsigned i = 0; i < supervisor.started; i++)
		if (supervisor.workers[i].fd >= 0)
			close(supervisor.workers[i].fd);
	munmap(supervisor.queue, queue_size(supervisor.queue->count));
	return r;
}
