# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "This package provides 36 stemmers for 34 languages generated from Snowball..."
DESCRIPTION = "This package provides 36 stemmers for 34 languages generated from Snowball algorithms: the Python package snowballstemmer, as its authors built it"
HOMEPAGE = "https://github.com/snowballstem/snowball"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://snowballstemmer-3.1.1.dist-info/licenses/COPYING;md5=07c3b61d971c3df6e19ce439cfe1fb8c"

WHEEL = "snowballstemmer-3.1.1-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "7e207fa178741da09cdee59d3ecec3827ad5f92b1fc5c9ff3755b639f71f5752"

inherit wheel

CVE_PRODUCT = "snowballstemmer"
