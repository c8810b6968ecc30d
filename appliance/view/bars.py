"""Bars for a terminal: thin horizontal ones, and columns of the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from rich.text import Text

_HEIGHTS = " ▁▂▃▄▅▆▇█"
_EIGHTHS = len(_HEIGHTS) - 1
_TRACK = "grey23"


def bar(share: float, cells: int, colours: Sequence[str], marks: Mapping[float, str]) -> Text:
    """A bar that fills `share` (0..1) of `cells`, to half a cell.

    Args:
        share: how much of it.
        cells: its width.
        colours: of its stretches, from left to right.
        marks: share → colour of a line across the bar; later ones win.
    """
    halves = round(min(max(share, 0.0), 1.0) * cells * 2)
    lines = {max(0, min(cells - 1, int(at * cells))): colour for at, colour in marks.items()}
    signs = []
    for cell in range(cells):
        filled = halves - 2 * cell
        colour = colours[cell * len(colours) // cells]
        if cell in lines:
            signs.append(("┃", lines[cell]))
        elif filled == 1:
            signs.append(("╸", colour))
        else:
            signs.append(("━", colour if filled > 0 else _TRACK))
    return _joined(signs)


def columns(shares: Sequence[float], colours: Sequence[str], rows: int) -> list[Text]:
    """A column for each share (0..1), `rows` cells high; the top row first."""
    lines = []
    for row in reversed(range(rows)):
        filled = (round(share * rows * _EIGHTHS) - _EIGHTHS * row for share in shares)
        signs = (_HEIGHTS[min(_EIGHTHS, max(0, eighths))] for eighths in filled)
        lines.append(_joined(zip(signs, colours, strict=True)))
    return lines


def _joined(signs: Iterable[tuple[str, str]]) -> Text:
    """Signs of one colour together: a terminal may be at the end of a slow line."""
    text = Text(no_wrap=True)
    for colour, run in groupby(signs, key=itemgetter(1)):
        text.append("".join(sign for sign, _ in run), colour)
    return text
