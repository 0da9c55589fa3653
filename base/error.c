/* SPDX-License-Identifier: MIT */
/*
 * Names of error codes, and the library's version.
 *
 * strerrorname_np() is glibc's alone; this table serves every host and gives no sentence that
 * depends on a locale.
 */
#include "base/env.h"

const char *pbpf_version(void)
{
	return PBPF_VERSION;
}

const char *pbpf_error_name(int err)
{
	switch (err < 0 ? -(unsigned int)err : (unsigned int)err) {
	case 0: return "OK";
	case E2BIG: return "E2BIG";
	case EACCES: return "EACCES";
	case EAGAIN: return "EAGAIN";
	case EBADF: return "EBADF";
	case EBADMSG: return "EBADMSG";
	case EBUSY: return "EBUSY";
	case EEXIST: return "EEXIST";
	case EFAULT: return "EFAULT";
	case EFBIG: return "EFBIG";
	case EINTR: return "EINTR";
	case EINVAL: return "EINVAL";
	case EIO: return "EIO";
	case EISDIR: return "EISDIR";
	case ELOOP: return "ELOOP";
	case EMFILE: return "EMFILE";
	case ENAMETOOLONG: return "ENAMETOOLONG";
	case ENFILE: return "ENFILE";
	case ENODEV: return "ENODEV";
	case ENOENT: return "ENOENT";
	case ENOMEM: return "ENOMEM";
	case ENOSPC: return "ENOSPC";
	case ENOSYS: return "ENOSYS";
	case ENOTDIR: return "ENOTDIR";
	case ENOTSUP: return "ENOTSUP";
	case ENOTTY: return "ENOTTY";
	case ENXIO: return "ENXIO";
	case EPERM: return "EPERM";
	case EPROTO: return "EPROTO";
	case ERANGE: return "ERANGE";
	case EROFS: return "EROFS";
	case ESRCH: return "ESRCH";
	case ETIMEDOUT: return "ETIMEDOUT";
	case ENOTSUPP: return "ENOTSUPP";
	default: return "EUNKNOWN";
	}
}
