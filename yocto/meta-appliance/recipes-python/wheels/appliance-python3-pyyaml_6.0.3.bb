# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "YAML parser and emitter for Python"
DESCRIPTION = "YAML parser and emitter for Python: the Python package pyyaml, as its authors built it"
HOMEPAGE = "https://pyyaml.org/"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://pyyaml-6.0.3.dist-info/licenses/LICENSE;md5=6d8242660a8371add5fe547adf083079"

WHEEL = "pyyaml-6.0.3-cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "9149cad251584d5fb4981be1ecde53a1ca46c891a79788c0df828d2f166bda28"

inherit wheel

CVE_PRODUCT = "pyyaml"
