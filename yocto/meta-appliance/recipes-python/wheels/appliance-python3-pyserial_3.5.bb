# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Python Serial Port Extension"
DESCRIPTION = "Python Serial Port Extension: the Python package pyserial, as its authors built it"
HOMEPAGE = "https://github.com/pyserial/pyserial"
LICENSE = "BSD-3-Clause"
LIC_FILES_CHKSUM = "file://pyserial-3.5.dist-info/METADATA;md5=f482355c0181b4ddd2a17864fb040cd0"

WHEEL = "pyserial-3.5-py2.py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "c4451db6ba391ca6ca299fb3ec7bae67a5c55dde170964c7a14ceefec02f2cf0"

inherit wheel

CVE_PRODUCT = "pyserial"
