// SPDX-License-Identifier: MIT
/* A program that calls a function of a module (nf_conntrack), which is no helper. It counts when that has
 * answered: there is no connection such as it asks for. */
#include <linux/bpf.h>

#include "kinds.h"

/* Declared alone, it would be another type than the kernel's. */
struct nf_conn {
	unsigned long status;
} __attribute__((preserve_access_index));
struct bpf_ct_opts___own {
	__s32 netns_id, error;
	__u8 l4proto, dir, reserved[2];
};

extern struct nf_conn *bpf_skb_ct_lookup(struct __sk_buff *skb, struct bpf_sock_tuple *tuple,
					 __u32 tuple_size, struct bpf_ct_opts___own *opts,
					 __u32 opts_size) __ksym;
extern void bpf_ct_release(struct nf_conn *connection) __ksym;

SEC("?tc") int kfunc_of_module(struct __sk_buff *skb)
{
	struct bpf_ct_opts___own opts = {.netns_id = -1 /* ours */, .l4proto = 17 /* UDP */};
	struct bpf_sock_tuple tuple = {0};
	struct nf_conn *connection;

	connection = bpf_skb_ct_lookup(skb, &tuple, sizeof(tuple.ipv4), &opts, sizeof(opts));
	if (connection)
		bpf_ct_release(connection);
	else if (opts.error == -2 /* ENOENT */)
		count(0);
	return -1;
}
