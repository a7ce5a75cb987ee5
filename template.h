/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an expansion knows while versions.c makes it, and templates for parts of it.
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include "crc32.h"
#include "types.h"

/* A text that is only known by its length (bytes) and CRC. */
struct digest {
	uint64_t length;
	uint32_t crc;
};

/* Appends a slice of a text, from the CRCs of the text up to its start and its end. */
static inline void append_slice(struct digest *digest, uint64_t length, uint32_t crc_start,
				uint32_t crc_end)
{
	if (!length)
		return;
	digest->crc = crc32_append(digest->crc ^ crc_start, crc_end, length);
	digest->length += length;
}

/* The expansion of a symbol's string, as far as it has come. */
struct expansion {
	struct type_table *table;
	struct digest digest; /* of the text so far */
	uint64_t number; /* of those that table->versions counts */
};

/* A cycle of at least so many types has templates. */
#define CYCLE_SIZE ((size_t)32)

/* Tells whether an expansion has expanded a type. */
static inline bool is_expanded(const struct expansion *expansion, const struct type *type)
{
	return type->expanded_for == expansion->number;
}

/* Appends the expansion of a type, with the help of its template. */
void append_expanded(struct expansion *expansion, struct type *type);

#endif
