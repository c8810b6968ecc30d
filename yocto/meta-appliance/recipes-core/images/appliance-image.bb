SUMMARY = "The voice appliance's image"
DESCRIPTION = "Read-only root for one of two slots, and a disk with both, boot state and an empty data partition"
LICENSE = "Apache-2.0"

inherit core-image appliance_overlay sealed_slot

IMAGE_FEATURES = "read-only-rootfs"
IMAGE_INSTALL = "packagegroup-core-boot packagegroup-appliance kernel-image"
IMAGE_LINGUAS = ""
# RAUC confirms a slot by itself with this; ours is confirmed by the service's health.
BAD_RECOMMENDATIONS += "rauc-mark-good udev-hwdb"

IMAGE_FSTYPES = "ext4.sealed wic wic.bmap"
# nooelint: oelint.vars.specific - an override of image types
EXTRA_IMAGECMD:ext4 = "-i 8192 -b 4096 -O ^has_journal"
# 900 MB without models: more fails the build. In KiB.
IMAGE_ROOTFS_MAXSIZE = "${@'' if d.getVar('APPLIANCE_MODELS') else '878906'}"
IMAGE_OVERHEAD_FACTOR = "1.05"
IMAGE_ROOTFS_EXTRA_SPACE = "8192"

WKS_FILE = "appliance-${MACHINE}.wks.in"
IMAGE_BOOT_FILES = "boot.scr"
do_image_wic[depends] += "appliance-boot-script:do_deploy"
