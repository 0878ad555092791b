/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/base.h"
#include "claim/internal.h"
#include "seams.h"
#include "unit.h"

/*
 * All times are so many times what the tables say: on a machine that is busy with other
 * things a process may need a while to begin.
 */
#define SCALE 3

/* A busy machine needs that much more. */
#define SLACK_MS 300

static struct claims *claims;

/*
 * A device for each letter, which is its driver and says what its job does: "." is done,
 * "h" hangs for good, "k" is killed, "x" ends its process, "s" is done after a quarter of
 * a second.
 */
static void make_jobs(const char *what)
{
	unsigned count = (unsigned)strlen(what);

	claims = mmap(NULL, sizeof(*claims) + count * sizeof(claims->items[0]),
		      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(claims, MAP_FAILED);
	claims->count = count;
	for (unsigned i = 0; i < count; i++)
		claims->items[i].entry.wanted[0] = what[i];
}

static void work(struct claims *of, struct claim *claim)
{
	ck_assert_ptr_eq(of, claims);
	switch (claim->entry.wanted[0]) {
	case 'h':
		for (;;)
			pause();
	case 'k':
		raise(SIGKILL);
		break;
	case 'x':
		_exit(3);
	case 's':
		usleep(250000 * SCALE);
		break;
	}
	__atomic_add_fetch(&claim->entry.error, 1, __ATOMIC_SEQ_CST);
}

static int run(uint64_t deadline)
{
	static const claim_round rounds[] = { work };

	return workers_run(claims, rounds, ARRAY_SIZE(rounds), deadline);
}

static int times_done(unsigned job)
{
	return __atomic_load_n(&claims->items[job].entry.error, __ATOMIC_SEQ_CST);
}

/* "+" for each job that is done, "-" for one that is not. */
static const char *what_is_done(void)
{
	static char done[64];

	for (unsigned i = 0; i < claims->count; i++)
		done[i] = times_done(i) ? '+' : '-';
	done[claims->count] = '\0';
	return done;
}

/* A child that has ended and that nobody has asked about. */
static bool has_zombie(void)
{
	siginfo_t info = { 0 };

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid;
}

static bool has_child(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static const struct {
	const char *what;
	uint64_t ms; /* up to the deadline */
	int r;
	const char *done;
	uint64_t most_ms; /* that it may take */
} runs[] = {
	{ "", 2000, 0, "", 500 },
	{ ".", 2000, 0, "+", 500 },
	{ "........", 2000, 0, "++++++++", 500 },
	{ "................................", 2000, 0, "++++++++++++++++++++++++++++++++",
	  500 },
	/* crashes: the jobs behind are done, the lost one is not */
	{ "k", 2000, 0, "-", 500 },
	{ "k...", 2000, 0, "-+++", 500 },
	{ ".k..", 2000, 0, "+-++", 500 },
	{ "...k", 2000, 0, "+++-", 500 },
	{ "x...", 2000, 0, "-+++", 500 },
	{ "kk.kx.", 2000, 0, "--+--+", 500 },
	{ "kkkkkkk.", 2000, 0, "-------+", 500 },
	{ "kkkkkkkk.", 2000, 0, "---------", 500 }, /* eight, then it is enough */
	/* hangs: half of what is left each, and never past the deadline */
	{ "h", 300, -ETIME, "-", 300 },
	{ "h...", 600, -ETIME, "-+++", 600 },
	{ ".h..", 600, -ETIME, "+-++", 600 },
	{ "...h", 300, -ETIME, "+++-", 300 },
	{ "h.h.", 800, -ETIME, "-+-+", 800 },
	{ "hhh.", 800, -ETIME, "---+", 800 },
	{ "hhhh.", 1600, -ETIME, "----+", 1600 },
	{ "hkh.", 800, -ETIME, "---+", 800 },
	{ "kh..", 600, -ETIME, "--++", 600 },
	{ "hhhhhhhh.", 1000, -ETIME, "---------", 1000 },
	/* slow, and so overtaken: all is done in the end */
	{ "s", 2000, 0, "+", 500 },
	{ "s..", 440, 0, "+++", 500 },
	{ "s.s.", 900, 0, "++++", 950 },
	{ "s..", 0, -ETIME, NULL, 0 },
};

START_TEST(runs_jobs)
{
	unsigned fds = count_fds();
	uint64_t start = clock_ms(), took;
	int r;

	make_jobs(runs[_i].what);
	r = run(start + runs[_i].ms * SCALE);
	took = clock_ms() - start;
	expect_number(runs[_i].what, r, runs[_i].r);
	if (runs[_i].done)
		expect_text(runs[_i].what, what_is_done(), runs[_i].done);
	ck_assert_msg(took <= runs[_i].most_ms * SCALE + SLACK_MS, "%s: took %llu ms",
		      runs[_i].what, (unsigned long long)took);
	if (r == -ETIME && runs[_i].ms)
		ck_assert_msg(took + 1 >= runs[_i].ms * SCALE,
			      "%s: gave up after %llu ms", runs[_i].what,
			      (unsigned long long)took);
	expect_number(runs[_i].what, count_fds(), fds);
	/* Without time the worker may end at any moment, and nobody waits for it. */
	if (runs[_i].ms)
		expect(runs[_i].what, !has_zombie());
	if (r == 0)
		expect(runs[_i].what, !has_child());
}

/* Without a change of hands each job is done once, one after the other. */
START_TEST(does_each_once)
{
	make_jobs("....k...");
	ck_assert_int_eq(run(clock_ms() + 2000), 0);
	for (unsigned i = 0; i < 8; i++)
		ck_assert_int_eq(times_done(i), i != 4);
}

static void follow(struct claims *of, struct claim *claim)
{
	for (unsigned i = 0; i < of->count; i++)
		if (times_done(i) == 0)
			return;
	__atomic_add_fetch(&claim->entry.error, 10, __ATOMIC_SEQ_CST);
}

/* The second job of a device comes after the first of all. */
START_TEST(goes_round_by_round)
{
	static const claim_round rounds[] = { work, follow };

	make_jobs(".....");
	ck_assert_int_eq(workers_run(claims, rounds, 2, clock_ms() + 2000), 0);
	for (unsigned i = 0; i < 5; i++)
		ck_assert_int_eq(times_done(i), 11);
}

/* What overtaken workers do: the job that they are in, and no other. */
START_TEST(overtaken_ones_end)
{
	make_jobs("s...");
	ck_assert_int_eq(run(clock_ms() + 400 * SCALE), 0);
	expect_text("overtaken", what_is_done(), "++++");
	ck_assert_int_eq(times_done(3), 1);
}

/*
 * What a worker does whose job returns after the deadline: that job, and no other. The
 * last worker may begin to run only then.
 */
START_TEST(late_ones_end)
{
	make_jobs("ssssssss.");
	ck_assert_int_eq(run(clock_ms() + 100), -ETIME);
	while (waitpid(-1, NULL, 0) > 0)
		;
	expect_text("late", what_is_done() + 8, "-");
}

static const struct {
	const char *name;
	enum seam seam;
	unsigned nth;
	bool for_good;
	int error;
	const char *what;
	int r;
	const char *done;
} shortages[] = {
	{ "no memory", SEAM_MMAP, 1, false, ENOMEM, "..", -ENOMEM, "--" },
	{ "no process", SEAM_FORK, 1, true, EAGAIN, "..", -EAGAIN, "--" },
	{ "no pipe", SEAM_PIPE, 1, true, EMFILE, "..", -EMFILE, "--" },
	{ "no second process", SEAM_FORK, 2, true, EAGAIN, "h..", -ETIME, "---" },
	{ "no second pipe", SEAM_PIPE, 2, true, EMFILE, "h..", -ETIME, "---" },
	/* it is tried again: at three quarters of the time */
	{ "no process for a while", SEAM_FORK, 2, false, EAGAIN, "h..", -ETIME, "-++" },
	{ "no process after a crash", SEAM_FORK, 2, true, EAGAIN, ".k.", 0, "+--" },
};

START_TEST(lives_with_shortages)
{
	unsigned fds = count_fds();
	uint64_t start = clock_ms();
	int r;

	make_jobs(shortages[_i].what);
	if (shortages[_i].for_good)
		seam_fail_from(shortages[_i].seam, shortages[_i].nth,
			       shortages[_i].error);
	else
		seam_fail(shortages[_i].seam, shortages[_i].nth, shortages[_i].error);
	r = run(start + 600 * SCALE);
	expect(shortages[_i].name, seam_reset(shortages[_i].seam));
	expect_number(shortages[_i].name, r, shortages[_i].r);
	expect_text(shortages[_i].name, what_is_done(), shortages[_i].done);
	expect(shortages[_i].name, clock_ms() - start <= 600 * SCALE + SLACK_MS);
	expect_number(shortages[_i].name, count_fds(), fds);
	expect(shortages[_i].name, !has_zombie());
}

int main(void)
{
	TCase *tcase = tcase_create("supervise"),
	      *apart = tcase_create("supervise, apart");

	tcase_add_test(tcase, does_each_once);
	tcase_add_test(tcase, goes_round_by_round);
	tcase_add_test(tcase, overtaken_ones_end);
	tcase_add_test(tcase, late_ones_end);
	add_rows(apart, runs_jobs, runs);
	add_rows(apart, lives_with_shortages, shortages);
	return unit_run_with(tcase, apart);
}
