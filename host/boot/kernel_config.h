/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSTHRU_BOOT_KERNEL_CONFIG_H
#define PASSTHRU_BOOT_KERNEL_CONFIG_H

#include <stdbool.h>

/*
 * The configuration of an installed kernel: /boot/config-KERNEL,
 * lib/modules/KERNEL/config, or for the running kernel /proc/config.gz. The text, which
 * the caller frees, or NULL.
 */
char *kernel_config_read(int root_fd, const char *kernel);

/* The same of the running kernel. */
char *kernel_config_read_running(int root_fd);

/* Whether the option, such as "CONFIG_VFIO_PCI", is built in or a module. */
bool kernel_config_has(const char *config, const char *option);

#endif
