/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In place of lib/crc32.c, crc32c.c and crc64.c of util-linux, which have 4 kB of tables.
 * A superblock is short: bit by bit is fast enough.
 */
#include "crc32.h"
#include "crc32c.h"
#include "crc64.h"

#define POLYNOMIAL_32  0xedb88320u
#define POLYNOMIAL_32C 0x82f63b78u
#define POLYNOMIAL_64  0x42f0e1eba9ea3693ull

static uint32_t add(uint32_t crc, unsigned char byte, uint32_t polynomial)
{
	crc ^= byte;
	for (int i = 0; i < 8; i++)
		crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
	return crc;
}

/* The bytes from exclude_off on count as 0. */
static uint32_t add_all(uint32_t crc, const unsigned char *buf, size_t len,
			size_t exclude_off, size_t exclude_len, uint32_t polynomial)
{
	for (size_t i = 0; i < len; i++)
		crc = add(crc, i - exclude_off < exclude_len ? 0 : buf[i], polynomial);
	return crc;
}

uint32_t ul_crc32(uint32_t seed, const unsigned char *buf, size_t len)
{
	return add_all(seed, buf, len, 0, 0, POLYNOMIAL_32);
}

uint32_t ul_crc32_exclude_offset(uint32_t seed, const unsigned char *buf, size_t len,
				 size_t exclude_off, size_t exclude_len)
{
	return add_all(seed, buf, len, exclude_off, exclude_len, POLYNOMIAL_32);
}

uint32_t crc32c(uint32_t crc, const void *buf, size_t size)
{
	return add_all(crc, buf, size, 0, 0, POLYNOMIAL_32C);
}

uint32_t ul_crc32c_exclude_offset(uint32_t crc, const unsigned char *buf, size_t size,
				  size_t exclude_off, size_t exclude_len)
{
	return add_all(crc, buf, size, exclude_off, exclude_len, POLYNOMIAL_32C);
}

uint64_t ul_crc64_we(const unsigned char *input_str, size_t num_bytes)
{
	uint64_t crc = ~0ull;

	for (size_t i = 0; i < num_bytes; i++) {
		crc ^= (uint64_t)input_str[i] << 56;
		for (int bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc >> 63 ? POLYNOMIAL_64 : 0);
	}
	return ~crc;
}
