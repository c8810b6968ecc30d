"""What is drawn: one turn of a trace, with a little of what was before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import ApplianceError
from appliance.replay.reader import (
    Heard,
    Played,
    Sound,
    Trace,
    TracedTurn,
    read_sound,
    read_trace,
)
from appliance.trace import Header

BEFORE_S, AFTER_S = 1.6, 0.6
LONGEST_S = 180.0
"""More fits no picture; the rest is left out, and the picture says so."""
NO_TURN_S = 30.0


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the stream, and everything that is known of it.

    Attributes:
        turn: None where the trace holds no turn; then it is the end of the trace.
        states: (name, from, to) in order, without gaps.
        sound: what was heard and what was played; None where it wasn't kept.
        notes: what the reader of the picture should know of it.
    """

    header: Header
    turn: TracedTurn | None
    from_s: float
    to_s: float
    heard: Sequence[Heard]
    played: Sequence[Played]
    states: Sequence[tuple[str, float, float]]
    sound: tuple[Sound, Sound] | None
    notes: Sequence[str]

    @property
    def asked_s(self) -> float | None:
        """When the question had been asked; None where nobody did."""
        return self.turn.asked_s if self.turn and self.turn.asked_s else None


def window_of(path: Path, number: int | None = None) -> Window:
    """The turn of that number, the last one by default; the end of a trace without turns.

    Raises:
        ApplianceError: the trace cannot be read, or has no such turn (`TRACE-TURN`).
    """
    trace = read_trace(path)
    turn = _chosen(path, trace, number)
    from_s, to_s = _span(trace, turn)
    notes = ["The trace ends in the middle of a line."] if trace.cut else []
    if to_s - from_s > LONGEST_S:
        to_s = from_s + LONGEST_S
        notes.append(f"Only the first {LONGEST_S:.0f} seconds are drawn.")
    return Window(
        header=trace.header,
        turn=turn,
        from_s=from_s,
        to_s=to_s,
        heard=[one for one in trace.heard if from_s <= one.at_s <= to_s],
        played=[one for one in trace.played if one.at_s < to_s and one.until_s > from_s],
        states=_states(trace, from_s, to_s),
        sound=read_sound(path, from_s, to_s) if trace.header.sound else None,
        notes=notes,
    )


def _chosen(path: Path, trace: Trace, number: int | None) -> TracedTurn | None:
    if number is None:
        return trace.turns[-1] if trace.turns else None
    for turn in trace.turns:
        if turn.id == number:
            return turn
    ids = [turn.id for turn in trace.turns]
    held = f"it holds turns {ids[0]} to {ids[-1]}" if ids else "it holds no turn"
    raise ApplianceError(
        "TRACE-TURN",
        f"the trace {path} has no turn {number}",
        held,
        "name one of them with --turn, or leave it out for the last",
    )


def _span(trace: Trace, turn: TracedTurn | None) -> tuple[float, float]:
    if turn is None:
        latest = max((one.at_s for one in trace.heard), default=0.0)
        return max(0.0, latest - NO_TURN_S), max(latest, 1.0)
    return max(0.0, _began_s(turn) - BEFORE_S), max(turn.at_s, _began_s(turn)) + AFTER_S


def _began_s(turn: TracedTurn) -> float:
    known = [turn.speech[0]] if turn.speech else []
    known += [turn.wake.at_s] if turn.wake else []
    known += [since for _, since in turn.states[1:2]]
    return min(known, default=turn.at_s)


def _states(trace: Trace, from_s: float, to_s: float) -> list[tuple[str, float, float]]:
    ends = [since for _, since in trace.states[1:]] + [to_s]
    spans = [
        (name, max(since, from_s), min(end, to_s))
        for (name, since), end in zip(trace.states, ends, strict=False)
    ]
    return [span for span in spans if span[1] < span[2]]
