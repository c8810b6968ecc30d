"""One record of the history, and the line of a file that it is.

A line is the CRC-32 of a JSON object in hex, a space, the object, and a newline, which JSON never
holds: a reader that meets rubbish finds the next record behind the next newline.
"""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from appliance.clock import Moment

LONGEST: Final = 4096
"""Bytes of a line; a record that would be longer goes without its words, then its figures."""
WORD_CHARS: Final = 300
"""Characters that are kept of each text, where the owner wants words kept."""

_LABEL: Final = re.compile(r"[\w.:/+-]{1,40}", re.ASCII)
_CRC_CHARS: Final = 8


class Kind(Enum):
    """What a record tells of."""

    TURN = "turn"
    EVENT = "event"
    COUNTERS = "counters"


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        seq: counts up through restarts and power cuts: the order of records, whatever clocks say.
        when: by the kernel's clock, and by the wall's where that was known.
        code: of `appliance.reasons`; empty for counters.
        figures: numbers and labels.
        words: what was said and answered; empty unless the owner wants words kept.
    """

    seq: int
    when: Moment
    kind: Kind
    code: str
    figures: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)


def encode(record: Record) -> bytes:
    """The line of a record, at most LONGEST bytes."""
    line = _line(record)
    if len(line) > LONGEST:
        line = _line(replace(record, words={}))
    if len(line) > LONGEST:
        line = _line(replace(record, words={}, figures={"cut_bytes": len(line)}))
    return line


def decode(line: bytes) -> Record | None:
    """The record of a line, without its newline; None if it was torn, changed, or never was one."""
    check, space, text = line[:_CRC_CHARS], line[_CRC_CHARS : _CRC_CHARS + 1], line[9:]
    if space != b" " or len(line) > LONGEST or check != _check(text):
        return None
    try:
        return _record(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None  # a checksum that fits by chance, or a version that knows more than we


def label(text: object) -> str:
    """A figure that is no number: one short word of a code, never a sentence."""
    name = str(text)
    return name if _LABEL.fullmatch(name) else "?"


def clean(value: object, depth: int = 3) -> Any:  # noqa: ANN401  # JSON
    """A figure as it may be kept: numbers (infinities as None), labels, and lists or maps of them.

    Whatever looks like a sentence becomes "?": words do not get in by mistake.
    """
    match value:
        case None | bool() | int():
            return value
        case float():
            return round(value, 3) if math.isfinite(value) else None
        case Mapping() if depth:
            return {label(key): clean(item, depth - 1) for key, item in value.items()}
        case list() | tuple() if depth:
            return [clean(item, depth - 1) for item in value]
        case _:
            return label(value)


def brief(words: Mapping[str, str]) -> dict[str, str]:
    """Words as they are kept: not more than WORD_CHARS of each text."""
    return {key: text[:WORD_CHARS] for key, text in words.items()}


def _line(record: Record) -> bytes:
    when = record.when
    document: dict[str, Any] = {
        "seq": record.seq,
        "boot": when.boot,
        "ms": when.boot_ms,
        "at": when.wall and when.wall.astimezone(UTC).isoformat(timespec="seconds"),
        "kind": record.kind.value,
        "code": record.code,
        "figures": clean(record.figures),
        **({"words": dict(record.words)} if record.words else {}),
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    data = text.encode("utf-8", "replace")
    return _check(data) + b" " + data + b"\n"


def _check(data: bytes) -> bytes:
    return f"{zlib.crc32(data):08x}".encode("ascii")


def _record(document: Mapping[str, Any]) -> Record:
    wall = document["at"]
    when = Moment(
        str(document["boot"]),
        int(document["ms"]),
        None if wall is None else datetime.fromisoformat(wall).astimezone(UTC),
    )
    return Record(
        seq=int(document["seq"]),
        when=when,
        kind=Kind(document["kind"]),
        code=str(document["code"]),
        figures=dict(document["figures"]),
        words={str(key): str(text) for key, text in dict(document.get("words", {})).items()},
    )
