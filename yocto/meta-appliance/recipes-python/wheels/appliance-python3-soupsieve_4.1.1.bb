# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "A modern CSS selector implementation for Beautiful Soup"
DESCRIPTION = "A modern CSS selector implementation for Beautiful Soup: the Python package soupsieve, as its authors built it"
HOMEPAGE = "https://github.com/facelessuser/soupsieve"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://soupsieve-4.1.1.dist-info/licenses/LICENSE.md;md5=74851a2f1e5c07496dcb452af6a6bf54"

WHEEL = "soupsieve-4.1.1-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "8ff3422dab0b720fb667ee79864d80531a0e57994a13eb701697719ffcb751f6"

inherit wheel

CVE_PRODUCT = "soupsieve"
