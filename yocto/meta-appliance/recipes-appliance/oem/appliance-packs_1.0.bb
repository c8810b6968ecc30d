SUMMARY = "The product's knowledge packs"
DESCRIPTION = "Documents that the appliance answers from, built by `appliance knowledge build`"
HOMEPAGE = "https://appliance.invalid"
SECTION = "misc"
LICENSE = "Appliance-Packs"
LICENSE_FLAGS = "commercial"
NO_GENERIC_LICENSE[Appliance-Packs] = "LICENSE"
LIC_FILES_CHKSUM = "file://LICENSE;md5=${APPLIANCE_PACKS_LICENSE_MD5}"
APPLIANCE_PACKS_LICENSE_MD5 ?= "not-read"

# Nothing is fetched: the files lie in a folder of the owner.
SRC_URI = ""

inherit allarch oem_files

OEM_VARIABLE = "APPLIANCE_PACKS"
OEM_TARGET = "${datadir}/voice-appliance"
OEM_NEEDED = "knowledge.pack"
