/* SPDX-License-Identifier: MIT */
/*
 * What verifiers say, what they mean by it, and the way out. docs/errors.md is made of this table and of
 * the programs of tests/data/refused, which are named like its entries.
 *
 * The first entry that has a pattern for a line is taken, so the particular comes before the general.
 */
#include "loader/pbpf_verifier_log.h"

#include <string.h>

static const struct pbpf_explanation explanations[] = {
	/* --- Pointers that may be NULL --- */
	{"map_value_or_null",
	 {"invalid mem access 'map_value_or_null'"},
	 "a map value is used before it is known to be there",
	 "A lookup gives NULL when the map has no such key. The verifier follows both cases, and on "
	 "the path where the pointer is NULL the program would read or write address 0.",
	 "check the pointer that bpf_map_lookup_elem() returned before using it"},
	{"global_function",
	 {"R* invalid mem access 'mem_or_null'"},
	 "memory that may not be there is used without a check",
	 "A global (non-static) function is verified once, for every caller that there may ever be; "
	 "its pointers may be NULL for all it knows. On older "
	 "kernels a ring buffer's record that was not checked has the same name.",
	 "check the pointer against NULL before using it; in a global function too, or make it static"},
	{"null_to_helper",
	 {"type=*_or_null expected=", "Possibly NULL pointer passed to"},
	 "a pointer that may be NULL goes to a helper that takes none",
	 "Most helpers trust their pointers. On the path where this one is NULL the helper would "
	 "follow it.",
	 "check the pointer against NULL before handing it on"},
	{"pointer_arithmetic",
	 {"pointer arithmetic on *_or_null prohibited", "pointer arithmetic",
	  "pointer -= pointer prohibited", "operator * on pointer prohibited"},
	 "arithmetic on a pointer that may not be moved",
	 "The verifier knows what a pointer points to only as long as it is moved by addition and "
	 "subtraction; and a pointer that may be NULL, or to the context, a map or a packet's end, may "
	 "not be moved at all.",
	 "check it against NULL first; index instead of shifting or masking the pointer"},
	{"pointer_or_null",
	 {"invalid mem access '*_or_null"},
	 "a pointer is used before it is known not to be NULL",
	 "What gave this pointer may fail: a ring buffer may be full, a socket may not be there. The "
	 "verifier follows the path on which it failed.",
	 "check the pointer against NULL before using it"},

	/* --- Memory --- */
	{"packet_access",
	 {"invalid access to packet", "offset is outside of the packet"},
	 "a packet is read or written beyond what was compared with its end",
	 "A packet may be shorter than any header. The verifier lets a program touch only the bytes "
	 "that it has compared with data_end on this very path, with this very pointer; helpers that "
	 "may move the packet make it forget.",
	 "compare the end of what is read with data_end before reading it"},
	{"packet_offset",
	 {"math between pkt pointer and register with unbounded"},
	 "an offset without bounds is added to a packet pointer",
	 "The sum could lie anywhere, so that even a comparison with data_end would prove nothing: "
	 "the verifier wants small and unsigned offsets.",
	 "bound the offset before adding it (offset &= 0xfff, or if (offset > limit)); keep it unsigned"},
	{"negative_index",
	 {"with unbounded min value is not allowed", "use unsigned index or do a if",
	  "value * makes * pointer be out of bounds"},
	 "an index that may be negative, or far away, is added to a pointer",
	 "A signed value that was compared with an upper bound only can still be below zero.",
	 "make the index unsigned, or compare it with 0 too"},
	{"map_value_index",
	 {"unbounded memory access, make sure to bounds check",
	  "unbounded memory access, use 'var &= const'"},
	 "an index or size without upper bound",
	 "The verifier knows a value's range from the comparisons and masks on this path. It knows "
	 "none here, or it lost it: a bound on one copy of a value does not always hold for another.",
	 "bound it right before its use: if (index >= SIZE) return 0; or index &= SIZE - 1;"},
	{"map_value_access",
	 {"invalid access to map value", "outside of the allowed memory range",
	  "invalid access to memory", "invalid access to map key", "access beyond struct"},
	 "memory is accessed beyond its end",
	 "The access, with every offset that is possible on this path, must lie within the map value, "
	 "record or buffer that the pointer is to.",
	 "bound the offset: the verifier must see that it stays within the value"},
	{"constant_map",
	 {"write into map forbidden", "read from map forbidden", "cannot write into rdonly",
	  "cannot write into packet", "only read is supported"},
	 "a write to what may only be read",
	 "Constants (.rodata) are frozen before the program is verified, and a map may be made read-only "
	 "for programs; some types of programs may only read packets.",
	 "make the variable non-const, or keep it in a map that may be written"},
	{"stack_offset",
	 {"variable-offset * stack", "variable offset stack pointer",
	  "invalid unbounded variable-offset", "variable stack access"},
	 "a stack slot is chosen by an offset that the verifier does not know",
	 "What is on the stack is tracked slot by slot, so an index into an array on it must have "
	 "bounds; writing needs more than reading, and older kernels take none at all.",
	 "bound the index, or keep the array in a map (per-CPU arrays make good scratch space)"},
	{"stack_uninitialized",
	 {"invalid indirect read from stack", "invalid read from stack"},
	 "the stack is read where nothing was written",
	 "It would show what was there before. Structures have such places between their members: a "
	 "helper that takes one reads the padding too. Since Linux 6.3 this is fine with CAP_PERFMON, "
	 "but not beyond the 512 bytes.",
	 "zero the whole structure before passing it; is it as large as the map's key, or the argument?"},
	{"stack_access",
	 {"invalid write to stack", "invalid stack", "invalid size of register"},
	 "the stack is used beyond its bounds, or a pointer on it in pieces",
	 "A function has 512 bytes of stack, below R10, and a helper may use as much of it as it is told: "
	 "not more than lies above the buffer. A pointer that was saved there must be read back whole.",
	 "keep large structures in a per-CPU array; give helpers the size that the buffer has"},
	{"misaligned",
	 {"misaligned"},
	 "an address is not a multiple of the access's size",
	 "The stack, and on some machines packets and map values, are accessed at multiples of the "
	 "size only. Packed structures and casts of byte pointers lead to this.",
	 "read the field byte by byte, or align the structure"},
	{"context_access",
	 {"invalid bpf_context access"},
	 "a field of the context that this type of program does not have",
	 "Each type of program sees its own part of the context structure, in the field's full size, "
	 "and may write only a few fields. The same structure serves several types.",
	 "use only the fields that this program type may access; copy the field, don't cast it"},
	{"context_offset",
	 {"variable ctx access", "dereference of modified ctx ptr", "negative offset ctx ptr"},
	 "the context is read through a pointer that was moved",
	 "The kernel rewrites each access to the context, so it must see the field's offset in the "
	 "instruction itself. Compilers move the pointer when fields are read in a loop or through one "
	 "address for both branches.",
	 "read each field with its name; put barrier_var(ctx) before it when the compiler moves it"},
	{"scalar_dereference",
	 {"invalid mem access 'scalar'", "invalid mem access 'inv'"},
	 "a number is used as a pointer",
	 "The verifier follows pointers only from where the kernel gave them. This one was worked out, "
	 "read from memory, or forgotten: after arithmetic, after its record was submitted, or after a "
	 "helper that may move the packet.",
	 "read kernel memory with bpf_probe_read_kernel() or BTF types; load packet pointers anew after "
	 "such a helper"},
	{"lock_touched",
	 {"bpf_spin_lock cannot be accessed directly", "cannot be accessed directly by load",
	  "access to kptr disallowed", "kptr access "},
	 "a field that belongs to the kernel is written as data",
	 "Locks, timers and kernel pointers within a map value are reached by helpers only; memset() and "
	 "the copy of a whole structure touch them too.",
	 "write the other members one by one"},
	{"atomic",
	 {"BPF_ATOMIC stores into", "BPF_XADD stores into"},
	 "an atomic operation on memory that takes none",
	 "Atomic operations work on map values and the stack, not on the context, packets or sockets.",
	 "use a plain read and write, or count in a map value"},

	/* --- Registers and results --- */
	{"no_return_value",
	 {"R0 !read_ok"},
	 "the program ends without a result",
	 "R0 holds what a program returns, and some path to the end sets it never; after a call it "
	 "holds that function's result.",
	 "return a value on every path"},
	{"uninitialized_register",
	 {"!read_ok"},
	 "a register is read that holds nothing",
	 "Nothing was put into it on this path, or a call in between took it: calls keep R6 to R9 and "
	 "the stack only. In C this is a variable that is not set on every path.",
	 "set the register, or the variable it holds, on every path before this one"},
	{"return_value",
	 {"At program exit the register R0 has", "At async callback the register R0",
	  "In * should have been in", "R0 * should have been in"},
	 "a result that this type of program may not have",
	 "The kernel acts on the result, and for this type of program it knows only the values in the "
	 "range that the line names.",
	 "return a constant of that range on every path"},
	{"frame_pointer",
	 {"frame pointer is read only"},
	 "R10 is written",
	 "R10 is the stack's top, and the kernel's. Compilers leave it alone: this comes from "
	 "assembler.",
	 "copy R10 to another register and move that"},

	/* --- The program's shape --- */
	{"unreachable",
	 {"unreachable insn"},
	 "instructions that no path leads to",
	 "Whoever put them there expected them to run, so the verifier does not let them pass. It "
	 "comes from assembler, or from a loader that joined functions wrongly.",
	 "remove the code behind an unconditional jump or exit"},
	{"endless_loop",
	 {"infinite loop detected", "back-edge from insn"},
	 "a loop whose end the verifier cannot see",
	 "It came back to an instruction with everything as it was before, so the program would never "
	 "end. Kernels before 5.3 take no loops at all.",
	 "give the loop a bound that the verifier can see; before Linux 5.3 unroll it"},
	{"too_many_jumps",
	 {"jumps is too complex"},
	 "more branches than the verifier keeps",
	 "Each branch is tried both ways, and what is left to try is kept in a list of 8192 places.",
	 "split the program: subprograms verified alone (global functions), bpf_loop(), tail calls"},
	{"too_complex",
	 {"BPF program is too large", "too many instructions", "program is too large"},
	 "more work than the verifier does",
	 "It walks through every path, and through each turn of a loop, up to a million instructions in "
	 "all (before Linux 5.2: 131072; without CAP_BPF 4096 in the program).",
	 "make the program smaller, or split it with tail calls; turn long loops with bpf_loop()"},
	{"jump_range",
	 {"jump out of range", "jump into the middle of ldimm64", "jump from insn"},
	 "a jump to where there is no instruction of this function",
	 "A jump must stay within its function and not go into the second half of a 64-bit constant. "
	 "Compilers obey: this comes from assembler, or a damaged object.",
	 "correct the jump's distance"},
	{"no_exit",
	 {"last insn is not an exit or jmp", "no exit", "subprog doesn't end with exit"},
	 "the end of a function is not its last instruction",
	 "Execution would run on into whatever follows. Compilers do this after code that they take to "
	 "be unreachable, such as __builtin_trap() or undefined behaviour.",
	 "return on every path; look for undefined behaviour that the compiler has cut out"},
	{"unknown_instruction",
	 {"unknown opcode", "uses reserved fields", "invalid BPF_LD_IMM", "invalid BPF_ALU",
	  "unknown insn"},
	 "an instruction that this kernel does not know",
	 "Instructions were added over time: atomic operations (5.12), calls of kernel functions (5.13), "
	 "sign extension and long jumps (6.6). The object is newer than the kernel, or damaged.",
	 "compile for an older instruction set: clang -mcpu=v2 or v3"},
	{"division",
	 {"div by zero"},
	 "a division by the constant 0",
	 "A division by a register that is 0 gives 0; written as a constant it can only be a mistake.",
	 "correct the divisor"},
	{"shift",
	 {"invalid shift"},
	 "a shift by more bits than the register has",
	 "64-bit shifts go from 0 to 63, 32-bit ones from 0 to 31.",
	 "correct the number of bits"},
	{"stack_depth",
	 {"combined stack size of"},
	 "functions that call each other need too much stack",
	 "All functions of a chain of calls share 512 bytes (with tail calls 256).",
	 "keep large structures in a per-CPU array, or inline the functions"},
	{"tail_call_stack",
	 {"tail_calls are not allowed when call stack", "tail_call is not allowed",
	  "tail_calls are not allowed"},
	 "a tail call from a function where it is not allowed",
	 "A chain of tail calls keeps the stack of those who called, so they may use 256 bytes only; and "
	 "tail calls do not mix with functions on every machine.",
	 "use less stack before the call, or make the tail call in the program itself"},
	{"call_depth",
	 {"call stack of * frames is too deep", "recursive call"},
	 "functions call each other too deep",
	 "The verifier follows eight functions deep. A function that calls itself is never done.",
	 "inline some of the functions; turn recursion into a loop"},
	{"too_many_subprograms",
	 {"too many subprograms"},
	 "more functions than a program may have",
	 "A program and the functions that it uses are 256 at most.",
	 "inline functions (static __always_inline), or split the program"},

	/* --- Helpers, kernel functions, licence --- */
	{"core_poison",
	 {"invalid func unknown#195896080"},
	 "a type or field is used that this kernel does not have",
	 "The loader could not find it, and put an impossible call in the place of the instruction. That "
	 "is fine as long as the program never comes here on such a kernel.",
	 "ask for it with bpf_core_field_exists() and the like before using it"},
	{"left_out_map",
	 {"invalid func unknown#2001"},
	 "a map is used that was left out",
	 "Load was told not to create it (autocreate off), and an impossible call stands in the place of "
	 "each reference to it. That is fine as long as the program never comes here.",
	 "create the map, or guard its use by a constant of .rodata that is set with it"},
	{"missing_function",
	 {"invalid func unknown#2002"},
	 "a weak kernel function is called that this kernel does not have",
	 "The extern is weak, so the object may be loaded without it; an impossible call stands in its "
	 "place, which is fine as long as the program never comes here.",
	 "ask with bpf_ksym_exists() before the call"},
	{"unknown_helper",
	 {"invalid func unknown#"},
	 "a helper that this kernel does not have",
	 "Helpers are called by number, and this number is beyond those that the kernel knows.",
	 "this kernel is too old for that helper: see bpf-helpers(7), and do without"},
	{"forbidden_helper",
	 {"program of this type cannot use helper", "unknown func"},
	 "a helper that this type of program may not call",
	 "Each type of program has its own set of helpers. The line is the same for one that this kernel "
	 "was built without, or that needs a capability or a sleepable program; older kernels say "
	 "'unknown func'.",
	 "use a helper that this program type has (see bpf-helpers(7))"},
	{"gpl_only",
	 {"cannot call GPL-restricted function", "cannot call GPL-only", "GPL-only kfunc"},
	 "a helper for GPL-compatible programs",
	 "Some helpers, those for tracing above all, may be called only by programs whose licence is "
	 "compatible with the GPL; the object says so in its section 'license'.",
	 "add char LICENSE[] SEC(\"license\") = \"GPL\";"},
	{"sleepable",
	 {"might sleep in a non-sleepable prog", "sleepable helper", "sleepable kernel func",
	  "Sleepable programs can only use", "program must be sleepable"},
	 "what may sleep and what may not do not go together",
	 "Reading user memory may have to wait for a page, and most programs run where waiting is not "
	 "possible.",
	 "make the program sleepable, where its type can be (SEC(\"fentry.s/...\"), \"lsm.s\", "
	 "\"uprobe.s\"), or use bpf_probe_read_user()"},
	{"kfunc",
	 {"is not a kernel function", "calling kernel function * is not allowed",
	  "kernel btf_id * is not a function", "invalid kernel function", "kernel function btf_id"},
	 "a kernel function that this program may not call",
	 "Kernel functions are called by their number in the kernel's BTF. This one is not there, or not "
	 "opened to programs of this type; what is opened changes from kernel to kernel.",
	 "declare it __ksym __weak and ask with bpf_ksym_exists() before the call"},
	{"iterator",
	 {"expected an initialized iter_", "expected uninitialized iter_",
	  "expected an RCU CS when"},
	 "an iterator is not used in the order new, next, destroy",
	 "Each iterator is begun, moved on until it gives NULL, and destroyed on every path, once.",
	 "use bpf_for_each() or bpf_for(), which keep that order"},
	{"dynptr",
	 {"Expected an initialized dynptr", "expected an initialized dynptr",
	  "arg * expected pointer to stack or const struct bpf_dynptr"},
	 "a dynptr is used that holds nothing",
	 "A dynptr is a structure on the stack that only its own helpers fill, read and end. It was not "
	 "filled on this path, or something wrote over it.",
	 "fill it first: bpf_dynptr_from_mem(), bpf_ringbuf_reserve_dynptr() and so on"},
	{"dynptr_reuse",
	 {"cannot overwrite referenced dynptr", "Dynptr has to be an uninitialized dynptr",
	  "cannot pass in dynptr at an offset", "cannot overwrite referenced"},
	 "a dynptr that still holds something is filled again",
	 "What it holds would be lost, and with it the way to give it back.",
	 "submit or discard what it holds first; use another variable for the second"},
	{"leaked_reference",
	 {"Unreleased reference", "would lead to reference leak", "reference has not been released",
	  "tail_call would lead to reference leak"},
	 "something was reserved or acquired, and is not given back on every path",
	 "Records of a ring buffer, sockets and kernel objects belong to the program until it gives them "
	 "back; alloc_insn is the instruction where it got this one. Early returns forget them.",
	 "release or submit what was reserved or acquired, on every path"},
	{"unowned_reference",
	 {"must be referenced when passed to release function",
	  "reference has not been acquired before", "arg * is an unacquired reference",
	  "release kernel function * expects", "release helper * expects"},
	 "what is given back was never taken",
	 "A release function takes what an acquiring function gave, once, and as it was given: not a "
	 "pointer from elsewhere, not twice, not moved.",
	 "release only what this program acquired, with its first pointer"},
	{"lock_held",
	 {"bpf_spin_unlock is missing", "cannot be used inside *-ed region",
	  "bpf_rcu_read_unlock is missing", "is not allowed inside bpf_spin_lock"},
	 "the program ends while it holds a lock",
	 "Nobody would ever unlock it. Early returns within the locked region forget to. What holds for a "
	 "spin lock also holds for RCU, preemption and interrupts.",
	 "unlock on every path, before return"},
	{"call_in_lock",
	 {"function calls are not allowed while holding a lock",
	  "calls are not allowed while holding"},
	 "a function is called while a lock is held",
	 "Other CPUs spin meanwhile, so the locked region is short: loads, stores, arithmetic.",
	 "call it before the lock is taken, and keep its result in a variable"},
	{"wrong_context",
	 {"expected=ctx"},
	 "a helper wants the program's context",
	 "It gets another pointer: a copy, a member, or the address of the variable that holds it.",
	 "pass the program's own first argument, unchanged"},
	{"wrong_map_argument",
	 {"expected=map_ptr"},
	 "a helper wants a map",
	 "It gets something else; a map's address must be a constant that the loader filled in.",
	 "pass &map of a map defined in SEC(\".maps\")"},
	{"map_value_argument",
	 {"expected=map_value"},
	 "a helper wants memory of a map",
	 "Locks and timers are members of a map's value, where all who use them find the same one. The format "
	 "of bpf_snprintf() and the second string of bpf_strncmp() must be constant, which .rodata is: "
	 "that is a map, too.",
	 "pass a member of what bpf_map_lookup_elem() gave; a string as: static const char s[] = ..."},
	{"wrong_argument",
	 {"type=* expected=", "must be a rcu pointer", "must be referenced or trusted",
	  "arg#* expected pointer to", "Caller passes invalid args into",
	  "pointer type * must point to"},
	 "an argument is not of the kind that the function takes",
	 "The line names what the register holds and what would do: fp is the stack, scalar (before "
	 "Linux 5.18: inv) a number.",
	 "pass one of the expected kinds; copy the data to the stack first if need be"},
	{"wrong_map_type",
	 {"cannot pass map_type", "expected prog array map for tail call"},
	 "a helper does not go with this type of map",
	 "Most helpers work on certain types of maps only.",
	 "use the helper of this map type, or another map type"},
	{"helper_size",
	 {"min value is negative, either use unsigned or 'var &= const'", "invalid zero-sized read",
	  "is not a known constant"},
	 "a size that may be negative, zero, or anything",
	 "The helper reads or writes so many bytes, and a negative number is a huge one. The verifier "
	 "wants to see both bounds, on the register that is passed.",
	 "make the size unsigned and bound it right before the call: size &= 0xff, or if (size > MAX)"},
	{"global_function_argument",
	 {"size cannot be determined", "is not supported yet", "doesn't return scalar",
	  "Global function * Only those are supported"},
	 "a global function has an argument or a result that cannot be verified alone",
	 "It is verified without its callers, from its prototype: numbers, the context, and pointers to "
	 "types of known size (Linux 5.12 and later); its result is a number.",
	 "make the function static, or change its prototype"},
	{"not_a_map",
	 {"is not pointing to valid bpf_map", "not pointing to valid bpf_map"},
	 "an instruction names a map that there is none of",
	 "Instructions name maps by file descriptors, which a loader puts in.",
	 "load the object with a loader, and the maps with it"},

	/* --- Without CAP_PERFMON --- */
	{"pointer_leak",
	 {"leaks addr"},
	 "an address of the kernel would get out",
	 "Where kernel objects lie must not be seen by those who may not trace the kernel: not as a "
	 "result, not in a map, not in the context.",
	 "don't store pointers; or load with CAP_PERFMON"},
	{"pointer_compare",
	 {"pointer comparison prohibited"},
	 "two pointers are compared",
	 "Without CAP_PERFMON a pointer may be compared with NULL, and a packet pointer with the "
	 "packet's end, but no other: the result tells something about addresses.",
	 "compare indices instead; or load with CAP_PERFMON"},
	{NULL, {NULL}, NULL, NULL, NULL},
};

const struct pbpf_explanation *pbpf_explanations(void)
{
	return explanations;
}

/* Finds `size` bytes of `part` in the text; gives what lies behind, or NULL. */
static const char *find_behind(const char *text, const char *end, const char *part, size_t size)
{
	for (; (size_t)(end - text) >= size; text++)
		if (!memcmp(text, part, size))
			return text + size;
	return NULL;
}

/* Does the text hold the pattern's parts, one after the other? */
static bool text_matches(const char *text, size_t size, const char *pattern)
{
	const char *end = text + size;

	while (text && *pattern) {
		size_t part = strcspn(pattern, "*");

		text = find_behind(text, end, pattern, part);
		pattern += part;
		pattern += *pattern == '*';
	}
	return text != NULL;
}

const struct pbpf_explanation *pbpf_explanation_of(const char *line, size_t size)
{
	const size_t patterns =
		sizeof(explanations[0].patterns) / sizeof(explanations[0].patterns[0]);

	for (const struct pbpf_explanation *entry = explanations; entry->name; entry++)
		for (size_t i = 0; i < patterns && entry->patterns[i]; i++)
			if (text_matches(line, size, entry->patterns[i]))
				return entry;
	return NULL;
}
