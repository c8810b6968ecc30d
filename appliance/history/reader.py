"""Reads the history; beside a service that writes it, after a power cut, of a copied folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from appliance.history.record import Kind, Record
from appliance.history.segments import newest_first


class HistoryReader:
    """The reader of a folder. A folder that isn't there holds nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def turns(self, n: int) -> Sequence[Record]:
        """As the port."""
        return self._last(Kind.TURN, n)

    def events(self, n: int) -> Sequence[Record]:
        """As the port."""
        return self._last(Kind.EVENT, n)

    def counters(self) -> Mapping[str, int]:
        """As the port; as they were when a turn ended last, or a minute ago."""
        latest = next(iter(self._last(Kind.COUNTERS, 1)), None)
        return counted(latest) if latest else {}

    def _last(self, kind: Kind, n: int) -> list[Record]:
        records = newest_first(self._folder)
        return list(islice((record for record in records if record.kind is kind), n))


def counted(record: Record) -> dict[str, int]:
    """The counters that a record holds."""
    return {name: n for name, n in record.figures.items() if type(n) is int and n >= 0}
