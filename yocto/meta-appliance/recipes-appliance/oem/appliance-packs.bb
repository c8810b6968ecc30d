SUMMARY = "The product's knowledge packs"
DESCRIPTION = "Documents that the appliance answers from, built by `appliance knowledge build`"
HOMEPAGE = "https://github.com/voice-appliance"
SECTION = "misc"
LICENSE = "Appliance-Packs"
LICENSE_FLAGS = "commercial"
NO_GENERIC_LICENSE[Appliance-Packs] = "LICENSE"
LIC_FILES_CHKSUM = "file://LICENSE;md5=${APPLIANCE_PACKS_LICENSE_MD5}"
APPLIANCE_PACKS_LICENSE_MD5 ?= "not-read"
PV = "1"

inherit allarch oem-files

OEM_VARIABLE = "APPLIANCE_PACKS"
OEM_TARGET = "${datadir}/voice-appliance"
OEM_NEEDED = "knowledge.pack"
