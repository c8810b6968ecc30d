FILESEXTRAPATHS:prepend:appliance := "${THISDIR}/files:"

SRC_URI:append:appliance = " file://appliance.cfg"
SRC_URI:append:appliance:qemuarm64 = " file://appliance-qemuarm64.cfg"
