"""Answers as a person reads them, on a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_BAR_CELLS = 16
_LOUDEST_DB = 90.0


def rows(data: Mapping[str, Any]) -> str:
    """One line for each figure, names aligned."""
    width = max(map(len, data), default=0)
    return "\n".join(f"{name:<{width}}  {_shown(value)}" for name, value in data.items())


def table(lines: Sequence[Mapping[str, Any]], none: str) -> str:
    """One line for each mapping; `none` where there are none."""
    return "\n".join("  ".join(_cell(*item) for item in line.items()) for line in lines) or none


def meter(levels: Mapping[str, Any]) -> str:
    """A bar of the level, and the scores, in one line of ASCII."""
    level_db = float(levels.get("level_db", 0.0))
    filled = round(min(max(level_db / _LOUDEST_DB, 0.0), 1.0) * _BAR_CELLS)
    bar = ("#" * filled).ljust(_BAR_CELLS, ".")
    wake = " ".join(f"{name} {score:.2f}" for name, score in levels.get("wake", {}).items())
    return f"[{bar}] {level_db:4.0f} dB  speech {levels.get('speech', 0.0):.2f}  {wake}"


def plain(text: str) -> str:
    """Without anything that would steer a terminal."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "?" for sign in text)


def _cell(name: str, value: object) -> str:
    return _shown(value) if name in {"at", "code", "reason", "id"} else f"{name} {_shown(value)}"


def _shown(value: object) -> str:
    match value:
        case True | False | None:
            return {True: "yes", False: "no", None: "-"}[value]
        case float():
            return f"{value:g}"
        case Mapping():
            return ", ".join(f"{name} {_shown(each)}" for name, each in value.items()) or "none"
        case str():
            return value
        case Sequence():
            return ", ".join(map(_shown, value)) or "none"
    return str(value)
