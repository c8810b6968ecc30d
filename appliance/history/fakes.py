"""Chronicles without a disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from appliance.clock import Moment
from appliance.history.record import Kind, Record, clean
from appliance.history.turns import figures_of
from appliance.record import Turn


class NoChronicle:
    """Forgets everything: where no history is kept."""

    def turns(self, n: int) -> Sequence[Record]:  # noqa: ARG002  # a port
        """As the port."""
        return []

    def events(self, n: int) -> Sequence[Record]:  # noqa: ARG002  # a port
        """As the port."""
        return []

    def counters(self) -> Mapping[str, int]:
        """As the port."""
        return {}

    def note(self, code: str, figures: Mapping[str, Any] | None = None) -> None:
        """As the port."""

    def turn(self, turn: Turn) -> None:
        """As the port."""

    def count(self, name: str, n: int = 1) -> None:
        """As the port."""

    def try_again(self) -> None:
        """As the port."""


class FakeChronicle:
    """Remembers everything, writer and reader in one.

    Attributes:
        failing: as if the disk were full: nothing more is kept, nobody is told.
        records: what was kept, the oldest first.
    """

    def __init__(self) -> None:
        self.failing = False
        self.records: list[Record] = []
        self._counters: Counter[str] = Counter()

    def note(self, code: str, figures: Mapping[str, Any] | None = None) -> None:
        """As the port."""
        self._keep(Kind.EVENT, code, figures or {})

    def turn(self, turn: Turn) -> None:
        """As the port."""
        self._keep(Kind.TURN, turn.reason or "FAULT", figures_of(turn))

    def count(self, name: str, n: int = 1) -> None:
        """As the port."""
        self._counters[name] += 0 if self.failing else n

    def try_again(self) -> None:
        """As the port."""

    def turns(self, n: int) -> Sequence[Record]:
        """As the port."""
        return self._last(Kind.TURN, n)

    def events(self, n: int) -> Sequence[Record]:
        """As the port."""
        return self._last(Kind.EVENT, n)

    def counters(self) -> Mapping[str, int]:
        """As the port."""
        return dict(self._counters)

    def _keep(self, kind: Kind, code: str, figures: Mapping[str, Any]) -> None:
        if not self.failing:
            seq = len(self.records) + 1
            when = Moment("fake", seq, None)
            self.records.append(Record(seq, when, kind, code, clean(figures)))

    def _last(self, kind: Kind, n: int) -> list[Record]:
        return [record for record in reversed(self.records) if record.kind is kind][:n]
