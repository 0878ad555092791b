/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe [-u | -p] FILE [SESSION-OFFSET]: prints what libblkid finds in FILE, in the
 * format of blkid -p -o export; with -u of -o udev, without values that depend on the
 * locale; with -p the partition table, in the format of upstream's tests.
 *
 * Built with the library under test and with the distribution's: both must agree.
 */
#include <blkid.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static void print_udev(const char *name, const char *value)
{
	char encoded[1024] = "";

	blkid_encode_string(value, encoded, sizeof(encoded));
	if (starts(name, "LABEL") || starts(name, "UUID"))
		printf("ID_FS_%s_ENC=%s\n", name, encoded);
	else if (starts(name, "PT"))
		printf("ID_PART_TABLE_%s=%s\n", name + strlen("PT"), value);
	else
		printf("ID_FS_%s=%s\n", name, encoded);
}

static int print_values(blkid_probe pr, bool udev)
{
	const char *name, *value;
	int i, ret;

	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID |
						      BLKID_SUBLKS_TYPE |
						      BLKID_SUBLKS_USAGE);
	blkid_probe_enable_partitions(pr, 1);

	ret = blkid_do_safeprobe(pr);
	if (ret < 0) {
		/* Before 2.41, -2 if it is ambivalent; since, -1 for all. */
		printf("unclear\n");
		return 1;
	}
	for (i = 0; !ret && i < blkid_probe_numof_values(pr); i++) {
		if (blkid_probe_get_value(pr, i, &name, &value, NULL))
			continue;
		if (udev)
			print_udev(name, value);
		else
			printf("%s=%s\n", name, value);
	}
	return 0;
}

static void print_if(const char *format, const char *s)
{
	if (s)
		printf(format, s);
}

static int print_partitions(blkid_probe pr)
{
	blkid_partlist list = blkid_probe_get_partitions(pr);
	blkid_parttable table = list ? blkid_partlist_get_table(list) : NULL;
	const char *id = table ? blkid_parttable_get_id(table) : NULL;
	int i;

	if (!table)
		return 1;
	printf("size: %jd, sector size: %u, PT: %s, offset: %jd, id=%s\n---\n",
	       (intmax_t)blkid_probe_get_size(pr), blkid_probe_get_sectorsize(pr),
	       blkid_parttable_get_type(table),
	       (intmax_t)blkid_parttable_get_offset(table), id ? id : "(null)");
	for (i = 0; i < blkid_partlist_numof_partitions(list); i++) {
		blkid_partition p = blkid_partlist_get_partition(list, i);

		printf("#%d: %10jd %10jd  0x%x", blkid_partition_get_partno(p),
		       (intmax_t)blkid_partition_get_start(p),
		       (intmax_t)blkid_partition_get_size(p),
		       blkid_partition_get_type(p));
		if (blkid_partition_get_table(p) != table)
			printf(" (%s)",
			       blkid_parttable_get_type(blkid_partition_get_table(p)));
		print_if(" name='%s'", blkid_partition_get_name(p));
		print_if(" uuid='%s'", blkid_partition_get_uuid(p));
		print_if(" type='%s'", blkid_partition_get_type_string(p));
		printf("\n");
	}
	return 0;
}

int main(int argc, char **argv)
{
	blkid_probe pr = blkid_new_probe();
	char mode = 0, hint[64];
	int fd, ret;

	if (argc > 1 && argv[1][0] == '-') {
		mode = argv[1][1];
		argc--;
		argv++;
	}
	if (argc < 2 || argc > 3 || !pr) {
		fprintf(stderr, "usage: probe [-u | -p] FILE [SESSION-OFFSET]\n");
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || blkid_probe_set_device(pr, fd, 0, 0)) {
		fprintf(stderr, "probe: %s cannot be probed\n", argv[1]);
		return 1;
	}
	if (argc == 3) {
		snprintf(hint, sizeof(hint), "session_offset=%s", argv[2]);
		if (blkid_probe_set_hint(pr, hint, 0))
			return 1;
	}
	ret = mode == 'p' ? print_partitions(pr) : print_values(pr, mode == 'u');
	blkid_free_probe(pr);
	close(fd);
	return ret;
}
