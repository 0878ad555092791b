/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "claim/state.h"

enum claim_state claim_state(const struct claim *claim)
{
	return (enum claim_state)__atomic_load_n(&claim->state, __ATOMIC_SEQ_CST);
}

bool claim_change_state(struct claim *claim, enum claim_state from, enum claim_state to)
{
	int expected = from;

	return __atomic_compare_exchange_n(&claim->state, &expected, to, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

bool claim_is_lost(const struct claim *claim)
{
	return claim_state(claim) == CLAIM_EXPIRED || claim_state(claim) == CLAIM_DROPPED;
}

/* Whether the process has neither ended nor crashed. */
static bool is_alive(pid_t process)
{
	return kill(process, 0) == 0 || errno == EPERM;
}

bool claim_is_busy(const struct claim *claim)
{
	pid_t worker = __atomic_load_n(&claim->worker, __ATOMIC_SEQ_CST);

	return worker && is_alive(worker);
}

bool claim_enter(struct claim *claim)
{
	pid_t worker = 0;

	/* A second try after a crash: nobody else is left to take its place. */
	return __atomic_compare_exchange_n(&claim->worker, &worker, getpid(), false,
					   __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) ||
	       (!is_alive(worker) &&
		__atomic_compare_exchange_n(&claim->worker, &worker, getpid(), false,
					    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
}

void claim_leave(struct claim *claim)
{
	__atomic_store_n(&claim->worker, 0, __ATOMIC_SEQ_CST);
}
