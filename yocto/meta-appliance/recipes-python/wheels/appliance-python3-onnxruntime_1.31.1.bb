# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "ONNX Runtime is a runtime accelerator for Machine Learning models"
DESCRIPTION = "ONNX Runtime is a runtime accelerator for Machine Learning models: the Python package onnxruntime, as its authors built it"
HOMEPAGE = "https://onnxruntime.ai"
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://onnxruntime/LICENSE;md5=0f7e3b1308cb5c00b372a6e78835732d"

WHEEL = "onnxruntime-1.31.1-cp312-cp312-manylinux_2_28_aarch64.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "0b9a492176886992e0e875f06bc0367e333f5fff11711a2d642e18b02f3009cc"

inherit wheel

CVE_PRODUCT = "onnxruntime"
