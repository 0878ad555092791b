/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disks.h"
#include "machine/machine.h"

#define VOLUME "dm-0 virtual/block dm=crypt dmuuid=CRYPT-LUKS2-C-crypt on=a\n"
#define DISK   "a pci0000:00/%1/x\n" VOLUME

#define TOKENS(tokens) "{\"keyslots\":{},\"tokens\":{" tokens "},\"config\":{}}"
#define SYSTEMD(more)                                                                     \
	"\"0\":{\"type\":\"systemd-tpm2\",\"keyslots\":[\"1\"],\"tpm2-blob\":\"A\"," more \
	"}"
/* header is {"alg":"dir","clevis":…} in base64url */
#define CLEVIS(header)                                                                   \
	"\"1\":{\"type\":\"clevis\",\"keyslots\":[\"1\"],\"jwe\":{\"ciphertext\":\"x\"," \
	"\"protected\":\"" header "\"}}"

static const struct {
	const char *name, *disks, *metadata, *words;
} rows[] = {
	{ "no volume", "a pci0000:00/%1/x\n", TOKENS(SYSTEMD("\"tpm2-pcrs\":[9]")), "" },
	{ "no tokens", DISK, "{\"keyslots\":{}}", "" },
	{ "no JSON", DISK, "{", "" },
	{ "tokens that are no object", DISK, "{\"tokens\":[1,null]}", "" },
	{ "odd values", DISK,
	  "{\"tokens\":{\"0\":null,\"1\":[],\"2\":{\"type\":7},\"3\":{\"type\":\"clevis\","
	  "\"jwe\":7},\"4\":{\"type\":\"systemd-tpm2\",\"tpm2-pcrs\":[99,-1,\"x\",null]}}}",
	  "" },
	/* systemd-cryptenroll */
	{ "PCR 7", DISK, TOKENS(SYSTEMD("\"tpm2-pcrs\":[7]")), "" },
	{ "no PCR", DISK, TOKENS(SYSTEMD("\"tpm2-pcrs\":[]")), "" },
	{ "PCR 7 and 9", DISK, TOKENS(SYSTEMD("\"tpm2-pcrs\":[7,9]")), "a crypt 7 9; " },
	{ "PCR 11 of a UKI", DISK, TOKENS(SYSTEMD("\"tpm2-pcrs\":[11]")),
	  "a crypt 11; " },
	{ "the command line", DISK, TOKENS(SYSTEMD("\"tpm2-pcrs\":[0,12]")),
	  "a crypt 0 12; " },
	{ "PCR 11 that is signed", DISK,
	  TOKENS(SYSTEMD("\"tpm2-pcrs\":[7],\"tpm2_pubkey_pcrs\":[11]")), "" },
	{ "systemd-pcrlock", DISK,
	  TOKENS(SYSTEMD("\"tpm2-pcrs\":[],\"tpm2_pcrlock\":true")),
	  "a crypt pcrlock; " },
	{ "no systemd-pcrlock", DISK,
	  TOKENS(SYSTEMD("\"tpm2-pcrs\":[7],\"tpm2_pcrlock\":false")), "" },
	{ "a recovery key and FIDO2", DISK,
	  TOKENS("\"0\":{\"type\":\"systemd-recovery\"},\"1\":{\"type\":\"systemd-fido2\"}"),
	  "" },
	/* clevis: {"alg":"dir","clevis":{"pin":"tpm2","tpm2":{"pcr_ids":"1,9"}}} */
	{ "clevis", DISK,
	  TOKENS(CLEVIS(
		  "eyJhbGciOiJkaXIiLCJjbGV2aXMiOnsicGluIjoidHBtMiIsInRwbTIiOnsicGNyX2lkcyI6IjEs"
		  "OSJ9fX0")),
	  "a crypt clevis 1 9; " },
	/* … "pcr_ids":"7" */
	{ "clevis with PCR 7", DISK,
	  TOKENS(CLEVIS(
		  "eyJhbGciOiJkaXIiLCJjbGV2aXMiOnsicGluIjoidHBtMiIsInRwbTIiOnsicGNyX2lkcyI6Ijci"
		  "fX19")),
	  "" },
	/* {"clevis":{"pin":"tang"}} */
	{ "tang, too", DISK,
	  TOKENS(SYSTEMD("\"tpm2-pcrs\":[9]") "," CLEVIS(
		  "eyJjbGV2aXMiOnsicGluIjoidGFuZyJ9fQ")),
	  "" },
	/* {"clevis":{"pin":"sss","sss":{"jwe":[tpm2 with PCR 9, tang],"t":…}}} */
	{ "one of two shares", DISK,
	  TOKENS(CLEVIS("eyJjbGV2aXMiOnsicGluIjoic3NzIiwic3NzIjp7Imp3ZSI6WyJleUpqYkdW"
			"MmFYTWlPbnNpY0dsdUlqb2lkSEJ0TWlJc0luUndiVElpT25zaWNHTnlYMmxr"
			"Y3lJNklqa2lmWDE5LmsuaS5jLnQiLCJleUpqYkdWMmFYTWlPbnNpY0dsdUlq"
			"b2lkR0Z1WnlKOWZRLmsuaS5jLnQiXSwidCI6MX19fQ")),
	  "" },
	{ "both shares", DISK,
	  TOKENS(CLEVIS("eyJjbGV2aXMiOnsicGluIjoic3NzIiwic3NzIjp7Imp3ZSI6WyJleUpqYkdW"
			"MmFYTWlPbnNpY0dsdUlqb2lkSEJ0TWlJc0luUndiVElpT25zaWNHTnlYMmxr"
			"Y3lJNklqa2lmWDE5LmsuaS5jLnQiLCJleUpqYkdWMmFYTWlPbnNpY0dsdUlq"
			"b2lkR0Z1WnlKOWZRLmsuaS5jLnQiXSwidCI6Mn19fQ")),
	  "a crypt clevis 9; " },
	{ "no base64", DISK, TOKENS(CLEVIS("....")), "" },
	/* where the header is */
	{ "below integrity",
	  "a pci0000:00/%1/x\nb pci0000:00/%2/x\n"
	  "dm-1 virtual/block dm=crypt_dif dmuuid=CRYPT-SUBDEV-C-crypt_dif on=a\n"
	  "dm-0 virtual/block dm=crypt dmuuid=CRYPT-LUKS2-C-crypt on=dm-1\n",
	  TOKENS(SYSTEMD("\"tpm2-pcrs\":[9]")), "a crypt 9; " },
	{ "LUKS1",
	  "a pci0000:00/%1/x\ndm-0 virtual/block dm=x dmuuid=CRYPT-LUKS1-C-x on=a\n",
	  TOKENS(SYSTEMD("\"tpm2-pcrs\":[9]")), "" },
	{ "a cycle",
	  "dm-1 virtual/block dm=y on=dm-0\n"
	  "dm-0 virtual/block dm=crypt dmuuid=CRYPT-LUKS2-C-crypt on=dm-1\n",
	  "", "" },
};

#define HEADER_SIZE 16384

/* LUKS2 On-Disk Format Specification, 2.1. */
static void put_header(const char *path, const char *metadata)
{
	unsigned char header[HEADER_SIZE] = "LUKS\xba\xbe";

	header[7] = 2;
	header[14] = HEADER_SIZE >> 8;
	strcpy((char *)header + 4096, metadata);
	put_bytes(&disks_root, path, header, sizeof(header));
}

static void describe(const struct unlocking *unlocking, char *words)
{
	char *at = words + strlen(words);

	if (unlocking->error < 0) {
		sprintf(at, "%s %s error %d; ", unlocking->disk, unlocking->volume,
			-unlocking->error);
		return;
	}
	at += sprintf(at, "%s %s%s%s", unlocking->disk, unlocking->volume,
		      unlocking->is_pcrlock ? " pcrlock" : "",
		      unlocking->is_clevis ? " clevis" : "");
	for (unsigned i = 0; i < 32; i++)
		if (unlocking->pcrs & 1U << i)
			at += sprintf(at, " %u", i);
	strcpy(at, "; ");
}

static void read_words(char *words)
{
	struct host host = { .root_fd = disks_root.fd };
	struct unlocking *unlockings;
	unsigned before = count_fds();
	size_t count;

	words[0] = '\0';
	ck_assert_int_eq(luks_read(&host, &unlockings, &count), 0);
	expect_number("descriptors", count_fds(), before);
	for (size_t i = 0; i < count; i++)
		describe(&unlockings[i], words);
	free(unlockings);
}

START_TEST(reads_tokens)
{
	char words[256];

	put_disks(rows[_i].disks);
	put_header("dev/a", rows[_i].metadata);
	put_bytes(&disks_root, "dev/dm-0", "no header", 9);
	put_bytes(&disks_root, "dev/dm-1", (char[8192]){ 0 }, 8192);
	read_words(words);
	expect_text(rows[_i].name, words, rows[_i].words);
}

/* Of what cannot be read nothing is said without a TPM. */
START_TEST(tells_what_it_cannot_read)
{
	char words[256];

	put_disks(DISK);
	read_words(words);
	expect_text("no node, no TPM", words, "");
	put_directory(&disks_root, "sys/class/tpm/tpm0");
	read_words(words);
	expect_text("no node", words, "a crypt error 2; ");
	put_bytes(&disks_root, "dev/a", "LUKS", 4);
	read_words(words);
	expect_text("short", words, "a crypt error 5; ");
}

/* A size that is not one. */
START_TEST(refuses_sizes)
{
	static const unsigned char sizes[][8] = {
		{ 0 },
		{ 0, 0, 0, 0, 0, 0, 0x10, 0 },
		{ 0, 0, 0, 0, 1, 0, 0, 0 },
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};
	unsigned char header[8192] = "LUKS\xba\xbe";
	char words[256];

	header[7] = 2;
	memcpy(header + 8, sizes[_i], 8);
	strcpy((char *)header + 4096, TOKENS(SYSTEMD("\"tpm2-pcrs\":[9]")));
	put_disks(DISK);
	put_bytes(&disks_root, "dev/a", header, sizeof(header));
	read_words(words);
	expect_text("size", words, "");
}

int main(void)
{
	TCase *tcase = tcase_create("luks");

	tcase_add_checked_fixture(tcase, disks_set_up, disks_tear_down);
	add_rows(tcase, reads_tokens, rows);
	tcase_add_test(tcase, tells_what_it_cannot_read);
	tcase_add_loop_test(tcase, refuses_sizes, 0, 4);
	return unit_run(tcase);
}
