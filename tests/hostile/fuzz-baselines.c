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
	SHORT = 8
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char *const paths[] = { "/dev/fd/900", "/dev/fd/901", "--symbols=/dev/fd/902",
				       "--rules=/dev/fd/903", "--symvers=/dev/fd/904" };
	const uint8_t *at = data + 1, *end = data + size;
	char *arguments[8] = { "kabi-compare" };
	int count = 1;

	for (int i = 0; i < 5; i++) {
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
	if (data[0] & SHORT)
		arguments[count++] = "--format=short";
	run_program(arguments, "", 1, 2);
	return 0;
}
