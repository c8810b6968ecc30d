"""Events that come again and again are told at once, then counted: the disk is to last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from appliance.clock import Moment

WINDOW_MS: Final = 60_000
"""An event that comes again within this is not written again, but counted."""
MOST: Final = 256
"""Different events that are counted at a time; further ones are all called EVENTS_MANY."""


@dataclass(slots=True)
class Event:
    """Something that happened; what was counted has how often in `figures["times"]`."""

    code: str
    figures: Mapping[str, Any]
    when: Moment


@dataclass(slots=True)
class _Window:
    ends_ms: int
    latest: Event | None = None
    times: int = 0


class Coalescer:
    """Two events are the same if their codes and labels are; numbers may differ."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, ...], _Window] = {}

    def take(self, event: Event) -> Event | None:
        """The event if it is to be written now; None if it was counted."""
        key = _key(event)
        if key not in self._windows and len(self._windows) >= MOST:
            event = Event("EVENTS_MANY", {}, event.when)
            key = _key(event)
        window = self._windows.get(key)
        if window is None:
            self._windows[key] = _Window(event.when.boot_ms + WINDOW_MS)
            return event
        window.times += 1
        window.latest = event
        return None

    def due(self, now_ms: int, *, all_of_them: bool = False) -> list[Event]:
        """What was counted in windows that are over."""
        over = [k for k, w in self._windows.items() if all_of_them or w.ends_ms <= now_ms]
        windows = [self._windows.pop(key) for key in over]
        return [
            Event(w.latest.code, {**w.latest.figures, "times": w.times}, w.latest.when)
            for w in windows
            if w.latest
        ]

    def next_due_ms(self) -> int | None:
        """When the next window is over; None: nothing was counted."""
        return min((w.ends_ms for w in self._windows.values()), default=None)


def _key(event: Event) -> tuple[str, ...]:
    labels = sorted(f"{k}={v}" for k, v in event.figures.items() if isinstance(v, str))
    return (event.code, *labels)
