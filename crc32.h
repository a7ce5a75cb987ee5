/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The CRC of versions: the CRC-32 of zlib and genksyms. Nobody else knows how
 * it is computed.
 *
 * Besides the CRC of a text there is that of two texts put together, from the
 * CRCs of both. A CRC is a polynomial over GF(2) modulo P, and putting a text
 * of n bytes after another multiplies the first one's by x^(8n). zlib has the
 * same (crc32_combine_op()), but only since 1.2.12, and several times slower:
 * here the multiples of the factors that are needed again and again are kept.
 */
#ifndef CRC32_H
#define CRC32_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

/* Polynomials have the coefficient of x^0 in the highest bit. */
#define CRC32_POLYNOMIAL 0xedb88320u
#define CRC32_ONE	 0x80000000u

/* Texts of at least so many bytes are left to zlib. */
#define CRC32_LONG 192

/*
 * Returns the CRC of a text that is followed by another. That of no text is 0.
 *
 * Most texts are the few dozen bytes between two references, and for less than
 * 47 zlib goes byte by byte, waiting for one table look-up after the other. The
 * look-ups of eight bytes don't wait for each other: three times as fast, and 6
 * % of the time of all objects of a kernel.
 */
static inline uint32_t crc32_extend(uint32_t crc, const char *text, size_t length)
{
	/* The CRC of a byte that so many zero bytes follow. */
	static uint32_t table[8][256];
	const unsigned char *at = (const unsigned char *)text;

	if (length >= CRC32_LONG)
		return crc32_z(crc, at, length);
	if (!table[0][1]) {
		const z_crc_t *bytes = get_crc_table();

		for (int i = 0; i < 256; i++) {
			uint32_t entry = bytes[i];

			for (int zeros = 0; zeros < 8; zeros++) {
				table[zeros][i] = entry;
				entry = (entry >> 8) ^ bytes[entry & 255];
			}
		}
	}
	crc = ~crc;
	for (; length >= 8; length -= 8, at += 8) {
		uint64_t eight;

		memcpy(&eight, at, sizeof(eight));
		eight = le64toh(eight) ^ crc;
		crc = table[7][eight & 255] ^ table[6][eight >> 8 & 255] ^
		      table[5][eight >> 16 & 255] ^ table[4][eight >> 24 & 255] ^
		      table[3][eight >> 32 & 255] ^ table[2][eight >> 40 & 255] ^
		      table[1][eight >> 48 & 255] ^ table[0][eight >> 56];
	}
	while (length--)
		crc = (crc >> 8) ^ table[0][(crc ^ *at++) & 255];
	return ~crc;
}

/* A factor: its products with all polynomials of degree below 4. */
struct crc32_factor {
	uint32_t multiples[16]; /* bit 3 of the index is x^0 */
};

static inline struct crc32_factor crc32_make_factor(uint32_t polynomial)
{
	struct crc32_factor factor = { 0 };

	for (int bit = 8; bit; bit >>= 1) {
		for (int i = bit; i < 16; i += 2 * bit)
			factor.multiples[i] = factor.multiples[i - bit] ^ polynomial;
		polynomial = (polynomial >> 1) ^ (CRC32_POLYNOMIAL & -(polynomial & 1));
	}
	return factor;
}

/*
 * Multiplies by a factor modulo P, by Horner's rule: from the highest powers
 * (the lowest bits), four at a time.
 */
static inline uint32_t crc32_multiply(uint32_t polynomial, const struct crc32_factor *factor)
{
	/* What the four bits that a product by x^4 pushes out are modulo P. */
	static const uint32_t reduced[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t product = 0;

	for (int i = 0; i < 8; i++, polynomial >>= 4)
		product = (product >> 4) ^ reduced[product & 15] ^
			  factor->multiples[polynomial & 15];
	return product;
}

/* Multiplies a CRC by x^(8 * length). */
static inline uint32_t crc32_shift(uint32_t crc, uint64_t length)
{
	/* For lengths below 256, and for 256 times each power of two. */
	static struct crc32_factor bytes[256], powers[56];
	uint32_t power = CRC32_ONE;

	if (!bytes[0].multiples[8]) {
		bytes[1] = crc32_make_factor(CRC32_ONE >> 8);
		for (int i = 0; i < 256; i++) {
			bytes[i] = crc32_make_factor(power);
			power = crc32_multiply(power, &bytes[1]);
		}
		for (int i = 0; i < 56; i++) {
			powers[i] = crc32_make_factor(power);
			power = crc32_multiply(power, &powers[i]);
		}
	}
	crc = crc32_multiply(crc, &bytes[length & 255]);
	length >>= 8;
	for (int i = 0; length; i++, length >>= 1)
		if (length & 1)
			crc = crc32_multiply(crc, &powers[i]);
	return crc;
}

/*
 * The CRC of two texts put together, from the CRCs of both and the length of
 * the second.
 */
static inline uint32_t crc32_append(uint32_t first, uint32_t second, uint64_t second_length)
{
	return crc32_shift(first, second_length) ^ second;
}

#endif
