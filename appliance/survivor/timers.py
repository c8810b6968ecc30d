"""Timers and alarms: what is set, when it is due, and that a power cut does not lose it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from appliance.errors import ApplianceError
from appliance.survivor.state import read_state, set_aside, write_state

log = logging.getLogger(__name__)

MOST: Final = 20
"""Timers and alarms together; one more is refused, for nobody could keep them apart."""
MISSED_S: Final = 60.0
"""What is due for longer was due while the power was off."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A length of time that is running; `due` is aware, in UTC."""

    duration_s: int
    due: datetime
    name: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A time on the wall's clock, without an offset, so that summer time does not move it."""

    due: datetime


@dataclass(frozen=True, slots=True)
class Due:
    """Something is due; `late_s` is for how long."""

    entry: Timer | Alarm
    late_s: float

    @property
    def is_missed(self) -> bool:
        """Whether it was due while the appliance was off."""
        return self.late_s > MISSED_S


class Timers:
    """Everything that is set. A change is on disk before the call returns.

    A change that cannot be written is made all the same, and raises `STATE-UNWRITABLE`: the timer
    runs, but a power cut would lose it.
    """

    def __init__(self, path: Path, on_change: Callable[[], None] = lambda: None) -> None:
        """Note where they are kept; `load` reads them.

        Args:
            path: the JSON file; its folder is made when needed.
            on_change: is told after each change, so that a watch can look again.
        """
        self._path, self.on_change = path, on_change
        self.timers: tuple[Timer, ...] = ()
        self.alarms: tuple[Alarm, ...] = ()

    def load(self) -> None:
        """Read what was set before the power went.

        Raises:
            ApplianceError: the file cannot be read, or made no sense and was set aside; then
                nothing is set, and everything works.
        """
        state = read_state(self._path)
        try:
            timers = tuple(_timer(item) for item in state.get("timers", []))
            alarms = tuple(_alarm(item) for item in state.get("alarms", []))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise set_aside(self._path, error) from error
        self.timers, self.alarms = timers[:MOST], alarms[:MOST]

    @property
    def is_full(self) -> bool:
        """Whether one more would be refused."""
        return len(self._all()) >= MOST

    def start(self, duration_s: int, now: datetime, name: str = "") -> Timer:
        """Start a timer; ApplianceError (`STATE-FULL`) where there are `MOST` already."""
        self._check_room()
        timer = Timer(duration_s, now.astimezone(UTC) + timedelta(seconds=duration_s), name)
        self._change((*self.timers, timer), self.alarms)
        return timer

    def set_alarm(self, due: datetime) -> Alarm:
        """Set an alarm for a local time without offset; setting it again changes nothing."""
        alarm = Alarm(due)
        if alarm not in self.alarms:
            self._check_room()
            self._change(self.timers, (*self.alarms, alarm))
        return alarm

    def cancel(self, *entries: Timer | Alarm) -> None:
        """Forget these."""
        self._change(
            tuple(timer for timer in self.timers if timer not in entries),
            tuple(alarm for alarm in self.alarms if alarm not in entries),
        )

    def take_due(self, now: datetime) -> list[Due]:
        """Remove and return what is due at the aware local time `now`, the oldest first."""
        late = [Due(entry, -left_s(entry, now)) for entry in self._all()]
        due = sorted((d for d in late if d.late_s >= 0), key=lambda d: -d.late_s)
        if due:
            self._change_anyway(lambda: self.cancel(*(item.entry for item in due)))
        return due

    def next_due_s(self, now: datetime) -> float | None:
        """Seconds until something is due; None if nothing is set."""
        return min((left_s(entry, now) for entry in self._all()), default=None)

    def clock_was_set(self, by_s: float, among: Collection[Timer]) -> None:
        """The clock was put forward by `by_s`: timers still run for as long as they were to.

        `among`: those that were set by the clock as it was; later ones are right as they are.
        """
        step = timedelta(seconds=by_s)
        moved = tuple(
            replace(timer, due=timer.due + step) if timer in among else timer
            for timer in self.timers
        )
        self._change_anyway(lambda: self._change(moved, self.alarms))

    def _all(self) -> list[Timer | Alarm]:
        return [*self.timers, *self.alarms]

    def _check_room(self) -> None:
        if self.is_full:
            raise ApplianceError(
                "STATE-FULL", "it cannot be set", f"there are {MOST} already", "cancel one first"
            )

    def _change_anyway(self, change: Callable[[], None]) -> None:
        """A full disk keeps no timer from ringing; at worst it rings again after a restart."""
        try:
            change()
        except ApplianceError as error:
            log.warning("%s", error)

    def _change(self, timers: tuple[Timer, ...], alarms: tuple[Alarm, ...]) -> None:
        self.timers, self.alarms = timers, alarms
        try:
            write_state(self._path, self._state())
        finally:
            self.on_change()

    def _state(self) -> dict[str, Any]:
        return {
            "timers": [
                {"duration_s": t.duration_s, "due": t.due.isoformat(), "name": t.name}
                for t in self.timers
            ],
            "alarms": [{"due": a.due.isoformat()} for a in self.alarms],
        }


def left_s(entry: Timer | Alarm, now: datetime) -> float:
    """Seconds until it is due, at the aware local time `now`."""
    here = now if isinstance(entry, Timer) else now.replace(tzinfo=None)
    return (entry.due - here).total_seconds()


def _timer(item: dict[str, Any]) -> Timer:
    due = datetime.fromisoformat(item["due"])
    if due.tzinfo is None:
        raise ValueError("a timer without an offset from UTC")
    return Timer(int(item["duration_s"]), due.astimezone(UTC), str(item.get("name", "")))


def _alarm(item: dict[str, Any]) -> Alarm:
    due = datetime.fromisoformat(item["due"])
    if due.tzinfo is not None:
        raise ValueError("an alarm with an offset from UTC")
    return Alarm(due)
