SUMMARY = "U-Boot's script that chooses the slot, and its empty state"
DESCRIPTION = "Tries the slots in RAUC's order, three times each, and counts in a raw partition that Linux writes, too"
HOMEPAGE = "https://appliance.invalid"
SECTION = "bootloaders"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/Apache-2.0;md5=89aea4e17d99a7cacdbeed46a0096b10"

DEPENDS = "u-boot-tools-native"
SRC_URI = "file://boot.cmd file://bootstate.env"
S = "${WORKDIR}"

INHIBIT_DEFAULT_DEPS = "1"
PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit deploy nopackages

# Set by the machine: what U-Boot calls the disk, and what Linux needs to hear.
APPLIANCE_BOOT_DISK ?= "virtio 0"
APPLIANCE_BOOT_READ ?= "virtio"
APPLIANCE_BOOT_DTB ?= ""
# Only where the kernel needs one to reach its root: the rig in tests/rig, with Debian's.
APPLIANCE_BOOT_INITRD ?= ""
# QEMU's first UART; the service's console is the second.
APPLIANCE_BOOT_ARGS ?= "console=ttyAMA0"

do_configure[noexec] = "1"

do_compile() {
    sed -e 's,@DISK@,${APPLIANCE_BOOT_DISK},' -e 's,@READ@,${APPLIANCE_BOOT_READ},' \
        -e 's,@DTB@,${APPLIANCE_BOOT_DTB},' -e 's,@INITRD@,${APPLIANCE_BOOT_INITRD},' -e 's,@ARGS@,${APPLIANCE_BOOT_ARGS},' \
        -e 's,@SEAL@,${@hex(int(d.getVar("APPLIANCE_SEAL_MB")) * 2048)},' \
        -e 's,@BOOTSTATE@,${APPLIANCE_BOOTSTATE_PART},' -e 's,@SLOT_A@,${APPLIANCE_SLOT_A_PART},' \
        -e 's,@SLOT_B@,${APPLIANCE_SLOT_B_PART},' ${S}/boot.cmd > ${B}/boot.cmd.machine
    mkimage -A arm64 -T script -C none -n "voice appliance" -d ${B}/boot.cmd.machine ${B}/boot.scr
    mkenvimage -s 0x8000 -o ${B}/bootstate.bin ${S}/bootstate.env
}

do_deploy() {
    install -m 0644 ${B}/boot.scr ${B}/bootstate.bin ${DEPLOYDIR}/
}
addtask deploy after do_compile before do_build
