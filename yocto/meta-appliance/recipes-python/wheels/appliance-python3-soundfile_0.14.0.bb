# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "An audio library based on libsndfile, CFFI and NumPy"
DESCRIPTION = "An audio library based on libsndfile, CFFI and NumPy: the Python package soundfile, as its authors built it"
HOMEPAGE = "https://github.com/bastibe/python-soundfile"
LICENSE = "BSD-3-Clause & LGPL-2.1-or-later"
LIC_FILES_CHKSUM = "file://soundfile-0.14.0.dist-info/LICENSE;md5=50c87fd45f9555bc1ffe01fe22be78d2"

WHEEL = "soundfile-0.14.0-py2.py3-none-manylinux_2_28_aarch64.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "e85724a90bc99a6e8062c0b4ddf725f53b2a3b70afd4da875e9d2cfc4e92f377"

inherit wheel

CVE_PRODUCT = "libsndfile"
