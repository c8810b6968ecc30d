# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Pygments is a syntax highlighting package written in Python"
DESCRIPTION = "Pygments is a syntax highlighting package written in Python: the Python package pygments, as its authors built it"
HOMEPAGE = "https://pygments.org"
LICENSE = "BSD-2-Clause"
LIC_FILES_CHKSUM = "file://pygments-2.21.0.dist-info/licenses/LICENSE;md5=36a13c90514e2899f1eba7f41c3ee592"

WHEEL = "pygments-2.21.0-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "2363c69b61c4a97c838da3b130dcd6468f4848992b21a82f2a63ec34377137d9"

inherit wheel

CVE_PRODUCT = "pygments"
