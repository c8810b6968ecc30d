"""The panels that share the axis of time: states, spectrogram, level, speech, wake, loudspeaker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from appliance.replay.reader import Heard
from appliance.replay.spectrogram import pitch_share, spectrogram_uri
from appliance.replay.svg import Drawing, Point, Scale
from appliance.replay.theme import STATE_COLOURS
from appliance.replay.window import Window
from appliance.trace import LEVEL_S
from audio.format import FRAME_S

GAP = 12.0
LEFT = 28.0
"""Where names begin."""
AXIS = 20.0
"""Height of the axis of time."""
_LOUD = (10.0, 90.0)
_PLAYED = (35.0, 90.0)
_LETTER = 11.0  # pixels a line of small text needs
_AVERAGED = 8  # readings: a wake phrase's score counts averaged over so many
_NARROWEST_LABEL = 7.8  # pixels a letter
_TICKS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
_TICK_PIXELS = 70.0
_PITCHES_HZ = (500, 1000, 2000, 4000)
_WAKE_COLOURS = ("wake0", "wake1", "wake2", "wake3")


def states(drawing: Drawing, window: Window, time: Scale, top: float) -> float:
    """A band for each state; returns the height, as every panel does."""
    height = 24.0
    drawing.text(LEFT, top + 16, "state")
    for name, since, until in window.states:
        left, width = time(since), time(until) - time(since)
        title = f"{name}: {until - since:.2f} s"
        kind = f"state {STATE_COLOURS.get(name, name)}"
        drawing.rect(left, top, max(1.0, width - 1), height, kind, rx="4", title=title)
        if width > len(name) * _NARROWEST_LABEL + 8:
            drawing.text(left + 8, top + 16, name.replace("_", " "), "inverse")
    return height


def spectrogram(drawing: Drawing, window: Window, time: Scale, top: float) -> float:
    """What was heard, pitch by pitch; nothing where the trace holds no sound."""
    if window.sound is None:
        return -GAP
    height, heard = 150.0, window.sound[0]
    width = time.end - time.start
    uri = spectrogram_uri(heard.samples, heard.rate_hz, round(width))
    _name(drawing, top + 14, "heard", "spectrogram")
    drawing.image(time.start, top, width, height, uri)
    for hertz in _PITCHES_HZ:
        y = top + height * (1 - pitch_share(hertz, heard.rate_hz))
        drawing.text(time.start - 8, y + 4, f"{hertz / 1000:g} kHz", "small muted", "end")
        drawing.line((time.start - 4, y), (time.start, y), "line-muted")
    _frame(drawing, time, top, height)
    return height


def level(drawing: Drawing, window: Window, time: Scale, top: float) -> float:
    """How loud it was at the microphone."""
    height = 58.0
    loud = Scale(*_LOUD, top + height, top)
    _name(drawing, top + 14, "level", "microphone, dB")
    _grid(drawing, time, [(loud(mark), f"{mark:.0f}") for mark in (30, 60, 90)])
    for run in _runs(window.heard):
        _filled(drawing, [(time(x.at_s), loud(x.level_db)) for x in run], top + height, "level")
    return height


def speech(drawing: Drawing, window: Window, time: Scale, top: float) -> float:
    """How surely somebody spoke, where it begins and ends to count, and the utterance."""
    height, header = 58.0, window.header
    share = Scale(0.0, 1.0, top + height, top)
    _name(drawing, top + 14, "speech", "probability")
    _grid(drawing, time, [(share(0), "0"), (share(1), "1")])
    for run in _runs(window.heard):
        _filled(drawing, [(time(x.at_s), share(x.speech)) for x in run], top + height, "speech")
    limits = {"onset": header.onset, "release": header.release}
    _limits(drawing, time, share, limits, ["muted"])
    if window.turn is not None and window.turn.speech is not None:
        begun, ended = (time(at_s) for at_s in window.turn.speech)
        bar = max(1.0, ended - begun)
        title = f"the question: {window.turn.speech[1] - window.turn.speech[0]:.2f} s"
        drawing.rect(begun, top + height + 3, bar, 4, "utterance speech", rx="2", title=title)
    return height + 7


def wake(drawing: Drawing, window: Window, time: Scale, top: float) -> float:
    """The score of each wake phrase, with the threshold that its average (the line) must reach."""
    height, limits = 62.0, window.header.thresholds
    share = Scale(0.0, 1.0, top + height, top)
    _name(drawing, top + 14, "wake phrases", "score")
    _grid(drawing, time, [(share(0), "0"), (share(1), "1")])
    _limits(drawing, time, share, limits, _WAKE_COLOURS)
    for number, phrase in enumerate(limits):
        kind = _WAKE_COLOURS[number % len(_WAKE_COLOURS)]
        drawing.rect(LEFT, top + 36 + 15 * number, 8, 8, kind, rx="2")
        drawing.text(LEFT + 13, top + 44 + 15 * number, phrase, "small")
        for run in _runs(window.heard):
            scores = [one.scores.get(phrase, 0.0) for one in run]
            raw = [(time(x.at_s), share(y)) for x, y in zip(run, scores, strict=True)]
            drawing.area(raw, top + height, f"area {kind}")
            line = [(x, share(y)) for (x, _), y in zip(raw, averaged(scores), strict=True)]
            drawing.curve(line, f"line-{kind}")
    if window.turn is not None and window.turn.wake is not None:
        hit = window.turn.wake
        drawing.circle(time(hit.at_s), share(hit.score), 4, "hit ink")
    return max(height, 32.0 + 15 * len(limits))


def loudspeaker(drawing: Drawing, window: Window, time: Scale, top: float) -> float:
    """How loud the device itself was."""
    height = 44.0
    loud = Scale(*_PLAYED, 0.0, height / 2)
    middle = top + height / 2
    _name(drawing, top + 14, "played", "loudspeaker")
    drawing.line((time.start, middle), (time.end, middle), "grid")
    for piece in window.played:
        loudness = [loud(level_db) for level_db in piece.levels_db]
        ends = [
            time(min(piece.at_s + i * LEVEL_S, piece.until_s)) for i in range(len(loudness) + 1)
        ]
        upper = [(x, y) for y, pair in zip(loudness, pairwise(ends), strict=True) for x in pair]
        if upper:
            outline = [(x, middle - y) for x, y in upper]
            outline += [(x, middle + y) for x, y in reversed(upper)]
            drawing.polygon(outline, "sound played")
    _frame(drawing, time, top, height)
    return height


def axis(drawing: Drawing, window: Window, time: Scale, top: float) -> float:
    """Seconds of the stream."""
    per_second = (time.end - time.start) / (window.to_s - window.from_s)
    step = next((s for s in _TICKS_S if s * per_second >= _TICK_PIXELS), _TICKS_S[-1])
    first = int(window.from_s / step) + 1
    for number in range(first, int(window.to_s / step) + 1):
        x = time(number * step)
        drawing.line((x, top), (x, top + 4), "line-muted")
        drawing.text(x, top + 17, f"{number * step:g} s", "small muted", "middle")
    return AXIS


PANELS: tuple[Callable[[Drawing, Window, Scale, float], float], ...] = (
    *(states, spectrogram, level, speech, wake, loudspeaker, axis),
)


def averaged(scores: Sequence[float]) -> list[float]:
    """Each score averaged with those before it, over the time that decides."""
    sums = [0.0]
    for score in scores:
        sums.append(sums[-1] + score)
    firsts = (max(0, last - _AVERAGED) for last in range(1, len(sums)))
    return [
        (sums[last] - sums[first]) / (last - first) for last, first in enumerate(firsts, start=1)
    ]


def _runs(heard: Sequence[Heard]) -> Iterator[Sequence[Heard]]:
    """Frames without a gap: where the device was deaf, no line is drawn."""
    begin = 0
    for index, (one, other) in enumerate(pairwise(heard), start=1):
        if other.at_s - one.at_s > 2.5 * FRAME_S:
            yield heard[begin:index]
            begin = index
    if heard:
        yield heard[begin:]


def _filled(drawing: Drawing, points: Sequence[Point], base_y: float, kind: str) -> None:
    drawing.area(points, base_y, f"area {kind}")
    drawing.curve(points, f"line-{kind}")


def _name(drawing: Drawing, y: float, name: str, unit: str = "") -> None:
    drawing.text(LEFT, y, name)
    drawing.text(LEFT, y + 14, unit, "small muted")


def _grid(drawing: Drawing, time: Scale, marks: Sequence[tuple[float, str]]) -> None:
    for y, label in marks:
        drawing.line((time.start, y), (time.end, y), "grid")
        drawing.text(time.start - 8, y + 4, label, "small muted", "end")


def _limits(
    drawing: Drawing, time: Scale, share: Scale, limits: Mapping[str, float], kinds: Sequence[str]
) -> None:
    """Dashed lines with their names at the right, which keep out of each other's way."""
    lowest_y = 0.0
    order = sorted(enumerate(limits.items()), key=lambda item: -item[1][1])
    for number, (name, limit) in order:
        kind, y = kinds[number % len(kinds)], share(limit)
        drawing.line((time.start, y), (time.end, y), f"limit line-{kind}")
        lowest_y = max(y + 3, lowest_y + _LETTER)
        drawing.text(time.end + 6, lowest_y, f"{limit:g} {name}", f"small {kind}")


def _frame(drawing: Drawing, time: Scale, top: float, height: float) -> None:
    drawing.rect(time.start, top, time.end - time.start, height, "frame")
