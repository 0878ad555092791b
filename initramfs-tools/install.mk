# The files for initramfs-tools. For install.mk.

INITRAMFS_TOOLS_DIR ?= /usr/share/initramfs-tools

initramfs-tools_FILES := \
	initramfs-tools/hooks/passthru:hooks/passthru \
	early/initramfs/run-early.sh:scripts/init-top/00-passthru \
	early/initramfs/run-late.sh:scripts/init-bottom/00-passthru \
	early/initramfs/functions.sh:passthru-functions
initramfs-tools_DIR = $(INITRAMFS_TOOLS_DIR)
initramfs-tools_IS_HERE = $(wildcard $(INITRAMFS_TOOLS_DIR)/hook-functions)
initramfs-tools_REBUILD := update-initramfs -u -k all
