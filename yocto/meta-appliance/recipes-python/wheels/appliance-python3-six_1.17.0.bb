# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Python 2 and 3 compatibility utilities"
DESCRIPTION = "Python 2 and 3 compatibility utilities: the Python package six, as its authors built it"
HOMEPAGE = "https://github.com/benjaminp/six"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://six-1.17.0.dist-info/LICENSE;md5=e50fab7e9501f3dfc920eafeb24b46ea"

WHEEL = "six-1.17.0-py2.py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274"

inherit wheel

CVE_PRODUCT = "six"
