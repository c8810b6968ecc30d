# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Foreign Function Interface for Python calling C code"
DESCRIPTION = "Foreign Function Interface for Python calling C code: the Python package cffi, as its authors built it"
HOMEPAGE = "https://cffi.readthedocs.io/"
LICENSE = "MIT-0"
LIC_FILES_CHKSUM = "file://cffi-2.1.1.dist-info/licenses/LICENSE;md5=c0158ab9b75875f3bb7fea081d388818"

WHEEL = "cffi-2.1.1-cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "68e62fe11f30d5ca8289242866f0a5291402d8529ca2178ab8afc5c9694ae890"

inherit wheel

CVE_PRODUCT = "cffi"
