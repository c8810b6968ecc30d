# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "A pure-python PDF library capable of splitting, merging, cropping, and..."
DESCRIPTION = "A pure-python PDF library capable of splitting, merging, cropping, and transforming PDF files: the Python package pypdf, as its authors built it"
HOMEPAGE = "https://github.com/py-pdf/pypdf/issues"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://pypdf-7.1.0.dist-info/licenses/LICENSE;md5=15692a75ec5daafc92ff9e5505a17cc5"

WHEEL = "pypdf-7.1.0-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "47cca6b24bdcf4c4d65b5f7b8b972535c61710a061261e737688777cfd9a7bfb"

inherit wheel

CVE_PRODUCT = "pypdf"
