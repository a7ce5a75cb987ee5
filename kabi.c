// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a stable kABI needs (FORMAT 8): the rules of a file, read from its sections
 * of rules and looked up by type and target, rules that match nothing, and the special
 * unions. Without --stable there are none.
 */
#define PART "kabi"
#include "gendwarfksyms.h"
#include <ctype.h>
#include <errno.h>

#define RULES_SECTION ".discard.gendwarfksyms.kabi_rules"
#define RULES_VERSION "1"
/* What modpost adds to a module when it is linked to the end. */
#define MODULE_SECTION ".gnu.linkonce.this_module"
/* Four empty strings would be 4 bytes; no rule is as short as this. */
#define RULE_SIZE_LIMIT 6

/* What each type of rule is called. */
static const char *const kabi_words[] = {
	[KABI_DECLONLY] = "declonly",
	[KABI_ENUMERATOR_IGNORE] = "enumerator_ignore",
	[KABI_ENUMERATOR_VALUE] = "enumerator_value",
	[KABI_BYTE_SIZE] = "byte_size",
	[KABI_TYPE_STRING] = "type_string",
};
_Static_assert(sizeof(kabi_words) / sizeof(*kabi_words) == KABI_RULES, "each rule has a word");

/* "TEXT the TYPE rule for 'TARGET' of 'FILE'" */
#define rule_error(rules, rule, format, ...)                                                   \
	error(format " the %s rule for '%s' of '%s'", ##__VA_ARGS__, kabi_words[(rule)->type], \
	      (rule)->target.start, (rules)->path)

struct kabi_rule *kabi_find(const struct kabi_rules *rules, enum kabi_rule_type type,
			    struct text target)
{
	return cache_find_text(&rules->by_target[type], target);
}

struct kabi_rule *kabi_find_enumerator(const struct kabi_rules *rules, enum kabi_rule_type type,
				       struct text enumeration, struct text enumerator)
{
	struct text target = { .length = enumeration.length + 1 + enumerator.length };
	struct kabi_rule *rule;
	char *text;

	/* Names that many enumerators share may be long. */
	if (!rules->by_target[type].count || target.length > rules->longest_target)
		return NULL;
	target.start = text = allocate(target.length);
	if (enumeration.length)
		text = mempcpy(text, enumeration.start, enumeration.length);
	*text++ = ' ';
	if (enumerator.length)
		memcpy(text, enumerator.start, enumerator.length);
	rule = kabi_find(rules, type, target);
	if (rule)
		rule->used = true;
	free((char *)target.start);
	return rule;
}

uint64_t kabi_number(const struct kabi_rules *rules, const struct kabi_rule *rule)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(rule->value, &end, 10);
	if (errno || *end)
		rule_error(rules, rule, "invalid unsigned value '%s' in", rule->value);
	return number;
}

/* Adds a rule, or replaces the value of one. */
static void set_rule(struct kabi_rules *rules, enum kabi_rule_type type, struct text target,
		     const char *value)
{
	struct kabi_rule *rule = kabi_find(rules, type, target);

	if (!rule) {
		rule = arena_zalloc(&rules->arena, sizeof(*rule));
		rule->type = type;
		rule->target = target;
		rule->next = rules->last;
		rules->last = rule;
		if (target.length > rules->longest_target)
			rules->longest_target = target.length;
		cache_add_text(&rules->by_target[type], rule);
	}
	rule->value = value;
}

static void add_rule(struct kabi_rules *rules, struct type_table *table, const char *version,
		     const char *word, const char *target, const char *value)
{
	int type = 0;

	if (strcmp(version, RULES_VERSION))
		error("unsupported kABI rule version '%s', of the rule for '%s' of '%s'", version,
		      target, rules->path);
	while (type < KABI_RULES && strcmp(word, kabi_words[type]))
		type++;
	if (type == KABI_RULES)
		error("unsupported kABI rule type '%s', of the rule for '%s' of '%s'", word, target,
		      rules->path);
	if (!*target)
		return; /* matches nothing */
	/* The later of two holds. */
	set_rule(rules, type, make_text(target), value);
	if (type == KABI_TYPE_STRING)
		types_add_rule(table, make_text(target), value, "the type_string rule for");
	debug("%s rule for '%s': '%s'", word, target, value);
}

/* Reads a section of rules. */
static void read_section(struct kabi_rules *rules, const struct object *object, Elf_Scn *section,
			 const GElf_Shdr *header, struct type_table *table)
{
	const char *entry[4], *at, *end;
	Elf_Data *data = elf_getdata(section, NULL);

	if (!data)
		error("cannot read the section of kABI rules of '%s': %s", object->path,
		      elf_errmsg(-1));
	if (header->sh_type == SHT_NOBITS)
		error("the section of kABI rules of '%s' has no content (objcopy --only-keep-debug leaves none): give the object that it was made from",
		      object->path);
	at = data->d_buf;
	end = at ? at + data->d_size : NULL;
	if (!at || data->d_size < RULE_SIZE_LIMIT || end[-1] != '\0')
		error("the section of kABI rules of '%s' is too short or not NUL-terminated",
		      object->path);
	while (end - at > RULE_SIZE_LIMIT) {
		for (int i = 0; i < 4; i++) {
			if (at == end)
				error("the last kABI rule of '%s' is cut short", object->path);
			entry[i] = at;
			at += strlen(at) + 1;
		}
		add_rule(rules, table, entry[0], entry[1], entry[2], entry[3]);
	}
	if (at < end)
		warning("unexpected data at the end of the kABI rules section of '%s'",
			rules->path);
}

/* Tells whether a path is that of a module, or of its debugging information. */
static bool is_module_path(const char *path)
{
	return ends_with(make_text(path), ".ko") || ends_with(make_text(path), ".ko.debug");
}

/*
 * Warns, once a run, of a module or kernel that is linked to the end: the linker has
 * discarded all rules that there were.
 */
static void warn_if_discarded(const struct object *object, bool is_module)
{
	static bool warned;
	GElf_Ehdr header;

	if (!is_module && (!gelf_getehdr(object->elf, &header) || header.e_type == ET_REL))
		return;
	if (!warned)
		warning("'%s' has no kABI rules: the linker discards them in modules (MODULE.ko) and in vmlinux. Give the objects that these are linked from, MODULE.o (sed 's/ko$/o/' modules.order) and vmlinux.o",
			object->path);
	warned = true;
}

void kabi_read_rules(struct kabi_rules *rules, struct object *object, struct type_table *table)
{
	bool has_rules = false, is_module = is_module_path(object->path);
	Elf_Scn *section = NULL;
	const char *name;
	GElf_Shdr header;

	rules->path = object->path;
	if (!options.stable)
		return;
	/* Linkers join only sections that are alike in all else. */
	while (next_section(object->elf, &section, &header, &name)) {
		if (!name)
			continue;
		if (!strcmp(name, MODULE_SECTION))
			is_module = true;
		if (strcmp(name, RULES_SECTION))
			continue;
		has_rules = true;
		read_section(rules, object, section, &header, table);
	}
	if (!has_rules)
		warn_if_discarded(object, is_module);
}

void kabi_free(struct kabi_rules *rules)
{
	for (int type = 0; type < KABI_RULES; type++)
		cache_free(&rules->by_target[type]);
	arena_free(&rules->arena);
}

/*
 * Rules that match nothing
 *
 * A misspelt rule leaves the kABI unguarded, so it is worth a warning. But headers put
 * their rules in every object that includes them, and compilers describe only the types
 * that are used. So a name that the object doesn't lead to is no mistake, and nothing is
 * said of it, unless a name that it leads to is the same but for a slip of the pen. Said
 * is what is wrong whatever the object has: a target of the wrong form, an enumerator that
 * its enumeration hasn't got, the size of what has none.
 */

static bool has_digit(const char *text, size_t length)
{
	while (length && !isdigit((unsigned char)*text)) {
		text++;
		length--;
	}
	return length;
}

/*
 * Tells whether two names differ by one letter, or by two that changed places (device and
 * devcie, devise, devce); not by digits, nor by one letter at the end: those are often two
 * names of one family (stat64 and stat46, inode and inodes).
 */
static bool is_slip(struct text a, struct text b)
{
	size_t start = 0, end = 0, rest_a, rest_b;
	const char *at, *bt;

	if (a.length > b.length + 1 || b.length > a.length + 1)
		return false;
	while (start < a.length && start < b.length && a.start[start] == b.start[start])
		start++;
	while (start + end < a.length && start + end < b.length &&
	       a.start[a.length - 1 - end] == b.start[b.length - 1 - end])
		end++;
	rest_a = a.length - start - end;
	rest_b = b.length - start - end;
	at = a.start + start;
	bt = b.start + start;
	if (a.length < 4 || b.length < 4 || !(rest_a + rest_b))
		return false;
	if (rest_a > 2 || rest_b > 2 || has_digit(at, rest_a) || has_digit(bt, rest_b))
		return false;
	return (rest_a < 2 && rest_b < 2 && end) ||
	       (rest_a == 2 && rest_b == 2 && at[0] == bt[1] && at[1] == bt[0]);
}

/* Finds a name among the types of these kinds ("su") that is a slip away. */
static struct text find_slip(const struct kabi_rules *rules, const struct type_table *table,
			     const struct kabi_rule *rule, struct text target, const char *kinds)
{
	for (size_t i = 0; i < table->count; i++) {
		struct text key = table->types[i]->key->text, name = key;

		name.start += strlen("s#");
		name.length -= strlen("s#");
		/* A name may also begin with a quote, as damaged ones do. */
		if (*name.start == '\'' && name.length > 2) {
			name.start++;
			name.length -= 2;
		}
		if (table->types[i]->string && strchr(kinds, *key.start) && is_slip(name, target) &&
		    !kabi_find(rules, rule->type, name))
			return name;
	}
	return (struct text){ 0 };
}

/* Returns what follows "struct " or the like in a target, or "s#" if wanted; or NULL. */
static const char *skip_prefix(const char *target, bool references)
{
	static const char *const prefixes[] = { "struct ", "union ", "enum ", "class ",
						"typedef " };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
		if (starts_with(target, prefixes[i]))
			return target + strlen(prefixes[i]);
	return references && is_reference(target) ? target + strlen("s#") : NULL;
}

static const struct type *find_type(struct type_table *table, const char *prefix, struct text name)
{
	return types_find(table, keys_find_name(table->keys, prefix, name));
}

#define warn(rules, rule, format, ...)                                                             \
	warning("the %s rule for '%s' of '%s' matches nothing: " format, kabi_words[(rule)->type], \
		(rule)->target.start, (rules)->path, ##__VA_ARGS__)

static void check_type_string(const struct kabi_rules *rules, struct type_table *table,
			      const struct kabi_rule *rule)
{
	static const char *const prefixes[] = { "s#", "u#", "e#", "t#" };
	const char *name = skip_prefix(rule->target.start, false);

	if (name) {
		warn(rules, rule,
		     "the target of a type is written s#%s (u#, e# or t# for a union, enumeration or typedef)",
		     name);
		return;
	}
	for (int i = 0; i < 4 && !is_reference(rule->target.start); i++)
		if (find_type(table, prefixes[i], rule->target))
			warn(rules, rule, "the target of a type is written %s%s", prefixes[i],
			     rule->target.start);
}

static void check_enumerator(const struct kabi_rules *rules, struct type_table *table,
			     const struct kabi_rule *rule)
{
	const char *blank = strrchr(rule->target.start, ' ');
	const struct type *type;
	struct text name, slip;

	if (!blank) {
		warn(rules, rule, "the target of an enumerator is written ENUM ENUMERATOR");
		return;
	}
	name = (struct text){ rule->target.start, blank - rule->target.start };
	type = find_type(table, "e#", name);
	if (type) {
		if (memmem(type->string->text.start, type->string->text.length, "{ enumerator ",
			   strlen("{ enumerator ")))
			warn(rules, rule, "the enumeration has no enumerator '%s'", blank + 1);
		return;
	}
	slip = find_slip(rules, table, rule, name, "e");
	if (slip.start)
		warn(rules, rule, "is the enumeration '%.*s' meant?", (int)slip.length, slip.start);
}

static void check_name(const struct kabi_rules *rules, struct type_table *table,
		       const struct kabi_rule *rule)
{
	bool declonly = rule->type == KABI_DECLONLY;
	struct text slip;

	/* A rule in a header, for what this object only declares: */
	if (find_type(table, "s#", rule->target) || find_type(table, "u#", rule->target) ||
	    find_type(table, "e#", rule->target))
		return;
	if (rule->misfit) {
		warn(rules, rule, "what has that name has no size");
		return;
	}
	if (find_type(table, "t#", rule->target)) {
		if (declonly)
			warn(rules, rule,
			     "a typedef is not declared only; the rule is for the structure, union or enumeration that it stands for");
		return;
	}
	slip = find_slip(rules, table, rule, rule->target, declonly ? "sue" : "sute");
	if (slip.start)
		warn(rules, rule, "is '%.*s' meant?", (int)slip.length, slip.start);
}

void kabi_warn_unmatched(const struct kabi_rules *rules, struct type_table *table)
{
	for (const struct kabi_rule *rule = rules->last; rule; rule = rule->next) {
		const char *target = rule->target.start;
		const char *name = *target ? skip_prefix(target, true) : NULL;

		if (rule->used ||
		    (rule->type == KABI_TYPE_STRING && types_rule_used(table, rule->target)))
			continue;
		if (rule->type == KABI_TYPE_STRING)
			check_type_string(rules, table, rule);
		else if (name)
			warn(rules, rule, "the target is the name alone, '%s'", name);
		else if (rule->type == KABI_ENUMERATOR_IGNORE ||
			 rule->type == KABI_ENUMERATOR_VALUE)
			check_enumerator(rules, table, rule);
		else
			check_name(rules, table, rule);
	}
}

/* Special unions */

struct die_ref kabi_member_type(const struct attributes *member)
{
	struct die_ref type = reference(member, ATTRIBUTE_TYPE);

	if (!type.address)
		die_error(member->die, "a member without a type");
	return type;
}

/* Tells whether a member makes its union special, and how. */
static bool is_special_member(const struct attributes *member, struct special *special)
{
	static const struct {
		enum special_union kind;
		const char *name;
	} kinds[] = {
		{ UNION_RESERVED, "__kabi_reserved" },
		{ UNION_RENAMED, "__kabi_renamed" },
		{ UNION_IGNORED, "__kabi_ignored" },
	};
	const char *name = name_of(member).start;

	for (int i = 0; name && i < 3; i++) {
		if (!starts_with(name, kinds[i].name))
			continue;
		special->kind = kinds[i].kind;
		if (special->kind == UNION_RENAMED)
			special->new_name = make_text(name + strlen(kinds[i].name));
		if (special->kind != UNION_IGNORED)
			special->type = kabi_member_type(member);
		return true;
	}
	return false;
}

/* Reads the next child that is a member; false if there is none. */
static bool next_member(struct cursor *cursor, struct attributes *member)
{
	while (next_child(cursor, member))
		if (member->tag == DW_TAG_member)
			return true;
	return false;
}

/*
 * One of the first two members of a special union has a special name, or is a structure whose
 * first member has one, as KABI_RESERVED_USE(1, int new_field) of kabi.h writes it:
 *
 *	union {
 *		unsigned long __kabi_reserved1;
 *		struct {
 *			int new_field;
 *		};
 *	};
 */
struct special special_union(struct die_ref die)
{
	struct special special = { 0 };
	struct attributes attributes;
	struct cursor members;

	if (!options.stable)
		return special;
	read_die(die, &attributes);
	if (attributes.tag != DW_TAG_union_type)
		return special;
	members = children_of(&attributes);
	for (int i = 0; i < 2 && next_member(&members, &attributes); i++) {
		struct die_ref type = kabi_member_type(&attributes);
		struct cursor inner;

		if (is_special_member(&attributes, &special))
			break;
		read_die(type, &attributes);
		if (attributes.tag != DW_TAG_structure_type)
			continue;
		inner = children_of(&attributes);
		if (next_member(&inner, &attributes) && is_special_member(&attributes, &special))
			break;
	}
	return special;
}
