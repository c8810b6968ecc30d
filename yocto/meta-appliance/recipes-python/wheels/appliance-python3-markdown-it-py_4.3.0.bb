# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "Python port of markdown-it. Markdown parsing, done right!"
DESCRIPTION = "Python port of markdown-it. Markdown parsing, done right!: the Python package markdown-it-py, as its authors built it"
HOMEPAGE = "https://markdown-it-py.readthedocs.io"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://markdown_it_py-4.3.0.dist-info/licenses/LICENSE;md5=a38a1697260a7ad7bf29f44b362db1fc \
                    file://markdown_it_py-4.3.0.dist-info/licenses/LICENSE.markdown-it;md5=4323c95e1014fb58368f2d4c2b78064b"

WHEEL = "markdown_it_py-4.3.0-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "7aa1511a46c39138de78d9eba92ce47e63124d8003fc98b3a351909e04239efa"

inherit wheel

CVE_PRODUCT = "markdown-it-py"
