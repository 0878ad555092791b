/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "base/base.h"
#include "pci/internal.h"

/* include/linux/ioport.h: the BAR has no addresses. */
#define IORESOURCE_DISABLED 0x10000000
#define IORESOURCE_UNSET    0x20000000

bool bar_read_hex(struct text_cursor *cursor, uint64_t *ret)
{
	uint32_t part;
	const char *start = cursor->at;

	for (*ret = 0; cursor->at < cursor->end; *ret = *ret << 4 | part)
		if (cursor->at - start >= 16 || text_read_hex(cursor, 1, &part) < 0)
			break;
	return cursor->at > start;
}

/* A line "0x00000000c0000000 0x00000000c0ffffff 0x0000000000042208": start, end, flags.
 */
bool bar_read_line(struct text_cursor *cursor, struct bar *ret)
{
	return text_skip_word(cursor, "0x") && bar_read_hex(cursor, &ret->start) &&
	       text_skip_word(cursor, " 0x") && bar_read_hex(cursor, &ret->end) &&
	       text_skip_word(cursor, " 0x") && bar_read_hex(cursor, &ret->flags) &&
	       text_skip(cursor, '\n');
}

int pci_read_bars(int bus_fd, const struct pci_address *address,
		  uint64_t ret[static PCI_BARS])
{
	char path[DEVICE_PATH_SIZE], text[1024];
	ssize_t length;
	struct text_cursor cursor;
	struct bar bar;

	pci_device_path(path, address, "resource");
	length = sysfs_read_bytes(bus_fd, path, text, sizeof(text));
	if (length < 0)
		return (int)length;
	cursor = (struct text_cursor){ text, text + length };
	for (unsigned i = 0; i < PCI_BARS; i++) {
		if (!bar_read_line(&cursor, &bar))
			return -EIO;
		ret[i] = bar.end > bar.start && !(bar.flags & (IORESOURCE_DISABLED |
							       IORESOURCE_UNSET))
				 ? bar.end - bar.start + 1
				 : 0;
	}
	return 0;
}
