/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "calls.h"

/* clang-format off */
static const struct call calls[] = {
	{ SYS_open,	  "open",	{ EACCES, EINTR, EIO, EMFILE, ENFILE, ENOMEM } },
	{ SYS_openat,	  "openat",	{ EACCES, EINTR, EIO, EMFILE, ENFILE, ENOMEM, EROFS } },
	{ SYS_read,	  "read",	{ EINTR, EIO, ENODEV, ENOMEM } },
	{ SYS_write,	  "write",	{ EAGAIN, EBUSY, EINTR, EINVAL, EIO, ENODEV, ENOMEM,
				ENOSPC } },
	{ SYS_writev,	  "writev",	{ EINTR, EIO, ENOMEM, ENOSPC } },
	{ SYS_lseek,	  "lseek",	{ ESPIPE } },
	{ SYS_readlink,	  "readlink",	{ EACCES, EIO, ENOMEM } },
	{ SYS_readlinkat, "readlinkat",	{ EACCES, EIO, ENOMEM } },
	{ SYS_getdents64, "getdents64",	{ EIO, ENOMEM } },
	{ SYS_stat,	  "stat",	{ EACCES, ENOMEM } },
	{ SYS_lstat,	  "lstat",	{ EACCES, ENOMEM } },
	{ SYS_fstat,	  "fstat",	{ EIO, ENOMEM } },
	{ SYS_newfstatat, "newfstatat",	{ EACCES, ENOMEM } },
	{ SYS_access,	  "access",	{ EACCES, EIO, ENOMEM } },
	{ SYS_faccessat,  "faccessat",	{ EACCES, EIO, ENOMEM } },
	{ SYS_mmap,	  "mmap",	{ EAGAIN, ENFILE, ENOMEM } },
	{ SYS_mprotect,	  "mprotect",	{ EACCES, ENOMEM } },
	{ SYS_munmap,	  "munmap",	{ ENOMEM } },
	{ SYS_fork,	  "fork",	{ EAGAIN, ENOMEM } },
	{ SYS_vfork,	  "vfork",	{ EAGAIN, ENOMEM } },
	{ SYS_clone,	  "clone",	{ EAGAIN, ENOMEM } },
	{ SYS_pipe,	  "pipe",	{ EMFILE, ENFILE } },
	{ SYS_pipe2,	  "pipe2",	{ EMFILE, ENFILE } },
	{ SYS_poll,	  "poll",	{ EINTR, ENOMEM } },
	{ SYS_wait4,	  "wait4",	{ ECHILD, EINTR } },
	{ SYS_close,	  "close",	{ EINTR, EIO, ENOSPC } },
	{ SYS_dup2,	  "dup2",	{ EBUSY, EINTR, EMFILE } },
	{ SYS_fcntl,	  "fcntl",	{ EAGAIN, EINTR, EMFILE } },
	{ SYS_mkdir,	  "mkdir",	{ EACCES, EIO, ENOMEM, ENOSPC, EROFS } },
	{ SYS_mkdirat,	  "mkdirat",	{ EACCES, EIO, ENOMEM, ENOSPC, EROFS } },
	{ SYS_rename,	  "rename",	{ EACCES, EIO, ENOMEM, ENOSPC, EROFS } },
	{ SYS_renameat,	  "renameat",	{ EACCES, EIO, ENOMEM, ENOSPC, EROFS } },
	{ SYS_unlink,	  "unlink",	{ EACCES, EIO, ENOMEM, EROFS } },
	{ SYS_unlinkat,	  "unlinkat",	{ EACCES, EIO, ENOMEM, EROFS } },
	{ SYS_chmod,	  "chmod",	{ EIO, EPERM, EROFS } },
	{ SYS_fchmod,	  "fchmod",	{ EIO, EPERM, EROFS } },
	{ SYS_flock,	  "flock",	{ EINTR, ENOLCK } },
	{ SYS_ioctl,	  "ioctl",	{ ENOTTY } },
	{ SYS_alarm,	  "alarm",	{ 0 } },
	{ SYS_nanosleep,  "nanosleep",	{ EINTR } },
	{ SYS_prctl,	  "prctl",	{ EINVAL, EPERM } },
	{ SYS_uname,	  "uname",	{ 0 } },
	{ SYS_brk,	  "brk",	{ 0 } },
	{ SYS_exit_group, "exit_group",	{ 0 } },
	{ SYS_exit,	  "exit",	{ 0 } },
	{ SYS_getpid,	  "getpid",	{ 0 } },
	{ SYS_times,	  "times",	{ 0 } },
	{ SYS_gettimeofday, "gettimeofday", { 0 } },
	{ SYS_clock_gettime, "clock_gettime", { 0 } },
	{ SYS_rt_sigaction, "rt_sigaction", { 0 } },
	{ SYS_rt_sigprocmask, "rt_sigprocmask", { 0 } },
	{ SYS_arch_prctl, "arch_prctl",	{ 0 } },
	{ SYS_umask,	  "umask",	{ 0 } },
};
/* clang-format on */

const struct call *call_find(long number)
{
	static const struct call unknown = { -1, "?", { 0 } };

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (calls[i].number == number)
			return &calls[i];
	return &unknown;
}
