# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Markdown URL utilities"
DESCRIPTION = "Markdown URL utilities: the Python package mdurl, as its authors built it"
HOMEPAGE = "https://github.com/executablebooks/mdurl"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://mdurl-0.1.2.dist-info/LICENSE;md5=aca1dc6b9088f1dda81c89cad2c77ad1"

WHEEL = "mdurl-0.1.2-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "84008a41e51615a49fc9966191ff91509e3c40b939176e643fd50a5c2196b8f8"

inherit wheel

CVE_PRODUCT = "mdurl"
