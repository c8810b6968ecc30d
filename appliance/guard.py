"""Puts the guardian into the house: which counters it reads, and how each stage is carried out."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from appliance.brevity import Brevity
from appliance.clock import now_s
from appliance.config import Config
from appliance.director import Director
from appliance.errands import Errands
from appliance.errors import ApplianceError
from appliance.health.gauges import LinuxGauges
from appliance.health.guardian import Guardian, Patient
from appliance.health.hearing import Hearing
from appliance.health.journal import Journal
from appliance.health.notices import Announcer
from appliance.health.notify import Manager
from appliance.health.pace import Pace
from appliance.health.ports import Employee, Notes, SoundDevice, Writer
from appliance.health.pressure import Pressure, limits
from appliance.health.recovery import Recovery, Stage
from appliance.health.staff import Staff
from appliance.health.stall import StallGuard, last_stall
from appliance.health.vitals import WATCHED
from appliance.survivor.timers import Timers
from appliance.survivor.tongue import tongue
from audio.errors import AudioError
from audio.format import FRAME_S
from audio.listener import Listener
from states.events import Broken, Repaired

STALL_TICK_S = 0.5
CLOCK_S = 0.001
"""To so much the loudspeaker's clock is read."""
OPENING_S = 15.0
"""Opening a sound device may hold the loop up for so long where the driver or a server hangs."""

EXITS: Mapping[Stage, int] = {
    Stage.RESTART_SERVICE: 75,
    Stage.REBOOT: 76,
    Stage.OTHER_SLOT: 77,
}
"""Exit statuses that ask the service manager for a stage (the unit: docs/health.md)."""


@dataclass(slots=True)
class Guarding:
    """What the guardian gets from outside, and the guardian once it stands.

    Attributes:
        folder: keeps what was tried before a restart.
        device: of the loudspeaker; None: it has none that could be lost.
        manager: who restarts the service.
        notes: where it is written down what happened.
        writer: of what is noted, where it has a thread.
        quiet: told whether the disk is full.
    """

    folder: Path
    device: SoundDevice | None = None
    manager: Manager = field(default_factory=Manager)
    notes: Notes = field(default_factory=Journal)
    writer: Writer | None = None
    quiet: Callable[[bool], None] = lambda _full: None
    guardian: Guardian | None = None

    def verdict(self) -> Mapping[str, Any]:
        """For the technician; implements the console's `Health`."""
        return self.guardian.verdict() if self.guardian else {"healthy": False}

    def reboot(self) -> None:
        """Somebody who may asks for it; the service manager does it."""
        if self.guardian is not None:
            self.guardian.end(Stage.REBOOT, "ASKED")

    def ears_failed(self, error: Exception) -> None:
        """The listening models broke. On the loop's thread."""
        if self.guardian is not None:
            self.guardian.failed("ears", error)


@dataclass(frozen=True, slots=True)
class House:
    """The parts of one live conversation that are watched and mended.

    Attributes:
        workers: engines' processes, by the name of their vital sign.
        fresh_ears: loads the listening models anew; may take a second.
        refit: has the smaller model answer, or the usual one; None: there is none.
    """

    config: Config
    director: Director
    hearing: Hearing
    workers: Sequence[Employee]
    fresh_ears: Callable[[], Awaitable[Listener]]
    timers: Timers
    brevity: Brevity
    refit: Callable[[bool], Awaitable[None]] | None = None


def stand_guard(stream: contextlib.AsyncExitStack, house: House, guarding: Guarding) -> None:
    """Open the microphone and watch over everything until the stream closes.

    Raises:
        AudioError: there is no microphone, and nobody would restart the service.
    """
    staff = {worker.name: Staff(worker) for worker in house.workers}
    relief = _Relief(house, staff, guarding.quiet)
    stream.push_async_callback(relief.close)
    pressure = Pressure(
        LinuxGauges(guarding.folder),
        relief,
        guarding.notes,
        limits(*_limits_of(house.config)),
    )
    recovery = Recovery(guarding.folder / "recovery.json")
    _tell_of_the_last_run(recovery, guarding)
    stall = StallGuard(guarding.folder / "stall.txt", house.config.health.loop_s)
    stream.callback(stall.stop)
    director = house.director
    patient = Patient(
        _counters(house, staff, pressure, guarding),
        _menders(house, staff, guarding, stall),
        lambda: director.conversation.state,
        broke=lambda code: director.post(Broken(code)),
        repaired=lambda: director.post(Repaired()),
    )
    words = tongue(house.config.commands.first_language)
    person = Announcer(director.announce, director.complain, words.notice)
    guardian = Guardian(patient, recovery, guarding.manager, guarding.notes, person)
    guarding.guardian = guardian
    _open_microphone(house, guardian, guarding.manager)
    for task in (guardian.run(), pressure.run(), _tick(stall)):
        stream.push_async_callback(_cancelled, asyncio.ensure_future(task))


async def serve_until(stop: asyncio.Event, guarding: Guarding) -> int:
    """Wait until told to stop, or until only an end of this process can mend something.

    Returns:
        The exit status: 0, or what the service manager is to do (`EXITS`).

    Raises:
        ApplianceError, AudioError: what can't be mended, where nobody would restart the service.
    """
    guardian = guarding.guardian
    if guardian is None:
        raise RuntimeError("nobody stands guard")
    waits = [asyncio.ensure_future(event.wait()) for event in (stop, guardian.over)]
    _, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in others:
        wait.cancel()
    guarding.manager.stopping()
    if guardian.ending is None:
        return 0
    stage, code = guardian.ending
    if guarding.manager.is_there:
        return EXITS[stage]
    raise guardian.error or ApplianceError(
        "HEALTH-LOST",
        "the service cannot mend itself",
        f"{code}, and nobody would restart it",
        "run `appliance doctor`",
    )


def _limits_of(config: Config) -> tuple[float, float, float]:
    health = config.health
    return health.hot_c, health.low_memory_mb, health.low_disk_mb


def _tell_of_the_last_run(recovery: Recovery, guarding: Guarding) -> None:
    if last := recovery.load():
        guarding.notes.note("RESTARTED_BY_US", {"stage": last[0], "because": last[1]})
    if place := last_stall(guarding.folder / "stall.txt"):
        guarding.notes.note("LOOP_BLOCKED", {"at": place})


def _open_microphone(house: House, guardian: Guardian, manager: Manager) -> None:
    """A service that is restarted for ever helps nobody: it waits for its microphone instead."""
    loop = asyncio.get_running_loop()

    def ended(error: Exception | None) -> None:
        loop.call_soon_threadsafe(guardian.failed, "frames", error)

    try:
        house.hearing.start(house.director.frame, ended)
    except AudioError as error:
        if not manager.is_there:
            raise
        guardian.failed("frames", error)


def _counters(
    house: House, staff: Mapping[str, Staff], pressure: Pressure, guarding: Guarding
) -> dict[str, Callable[[], float]]:
    """By vital sign; a part that isn't there has none."""
    hearing, pulse, pace = house.hearing, house.hearing.pulse, Pace(FRAME_S)
    counters: dict[str, Callable[[], float]] = {
        "frames": lambda: pulse.frames,
        "change": lambda: pulse.fresh,
        "headroom": lambda: pulse.clear,
        "pace": lambda: pace.look(pulse.frames, now_s()),
        "ears": lambda: hearing.heard,
        "storage": lambda: pressure.looks,
    }
    if house.config.health.silence:
        counters["sound"] = lambda: pulse.sounding
    if (device := guarding.device) is not None:
        tempo = Pace(CLOCK_S)
        counters["loudspeaker"] = device.now_s
        counters["tempo"] = lambda: tempo.look(round(device.now_s() / CLOCK_S), now_s())
    if (writer := guarding.writer) is not None:
        counters["history"] = lambda: writer.turns_made
    return counters | {name: hand.beat for name, hand in staff.items() if name in WATCHED}


def _menders(
    house: House, staff: Mapping[str, Staff], guarding: Guarding, stall: StallGuard
) -> dict[Stage, Callable[[str], Awaitable[None]]]:
    hearing, device = house.hearing, guarding.device

    async def reopen(_part: str) -> None:
        stall.allow(OPENING_S)
        hearing.reopen()

    async def rescan(_part: str) -> None:
        stall.allow(OPENING_S)
        hearing.close_microphone()
        try:
            if device is not None:
                device.reopen()
        finally:
            hearing.reopen()

    async def restart_ears(_part: str) -> None:
        hearing.replace_ears(await house.fresh_ears())

    async def restart_worker(name: str) -> None:
        await staff[name].restart()

    async def restart_history(_part: str) -> None:
        if guarding.writer is not None:
            guarding.writer.revive()

    return {
        Stage.REOPEN: reopen,
        Stage.RESCAN: rescan,
        Stage.RESTART_EARS: restart_ears,
        Stage.RESTART_WORKER: restart_worker,
        Stage.RESTART_HISTORY: restart_history,
    }


class _Relief:
    """What gives way to pressure; implements `Relief`."""

    def __init__(
        self, house: House, staff: Mapping[str, Staff], quiet: Callable[[bool], None]
    ) -> None:
        self._house, self._staff, self._quiet = house, staff, quiet
        self._why: list[str] = []  # codes of what presses, the latest last
        self._errands = Errands()

    async def close(self) -> None:
        await self._errands.close()

    async def heat(self, *, presses: bool) -> None:
        self._ease("HOT", presses=presses)

    async def supply(self, *, presses: bool) -> None:
        self._house.director.limit_volume(self._house.config.health.weak_volume if presses else 100)
        self._ease("WEAK", presses=presses)

    def _ease(self, code: str, *, presses: bool) -> None:
        """Less work for as long as anything presses."""
        self._why = [each for each in self._why if each != code] + [code] * presses
        brevity = self._house.brevity
        brevity.most = self._house.config.health.hot_sentences if self._why else None
        if self._why:
            brevity.code = self._why[-1]
        if self._house.refit is not None:
            self._errands.run("refit", self._refitted(self._house.refit))

    async def _refitted(self, refit: Callable[[bool], Awaitable[None]]) -> None:
        """Until the model is as it should be; that may have changed while one was loaded."""
        while self._house.brevity.smaller != bool(self._why):
            smaller = bool(self._why)
            await refit(smaller)
            self._house.brevity.smaller = smaller

    async def memory(self, *, presses: bool) -> None:
        """The spare recogniser is started again when it is needed; until then it isn't missed."""
        if presses:
            gc.collect()
            if self._house.config.recognition.on_npu and "asr" in self._staff:
                await self._staff["asr"].dismiss()

    async def disk(self, *, presses: bool) -> None:
        self._quiet(presses)

    def clock_was_set(self) -> None:
        self._house.timers.on_change()


async def watch_room(folder: Path, low_disk_mb: float, quiet: Callable[[bool], None]) -> None:
    """Watch the disk alone until cancelled, for whoever writes much without a guardian."""
    table = {"disk": limits(0.0, 0.0, low_disk_mb)["disk"]}
    await Pressure(LinuxGauges(folder), _Shedding(quiet), Journal(), table).run()


class _Shedding:
    """Implements `Relief` where there is nothing but a writer."""

    def __init__(self, quiet: Callable[[bool], None]) -> None:
        self._quiet = quiet

    async def heat(self, *, presses: bool) -> None:
        """Nothing to do."""

    async def memory(self, *, presses: bool) -> None:
        """Nothing to do."""

    async def disk(self, *, presses: bool) -> None:
        self._quiet(presses)

    async def supply(self, *, presses: bool) -> None:
        """Nothing to do."""

    def clock_was_set(self) -> None:
        """Nothing to do."""


async def _tick(stall: StallGuard) -> None:
    while True:
        stall.tick()
        await asyncio.sleep(STALL_TICK_S)


async def _cancelled(task: asyncio.Future[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
