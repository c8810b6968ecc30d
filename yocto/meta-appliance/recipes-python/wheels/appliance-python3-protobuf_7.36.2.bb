# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "protobuf"
DESCRIPTION = "protobuf: the Python package protobuf, as its authors built it"
HOMEPAGE = "https://developers.google.com/protocol-buffers/"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://protobuf-7.36.2.dist-info/LICENSE;md5=37b5762e07f0af8c74ce80a8bda4266b"

WHEEL = "protobuf-7.36.2-cp310-abi3-manylinux2014_aarch64.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "e11e1f0180583a2af89db6a2ecd9e8dc40aa6d2988ca175bfd0e6d12ea72d74e"

inherit wheel

CVE_PRODUCT = "protobuf"
