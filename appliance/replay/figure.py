"""The whole figure: heading, words, the panels over one axis of time, and the wait magnified."""

from __future__ import annotations

import io
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from appliance.reasons import REASONS
from appliance.replay.panels import AXIS, GAP, LEFT, PANELS
from appliance.replay.reader import TracedTurn
from appliance.replay.svg import Drawing, Scale
from appliance.replay.waterfall import waterfall
from appliance.replay.window import Window
from appliance.view.stages import first_sound_ms, landmarks

WIDTH = 1200.0
_MARGIN, _GUTTER, _RIGHT = LEFT, 156.0, 92.0
_WORDS_A_LINE, _MOST_LINES = 118, 8
_LINE = 21.0
_GOOD = {"answered": "good", "command": "good", "failed": "bad"}


class Figure(NamedTuple):
    """A drawing, and where in it time runs, for whoever points at it.

    Attributes:
        top: where the panels begin; they end at `bottom`.
    """

    svg: str
    height: float
    time: Scale
    top: float
    bottom: float


def draw(window: Window, style: str = "") -> Figure:
    """The figure as SVG; `style` is put into it, for who has no style sheet of his own."""
    drawing = Drawing(WIDTH)
    time = Scale(window.from_s, window.to_s, _GUTTER, WIDTH - _RIGHT)
    y = _heading(drawing, window)
    y += _words(drawing, window, y)
    first = y = y + _flags(drawing, window, time, y)
    for panel in PANELS:
        y += panel(drawing, window, time, y) + GAP
    y = bottom = y - GAP
    _marks(drawing, window, time, first, y)
    y += waterfall(drawing, window, time, y)
    for note in window.notes:
        y += _LINE
        drawing.text(_MARGIN, y, note, "muted")
    height = y + _MARGIN
    svg = drawing.finish(height, _label(window), style)
    return Figure(svg, height, time, first, bottom - AXIS)


def _label(window: Window) -> str:
    turn = window.turn
    return f"Timeline of turn {turn.id}: {turn.outcome}" if turn else "Timeline of a trace"


def _heading(drawing: Drawing, window: Window) -> float:
    turn = window.turn
    drawing.text(_MARGIN, 50, f"Turn {turn.id}" if turn else "No turn", "title")
    if turn is None:
        drawing.text(_MARGIN, 74, f"profile {window.header.profile}; nobody asked", "muted")
        return 96.0
    left = _MARGIN + 30 + 15.5 * len(f"Turn {turn.id}")
    chip = f"{turn.outcome.replace('_', ' ')} · {turn.reason}"
    drawing.rect(left, 31, 8.0 * len(chip) + 20, 24, _GOOD.get(turn.outcome, "fair"), rx="12")
    drawing.text(left + 10, 47, chip, "inverse")
    drawing.text(_MARGIN, 78, _summary(window, turn), "muted")
    for number, (name, value) in enumerate(reversed(_figures(turn))):
        right = WIDTH - _MARGIN - 140 * number
        drawing.text(right, 46, value, "value", "end")
        drawing.text(right, 64, name, "small muted", "end")
    return 100.0


def _summary(window: Window, turn: TracedTurn) -> str:
    parts = [REASONS[turn.reason].meaning] if turn.reason in REASONS else []
    if turn.error_code:
        parts.append(turn.error_code)
    if turn.wake:
        parts.append(f"woken by “{turn.wake.phrase}” {turn.wake.score:.2f}")
    if turn.scores:
        parts.append(f"best passage {turn.scores[0]:.2f}")
    return " · ".join([*parts, f"profile {window.header.profile}"])


def _figures(turn: TracedTurn) -> list[tuple[str, str]]:
    endpoint_ms = turn.timings_ms.get("endpoint")
    known = [] if endpoint_ms is None else [("waited for the end", endpoint_ms)]
    known += [(f"to the {name}", ms) for name, ms in landmarks(turn.timings_ms)]
    return [(name, f"{ms:.0f} ms") for name, ms in known]


def _words(drawing: Drawing, window: Window, top: float) -> float:
    turn = window.turn
    if turn is None:
        return 0.0
    y = top
    said = (("heard", turn.transcript, turn.heard_words), ("said", turn.spoken, turn.said_words))
    for name, text, count in said:
        drawing.text(_MARGIN, y + 16, name, "muted")
        if text is None:
            kept = f"{count} {'word' if count == 1 else 'words'}, not kept"
            drawing.text(_GUTTER, y + 16, kept, "muted")
            y += _LINE
        for line in _wrapped(text or ("nothing" if text is not None else "")):
            drawing.text(_GUTTER, y + 16, line, "words")
            y += _LINE
    if turn.sources:
        drawing.text(_GUTTER, y + 16, f"from {', '.join(turn.sources)}", "muted")
        y += _LINE
    return y - top + 14


def _wrapped(text: str) -> list[str]:
    lines = Text(text).wrap(Console(file=io.StringIO()), _WORDS_A_LINE)
    shown = [line.plain.rstrip() for line in lines if line.plain.strip()]
    return [*shown[: _MOST_LINES - 1], "…"] if len(shown) > _MOST_LINES else shown


def _moments(window: Window) -> list[tuple[str, float, str]]:
    """What the eye looks for: (name, stream time, on which side of its line the name stands)."""
    turn, asked_s = window.turn, window.asked_s
    moments = []
    if turn and turn.wake:
        moments.append(("wake phrase", turn.wake.at_s, "end"))
    if asked_s is not None and turn:
        moments.append(("end of speech" if turn.speech else "question", asked_s, "end"))
        if sound_ms := first_sound_ms(turn.timings_ms):
            moments.append(("first sound", asked_s + sound_ms / 1000, "start"))
    return moments


def _flags(drawing: Drawing, window: Window, time: Scale, top: float) -> float:
    for name, at_s, side in _moments(window):
        drawing.text(time(at_s), top + 12, name, "small", side)
    return 18.0


def _marks(drawing: Drawing, window: Window, time: Scale, top: float, bottom: float) -> None:
    moments = {name: at_s for name, at_s, _ in _moments(window)}
    asked_s = moments.get("end of speech", moments.get("question"))
    sounded_s = moments.get("first sound")
    if asked_s is not None and sounded_s is not None:
        left, right = time(asked_s), time(sounded_s)
        drawing.behind(left, top, right - left, bottom - top, "haze")
    for at_s in moments.values():
        for kind in ("halo", "mark"):
            drawing.line((time(at_s), top - 2), (time(at_s), bottom - AXIS), kind)
