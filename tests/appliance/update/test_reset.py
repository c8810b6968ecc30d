"""The factory reset: everything of the owner goes, whatever instant the power is cut at."""

from __future__ import annotations

import itertools
import shutil
from functools import partial
from pathlib import Path

import pytest

from appliance.history.chronicler import Chronicler
from appliance.survivor.settings import Settings
from appliance.update import reset
from appliance.update.errors import UpdateError
from tests.appliance.update.powercut import killed_at

OWNERS = "the owner's"


def lived_in(folder: Path) -> Path:
    """A folder as a service leaves it."""
    folder.mkdir()
    Settings(folder / "settings.json").set_volume(33)
    for name in ("timers.json", "update.json", "stall.txt", ".timers.json.new"):
        (folder / name).write_text(OWNERS)
    (folder / "settings.json.corrupt").write_text(OWNERS)
    for name in ("history", "knowledge/5f7c", "tmp", "models/base"):
        (folder / name).mkdir(parents=True)
    for name in ("history/000001", "knowledge/5f7c/knowledge.pack", "tmp/bundle"):
        (folder / name).write_text(OWNERS)
    (folder / "models" / "base" / "model.onnx").write_text("a model")
    (folder / "recovery.json").write_text("{}")
    return folder


def remains(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_nothing_happens_unless_it_was_ordered(tmp_path: Path) -> None:
    folder = lived_in(tmp_path / "state")
    before = remains(folder)
    assert not reset.carry_out(folder)
    assert remains(folder) == before


def test_everything_of_the_owner_goes_and_the_rest_stays(tmp_path: Path) -> None:
    folder = lived_in(tmp_path / "state")
    reset.order(folder)
    assert OWNERS in (folder / "timers.json").read_text()
    assert reset.carry_out(folder)
    assert remains(folder) == set(reset.KEPT)
    assert (folder / "models/base/model.onnx").read_text() == "a model"
    assert not reset.carry_out(folder)


def test_a_link_is_removed_and_not_followed(tmp_path: Path) -> None:
    folder = lived_in(tmp_path / "state")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "file").write_text("not ours")
    shutil.rmtree(folder / "history")
    (folder / "history").symlink_to(elsewhere)
    reset.order(folder)
    assert reset.carry_out(folder)
    assert (elsewhere / "file").exists()


def test_what_the_service_writes_is_either_forgotten_or_kept(tmp_path: Path) -> None:
    """A real history among it: a new file of the state must be put into one of the tables."""
    folder = tmp_path / "state"
    folder.mkdir()
    chronicler = Chronicler(folder / "history", 1 << 20)
    chronicler.start()
    chronicler.note("CLOCK_SET")
    chronicler.close()
    Settings(folder / "settings.json").set_volume(20)
    assert remains(folder) <= set(reset.FORGOTTEN) | set(reset.KEPT)


def test_what_cannot_be_removed_is_said_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lived_in(tmp_path / "state")
    reset.order(folder)

    def refuse(path: Path) -> None:
        raise OSError(30, "Read-only file system", str(path))

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", refuse)
        with pytest.raises(UpdateError) as error:
            reset.carry_out(folder)
    assert error.value.code == "UPD-RESET"
    assert reset.carry_out(folder)
    assert remains(folder) == set(reset.KEPT)


def test_a_power_cut_between_any_two_steps_only_means_that_it_goes_on(tmp_path: Path) -> None:
    for step in itertools.count(1):
        folder = tmp_path / "state"
        shutil.rmtree(folder, ignore_errors=True)
        lived_in(folder)
        reset.order(folder)
        killed = killed_at(step, folder, partial(reset.carry_out, folder))
        is_due = (folder / reset.ORDER).exists()
        assert is_due or remains(folder) == set(reset.KEPT)
        assert reset.carry_out(folder) == is_due
        assert remains(folder) == set(reset.KEPT)
        if not killed:
            break
    assert step > 20
