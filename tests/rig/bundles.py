"""Signed updates of a slot's image, and such as a machine must refuse or take back."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.rig import root

MANIFEST = """[update]
compatible=voice-appliance-{board}
version={version}

[bundle]
format=verity

[image.rootfs]
filename=rootfs.ext4
"""


def make(
    bundle: Path, slot: Path, keys: Path, version: str = "1.1.0", board: str = root.BOARD
) -> Path:
    """A bundle in RAUC's verity format, signed by the keys of a folder."""
    bundle.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=bundle.parent) as name:
        content = Path(name)
        (content / "manifest.raucm").write_text(MANIFEST.format(board=board, version=version))
        command = ["cp", "--sparse=always", "--reflink=auto", slot, content / "rootfs.ext4"]
        subprocess.run(command, check=True)
        signing = [f"--cert={keys}/bundle.cert.pem", f"--key={keys}/bundle.key.pem"]
        quick = "--mksquashfs-args=-comp zstd -Xcompression-level 1"
        command = ["rauc", "bundle", *signing, quick, str(content), str(bundle)]
        subprocess.run(command, check=True, capture_output=True)
    return bundle


def changed(slot: Path, target: Path, *orders: str) -> Path:
    """A copy of a slot's image with changes, in the words of debugfs(8)."""
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", slot, target], check=True)
    for order in orders:
        subprocess.run(["debugfs", "-w", "-R", order, target], check=True, capture_output=True)
    return target


def without_kernel(slot: Path, target: Path) -> Path:
    """The boot loader finds nothing to start."""
    return changed(slot, target, "rm /boot/Image")


def with_a_broken_service(slot: Path, target: Path) -> Path:
    """The service ends as soon as it is started."""
    return changed(slot, target, "rm /usr/share/voice-appliance/knowledge.pack")


def flipped(bundle: Path, target: Path) -> Path:
    """One bit in the middle is another."""
    shutil.copyfile(bundle, target)
    with target.open("r+b") as file:
        file.seek(bundle.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))
    return target


def truncated(bundle: Path, target: Path) -> Path:
    """Cut in half."""
    shutil.copyfile(bundle, target)
    with target.open("r+b") as file:
        file.truncate(bundle.stat().st_size // 2)
    return target
