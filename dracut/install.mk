# The files for dracut: a module. For install.mk.

DRACUT_DIR ?= /usr/lib/dracut

dracut_OWN := modules.d/50passthru
dracut_FILES := \
	dracut/50passthru/module-setup.sh:$(dracut_OWN)/module-setup.sh \
	dracut/50passthru/addon-initrd:$(dracut_OWN)/addon-initrd \
	early/initramfs/passthru-early.service:$(dracut_OWN)/passthru-early.service \
	early/initramfs/passthru-late.service:$(dracut_OWN)/passthru-late.service \
	early/initramfs/run-early.sh:$(dracut_OWN)/passthru-early.sh \
	early/initramfs/run-late.sh:$(dracut_OWN)/passthru-late.sh \
	early/initramfs/functions.sh:$(dracut_OWN)/functions.sh
dracut_DIR = $(DRACUT_DIR)
dracut_IS_HERE = $(wildcard $(DRACUT_DIR)/modules.d)
dracut_REBUILD := dracut --force --regenerate-all
