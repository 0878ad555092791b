/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faults [--sample N] [--mutant] MAKE-TREE PROGRAM DIR [SCENARIO FAULT]
 *
 * Runs the program over a made-up machine below DIR again and again, each time with one
 * fault: a system call fails with one of its errors, or the process is killed before or
 * after it. After each run, and after a second one without a fault, the promises must
 * hold.
 * --sample takes N of all faults, evenly; a FAULT, as a failure prints it, runs alone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "kernel.h"
#include "promises.h"
#include "tracer.h"

#define FAULTS_MAX 65536
#define ATTEMPTS   5

static const struct scenario {
	const char *name;
	const char *drivers; /* registered, in addition to those with a device */
	const char *refuser; /* an address */
	struct {
		const char *address, *rest, *driver, *usual;
	} devices[3];
} scenarios[] = {
#define CARD  "0000:06:00.0", "10de:13c2 030000 13"
#define AUDIO "0000:06:00.1", "10de:0fbb 040300 13"
#define NIC   "0000:08:00.0", "8086:1533 020000 15"
	{ "bound",
	  "vfio-pci",
	  "",
	  { { CARD, "nouveau", "nouveau" },
	    { AUDIO, "snd_hda_intel", "snd_hda_intel" },
	    { NIC, "igb", "igb" } } },
	{ "free",
	  "vfio-pci",
	  "",
	  { { CARD, "-", "nouveau" },
	    { AUDIO, "-", "snd_hda_intel" },
	    { NIC, "-", "igb" } } },
	{ "refused",
	  "vfio-pci",
	  "0000:06:00.1",
	  { { CARD, "nouveau", "nouveau" },
	    { AUDIO, "snd_hda_intel", "snd_hda_intel" },
	    { NIC, "igb", "igb" } } },
};

#define SCENARIOS (sizeof(scenarios) / sizeof(*scenarios))

struct test {
	const char *make_tree, *program, *dir;
	char pristine[256], root[256];
	bool mutant;
	const struct scenario *scenario;
	struct kernel before; /* as the scenario begins */
	unsigned long runs, broken, missed;
	unsigned long per_call[512]; /* runs, by the number of the system call */
};

static void die(const char *what)
{
	fprintf(stderr, "faults: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void shell(const char *command)
{
	if (system(command) != 0)
		die(command);
}

static void make_pristine(struct test *test)
{
	const struct scenario *scenario = test->scenario;
	char command[1024];
	FILE *pipe;

	snprintf(test->pristine, sizeof(test->pristine), "%s/%s", test->dir,
		 scenario->name);
	snprintf(command, sizeof(command),
		 "%s -d '%s' -c 'passthru.addrs=06:00.0,06:00.1,08:00.0' %s",
		 test->make_tree, scenario->drivers, test->pristine);
	pipe = popen(command, "w");
	if (!pipe)
		die(command);
	test->before = (struct kernel){ .root = test->root };
	for (unsigned i = 0; i < 3; i++) {
		struct device *device = &test->before.devices[test->before.count++];
		const char *driver = scenario->devices[i].driver;

		fprintf(pipe, "%s %s %s\n", scenario->devices[i].address,
			scenario->devices[i].rest, driver);
		snprintf(device->address, NAME_SIZE, "%s", scenario->devices[i].address);
		snprintf(device->usual, NAME_SIZE, "%s", scenario->devices[i].usual);
		snprintf(device->driver, NAME_SIZE, "%s", driver[0] == '-' ? "" : driver);
		device->refuses = strcmp(device->address, scenario->refuser) == 0;
	}
	if (pclose(pipe) != 0)
		die(command);
}

static int run(const struct test *test, struct kernel *kernel, const struct fault *fault,
	       struct trace *trace)
{
	char *argv[] = { (char *)test->program, "--root", (char *)test->root, NULL };

	return trace_run(argv, kernel, fault, test->mutant, trace);
}

static enum reach find_reach(const struct fault *fault, enum hit hit)
{
	bool kills =
		fault->action == ACTION_KILL_BEFORE || fault->action == ACTION_KILL_AFTER;

	if (fault->process > 1)
		return REACH_CLAIM;
	if (kills)
		return REACH_MAIN;
	if (hit == HIT_BEFORE)
		return REACH_PLAN;
	return hit == HIT_AFTER ? REACH_REPORT : REACH_CLAIM;
}

/* How often the second process waits for others is not the same in each run. */
static bool may_be_missed(const struct fault *fault)
{
	return fault->number == SYS_poll || fault->number == SYS_read ||
	       fault->number == SYS_times;
}

static void describe(const struct fault *fault, char *text, size_t size)
{
	static const char *const actions[] = { "none", "fail", "fail-after",
					       "kill-before", "kill-after" };

	snprintf(text, size, "%u:%s:%u:%s:%d", fault->process,
		 call_find(fault->number)->name, fault->nth, actions[fault->action],
		 fault->error);
}

static void run_fresh(const struct test *test, struct kernel *kernel,
		      const struct fault *fault, struct trace *trace)
{
	char command[1024];

	*kernel = test->before;
	snprintf(command, sizeof(command), "rm -rf %s && cp -a %s %s", test->root,
		 test->pristine, test->root);
	shell(command);
	errno = -run(test, kernel, fault, trace);
	if (errno)
		die(test->program);
}

/* Runs one fault; says what is broken. */
static void try(struct test *test, const struct fault *fault)
{
	static struct trace trace;
	struct kernel kernel, first;
	char text[512], name[64];
	const char *broken;

	/* Now and then a process waits once less than before. */
	for (unsigned i = 0; i < ATTEMPTS; i++) {
		run_fresh(test, &kernel, fault, &trace);
		if (trace.hit != HIT_NEVER)
			break;
	}
	if (trace.hit == HIT_NEVER && may_be_missed(fault)) {
		test->missed++;
		return;
	}
	broken = promises_after_run(&kernel, &test->before, trace.status,
				    find_reach(fault, trace.hit), text, sizeof(text));
	if (trace.hit == HIT_NEVER)
		broken = "the fault was not reached";
	first = kernel;
	if (!broken && run(test, &kernel, NULL, &trace) == 0)
		broken = promises_after_second(&kernel, &first, &test->before,
					       trace.status, text, sizeof(text));
	test->runs++;
	test->per_call[fault->number & 511]++;
	if (!broken)
		return;
	test->broken++;
	describe(fault, name, sizeof(name));
	printf("FAILED: %s %s: %s\n", test->scenario->name, name, broken);
	fflush(stdout);
}

static unsigned plan_call(const struct traced_call *call, struct fault *planned)
{
	const struct call *known = call_find(call->number);
	bool ends = call->number == SYS_exit_group || call->number == SYS_exit;
	unsigned count = 0;
	struct fault fault = { .process = call->process,
			       .nth = call->nth,
			       .number = call->number };

	fault.action = ACTION_KILL_BEFORE;
	planned[count++] = fault;
	if (ends)
		return count;
	fault.action = ACTION_KILL_AFTER;
	planned[count++] = fault;
	/* close(2) closes the file whatever it returns. */
	fault.action = call->number == SYS_close ? ACTION_FAIL_AFTER : ACTION_FAIL;
	for (unsigned i = 0; known->errors[i]; i++) {
		fault.error = known->errors[i];
		planned[count++] = fault;
	}
	return count;
}

static unsigned plan_all(struct test *test, struct fault *planned)
{
	static struct trace trace;
	struct kernel kernel;
	unsigned count = 0;

	run_fresh(test, &kernel, NULL, &trace);
	for (unsigned i = 0; i < trace.count && count + 16 < FAULTS_MAX; i++) {
		if (call_find(trace.calls[i].number)->number < 0)
			printf("not in the table: system call %ld\n",
			       trace.calls[i].number);
		count += plan_call(&trace.calls[i], planned + count);
	}
	printf("%s: %u system calls, %u faults\n", test->scenario->name, trace.count,
	       count);
	fflush(stdout);
	return count;
}

static void print_calls(const struct test *test)
{
	for (long i = 0; i < 512; i++)
		if (test->per_call[i])
			printf("  %-16s %6lu\n", call_find(i)->name, test->per_call[i]);
}

int main(int argc, char **argv)
{
	static struct fault planned[FAULTS_MAX];
	struct test test = { 0 };
	unsigned sample = 0;
	const char *only = NULL, *scenario = NULL;

	for (; argc > 1 && argv[1][0] == '-'; argv++, argc--) {
		if (strcmp(argv[1], "--mutant") == 0)
			test.mutant = true;
		else if (strcmp(argv[1], "--sample") == 0 && argc > 2) {
			sample = (unsigned)atoi(argv[2]);
			argv++, argc--;
		} else
			return 2;
	}
	if (argc != 4 && argc != 6)
		return 2;
	test.make_tree = argv[1];
	test.program = argv[2];
	test.dir = argv[3];
	if (argc == 6) {
		scenario = argv[4];
		only = argv[5];
	}
	snprintf(test.root, sizeof(test.root), "%s/tree", test.dir);
	for (unsigned s = 0; s < SCENARIOS; s++) {
		unsigned count, want = sample / SCENARIOS, step;

		test.scenario = &scenarios[s];
		if (scenario && strcmp(scenario, test.scenario->name) != 0)
			continue;
		make_pristine(&test);
		count = plan_all(&test, planned);
		step = sample && count > want ? count / want : 1;
		for (unsigned i = 0; i < count; i += step) {
			char name[64];

			describe(&planned[i], name, sizeof(name));
			if (only ? strcmp(only, name) == 0 : !sample || i / step < want)
				try(&test, &planned[i]);
		}
	}
	print_calls(&test);
	if (test.missed)
		printf("  not reached, since the program waited less often: %lu\n",
		       test.missed);
	printf("faults: %lu passed, %lu failed\n", test.runs - test.broken, test.broken);
	return test.broken || !test.runs ? 1 : 0;
}
