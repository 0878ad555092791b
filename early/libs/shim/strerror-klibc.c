/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In place of klibc's strerror(), whose texts and table take 4 kB: the errors of files,
 * processes, modules and drivers. Others are told by their number.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ERRORS(ROW)                                             \
	ROW(EPERM, "Operation not permitted")                   \
	ROW(ENOENT, "No such file or directory")                \
	ROW(EINTR, "Interrupted system call")                   \
	ROW(EIO, "Input/output error")                          \
	ROW(ENXIO, "No such device or address")                 \
	ROW(E2BIG, "Argument list too long")                    \
	ROW(ENOEXEC, "Exec format error")                       \
	ROW(EBADF, "Bad file descriptor")                       \
	ROW(EAGAIN, "Resource temporarily unavailable")         \
	ROW(ENOMEM, "Cannot allocate memory")                   \
	ROW(EACCES, "Permission denied")                        \
	ROW(EFAULT, "Bad address")                              \
	ROW(EBUSY, "Device or resource busy")                   \
	ROW(EEXIST, "File exists")                              \
	ROW(EXDEV, "Invalid cross-device link")                 \
	ROW(ENODEV, "No such device")                           \
	ROW(ENOTDIR, "Not a directory")                         \
	ROW(EISDIR, "Is a directory")                           \
	ROW(EINVAL, "Invalid argument")                         \
	ROW(ENFILE, "Too many open files in system")            \
	ROW(EMFILE, "Too many open files")                      \
	ROW(ENOTTY, "Inappropriate ioctl for device")           \
	ROW(EFBIG, "File too large")                            \
	ROW(ENOSPC, "No space left on device")                  \
	ROW(EROFS, "Read-only file system")                     \
	ROW(EPIPE, "Broken pipe")                               \
	ROW(ERANGE, "Numerical result out of range")            \
	ROW(ENAMETOOLONG, "File name too long")                 \
	ROW(ENOSYS, "Function not implemented")                 \
	ROW(ELOOP, "Too many levels of symbolic links")         \
	ROW(ENODATA, "No data available")                       \
	ROW(EPROTO, "Protocol error")                           \
	ROW(EBADMSG, "Bad message")                             \
	ROW(EOVERFLOW, "Value too large for defined data type") \
	ROW(EOPNOTSUPP, "Operation not supported")              \
	ROW(ETIMEDOUT, "Connection timed out")                  \
	ROW(EALREADY, "Operation already in progress")          \
	ROW(ESTALE, "Stale file handle")                        \
	ROW(EUCLEAN, "Structure needs cleaning")                \
	ROW(EREMOTEIO, "Remote I/O error")                      \
	ROW(EDQUOT, "Disk quota exceeded")                      \
	ROW(ENOKEY, "Required key not available")               \
	ROW(EKEYREJECTED, "Key was rejected by service")

#define NUMBER(error, text) error,
#define TEXT(error, text)   text "\0"

char *strerror(int error)
{
	static const unsigned char numbers[] = { ERRORS(NUMBER) };
	static const char texts[] = ERRORS(TEXT);
	static char other[sizeof("error 2147483647")];
	const char *text = texts;

	for (size_t i = 0; i < sizeof(numbers); i++) {
		if (numbers[i] == error)
			return (char *)text;
		text += strlen(text) + 1;
	}
	snprintf(other, sizeof(other), "error %d", error);
	return other;
}
