"""The seal of a root slot: what it says is what the slot holds."""

from __future__ import annotations

import subprocess
import zlib
from pathlib import Path

import pytest

from tests.image.overlay import OVERLAY, tool

BLOCK, AT_MB = 4096, 2
SEAL = AT_MB << 20
BLOCKS = 300


def sealed(slot: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", OVERLAY / "seal-slot.sh", slot, str(AT_MB)],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": f"{Path(tool('veritysetup')).parent}:{Path(tool('mkenvimage')).parent}:/bin"},
    )


@pytest.fixture
def slot(tmp_path: Path) -> Path:
    path = tmp_path / "slot.img"
    path.write_bytes(b"".join(bytes([number % 251]) * BLOCK for number in range(BLOCKS)))
    assert sealed(path).returncode == 0
    return path


def told(slot: Path) -> dict[str, str]:
    """The seal, as U-Boot reads it: a CRC, then names and values."""
    found = slot.read_bytes()[SEAL : SEAL + BLOCK]
    assert int.from_bytes(found[:4], "little") == zlib.crc32(found[4:])
    lines = found[4:].split(b"\0\0")[0].decode().split("\0")
    return dict(line.split("=", 1) for line in lines)


def is_whole(slot: Path) -> bool:
    """Whether the tree of hashes below the seal's root agrees with every block."""
    seal = told(slot)
    sizes = ["--data-block-size=4096", "--hash-block-size=4096", "--hash=sha256", "--no-superblock"]
    where = [f"--data-blocks={seal['SEAL_BLOCKS']}", f"--hash-offset={SEAL + BLOCK}"]
    command = [tool("veritysetup"), "verify", *sizes, *where, f"--salt={seal['SEAL_SALT']}"]
    done = subprocess.run(
        [*command, slot, slot, seal["SEAL_ROOT"]], check=False, capture_output=True
    )
    return done.returncode == 0


def test_what_was_sealed_is_whole_until_a_byte_changes(slot: Path) -> None:
    assert is_whole(slot)
    with slot.open("r+b") as file:
        file.seek(123 * BLOCK + 45)
        file.write(b"\xff")
    assert not is_whole(slot)


def test_the_seal_says_what_the_kernel_asks(slot: Path) -> None:
    seal = told(slot)
    assert int(seal["SEAL_SECTORS"]) * 512 == int(seal["SEAL_BLOCKS"]) * BLOCK == BLOCKS * BLOCK
    assert int(seal["SEAL_TREE"]) * BLOCK == SEAL + BLOCK
    script = "yocto/meta-appliance/recipes-bsp/boot-script/files/boot.cmd"
    text = (OVERLAY.parent / script).read_text(encoding="utf-8")
    assert all(f"${{{name}}}" in text for name in seal)


def test_the_same_slot_gets_the_same_seal(slot: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.img"
    again.write_bytes(slot.read_bytes()[: BLOCKS * BLOCK])
    sealed(again)
    assert again.read_bytes() == slot.read_bytes()


@pytest.mark.parametrize(
    ("size", "why"), [(SEAL + BLOCK, "within it"), (BLOCK + 1, "no file system")]
)
def test_what_does_not_fit_is_left_alone(tmp_path: Path, size: int, why: str) -> None:
    path = tmp_path / "slot.img"
    path.write_bytes(bytes(size))
    done = sealed(path)
    assert done.returncode == 1
    assert why in done.stderr
    assert path.read_bytes() == bytes(size)
