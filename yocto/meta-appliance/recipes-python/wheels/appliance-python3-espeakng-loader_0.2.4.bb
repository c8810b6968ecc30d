# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "A Python package that provides shared library loader for eSpeak NG"
DESCRIPTION = "A Python package that provides shared library loader for eSpeak NG: the Python package espeakng-loader, as its authors built it"
HOMEPAGE = "https://github.com/thewh1teagle/espeakng-loader"
LICENSE = "GPL-3.0-or-later"
LIC_FILES_CHKSUM = "file://espeakng_loader-0.2.4.dist-info/METADATA;md5=492ef624eb593f6e1ef52e95e6fe83f7"

WHEEL = "espeakng_loader-0.2.4-py3-none-manylinux_2_28_aarch64.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "d1e798141b46a050cdb75fcf3c17db969bb2c40394f3f4a48910655d547508b9"

inherit wheel

CVE_PRODUCT = "espeak-ng"
