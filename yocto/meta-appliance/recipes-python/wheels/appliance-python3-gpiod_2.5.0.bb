# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Python bindings for libgpiod"
DESCRIPTION = "Python bindings for libgpiod: the Python package gpiod, as its authors built it"
HOMEPAGE = "https://git.kernel.org/pub/scm/libs/libgpiod/libgpiod.git"
LICENSE = "LGPL-2.1-or-later"
LIC_FILES_CHKSUM = "file://gpiod-2.5.0.dist-info/licenses/LICENSE;md5=4b54a1fd55a448865a0b32d41598759d"

WHEEL = "gpiod-2.5.0-cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "514d6132654d3c7208d86974c65fab077b623e30ac02ce8224bfd5202c00785c"

inherit wheel

CVE_PRODUCT = "gpiod"
