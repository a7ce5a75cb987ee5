/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a file is that was taken for another, by its first bytes; for messages.
 */
#ifndef MAGIC_H
#define MAGIC_H

#include <stddef.h>

/*
 * Tells what a file that begins with these bytes is, and what to do: "compressed with gzip:
 * decompress it first". Returns NULL if that isn't known.
 */
const char *describe_content(const char *start, size_t size);

/* What it returns for LLVM bitcode. */
extern const char bitcode_description[];

/* Passes over a byte order mark, which some editors put at the start of a text. */
const char *skip_byte_order_mark(const char *text);

#endif
