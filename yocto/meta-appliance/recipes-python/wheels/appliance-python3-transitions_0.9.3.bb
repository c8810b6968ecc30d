# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "A lightweight, object-oriented Python state machine implementation with..."
DESCRIPTION = "A lightweight, object-oriented Python state machine implementation with many extensions: the Python package transitions, as its authors built it"
HOMEPAGE = "http://github.com/pytransitions/transitions"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://transitions-0.9.3.dist-info/licenses/LICENSE;md5=de0a0876a688a4483bfafa764773ab39"

WHEEL = "transitions-0.9.3-py2.py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "02463248f2b668d86f66636b1e3c9e8de84d93e22915247f4e1aa9ee1cae28aa"

inherit wheel

CVE_PRODUCT = "transitions"
