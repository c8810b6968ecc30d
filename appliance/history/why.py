"""Why a turn was slow, silent or wrong: the record of it, as the voice would tell it, and more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from appliance.clock import EARLIEST
from appliance.history.ports import Reader
from appliance.history.record import Record
from appliance.reasons import EVENTS, LAPSES, REASONS
from appliance.survivor.explain import why
from appliance.survivor.reply import Context
from appliance.survivor.tongue import tongue

MOST_EVENTS = 3
"""That are told of with a turn."""
_LOOKED_AT = 200


class Story(NamedTuple):
    """A turn, and what explains it.

    Attributes:
        why: one or two sentences, those that the voice would say.
        codes: what they follow from: code → meaning, the turn's reason first.
        events: what else happened since the turn before (and, for the last turn, since then).
    """

    record: Record
    why: str
    codes: Mapping[str, str]
    events: Sequence[Record]


def story(history: Reader, n: int) -> Story | None:
    """The `n`th last turn, 1 being the last; None if there is none."""
    turns = history.turns(n + 1)
    if len(turns) < n:
        return None
    record = turns[n - 1]
    since = turns[n].seq if len(turns) > n else 0
    until = record.seq if n > 1 else float("inf")
    events = [e for e in history.events(_LOOKED_AT) if since < e.seq < until]
    return Story(record, told(record), dict(_codes(record)), events[:MOST_EVENTS])


def told(record: Record, language: str = "en") -> str:
    """Why it went as it did, in one or two sentences."""
    scores = numbers(dict(enumerate(_list(record, "scores"))))
    context = Context(
        now=record.when.wall or EARLIEST,
        timings_ms=numbers(record.figures.get("timings_ms")),
        fallback={key: str(code) for key, code in _map(record, "fallback").items()},
        reason=record.code,
        score=max(scores.values(), default=None),
    )
    return why(context, tongue(language))


def outcome(record: Record) -> str:
    """What became of a turn; a newer version's reasons may be unknown to us."""
    known = REASONS.get(record.code)
    return known.outcome.value if known else str(record.figures.get("outcome", "?"))


def meaning(code: str) -> str:
    """What a technician should know of a code."""
    if code in REASONS:
        return REASONS[code].meaning
    return EVENTS.get(code) or LAPSES.get(code) or "not known to this version"


def as_json(record: Record, *, words: bool = False) -> dict[str, Any]:
    """A record for machines; words only if they are asked for."""
    when = record.when
    return {
        "seq": record.seq,
        "boot": when.boot,
        "boot_ms": when.boot_ms,
        "at": when.wall.isoformat() if when.wall else None,
        "kind": record.kind.value,
        "code": record.code,
        "figures": record.figures,
        **({"words": record.words} if words else {}),
    }


def numbers(figures: object) -> dict[Any, float]:
    """Those of a map that are numbers; a file may hold anything."""
    items = figures.items() if isinstance(figures, Mapping) else ()
    return {key: value for key, value in items if type(value) in {int, float}}


def _codes(record: Record) -> Iterator[tuple[str, str]]:
    yield record.code, meaning(record.code)
    for part, code in _map(record, "fallback").items():
        yield str(code), f"{part}: {meaning(str(code))}"


def _map(record: Record, name: str) -> Mapping[str, Any]:
    found = record.figures.get(name)
    return found if isinstance(found, Mapping) else {}


def _list(record: Record, name: str) -> Sequence[Any]:
    found = record.figures.get(name)
    return found if isinstance(found, list) else []
