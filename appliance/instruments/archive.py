"""What happened, as the console tells it: from the history on the disk, and from the log."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.console.ports import Figures
from appliance.history.ports import Reader
from appliance.history.record import Record
from appliance.history.why import numbers, story
from appliance.instruments.logbook import Logbook


class Archive:
    """Implements the console's `Records`."""

    def __init__(self, history: Reader, logbook: Logbook) -> None:
        self._history, self._logbook = history, logbook

    def turns(self, n: int) -> Sequence[Figures]:
        """As the port."""
        return [_turn(record) for record in self._history.turns(n)]

    def why(self, n: int) -> str:
        """As the port."""
        found = story(self._history, n)
        if found is None:
            return "the history has no such turn"
        meanings = "; ".join(f"{code}, {meaning}" for code, meaning in found.codes.items())
        return f"{found.why} ({meanings})"

    def events(self, n: int) -> Sequence[Figures]:
        """As the port."""
        return [_event(record) for record in self._history.events(n)]

    def counters(self) -> Figures:
        """As the port."""
        return self._history.counters()

    def log(self, n: int) -> Sequence[str]:
        """As the port."""
        return self._logbook.last(n)


def _event(record: Record) -> Figures:
    """Its name and time first; no figure may take their place."""
    named = {"at": _at(record), "code": record.code}
    return named | dict(record.figures) | named


def _turn(record: Record) -> Figures:
    timings = numbers(record.figures.get("timings_ms"))
    spares = record.figures.get("fallback")
    row = {"id": record.figures.get("turn"), "reason": record.code, "at": _at(record), **timings}
    return row | ({"fallback": spares} if spares else {})


def _at(record: Record) -> str:
    """By the clock, or since the machine was started where nobody knew the time."""
    wall, boot_s = record.when.wall, record.when.boot_ms / 1000
    return wall.strftime("%m-%d %H:%M:%S") if wall else f"boot + {boot_s:.0f} s"
