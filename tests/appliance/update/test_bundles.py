"""Bundles, against a real RAUC: which are refused, why, and what an installation leaves behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.update import bundle
from appliance.update.bus import RaucOnBus, service_status
from appliance.update.check import Bench
from appliance.update.device import Device
from appliance.update.errors import RefusedError, UpdateError
from appliance.update.shelf import Shelf
from appliance.update.version import Version
from tests.appliance.update import rauc
from tests.appliance.update.conftest import House

T = TypeVar("T")
mounts = pytest.mark.skipif(os.geteuid() != 0, reason="RAUC mounts a bundle: for root only")
DEVICE = Device(rauc.BOARD, Version.parse("1.1.0"), "A")


def run(act: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(act)


def bench(house: House, folder: Path) -> Bench:
    shelf = Shelf(folder, None, DEVICE, lambda _pack: None)
    return Bench(DEVICE, RaucOnBus(house.address), shelf, lambda: None, folder / "incoming")


def test_a_right_one_is_told_of(house: House, tmp_path: Path) -> None:
    shares: list[float] = []
    verdict = run(
        bench(house, tmp_path).check(
            house.bundles["right"], lambda _what, share: shares.append(share)
        )
    )
    assert str(verdict.version) == "1.2.0"
    assert verdict.is_news
    assert "system 1.2.0 would replace version 1.1.0" in verdict.says
    assert shares == sorted(shares)


REFUSED = {
    "wrong-key": "UPD-SIGNATURE",
    "wrong-board": "UPD-BOARD",
    "older": "UPD-OLDER",
    "no-number": "UPD-VERSION",
    "flipped": "UPD-DAMAGED",
    "half": "UPD-CUT",
    "plain": "UPD-FORMAT",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_must_not_be_installed_is_refused_with_the_reason(
    house: House, tmp_path: Path, name: str
) -> None:
    with pytest.raises(RefusedError) as error:
        run(bench(house, tmp_path).check(house.bundles[name]))
    assert error.value.code == REFUSED[name]


def test_each_refusal_says_something_else(house: House, tmp_path: Path) -> None:
    said = set()
    for name in REFUSED:
        with pytest.raises(RefusedError) as error:
            run(bench(house, tmp_path).check(house.bundles[name]))
        said.add((error.value.cause, error.value.remedy))
    assert len(said) == len(REFUSED)


def test_rauc_itself_does_not_look_at_the_payload(house: House) -> None:
    """Why it is done here: else a flipped bit would be found in the midst of writing a slot."""
    offer = run(RaucOnBus(house.address).inspect(house.bundles["flipped"]))
    assert offer.version == "1.2.0"


@pytest.mark.parametrize("at", [0.001, 0.2, 0.7, 0.9])
def test_a_bit_flipped_anywhere_is_found(house: House, tmp_path: Path, at: float) -> None:
    file = rauc.flipped(house.bundles["right"], tmp_path / "flipped.raucb", at)
    with pytest.raises(RefusedError):
        run(bench(house, tmp_path).check(file))


def test_a_file_that_is_not_there(house: House, tmp_path: Path) -> None:
    with pytest.raises(UpdateError) as error:
        run(bench(house, tmp_path).check(tmp_path / "no.raucb"))
    assert error.value.code == "UPD-FILE"


@given(st.binary(max_size=300), st.integers(0, 200), st.integers(0, 2**64 - 1))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_hostile_file_is_refused_and_nothing_else(
    tmp_path: Path, noise: bytes, zeros: int, length: int
) -> None:
    file = tmp_path / "hostile.raucb"
    for tail in (length.to_bytes(8, "big"), len(noise).to_bytes(8, "big")):
        file.write_bytes(bundle.MAGIC + bytes(zeros) + noise + tail)
        with pytest.raises(RefusedError):
            bundle.layout(file)


@given(st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_broken_signature_block_is_refused_or_read(
    house: House, tmp_path: Path, data: st.DataObject
) -> None:
    """Of a real one with some bytes changed: never another error."""
    whole = bytearray(house.bundles["right"].read_bytes())
    begin = len(whole) - 8 - int.from_bytes(whole[-8:], "big")
    for _ in range(3):
        at = data.draw(st.integers(begin, begin + 450))
        whole[at] = data.draw(st.integers(0, 255))
    file = tmp_path / "changed.raucb"
    file.write_bytes(whole)
    with contextlib.suppress(RefusedError):
        bundle.verify_payload(bundle.layout(file))


@mounts
def test_an_installation_writes_the_other_slot_and_makes_it_the_next(house: House) -> None:
    """In plain format: the kernel of a test machine may lack what verity needs."""
    installer, steps = RaucOnBus(house.address), []
    run(installer.install(house.bundles["plain"], lambda what, share: steps.append((what, share))))
    system = run(installer.system())
    a, b = system.slots
    assert (a.bootname, a.booted, b.bootname, b.booted) == ("A", True, "B", False)
    assert (b.version, b.good, system.primary) == ("1.3.0", True, b.name)
    assert (system.operation, system.last_error) == ("idle", "")
    assert (house.folder / "slot-b").read_bytes()[:4096] != bytes(4096)
    assert (house.folder / "slot-a").read_bytes() == bytes(rauc.SLOT_BYTES)
    assert steps[-1][1] == 1.0


def test_a_stick_that_shows_something_else_at_a_second_look(house: House, tmp_path: Path) -> None:
    """Good when it is checked, an older one when it is installed."""
    file = tmp_path / "new.raucb"
    file.write_bytes(house.bundles["right"].read_bytes())
    works = bench(house, tmp_path)
    verdict = run(works.check(file))
    file.write_bytes(house.bundles["older"].read_bytes())
    before = (house.folder / "slot-b").read_bytes()
    with pytest.raises(RefusedError) as error:
        run(works.install(verdict))
    assert error.value.code == "UPD-OLDER"
    assert (house.folder / "slot-b").read_bytes() == before
    assert not (tmp_path / "incoming").exists()


def test_a_disk_without_room_is_said_before_anything_is_written(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = bench(house, tmp_path)
    verdict = run(works.check(house.bundles["right"]))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(9, 9, 9))
    with pytest.raises(UpdateError) as error:
        run(works.install(verdict))
    assert error.value.code == "UPD-ROOM"


@mounts
@pytest.mark.parametrize("name", ["wrong-key", "wrong-board", "half"])
def test_rauc_refuses_as_well_what_somebody_has_it_install_unchecked(
    house: House, name: str
) -> None:
    installer = RaucOnBus(house.address)
    with pytest.raises(UpdateError) as error:
        run(installer.install(house.bundles[name], lambda *_: None))
    assert error.value.code == "UPD-FAILED"
    assert "rauc says: " in error.value.cause.lower()
    assert run(installer.system()).last_error


def test_without_a_bus_or_without_rauc_it_is_said(tmp_path: Path) -> None:
    for address in (f"unix:path={tmp_path}/nowhere", None):
        with rauc.bus(tmp_path) as real:
            with pytest.raises(UpdateError) as error:
                run(RaucOnBus(address or real).system())
            assert error.value.code == "UPD-NO-RAUC"
            assert run(service_status(real)) == ""


@mounts
def test_a_rauc_that_dies_is_noticed(house: House, tmp_path: Path) -> None:
    with (
        rauc.bus(tmp_path) as address,
        rauc.service(tmp_path, address, house.maker.certificate) as process,
    ):
        big = tmp_path / "plain.raucb"
        house.maker.bundle(big, "2.0", how="plain")

        async def act() -> None:
            def die(_what: str, _share: float) -> None:
                process.kill()

            await RaucOnBus(address).install(big, die)

        with pytest.raises(UpdateError) as error:
            run(act())
        assert error.value.code in {"UPD-NO-RAUC", "UPD-FAILED"}
