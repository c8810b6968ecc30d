"""The guardian: looks at the vital signs, mends what stands still, and feeds the watchdog.

One task of the loop, which is itself a proof of life. Threads and processes only raise counters.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from appliance.clock import now_s
from appliance.errors import ApplianceError
from appliance.health.notify import Manager
from appliance.health.ports import Notes, Person
from appliance.health.recovery import ENDINGS, Order, Recovery, Stage
from appliance.health.vitals import LOUDSPEAKER, MICROPHONE, NOT_EXPECTED, Stale, Vitals, expected
from audio.errors import AudioError
from states.state import State

log = logging.getLogger(__name__)

TICK_S = 0.25
EAGER_S = 0.05
"""How often it looks until all has been seen alive: somebody waits for that."""
LATE_S = 1.0
"""A tick that comes so late means that something held the loop up."""
SETTLE_S = 1.2
"""How long a part may take to show that it was mended."""
FEED_S = 2.0
"""The watchdog is fed at least so often: so soon it is known that nobody takes it."""
PROVEN_S = 0.6
"""Progress must go on for so long: a device may cough up one frame and die."""
TOLD_AFTER = 2
"""Attempts in vain until the person is told ..."""
TOLD_AFTER_S = 7.0
"""... or so long, where an attempt takes its time."""

Counter = Callable[[], float]
Mender = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Patient:
    """What the guardian watches, and how each stage is carried out.

    Attributes:
        counters: by vital sign; only progress raises them.
        menders: by stage; each gets the name of the vital sign.
        state: of the conversation.
        broke: a part without which nobody is heard has failed; gets the code.
        repaired: it works again.
    """

    counters: Mapping[str, Counter]
    menders: Mapping[Stage, Mender]
    state: Callable[[], State]
    broke: Callable[[str], None] = lambda _code: None
    repaired: Callable[[], None] = lambda: None


@dataclass(slots=True)
class _Case:
    """A part that is being mended."""

    stale: Stale
    task: asyncio.Task[None] | None = None
    attempts: int = 0
    began_s: float = field(default_factory=now_s)
    tried_s: float = field(default_factory=now_s)
    broken: bool = False
    told: bool = False


class Guardian:
    """Watches one patient.

    Attributes:
        over: set when this process has to end for something to be mended.
        ending: the stage that says how, and the code that says why.
        error: what a part or an attempt said last.
    """

    def __init__(
        self,
        patient: Patient,
        recovery: Recovery,
        manager: Manager,
        notes: Notes,
        person: Person,
        vitals: Vitals | None = None,
    ) -> None:
        """Watch nothing yet."""
        self.over = asyncio.Event()
        self.ending: tuple[Stage, str] | None = None
        self.error: AudioError | ApplianceError | None = None
        self._patient, self._recovery, self._manager = patient, recovery, manager
        self._notes, self._person = notes, person
        self._vitals = vitals or Vitals()
        self._cases: dict[str, _Case] = {}
        self._ready = self._is_unheard = False
        self._fed_s = self._ticked_s = float("-inf")

    def verdict(self) -> dict[str, Any]:
        """Whether everything that is due lives, and each sign in words."""
        now = now_s()
        return {"healthy": not self._vitals.stale(now), **self._vitals.report(now)}

    async def run(self) -> None:
        """Watch until cancelled."""
        try:
            while True:
                self.tick(now_s())
                await asyncio.sleep(TICK_S if self._ready else EAGER_S)
        finally:
            await self._drop_cases()

    async def _drop_cases(self) -> None:
        tasks = [case.task for case in self._cases.values() if case.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def failed(self, vital: str, error: Exception | None) -> None:
        """A part said itself that it has ended. On the loop's thread."""
        code = repr(error)
        if isinstance(error, AudioError | ApplianceError):
            code, self.error = error.code, error
        self._notes.note("PART_ENDED", {"part": vital, "said": code})
        self._vitals.fail(vital)

    def tick(self, now: float) -> None:
        """Look once. The counters come first: a loop that was late must not blame the others."""
        self._look_at_the_loop(now)
        self._vitals.expect(self._due(), now)
        for name, count in self._patient.counters.items():
            self._vitals.sample(name, count(), now)
        stale = self._vitals.stale(now)
        for found in stale:
            self._take_up(found)
        for case in self._cases.values():
            if now - case.began_s > TOLD_AFTER_S:
                self._tell(case, in_vain=True)
        self._recovery.observe(well=not stale and not self._cases, now_s=now)
        self._report(stale, now)

    def _due(self) -> set[str]:
        """Signs that say something now; without a microphone the ears have nothing to hear."""
        due = expected(self._patient.counters, self._patient.state())
        return due - {"ears"} if "microphone" in self._cases else due

    def _look_at_the_loop(self, now: float) -> None:
        late_s, self._ticked_s = now - self._ticked_s - TICK_S, now
        if TICK_S < late_s < float("inf"):
            self._vitals.excuse(late_s)
        if LATE_S < late_s < float("inf"):
            self._notes.note("LOOP_BLOCKED", {"for_s": round(late_s, 1)})

    # -- the watchdog -----------------------------------------------------------------------

    def _report(self, stale: list[Stale], now: float) -> None:
        """Tell the service manager; it is fed while everything is well, or known to be missing."""
        bad = [found for found in stale if not self._is_in_hand(found.vital.name, now)]
        self._ready = self._ready or self._say_ready()
        self._manager.status(self._line(stale))
        due_s = min((self._manager.watchdog_s or float("inf")) / 2, FEED_S)
        if self._ready and not bad and now - self._fed_s >= due_s - TICK_S / 2:
            self._fed_s = now
            self._manager.feed()
            self._look_at_manager()

    def _look_at_manager(self) -> None:
        """It restarts us in vain if it can't be told; that is noted when it begins and ends."""
        if self._manager.is_deaf != self._is_unheard:
            self._is_unheard = self._manager.is_deaf
            self._notes.note("WATCHDOG_GONE" if self._is_unheard else "WATCHDOG_BACK", {})

    def _say_ready(self) -> bool:
        state = self._patient.state()
        if state in {State.STARTING, State.FAULT} or not self._vitals.complete:
            return False
        self._manager.ready()
        return True

    def _is_in_hand(self, name: str, now: float) -> bool:
        """Whether the person knows that it is missing, and it is being tried again and again."""
        case = self._cases.get(_part(name))
        return case is not None and case.told and now - case.tried_s < 2 * TRY_AGAIN_S

    def _line(self, stale: list[Stale]) -> str:
        missing = ", ".join(f"{found.vital.name} {found.vital.code}" for found in stale)
        return f"{self._patient.state().value}; {missing or 'all is well'}"

    # -- recovery ---------------------------------------------------------------------------

    def _take_up(self, found: Stale) -> None:
        """Begin to mend it, unless that is under way."""
        part = _part(found.vital.name)
        if part in self._cases or self.over.is_set():
            return
        for_s = round(found.age_s, 2) if isfinite(found.age_s) else 0.0
        self._notes.note(found.vital.code, {"part": found.vital.name, "for_s": for_s})
        case = self._cases[part] = _Case(found)
        case.task = asyncio.ensure_future(self._mend(part, case))

    async def _mend(self, part: str, case: _Case) -> None:
        began_s, name = now_s(), case.stale.vital.name
        try:
            while not await self._tried(case):
                pass
        finally:
            del self._cases[part]
        if self.over.is_set():
            return
        self._repair(case)
        if self._is_due(name):
            self._notes.note("MENDED", {"part": name, "after_s": round(now_s() - began_s, 2)})
        if case.told:
            self._person.back(name)

    async def _tried(self, case: _Case) -> bool:
        """One attempt; whether nothing is left to do."""
        vital, case.tried_s = case.stale.vital, now_s()
        order = self._recovery.next(vital.name, vital.code)
        self._tell(case, in_vain=order is None or case.attempts >= TOLD_AFTER)
        if order is None:
            return await self._recovers(vital.name, REST_WITHOUT_S)
        case.attempts += 1
        if not order.is_last_hope:
            self._notes.note(order.stage.value.upper(), {"part": vital.name, "n": order.attempt})
        if order.stage in ENDINGS:
            self.end(order.stage, vital.code)
            return True
        asked_s = now_s()
        carried_out = await self._carried_out(order, vital.name)
        if not _shows_in_fault(vital.name):
            self._repair(case)
        settle_s = max(SETTLE_S if carried_out else 0.0, order.pause_s)
        return await self._recovers(vital.name, settle_s, asked_s)

    async def _carried_out(self, order: Order, name: str) -> bool:
        try:
            async with asyncio.timeout(TRY_AGAIN_S):
                await self._patient.menders[order.stage](name)
        except (AudioError, ApplianceError) as error:
            self.error = error
            log.warning("%s of %s: %s: %s", order.stage.value, name, error.code, error)
            return False
        except (OSError, TimeoutError) as error:
            log.warning("%s of %s: %r", order.stage.value, name, error)
            return False
        return True

    async def _recovers(self, name: str, within_s: float, since_s: float | None = None) -> bool:
        """Whether it shows progress after `since_s`, and goes on; or is no longer due."""
        since_s = now_s() if since_s is None else since_s
        late_s = now_s() + within_s
        while now_s() < late_s:
            await asyncio.sleep(TICK_S)
            if not self._is_due(name):
                return True
            if self._vitals.advanced(name, since_s):
                proven_s = now_s()
                await asyncio.sleep(PROVEN_S)
                if self._vitals.advanced(name, proven_s):
                    return True
        return False

    def _is_due(self, name: str) -> bool:
        return name in self._due()

    def _tell(self, case: _Case, *, in_vain: bool) -> None:
        """Light it; once attempts were in vain, say it."""
        vital = case.stale.vital
        if vital.deaf and not case.broken and (in_vain or not _shows_in_fault(vital.name)):
            case.broken = True
            self._patient.broke(vital.code)
        if in_vain and not case.told:
            case.told = True
            self._notes.note("TOLD", {"part": vital.name})
            self._person.missing(vital.name, vital.code)

    def _repair(self, case: _Case) -> None:
        if case.broken:
            case.broken = False
            self._patient.repaired()

    def end(self, stage: Stage, code: str) -> None:
        """This process has to end for that; `code` says why."""
        self.ending = (stage, code)
        self.over.set()


TRY_AGAIN_S = 15.0
"""An attempt that takes longer has failed; a guardian that makes none for twice as long hangs."""
REST_WITHOUT_S = 5.0
"""Where nothing can be done, it is looked at again after so long."""


def _shows_in_fault(name: str) -> bool:
    """Whether it can be seen to live while the conversation rests; else it is given the chance."""
    return name not in NOT_EXPECTED[State.FAULT]


def _part(name: str) -> str:
    """Signs of one device are one case."""
    if name in LOUDSPEAKER:
        return "loudspeaker"
    return "microphone" if name in MICROPHONE else name
