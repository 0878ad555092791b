/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In place of lib/md5.c of util-linux, whose 64 steps take 2 kB in a row. Only the UUID
 * of HFS is made with it, from 24 bytes: they fit into one block (RFC 1321).
 */
#include <string.h>

#include "md5.h"

static const uint32_t sines[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a,
	0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
	0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
	0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
	0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
	0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
	0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

void ul_MD5Init(struct UL_MD5Context *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
	ctx->buf[0] = 0x67452301;
	ctx->buf[1] = 0xefcdab89;
	ctx->buf[2] = 0x98badcfe;
	ctx->buf[3] = 0x10325476;
}

/* The padding begins with 0x80; the last eight bytes are the length in bits. */
void ul_MD5Update(struct UL_MD5Context *ctx, const unsigned char *buf, unsigned len)
{
	unsigned used = ctx->bits[0] / 8;

	if (len > sizeof(ctx->in) - 9 - used)
		return;
	memcpy(ctx->in + used, buf, len);
	ctx->bits[0] += 8 * len;
}

static uint32_t read_word(const unsigned char *at)
{
	return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24;
}

/* The function and the word of the block that a step uses. */
static uint32_t mix(unsigned step, const uint32_t v[4], unsigned *ret_word)
{
	uint32_t b = v[1], c = v[2], d = v[3];

	switch (step / 16) {
	case 0:
		*ret_word = step;
		return (b & c) | (~b & d);
	case 1:
		*ret_word = 5 * step + 1;
		return (d & b) | (~d & c);
	case 2:
		*ret_word = 3 * step + 5;
		return b ^ c ^ d;
	default:
		*ret_word = 7 * step;
		return c ^ (b | ~d);
	}
}

static void transform(uint32_t state[4], const unsigned char *block)
{
	static const unsigned char shifts[4][4] = {
		{ 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 }
	};
	uint32_t v[4];
	unsigned word;

	memcpy(v, state, sizeof(v));
	for (unsigned i = 0; i < 64; i++) {
		unsigned shift = shifts[i / 16][i % 4];
		uint32_t sum = v[0] + mix(i, v, &word) + sines[i];

		sum += read_word(block + word % 16 * 4);
		v[0] = v[3];
		v[3] = v[2];
		v[2] = v[1];
		v[1] += sum << shift | sum >> (32 - shift);
	}
	for (unsigned i = 0; i < 4; i++)
		state[i] += v[i];
}

void ul_MD5Final(unsigned char digest[UL_MD5LENGTH], struct UL_MD5Context *ctx)
{
	ctx->in[ctx->bits[0] / 8] = 0x80;
	ctx->in[56] = (unsigned char)ctx->bits[0];
	ctx->in[57] = (unsigned char)(ctx->bits[0] >> 8);
	transform(ctx->buf, ctx->in);
	for (unsigned i = 0; i < UL_MD5LENGTH; i++)
		digest[i] = (unsigned char)(ctx->buf[i / 4] >> i % 4 * 8);
}
