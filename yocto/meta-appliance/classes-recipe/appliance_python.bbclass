# The appliance's Python lives under a prefix of its own, laid out as a virtual environment: its
# packages (`audio` and `states` among them) are seen by nothing else in the image.
inherit python3-dir python3native

APPLIANCE_HOME = "${nonarch_libdir}/voice-appliance"
APPLIANCE_SITE = "${APPLIANCE_HOME}/lib/${PYTHON_DIR}/site-packages"

INHIBIT_DEFAULT_DEPS ?= "1"

# The root is read-only: what isn't compiled now is compiled at every start.
appliance_compile_python() {
    nativepython3 -m compileall -q -j 1 -s ${D} -p / --invalidation-mode unchecked-hash ${D}${APPLIANCE_SITE}
}
do_install[postfuncs] += "appliance_compile_python"

FILES:${PN} += "${APPLIANCE_HOME}"
