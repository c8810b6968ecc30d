# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "An open-source audio wake word (or phrase) detection framework with a focus..."
DESCRIPTION = "An open-source audio wake word (or phrase) detection framework with a focus on performance and simplicity: the Python package openwakeword, as its authors built it"
HOMEPAGE = "https://github.com/dscripka/openWakeWord"
LICENSE = "Apache-2.0 & CC-BY-NC-SA-4.0"
LIC_FILES_CHKSUM = "file://openwakeword-0.4.0.dist-info/LICENSE;md5=86d3f3a95c324c9479bd8986968f4327"

WHEEL = "openwakeword-0.4.0-py3-none-any.whl"
SRC_URI = "https://wheels.invalid/${WHEEL};unpack=0"
SRC_URI[sha256sum] = "2c353f49a35d384507403efde3db439353d8281a52d08a0e42a5b493e5145075"

inherit wheel

CVE_PRODUCT = "openwakeword"

# The pretrained phrases may not be sold: a release leaves them out, and brings its own.
APPLIANCE_EVALUATION ?= "1"
LICENSE_FLAGS = "${@'noncommercial' if d.getVar('APPLIANCE_EVALUATION') == '1' else ''}"

do_install:append() {
    if [ "${APPLIANCE_EVALUATION}" != "1" ]; then
        find ${D}${APPLIANCE_SITE}/openwakeword/resources/models -type f \
            ! -name 'melspectrogram*' ! -name 'embedding_model*' ! -name 'silero_vad*' -delete
    fi
}
