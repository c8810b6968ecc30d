# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Render rich text, tables, progress bars, syntax highlighting, markdown and..."
DESCRIPTION = "Render rich text, tables, progress bars, syntax highlighting, markdown and more to the terminal: the Python package rich, as its authors built it"
HOMEPAGE = "https://rich.readthedocs.io/en/latest/"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://rich-15.0.0.dist-info/licenses/LICENSE;md5=b5f0b94fbc94f5ad9ae4efcf8a778303"

WHEEL = "rich-15.0.0-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "33bd4ef74232fb73fe9279a257718407f169c09b78a87ad3d296f548e27de0bb"

inherit wheel

CVE_PRODUCT = "rich"
