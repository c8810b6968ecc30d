# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Low-level, pure Python DBus protocol wrapper"
DESCRIPTION = "Low-level, pure Python DBus protocol wrapper: the Python package jeepney, as its authors built it"
HOMEPAGE = "https://jeepney.readthedocs.io/en/latest/"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://jeepney-0.9.0.dist-info/licenses/LICENSE;md5=aad69c93f605003e3342b174d9b0708c"

WHEEL = "jeepney-0.9.0-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "97e5714520c16fc0a45695e5365a2e11b81ea79bba796e26f9f1d178cb182683"

inherit wheel

CVE_PRODUCT = "jeepney"
