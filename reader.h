/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the bytes of a section from front to back: what decode.c and lines.c
 * share. A read behind the end is an error.
 */
#ifndef READER_H
#define READER_H

#include "gendwarfksyms.h"
#include <endian.h>
#include <string.h>

/*
 * A number of 0 to 8 bytes, in the byte order of the file. The caller has
 * checked that they are there.
 */
static inline uint64_t get_number(bool big_endian, const unsigned char *at,
				  unsigned int size)
{
	uint64_t number = 0;
	uint32_t four;
	uint16_t two;

	/* The sizes that most forms have, first. */
	switch (size) {
	case 4:
		memcpy(&four, at, 4);
		return big_endian ? be32toh(four) : le32toh(four);
	case 1:
		return *at;
	case 2:
		memcpy(&two, at, 2);
		return big_endian ? be16toh(two) : le16toh(two);
	case 8:
		memcpy(&number, at, 8);
		return big_endian ? be64toh(number) : le64toh(number);
	}
	while (size--)
		number = number << 8 | (big_endian ? *at++ : at[size]);
	return number;
}

/* Ends the program: the data are damaged. */
void read_error(const struct reader *reader) __attribute__((noreturn, cold));

static inline const unsigned char *read_bytes(struct reader *reader,
					      uint64_t size)
{
	const unsigned char *bytes = reader->at;

	if (size > (size_t)(reader->end - bytes))
		read_error(reader);
	reader->at = bytes + size;
	return bytes;
}

static inline uint64_t read_number(struct reader *reader, unsigned int size)
{
	return get_number(reader->file->big_endian, read_bytes(reader, size),
			  size);
}

/*
 * LEB128 numbers, signed or not, of any length. Bits beyond the 64th are
 * dropped.
 */
uint64_t read_long_leb(struct reader *reader, bool is_signed);

static inline uint64_t read_uleb(struct reader *reader)
{
	if (reader->at < reader->end && *reader->at < 0x80)
		return *reader->at++;
	return read_long_leb(reader, false);
}

/* A NUL-terminated text, and a reader for what is behind an offset of a section. */
struct text read_text(struct reader *reader);
struct reader section_reader(const struct debug_file *file, enum section_id id,
			     uint64_t offset, const char *what);

/*
 * Accounts for a table that has been read from `start` on. Error: all units
 * together have too many.
 */
void count_table(struct debug_data *data, const struct reader *reader,
		 const unsigned char *start);

/*
 * The value of a form in a line table: its text, if it is one. A line table may
 * be for offsets of another size than the unit is.
 */
struct text read_line_form(struct unit *unit, uint64_t code,
			   struct reader *reader, unsigned int offset_size);

#endif
