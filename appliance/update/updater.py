"""The updater of the running service: one task of the loop, which does one thing at a time.

A stick is looked at when it comes; what is signed and newer is installed once nobody needs the
device, and used once nobody needs it again. A system that was installed has to prove itself
(docs/image.md); here it is told what became of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from appliance.clock import moment, now_s
from appliance.errors import ApplianceError
from appliance.update.check import Bench, Verdict, on_thread
from appliance.update.device import is_confirmed
from appliance.update.diary import Diary, Trial
from appliance.update.errors import RefusedError, UpdateError
from appliance.update.ports import Machine, Notes, Person
from appliance.update.stick import Stick

log = logging.getLogger(__name__)

LOOK_S: Final = 2.0
"""How often a stick is looked for."""
QUIET_S: Final = 10.0
"""How long nobody must have needed the device."""
QUIET_LOOK_S: Final = 0.5
HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Whom and what the updater deals with.

    Attributes:
        confirmed: whether this boot was found healthy for long enough.
        boot: names this run of the kernel.
    """

    person: Person
    machine: Machine
    notes: Notes
    stick: Stick
    confirmed: Callable[[], bool] = is_confirmed
    boot: Callable[[], str] = lambda: moment().boot


class Updater:
    """Belongs to the loop's thread."""

    def __init__(self, bench: Bench, around: Surroundings, diary: Diary) -> None:
        """Do nothing yet."""
        self._bench, self._around, self._diary = bench, around, diary
        self._asked = asyncio.Event()
        self._doing: dict[str, Any] = {"doing": "nothing"}
        self._handled = False
        self._due: Callable[[], bool] | None = None

    def begin(self) -> dict[str, Any]:
        """Look at the stick, though it may have been looked at; what goes on at present.

        Raises:
            UpdateError: (`UPD-NONE`) there is no stick.
        """
        if self._doing["doing"] == "nothing":
            if not self._around.stick.is_there():
                raise _nothing_there()
            self._asked.set()
            self._doing = {"doing": "looking"}
        return {**self._doing, "last": self._diary.last}

    async def run(self) -> None:
        """Update until cancelled."""
        await on_thread(self._bench.tidy)
        if key := self._became_of_the_last():
            await until_quiet(self._around.person)
            self._around.person.say(key)
        while True:
            await self._step()
            await self._rest()

    # -- what became of the last one --------------------------------------------------------

    def _became_of_the_last(self) -> str:
        """What to say of it; empty: nothing."""
        trial, notes = self._diary.trial, self._around.notes
        if trial is None or (trial.told and self._bench.device.slot == trial.slot):
            return ""
        if self._bench.device.slot == trial.slot:
            notes.note("UPDATE_BOOTED", {"version": trial.version})
            self._diary.trial = replace(trial, told=True)
            self._diary.save_if_possible()
            return "update_booted"
        if self._around.boot() == trial.boot:
            self._due = self._around.machine.reboot
            return ""
        notes.note("UPDATE_ROLLED_BACK", {"version": trial.version})
        self._diary.trial = None
        self._diary.failed.append(f"system {trial.version}")
        self._remember("rolled back", trial.version)
        return "update_rolled_back"

    def _look_for_confirmation(self) -> None:
        trial = self._diary.trial
        if trial and trial.slot == self._bench.device.slot and self._around.confirmed():
            self._around.notes.note("UPDATE_CONFIRMED", {"version": trial.version})
            self._diary.trial = None
            self._remember("confirmed", trial.version)

    # -- the task ---------------------------------------------------------------------------

    async def _step(self) -> None:
        self._look_for_confirmation()
        if self._due is not None:
            await self._start_anew(self._due)
            return
        there = await on_thread(self._around.stick.is_there)
        asked, self._handled = self._asked.is_set(), self._handled and there
        self._asked.clear()
        if there and (asked or not self._handled):
            self._handled = True
            await self._work_through(asked=asked)
        self._doing = {"doing": "nothing"}

    async def _rest(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_S):
                await self._asked.wait()

    async def _work_through(self, *, asked: bool) -> None:
        """Every update on the stick; then what they need to be used, once."""
        kinds = set()
        for file in await on_thread(self._around.stick.updates):
            if verdict := await self._wanted(file, asked=asked):
                kinds.add(verdict.kind if await self._installed(verdict) else "")
        if "system" in kinds:
            self._due = self._around.machine.reboot
        elif "knowledge" in kinds:
            self._due = self._around.machine.restart

    async def _wanted(self, file: Path, *, asked: bool) -> Verdict | None:
        self._doing = {"doing": "checking"}
        try:
            verdict = await self._bench.check(file, self._report)
        except ApplianceError as error:
            self._failed("UPDATE_REFUSED", "refused", error)
            key = "update_refused" if isinstance(error, RefusedError) else "update_failed"
            self._around.person.say(key)
            return None
        if verdict.is_news and (asked or verdict.name not in self._diary.failed):
            return verdict
        self._remember("nothing new", str(verdict.version))
        return None

    async def _installed(self, verdict: Verdict) -> bool:
        figures = {"kind": verdict.kind, "version": str(verdict.version)}
        self._doing = {"doing": "waiting until nobody needs it", **figures}
        await until_quiet(self._around.person)
        around = self._around
        around.notes.note("UPDATE_STARTED", figures)
        around.person.say("update_begins")
        around.person.light(on=True)
        self._doing = {"doing": "installing", **figures}
        try:
            if verdict.kind == "system":
                await self._bench.install(verdict, _Halfway(self._report, around.person))
                await self._on_trial(verdict)
            else:
                await self._bench.install(verdict, self._report)
        except ApplianceError as error:
            self._failed("UPDATE_FAILED", "failed", error, str(verdict.version))
            around.person.say("update_failed")
            return False
        finally:
            around.person.light(on=False)
        around.notes.note("UPDATE_FINISHED", figures)
        self._remember("installed", str(verdict.version))
        return True

    async def _on_trial(self, verdict: Verdict) -> None:
        """From now on, another slot that is booted means that it did not prove itself."""
        slots = (await self._bench.installer.system()).slots
        other = next((slot.bootname for slot in slots if not slot.booted), "")
        self._diary.trial = Trial(str(verdict.version), other, self._around.boot())
        self._diary.save_if_possible()

    async def _start_anew(self, begin: Callable[[], bool]) -> None:
        self._doing = {"doing": "waiting until nobody needs it, to start anew"}
        await until_quiet(self._around.person)
        self._around.person.say("update_restarts")
        await until_quiet(self._around.person)
        self._due = None
        if not begin():
            self._remember("installed", "", "start it anew by hand: nobody else does")

    # -- what is told -----------------------------------------------------------------------

    def _report(self, what: str, share: float) -> None:
        """From any thread: one assignment."""
        self._doing = {**self._doing, "step": what, "percent": round(share * 100)}

    def _failed(self, code: str, result: str, error: ApplianceError, version: str = "") -> None:
        log.warning("%s: %s", error.code, error)
        self._around.notes.note(code, {"error": error.code, "version": version})
        self._remember(result, version, f"{error} [{error.code}]")

    def _remember(self, result: str, version: str, why: str = "") -> None:
        told = {"result": result, "version": version, "why": why}
        self._diary.last = {key: value for key, value in told.items() if value}
        self._diary.save_if_possible()


async def until_quiet(person: Person) -> None:
    """Until nobody has needed the device for a while."""
    since_s = now_s()
    while now_s() - since_s < QUIET_S:
        await asyncio.sleep(QUIET_LOOK_S)
        if not person.is_quiet():
            since_s = now_s()


def _nothing_there() -> UpdateError:
    return UpdateError(
        "UPD-NONE",
        "there is no update",
        "no stick is plugged in that could be read",
        "plug in a USB stick (FAT) with a .raucb file, or a .pack with its .pack.sig",
    )


class _Halfway:
    """Says when half of it is done, once."""

    def __init__(self, report: Callable[[str, float], None], person: Person) -> None:
        self._report, self._person, self._said = report, person, False

    def __call__(self, what: str, share: float) -> None:
        self._report(what, share)
        if share >= HALF and not self._said:
            self._said = True
            self._person.say("update_half")
