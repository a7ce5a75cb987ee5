// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading the bytes of a section from front to back. Nothing in the input is trusted:
 * a read beyond the end is an error.
 */
#define PART "bytes"
#include "internal.h"
#include <sys/mman.h>
#include <unistd.h>

const char *const section_names[SECTION_COUNT] = {
	[SECTION_INFO] = "info",
	[SECTION_TYPES] = "types",
	[SECTION_ABBREV] = "abbrev",
	[SECTION_LINE] = "line",
	[SECTION_STR_OFFSETS] = "str_offsets",
	[SECTION_STR] = "str",
	[SECTION_LINE_STR] = "line_str",
};

void read_error(const struct bytes *bytes)
{
	const struct section_data *section = bytes->file->sections;

	for (int id = 0; id < SECTION_COUNT; id++, section++)
		if (bytes->end > section->start && bytes->end <= section->start + section->size)
			error("the DWARF of '%s' is damaged: %s ends too early, at 0x%tx of .debug_%s",
			      bytes->file->path, bytes->what, bytes->at - section->start,
			      section_names[id]);
	error("the DWARF of '%s' is damaged: %s ends too early", bytes->file->path, bytes->what);
}

uint64_t read_long_leb(struct bytes *bytes, bool is_signed)
{
	uint64_t number = 0;
	unsigned int shift = 0;
	unsigned char byte;

	do {
		byte = *read_bytes(bytes, 1);
		if (shift < 64)
			number |= (uint64_t)(byte & 0x7f) << shift;
		shift += shift < 64 ? 7 : 0;
	} while (byte & 0x80);
	if (is_signed && shift < 64 && byte & 0x40)
		number |= ~(uint64_t)0 << shift;
	return number;
}

struct text read_text(struct bytes *bytes)
{
	struct text text = bounded_text((const char *)bytes->at, bytes->end - bytes->at);

	if (!text.start)
		read_error(bytes);
	bytes->at += text.length + 1;
	return text;
}

struct bytes section_bytes(const struct debug_file *file, enum section_id id, uint64_t offset,
			   const char *what)
{
	const struct section_data *section = &file->sections[id];
	struct bytes bytes = { file, what, section->start, section->start + section->size };

	read_bytes(&bytes, offset);
	return bytes;
}

void count_table(struct dwarf_input *input, const struct bytes *bytes, const unsigned char *start)
{
	input->tables_size += bytes->at - start;
	if (input->tables_size > TABLES_SIZE_LIMIT)
		error("the DWARF of '%s' is damaged: %s is read for so many units that it would take forever",
		      bytes->file->path, bytes->what);
}

void forget_pages(const void *start, const void *end)
{
	uintptr_t page = sysconf(_SC_PAGESIZE);
	uintptr_t first = ((uintptr_t)start + page - 1) / page * page;
	uintptr_t last = (uintptr_t)end / page * page;

	if (first < last)
		madvise((void *)first, last - first, MADV_DONTNEED);
}
