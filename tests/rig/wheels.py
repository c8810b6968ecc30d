"""The service under its private prefix, with the wheels of the locks, as Yocto's recipes do."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements-dev.lock"
HOME = Path("usr/lib/voice-appliance")
COMMAND = ROOT / "yocto/meta-appliance/recipes-appliance/voice-appliance/files/appliance-command.py"
VERSION = "3.11"
"""Debian 12's Python, and this machine's."""
SITE = HOME / f"lib/python{VERSION}/site-packages"
OURS = ("appliance", "audio", "states")


def _yocto() -> ModuleType:
    spec = importlib.util.spec_from_file_location("yocto_wheels", ROOT / "yocto/wheels.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def locked() -> str:
    """The lines of the lock that the image needs: the same packages as Yocto's image has."""
    yocto = _yocto()
    names = set(yocto.wanted()) | {"pocketsphinx"}
    blocks = re.split(r"\n(?=\S)", LOCK.read_text())
    chosen = [block for block in blocks if yocto.normal(re.split(r"[=\s]", block)[0]) in names]
    return "\n".join(chosen) + "\n"


def fetch(root: Path, work: Path) -> None:
    """The wheels into their private place; nothing of them is run."""
    if sys.version_info[:2] != tuple(map(int, VERSION.split("."))):
        raise SystemExit(f"error: the rig is built by Python {VERSION}, as Debian 12 has it")
    site = root / SITE
    site.mkdir(parents=True)
    lock = work / "wheels.lock"
    lock.write_text(locked())
    glibc = [f"--platform=manylinux_2_{minor}_aarch64" for minor in (17, 24, 26, 27, 28, 31, 34)]
    abis = [f"--abi={abi}" for abi in (f"cp{VERSION.replace('.', '')}", "abi3", "none")]
    pip = [sys.executable, "-m", "pip"] if _has_pip() else ["python3", "-m", "pip"]
    options = ["-qq", "--disable-pip-version-check", "--no-warn-script-location", "--no-deps"]
    # Debian's Python is 3.11.2; soupsieve asks for 3.11.5, but runs.
    options += ["--ignore-requires-python", "--require-hashes", "--no-compile"]
    options += ["--only-binary=:all:", "--implementation=cp", f"--python-version={VERSION}"]
    subprocess.run(
        [
            *(*pip, "install", *options, *abis, *glibc, "--platform=manylinux2014_aarch64"),
            *(f"--target={site}", f"--requirement={lock}"),
        ],
        check=True,
    )
    shutil.rmtree(site / "bin", ignore_errors=True)
    for folder in (HOME, Path("usr/lib/python3.11"), Path("usr/lib/python3")):
        _compile(root, folder)


def install(root: Path) -> None:
    """The service itself, and what makes its folder a virtual environment."""
    for package in OURS:
        leave = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, root / SITE / package, ignore=leave)
        _compile(root, SITE / package)
    about = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    told = root / SITE / f"voice_appliance-{about['version']}.dist-info/METADATA"
    told.parent.mkdir()
    told.write_text(f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n")
    programs = root / HOME / "bin"
    programs.mkdir()
    (programs / "python3").symlink_to("/usr/bin/python3")
    settings = "home = /usr/bin\ninclude-system-site-packages = true\n"
    (root / HOME / "pyvenv.cfg").write_text(settings)
    command = programs / "appliance"
    command.write_text(f"#!/{HOME}/bin/python3\n{COMMAND.read_text()}")
    command.chmod(0o755)


def _has_pip() -> bool:
    return importlib.util.find_spec("pip") is not None


def _compile(root: Path, where: Path) -> None:
    """The root is read-only: what is not compiled now would be compiled at every start."""
    options = ["-q", "-j", "0", "-s", root, "-p", "/", "--invalidation-mode", "unchecked-hash"]
    # Some packages carry files for other versions of Python, which do not compile.
    subprocess.run([sys.executable, "-m", "compileall", *options, root / where], check=False)
