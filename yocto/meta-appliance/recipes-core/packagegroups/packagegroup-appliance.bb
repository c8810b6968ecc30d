SUMMARY = "Everything in the appliance's image beyond what boots it"
DESCRIPTION = "The service, what its units call, and what the owner of the product brings"
SECTION = "base"
LICENSE = "Apache-2.0"

inherit packagegroup

PACKAGE_ARCH = "${MACHINE_ARCH}"

# What rootfs-overlay's units and rules call: see "What the builder brings" in docs/image.md.
RDEPENDS:${PN} = "\
    alsa-utils-alsactl \
    alsa-utils-amixer \
    e2fsprogs-e2fsck \
    e2fsprogs-mke2fs \
    e2fsprogs-resize2fs \
    iproute2-ip \
    libubootenv-bin \
    nftables \
    rauc \
    rauc-service \
    util-linux-nologin \
    voice-appliance \
    ${APPLIANCE_OWN_FILES} \
"

# The owner's files, each only where its folder is named.
APPLIANCE_OWN_FILES = "\
    ${@'appliance-models' if d.getVar('APPLIANCE_MODELS') else ''} \
    ${@'appliance-packs' if d.getVar('APPLIANCE_PACKS') else ''} \
    ${@'rockchip-npu-runtime' if d.getVar('APPLIANCE_PROFILE') == 'rk3576' else ''} \
"
