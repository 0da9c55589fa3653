/* SPDX-License-Identifier: MIT */
/*
 * struct_ops: the object's struct becomes the kernel's, member by member. The kernel's types are made here.
 */
#include "struct_ops_fixture.h"

START_TEST(maps_are_what_the_object_says)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);
	const struct pbpf_map_attr *attr = pbpf_map_attr(map_of(f, "by_link"));

	ck_assert_uint_eq(f->kernel.calls, 0);
	ck_assert_uint_eq(attr->type, PBPF_MAP_TYPE_STRUCT_OPS);
	ck_assert_uint_eq(attr->max_entries, 1);
	ck_assert_uint_eq(attr->flags, PBPF_F_LINK);
	ck_assert_uint_eq(pbpf_map_attr(map_of(f, "by_value"))->flags, 0);
	ck_assert(pbpf_map_autocreate(map_of(f, "by_link")));
	ck_assert(!pbpf_map_autocreate(map_of(f, "instead")));
	end(f, &types);
}
END_TEST

START_TEST(the_value_is_the_kernels)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);
	const struct fake_object *map, *prog;
	const unsigned char *value;

	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	map = kernel_map(f, "by_value");
	ck_assert_uint_eq(map->map.value_size, VALUE_SIZE);
	ck_assert_uint_ne(map->map.btf_fd, 0);
	ck_assert_uint_eq(map->map.btf_vmlinux_value_type_id, 8);
	ck_assert_uint_eq(map->size, 0); /* nothing is registered yet */
	prog = fake_kernel_object(&f->kernel, (int)fd_of(f, "undo_cwnd"));
	ck_assert_uint_eq(prog->prog.attach_btf_id, 7);
	ck_assert_uint_eq(prog->prog.expected_attach_type, 3);
	ck_assert_uint_eq(prog->prog.attach_btf_obj_fd, 0);

	ck_assert_msg(!pbpf_object_attach(f->obj), "%s", f->host.text);
	value = value_of(f, "by_value");
	ck_assert_uint_eq(number_at(value, SSTHRESH), fd_of(f, "ssthresh"));
	ck_assert_uint_eq(number_at(value, CONG_AVOID), fd_of(f, "cong_avoid"));
	ck_assert_uint_eq(number_at(value, UNDO_CWND), fd_of(f, "undo_cwnd"));
	ck_assert_uint_eq(number_at(value, FLAGS), 0);
	ck_assert_str_eq((const char *)value + DATA + NAME, "pbpf_value");
	ck_assert_uint_eq(f->kernel.commands[PBPF_LINK_CREATE], 1);
	ck_assert_ptr_nonnull(pbpf_struct_ops_link(map_of(f, "by_link")));

	pbpf_object_detach(f->obj);
	ck_assert_uint_eq(kernel_map(f, "by_value")->size, 0); /* deleted */
	ck_assert_ptr_null(pbpf_struct_ops_link(map_of(f, "by_link")));
	end(f, &types);
}
END_TEST

START_TEST(only_programs_of_maps_that_are_created)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);

	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_program_fd(program(f, "other_cong_avoid")), -ENOENT);
	ck_assert_ptr_nonnull(strstr(pbpf_program_skipped(program(f, "other_cong_avoid")),
				     "no struct_ops that is created"));
	pbpf_object_unload(f->obj);
	ck_assert_int_eq(pbpf_map_set_autocreate(map_of(f, "instead"), true), 0);
	ck_assert_int_eq(pbpf_map_set_autocreate(map_of(f, "by_link"), false), 0);
	ck_assert_int_eq(pbpf_map_set_autocreate(map_of(f, "by_value"), false), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_ge(pbpf_program_fd(program(f, "other_cong_avoid")), 3);
	ck_assert_int_eq(pbpf_program_fd(program(f, "cong_avoid")), -ENOENT);
	end(f, &types);
}
END_TEST

START_TEST(a_link_changes_to_another_map)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);
	struct pbpf_link *link = NULL;

	ck_assert_int_eq(pbpf_map_set_autocreate(map_of(f, "instead"), true), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_struct_ops_attach(map_of(f, "by_link"), &link, NULL), 0);
	ck_assert_int_eq(pbpf_struct_ops_switch(map_of(f, "instead"), link), 0);
	ck_assert_uint_eq(number_at(value_of(f, "instead"), CONG_AVOID),
			  fd_of(f, "other_cong_avoid"));
	ck_assert_int_eq(fake_kernel_object(&f->kernel, pbpf_link_fd(link))->prog_fd,
			 pbpf_map_fd(map_of(f, "instead")));
	pbpf_link_close(link);
	end(f, &types);
}
END_TEST

START_TEST(the_struct_can_be_changed_before_load)
{
	struct kernel_types types = {0}, other_types = {0};
	struct fixture *f = struct_ops(&types), *other;
	struct pbpf_link *link = NULL;
	struct pbpf_map *map = map_of(f, "by_value");
	size_t size;
	void *value;

	ck_assert_int_eq(pbpf_struct_ops_value(map, &value, &size), 0);
	ck_assert_str_eq((char *)value + 24, "pbpf_value"); /* in the layout of the object */
	strcpy((char *)value + 24, "renamed");
	ck_assert_int_eq(
		pbpf_struct_ops_set_program(map, "cong_avoid", program(f, "other_cong_avoid")), 0);
	ck_assert_int_eq(pbpf_struct_ops_set_program(map, "undo_cwnd", NULL), 0);
	other = struct_ops(&other_types);
	ck_assert_int_eq(
		pbpf_struct_ops_set_program(map, "undo_cwnd", program(other, "other_cong_avoid")),
		-EINVAL);
	end(other, &other_types);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_struct_ops_attach(map, &link, NULL), 0);
	ck_assert_str_eq((const char *)value_of(f, "by_value") + DATA + NAME, "renamed");
	ck_assert_uint_eq(number_at(value_of(f, "by_value"), CONG_AVOID),
			  fd_of(f, "other_cong_avoid"));
	ck_assert_uint_eq(number_at(value_of(f, "by_value"), UNDO_CWND), 0);
	ck_assert_int_eq(pbpf_struct_ops_set_program(map, "undo_cwnd", NULL), -EINVAL);
	pbpf_link_close(link);
	end(f, &types);
}
END_TEST

/* They are attached with their struct, so there is nothing that the caller has to do. */
START_TEST(programs_of_members_are_no_ones_to_attach)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);

	pbpf_object_close(f->obj);
	f->obj = NULL;
	f->env.level = PBPF_NOTE;
	ck_assert_int_eq(open_object(f), 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	f->host.messages[PBPF_NOTE] = 0;
	ck_assert_int_eq(pbpf_object_attach(f->obj), 0);
	ck_assert_uint_eq(f->host.messages[PBPF_NOTE], 0);
	end(f, &types);
}
END_TEST

START_TEST(programs_of_members_that_are_none)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);
	struct pbpf_map *map = map_of(f, "by_value");
	struct pbpf_program *prog = program(f, "ssthresh");
	size_t size;
	void *value;

	ck_assert_int_eq(pbpf_struct_ops_set_program(map, "ssthres", prog), -ENOENT);
	ck_assert_ptr_nonnull(strstr(f->host.text, "did you mean 'ssthresh'?"));
	ck_assert_int_eq(pbpf_struct_ops_set_program(map, "name", prog), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "is no function"));
	ck_assert_int_eq(pbpf_struct_ops_set_program(map_of(f, ".bss"), "x", prog), -EINVAL);
	ck_assert_int_eq(pbpf_struct_ops_value(map_of(f, ".bss"), &value, &size), -EINVAL);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 4);
	end(f, &types);
}
END_TEST

/* One program cannot be two members. */
START_TEST(one_program_in_two_places)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);

	ck_assert_int_eq(pbpf_struct_ops_set_program(map_of(f, "by_value"), "undo_cwnd",
						     program(f, "ssthresh")),
			 0);
	ck_assert_int_eq(pbpf_object_load(f->obj), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "another one elsewhere"));
	end(f, &types);
}
END_TEST

/* Members that this kernel has not got, or has otherwise. */
static const struct {
	struct kernel_types types;
	int err;
	const char *text;
} other_kernels[] = {
	{{.ops = "tcp_congestion_op"}, -ENOENT, "did you mean 'tcp_congestion_op'?"},
	{{.data = "date"}, -ENOTSUP, "has no struct 'data'"},
	{{.name_size = 8}, -ENOTSUP, "'name', which is of another kind or size"},
	{{.ssthresh_is_int = true}, -ENOTSUP, "'ssthresh', which is of another kind or size"},
	{{.no_undo = true}, -ENOTSUP, "'undo_cwnd', which this kernel's struct has not"},
	{{.undo = "undo_cwd"}, -ENOTSUP, "struct has not; did you mean 'undo_cwd'?"},
};

START_TEST(kernels_that_have_it_otherwise)
{
	struct kernel_types types = other_kernels[_i].types;
	struct fixture *f = struct_ops(&types);

	ck_assert_int_eq(pbpf_object_load(f->obj), other_kernels[_i].err);
	ck_assert_msg(strstr(f->host.text, other_kernels[_i].text), "%s", f->host.text);
	ck_assert_uint_eq(f->host.messages[PBPF_ERROR], 1);
	end(f, &types);
}
END_TEST

START_TEST(what_is_too_much_may_be_empty)
{
	struct kernel_types types = {.no_undo = true};
	struct fixture *f = struct_ops(&types);

	ck_assert_int_eq(pbpf_struct_ops_set_program(map_of(f, "by_value"), "undo_cwnd", NULL), 0);
	ck_assert_int_eq(pbpf_struct_ops_set_program(map_of(f, "by_link"), "undo_cwnd", NULL), 0);
	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	end(f, &types);
}
END_TEST

START_TEST(the_struct_of_a_module)
{
	struct kernel_types types = {.ops = "something_else"}, module = {0};
	struct fixture *f = struct_ops(&types);
	const struct abi_prog_load *prog;

	build_types(&module, &types.b);
	f->kernel.module = (struct fake_types){module.bytes.bytes, module.bytes.size};
	ck_assert_msg(!pbpf_object_load(f->obj), "%s", f->host.text);
	ck_assert_int_gt(kernel_map(f, "by_link")->map.value_type_btf_obj_fd, 0);
	ck_assert_uint_eq(kernel_map(f, "by_link")->map.map_flags,
			  PBPF_F_LINK | PBPF_F_VTYPE_BTF_OBJ_FD);
	ck_assert_uint_eq(kernel_map(f, "by_link")->map.btf_vmlinux_value_type_id, 16);
	prog = &fake_kernel_object(&f->kernel, (int)fd_of(f, "ssthresh"))->prog;
	ck_assert_uint_eq(prog->attach_btf_id, 15);
	ck_assert_uint_eq(prog->attach_btf_obj_fd,
			  (uint32_t)kernel_map(f, "by_link")->map.value_type_btf_obj_fd);
	free(module.bytes.bytes);
	end(f, &types);
}
END_TEST

START_TEST(a_program_that_is_not_loaded)
{
	struct kernel_types types = {0};
	struct fixture *f = struct_ops(&types);

	pbpf_program_set_autoload(program(f, "ssthresh"), false);
	ck_assert_int_eq(pbpf_object_load(f->obj), 0);
	ck_assert_int_eq(pbpf_object_attach(f->obj), -EINVAL);
	ck_assert_ptr_nonnull(strstr(f->host.text, "its program 'ssthresh' is not loaded"));
	end(f, &types);
}
END_TEST

/* A kernel of 5.10 has read no BTF of its own until it has verified a program. */
START_TEST(a_kernel_that_knows_none_yet)
{
	unsigned int woken = 0;

	for (unsigned int n = 1;; n++) {
		struct kernel_types types = {0};
		struct fixture *f = struct_ops(&types);
		bool reached;
		int err;

		f->kernel.fail_at = n;
		f->kernel.fail_errno = ENOTSUPP;
		err = pbpf_object_load(f->obj);
		reached = f->kernel.calls >= n;
		if (!err && reached && strstr(f->host.notes, "knew no struct_ops yet")) {
			ck_assert_uint_eq(f->kernel.commands[PBPF_PROG_LOAD], 3 + 1);
			ck_assert_uint_ne(kernel_map(f, "by_link")->map.btf_fd, 0);
			woken++;
		}
		end(f, &types);
		if (!reached)
			break;
		ck_assert_uint_lt(n, 200);
	}
	ck_assert_uint_eq(woken, 2); /* either of the two maps */
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("loader: struct_ops");
	TCase *c = tcase_create("struct_ops");

	tcase_set_timeout(c, 120);
	tcase_add_test(c, maps_are_what_the_object_says);
	tcase_add_test(c, the_value_is_the_kernels);
	tcase_add_test(c, only_programs_of_maps_that_are_created);
	tcase_add_test(c, a_link_changes_to_another_map);
	tcase_add_test(c, the_struct_can_be_changed_before_load);
	tcase_add_test(c, programs_of_members_that_are_none);
	tcase_add_test(c, programs_of_members_are_no_ones_to_attach);
	tcase_add_test(c, one_program_in_two_places);
	tcase_add_loop_test(c, kernels_that_have_it_otherwise, 0,
			    sizeof(other_kernels) / sizeof(other_kernels[0]));
	tcase_add_test(c, what_is_too_much_may_be_empty);
	tcase_add_test(c, the_struct_of_a_module);
	tcase_add_test(c, a_program_that_is_not_loaded);
	tcase_add_test(c, a_kernel_that_knows_none_yet);
	suite_add_tcase(s, c);
	return s;
}
