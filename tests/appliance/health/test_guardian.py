"""The guardian on simulated time: what stands still is noticed, mended in stages, and told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from appliance import clock
from appliance.health.fakes import Notebook, Passerby
from appliance.health.guardian import EAGER_S, Guardian, Patient
from appliance.health.notify import Manager
from appliance.health.recovery import ENDINGS, Recovery, Stage
from audio.errors import AudioError
from states.state import State


class Box:
    """A device whose parts can be made to stand still; `cures` says which stage helps."""

    def __init__(self, cures: Stage | None, path: Path | None = None) -> None:
        self.still: set[str] = set()
        self.state, self.began_s = State.IDLE, 0.0
        self.cures, self.tried = cures, list[Stage]()
        self.notes, self.person, self.fed = Notebook(), Passerby(), list[float]()
        names = ("frames", "sound", "ears", "loudspeaker", "mind")
        self.counts = dict.fromkeys(names, 0)
        patient = Patient(
            {name: lambda name=name: self.beat(name) for name in names},
            {stage: self.mender(stage) for stage in Stage},
            lambda: self.state,
            broke=lambda _code: self.enter(State.FAULT),
            repaired=lambda: self.enter(State.IDLE),
        )
        manager = Manager({"NOTIFY_SOCKET": "/nowhere", "WATCHDOG_USEC": "4000000"})
        manager.feed = lambda: self.fed.append(clock.now_s())  # type: ignore[method-assign]
        manager._send = lambda _text: None  # type: ignore[method-assign]
        recovery = Recovery(path)
        recovery.load()
        self.guardian = Guardian(patient, recovery, manager, self.notes, self.person)

    def beat(self, name: str) -> int:
        deaf = name == "ears" and (self.state is not State.IDLE or "frames" in self.still)
        self.counts[name] += name not in self.still and not deaf
        return self.counts[name]

    def enter(self, state: State) -> None:
        asyncio.get_running_loop().call_soon(setattr, self, "state", state)

    def mender(self, stage: Stage) -> Callable[[str], Awaitable[None]]:
        async def mend(_part: str) -> None:
            self.tried.append(stage)
            if stage is self.cures:
                self.still.clear()
            elif stage is Stage.REOPEN:
                raise AudioError("AUD-NO-DEVICE", "none", "pulled", "plug it in")

        return mend


def live(box: Box, act: Callable[[Box], Awaitable[None]]) -> Box:
    async def whole() -> None:
        box.began_s = clock.now_s()
        guard = asyncio.ensure_future(box.guardian.run())
        await asyncio.sleep(10)
        await act(box)
        guard.cancel()
        await asyncio.gather(guard, return_exceptions=True)

    box_clock = whole()
    clock.run(box_clock, realtime=False)
    return box


def breaks(part: str, watch_s: float = 30.0) -> Callable[[Box], Awaitable[None]]:
    async def act(box: Box) -> None:
        box.still.add(part)
        await asyncio.sleep(watch_s)

    return act


def test_nothing_is_done_about_what_lives() -> None:
    box = live(Box(None), breaks("nothing"))
    assert box.notes.codes == []
    assert box.tried == []
    assert max(b - a for a, b in zip(box.fed, box.fed[1:], strict=False)) <= 2.25


def test_it_is_ready_as_soon_as_everything_has_been_seen_alive() -> None:
    box = live(Box(None), breaks("nothing"))
    assert box.fed[0] - box.began_s <= 2 * EAGER_S


@pytest.mark.parametrize(
    ("part", "code", "cure"),
    [
        ("frames", "MIC_GONE", Stage.RESCAN),
        ("sound", "MIC_SILENT", Stage.RESCAN),
        ("ears", "EARS_FROZEN", Stage.RESTART_EARS),
        ("loudspeaker", "SPEAKER_BLOCKED", Stage.RESCAN),
        ("mind", "MIND_DEAD", Stage.RESTART_WORKER),
    ],
)
def test_what_stands_still_is_noticed_within_3_s_and_mended(
    part: str, code: str, cure: Stage
) -> None:
    times: dict[str, float] = {}

    async def act(box: Box) -> None:
        began_s = clock.now_s()
        box.still.add(part)
        while "MENDED" not in box.notes.codes:
            if box.notes.codes:
                times.setdefault("noted", clock.now_s() - began_s)
            await asyncio.sleep(0.05)
        times["mended"] = clock.now_s() - began_s

    box = live(Box(cure), act)
    assert box.notes.codes[0] == code
    assert times["noted"] <= 3
    assert times["mended"] <= 10
    assert box.state is State.IDLE
    assert box.tried[-1] is cure


def test_the_stages_follow_each_other_and_end_the_process() -> None:
    box = live(Box(None), breaks("frames", 60))
    assert box.tried == [Stage.REOPEN] * 2 + [Stage.RESCAN] * 5
    assert box.guardian.ending == (Stage.RESTART_SERVICE, "MIC_GONE")
    assert box.guardian.over.is_set()
    assert box.state is State.FAULT
    assert box.person.told == ["missing frames"]
    assert "EARS_FROZEN" not in box.notes.codes, "they had nothing to hear"


def test_restarts_and_reboots_are_counted_over_restarts_until_it_rests(tmp_path: Path) -> None:
    path, endings = tmp_path / "recovery.json", []
    for _ in range(7):
        box = live(Box(None, path), breaks("frames", 120))
        endings.append(box.guardian.ending[0] if box.guardian.ending else None)
    twice, once = ENDINGS[:2], ENDINGS[2]
    assert endings == [twice[0], twice[0], twice[1], twice[1], once, None, None]
    assert box.tried[-5:] == [Stage.RESCAN] * 5, "it goes on trying what does no harm"


def test_a_microphone_that_comes_back_after_all_is_found_within_5_s() -> None:
    async def act(box: Box) -> None:
        box.still.add("frames")
        await asyncio.sleep(9)
        assert box.state is State.FAULT
        box.cures = Stage.RESCAN
        await asyncio.sleep(4.5)
        assert box.state is State.IDLE
        assert box.person.told == ["missing frames", "back frames"]

    live(Box(None), act)


@pytest.mark.parametrize("state", [State.MUTED, State.SERVICING])
def test_muted_or_in_service_nobody_misses_the_microphone(state: State) -> None:
    async def act(box: Box) -> None:
        box.state = state
        box.still |= {"frames", "sound", "ears"}
        await asyncio.sleep(60)
        assert box.fed[-1] > clock.now_s() - 2.5, "and the watchdog is fed"
        box.still.clear()
        box.state = State.IDLE
        await asyncio.sleep(5)

    assert live(Box(None), act).notes.codes == []


def test_a_loop_that_was_held_up_blames_nobody_else() -> None:
    async def act(box: Box) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, clock.SimulatedTimeLoop)
        for name in box.counts:
            box.counts[name] += 7  # threads went on meanwhile
        loop.jump(20)
        await asyncio.sleep(5)

    assert live(Box(None), act).notes.codes == ["LOOP_BLOCKED"]


def test_the_watchdog_is_not_fed_while_the_ears_are_frozen_and_nothing_helps() -> None:
    async def act(box: Box) -> None:
        box.guardian._take_up = lambda _found: None  # type: ignore[method-assign]
        box.still.add("ears")
        frozen_s = clock.now_s()
        await asyncio.sleep(30)
        assert box.fed[-1] <= frozen_s + 2.25, "the feeding task lives, the ears don't"

    live(Box(None), act)


def test_whoever_misses_a_part_for_long_is_told_although_an_attempt_still_goes_on() -> None:
    async def act(box: Box) -> None:
        async def hang(_part: str) -> None:
            await asyncio.Event().wait()

        menders = box.guardian._patient.menders
        menders[Stage.RESTART_WORKER] = hang  # type: ignore[index]
        box.still.add("mind")
        await asyncio.sleep(6)
        assert box.person.told == []
        await asyncio.sleep(3)
        assert box.person.told == ["missing mind"]
        assert "TOLD" in box.notes.codes

    live(Box(None), act)


def test_a_manager_that_cannot_be_told_is_noted_once_and_when_it_is_back(tmp_path: Path) -> None:
    path = tmp_path / "notify"
    manager = Manager({"NOTIFY_SOCKET": str(path)})
    notes = Notebook()
    counters = {"mind": clock.now_s}
    patient = Patient(counters, {}, lambda: State.IDLE)
    guardian = Guardian(patient, Recovery(), manager, notes, Passerby())

    async def whole() -> None:
        guard = asyncio.ensure_future(guardian.run())
        await asyncio.sleep(10)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as door:
            door.bind(str(path))
            await asyncio.sleep(5)
        guard.cancel()
        await asyncio.gather(guard, return_exceptions=True)

    clock.run(whole(), realtime=False)
    assert notes.codes == ["WATCHDOG_GONE", "WATCHDOG_BACK"]


def test_a_part_that_is_known_to_be_missing_does_not_starve_the_watchdog() -> None:
    async def act(box: Box) -> None:
        box.still.add("frames")
        await asyncio.sleep(9)
        assert box.person.told == ["missing frames"]
        assert box.fed[-1] > clock.now_s() - 2.5

    live(Box(None), act)
