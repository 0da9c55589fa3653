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

#define CODE(code) [code] = #code

static const char *const error_names[] = {
	[0] = "OK",	     CODE(E2BIG),	 CODE(EACCES),	  CODE(EADDRINUSE),
	CODE(EADDRNOTAVAIL), CODE(EAFNOSUPPORT), CODE(EAGAIN),	  CODE(EALREADY),
	CODE(EBADF),	     CODE(EBADFD),	 CODE(EBADMSG),	  CODE(EBUSY),
	CODE(ECANCELED),     CODE(EDEADLK),	 CODE(EDOM),	  CODE(EEXIST),
	CODE(EFAULT),	     CODE(EFBIG),	 CODE(EILSEQ),	  CODE(EINTR),
	CODE(EINVAL),	     CODE(EIO),		 CODE(EISDIR),	  CODE(ELOOP),
	CODE(EMFILE),	     CODE(EMLINK),	 CODE(EMSGSIZE),  CODE(ENAMETOOLONG),
	CODE(ENETDOWN),	     CODE(ENFILE),	 CODE(ENOBUFS),	  CODE(ENODATA),
	CODE(ENODEV),	     CODE(ENOENT),	 CODE(ENOEXEC),	  CODE(ENOKEY),
	CODE(ENOLINK),	     CODE(ENOMEM),	 CODE(ENOSPC),	  CODE(ENOSYS),
	CODE(ENOTCONN),	     CODE(ENOTDIR),	 CODE(ENOTEMPTY), CODE(ENOTSOCK),
	CODE(ENOTSUP),	     CODE(ENOTTY),	 CODE(ENXIO),	  CODE(EOVERFLOW),
	CODE(EPERM),	     CODE(EPIPE),	 CODE(EPROTO),	  CODE(EPROTONOSUPPORT),
	CODE(EPROTOTYPE),    CODE(ERANGE),	 CODE(EROFS),	  CODE(ESRCH),
	CODE(ESTALE),	     CODE(ETIMEDOUT),	 CODE(ETXTBSY),	  CODE(EUSERS),
	CODE(EXDEV),
};

const char *pbpf_error_name(int err)
{
	unsigned int number = err < 0 ? -(unsigned int)err : (unsigned int)err;

	if (number == ENOTSUPP)
		return "ENOTSUPP";
	if (number < sizeof(error_names) / sizeof(error_names[0]) && error_names[number])
		return error_names[number];
	return "EUNKNOWN";
}
