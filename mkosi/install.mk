# The files for mkosi-initrd: a piece of configuration for each image that it builds for this machine.
# For install.mk. The files name the directory.

mkosi_OWN := passthru
mkosi_FILES := \
	mkosi/passthru.conf:mkosi.conf.d/passthru.conf \
	mkosi/passthru-configuration.conf:mkosi.conf.d/passthru-configuration.conf \
	mkosi/passthru-crypttab.conf:mkosi.conf.d/passthru-crypttab.conf \
	mkosi/passthru-fstab.conf:mkosi.conf.d/passthru-fstab.conf \
	mkosi/passthru-program.conf:mkosi.conf.d/passthru-program.conf \
	mkosi/postinst:$(mkosi_OWN)/postinst \
	early/initramfs/passthru-early.service:$(mkosi_OWN)/passthru-early.service \
	early/initramfs/passthru-late.service:$(mkosi_OWN)/passthru-late.service \
	early/initramfs/run-early.sh:$(mkosi_OWN)/run-early.sh \
	early/initramfs/run-late.sh:$(mkosi_OWN)/run-late.sh \
	early/initramfs/functions.sh:$(mkosi_OWN)/functions.sh
mkosi_DIR := /usr/lib/mkosi-initrd
mkosi_IS_HERE = $(wildcard /usr/bin/mkosi-initrd)
mkosi_REBUILD := what builds your images with mkosi-initrd, such as kernel-install add-all
