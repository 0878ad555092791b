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
	bool is_trial;	     /* of the configuration, with an EFI variable */
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
	  false,
	  { { CARD, "nouveau", "nouveau" },
	    { AUDIO, "snd_hda_intel", "snd_hda_intel" },
	    { NIC, "igb", "igb" } } },
	{ "free",
	  "vfio-pci",
	  "",
	  false,
	  { { CARD, "-", "nouveau" },
	    { AUDIO, "-", "snd_hda_intel" },
	    { NIC, "-", "igb" } } },
	{ "refused",
	  "vfio-pci",
	  "0000:06:00.1",
	  false,
	  { { CARD, "nouveau", "nouveau" },
	    { AUDIO, "snd_hda_intel", "snd_hda_intel" },
	    { NIC, "igb", "igb" } } },
	{ "trial",
	  "vfio-pci",
	  "",
	  true,
	  { { CARD, "-", "nouveau" },
	    { AUDIO, "-", "snd_hda_intel" },
	    { NIC, "-", "igb" } } },
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

#define REQUEST "passthru.addrs=06:00.0,06:00.1,08:00.0"
#define BOOT	"11111111-2222-3333-4444-555555555555"

/* The variable, as docs/design.md describes it. */
#define VARIABLE \
	"sys/firmware/efi/efivars/PassthruTrial-a1-1226751a-4eec-4441-8df5-7f9fd0fd1a20"
#define TRIED "\7\0\0\0a1 tried     " BOOT "\n"

static void make_trial(const struct test *test)
{
	char command[2048];

	snprintf(command, sizeof(command),
		 "cd %s && mkdir -p etc/passthru sys/firmware/efi/efivars "
		 "proc/sys/kernel/random && echo " BOOT
		 ">proc/sys/kernel/random/boot_id && "
		 "echo " REQUEST " passthru.trial=a1 >etc/passthru/cmdline",
		 test->pristine);
	shell(command);
}

/* Whether the next boot is safe: what is claimed now has been noted as tried. */
static const char *check_way_back(const struct test *test, const struct kernel *kernel)
{
	char path[512], found[sizeof(TRIED)];
	size_t length = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/" VARIABLE, test->root);
	file = fopen(path, "re");
	if (file) {
		length = fread(found, 1, sizeof(found), file);
		fclose(file);
	}
	if (length == sizeof(TRIED) - 1 && memcmp(found, TRIED, length) == 0)
		return NULL;
	for (unsigned i = 0; i < kernel->count; i++)
		if (kernel->devices[i].driver[0] || kernel->devices[i].override[0])
			return "a device was written to without a way back";
	return NULL;
}

static void make_pristine(struct test *test)
{
	const struct scenario *scenario = test->scenario;
	char command[1024];
	FILE *pipe;

	snprintf(test->pristine, sizeof(test->pristine), "%s/%s", test->dir,
		 scenario->name);
	snprintf(command, sizeof(command), "%s -d '%s' -c '%s' %s", test->make_tree,
		 scenario->drivers, scenario->is_trial ? "quiet" : REQUEST,
		 test->pristine);
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
	if (scenario->is_trial)
		make_trial(test);
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

/* Of a trial only that is judged: what it claims, it claims as in the other scenarios. */
static const char *after_run(const struct test *test, const struct kernel *kernel,
			     const struct fault *fault, const struct trace *trace,
			     char *text, size_t size)
{
	if (test->scenario->is_trial)
		return check_way_back(test, kernel);
	return promises_after_run(kernel, &test->before, trace->status,
				  find_reach(fault, trace->hit), text, size);
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
	broken = after_run(test, &kernel, fault, &trace, text, sizeof(text));
	if (trace.hit == HIT_NEVER)
		broken = "the fault was not reached";
	first = kernel;
	if (!broken && run(test, &kernel, NULL, &trace) == 0)
		broken =
			test->scenario->is_trial
				? check_way_back(test, &kernel)
				: promises_after_second(&kernel, &first, &test->before,
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
	if (test->scenario->is_trial && !kernel.devices[0].driver[0]) {
		errno = ENODEV;
		die("without a fault, the trial claims nothing");
	}
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
