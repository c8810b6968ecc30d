# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "The Home Assistant Intent Language parser"
DESCRIPTION = "The Home Assistant Intent Language parser: the Python package hassil, as its authors built it"
HOMEPAGE = "https://github.com/OHF-Voice/hassil"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://hassil-3.12.1.dist-info/licenses/LICENSE.md;md5=86d3f3a95c324c9479bd8986968f4327"

WHEEL = "hassil-3.12.1-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "d12553cccf2548a86cfedd28c8f3171690f5e8c064470c2b66170cc5848ecdef"

inherit wheel

CVE_PRODUCT = "hassil"
