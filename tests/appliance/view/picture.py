"""Draws `docs/listen.svg`, the picture of the live view, out of a conversation as it happens.

    python -m tests.appliance.view.picture docs/listen.svg [--demo DIR] [--keep TRACE]
    python -m tests.appliance.view.picture docs/listen.svg --trace TRACE [--at SECONDS]

Two of the demo's questions (`appliance demo`; `--demo` names a folder that has them) are the
microphone of `appliance listen`, in real time. The picture is of the moment in which the second has
been heard in part: the waterfall is the first one's. What is slow on a busy machine is slow in the
picture: draw it on an idle one.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from rich.console import Console

from appliance.engines.ports import Transcript
from appliance.reasons import Outcome
from appliance.record import Turn
from appliance.replay.reader import TracedTurn, read_trace
from appliance.view.model import Shown
from appliance.view.screen import screen
from audio.decode import samples_of
from audio.ears import Reading
from audio.files import write_wav
from audio.format import FRAME_SAMPLES, RATE_HZ, Frame
from states.state import State

WIDTH, HEIGHT = 92, 23
ASKED, PAUSE_S = ("red-light", "reset"), 18
"""The pause is longer than the answer."""
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


def converse(demo: Path, trace: Path) -> None:
    """Both questions through the service, in real time; `trace` is written."""
    sounds = [samples_of(demo / f"{name}.wav") for name in ASKED]
    pause = np.zeros(PAUSE_S * RATE_HZ, np.int16)
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "asked.wav"
        write_wav(wav, np.concatenate([sounds[0], pause, sounds[1], pause]), RATE_HZ)
        knowledge = ["--knowledge", str(demo / "demo.pack")]
        appliance("listen", "--wav", str(wav), *knowledge, "--words", "--trace", str(trace))


def appliance(*arguments: str) -> None:
    """Run the command line, which must do what it is told."""
    subprocess.run([sys.executable, "-m", "appliance", *arguments], check=True)


def half_heard_s(trace: Path) -> float:
    """When the question after the first answer had been recognised in part."""
    told = read_trace(trace)
    return next(at_s for _, at_s in told.partials if at_s > told.turns[0].at_s)


def draw(trace: Path, seconds: float, out: Path) -> None:
    """The view at a time of the stream, as SVG."""
    console = Console(record=True, width=WIDTH, height=HEIGHT, file=io.StringIO())
    console.print(screen(shown_at(trace, seconds), seconds, WIDTH, HEIGHT))
    svg = console.export_svg(title="appliance listen", unique_id="listen")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)  # it would be fetched
    out.write_text(svg.replace("Fira Code", "ui-monospace, DejaVu Sans Mono"), encoding="utf-8")


def main() -> None:
    """Converse, unless there is a trace, and draw."""
    parser = argparse.ArgumentParser(prog="python -m tests.appliance.view.picture")
    parser.add_argument("out", type=Path)
    parser.add_argument("--demo", type=Path)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--trace", type=Path)
    parser.add_argument("--at", type=float)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        demo = given.demo or Path(scratch) / "demo"
        trace = given.trace or given.keep or Path(scratch) / "listen.trace"
        if not given.trace:
            if not given.demo:
                appliance("demo", "--out", str(demo))
            converse(demo, trace)
        draw(trace, half_heard_s(trace) if given.at is None else given.at, given.out)


if __name__ == "__main__":
    main()
