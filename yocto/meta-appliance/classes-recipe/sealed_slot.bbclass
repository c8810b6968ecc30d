# `ext4.sealed`: the image of a root slot with the seal by which the kernel checks it, made by the same
# script as the QEMU rig's.

# Appended at the end: the class of image types comes later than this one.
CONVERSIONTYPES:append = " sealed"
CONVERSION_DEPENDS_sealed = "cryptsetup-native u-boot-tools-native"
CONVERSION_CMD:sealed = "cp --sparse=always ${IMAGE_NAME}.${type} ${IMAGE_NAME}.${type}.sealed && \
    sh ${APPLIANCE_SOURCE}/rootfs-overlay/seal-slot.sh ${IMAGE_NAME}.${type}.sealed ${APPLIANCE_SEAL_MB}"

# The disk's slots are filled with it.
IMAGE_TYPEDEP:wic = "ext4.sealed"
