# Lays rootfs-overlay/ over the finished root, by the same script as the QEMU rig does. Not a
# package: it replaces files of other packages (fstab, hostname, links that mask units).

def appliance_overlay_files(d):
    """What makes a new root necessary; links aside, which BitBake can't read as they lead nowhere here."""
    import os
    top = os.path.join(d.getVar("APPLIANCE_SOURCE"), "rootfs-overlay")
    paths = [d.getVar("APPLIANCE_BOARD_SETTINGS")]
    paths += sorted(os.path.join(folder, name) for folder, _, names in os.walk(top) for name in names)
    return " ".join(f"{path}:True" for path in paths if not os.path.islink(path))

do_rootfs[file-checksums] += "${@appliance_overlay_files(d)}"
do_rootfs[prefuncs] += "appliance_check_keys"
ROOTFS_POSTPROCESS_COMMAND:append = " appliance_lay_overlay"

appliance_check_keys() {
    for key in ca.cert.pem service.pub.pem; do
        [ -f "${APPLIANCE_KEYS}/$key" ] || bbfatal "the image needs $key, to check updates and technicians by; \
the folder APPLIANCE_KEYS (\"${APPLIANCE_KEYS}\") has none; make keys as docs/oem-guide.md says and set it"
    done
}

appliance_lay_overlay() {
    sh ${APPLIANCE_SOURCE}/rootfs-overlay/install.sh --board ${APPLIANCE_BOARD} --profile ${APPLIANCE_PROFILE} \
        --settings ${APPLIANCE_BOARD_SETTINGS} ${IMAGE_ROOTFS}
    install -m 0644 ${APPLIANCE_KEYS}/ca.cert.pem ${IMAGE_ROOTFS}${sysconfdir}/rauc/
    install -m 0644 ${APPLIANCE_KEYS}/service.pub.pem ${IMAGE_ROOTFS}${sysconfdir}/appliance/
    # Without it knowledge packs come with the system only.
    [ ! -f ${APPLIANCE_KEYS}/pack.pub.pem ] || install -m 0644 ${APPLIANCE_KEYS}/pack.pub.pem ${IMAGE_ROOTFS}${sysconfdir}/appliance/
}
