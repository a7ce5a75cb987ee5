// SPDX-License-Identifier: GPL-2.0-only
/*
 * Severity rules (FORMAT 14): what may change. Those for symbols, by their names, modules or
 * namespaces, stand in one list with those for changes, by the type that changed or the kind of
 * the change. Of all that are for a change of a symbol the first one counts. With
 *
 *	SYMBOL device_add FAIL
 *	TYPE s#device PASS
 *	CHANGE member-added-in-padding PASS
 *	fs/log PASS
 *
 * a member that was added to struct file where nothing was passes for all symbols but device_add,
 * and one that was removed from it for those of fs/log alone.
 *
 * Most symbols are hurt by the same few changes, so the first rules for a symbol and for a
 * change are found once each, and of these the one that comes first counts.
 */
#define PART "rules"
#include "kabi-compare.h"
#include <ctype.h>

static const char *const kind_words[] = {
	[RULE_SYMBOL] = "SYMBOL", [RULE_MODULE] = "MODULE", [RULE_NAMESPACE] = "NAMESPACE",
	[RULE_TYPE] = "TYPE",	  [RULE_CHANGE] = "CHANGE",
};

/* What a pattern is about that doesn't say it. */
static enum rule_kind guess_kind(const char *pattern)
{
	bool capitals = false;

	if (is_reference(pattern))
		return RULE_TYPE;
	if (strchr(pattern, '/') || !strcmp(pattern, "vmlinux"))
		return RULE_MODULE;
	for (; *pattern; pattern++) {
		if (islower((unsigned char)*pattern))
			return RULE_SYMBOL;
		capitals |= isupper((unsigned char)*pattern) != 0;
	}
	return capitals ? RULE_NAMESPACE : RULE_SYMBOL;
}

static enum rule_kind find_kind(const struct text_file *text, const char *word)
{
	for (int i = 0; i < RULE_KINDS; i++)
		if (!strcmp(word, kind_words[i]))
			return i;
	line_error(text, "'%s' is none of SYMBOL, MODULE, NAMESPACE, TYPE, CHANGE", word);
}

/* Ends the program if a pattern for kinds of changes is for none. */
static void check_change(const struct text_file *text, const struct pattern *pattern)
{
	for (const struct change_type *type = change_types; type->name; type++)
		if (pattern_matches(pattern, type->name))
			return;
	line_error(text, "no kind of change is called '%s' (kabi-compare(1) lists them)",
		   pattern->text.start);
}

void rules_read(struct rules *rules, const char *path)
{
	struct text_file text;
	const char *line[3];

	rules->path = path;
	text_file_open(&text, path, "list of rules");
	while (text_file_next(&text)) {
		int count = split_words(&text, line, 3);
		struct severity_rule rule = { 0 };
		const char *verdict;

		if (!count)
			continue;
		if (count == 1)
			line_error(&text, "a rule is written [SCOPE] PATTERN PASS|FAIL");
		verdict = line[count - 1];
		rule.pass = !strcmp(verdict, "PASS");
		if (!rule.pass && strcmp(verdict, "FAIL"))
			line_error(&text, "'%s' is neither PASS nor FAIL", verdict);
		rule.kind = count == 3 ? find_kind(&text, line[0]) : guess_kind(line[0]);
		rule.pattern = make_pattern(&rules->arena, line[count - 2], text.number);
		if (rule.kind == RULE_CHANGE)
			check_change(&text, &rule.pattern);
		*APPEND(rules->rules, rules->count, rules->capacity) = rule;
	}
}

size_t rules_find(struct rules *rules, const char *const texts[RULE_KINDS])
{
	for (size_t i = 0; i < rules->count; i++) {
		struct severity_rule *rule = &rules->rules[i];

		if (texts[rule->kind] && pattern_matches(&rule->pattern, texts[rule->kind])) {
			rule->pattern.used = true;
			return i;
		}
	}
	return rules->count;
}

void rules_end(struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct severity_rule *rule = &rules->rules[i];

		if (!rule->pattern.used)
			warning("line %zu of '%s': the rule '%s' decides nothing: it matches %s, or an earlier one does",
				rule->pattern.line, rules->path, rule->pattern.text.start,
				rule->kind < RULE_TYPE ? "no symbol" : "nothing that changed");
	}
	free(rules->rules);
	arena_free(&rules->arena);
}
