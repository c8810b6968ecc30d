SUMMARY = "Signed update of the voice appliance"
DESCRIPTION = "A RAUC bundle in verity format with the root of appliance-image"
HOMEPAGE = "https://appliance.invalid"
SECTION = "base"
LICENSE = "Apache-2.0"
# Only an image of this build.
SRC_URI = ""

inherit bundle

RAUC_BUNDLE_COMPATIBLE = "voice-appliance-${APPLIANCE_BOARD}"
RAUC_BUNDLE_VERSION = "${DISTRO_VERSION}"
RAUC_BUNDLE_DESCRIPTION = "Voice appliance ${DISTRO_VERSION} for ${MACHINE}"
RAUC_BUNDLE_FORMAT = "verity"
RAUC_BUNDLE_SLOTS = "rootfs"
RAUC_SLOT_rootfs = "appliance-image"
RAUC_SLOT_rootfs[fstype] = "ext4.sealed"
# RAUC goes by a name's end; this one means: as it is.
RAUC_SLOT_rootfs[rename] = "rootfs.img"
RAUC_KEY_FILE ?= "${APPLIANCE_KEYS}/bundle.key.pem"
RAUC_CERT_FILE ?= "${APPLIANCE_KEYS}/bundle.cert.pem"

do_bundle:prepend() {
    for key in "${RAUC_KEY_FILE}" "${RAUC_CERT_FILE}"; do
        [ -f "$key" ] || bbfatal "an update is signed; there is no $key; make keys as docs/oem-guide.md says and set APPLIANCE_KEYS"
    done
}
