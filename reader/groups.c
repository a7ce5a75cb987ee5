// SPDX-License-Identifier: GPL-2.0-only
/*
 * Groups of units: those that refer to each other, and all between them, so that what is known
 * of them can be given up after the last. In what clang links with ThinLTO, these are the units
 * of one of its objects; with full LTO nearly all units are one group. Say units 2 and 5 of seven
 * refer to 3 and 4:
 *
 *	unit		1   2   3   4   5   6   7
 *	refers to	    3           4
 *	edges		  0   1   0   1   0   0
 *	group		0   1   1   2   2   3   4
 *
 * An edge between two units counts how many units refer across it.
 */
#define PART "groups"
#include "internal.h"

/* Finds the groups of a list of units. */
static void find_groups(struct dwarf_input *input, struct unit_list *list)
{
	size_t *begin = allocate_cleared(list->count + 1, sizeof(*begin));
	size_t *end = allocate_cleared(list->count + 1, sizeof(*end));
	size_t open = 0;
	uint64_t last_offset = UINT64_MAX;
	enum links links = LINKS_NONE, any = LINKS_NONE;

	/* To one that is alone, there is no other to refer. */
	for (size_t i = 0; list->count > 1 && any != LINKS_ANY && i < list->count; i++) {
		struct unit *unit = &list->units[i];
		size_t first, last;

		if (unit->abbreviations_offset != last_offset) {
			links = find_links(unit);
			forget_abbreviations(input);
		}
		last_offset = unit->abbreviations_offset;
		if (links > any)
			any = links;
		if (links != LINKS_UNITS)
			continue;
		find_linked_units(unit, &first, &last);
		begin[first]++;
		end[last]++;
	}
	for (size_t i = 0; i < list->count; i++) {
		struct unit *unit = &list->units[i];

		open += begin[i] - end[i];
		unit->last_of_group = any == LINKS_ANY ? i + 1 == list->count : !open;
	}
	forget_abbreviations(input);
	free(begin);
	free(end);
}

void dwarf_input_open(struct dwarf_input *input, struct object *object)
{
	*input = (struct dwarf_input){ .object = object };
	list_units(input);
	find_groups(input, &input->main);
}
