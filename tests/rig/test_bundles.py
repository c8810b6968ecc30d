"""What is handed to the machine as a bad update is one, by RAUC's own judgement."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from tests.rig import bundles
from tests.rig.root import BOARD, make_keys


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small slot, the owner's keys, and a stranger's."""
    folder = tmp_path_factory.mktemp("bundles")
    make_keys(folder / "keys")
    make_keys(folder / "stranger")
    (folder / "slot.ext4").write_bytes(random.Random(6).randbytes(1 << 20))
    bundles.make(folder / "good.raucb", folder / "slot.ext4", folder / "keys")
    return folder


def _told(bundle: Path, keys: Path) -> subprocess.CompletedProcess[str]:
    command = ["rauc", f"--keyring={keys}/ca.cert.pem", "info", str(bundle)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_a_good_bundle_is_taken(folder: Path) -> None:
    told = _told(folder / "good.raucb", folder / "keys")
    assert told.returncode == 0, told.stderr
    assert f"voice-appliance-{BOARD}" in told.stdout
    assert "verity" in told.stdout


def test_a_strangers_bundle_is_not(folder: Path) -> None:
    other = bundles.make(folder / "other.raucb", folder / "slot.ext4", folder / "stranger")
    assert _told(other, folder / "keys").returncode != 0


def test_half_a_bundle_is_not(folder: Path) -> None:
    half = bundles.truncated(folder / "good.raucb", folder / "half.raucb")
    assert _told(half, folder / "keys").returncode != 0


def test_another_boards_bundle_says_so(folder: Path) -> None:
    other = bundles.make(
        folder / "board.raucb", folder / "slot.ext4", folder / "keys", board="other"
    )
    assert "voice-appliance-other" in _told(other, folder / "keys").stdout


def test_a_flipped_bit_changes_one_byte(folder: Path) -> None:
    """The machine finds it when it reads there: a verity bundle is checked block by block."""
    good, bad = folder / "good.raucb", bundles.flipped(folder / "good.raucb", folder / "bad.raucb")
    pairs = zip(good.read_bytes(), bad.read_bytes(), strict=True)
    assert sum(a != b for a, b in pairs) == 1
