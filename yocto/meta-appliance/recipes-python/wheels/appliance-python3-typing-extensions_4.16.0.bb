# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Backported and Experimental Type Hints for Python 3.9+"
DESCRIPTION = "Backported and Experimental Type Hints for Python 3.9+: the Python package typing-extensions, as its authors built it"
HOMEPAGE = "https://github.com/python/typing_extensions/issues"
LICENSE = "PSF-2.0"
LIC_FILES_CHKSUM = "file://typing_extensions-4.16.0.dist-info/licenses/LICENSE;md5=fcf6b249c2641540219a727f35d8d2c2"

WHEEL = "typing_extensions-4.16.0-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8"

inherit wheel

CVE_PRODUCT = "typing-extensions"
