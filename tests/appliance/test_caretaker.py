"""Updates and the factory reset in the house: a scripted conversation, the console, the light."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from appliance import caretaker as module
from appliance.body import Body
from appliance.caretaker import Caretaker, Room
from appliance.clock import civil_now
from appliance.config import load_config
from appliance.console.errors import ConsoleError
from appliance.console.signing import PACK, sign
from appliance.guard import EXITS, Guarding
from appliance.health.fakes import Notebook, Passerby
from appliance.health.guardian import Guardian, Patient
from appliance.health.notify import Manager
from appliance.health.recovery import Recovery, Stage
from appliance.knowledge.build import build_pack
from appliance.lights.fakes import RecordingLights
from appliance.lights.ports import Phase
from appliance.panel import Panel
from appliance.reasons import EVENTS, LAPSES, REASONS
from appliance.survivor.bell import Bell
from appliance.survivor.timers import Timers
from appliance.survivor.tongue import tongue
from appliance.switches.fakes import NoSwitch
from appliance.update import reset, seal
from appliance.update.device import Device
from appliance.update.errors import UpdateError
from appliance.update.version import Version
from audio.earcons import Earcon, render
from states import events as e
from states.state import State
from tests.appliance.update.test_packs import key
from tests.scenarios.stage import Stage as Scene
from tests.scenarios.stage import play

DEVICE = Device("voice-appliance-test", Version.parse("1.0"), "A")


@dataclass
class House:
    """A caretaker's surroundings; `supervised`: as if systemd had started the service."""

    folder: Path
    caretaker: Caretaker
    supervised: bool = True
    language: str = "en"

    def __post_init__(self) -> None:
        self.lights, self.notes = RecordingLights(), Notebook()
        self.timers = Timers(self.folder / "timers.json")

    def fit(self, scene: Scene) -> tuple[Body, None, list[Panel]]:
        self.bell = Bell(scene.speaker, render(Earcon.ALARM, scene.speaker.rate_hz))
        self.panel = Panel(self.lights, NoSwitch(), self.bell)
        return Body(scene.speaker, self.bell), None, [self.panel]

    def begin(self, scene: Scene) -> None:
        environment = {"NOTIFY_SOCKET": "/nowhere"} if self.supervised else {}
        manager = Manager(environment)
        self.guarding = Guarding(self.folder, manager=manager, notes=self.notes)
        patient = Patient({}, {}, lambda: scene.now_in)
        recovery = Recovery(self.folder / "recovery.json")
        self.guarding.guardian = Guardian(patient, recovery, manager, self.notes, Passerby())
        hands = (self.panel, self.bell, self.timers, self.guarding)
        self.room = Room(scene.director, *hands, self.language)
        scene.begin(self.caretaker.attend(self.room))

    @property
    def ends_with(self) -> int | None:
        assert self.guarding.guardian
        ending = self.guarding.guardian.ending
        return EXITS[ending[0]] if ending else None


@pytest.fixture
def house(tmp_path: Path) -> House:
    folder = tmp_path / "state"
    folder.mkdir()
    return House(folder, Caretaker(_config(tmp_path), folder))


def _config(tmp_path: Path):  # noqa: ANN202
    config = load_config()
    updates = replace(
        config.updates, stick=str(tmp_path / "stick"), pack_key=str(tmp_path / "packs.pub")
    )
    knowledge = replace(config.knowledge, pack=str(tmp_path / "image.pack"))
    return replace(config, updates=updates, knowledge=knowledge)


def act_in(house: House, act: Callable[[Scene], Awaitable[None]]) -> Scene:
    return play(act, hands=house, last_s=1.0)


# -- the factory reset ----------------------------------------------------------------------


def test_a_reset_is_ordered_carried_out_at_the_next_start_and_told(house: House) -> None:
    (house.folder / "settings.json").write_text('{"volume": 11}')

    async def order(_scene: Scene) -> None:
        await asyncio.sleep(0.1)
        told = house.caretaker.factory_reset()
        assert "timers and alarms" in told["forgets"]
        assert "models" in told["keeps"]
        assert told["when"].startswith("now")
        assert house.ends_with is None  # the answer leaves first
        await asyncio.sleep(1)

    act_in(house, order)
    assert house.ends_with == EXITS[Stage.RESTART_SERVICE]
    assert (house.folder / "settings.json").exists()

    again = House(house.folder, Caretaker(load_config(), house.folder), language="de")
    again.caretaker.prepare(chooses_pack=True)
    assert not (house.folder / "settings.json").exists()

    async def wait(_scene: Scene) -> None:
        await asyncio.sleep(30)

    scene = act_in(again, wait)
    assert tongue("de").say("reset") in {what for _, what in scene.script.log}
    assert again.notes.codes == ["FACTORY_RESET"]


def test_where_nobody_restarts_it_the_reset_waits_for_the_next_start(house: House) -> None:
    house.supervised = False

    async def order(_scene: Scene) -> None:
        assert house.caretaker.factory_reset()["when"] == "when it is started again"
        await asyncio.sleep(2)

    act_in(house, order)
    assert house.ends_with is None
    assert reset.carry_out(house.folder)


def test_a_reset_that_fails_does_not_stop_the_service(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    reset.order(house.folder)
    (house.folder / "history").mkdir()

    def refuse(path: Path) -> None:
        raise OSError(30, "Read-only file system", str(path))

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", refuse)
        house.caretaker.prepare(chooses_pack=True)

    async def wait(_scene: Scene) -> None:
        await asyncio.sleep(1)

    act_in(house, wait)
    assert house.notes.codes == ["FACTORY_RESET_FAILED"]


# -- packs ----------------------------------------------------------------------------------


def test_a_pack_that_was_installed_is_answered_from_until_it_breaks(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "this_device", lambda: DEVICE)
    key(tmp_path, "packs")
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "guide.md").write_text("# Guide\n\nThe red light means that it is hot.\n")
    for name in ("image.pack", "new.pack"):
        build_pack(documents, tmp_path / name)
    new = tmp_path / "new.pack"
    seal.make(new, "any", "2", lambda text: sign(tmp_path / "packs.pem", text, str, PACK))
    config = _config(tmp_path)
    bench = module.bench_of(config, house.folder, DEVICE)
    bench.shelf.place(new, None)

    chosen = Path(house.caretaker.prepare(chooses_pack=True).knowledge.pack)
    assert chosen.read_bytes() == new.read_bytes()
    assert chosen.is_relative_to(house.folder)
    by_hand = Caretaker(config, house.folder).prepare(chooses_pack=False)
    assert by_hand.knowledge.pack == str(tmp_path / "image.pack")

    chosen.write_bytes(b"")
    house.caretaker = Caretaker(config, house.folder)
    assert house.caretaker.prepare(chooses_pack=True).knowledge.pack == by_hand.knowledge.pack

    async def wait(_scene: Scene) -> None:
        await asyncio.sleep(1)

    act_in(house, wait)
    assert house.notes.notes == [("PACK_ROLLED_BACK", {"error": "UPD-CUT", "version": "2"})]


# -- who needs the device -------------------------------------------------------------------


def test_nobody_needs_it_only_where_it_rests_and_nothing_is_about_to_ring(house: House) -> None:
    async def act(scene: Scene) -> None:
        room = house.room
        assert room.is_quiet()
        scene.wake()
        await asyncio.sleep(0.3)
        assert not room.is_quiet()
        await scene.until(State.IDLE)
        scene.post(e.Mute())
        await asyncio.sleep(0.1)
        assert room.is_quiet()
        scene.post(e.Unmute())
        house.timers.start(300, civil_now())
        assert room.is_quiet()
        house.timers.start(60, civil_now())
        assert not room.is_quiet()

    act_in(house, act)


def test_the_light_shows_an_update_only_where_nothing_else_is_to_be_said(house: House) -> None:
    async def act(scene: Scene) -> None:
        house.room.light(on=True)
        assert house.lights.shown[-1] is Phase.UPDATING
        scene.wake()
        await asyncio.sleep(0.1)
        assert house.lights.shown[-1] is Phase.LISTENING
        await scene.until(State.IDLE)
        assert house.lights.shown[-1] is Phase.UPDATING
        house.room.light(on=False)
        assert house.lights.shown[-1] is Phase.IDLE

    act_in(house, act)


# -- the console ----------------------------------------------------------------------------


def test_where_there_is_no_image_the_console_says_why(house: House) -> None:
    house.caretaker.prepare(chooses_pack=True)
    with pytest.raises(ConsoleError) as error:
        house.caretaker.update()
    assert error.value.code == "CON-UNAVAILABLE"
    assert "does not say `compatible`" in error.value.cause


def test_on_an_image_the_console_asks_for_a_stick(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "this_device", lambda: DEVICE)
    house.caretaker.prepare(chooses_pack=True)

    async def act(_scene: Scene) -> None:
        await asyncio.sleep(5)
        with pytest.raises(UpdateError) as error:
            house.caretaker.update()
        assert error.value.code == "UPD-NONE"

    act_in(house, act)


def test_codes_of_events_are_no_reasons() -> None:
    ours = {code for code in EVENTS if code.startswith(("UPDATE_", "PACK_", "FACTORY_"))}
    assert len(ours) == 10
    assert not ours & (set(REASONS) | set(LAPSES))
