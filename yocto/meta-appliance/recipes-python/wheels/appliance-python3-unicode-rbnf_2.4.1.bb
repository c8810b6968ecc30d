# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Rule-based number formatting using Unicode CLDR data"
DESCRIPTION = "Rule-based number formatting using Unicode CLDR data: the Python package unicode-rbnf, as its authors built it"
HOMEPAGE = "https://github.com/rhasspy/unicode-rbnf"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://unicode_rbnf-2.4.1.dist-info/licenses/LICENSE.md;md5=2aa2bed6f8750823223a2c11d7bc90c5"

WHEEL = "unicode_rbnf-2.4.1-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "545a10c40316b49a6f14a1470e51a217c75438569c352abdbc5da11fef273498"

inherit wheel

CVE_PRODUCT = "unicode-rbnf"
