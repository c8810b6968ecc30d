"""The updater of the running service, on the simulated clock: sticks, quiet, trials, rollbacks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from appliance import clock
from appliance.errors import ApplianceError
from appliance.health.fakes import Notebook
from appliance.reasons import EVENTS
from appliance.survivor.tongue import tongue
from appliance.update.check import Bench, Verdict
from appliance.update.device import Device
from appliance.update.diary import Diary
from appliance.update.errors import UpdateError, older, unsigned
from appliance.update.fakes import FakeMachine, FakePerson, FakeRauc
from appliance.update.ports import Offer, Report, untold
from appliance.update.shelf import Shelf
from appliance.update.stick import Stick
from appliance.update.updater import Surroundings, Updater
from appliance.update.version import Version

BOARD = "voice-appliance-test"
FIRST = Device(BOARD, Version.parse("1.1.0"), "A")


@dataclass
class Room:
    """A device with an updater, and a stick that can be plugged in."""

    folder: Path
    device: Device = FIRST
    boot: str = "boot1"
    rauc: FakeRauc = field(default_factory=FakeRauc)
    person: FakePerson = field(default_factory=FakePerson)
    machine: FakeMachine = field(default_factory=FakeMachine)
    notes: Notebook = field(default_factory=Notebook)
    confirmed: bool = False
    plugged: bool = False

    def put(self, name: str, version: str) -> None:
        stick = self.folder / "stick"
        stick.mkdir(exist_ok=True)
        (stick / name).write_bytes(b"")
        self.rauc.offers[name] = Offer(BOARD, version)

    def updater(self) -> Updater:
        shelf = Shelf(self.folder, None, self.device, lambda _pack: None)
        stick = Stick(self.folder / "stick", lambda _folder: self.plugged)
        around = Surroundings(
            self.person,
            self.machine,
            self.notes,
            stick,
            confirmed=lambda: self.confirmed,
            boot=lambda: self.boot,
        )
        bench = _Bench(self.device, self.rauc, shelf, lambda: None, self.folder / "incoming")
        return Updater(bench, around, Diary.load(self.folder))

    def restarted(self, slot: str, version: str) -> None:
        """The machine was, and came up from this slot."""
        self.device = Device(BOARD, Version.parse(version), slot)
        self.boot += "'"
        for port in (self.person.said, self.notes.notes, self.machine.done):
            port.clear()

    @property
    def said(self) -> list[str]:
        return [key for key, _ in self.person.said]


class _Bench(Bench):
    """Bundles are empty files here: only what is signed and which version counts."""

    async def check(self, file: Path, report: Report = untold) -> Verdict:
        offer = await self.installer.inspect(file)
        version = Version.parse(offer.version)
        if version < self.device.version:
            raise older(file, str(version), str(self.device.version))
        return Verdict(file, "system", version, self.device.version)


def live(room: Room, act: Callable[[Updater], Awaitable[None]]) -> None:
    """As long as `act` lasts."""

    async def whole() -> None:
        updater = room.updater()
        task = asyncio.ensure_future(updater.run())
        await act(updater)
        assert not task.done(), task.exception()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    clock.run(whole(), realtime=False)


def waiting(seconds: float) -> Callable[[Updater], Awaitable[None]]:
    async def wait(_updater: Updater) -> None:
        await asyncio.sleep(seconds)

    return wait


def updated(room: Room) -> None:
    """From a stick, which is pulled; the machine came up from the other slot."""
    room.put("new.raucb", "1.2.0")
    room.plugged = True
    live(room, waiting(120))
    room.plugged = False
    room.restarted("B", "1.2.0")
    live(room, waiting(60))


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_a_stick_is_installed_told_lit_and_used(room: Room) -> None:
    room.put("new.raucb", "1.2.0")
    room.plugged = True
    live(room, waiting(120))
    assert room.rauc.installed == ["new.raucb"]
    assert room.said == ["update_begins", "update_half", "update_restarts"]
    assert room.person.lit == [True, False]
    assert room.machine.done == ["reboot"]
    assert room.notes.codes == ["UPDATE_STARTED", "UPDATE_FINISHED"]


def test_it_waits_until_nobody_has_needed_the_device_for_a_while(room: Room) -> None:
    room.put("new.raucb", "1.2.0")
    room.plugged, room.person.quiet = True, False

    async def act(_updater: Updater) -> None:
        await asyncio.sleep(600)
        assert not room.rauc.installed
        for _ in range(20):  # somebody asks every eight seconds
            room.person.quiet = True
            await asyncio.sleep(7)
            room.person.quiet = False
            await asyncio.sleep(1)
        assert room.said == []
        room.person.quiet = True
        await asyncio.sleep(12)
        assert room.said[0] == "update_begins"
        room.person.quiet = False
        await asyncio.sleep(600)
        assert room.rauc.installed == ["new.raucb"]
        assert room.machine.done == []
        room.person.quiet = True
        await asyncio.sleep(60)

    live(room, act)
    assert room.machine.done == ["reboot"]


def test_a_stick_that_stays_is_installed_once(room: Room) -> None:
    room.put("new.raucb", "1.2.0")
    room.plugged = True
    live(room, waiting(900))
    room.restarted("B", "1.2.0")
    live(room, waiting(900))
    assert room.rauc.installed == ["new.raucb"]
    assert room.said == ["update_booted"]
    assert room.machine.done == []


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_an_older_one_is_refused_and_the_same_one_is_no_news(room: Room, version: str) -> None:
    room.put("old.raucb", version)
    room.plugged = True
    live(room, waiting(600))
    assert room.rauc.installed == []
    assert room.notes.codes == (["UPDATE_REFUSED"] if version == "1.0.0" else [])
    assert room.said == (["update_refused"] if version == "1.0.0" else [])


def test_one_that_nobody_signed_is_refused_and_the_next_one_is_installed(room: Room) -> None:
    room.put("a.raucb", "9.9")
    del room.rauc.offers["a.raucb"]
    room.put("b.raucb", "1.2.0")
    room.plugged = True
    live(room, waiting(600))
    assert room.rauc.installed == ["b.raucb"]
    assert room.notes.notes[0] == ("UPDATE_REFUSED", {"error": "UPD-SIGNATURE", "version": ""})


def test_an_installation_that_breaks_leaves_all_as_it_is_and_can_be_tried_again(room: Room) -> None:
    room.put("new.raucb", "1.2.0")
    room.plugged, room.rauc.breaks = True, "no space left"

    async def act(updater: Updater) -> None:
        await asyncio.sleep(600)
        assert room.said == ["update_begins", "update_half", "update_failed"]
        assert room.machine.done == []
        assert "no space left" in updater.begin()["last"]["why"]
        room.rauc.breaks = ""
        await asyncio.sleep(600)

    live(room, act)
    assert room.rauc.installed == ["new.raucb"]
    assert room.person.lit == [True, False] * 2


def test_what_rauc_cannot_do_is_said_once(room: Room) -> None:
    room.put("new.raucb", "1.2.0")
    room.plugged, room.rauc.failing = True, UpdateError("UPD-NO-RAUC", "no", "gone", "start it")
    live(room, waiting(900))
    assert room.said == ["update_failed"]


# -- what became of it ----------------------------------------------------------------------


def test_one_that_boots_is_told_and_confirmed_by_health(room: Room) -> None:
    updated(room)
    assert room.notes.codes == ["UPDATE_BOOTED"]
    room.restarted("B", "1.2.0")
    room.confirmed = True
    live(room, waiting(60))
    assert room.notes.codes == ["UPDATE_CONFIRMED"]
    assert room.said == []
    room.restarted("A", "1.1.0")  # a year later: no news of an update
    live(room, waiting(60))
    assert room.notes.codes == []


def test_one_that_is_rolled_back_is_told_and_not_installed_again_by_itself(room: Room) -> None:
    room.put("new.raucb", "1.2.0")
    room.plugged = True
    live(room, waiting(120))
    room.restarted("A", "1.1.0")

    async def act(updater: Updater) -> None:
        await asyncio.sleep(900)
        assert room.notes.codes == ["UPDATE_ROLLED_BACK"]
        assert room.said == ["update_rolled_back"]
        assert room.rauc.installed == ["new.raucb"]
        updater.begin()  # a technician may
        await asyncio.sleep(120)

    live(room, act)
    assert room.rauc.installed == ["new.raucb"] * 2


def test_one_that_booted_and_was_given_up_is_rolled_back_too(room: Room) -> None:
    updated(room)
    room.restarted("A", "1.1.0")
    live(room, waiting(60))
    assert room.notes.codes == ["UPDATE_ROLLED_BACK"]


def test_a_service_that_crashes_before_the_machine_was_restarted_restarts_it_then(
    room: Room,
) -> None:
    room.put("new.raucb", "1.2.0")
    room.plugged = True
    live(room, waiting(25))
    assert room.rauc.installed
    assert room.machine.done == []
    room.plugged = False
    live(room, waiting(60))
    assert room.machine.done == ["reboot"]
    assert "UPDATE_ROLLED_BACK" not in room.notes.codes


def test_nobody_who_starts_it_again(room: Room) -> None:
    room.put("new.raucb", "1.2.0")
    room.plugged, room.machine.supervised = True, False

    async def act(updater: Updater) -> None:
        await asyncio.sleep(900)
        assert "by hand" in updater.begin()["last"]["why"]

    live(room, act)
    assert room.machine.done == ["reboot"]


# -- the technician -------------------------------------------------------------------------


def test_a_technician_sees_how_far_it_is(room: Room) -> None:
    room.put("new.raucb", "1.2.0")

    async def act(updater: Updater) -> None:
        with pytest.raises(UpdateError) as error:
            updater.begin()
        assert error.value.code == "UPD-NONE"
        room.plugged = True
        assert updater.begin()["doing"] == "looking"
        await asyncio.sleep(5)
        assert updater.begin()["doing"] == "waiting until nobody needs it"
        await asyncio.sleep(12)
        told = updater.begin()
        assert (told["doing"], told["version"], told["percent"]) == ("installing", "1.2.0", 50)

    live(room, act)
    assert room.rauc.installed in ([], ["new.raucb"])


# -- sticks ---------------------------------------------------------------------------------


def test_a_hostile_stick_offers_only_plain_files_with_plain_names(tmp_path: Path) -> None:
    (tmp_path / "good.raucb").write_bytes(b"")
    (tmp_path / "good.pack").write_bytes(b"")
    (tmp_path / "folder.raucb").mkdir()
    (tmp_path / "link.raucb").symlink_to("/etc/shadow")
    for name in (".hidden.raucb", "-rf.raucb", "a b.raucb", "ü.raucb", "x\x1b[2J.raucb", "b.exe"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "c.raucb").write_bytes(b"")
    found = Stick(tmp_path, lambda _folder: True).updates()
    assert [file.name for file in found] == ["good.pack", "good.raucb"]


def test_a_stick_with_a_million_names_costs_no_more_than_a_thousand(tmp_path: Path) -> None:
    for number in range(1200):
        (tmp_path / f"{number}.raucb").write_bytes(b"")
    assert len(Stick(tmp_path, lambda _folder: True).updates()) == 8


def test_a_stick_that_is_gone_is_empty(tmp_path: Path) -> None:
    stick = Stick(tmp_path / "gone")
    assert not stick.is_there()
    assert stick.updates() == []
    assert not Stick(tmp_path).is_there()


# -- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "ru", "zh"])
def test_every_sentence_is_there_in_every_language(language: str) -> None:
    assert tongue(language).language == language
    names = ("begins", "half", "restarts", "booted", "rolled_back", "refused", "failed")
    said = {tongue(language).say(f"update_{name}") for name in names}
    assert len(said) == len(names)
    assert tongue(language).say("reset")


def test_what_is_noted_is_in_the_catalogue(room: Room) -> None:
    codes = {"STARTED", "FINISHED", "REFUSED", "FAILED", "BOOTED", "CONFIRMED", "ROLLED_BACK"}
    assert {f"UPDATE_{code}" for code in codes} < set(EVENTS)


def test_errors_have_a_remedy() -> None:
    for error in (unsigned(Path("x"), "no"), older(Path("x"), "1", "2")):
        assert isinstance(error, ApplianceError)
        assert error.remedy
