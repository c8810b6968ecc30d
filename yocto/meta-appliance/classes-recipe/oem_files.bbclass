# Installs files that only the owner of the product may have: the vendor's libraries, models, packs.
#
# They lie in a folder with a SHA256SUMS (`sha256sum * > SHA256SUMS`) and a file LICENSE, whose MD5
# the owner sets, as a sign of having read it. Refused with cause and remedy where any of it is
# missing or another. Nothing is fetched.

OEM_VARIABLE ?= ""
OEM_VARIABLE[doc] = "Name of the variable that holds the folder"
OEM_NEEDED ?= ""
OEM_NEEDED[doc] = "Files that must be in the folder"
OEM_TARGET ?= ""
OEM_TARGET[doc] = "Folder in the image that gets all files but LICENSE and SHA256SUMS"

OEM_FOLDER = "${@d.getVar(d.getVar('OEM_VARIABLE')) or ''}"
S = "${WORKDIR}/files"
INHIBIT_DEFAULT_DEPS = "1"

python oem_files_check() {
    import hashlib
    import os
    folder, variable = d.getVar("OEM_FOLDER"), d.getVar("OEM_VARIABLE")

    def refuse(cause):
        bb.fatal(f"{d.getVar('PN')} can't be built; {cause}; see docs/oem-guide.md, \"Files that you bring\"")

    if not folder:
        refuse(f"{variable} is not set")
    sums = os.path.join(folder, "SHA256SUMS")
    if not os.path.exists(sums):
        refuse(f"{folder} ({variable}) has no SHA256SUMS")
    with open(sums, encoding="utf-8") as lines:
        known = dict(reversed(line.strip().replace("*", " ").split(None, 1)) for line in lines if line.strip())
    for name in ["LICENSE", *(d.getVar("OEM_NEEDED") or "").split()]:
        if name not in known:
            refuse(f"{sums} does not name {name}")
    for name, expected in known.items():
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            refuse(f"{path} is missing")
        with open(path, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != expected:
                refuse(f"{path} is not the file that SHA256SUMS names")
    d.setVar("OEM_NAMES", " ".join(known))
}

python do_unpack() {
    import os
    import shutil
    bb.build.exec_func("oem_files_check", d)
    for name in d.getVar("OEM_NAMES").split():
        target = os.path.join(d.getVar("S"), name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(os.path.join(d.getVar("OEM_FOLDER"), name), target)
}
do_unpack[cleandirs] = "${S}"
do_unpack[file-checksums] += "${OEM_FOLDER}/SHA256SUMS:${@os.path.exists(d.getVar('OEM_FOLDER') + '/SHA256SUMS')}"

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    install -d ${D}${OEM_TARGET}
    cp -R --no-dereference --preserve=mode,links ${S}/. ${D}${OEM_TARGET}/
    rm -f ${D}${OEM_TARGET}/LICENSE ${D}${OEM_TARGET}/SHA256SUMS
    chown -R root:root ${D}${OEM_TARGET}
    find ${D}${OEM_TARGET} -type f -exec chmod 0644 {} +
}
FILES:${PN} += "${OEM_TARGET}"
