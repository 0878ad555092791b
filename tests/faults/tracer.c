/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* process_vm_readv() */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tracer.h"

#define PROCESSES_MAX 64
#define PATH_SIZE     512
#define TIMEOUT_S     60

struct process {
	pid_t pid;
	unsigned calls[NUMBERS_MAX];
	bool in_call;
	bool faulted; /* the call that it is in */
	long number;  /* of that call */
};

struct tracer {
	struct kernel *kernel;
	const struct fault *fault;
	struct trace *trace;
	bool mutant;
	struct process processes[PROCESSES_MAX];
	unsigned count;
	unsigned alive;
};

static struct process *find_process(struct tracer *tracer, pid_t pid)
{
	for (unsigned i = 0; i < tracer->count; i++)
		if (tracer->processes[i].pid == pid)
			return &tracer->processes[i];
	if (tracer->count == PROCESSES_MAX)
		return NULL;
	tracer->alive++;
	tracer->processes[tracer->count] = (struct process){ .pid = pid };
	return &tracer->processes[tracer->count++];
}

static void read_memory(pid_t pid, unsigned long from, char *to, size_t size)
{
	struct iovec local = { to, size }, remote = { (void *)from, size };

	if (process_vm_readv(pid, &local, 1, &remote, 1, 0) != (ssize_t)size)
		to[0] = '\0';
}

/* Lets the kernel react to a write that has succeeded. Returns 0 or a negative errno. */
static int react(struct tracer *tracer, pid_t pid, const struct user_regs_struct *regs)
{
	char link[64], path[PATH_SIZE], value[NAME_SIZE];
	size_t size = regs->rax < sizeof(value) ? regs->rax : sizeof(value) - 1;
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/%d/fd/%d", (int)pid, (int)regs->rdi);
	length = readlink(link, path, sizeof(path) - 1);
	if (length < 0)
		return 0;
	path[length] = '\0';
	if (!strstr(path, "/sys/"))
		return 0;
	read_memory(pid, regs->rsi, value, size);
	value[size] = '\0';
	if (tracer->mutant && strcmp(value, "\n") == 0)
		return 0;
	return kernel_write(tracer->kernel, path, value);
}

static bool is_faulted(const struct tracer *tracer, const struct process *process,
		       unsigned nth)
{
	const struct fault *fault = tracer->fault;

	return fault && &tracer->processes[fault->process] == process &&
	       fault->number == process->number && fault->nth == nth;
}

/* The first process only watches the second, which works. */
static enum hit find_hit(const struct tracer *tracer)
{
	bool is_watch = tracer->fault->process == 0;

	if (tracer->count <= (is_watch ? 1 : 2))
		return HIT_BEFORE;
	return !is_watch && tracer->alive > 2 ? HIT_DURING : HIT_AFTER;
}

/* Returns whether the process lives on. */
static bool enter_call(struct tracer *tracer, struct process *process)
{
	struct trace *trace = tracer->trace;
	struct user_regs_struct regs;
	unsigned nth;

	if (ptrace(PTRACE_GETREGS, process->pid, 0, &regs) < 0)
		return false;
	process->number = (long)regs.orig_rax;
	nth = process->calls[process->number & (NUMBERS_MAX - 1)]++;
	process->faulted = is_faulted(tracer, process, nth);
	if (trace->count < CALLS_MAX)
		trace->calls[trace->count++] =
			(struct traced_call){ (unsigned)(process - tracer->processes),
					      process->number, nth };
	if (!process->faulted)
		return true;
	trace->hit = find_hit(tracer);
	if (tracer->fault->action == ACTION_KILL_BEFORE)
		return false;
	if (tracer->fault->action == ACTION_FAIL) {
		regs.orig_rax = (unsigned long)-1;
		ptrace(PTRACE_SETREGS, process->pid, 0, &regs);
	}
	return true;
}

/* Returns whether the process lives on. */
static bool leave_call(struct tracer *tracer, const struct process *process)
{
	enum action action = process->faulted ? tracer->fault->action : ACTION_NONE;
	struct user_regs_struct regs;
	int r = 0;

	if (ptrace(PTRACE_GETREGS, process->pid, 0, &regs) < 0)
		return false;
	if (process->number == SYS_write && (long)regs.rax > 0)
		r = react(tracer, process->pid, &regs);
	if (action == ACTION_KILL_AFTER)
		return false;
	if (action == ACTION_FAIL || action == ACTION_FAIL_AFTER)
		r = -tracer->fault->error;
	if (r < 0) {
		regs.rax = (unsigned long)r;
		ptrace(PTRACE_SETREGS, process->pid, 0, &regs);
	}
	return true;
}

static void stop_at_call(struct tracer *tracer, struct process *process)
{
	bool lives;

	process->in_call = !process->in_call;
	if (process->in_call)
		lives = enter_call(tracer, process);
	else
		lives = leave_call(tracer, process);
	if (!lives)
		kill(process->pid, SIGKILL);
}

static void handle_stop(struct tracer *tracer, struct process *process, int status)
{
	int signal = WSTOPSIG(status), deliver = 0;

	if (signal == (SIGTRAP | 0x80))
		stop_at_call(tracer, process);
	else if (signal != SIGTRAP && signal != SIGSTOP)
		deliver = signal;
	ptrace(PTRACE_SYSCALL, process->pid, 0, deliver);
}

static void handle_end(struct tracer *tracer, struct process *process, int status)
{
	if (process == tracer->processes)
		tracer->trace->status = status;
	process->pid = 0;
	tracer->alive--;
}

static int follow(struct tracer *tracer)
{
	while (tracer->alive > 0) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);
		struct process *process;

		if (pid < 0)
			return -errno;
		process = find_process(tracer, pid);
		if (!process)
			return -E2BIG;
		if (WIFSTOPPED(status))
			handle_stop(tracer, process, status);
		else
			handle_end(tracer, process, status);
	}
	return 0;
}

static void start(char *const argv[])
{
	int fd = open("/dev/null", O_RDWR);

	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	alarm(TIMEOUT_S);
	ptrace(PTRACE_TRACEME, 0, 0, 0);
	kill(getpid(), SIGSTOP);
	execv(argv[0], argv);
	_exit(127);
}

int trace_run(char *const argv[], struct kernel *kernel, const struct fault *fault,
	      bool mutant, struct trace *trace)
{
	struct tracer tracer = {
		.kernel = kernel, .fault = fault, .trace = trace, .mutant = mutant
	};
	struct process *first;
	int status;
	pid_t pid = fork();

	trace->count = 0;
	trace->hit = HIT_NEVER;
	if (pid < 0)
		return -errno;
	if (pid == 0)
		start(argv);
	first = find_process(&tracer, pid);
	if (waitpid(pid, &status, 0) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0,
		   PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
			   PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
			   PTRACE_O_TRACEEXEC) < 0)
		return -errno;
	/* The calls before the program begins are not its own. */
	ptrace(PTRACE_CONT, pid, 0, 0);
	if (waitpid(pid, &status, 0) < 0 ||
	    status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8))
		return -ENOEXEC;
	first->in_call = true;
	first->faulted = false;
	first->number = -1;
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	return follow(&tracer);
}
