/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CRC of versions: the CRC-32 of zlib and genksyms. Nobody else knows how
 * it is computed.
 *
 * Besides the CRC of a text there is that of two texts put together, from the
 * CRCs of both. A CRC is a polynomial over GF(2) modulo P, and putting a text
 * of n bytes behind another multiplies the first one's by x^(8n). That power,
 * the *shift* of the second text, depends on n alone, so whoever appends a text
 * many times computes it once. zlib has the same (crc32_combine_op()), but only
 * since 1.2.12, and slower.
 */
#ifndef CRC32_H
#define CRC32_H

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/* Polynomials have the coefficient of x^0 in the highest bit. */
#define CRC32_POLYNOMIAL 0xedb88320u
#define CRC32_ONE	 0x80000000u

/* The CRC of a text with another behind it. That of no text is 0. */
static inline uint32_t crc32_extend(uint32_t crc, const char *text,
				    size_t length)
{
	return crc32_z(crc, (const unsigned char *)text, length);
}

/*
 * Multiplies two polynomials modulo P, by Horner's rule: from the highest
 * powers of a (the lowest bits), four at a time.
 */
static inline uint32_t crc32_multiply(uint32_t a, uint32_t b)
{
	/* What the four bits that a shift by x^4 pushes out are modulo P. */
	static const uint32_t reduced[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
		0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
		0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t multiples[16], product = 0;

	/* b times each polynomial of degree below 4: bit 3 is x^0. */
	multiples[0] = 0;
	for (int bit = 8; bit; bit >>= 1) {
		for (int i = bit; i < 16; i += 2 * bit)
			multiples[i] = multiples[i - bit] ^ b;
		b = (b >> 1) ^ (CRC32_POLYNOMIAL & -(b & 1));
	}
	for (int i = 0; i < 8; i++, a >>= 4)
		product = (product >> 4) ^ reduced[product & 15] ^
			  multiples[a & 15];
	return product;
}

/* The shift of a text of that length: x^(8 * length) modulo P. */
static inline uint32_t crc32_shift(uint64_t length)
{
	/* Of lengths below 256, and of 256 times each power of two. */
	static uint32_t shifts[256], powers[56];
	uint32_t shift;

	if (!shifts[0]) {
		shifts[0] = CRC32_ONE;
		for (int i = 1; i < 256; i++)
			shifts[i] =
				crc32_multiply(shifts[i - 1], CRC32_ONE >> 8);
		powers[0] = crc32_multiply(shifts[255], shifts[1]);
		for (int i = 1; i < 56; i++)
			powers[i] =
				crc32_multiply(powers[i - 1], powers[i - 1]);
	}
	shift = shifts[length & 255];
	length >>= 8;
	for (int i = 0; length; i++, length >>= 1)
		if (length & 1)
			shift = crc32_multiply(shift, powers[i]);
	return shift;
}

/*
 * The CRC of two texts put together: from the CRC of the first, and CRC and
 * shift of the second.
 */
static inline uint32_t crc32_append(uint32_t first, uint32_t second,
				    uint32_t second_shift)
{
	return crc32_multiply(first, second_shift) ^ second;
}

#endif
