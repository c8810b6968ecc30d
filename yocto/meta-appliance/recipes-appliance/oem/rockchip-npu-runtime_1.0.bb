SUMMARY = "Rockchip's NPU libraries: librkllmrt, librknnrt and its Python binding"
DESCRIPTION = "The vendor's closed libraries, under the vendor's licence, out of a folder of the product's owner"
HOMEPAGE = "https://github.com/airockchip"
SECTION = "libs"
LICENSE = "Rockchip-NPU-Runtime"
LICENSE_FLAGS = "commercial"
NO_GENERIC_LICENSE[Rockchip-NPU-Runtime] = "LICENSE"
LIC_FILES_CHKSUM = "file://LICENSE;md5=${ROCKCHIP_LICENSE_MD5}"
ROCKCHIP_LICENSE_MD5 ?= "not-read"

# Nothing is fetched: the files lie in a folder of the owner.
SRC_URI = ""

COMPATIBLE_HOST = "aarch64.*-linux"

inherit appliance_python oem_files

OEM_VARIABLE = "APPLIANCE_NPU_RUNTIME"
OEM_NEEDED = "librkllmrt.so librknnrt.so rknn_toolkit_lite2.whl"
OEM_TARGET = "${libdir}"

do_install:append() {
    rm ${D}${libdir}/rknn_toolkit_lite2.whl
    install -d ${D}${APPLIANCE_SITE}
    nativepython3 -m zipfile -e ${S}/rknn_toolkit_lite2.whl ${D}${APPLIANCE_SITE}
}

# Libraries without a version in their name belong to the package itself, not to a -dev one.
SOLIBS = ".so"
FILES_SOLIBSDEV = ""
FILES:${PN} += "${libdir}"
INHIBIT_PACKAGE_STRIP = "1"
INHIBIT_PACKAGE_DEBUG_SPLIT = "1"
INHIBIT_SYSROOT_STRIP = "1"
SKIP_FILEDEPS = "1"
# nooelint: oelint.vars.insaneskip - as the vendor built it
INSANE_SKIP:${PN} += "already-stripped ldflags libdir"
# The last three: what the vendor's Python binding imports.
RDEPENDS:${PN} += "libgomp libstdc++ python3-core python3-psutil python3-ruamel-yaml python3-setuptools"
