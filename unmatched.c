// SPDX-License-Identifier: GPL-2.0-only
/*
 * kABI rules that match nothing: a misspelt one leaves the kABI unguarded, so it
 * is worth a warning.
 *
 * But headers put their rules in every object that includes them, and compilers
 * describe only the types that are used. So a name that the object doesn't lead
 * to is no mistake, and nothing is said of it, unless a name that it leads to is the
 * same but for a slip of the pen. Said is what is wrong whatever the object has:
 * a target of the wrong form, an enumerator that its enumeration hasn't got, the
 * size of what has none.
 */
#define PART "kabi"
#include "gendwarfksyms.h"
#include <ctype.h>

/*
 * Tells whether two names differ by one letter, or by two that changed places; not by
 * a digit, nor at the end: those are often two names of one family.
 */
static bool is_slip(struct text a, struct text b)
{
	size_t start = 0, end = 0, rest_a, rest_b;
	const char *at, *bt;

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
	if (rest_a == 2 && rest_b == 2)
		return at[0] == bt[1] && at[1] == bt[0];
	return rest_a < 2 && rest_b < 2 && end && !(rest_a && isdigit((unsigned char)*at)) &&
	       !(rest_b && isdigit((unsigned char)*bt));
}

/* Finds a name among the types of these kinds ("su") that is a slip away. */
static struct text find_slip(const struct kabi_rules *rules, const struct type_table *table,
			     const struct rule *rule, struct text target, const char *kinds)
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
			      const struct rule *rule)
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
			     const struct rule *rule)
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
	slip = find_slip(rules, table, rule, name, "e");
	if (type && memmem(type->string->text.start, type->string->text.length, "{ enumerator ",
			   strlen("{ enumerator ")))
		warn(rules, rule, "the enumeration has no enumerator '%s'", blank + 1);
	else if (!type && slip.start)
		warn(rules, rule, "is the enumeration '%.*s' meant?", (int)slip.length, slip.start);
}

static void check_name(const struct kabi_rules *rules, struct type_table *table,
		       const struct rule *rule)
{
	bool declonly = rule->type == KABI_DECLONLY;
	struct text slip;

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
	for (const struct rule *rule = rules->last; rule; rule = rule->next) {
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
