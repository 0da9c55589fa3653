/* SPDX-License-Identifier: MIT */
/*
 * union bpf_attr, command by command: what the kernel reads and writes, as of Linux 6.18.
 *
 * The kernel refuses an attr with a bit set that it does not know, and accepts one that is longer
 * than its own when the rest is zero; so each command sends its own struct, zeroed, and no more.
 * LAYOUT takes care of that: there is no hidden byte in these structs (the kernel's holes are the
 * members named `hole`), hence an initializer zeroes all of it, sizeof is the end of the last
 * field, and a 32-bit host has the same offsets. tests/test_sys.c compares them with <linux/bpf.h>.
 *
 * Members are named and ordered as in the kernel. An in-out or out field says so.
 */
#ifndef SYS_ABI_H
#define SYS_ABI_H

#include <stdint.h>

#define LAYOUT __attribute__((packed, aligned(4)))

struct abi_map_create {
	uint32_t map_type;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t map_flags;
	uint32_t inner_map_fd;
	uint32_t numa_node;
	char map_name[16];
	uint32_t map_ifindex;
	uint32_t btf_fd;
	uint32_t btf_key_type_id;
	uint32_t btf_value_type_id;
	uint32_t btf_vmlinux_value_type_id;
	uint64_t map_extra;
	int32_t value_type_btf_obj_fd;
	int32_t map_token_fd;
	uint64_t excl_prog_hash;
	uint32_t excl_prog_hash_size;
} LAYOUT;

/* Lookup, update, delete, next key, lookup and delete, freeze. */
struct abi_map_elem {
	uint32_t map_fd;
	uint32_t hole;
	uint64_t key;
	uint64_t value; /* or next_key */
	uint64_t flags;
} LAYOUT;

struct abi_map_batch {
	uint64_t in_batch;
	uint64_t out_batch;
	uint64_t keys;
	uint64_t values;
	uint32_t count; /* in-out */
	uint32_t map_fd;
	uint64_t elem_flags;
	uint64_t flags;
} LAYOUT;

struct abi_prog_load {
	uint32_t prog_type;
	uint32_t insn_cnt;
	uint64_t insns;
	uint64_t license;
	uint32_t log_level;
	uint32_t log_size;
	uint64_t log_buf;
	uint32_t kern_version;
	uint32_t prog_flags;
	char prog_name[16];
	uint32_t prog_ifindex;
	uint32_t expected_attach_type;
	uint32_t prog_btf_fd;
	uint32_t func_info_rec_size;
	uint64_t func_info;
	uint32_t func_info_cnt;
	uint32_t line_info_rec_size;
	uint64_t line_info;
	uint32_t line_info_cnt;
	uint32_t attach_btf_id;
	uint32_t attach_btf_obj_fd; /* or attach_prog_fd */
	uint32_t core_relo_cnt;
	uint64_t fd_array;
	uint64_t core_relos;
	uint32_t core_relo_rec_size;
	uint32_t log_true_size; /* out */
	int32_t prog_token_fd;
	uint32_t fd_array_cnt;
	uint64_t signature;
	uint32_t signature_size;
	int32_t keyring_id;
} LAYOUT;

/* Pin, get. */
struct abi_obj {
	uint64_t pathname;
	uint32_t bpf_fd;
	uint32_t file_flags;
	int32_t path_fd;
} LAYOUT;

/* Attach, detach. */
struct abi_prog_attach {
	uint32_t target_fd; /* or target_ifindex */
	uint32_t attach_bpf_fd;
	uint32_t attach_type;
	uint32_t attach_flags;
	uint32_t replace_bpf_fd;
	uint32_t relative_fd; /* or relative_id */
	uint64_t expected_revision;
} LAYOUT;

struct abi_prog_query {
	uint32_t target_fd; /* or target_ifindex */
	uint32_t attach_type;
	uint32_t query_flags;
	uint32_t attach_flags; /* out */
	uint64_t prog_ids;
	uint32_t count; /* in-out */
	uint32_t hole;
	uint64_t prog_attach_flags;
	uint64_t link_ids;
	uint64_t link_attach_flags;
	uint64_t revision; /* out */
} LAYOUT;

struct abi_test_run {
	uint32_t prog_fd;
	uint32_t retval; /* out */
	uint32_t data_size_in;
	uint32_t data_size_out; /* in-out */
	uint64_t data_in;
	uint64_t data_out;
	uint32_t repeat;
	uint32_t duration; /* out */
	uint32_t ctx_size_in;
	uint32_t ctx_size_out; /* in-out */
	uint64_t ctx_in;
	uint64_t ctx_out;
	uint32_t flags;
	uint32_t cpu;
	uint32_t batch_size;
} LAYOUT;

/* The next id after start_id, or an fd by id. */
struct abi_id {
	uint32_t id;
	uint32_t next_id; /* out */
	uint32_t open_flags;
	int32_t fd_by_id_token_fd;
} LAYOUT;

struct abi_info {
	uint32_t bpf_fd;
	uint32_t info_len; /* in-out */
	uint64_t info;
} LAYOUT;

struct abi_raw_tracepoint {
	uint64_t name;
	uint32_t prog_fd;
	uint32_t hole;
	uint64_t cookie;
} LAYOUT;

struct abi_btf_load {
	uint64_t btf;
	uint64_t btf_log_buf;
	uint32_t btf_size;
	uint32_t btf_log_size;
	uint32_t btf_log_level;
	uint32_t btf_log_true_size; /* out */
	uint32_t btf_flags;
	int32_t btf_token_fd;
} LAYOUT;

struct abi_task_fd_query {
	uint32_t pid;
	uint32_t fd;
	uint32_t flags;
	uint32_t buf_len; /* in-out */
	uint64_t buf;
	uint32_t prog_id; /* out, as the rest */
	uint32_t fd_type;
	uint64_t probe_offset;
	uint64_t probe_addr;
} LAYOUT;

struct abi_perf_event {
	uint64_t cookie;
} LAYOUT;

struct abi_iter_info {
	uint64_t iter_info;
	uint32_t iter_info_len;
} LAYOUT;

struct abi_kprobe_multi {
	uint32_t flags;
	uint32_t cnt;
	uint64_t syms;
	uint64_t addrs;
	uint64_t cookies;
} LAYOUT;

struct abi_uprobe_multi {
	uint64_t path;
	uint64_t offsets;
	uint64_t ref_ctr_offsets;
	uint64_t cookies;
	uint32_t cnt;
	uint32_t flags;
	uint32_t pid;
} LAYOUT;

struct abi_tracing_multi {
	uint64_t ids;
	uint64_t cookies;
	uint32_t cnt;
} LAYOUT;

struct abi_netfilter {
	uint32_t pf;
	uint32_t hooknum;
	int32_t priority;
	uint32_t flags;
} LAYOUT;

/* Tracing {target_btf_id, cookie}; tcx, netkit, cgroup {relative_fd, expected_revision}. */
struct abi_link_target {
	uint32_t number;
	uint32_t hole;
	uint64_t value;
} LAYOUT;

struct abi_link_create {
	uint32_t prog_fd;   /* or map_fd */
	uint32_t target_fd; /* or target_ifindex */
	uint32_t attach_type;
	uint32_t flags;
	union { /* by attach type */
		struct abi_uprobe_multi uprobe_multi;
		struct abi_kprobe_multi kprobe_multi;
		struct abi_tracing_multi tracing_multi;
		struct abi_iter_info iter;
		struct abi_netfilter netfilter;
		struct abi_link_target target;
		struct abi_perf_event perf_event;
	};
} LAYOUT;

struct abi_link_update {
	uint32_t link_fd;
	uint32_t new_prog_fd; /* or new_map_fd */
	uint32_t flags;
	uint32_t old_prog_fd; /* or old_map_fd */
} LAYOUT;

struct abi_link_detach {
	uint32_t link_fd;
} LAYOUT;

struct abi_enable_stats {
	uint32_t type;
} LAYOUT;

struct abi_iter_create {
	uint32_t link_fd;
	uint32_t flags;
} LAYOUT;

struct abi_prog_bind_map {
	uint32_t prog_fd;
	uint32_t map_fd;
	uint32_t flags;
} LAYOUT;

struct abi_token_create {
	uint32_t flags;
	uint32_t bpffs_fd;
} LAYOUT;

struct abi_prog_stream_read {
	uint64_t stream_buf;
	uint32_t stream_buf_len;
	uint32_t stream_id;
	uint32_t prog_fd;
} LAYOUT;

#endif
