// SPDX-License-Identifier: GPL-2.0-only
/*
 * Module.symvers (FORMAT 14): in which module and namespace a build exports a symbol, to whom,
 * and with which version. modpost writes it; installed kernels have it as symvers-VERSION.gz.
 */
#define PART "symvers"
#include "kabi-compare.h"

void symvers_read(struct symvers *symvers, const char *path)
{
	struct arena *arena = &symvers->arena;
	struct text_file text;
	const char *words[5];

	symvers->path = path;
	text_file_open(&text, path, "Module.symvers");
	while (text_file_next(&text)) {
		int count = split_words(&text, words, 5);
		struct symver *symver;
		unsigned long long version = 0;
		char *end = NULL;

		if (count > 3 && starts_with(words[0], "0x"))
			version = strtoull(words[0], &end, 16);
		if (!end || *end || version > UINT32_MAX || !starts_with(words[3], "EXPORT_SYMBOL"))
			line_error(
				&text,
				"this is no line of a Module.symvers: CRC NAME MODULE EXPORT_SYMBOL... [NAMESPACE]");
		if (symvers_find(symvers, make_text(words[1])))
			continue; /* the first counts */
		symver = arena_zalloc(arena, sizeof(*symver));
		symver->path = path;
		symver->name = arena_text(arena, make_text(words[1]));
		symver->version = version;
		symver->module = arena_text(arena, make_text(words[2])).start;
		symver->gpl_only = !strcmp(words[3], "EXPORT_SYMBOL_GPL");
		if (count > 4)
			symver->namespace = arena_text(arena, make_text(words[4])).start;
		cache_add_text(&symvers->by_name, symver);
	}
}

const struct symver *symvers_find(const struct symvers *symvers, struct text name)
{
	return cache_find_text(&symvers->by_name, name);
}

void symvers_compare(struct findings *findings, const struct symver *old, const struct symver *new)
{
	const char *from = old->namespace, *to = new ? new->namespace : NULL;

	if (!new) {
		findings_add(findings, "export-removed", "it is not exported any more");
		return;
	}
	if (!old->gpl_only && new->gpl_only)
		findings_add(findings, "export-gpl-only", "it is for modules under the GPL only");
	if (old->gpl_only && !new->gpl_only)
		findings_add(findings, "export-for-all",
			     "it is no longer for modules under the GPL only");
	if (from && !to)
		findings_add(findings, "export-no-namespace", "it was in the namespace %s", from);
	else if (to && (!from || strcmp(from, to)))
		findings_add(findings, "export-namespace", "it is in the namespace %s, was in %s",
			     to, from ? from : "none");
	if (strcmp(old->module, new->module))
		findings_add(findings, "export-module", "it is in the module %s, was in %s",
			     new->module, old->module);
}

void symvers_free(struct symvers *symvers)
{
	cache_free(&symvers->by_name);
	arena_free(&symvers->arena);
}
