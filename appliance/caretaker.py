"""Puts updates and the factory reset into the house: who is asked, told, and restarted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from appliance.body import Bell
from appliance.clock import civil_now
from appliance.config import Config
from appliance.console.errors import unavailable
from appliance.console.ports import Figures
from appliance.console.signing import PACK, load_public
from appliance.director import Director
from appliance.errors import ApplianceError
from appliance.guard import Guarding
from appliance.health.recovery import Stage
from appliance.knowledge.pack import Pack
from appliance.panel import Panel
from appliance.survivor.timers import Timers
from appliance.survivor.tongue import tongue
from appliance.update import reset
from appliance.update.bus import RaucOnBus
from appliance.update.check import Bench
from appliance.update.device import Device, this_device
from appliance.update.diary import Diary
from appliance.update.ports import Fits
from appliance.update.shelf import Choice, Shelf
from appliance.update.stick import Stick
from appliance.update.updater import Surroundings, Updater, until_quiet
from states.state import State

log = logging.getLogger(__name__)

INCOMING: Final = "incoming"
QUIET: Final = frozenset({State.IDLE, State.MUTED, State.FAULT})
"""Where nobody needs it. What is broken may be what an update mends."""
DUE_S: Final = 120.0
"""A timer that is due sooner would ring into the restart."""
SOON_S: Final = 0.5
"""Time for the console's answer to leave."""


@dataclass(frozen=True, slots=True)
class Room:
    """The parts of a live conversation that updates have to do with; implements `Person`."""

    director: Director
    panel: Panel
    bell: Bell
    timers: Timers
    guarding: Guarding
    language: str

    def say(self, key: str, **parts: object) -> None:
        """As the port."""
        self.director.announce(tongue(self.language).say(key, **parts))

    def light(self, *, on: bool) -> None:
        """As the port."""
        self.panel.updating(on=on)

    def is_quiet(self) -> bool:
        """As the port."""
        due_s = self.timers.next_due_s(civil_now())
        is_due = due_s is not None and due_s < DUE_S
        state = self.director.conversation.state
        return state in QUIET and not self.bell.is_ringing and not is_due


class Caretaker:
    """What is done before anything opens, and while the service runs; the console's `Upkeep`."""

    def __init__(self, config: Config, folder: Path) -> None:
        """`folder`: of the state. Nothing is read yet."""
        self._config, self._folder = config, folder
        self._events: list[tuple[str, Mapping[str, str]]] = []
        self._bench: Bench | None = None
        self._why_not: ApplianceError | None = None
        self._updater: Updater | None = None
        self._machine: _Machine | None = None
        self._was_reset = False

    def prepare(self, *, chooses_pack: bool) -> Config:
        """Reset what was ordered to be, then choose what to answer from. Blocks.

        Returns:
            The configuration with the pack that is to be used.
        """
        self._reset()
        try:
            self._bench = bench_of(self._config, self._folder, this_device())
        except ApplianceError as error:
            self._why_not = error
            return self._config
        if not chooses_pack:
            return self._config
        knowledge = self._config.knowledge
        chosen = self._bench.shelf.choose(Path(knowledge.pack))
        self._tell_of(chosen)
        return replace(self._config, knowledge=replace(knowledge, pack=str(chosen.pack)))

    async def attend(self, room: Room) -> None:
        """Note what was done, and update until cancelled. The engines are up."""
        for code, figures in self._events:
            room.guarding.notes.note(code, figures)
        self._machine = _Machine(room.guarding)
        if self._bench is not None:
            self._bench.shelf.proven()
        if self._was_reset:
            await until_quiet(room)
            room.say("reset")
        if self._bench is None or not self._config.updates.stick:
            return
        stick = Stick(Path(self._config.updates.stick))
        around = Surroundings(room, self._machine, room.guarding.notes, stick)
        self._updater = Updater(self._bench, around, Diary.load(self._folder))
        await self._updater.run()

    # -- the console's Upkeep ---------------------------------------------------------------

    def update(self) -> Figures:
        """As the port."""
        if self._updater is None:
            reason = self._why_not.cause if self._why_not else "updates.stick is not set"
            raise unavailable("update", reason, "see docs/updates.md")
        return self._updater.begin()

    def factory_reset(self) -> Figures:
        """As the port; it is carried out at the next start, which follows."""
        reset.order(self._folder)
        machine = self._machine
        starts = machine is not None and machine.is_supervised
        if machine is not None and starts:
            asyncio.get_running_loop().call_later(SOON_S, machine.restart)
        return {
            "forgets": list(reset.FORGOTTEN.values()),
            "keeps": [*reset.KEPT.values(), reset.ELSEWHERE],
            "when": "now: the service starts anew" if starts else "when it is started again",
        }

    # -- before anything opens --------------------------------------------------------------

    def _reset(self) -> None:
        """A service that does not start helps nobody: a reset that fails is tried again."""
        try:
            self._was_reset = reset.carry_out(self._folder)
        except ApplianceError as error:
            log.error("%s: %s", error.code, error)  # noqa: TRY400  # the cause is in it
            self._events.append(("FACTORY_RESET_FAILED", {}))
        if self._was_reset:
            self._events.append(("FACTORY_RESET", {}))

    def _tell_of(self, chosen: Choice) -> None:
        if not chosen.gave_way:
            return
        log.warning("the knowledge pack gave way: %s", chosen.gave_way)
        figures = {"error": chosen.gave_way, "version": chosen.lost}
        self._events.append(("PACK_ROLLED_BACK", figures))
        diary = Diary.load(self._folder)
        diary.failed.append(f"knowledge {chosen.lost}")
        diary.last = {"result": "rolled back", "version": chosen.lost, "why": chosen.gave_way}
        diary.save_if_possible()


class _Machine:
    """Implements the updater's `Machine`, by exit statuses that the unit understands."""

    def __init__(self, guarding: Guarding) -> None:
        self._guarding = guarding

    @property
    def is_supervised(self) -> bool:
        """Whether anybody starts the service again."""
        return self._guarding.manager.is_there and self._guarding.guardian is not None

    def restart(self) -> bool:
        """As the port."""
        return self._end(Stage.RESTART_SERVICE)

    def reboot(self) -> bool:
        """As the port."""
        return self._end(Stage.REBOOT)

    def _end(self, stage: Stage) -> bool:
        guardian = self._guarding.guardian
        if guardian is None or not self.is_supervised:
            return False
        guardian.end(stage, "ASKED")
        return True


def bench_of(config: Config, folder: Path, device: Device) -> Bench:
    """What updates are checked against, and installed with."""
    shelf = Shelf(folder, _pack_key(config), device, _open_pack)
    image = Path(config.knowledge.pack)
    return Bench(
        device, RaucOnBus(), shelf, lambda: shelf.in_use(image), folder.absolute() / INCOMING
    )


def _pack_key(config: Config) -> Fits | None:
    """A key that cannot be read means that no pack is accepted; it does not stop the service."""
    if not config.updates.pack_key:
        return None
    try:
        return load_public(Path(config.updates.pack_key), PACK)
    except ApplianceError as error:
        log.warning("%s: %s", error.code, error)
        return None


def _open_pack(path: Path) -> None:
    """Its seal has compared every byte; what is left to ask is whether this program reads it."""
    Pack.open(path, verify=False).close()
