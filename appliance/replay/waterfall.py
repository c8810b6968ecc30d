"""The wait, magnified: what happened between the end of speech and the first sound."""

from __future__ import annotations

from appliance.replay.panels import LEFT
from appliance.replay.svg import Drawing, Scale
from appliance.replay.window import Window
from appliance.view.stages import LABELS, first_sound_ms, landmarks, stages

_ROW = 22.0
_FUNNEL = 30.0
_COLOURS = dict(zip(LABELS, ("wait", "level", "wake1", "wake0", "speech"), strict=True))
_LEAST = 3.0  # pixels: a stage of no time is still a stage


def waterfall(drawing: Drawing, window: Window, time: Scale, top: float) -> float:
    """A bar for each stage on an axis of its own, spanned by the wait; returns the height."""
    turn, asked_s = window.turn, window.asked_s
    if turn is None or asked_s is None:
        return 0.0
    timings, bars = turn.timings_ms, stages(turn.stages, asked_s)
    total_ms = first_sound_ms(timings)
    if not bars or not total_ms or total_ms <= 0:
        return 0.0
    content_ms = timings.get("first_audio", total_ms)
    longest_ms = max(total_ms, content_ms, *(bar.ends_ms for bar in bars))
    _funnel(drawing, time, top, asked_s, longest_ms)
    across = Scale(0.0, longest_ms, time.start, time.end)
    y = top + _FUNNEL + 6
    for bar in bars:
        left, right = across(bar.begins_ms), across(bar.ends_ms)
        width = max(_LEAST, right - left)
        left = min(left, time.end - width)
        title = f"{bar.label}: {bar.lasts_ms:.0f} ms"
        drawing.text(LEFT, y + 14, bar.label)
        drawing.rect(
            left, y + 3, width, _ROW - 7, f"stage {_COLOURS[bar.name]}", rx="3", title=title
        )
        _beside(drawing, time, left, left + width, y + 14, f"{bar.lasts_ms:.0f} ms")
        y += _ROW
    for name, at_ms in landmarks(timings):
        drawing.text(LEFT, y + 14, name)
        drawing.circle(across(at_ms) - 3, y + 10, 4, "hit ink")
        drawing.text(across(at_ms) - 12, y + 14, f"{at_ms:.0f} ms", "", "end")
        y += _ROW
    return y - top


def _funnel(drawing: Drawing, time: Scale, top: float, asked_s: float, long_ms: float) -> None:
    begins, ends = time(asked_s), time(asked_s + long_ms / 1000)
    corners = [(begins, top), (ends, top), (time.end, top + _FUNNEL), (time.start, top + _FUNNEL)]
    drawing.polygon(corners, "haze")


def _beside(drawing: Drawing, time: Scale, left: float, right: float, y: float, label: str) -> None:
    """The label after the bar; before it where there is no room; in it where there is neither."""
    needed = 8.0 * len(label)
    if right + needed < time.end:
        drawing.text(right + 6, y, label, "muted")
    elif left - needed > time.start:
        drawing.text(left - 6, y, label, "muted", "end")
    else:
        drawing.text(left + 8, y, label, "inverse")
