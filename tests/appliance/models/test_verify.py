"""What happened to a file since it was pulled is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.errors import ModelError
from appliance.models.model import Model, ModelFile, Wheel
from appliance.models.store import Store
from appliance.models.verify import Status, everything, strangers, suspects, verify
from tests.appliance.models.fakes import entry, model, sha256, wheel_model
from tests.appliance.models.test_pull import DATA, pull, source


def status(folder: Path, what: Model) -> Status:
    (suspect,) = suspects(what, Store(folder))
    return verify(suspect, lambda _what, _share: None).status


@pytest.fixture
def store(tmp_path: Path) -> Path:
    pull(tmp_path, source())
    return tmp_path


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (DATA, Status.OK),
        (DATA[:-1], Status.SIZE),
        (b"", Status.SIZE),
        (DATA + b"x", Status.SIZE),
        (bytes(100), Status.CHANGED),
        (None, Status.MISSING),
    ],
    ids=["none", "shorter", "empty", "longer", "swapped", "gone"],
)
def test_damage_is_seen(store: Path, damage: bytes | None, expected: Status) -> None:
    path = store / "tiny" / "w.bin"
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    assert status(store, model()) is expected


def test_a_file_that_nobody_locked_is_told(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "w.bin").write_bytes(DATA)
    assert status(tmp_path, model()) is Status.UNLOCKED


def test_the_manifests_hash_counts_where_both_know_one(store: Path) -> None:
    other = model(ModelFile("w.bin", "w.bin", size=len(DATA), sha256="0" * 64))
    assert status(store, other) is Status.CHANGED


def test_packages_are_verified_where_they_are(tmp_path: Path) -> None:
    assert status(tmp_path, wheel_model(size=1807522, sha256="0" * 64)) is Status.CHANGED
    assert status(tmp_path, wheel_model("nowhere")) is Status.MISSING


def test_a_package_that_is_not_installed_is_an_error_with_its_command(tmp_path: Path) -> None:
    missing = model()
    object.__setattr__(missing, "source", Wheel("no-such-package", "1", "x"))
    with pytest.raises(ModelError, match=r"pip install .* no-such-package==1"):
        list(suspects(missing, Store(tmp_path)))
    assert not Store(tmp_path).holds(missing)


def test_everything_is_what_is_locked_or_here(store: Path) -> None:
    absent = model(name="absent")
    assert [m.id for m in everything([absent, model()], Store(store))] == ["tiny"]
    (store / "tiny" / "w.bin").unlink()
    assert [m.id for m in everything([absent, model()], Store(store))] == ["tiny"]


def test_files_that_no_manifest_describes_are_not_forgotten(store: Path) -> None:
    Store(store).record(entry(b"x", model="gone"))
    (suspect,) = strangers([model()], Store(store))
    assert suspect.path == store / "gone" / "w.bin"
    assert suspect.sha256 == sha256(b"x")


def test_a_model_is_held_when_all_its_files_are(store: Path) -> None:
    assert Store(store).holds(model())
    two = model(ModelFile("w.bin", "w.bin"), ModelFile("v.bin", "v.bin"))
    assert not Store(store).holds(two)
    (store / "tiny" / "w.bin").write_bytes(b"short")
    assert not Store(store).holds(model())
