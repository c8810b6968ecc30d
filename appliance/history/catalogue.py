"""Draws up the catalogue: `python -m appliance.history.catalogue` prints the tables of docs/."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.reasons import COUNTERS, EVENTS, LAPSES, REASONS


def tables() -> str:
    """Every reason, lapse, event and counter, as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from ("## How a turn ended", "", "| code | outcome | means |", "|---|---|---|")
    for code, reason in REASONS.items():
        yield f"| `{code}` | {reason.outcome.value} | {reason.meaning} |"
    yield from _table("Why a spare engine did a part of it", LAPSES, "code")
    yield from _table("What else is noted", EVENTS, "code")
    yield from _table("What is counted", COUNTERS, "counter")


def _table(title: str, rows: dict[str, str], key: str) -> Iterator[str]:
    yield from ("", f"## {title}", "", f"| {key} | means |", "|---|---|")
    yield from (f"| `{code}` | {meaning} |" for code, meaning in rows.items())


if __name__ == "__main__":
    print(tables(), end="")  # noqa: T201  # a command's output
