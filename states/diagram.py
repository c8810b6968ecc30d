"""Draws the table: `python -m states.diagram` prints the Mermaid text that docs/ shows."""

from __future__ import annotations

from collections import defaultdict

from states.events import trigger_name
from states.state import State
from states.table import ROWS


def mermaid() -> str:
    """A state diagram of every row, one arrow for each pair of states."""
    arrows: defaultdict[tuple[State, State], list[str]] = defaultdict(list)
    for row in ROWS:
        arrows[row.source, row.dest or row.source].append(trigger_name(row.event))
    lines = ["stateDiagram-v2", "    direction LR", f"    [*] --> {State.STARTING.value}"]
    for (source, dest), names in arrows.items():
        lines.append(f"    {source.value} --> {dest.value}: {', '.join(dict.fromkeys(names))}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(mermaid(), end="")  # noqa: T201  # a command's output
