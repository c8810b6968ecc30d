"""How the service writes history, and how others read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from appliance.history.record import Record
from appliance.record import Turn


class Chronicle(Protocol):
    """Takes note of what happens; from any thread. Never raises.

    It waits for another thread's note 20 ms at most, and for the kernel to take one line.
    """

    def note(self, code: str, figures: Mapping[str, Any] | None = None) -> None:
        """Something happened.

        Args:
            code: of `appliance.reasons.EVENTS`.
            figures: numbers and labels; what looks like a sentence is kept as "?".
        """

    def turn(self, turn: Turn) -> None:
        """A turn is over."""

    def count(self, name: str, n: int = 1) -> None:
        """It happened `n` more times; `name` is of `appliance.reasons.COUNTERS`."""

    def try_again(self) -> None:
        """There may be room on the disk again: what was held is written at once."""


class Reader(Protocol):
    """What happened, read from the disk. Never raises: what is torn or unreadable is left out."""

    def turns(self, n: int) -> Sequence[Record]:
        """The last `n` turns, the last one first."""

    def events(self, n: int) -> Sequence[Record]:
        """The last `n` events, the last one first."""

    def counters(self) -> Mapping[str, int]:
        """How often what happened, over all restarts; a name that is missing never did."""


class History(Chronicle, Reader, Protocol):
    """Both."""
