# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Acoustic echo cancellation"
DESCRIPTION = "Acoustic echo cancellation: the Python package pyaec, as its authors built it"
HOMEPAGE = "https://github.com/thewh1teagle/aec-rs"
LICENSE = "MIT & BSD-3-Clause"
LIC_FILES_CHKSUM = "file://pyaec-1.0.1.dist-info/METADATA;md5=8568692441c57a4c89c3b7d918a8f456"

WHEEL = "pyaec-1.0.1-py3-none-manylinux_2_28_aarch64.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "04ca37f176c057c0607bf72e1dee5bf65c6978e655ff528380364b7facaaa674"

inherit wheel

CVE_PRODUCT = "pyaec"
