/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which volumes the TPM unlocks only as long as the image stays what it is. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/base.h"
#include "block/block.h"
#include "lib/lib.h"
#include "machine/internal.h"
#include "ui/ui.h"

/* -- what a token says --------------------------------------------------------------- */

/*
 * The registers that a new image or command line changes: 4 and 11 a UKI, 8 and 12 the
 * command line, 9 the initramfs image. The Linux TPM PCR Registry,
 * https://uapi-group.org/specifications/specs/linux_tpm_pcr_registry.
 */
#define PCRS_OF_IMAGES (1U << 4 | 1U << 8 | 1U << 9 | 1U << 11 | 1U << 12)
#define PCR_COUNT      24

/* A way to unlock a volume without a person. */
enum way {
	WAY_NONE,
	WAY_STEADY,   /* whatever the image is */
	WAY_MEASURED, /* only with an image that is measured alike */
};

static struct json_object *get(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	return json_object_is_type(object, json_type_object) &&
			       json_object_object_get_ex(object, key, &value)
		       ? value
		       : NULL;
}

static const char *get_text(struct json_object *object, const char *key)
{
	struct json_object *value = get(object, key);

	return json_object_is_type(value, json_type_string)
		       ? json_object_get_string(value)
		       : "";
}

static size_t get_length(struct json_object *array)
{
	return json_object_is_type(array, json_type_array)
		       ? (size_t)json_object_array_length(array)
		       : 0;
}

static enum way judge_pcrs(uint32_t pcrs, struct unlocking *unlocking)
{
	if (!(pcrs & PCRS_OF_IMAGES))
		return WAY_STEADY;
	unlocking->pcrs |= pcrs;
	return WAY_MEASURED;
}

/* The registers of a signed policy do not count: the new image has its signature. */
static enum way judge_systemd(struct json_object *token, struct unlocking *unlocking)
{
	struct json_object *pcrs = get(token, "tpm2-pcrs");
	uint32_t mask = 0;

	if (json_object_get_boolean(get(token, "tpm2_pcrlock"))) {
		unlocking->is_pcrlock = true;
		return WAY_MEASURED;
	}
	for (size_t i = 0; i < get_length(pcrs); i++) {
		int pcr = json_object_get_int(json_object_array_get_idx(pcrs, i));

		if (pcr >= 0 && pcr < PCR_COUNT)
			mask |= 1U << pcr;
	}
	return judge_pcrs(mask, unlocking);
}

/* The value of a digit of base64url, RFC 4648, section 5; or -1. */
static int digit_value(char c)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Decodes base64url up to any other byte; freed by the caller, NULL without memory. */
static char *decode(const char *text)
{
	char *decoded = calloc(strlen(text) + 1, 1), *to = decoded;
	unsigned bits = 0, count = 0;

	for (int value; decoded && (value = digit_value(*text)) >= 0; text++) {
		bits = bits << 6 | (unsigned)value;
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		*to++ = (char)(bits >> count);
	}
	return decoded;
}

/* "4,7" */
static uint32_t read_pcr_ids(const char *text)
{
	uint32_t mask = 0;

	while (*text) {
		char *end;
		unsigned long pcr = strtoul(text, &end, 10);

		if (end > text && pcr < PCR_COUNT)
			mask |= 1U << pcr;
		text = *end ? end + 1 : end;
	}
	return mask;
}

/* Shares of shares of a secret. */
#define NESTING_MAX 4

static enum way judge_jwe(const char *text, unsigned depth, struct unlocking *unlocking);

/* So many of the shares have to be had. */
static enum way judge_shares(struct json_object *sss, unsigned depth,
			     struct unlocking *unlocking)
{
	struct json_object *shares = get(sss, "jwe");
	int needed = json_object_get_int(get(sss, "t"));
	bool is_measured = false;

	for (size_t i = 0; i < get_length(shares); i++) {
		struct json_object *share = json_object_array_get_idx(shares, i);
		enum way way = WAY_NONE;

		if (json_object_is_type(share, json_type_string))
			way = judge_jwe(json_object_get_string(share), depth + 1,
					unlocking);
		needed -= way == WAY_STEADY;
		is_measured |= way == WAY_MEASURED;
	}
	return needed <= 0 ? WAY_STEADY : is_measured ? WAY_MEASURED : WAY_NONE;
}

/* The protected header of a JWE, RFC 7516, at the beginning of the text. */
static enum way judge_jwe(const char *text, unsigned depth, struct unlocking *unlocking)
{
	_cleanup_free_ char *decoded = decode(text);
	struct json_object *header = decoded ? json_tokener_parse(decoded) : NULL;
	struct json_object *clevis = get(header, "clevis");
	const char *pin = get_text(clevis, "pin");
	enum way way = pin[0] ? WAY_STEADY : WAY_NONE;

	if (strcmp(pin, "tpm2") == 0)
		way = judge_pcrs(read_pcr_ids(get_text(get(clevis, "tpm2"), "pcr_ids")),
				 unlocking);
	else if (strcmp(pin, "sss") == 0 && depth < NESTING_MAX)
		way = judge_shares(get(clevis, "sss"), depth, unlocking);
	json_object_put(header);
	return way;
}

static enum way judge_token(struct json_object *token, struct unlocking *unlocking)
{
	const char *type = get_text(token, "type");
	enum way way;

	if (strcmp(type, "systemd-tpm2") == 0)
		return judge_systemd(token, unlocking);
	if (strcmp(type, "clevis") != 0)
		return WAY_NONE;
	way = judge_jwe(get_text(get(token, "jwe"), "protected"), 0, unlocking);
	unlocking->is_clevis |= way == WAY_MEASURED;
	return way;
}

/* One way that stays is enough. */
static void judge_tokens(struct json_object *metadata, struct unlocking *unlocking)
{
	struct json_object *tokens = get(metadata, "tokens");
	bool is_steady = false, is_measured = false;

	if (!json_object_is_type(tokens, json_type_object))
		return;
	json_object_object_foreach(tokens, key, token)
	{
		enum way way = judge_token(token, unlocking);

		(void)key;
		is_steady |= way == WAY_STEADY;
		is_measured |= way == WAY_MEASURED;
	}
	unlocking->is_measured = is_measured && !is_steady;
}

/* -- the header ---------------------------------------------------------------------- */

#define MAGIC	    "LUKS\xba\xbe"
#define BINARY_SIZE 4096 /* what follows up to the size of the header is JSON */
#define SIZE_MAX_2  (4U << 20)

static uint64_t read_number(const unsigned char *at, size_t length)
{
	uint64_t number = 0;

	while (length--)
		number = number << 8 | *at++;
	return number;
}

/* Returns 0; -ENODATA if there is no such header; or another negative errno. */
static int read_header(int fd, struct unlocking *unlocking)
{
	unsigned char binary[BINARY_SIZE];
	_cleanup_free_ char *text = NULL;
	struct json_object *metadata;
	uint64_t size;

	errno = EIO;
	if (pread(fd, binary, sizeof(binary), 0) != (ssize_t)sizeof(binary))
		return -errno;
	size = read_number(binary + 8, 8);
	if (memcmp(binary, MAGIC, sizeof(MAGIC) - 1) != 0 ||
	    read_number(binary + 6, 2) != 2 || size <= BINARY_SIZE || size > SIZE_MAX_2)
		return -ENODATA;
	size -= BINARY_SIZE;
	text = calloc(size + 1, 1);
	if (!text)
		return -ENOMEM;
	errno = EIO;
	if (pread(fd, text, size, BINARY_SIZE) != (ssize_t)size)
		return -errno;
	metadata = json_tokener_parse(text);
	judge_tokens(metadata, unlocking);
	json_object_put(metadata);
	return 0;
}

/* Returns a descriptor or a negative errno. */
static int open_block(int root_fd, const struct block *block)
{
	char path[BLOCK_NODE_SIZE];
	struct stat st;
	int fd;

	block_node(block, path);
	fd = beneath_open(root_fd, path);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) == 0 &&
	    (S_ISREG(st.st_mode) ||
	     (S_ISBLK(st.st_mode) && st.st_rdev == makedev(block->major, block->minor))))
		return fd;
	close(fd);
	return -ENODEV;
}

/* -- the volumes --------------------------------------------------------------------- */

/* Below a volume that has integrity is a device for that. */
#define DEPTH_MAX 4

static void read_below(const struct host *host, const struct block_list *blocks,
		       const struct block *block, unsigned depth,
		       struct unlocking *unlocking)
{
	size_t lower[BLOCK_LOWER_MAX];
	int count = block_read_lower(host->root_fd, blocks, block, lower);

	for (int i = 0; i < count && depth < DEPTH_MAX; i++) {
		const struct block *below = &blocks->items[lower[i]];
		_cleanup_close_ int fd = open_block(host->root_fd, below);

		unlocking->error = fd < 0 ? fd : read_header(fd, unlocking);
		snprintf(unlocking->disk, sizeof(unlocking->disk), "%s", below->name);
		if (unlocking->error == -ENODATA)
			read_below(host, blocks, below, depth + 1, unlocking);
		if (unlocking->error != -ENODATA)
			return;
	}
}

static bool is_of_interest(const struct host *host, const struct unlocking *unlocking)
{
	/* A header of its own, or none. */
	if (!unlocking->disk[0] || unlocking->error == -ENODATA)
		return false;
	return unlocking->is_measured ||
	       (unlocking->error < 0 &&
		sysfs_exists(host->root_fd, "sys/class/tpm/tpm0"));
}

static int read_volumes(const struct host *host, const struct block_list *blocks,
			struct unlocking **ret, size_t *ret_count)
{
	static const char uuid[] = "CRYPT-LUKS2-";

	for (size_t i = 0; i < blocks->count; i++) {
		const struct block *block = &blocks->items[i];
		struct unlocking unlocking = { 0 };
		struct unlocking *added;

		if (strncmp(block->dm_uuid, uuid, sizeof(uuid) - 1) != 0)
			continue;
		strcpy(unlocking.volume, block->dm_name);
		read_below(host, blocks, block, 0, &unlocking);
		if (!is_of_interest(host, &unlocking))
			continue;
		added = array_append(*ret, *ret_count);
		if (!added)
			return -ENOMEM;
		*added = unlocking;
	}
	return 0;
}

int luks_read(const struct host *host, struct unlocking **ret, size_t *ret_count)
{
	struct block_list blocks;
	int r = block_scan(host->root_fd, &blocks);

	*ret = NULL;
	*ret_count = 0;
	if (r == 0)
		r = read_volumes(host, &blocks, ret, ret_count);
	block_list_free(&blocks);
	return r;
}
