// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fuzzing target for kabi-compare (make fuzz FUZZ_PROGRAM=kabi-compare).
 *
 * An input is a byte of options and texts that end in NULs: two baselines, and then
 * each file that an option is given with.
 */
#include "fuzz-program.h"

enum {
	SYMBOLS = 1,
	RULES = 2,
	SYMVERS = 4,
	OLD_SYMVERS = 8, /* for SYMVERS */
	/* Of these the first that is set: */
	SHORT = 16,
	JSON = 32,
	TYPES = 64
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *const paths[] = { "/dev/fd/900",
				       "/dev/fd/901",
				       "--symbols=/dev/fd/902",
				       "--rules=/dev/fd/903",
				       "--symvers=/dev/fd/904",
				       "--old-symvers=/dev/fd/905" };
	const uint8_t *at = data + 1, *end = data + size;
	char *arguments[9] = { "kabi-compare" };
	int count = 1;

	for (int i = 0; i < 6; i++) {
		const uint8_t *stop;

		if (i >= 2 && !(size && data[0] >> (i - 2) & 1))
			continue;
		stop = at < end ? memchr(at, 0, end - at) : NULL;
		if (!stop)
			return -1;
		make_file(at, stop - at, 900 + i);
		arguments[count++] = paths[i];
		at = stop + 1;
	}
	if (data[0] & (SHORT | JSON | TYPES))
		arguments[count++] = data[0] & SHORT  ? "--format=short"
				     : data[0] & JSON ? "--format=json"
						      : "--format=types";
	run_program(arguments, "", 1, 2);
	return 0;
}
