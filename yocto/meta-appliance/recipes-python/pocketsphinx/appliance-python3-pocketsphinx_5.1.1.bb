SUMMARY = "PocketSphinx for Python, with its English model"
DESCRIPTION = "Recognition of the bundled profile. Compiled: its authors publish no wheel for Python 3.12"
HOMEPAGE = "https://github.com/cmusphinx/pocketsphinx"
SECTION = "devel/python"
LICENSE = "BSD-2-Clause"
LIC_FILES_CHKSUM = "file://LICENSE;md5=c4d720cdc9c6953091f65e8b01524bb4"

DEPENDS += "python3 python3-cython-native"
SRC_URI = "https://wheels.invalid/pocketsphinx-${PV}.tar.gz"
SRC_URI[sha256sum] = "675778b309a22dfc9b7d37f7621976bba491d2a5f8c59696bd77fd6d07271355"
S = "${WORKDIR}/pocketsphinx-${PV}"

INHIBIT_DEFAULT_DEPS = ""

inherit cmake python3targetconfig appliance_python

# What its own build (scikit-build-core) asks of CMake.
EXTRA_OECMAKE = "-DSKBUILD=ON -DCMAKE_INSTALL_PREFIX=${APPLIANCE_SITE} \
    -DPython_EXECUTABLE=${STAGING_BINDIR_NATIVE}/python3-native/python3 \
    -DPython_INCLUDE_DIR=${STAGING_INCDIR}/${PYTHON_DIR}${PYTHON_ABI}"

do_install:append() {
    install -m 0644 ${S}/cython/pocketsphinx/*.py ${D}${APPLIANCE_SITE}/pocketsphinx/
}

RDEPENDS:${PN} += "python3-core"
