"""Who signs, a real RAUC, and what they are checked with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.appliance.update import rauc


@dataclass(frozen=True)
class House:
    """A RAUC that trusts `maker`; the folder has what it keeps."""

    folder: Path
    address: str
    maker: rauc.Signer
    stranger: rauc.Signer
    bundles: dict[str, Path]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("rauc")
    maker, stranger = (rauc.signer(folder, name) for name in ("maker", "stranger"))
    right = maker.bundle(folder / "right.raucb", "1.2.0")
    bundles = {
        "right": right,
        "wrong-key": stranger.bundle(folder / "wrong-key.raucb", "1.2.0"),
        "wrong-board": maker.bundle(folder / "wrong-board.raucb", "1.2.0", "voice-appliance-other"),
        "older": maker.bundle(folder / "older.raucb", "1.0.9"),
        "no-number": maker.bundle(folder / "no-number.raucb", "tuesday"),
        "plain": maker.bundle(folder / "plain.raucb", "1.3.0", how="plain"),
    }
    bundles["flipped"] = rauc.flipped(right, folder / "flipped.raucb")
    bundles["half"] = rauc.halved(right, folder / "half.raucb")
    with rauc.bus(folder) as address, rauc.service(folder, address, maker.certificate):
        yield House(folder, address, maker, stranger, bundles)
