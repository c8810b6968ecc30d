"""Builds the rig's disk, or takes it from the cache: `python -m tests.rig.build`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.rig import debian, disk, kernel, root, wheels

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("RIG_CACHE") or ROOT / "build/rig")
YOCTO = (
    "yocto/wheels.py",
    "yocto/meta-appliance-rk3576/files",
    "yocto/meta-appliance/recipes-bsp/boot-script/files",
)
BUILDER = tuple(
    f"tests/rig/{name}.py" for name in ("build", "debian", "disk", "kernel", "root", "wheels")
)
INPUTS = (
    "appliance",
    "audio",
    "states",
    "rootfs-overlay",
    *BUILDER,
    "tests/rig/guest/init",
    *YOCTO,
)
TOOLS = [
    "apt-get",
    "dpkg-deb",
    "tar",
    "modprobe",
    "depmod",
    "mke2fs",
    "sfdisk",
    "mkimage",
    "mkenvimage",
    "readelf",
    "veritysetup",
    "mkfs.vfat",
    "mcopy",
    "openssl",
    "systemd-sysusers",
    "systemctl",
    "qemu-system-aarch64",
]


def digest_of(*paths: Path, extra: str = "") -> str:
    """Of what git would see below these paths: names, kinds and contents."""
    digest = hashlib.sha256(extra.encode())
    for top in paths:
        for path in sorted([top, *top.rglob("*")]):
            if "__pycache__" in path.parts or path.name.startswith("test_"):
                continue
            digest.update(f"{path.relative_to(ROOT)} {path.is_symlink()}".encode())
            if path.is_symlink():
                digest.update(bytes(path.readlink()))
            elif path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Stage:
    """Says what takes how long."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def done(self, what: str) -> None:
        now = time.monotonic()
        sys.stderr.write(f"rig: {what}, {now - self._since:.0f} s\n")
        self._since = now


def require_tools() -> None:
    """What is missing, with its remedy."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    os.environ["PATH"] = path
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise SystemExit(
            f"error: the rig needs {', '.join(missing)}; on Debian: ./dev rig installs it"
        )
    if os.geteuid() != 0:
        raise SystemExit(
            "error: files of the image belong to root; run it as root, or by `fakeroot`"
        )


def build() -> Path:
    """The folder with `disk.img`, `slot.ext4` and `keys/`; made unless it is there."""
    require_tools()
    made = CACHE / f"disk-{digest_of(*(ROOT / name for name in INPUTS), extra=wheels.locked())}"
    if (made / "disk.img").exists():
        return made
    CACHE.mkdir(parents=True, exist_ok=True)
    return _cached(made, partial(_disk, stage=Stage()))


def _cached(made: Path, make: Callable[[Path], None]) -> Path:
    """A folder, made unless it is there; what was there under another number is removed."""
    if not made.exists():
        kind = made.name.split("-")[0]
        for old in CACHE.glob(f"{kind}-*"):
            shutil.rmtree(old)
        work = CACHE / f"{kind}-unfinished"
        work.mkdir()
        make(work)
        work.rename(made)
    return made


def _disk(work: Path, stage: Stage) -> None:
    base, tree = _base(stage), work / "root"
    subprocess.run(["cp", "-a", "--reflink=auto", base / "root", tree], check=True)
    root.make_keys(work / "keys")
    root.service(tree, work / "keys")
    stage.done("service, pack and overlay")
    used = root.slot(tree, work / "slot.ext4", disk.SEAL_MB)
    shutil.rmtree(tree)
    (work / "size").write_text(f"{used}\n")
    disk.make(work / "disk.img", work / "slot.ext4")
    stage.done(f"disk; the root slot holds {used / 1e6:.0f} MB")


def _base(stage: Stage) -> Path:
    """What is not ours: made again only where a package, a wheel or what makes it has changed."""
    archive = debian.Archive(CACHE / "apt")
    archive.update()
    wanted = archive.resolve([*debian.BASE, *debian.NEEDED, debian.KERNEL, debian.BUSYBOX])
    stage.done(f"what Debian has: {len(wanted)} packages wanted")
    here = Path(__file__).parent
    sources = [
        here / name for name in ("debian.py", "kernel.py", "root.py", "wheels.py", "guest/init")
    ]
    digest = digest_of(*sources, extra=" ".join([*wanted, wheels.locked()]))

    def make(work: Path) -> None:
        tree = work / "root"
        tree.mkdir()
        root.packages(archive, tree)
        stage.done("packages")
        kernel.install(root.kernel_tree(archive, work), tree)
        shutil.rmtree(work / "kernel")
        stage.done("kernel")
        wheels.fetch(tree, work)
        stage.done("wheels")

    return _cached(CACHE / f"base-{digest}", make)


if __name__ == "__main__":
    sys.stdout.write(f"{build()}\n")
