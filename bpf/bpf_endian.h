/* SPDX-License-Identifier: MIT */
/*
 * Byte order of the network (big-endian) and of the program. Arguments may be constants: these
 * builtins fold, in initializers too.
 */
#ifndef __BPF_ENDIAN__
#define __BPF_ENDIAN__

#define ___bpf_swab16(x) __builtin_bswap16(x)
#define ___bpf_swab32(x) __builtin_bswap32(x)
#define ___bpf_swab64(x) __builtin_bswap64(x)

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ___bpf_be16(x) ___bpf_swab16(x)
#define ___bpf_be32(x) ___bpf_swab32(x)
#define ___bpf_be64(x) ___bpf_swab64(x)
#else
#define ___bpf_be16(x) (x)
#define ___bpf_be32(x) (x)
#define ___bpf_be64(x) (x)
#endif

#define bpf_htons(x)	   ___bpf_be16(x)
#define bpf_ntohs(x)	   ___bpf_be16(x)
#define bpf_htonl(x)	   ___bpf_be32(x)
#define bpf_ntohl(x)	   ___bpf_be32(x)
#define bpf_cpu_to_be64(x) ___bpf_be64(x)
#define bpf_be64_to_cpu(x) ___bpf_be64(x)

/* Other names of the same, from when constants wanted macros of their own. */
#define __bpf_htons	     bpf_htons
#define __bpf_ntohs	     bpf_ntohs
#define __bpf_htonl	     bpf_htonl
#define __bpf_ntohl	     bpf_ntohl
#define __bpf_constant_htons bpf_htons
#define __bpf_constant_ntohs bpf_ntohs
#define __bpf_constant_htonl bpf_htonl
#define __bpf_constant_ntohl bpf_ntohl

#endif
