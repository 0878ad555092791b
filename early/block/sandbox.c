/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "block/internal.h"

#define UNPRIVILEGED_ID 65534
#define DESCRIPTORS_MAX 256

/* libblkid needs a few megabytes at most. A sanitizer needs more. */
#ifndef SANDBOX_MEMORY
#define SANDBOX_MEMORY ((rlim_t)64 << 20)
#endif

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__i386__)
#define ARCHITECTURE AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCHITECTURE AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCHITECTURE AUDIT_ARCH_PPC64LE
#elif defined(__arm__) && defined(__ARM_EABI__)
#define ARCHITECTURE AUDIT_ARCH_ARM
#elif defined(__s390x__)
#define ARCHITECTURE AUDIT_ARCH_S390X
#elif defined(__loongarch64)
#define ARCHITECTURE AUDIT_ARCH_LOONGARCH64
#endif

#ifdef ARCHITECTURE
#define STATEMENT(code, k)	  (struct sock_filter) BPF_STMT(code, k)
#define JUMP(code, k, then, else) (struct sock_filter) BPF_JUMP(code, k, then, else)

static const unsigned allowed[] = {
	__NR_read,    __NR_write,      __NR_lseek,   __NR_close,
	__NR_brk,     __NR_munmap,     __NR_mremap,  __NR_madvise,
	__NR_exit,    __NR_exit_group, __NR_pread64,
#ifdef __NR_mmap
	__NR_mmap,
#endif
#ifdef __NR_mmap2
	__NR_mmap2,
#endif
#ifdef __NR__llseek
	__NR__llseek,
#endif
};

static void limit_calls(void)
{
	struct sock_filter filter[5 + 2 * ARRAY_SIZE(allowed)];
	struct sock_fprog program = { .filter = filter };
	unsigned short count = 0;

	filter[count++] =
		STATEMENT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	filter[count++] = JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
	filter[count++] = STATEMENT(BPF_RET | BPF_K, SECCOMP_RET_KILL);
	filter[count++] =
		STATEMENT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++) {
		filter[count++] = JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[i], 0, 1);
		filter[count++] = STATEMENT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	filter[count++] = STATEMENT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	program.len = count;
	(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (unsigned long)&program, 0, 0);
}
#else
static void limit_calls(void)
{
}
#endif

#ifdef __KLIBC__
/* klibc has no setrlimit(). Seccomp forbids opening files and starting processes. */
static int limit_resources(void)
{
	return 0;
}
#else
static int limit_resources(void)
{
	static const struct {
		int resource;
		rlim_t most;
	} limits[] = {
		{ RLIMIT_NOFILE, 0 }, { RLIMIT_NPROC, 0 },	     { RLIMIT_CORE, 0 },
		{ RLIMIT_FSIZE, 0 },  { RLIMIT_AS, SANDBOX_MEMORY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct rlimit limit = { limits[i].most, limits[i].most };

		if (setrlimit(limits[i].resource, &limit) < 0)
			return -errno;
	}
	return 0;
}
#endif

/* In an initramfs few descriptors are open; a test may have more. */
static void close_others(int fd, int other_fd)
{
	for (int i = 0; i < DESCRIPTORS_MAX; i++)
		if (i != fd && i != other_fd)
			close(i);
}

int sandbox_enter(int fd, int other_fd)
{
	static const gid_t group = UNPRIVILEGED_ID;
	int r;

	close_others(fd, other_fd);
	if (geteuid() == 0 && (setgroups(1, &group) < 0 || setgid(UNPRIVILEGED_ID) < 0 ||
			       setuid(UNPRIVILEGED_ID) < 0))
		return -errno;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	r = limit_resources();
	/* cppcheck-suppress knownConditionTrueFalse ; with klibc only */
	if (r == 0)
		limit_calls();
	return r;
}
