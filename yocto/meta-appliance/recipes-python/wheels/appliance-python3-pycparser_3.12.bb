# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "C parser in Python"
DESCRIPTION = "C parser in Python: the Python package pycparser, as its authors built it"
HOMEPAGE = "https://github.com/eliben/pycparser"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://pycparser-3.12.dist-info/licenses/LICENSE;md5=c453675224ee9a35b46135214d26c055"

WHEEL = "pycparser-3.12-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "a076f3f489b39b43ed13563a1dafe42447445bec2e294154ec5c57fcdda4c85e"

inherit wheel

CVE_PRODUCT = "pycparser"
