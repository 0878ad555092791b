# The files for mkinitcpio: a hook, and a piece of configuration that adds it to HOOKS. For
# install.mk.

MKINITCPIO_DIR ?= /usr/lib/initcpio

mkinitcpio_OWN := passthru
mkinitcpio_FILES := \
	mkinitcpio/install/passthru:install/passthru \
	mkinitcpio/hooks/passthru:hooks/passthru \
	mkinitcpio/passthru.conf:/etc/mkinitcpio.conf.d/passthru.conf \
	early/initramfs/passthru-early.service:$(mkinitcpio_OWN)/passthru-early.service \
	early/initramfs/passthru-late.service:$(mkinitcpio_OWN)/passthru-late.service \
	early/initramfs/run-early.sh:$(mkinitcpio_OWN)/passthru-early.sh \
	early/initramfs/run-late.sh:$(mkinitcpio_OWN)/passthru-late.sh \
	early/initramfs/functions.sh:$(mkinitcpio_OWN)/functions.sh
mkinitcpio_DIR = $(MKINITCPIO_DIR)
mkinitcpio_IS_HERE = $(wildcard $(MKINITCPIO_DIR)/functions)
mkinitcpio_REBUILD := mkinitcpio -P
