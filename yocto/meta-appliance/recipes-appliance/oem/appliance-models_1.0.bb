SUMMARY = "The product's models"
DESCRIPTION = "Models of a profile that needs more than the Python packages carry, out of a folder of the product's owner"
HOMEPAGE = "https://appliance.invalid"
SECTION = "misc"
LICENSE = "Appliance-Models"
LICENSE_FLAGS = "commercial"
NO_GENERIC_LICENSE[Appliance-Models] = "LICENSE"
LIC_FILES_CHKSUM = "file://LICENSE;md5=${APPLIANCE_MODELS_LICENSE_MD5}"
APPLIANCE_MODELS_LICENSE_MD5 ?= "not-read"

# Nothing is fetched: the files lie in a folder of the owner.
SRC_URI = ""

inherit allarch oem_files

OEM_VARIABLE = "APPLIANCE_MODELS"
OEM_TARGET = "${datadir}/voice-appliance"
