# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "The FlatBuffers serialization format for Python"
DESCRIPTION = "The FlatBuffers serialization format for Python: the Python package flatbuffers, as its authors built it"
HOMEPAGE = "https://google.github.io/flatbuffers/"
LICENSE = "Apache-2.0"
LIC_FILES_CHKSUM = "file://flatbuffers-25.12.19.dist-info/METADATA;md5=02ef3173de4bd73dbbd1be069a7421f3"

WHEEL = "flatbuffers-25.12.19-py2.py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "7634f50c427838bb021c2d66a3d1168e9d199b0607e6329399f04846d42e20b4"

inherit wheel

CVE_PRODUCT = "flatbuffers"
