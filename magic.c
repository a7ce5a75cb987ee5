// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first bytes of files that are given by mistake.
 */
#include "magic.h"
#include <string.h>

#define DECOMPRESS ": decompress it first"
#define UTF_16	   "text in UTF-16: convert it to UTF-8"

const char bitcode_description[] =
	"LLVM bitcode (of clang's LTO), which has no DWARF: give what it is linked into, vmlinux.o or a module";

const char *describe_content(const char *start, size_t size)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *description;
	} known[] = {
#define BYTES(text) text, sizeof(text) - 1
		{ BYTES("version https://git-lfs"),
		  "a git-lfs pointer: fetch what it stands for, with git lfs pull" },
		{ BYTES("\x1f\x8b"), "compressed with gzip" DECOMPRESS },
		{ BYTES("\xfd"
			"7zXZ"),
		  "compressed with xz" DECOMPRESS },
		{ BYTES("\x28\xb5\x2f\xfd"), "compressed with zstd" DECOMPRESS },
		{ BYTES("BZh91AY&SY"), "compressed with bzip2" DECOMPRESS },
		{ BYTES("\x5d\0\0"), "compressed with lzma" DECOMPRESS },
		{ BYTES("\x04\x22\x4d\x18"), "compressed with lz4" DECOMPRESS },
		{ BYTES("\x02\x21\x4c\x18"), "compressed with lz4" DECOMPRESS },
		{ BYTES("\x89LZO"), "compressed with lzop" DECOMPRESS },
		{ BYTES("PK\x03\x04"), "a zip file" DECOMPRESS },
		{ BYTES("\x7f"
			"ELF"),
		  "an ELF file" },
		{ BYTES("!<arch>\n"), "an archive: give its members one by one" },
		{ BYTES("!<thin>\n"), "a thin archive: give the files that it names one by one" },
		{ BYTES("BC\xc0\xde"), bitcode_description },
		{ BYTES("\xde\xc0\x17\x0b"), bitcode_description },
		{ BYTES("\xff\xfe"), UTF_16 },
		{ BYTES("\xfe\xff"), UTF_16 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (size >= known[i].size && !memcmp(start, known[i].bytes, known[i].size))
			return known[i].description;
	return NULL;
}

const char *skip_byte_order_mark(const char *text)
{
	return text + (strncmp(text, "\xef\xbb\xbf", 3) ? 0 : 3);
}
