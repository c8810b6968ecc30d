SUMMARY = "The voice appliance's service"
DESCRIPTION = "Answers spoken questions from the owner's documents, entirely offline; built from this repository"
HOMEPAGE = "https://appliance.invalid"
SECTION = "multimedia"
LICENSE = "Apache-2.0 & GPL-3.0-or-later"
LIC_FILES_CHKSUM = "file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57 \
                    file://LICENSE.GPL-3.0;md5=1ebbd3e34237af26da5dc08a4e440464"

# nooelint: oelint.vars.fileextrapaths - the service lies outside the layer, in the same repository
FILESEXTRAPATHS:prepend := "${APPLIANCE_SOURCE}:"
SRC_URI = "file://LICENSE \
           file://LICENSE.GPL-3.0 \
           file://appliance \
           file://audio \
           file://docs \
           file://states \
           file://appliance-command.py"
S = "${WORKDIR}"

inherit appliance_python useradd

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -d ${D}${APPLIANCE_SITE} ${D}${APPLIANCE_HOME}/bin ${D}${bindir} ${D}${docdir}/voice-appliance
    cp -R --no-dereference --preserve=mode,links ${S}/appliance ${S}/audio ${S}/states ${D}${APPLIANCE_SITE}/
    find ${D}${APPLIANCE_SITE} -type d -name __pycache__ -prune -exec rm -r {} +
    # The program asks Python's metadata for its own version.
    install -d ${D}${APPLIANCE_SITE}/voice_appliance-${PV}.dist-info
    printf 'Metadata-Version: 2.1\nName: voice-appliance\nVersion: %s\n' ${PV} > ${D}${APPLIANCE_SITE}/voice_appliance-${PV}.dist-info/METADATA
    chown -R root:root ${D}${APPLIANCE_SITE}

    # What makes a folder a virtual environment: Python finds its packages beside the link.
    ln -s ${bindir}/python3 ${D}${APPLIANCE_HOME}/bin/python3
    printf 'home = %s\ninclude-system-site-packages = true\n' ${bindir} > ${D}${APPLIANCE_HOME}/pyvenv.cfg
    { echo "#!${APPLIANCE_HOME}/bin/python3"; cat ${S}/appliance-command.py; } > ${D}${APPLIANCE_HOME}/bin/appliance
    chmod 0755 ${D}${APPLIANCE_HOME}/bin/appliance
    ln -s ${APPLIANCE_HOME}/bin/appliance ${D}${bindir}/appliance
    install -m 0644 ${S}/docs/*.md ${D}${docdir}/voice-appliance/
}

FILES:${PN} += "${bindir}/appliance"

# The same numbers as rootfs-overlay's sysusers.d says, since files on the data partition outlive an image.
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system --gid 770 appliance; --system --gid 771 appliance-boot; \
    --system --gid 772 appliance-net; --system --gid 773 appliance-log"
USERADD_PARAM:${PN} = "\
    --system --uid 770 --gid appliance --home-dir ${localstatedir}/lib/appliance --no-create-home --shell ${base_sbindir}/nologin appliance; \
    --system --uid 771 --gid appliance-boot --home-dir / --no-create-home --shell ${base_sbindir}/nologin appliance-boot; \
    --system --uid 772 --gid appliance-net --home-dir / --no-create-home --shell ${base_sbindir}/nologin appliance-net; \
    --system --uid 773 --gid appliance-log --home-dir / --no-create-home --shell ${base_sbindir}/nologin appliance-log"

require recipes-python/wheels/wheels.inc
# PyAudio has no wheel for this machine; the system's own is found beside the appliance's packages.
RDEPENDS:${PN} += "${APPLIANCE_WHEEL_PACKAGES} appliance-python3-pocketsphinx python3-modules python3-pyaudio"
