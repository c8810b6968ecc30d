"""What goes into a bundle, the most telling first. Reads files; for a thread beside the loop."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appliance.bundle.parcel import Entry
from appliance.errors import ApplianceError
from appliance.history.reader import HistoryReader
from appliance.history.segments import copied, segments
from appliance.history.why import as_json, meaning, outcome, told

TURNS, EVENTS = 50, 300
_PROC = (
    *("meminfo", "loadavg", "uptime", "version", "vmstat"),
    *("pressure/cpu", "pressure/io", "pressure/memory", "self/status", "self/io"),
)
_MOST_BYTES = 64 << 10
_STATE_FILES = ("recovery.json",)


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are.

    Attributes:
        state: the service's folder.
        history: that of the history.
        root: of the file system.
    """

    state: Path
    history: Path
    root: Path = Path("/")


Looks = Mapping[str, Callable[[], Any]]
"""Name → what is found out only now, in the thread; JSON can hold it."""


def entries(
    places: Places, live: Mapping[str, Any], looks: Looks, *, words: bool
) -> Iterator[Entry]:
    """Every file of a bundle; what cannot be read says so, or is left out.

    Args:
        places: where things are.
        live: name → what the loop knew when the bundle was asked for.
        looks: name → what is still to be found out.
        words: whether words that the owner keeps go along.
    """
    for name, found in live.items():
        yield _json(name, found)
    yield from _history(places.history, words=words)
    for name, look in looks.items():
        yield _json(name, _looked(look))
    for name in _STATE_FILES:
        yield from _copy(places.state / name, name)
    for name in _PROC:
        yield from _copy(places.root / "proc" / name, f"proc/{name.replace('/', '_')}.txt")
    for number, path in reversed(segments(places.history)):
        yield Entry(f"history/history-{number:08d}.log", copied(path, words=words))


def _history(folder: Path, *, words: bool) -> Iterator[Entry]:
    """The last turns with their why, ready to read; the segments have all of it."""
    history = HistoryReader(folder)
    turns = [
        as_json(turn, words=words) | {"why": told(turn), "outcome": outcome(turn)}
        for turn in history.turns(TURNS)
    ]
    events = [as_json(event) | {"means": meaning(event.code)} for event in history.events(EVENTS)]
    yield _json("turns", turns)
    yield _json("events", events)
    yield _json("counters", dict(history.counters()))


def _looked(look: Callable[[], Any]) -> Any:  # noqa: ANN401  # JSON
    try:
        return look()
    except (ApplianceError, OSError) as error:
        return {"error": str(error)}


def _copy(path: Path, name: str) -> Iterator[Entry]:
    try:
        with path.open("rb") as file:
            yield Entry(name, file.read(_MOST_BYTES))
    except OSError:  # this machine has none, or not for us
        return


def _json(name: str, found: object) -> Entry:
    return Entry(f"{name}.json", json.dumps(found, indent=1, default=str).encode())
