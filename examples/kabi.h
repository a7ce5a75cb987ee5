/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Macros to change types without changing the versions of the symbols that lead
 * to them, for gendwarfksyms --stable. Each has an example of a change: how the
 * type was, and how it may be written now so that it still has the old string.
 *
 * That the layout stays is up to you: modules that were built before go on
 * using the old one. KABI_REPLACE and KABI_RESERVED_USE check sizes.
 */
#ifndef KABI_H
#define KABI_H

/*
 * Rules: four strings each, in a section that the linker throws away. They may
 * stand anywhere outside of functions, once in each source file or in a header.
 */
#define KABI_NAME_2(line, counter) kabi_rule_##line##_##counter
#define KABI_NAME_1(line, counter) KABI_NAME_2(line, counter)
#define KABI_RULE(type, target, value)                                        \
	static const char KABI_NAME_1(__LINE__, __COUNTER__)[]                \
		__attribute__((used, aligned(1),                              \
			       section(".discard.gendwarfksyms.kabi_rules"))) = \
			"1\0" type "\0" target "\0" value

/*
 * A type that was only declared, or whose content nobody may know, is shown
 * as declared only.
 *
 *	was:	struct owner;
 *	now:	struct owner { int pid; };
 *		KABI_DECLONLY(owner);
 */
#define KABI_DECLONLY(type) KABI_RULE("declonly", #type, "")

/*
 * A new enumerator is not shown.
 *
 *	was:	enum mode { MODE_READ, MODE_WRITE };
 *	now:	enum mode { MODE_READ, MODE_WRITE, MODE_APPEND };
 *		KABI_ENUMERATOR_IGNORE(mode, MODE_APPEND);
 */
#define KABI_ENUMERATOR_IGNORE(type, enumerator) \
	KABI_RULE("enumerator_ignore", #type " " #enumerator, "")

/*
 * An enumerator is shown with the value it had.
 *
 *	was:	enum mode { MODE_READ, MODE_COUNT };
 *	now:	enum mode { MODE_READ, MODE_WRITE, MODE_COUNT };
 *		KABI_ENUMERATOR_IGNORE(mode, MODE_WRITE);
 *		KABI_ENUMERATOR_VALUE(mode, MODE_COUNT, 1);
 */
#define KABI_ENUMERATOR_VALUE(type, enumerator, value) \
	KABI_RULE("enumerator_value", #type " " #enumerator, #value)

/*
 * A type that has grown is shown with the size that it had. Only for types that
 * modules never allocate or embed, with new members that are ignored (below).
 *
 *	was:	struct queue { int head; int tail; };
 *	now:	struct queue { int head; int tail; KABI_IGNORE(long limit); };
 *		KABI_BYTE_SIZE(queue, 8);
 */
#define KABI_BYTE_SIZE(type, size) KABI_RULE("byte_size", #type, #size)

/*
 * A type or symbol is shown as this text. `type` is a reference of a symtypes
 * file, such as "s#queue", or a symbol's name; the text is what stands after
 * it in the symtypes file of the old build.
 *
 *	was:	typedef int queue_id;
 *	now:	typedef unsigned int queue_id;
 *		KABI_TYPE_STRING("t#queue_id", "typedef_type queue_id { base_type int byte_size(4) encoding(5) }");
 */
#define KABI_TYPE_STRING(type, text) KABI_RULE("type_string", type, text)

/*
 * Members
 *
 * A member that stands where there was padding, or at the end, is not shown.
 *
 *	was:	struct entry { char kind; long value; };
 *	now:	struct entry { char kind; KABI_IGNORE(char flags); long value; };
 */
#define KABI_IGNORE(member)                          \
	union {                                      \
		member;                              \
		unsigned char __kabi_ignored;                \
	}

/*
 * Room for members to come, and a member that takes such room.
 *
 *	was:	struct entry { long value; KABI_RESERVE(0); KABI_RESERVE(1); };
 *	now:	struct entry { long value; KABI_RESERVED_USE(0, void *owner); KABI_RESERVE(1); };
 */
#define KABI_RESERVE(number) unsigned long __kabi_reserved##number
#define KABI_RESERVED_USE(number, member)                                    \
	union {                                                              \
		unsigned long __kabi_reserved##number;                       \
		struct {                                                     \
			member;                                              \
		};                                                           \
		_Static_assert(sizeof(struct { member; }) <=                 \
				       sizeof(unsigned long),                \
			       "the member is larger than what was reserved"); \
	}

/*
 * A member with another name or type, no larger than what was there.
 *
 *	was:	struct entry { long value; };
 *	now:	struct entry { KABI_REPLACE(long, value, unsigned long count); };
 */
#define KABI_REPLACE(old_type, old_name, member)                            \
	union {                                                             \
		old_type __kabi_renamed##old_name;                          \
		struct {                                                    \
			member;                                             \
		};                                                          \
		_Static_assert(sizeof(struct { member; }) <=                \
				       sizeof(old_type),                    \
			       "the member is larger than what it replaces"); \
	}

#endif
