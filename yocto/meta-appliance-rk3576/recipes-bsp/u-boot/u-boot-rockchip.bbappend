FILESEXTRAPATHS:prepend:appliance-rk3576 := "${THISDIR}/files:"

SRC_URI:append:appliance-rk3576 = " file://appliance.cfg"
