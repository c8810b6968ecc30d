"""Draws `docs/listen.svg`, the picture of the live view, out of a trace that holds words.

    python -m tests.appliance.view.picture TRACE SECONDS docs/listen.svg

The trace is of `appliance listen --words --trace TRACE`; the picture is of that second.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import numpy as np
from rich.console import Console

from appliance.engines.ports import Transcript
from appliance.reasons import Outcome
from appliance.record import Turn
from appliance.replay.reader import TracedTurn, read_trace
from appliance.view.model import Shown
from appliance.view.screen import screen
from audio.ears import Reading
from audio.format import FRAME_SAMPLES, Frame
from states.state import State

WIDTH, HEIGHT = 92, 23
SILENCE = np.zeros(FRAME_SAMPLES, np.int16)


def shown_at(path: Path, seconds: float) -> Shown:
    """What the view showed then."""
    told = read_trace(path)
    header = told.header
    shown = Shown(header.profile, header.thresholds, header.onset, header.release, words=True)
    for one in told.heard:
        if one.at_s <= seconds:
            frame = Frame(SILENCE, 0, one.at_s)
            shown.read(Reading(frame, one.level_db, one.speech, one.scores))
    for name, since_s in told.states:
        if since_s <= seconds:
            shown.enter(State(name), since_s)
    for text, at_s in told.partials:
        if shown.since_s <= at_s <= seconds:
            shown.partial = text
    shown.turns.extend(_turn(turn) for turn in told.turns if turn.at_s <= seconds)
    return shown


def _turn(traced: TracedTurn) -> Turn:
    turn = Turn(traced.id, 0.0, asked_s=traced.asked_s, stages=dict(traced.stages))
    turn.timings_ms = dict(traced.timings_ms)
    turn.transcript, turn.spoken = Transcript(traced.transcript or "", 1.0), [traced.spoken or ""]
    turn.outcome, turn.reason = Outcome(traced.outcome), traced.reason
    return turn


def main(trace: Path, seconds: float, out: Path) -> None:
    """Draw it."""
    console = Console(record=True, width=WIDTH, height=HEIGHT, file=io.StringIO())
    console.print(screen(shown_at(trace, seconds), seconds, WIDTH, HEIGHT))
    svg = console.export_svg(title="appliance listen", unique_id="listen")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # it would be fetched
    out.write_text(svg.replace("Fira Code", "ui-monospace, DejaVu Sans Mono"), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
