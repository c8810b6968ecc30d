# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "High quality, one-dimensional sample-rate conversion library"
DESCRIPTION = "High quality, one-dimensional sample-rate conversion library: the Python package soxr, as its authors built it"
HOMEPAGE = "https://github.com/dofuuz/python-soxr"
LICENSE = "LGPL-2.1-or-later"
LIC_FILES_CHKSUM = "file://soxr-1.1.0.dist-info/licenses/COPYING.LGPL;md5=8c2e1ec1540fb3e0beb68361344cba7e \
                    file://soxr-1.1.0.dist-info/licenses/LICENSE-PFFFT.txt;md5=b8c040ccd2230f91d37c41c88126394c \
                    file://soxr-1.1.0.dist-info/licenses/LICENSE-libsoxr.txt;md5=1f6605fc6dfe53a780959dfef7061f77 \
                    file://soxr-1.1.0.dist-info/licenses/LICENSE.txt;md5=32fdc88be247c2e78bdc56b33bdc95f1"

WHEEL = "soxr-1.1.0-cp312-abi3-manylinux_2_26_aarch64.manylinux_2_28_aarch64.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "bf98c0d7b7d5ef5bf072fee8d3020e8b664f2d195933ea7bc5089267c2e22a06"

inherit wheel

CVE_PRODUCT = "libsoxr"
