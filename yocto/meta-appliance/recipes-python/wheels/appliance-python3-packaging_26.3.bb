# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Core utilities for Python packages"
DESCRIPTION = "Core utilities for Python packages: the Python package packaging, as its authors built it"
HOMEPAGE = "https://packaging.pypa.io/"
LICENSE = "Apache-2.0 | BSD-2-Clause"
LIC_FILES_CHKSUM = "file://packaging-26.3.dist-info/licenses/LICENSE;md5=faadaedca9251a90b205c9167578ce91 \
                    file://packaging-26.3.dist-info/licenses/LICENSE.APACHE;md5=2ee41112a44fe7014dce33e26468ba93 \
                    file://packaging-26.3.dist-info/licenses/LICENSE.BSD;md5=7bef9bf4a8e4263634d0597e7ba100b8"

WHEEL = "packaging-26.3-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "d7193f7c8e4e93f444fde0262bf90af30e16fa0ad0ad44cb553c87339b23cd1c"

inherit wheel

CVE_PRODUCT = "packaging"
