# Installs one wheel, checked by its SHA-256, under the appliance's own prefix.
#
# The recipes that inherit it are written by yocto/wheels.py. One for each wheel, so that licences,
# bill of materials and CVE check know every package by its name and version.
inherit appliance_python

WHEEL ?= ""
WHEEL[doc] = "File name of the wheel"

SECTION = "devel/python"
DEPENDS += "python3-installer-native"
S = "${WORKDIR}/wheel"
COMPATIBLE_HOST = "aarch64.*-linux"

RDEPENDS:${PN} += "python3-core"

python do_unpack:append() {
    import zipfile
    target = d.getVar("S")
    bb.utils.remove(target, recurse=True)
    zipfile.ZipFile(d.expand("${WORKDIR}/${WHEEL}")).extractall(target)
}

do_configure[noexec] = "1"
do_compile[noexec] = "1"

# Checks every file against the wheel's own record. Its scripts aren't wanted: the service has one.
do_install() {
    nativepython3 -m installer --no-compile-bytecode --destdir=${D} --prefix=${APPLIANCE_HOME} ${WORKDIR}/${WHEEL}
    rm -rf ${D}${APPLIANCE_HOME}/bin
}

# The libraries inside were built, stripped and bound to each other by the wheel's authors.
INHIBIT_PACKAGE_STRIP = "1"
INHIBIT_PACKAGE_DEBUG_SPLIT = "1"
INHIBIT_SYSROOT_STRIP = "1"
EXCLUDE_FROM_SHLIBS = "1"
SKIP_FILEDEPS = "1"
# nooelint: oelint.vars.insaneskip - what a wheel holds is as its authors built it
INSANE_SKIP:${PN} += "already-stripped ldflags libdir arch staticdev textrel"
