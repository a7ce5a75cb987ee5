// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kABI rules of a file (FORMAT 8): read from its section of rules, looked
 * up by type and target. Without --stable there are none.
 */
#include "gendwarfksyms.h"
#include <errno.h>
#include <gelf.h>
#include <string.h>

#define RULES_SECTION ".discard.gendwarfksyms.kabi_rules"
#define RULES_VERSION "1"
/* Four empty strings would be 4 bytes; no rule is as short as this. */
#define RULE_SIZE_LIMIT 6

static const char *const rule_words[KABI_RULES] = {
	[KABI_DECLONLY] = "declonly",
	[KABI_ENUMERATOR_IGNORE] = "enumerator_ignore",
	[KABI_ENUMERATOR_VALUE] = "enumerator_value",
	[KABI_BYTE_SIZE] = "byte_size",
	[KABI_TYPE_STRING] = "type_string",
};

struct rule {
	const char *target; /* in the section, as is the value */
	const char *value;
	size_t target_length;
};

/* For each type of rule, its rules by target. */
static struct cache rules[KABI_RULES];
static struct arena arena;
static size_t longest_target; /* bytes */

static bool same_target(const void *value, const void *key)
{
	const struct rule *rule = value, *wanted = key;

	return rule->target_length == wanted->target_length &&
	       !memcmp(rule->target, wanted->target, wanted->target_length);
}

static struct rule *find_rule(enum kabi_rule type, const char *target,
			      size_t length)
{
	struct rule key = { .target = target, .target_length = length };

	if (!rules[type].count)
		return NULL;
	return cache_find(&rules[type], hash_text(target, length), same_target,
			  &key);
}

const char *kabi_find(enum kabi_rule type, const char *target, size_t length)
{
	struct rule *rule;

	rule = find_rule(type, target, length);
	return rule ? rule->value : NULL;
}

const char *kabi_find_enumerator(enum kabi_rule type, const char *enumeration,
				 const char *enumerator)
{
	const char *value;
	char *target;
	int length;

	/* Names that many enumerators share may be long. */
	if (!rules[type].count ||
	    strnlen(enumeration, longest_target) == longest_target ||
	    strnlen(enumerator, longest_target) == longest_target)
		return NULL;
	length = asprintf(&target, "%s %s", enumeration, enumerator);
	if (length < 0)
		error("out of memory");
	value = kabi_find(type, target, length);
	free(target);
	return value;
}

uint64_t kabi_number(const char *value)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(value, &end, 10);
	if (errno || *end)
		error("invalid unsigned value '%s'", value);
	return number;
}

/* Enters a rule, or replaces the value of one. */
static void set_rule(enum kabi_rule type, const char *target, const char *value)
{
	size_t length = strlen(target);
	struct rule *rule = find_rule(type, target, length);

	if (!rule) {
		rule = arena_alloc(&arena, sizeof(*rule));
		rule->target = target;
		rule->target_length = length;
		if (length > longest_target)
			longest_target = length;
		cache_add(&rules[type], hash_text(target, length), rule);
	}
	rule->value = value;
}

static void add_rule(const char *version, const char *word, const char *target,
		     const char *value)
{
	int type = 0;

	if (strcmp(version, RULES_VERSION))
		error("unsupported kABI rule version '%s'", version);
	while (type < KABI_RULES && strcmp(word, rule_words[type]))
		type++;
	if (type == KABI_RULES)
		error("unsupported kABI rule type '%s'", word);
	if (!*target)
		return; /* matches nothing */
	set_rule(type, target, value); /* the later of two holds */
	debug("%s rule for '%s': '%s'", word, target, value);
}

static Elf_Data *rules_data(struct object *object)
{
	Elf_Scn *section = NULL;
	size_t names;

	if (elf_getshdrstrndx(object->elf, &names))
		return NULL;
	while ((section = elf_nextscn(object->elf, section))) {
		GElf_Shdr header;
		const char *name;
		Elf_Data *data;

		if (!gelf_getshdr(section, &header))
			continue;
		name = elf_strptr(object->elf, names, header.sh_name);
		if (!name || strcmp(name, RULES_SECTION))
			continue;
		data = elf_getdata(section, NULL);
		if (!data)
			error("cannot read the section of kABI rules of '%s': %s",
			      object->path, elf_errmsg(-1));
		return data;
	}
	return NULL;
}

void kabi_read_rules(struct object *object)
{
	const char *entry[4], *at, *end;
	Elf_Data *data;

	kabi_free();
	if (!options.stable)
		return;
	data = rules_data(object);
	if (!data)
		return;
	at = data->d_buf;
	end = at ? at + data->d_size : NULL;
	if (!at || data->d_size < RULE_SIZE_LIMIT || end[-1] != '\0')
		error("the section of kABI rules of '%s' is too short or not NUL-terminated",
		      object->path);
	while (end - at > RULE_SIZE_LIMIT) {
		for (int i = 0; i < 4; i++) {
			if (at == end)
				error("the last kABI rule of '%s' is cut short",
				      object->path);
			entry[i] = at;
			at += strlen(at) + 1;
		}
		add_rule(entry[0], entry[1], entry[2], entry[3]);
	}
	if (at < end)
		warning("unexpected data at the end of the kABI rules section");
}

void kabi_override(const char *target, const char *value)
{
	set_rule(KABI_TYPE_STRING, target, value);
}

void kabi_free(void)
{
	for (int type = 0; type < KABI_RULES; type++)
		cache_free(&rules[type]);
	arena_free(&arena);
	longest_target = 0;
}
