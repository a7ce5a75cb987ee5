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

/* The CRC of a text. That of no text is 0. */
static inline uint32_t crc32_text(const char *text, size_t length)
{
	return crc32_z(0, (const unsigned char *)text, length);
}

/* Multiplies two polynomials modulo P. */
static inline uint32_t crc32_multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	/* Horner's rule, from the highest power of a (the lowest bit). */
	for (int bit = 0; bit < 32; bit++) {
		product = (product >> 1) ^ (CRC32_POLYNOMIAL & -(product & 1));
		product ^= b & -(a >> bit & 1);
	}
	return product;
}

/* The shift of a text of that length: x^(8 * length) modulo P. */
static inline uint32_t crc32_shift(uint64_t length)
{
	uint32_t shift = CRC32_ONE;
	uint32_t power = CRC32_ONE >> 8; /* x^8, then its squares */

	for (; length; length >>= 1) {
		if (length & 1)
			shift = crc32_multiply(shift, power);
		power = crc32_multiply(power, power);
	}
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
