/* SPDX-License-Identifier: MIT */
/*
 * The library as one file, for those who would rather add a file to their build than a library:
 *
 *	cc -std=gnu11 -O2 -I<this folder> -c plainbpf.c                     link with -lelf -lz
 *	cc -std=gnu11 -O2 -I<this folder> -DPBPF_ELF_BUILTIN -DPBPF_NO_ZLIB -c plainbpf.c
 *	                                                                    needs libc only
 *
 * All sources meet here, so a static name is unique in the whole library. Made by `make one-file`.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

/* What these files share among themselves gets the prefix too, so that it cannot clash with yours. */
#define append_info pbpf_private_append_info
#define apply_core pbpf_private_apply_core
#define arena_offset pbpf_private_arena_offset
#define attach_struct_ops pbpf_private_attach_struct_ops
#define attach_usdt pbpf_private_attach_usdt
#define begin_examination pbpf_private_begin_examination
#define begin_late_load pbpf_private_begin_late_load
#define begin_trial pbpf_private_begin_trial
#define binary_close pbpf_private_binary_close
#define binary_function pbpf_private_binary_function
#define binary_functions pbpf_private_binary_functions
#define binary_not_elf pbpf_private_binary_not_elf
#define binary_open pbpf_private_binary_open
#define btf_bottom_up pbpf_private_btf_bottom_up
#define btf_check_nesting pbpf_private_btf_check_nesting
#define btf_check_sizes pbpf_private_btf_check_sizes
#define btf_check_types pbpf_private_btf_check_types
#define btf_drop_index pbpf_private_btf_drop_index
#define btf_fail_record pbpf_private_btf_fail_record
#define btf_fail_type pbpf_private_btf_fail_type
#define btf_far_record pbpf_private_btf_far_record
#define btf_find_indexed pbpf_private_btf_find_indexed
#define btf_forms pbpf_private_btf_forms
#define btf_is_of_unknown pbpf_private_btf_is_of_unknown
#define btf_kinds pbpf_private_btf_kinds
#define btf_label pbpf_private_btf_label
#define btf_mark_all pbpf_private_btf_mark_all
#define btf_new_part pbpf_private_btf_new_part
#define btf_part_of pbpf_private_btf_part_of
#define btf_read_header pbpf_private_btf_read_header
#define btf_sieve_close pbpf_private_btf_sieve_close
#define btf_sieve_open pbpf_private_btf_sieve_open
#define btf_sift_types pbpf_private_btf_sift_types
#define btf_take_header pbpf_private_btf_take_header
#define btf_take_layout pbpf_private_btf_take_layout
#define btf_type_at pbpf_private_btf_type_at
#define btf_write_header pbpf_private_btf_write_header
#define c_alignment pbpf_private_c_alignment
#define c_is_packed pbpf_private_c_is_packed
#define c_layout pbpf_private_c_layout
#define c_member pbpf_private_c_member
#define c_name_types pbpf_private_c_name_types
#define c_natural_place pbpf_private_c_natural_place
#define c_put_basic pbpf_private_c_put_basic
#define c_put_declaration pbpf_private_c_put_declaration
#define c_put_enumerator pbpf_private_c_put_enumerator
#define c_put_kfuncs pbpf_private_c_put_kfuncs
#define c_put_name pbpf_private_c_put_name
#define c_put_tag pbpf_private_c_put_tag
#define c_take_name pbpf_private_c_take_name
#define check_pin_names pbpf_private_check_pin_names
#define check_relocs pbpf_private_check_relocs
#define close_contexts pbpf_private_close_contexts
#define close_jump_tables pbpf_private_close_jump_tables
#define close_pin_folder pbpf_private_close_pin_folder
#define close_pins pbpf_private_close_pins
#define close_token pbpf_private_close_token
#define compat_fit_map pbpf_private_compat_fit_map
#define compat_fit_program pbpf_private_compat_fit_program
#define compat_load_btf pbpf_private_compat_load_btf
#define compat_name_contexts pbpf_private_compat_name_contexts
#define compat_raise_memlock pbpf_private_compat_raise_memlock
#define config_type_of pbpf_private_config_type_of
#define config_value pbpf_private_config_value
#define core_essential pbpf_private_core_essential
#define core_fail pbpf_private_core_fail
#define core_fields_agree pbpf_private_core_fields_agree
#define core_find_root pbpf_private_core_find_root
#define core_free_names pbpf_private_core_free_names
#define core_is_flexible pbpf_private_core_is_flexible
#define core_match pbpf_private_core_match
#define core_of_enumerator pbpf_private_core_of_enumerator
#define core_of_field pbpf_private_core_of_field
#define core_of_type pbpf_private_core_of_type
#define core_parse pbpf_private_core_parse
#define core_patch pbpf_private_core_patch
#define core_resolve pbpf_private_core_resolve
#define core_same_name pbpf_private_core_same_name
#define core_say pbpf_private_core_say
#define core_say_candidate pbpf_private_core_say_candidate
#define core_say_path pbpf_private_core_say_path
#define core_say_type pbpf_private_core_say_type
#define core_size pbpf_private_core_size
#define core_spent pbpf_private_core_spent
#define core_step_over pbpf_private_core_step_over
#define core_text_of pbpf_private_core_text_of
#define core_type pbpf_private_core_type
#define core_types_agree pbpf_private_core_types_agree
#define core_value pbpf_private_core_value
#define core_walk_next pbpf_private_core_walk_next
#define core_walk_start pbpf_private_core_walk_start
#define count_cpus pbpf_private_count_cpus
#define count_legacy_maps pbpf_private_count_legacy_maps
#define count_struct_ops pbpf_private_count_struct_ops
#define create_map pbpf_private_create_map
#define datasec_at pbpf_private_datasec_at
#define datasec_of pbpf_private_datasec_of
#define define_map pbpf_private_define_map
#define detach_struct_ops pbpf_private_detach_struct_ops
#define each_elf_function pbpf_private_each_elf_function
#define each_usdt_note pbpf_private_each_usdt_note
#define elf_backend_builtin pbpf_private_elf_backend_builtin
#define elf_backend_libelf pbpf_private_elf_backend_libelf
#define elf_check_file pbpf_private_elf_check_file
#define elf_file_bytes pbpf_private_elf_file_bytes
#define elf_file_find pbpf_private_elf_file_find
#define elf_file_offset pbpf_private_elf_file_offset
#define elf_file_open pbpf_private_elf_file_open
#define elf_file_section pbpf_private_elf_file_section
#define elf_file_word pbpf_private_elf_file_word
#define elf_index_sections pbpf_private_elf_index_sections
#define elf_open_with pbpf_private_elf_open_with
#define elf_symbol_address pbpf_private_elf_symbol_address
#define elf_take_relocs pbpf_private_elf_take_relocs
#define elf_take_strings pbpf_private_elf_take_strings
#define elf_take_symbols pbpf_private_elf_take_symbols
#define elf_take_table pbpf_private_elf_take_table
#define elf_versions_next pbpf_private_elf_versions_next
#define elf_versions_open pbpf_private_elf_versions_open
#define end_examination pbpf_private_end_examination
#define end_late_load pbpf_private_end_late_load
#define end_trial pbpf_private_end_trial
#define env_alloc pbpf_private_env_alloc
#define env_copy pbpf_private_env_copy
#define env_fail pbpf_private_env_fail
#define env_free pbpf_private_env_free
#define env_no_memory pbpf_private_env_no_memory
#define env_quiet pbpf_private_env_quiet
#define env_resize pbpf_private_env_resize
#define env_room pbpf_private_env_room
#define env_say pbpf_private_env_say
#define env_wants pbpf_private_env_wants
#define exam_tell pbpf_private_exam_tell
#define examine_attaching pbpf_private_examine_attaching
#define examine_helper pbpf_private_examine_helper
#define examine_helpers pbpf_private_examine_helpers
#define examine_kernel pbpf_private_examine_kernel
#define examine_map_type pbpf_private_examine_map_type
#define examine_maps pbpf_private_examine_maps
#define examine_places pbpf_private_examine_places
#define examine_process pbpf_private_examine_process
#define examine_program_kind pbpf_private_examine_program_kind
#define examine_programs pbpf_private_examine_programs
#define examine_way pbpf_private_examine_way
#define explain_denial pbpf_private_explain_denial
#define explain_program pbpf_private_explain_program
#define fill_map_slots pbpf_private_fill_map_slots
#define fill_program_slots pbpf_private_fill_program_slots
#define find_arena pbpf_private_find_arena
#define find_externs pbpf_private_find_externs
#define find_in_modules pbpf_private_find_in_modules
#define find_kernel_modules pbpf_private_find_kernel_modules
#define find_legacy_maps pbpf_private_find_legacy_maps
#define find_maps pbpf_private_find_maps
#define find_module pbpf_private_find_module
#define find_places pbpf_private_find_places
#define find_programs pbpf_private_find_programs
#define find_reference pbpf_private_find_reference
#define find_section_kind pbpf_private_find_section_kind
#define find_slots pbpf_private_find_slots
#define find_struct_ops pbpf_private_find_struct_ops
#define find_targets pbpf_private_find_targets
#define fit_struct_ops pbpf_private_fit_struct_ops
#define forget_failure pbpf_private_forget_failure
#define forget_kernel_value pbpf_private_forget_kernel_value
#define forget_pin pbpf_private_forget_pin
#define forget_verdict pbpf_private_forget_verdict
#define free_externs pbpf_private_free_externs
#define free_kernel_modules pbpf_private_free_kernel_modules
#define free_map pbpf_private_free_map
#define free_pin_path pbpf_private_free_pin_path
#define free_places pbpf_private_free_places
#define free_program pbpf_private_free_program
#define free_struct_ops pbpf_private_free_struct_ops
#define give_externs_their_map pbpf_private_give_externs_their_map
#define grow_array pbpf_private_grow_array
#define has_failed pbpf_private_has_failed
#define hide_functions pbpf_private_hide_functions
#define is_jump_table pbpf_private_is_jump_table
#define is_link_tried pbpf_private_is_link_tried
#define is_pinned_in pbpf_private_is_pinned_in
#define is_right_in pbpf_private_is_right_in
#define is_same_way pbpf_private_is_same_way
#define kconfig_free pbpf_private_kconfig_free
#define kconfig_next pbpf_private_kconfig_next
#define kconfig_number pbpf_private_kconfig_number
#define kconfig_read pbpf_private_kconfig_read
#define kconfig_unpack pbpf_private_kconfig_unpack
#define kconfig_value pbpf_private_kconfig_value
#define kernel_function_alias pbpf_private_kernel_function_alias
#define kernel_functions_find pbpf_private_kernel_functions_find
#define kernel_functions_free pbpf_private_kernel_functions_free
#define kernel_lacks pbpf_private_kernel_lacks
#define last_line pbpf_private_last_line
#define last_log_line pbpf_private_last_log_line
#define leave_out pbpf_private_leave_out
#define link_env pbpf_private_link_env
#define link_env_of pbpf_private_link_env_of
#define link_fail pbpf_private_link_fail
#define link_made pbpf_private_link_made
#define link_name_target pbpf_private_link_name_target
#define link_of_create pbpf_private_link_of_create
#define link_of_fd pbpf_private_link_of_fd
#define link_of_undo pbpf_private_link_of_undo
#define link_parse_number pbpf_private_link_parse_number
#define link_perf_event pbpf_private_link_perf_event
#define link_perf_event_compat pbpf_private_link_perf_event_compat
#define link_prog_attach pbpf_private_link_prog_attach
#define link_program pbpf_private_link_program
#define link_refused pbpf_private_link_refused
#define link_xdp_compat pbpf_private_link_xdp_compat
#define linux_value pbpf_private_linux_value
#define load_arena pbpf_private_load_arena
#define load_btf pbpf_private_load_btf
#define load_instead_of pbpf_private_load_instead_of
#define load_jump_tables pbpf_private_load_jump_tables
#define load_maps pbpf_private_load_maps
#define load_own_btf pbpf_private_load_own_btf
#define load_pinned_map pbpf_private_load_pinned_map
#define load_program pbpf_private_load_program
#define load_replaceable pbpf_private_load_replaceable
#define load_trial pbpf_private_load_trial
#define load_wanted_programs pbpf_private_load_wanted_programs
#define machine_capable pbpf_private_machine_capable
#define make_pin_path pbpf_private_make_pin_path
#define map_fail pbpf_private_map_fail
#define map_holds_maps pbpf_private_map_holds_maps
#define map_into_memory pbpf_private_map_into_memory
#define map_is_ring pbpf_private_map_is_ring
#define map_must_be_loaded pbpf_private_map_must_be_loaded
#define map_must_be_open pbpf_private_map_must_be_open
#define map_must_be_own pbpf_private_map_must_be_own
#define map_too_new pbpf_private_map_too_new
#define match_map pbpf_private_match_map
#define may_be_unknown pbpf_private_may_be_unknown
#define name_map pbpf_private_name_map
#define name_pin_folder pbpf_private_name_pin_folder
#define nearest_section_name pbpf_private_nearest_section_name
#define need_kernel_btf pbpf_private_need_kernel_btf
#define needs_target pbpf_private_needs_target
#define netlink_exchange pbpf_private_netlink_exchange
#define netlink_nest pbpf_private_netlink_nest
#define netlink_nest_end pbpf_private_netlink_nest_end
#define netlink_next pbpf_private_netlink_next
#define netlink_put pbpf_private_netlink_put
#define netlink_request pbpf_private_netlink_request
#define netlink_text pbpf_private_netlink_text
#define new_map pbpf_private_new_map
#define next_log_line pbpf_private_next_log_line
#define note_failure pbpf_private_note_failure
#define note_missing pbpf_private_note_missing
#define open_btf pbpf_private_open_btf
#define open_core pbpf_private_open_core
#define open_kernel_btf pbpf_private_open_kernel_btf
#define open_pin pbpf_private_open_pin
#define open_pin_folder pbpf_private_open_pin_folder
#define open_token pbpf_private_open_token
#define perf_look pbpf_private_perf_look
#define perf_start pbpf_private_perf_start
#define pin_folder_of pbpf_private_pin_folder_of
#define pin_in_folder pbpf_private_pin_in_folder
#define pin_there pbpf_private_pin_there
#define probe_find_pmu pbpf_private_probe_find_pmu
#define probe_link pbpf_private_probe_link
#define probe_link_tracepoint pbpf_private_probe_link_tracepoint
#define probe_not_there pbpf_private_probe_not_there
#define probe_open pbpf_private_probe_open
#define probe_open_tracepoint pbpf_private_probe_open_tracepoint
#define probe_remove_tracepoint pbpf_private_probe_remove_tracepoint
#define program_at pbpf_private_program_at
#define program_fail pbpf_private_program_fail
#define program_too_new pbpf_private_program_too_new
#define put_characters pbpf_private_put_characters
#define put_leaf pbpf_private_put_leaf
#define read_machine pbpf_private_read_machine
#define refer_to_table pbpf_private_refer_to_table
#define refusal_hint pbpf_private_refusal_hint
#define refusal_hint_of_link pbpf_private_refusal_hint_of_link
#define refuse_pin pbpf_private_refuse_pin
#define resolve_addresses pbpf_private_resolve_addresses
#define resolve_config pbpf_private_resolve_config
#define resolve_externs pbpf_private_resolve_externs
#define resolve_types pbpf_private_resolve_types
#define ring_close pbpf_private_ring_close
#define ring_open pbpf_private_ring_open
#define ring_plain pbpf_private_ring_plain
#define ring_publish pbpf_private_ring_publish
#define ring_ready pbpf_private_ring_ready
#define ring_sleep pbpf_private_ring_sleep
#define ring_start pbpf_private_ring_start
#define ring_watch pbpf_private_ring_watch
#define rule_of_map pbpf_private_rule_of_map
#define running_version pbpf_private_running_version
#define section_kind_at pbpf_private_section_kind_at
#define section_target pbpf_private_section_target
#define setter_fail pbpf_private_setter_fail
#define setter_spend pbpf_private_setter_spend
#define settle_info pbpf_private_settle_info
#define settle_size pbpf_private_settle_size
#define sort_array pbpf_private_sort_array
#define spell_for pbpf_private_spell_for
#define spell_try pbpf_private_spell_try
#define sys_call pbpf_private_sys_call
#define sys_call_fd pbpf_private_sys_call_fd
#define sys_call_once pbpf_private_sys_call_once
#define sys_copy_name pbpf_private_sys_copy_name
#define sys_interrupted pbpf_private_sys_interrupted
#define sys_keep_fd pbpf_private_sys_keep_fd
#define sys_optional_fd pbpf_private_sys_optional_fd
#define take_number pbpf_private_take_number
#define take_prefix pbpf_private_take_prefix
#define tc_read_filter pbpf_private_tc_read_filter
#define tell_trial pbpf_private_tell_trial
#define text_begins pbpf_private_text_begins
#define text_end pbpf_private_text_end
#define text_from pbpf_private_text_from
#define text_hex pbpf_private_text_hex
#define text_name pbpf_private_text_name
#define text_put_far pbpf_private_text_put_far
#define text_quoted pbpf_private_text_quoted
#define text_signed pbpf_private_text_signed
#define text_trimmed pbpf_private_text_trimmed
#define text_unsigned pbpf_private_text_unsigned
#define text_until pbpf_private_text_until
#define tie_struct_ops pbpf_private_tie_struct_ops
#define token_hint pbpf_private_token_hint
#define tracefs_append pbpf_private_tracefs_append
#define tracefs_mounted pbpf_private_tracefs_mounted
#define tracefs_read pbpf_private_tracefs_read
#define tracepoint_event pbpf_private_tracepoint_event
#define tracepoint_number pbpf_private_tracepoint_number
#define try_spelling pbpf_private_try_spelling
#define types_differ pbpf_private_types_differ
#define unlink_pin pbpf_private_unlink_pin
#define unload_map pbpf_private_unload_map
#define unmap_memory pbpf_private_unmap_memory
#define unpin_in_folder pbpf_private_unpin_in_folder
#define usdt_events_close pbpf_private_usdt_events_close
#define usdt_events_open pbpf_private_usdt_events_open
#define usdt_ids_add pbpf_private_usdt_ids_add
#define usdt_ids_close pbpf_private_usdt_ids_close
#define usdt_ids_open pbpf_private_usdt_ids_open
#define usdt_machine pbpf_private_usdt_machine
#define usdt_next_arg pbpf_private_usdt_next_arg
#define usdt_parse_arg pbpf_private_usdt_parse_arg
#define usdt_sites_find pbpf_private_usdt_sites_find
#define usdt_sites_free pbpf_private_usdt_sites_free
#define value_bits_of pbpf_private_value_bits_of
#define value_is_char pbpf_private_value_is_char
#define value_is_record pbpf_private_value_is_record
#define value_member pbpf_private_value_member
#define value_number pbpf_private_value_number
#define value_resolve pbpf_private_value_resolve
#define value_scalar pbpf_private_value_scalar
#define value_scan pbpf_private_value_scan
#define value_unescape pbpf_private_value_unescape
#define version_code pbpf_private_version_code

#include "base/env.c"
#include "base/error.c"
#include "base/sort.c"
#include "base/spell.c"

#include "elf/adopt.c"
#ifdef PBPF_ELF_BUILTIN
#include "elf/builtin.c"
#else
#include "elf/libelf.c"
#endif
#include "elf/find.c"
#include "elf/header.c"
#include "elf/open.c"
#include "elf/records.c"

#include "btf/adapt.c"
#include "btf/bottom_up.c"
#include "btf/c_decl.c"
#include "btf/c_functions.c"
#include "btf/c_layout.c"
#include "btf/c_names.c"
#include "btf/c_order.c"
#include "btf/check.c"
#include "btf/contexts.c"
#include "btf/ext.c"
#include "btf/find.c"
#include "btf/header.c"
#include "btf/index.c"
#include "btf/kinds.c"
#include "btf/layout.c"
#include "btf/nesting.c"
#include "btf/parse.c"
#include "btf/place.c"
#include "btf/resize.c"
#include "btf/scalar.c"
#include "btf/text.c"
#include "btf/types.c"
#include "btf/value.c"
#include "btf/value_put.c"
#include "btf/value_scan.c"
#include "btf/value_set.c"
#include "btf/view.c"

#include "sys/attach.c"
#include "sys/call.c"
#include "sys/file.c"
#include "sys/helper_names.c"
#include "sys/kernel.c"
#include "sys/lines.c"
#include "sys/map.c"
#include "sys/object.c"
#include "sys/objects.c"
#include "sys/prog.c"
#include "sys/since.c"
#include "sys/type_names.c"

#include "ringbuf/map.c"
#include "ringbuf/overwrite.c"
#include "ringbuf/perfbuf.c"
#include "ringbuf/perfbuf_map.c"
#include "ringbuf/ringbuf.c"
#include "ringbuf/user.c"

#include "link/attached.c"
#include "link/binary.c"
#include "link/cgroup.c"
#include "link/compat_attach.c"
#include "link/compat_perf.c"
#include "link/compat_probe.c"
#include "link/compat_usdt.c"
#include "link/compat_xdp.c"
#include "link/elf_file.c"
#include "link/elf_functions.c"
#include "link/elf_versions.c"
#include "link/freplace.c"
#include "link/iter.c"
#include "link/kernel_functions.c"
#include "link/kprobe.c"
#include "link/link.c"
#include "link/net.c"
#include "link/netlink.c"
#include "link/perf_event.c"
#include "link/probe.c"
#include "link/socket.c"
#include "link/struct_ops.c"
#include "link/tc.c"
#include "link/tc_query.c"
#include "link/tracefs.c"
#include "link/tracepoint.c"
#include "link/tracing_multi.c"
#include "link/uprobe.c"
#include "link/usdt.c"
#include "link/usdt_args.c"
#include "link/usdt_notes.c"
#include "link/usdt_registers.c"
#include "link/usdt_sites.c"
#include "link/usdt_specs.c"
#include "link/xdp.c"
#include "link/xdp_query.c"

#include "relo/compat_helpers.c"
#include "relo/core.c"
#include "relo/core_agree.c"
#include "relo/core_apply.c"
#include "relo/core_compatible.c"
#include "relo/core_find.c"
#include "relo/core_match.c"
#include "relo/core_patch.c"
#include "relo/core_path.c"
#include "relo/core_text.c"
#include "relo/core_value.c"
#include "relo/describe.c"
#include "relo/functions.c"
#include "relo/info.c"
#include "relo/link.c"
#include "relo/refer.c"
#include "relo/tables.c"

#include "loader/attach.c"
#include "loader/attach_usdt.c"
#include "loader/btf.c"
#include "loader/compat.c"
#include "loader/compat_btf.c"
#include "loader/compat_context.c"
#include "loader/compat_map.c"
#include "loader/compat_program.c"
#include "loader/core.c"
#include "loader/cpus.c"
#include "loader/denial.c"
#include "loader/doctor.c"
#include "loader/doctor_attach.c"
#include "loader/doctor_files.c"
#include "loader/doctor_helpers.c"
#include "loader/doctor_maps.c"
#include "loader/doctor_object.c"
#include "loader/doctor_programs.c"
#include "loader/doctor_try.c"
#include "loader/explain.c"
#include "loader/explanations.c"
#include "loader/extern.c"
#include "loader/extern_address.c"
#include "loader/extern_config.c"
#include "loader/extern_linux.c"
#include "loader/extern_types.c"
#include "loader/globals.c"
#include "loader/groups.c"
#include "loader/hidden.c"
#include "loader/jump_tables.c"
#include "loader/kconfig.c"
#include "loader/kconfig_file.c"
#include "loader/kconfig_gzip.c"
#include "loader/kernel_btf.c"
#include "loader/kernel_modules.c"
#include "loader/load.c"
#include "loader/load_btf.c"
#include "loader/load_map.c"
#include "loader/load_program.c"
#include "loader/log_line.c"
#include "loader/machine.c"
#include "loader/map.c"
#include "loader/map_arena.c"
#include "loader/map_defs.c"
#include "loader/map_elements.c"
#include "loader/map_legacy.c"
#include "loader/map_match.c"
#include "loader/map_places.c"
#include "loader/map_slots.c"
#include "loader/map_types.c"
#include "loader/map_walk.c"
#include "loader/maps.c"
#include "loader/names.c"
#include "loader/object.c"
#include "loader/pin.c"
#include "loader/pin_folder.c"
#include "loader/pin_object.c"
#include "loader/program.c"
#include "loader/programs.c"
#include "loader/refusal.c"
#include "loader/sections.c"
#include "loader/struct_ops.c"
#include "loader/struct_ops_attach.c"
#include "loader/struct_ops_kernel.c"
#include "loader/targets.c"
#include "loader/token.c"
#include "loader/too_old.c"
#include "loader/verifier_log.c"
