"""The figures as bars: a panel for each quantity, ours in one colour, others in another."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from appliance.bench.machine import Machine
from appliance.bench.measure import Row, Spread
from appliance.bench.published import PUBLISHED
from appliance.bench.roles import QUANTITIES, Quantity, Role, shown
from appliance.replay.svg import Drawing, Scale
from appliance.replay.theme import BY_VARIABLE, DARK, LIGHT, stylesheet, variables

WIDTH = 1200.0
_MARGIN, _LABEL, _BARS, _WHERE = 32.0, 330.0, 350.0, 790.0
_LINE, _BAR, _HEAD, _GAP = 20.0, 11.0, 44.0, 18.0
_TITLES = {Role.RECOGNITION: "Recognition", Role.ANSWERS: "Answers", Role.VOICE: "Voice"}
_OURS, _THEIRS = "level", "idle"
"""Colours of the theme."""
_STYLE = f"""
:root {{ color-scheme: light dark; {variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}
body {{ margin: 0; padding: 24px; background: var(--page); }}
main {{ max-width: 1280px; margin: 0 auto; border: 1px solid var(--edge); overflow-x: auto; }}
svg {{ display: block; min-width: 900px; width: 100%; height: auto; }}
"""


class Bar(NamedTuple):
    """One line of a panel."""

    label: str
    value: Spread
    where: str
    is_ours: bool


def picture_svg(rows: Sequence[Row], machine: Machine) -> str:
    """The plot as a file of its own, on white."""
    return _draw(rows, machine, stylesheet(LIGHT))


def page(rows: Sequence[Row], machine: Machine) -> str:
    """The plot as an HTML page that loads nothing and follows the reader's colours."""
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Engines on {html.escape(machine.name)}</title>
<style>{stylesheet(BY_VARIABLE)}{_STYLE}</style>
<main>{_draw(rows, machine, "")}</main>
</html>
"""


def bars(quantity: Quantity, role: Role, rows: Sequence[Row], machine: Machine) -> list[Bar]:
    """A panel's lines, the best first."""
    ours = _ours(quantity, role, rows, machine) if any(row.role is role for row in rows) else ()
    found = [*ours, *_theirs(quantity, role)] if ours != () else []
    return sorted(found, key=lambda bar: bar.value.median, reverse=quantity.is_speed)


def _ours(quantity: Quantity, role: Role, rows: Sequence[Row], machine: Machine) -> Iterator[Bar]:
    seen: set[str] = set()
    for row in rows:
        if row.role is not role or quantity.name not in row.figures:
            continue
        if quantity.is_per_engine and row.engine in seen:
            continue
        seen.add(row.engine)
        label = f"{row.engine} · {row.model}" + ("" if quantity.is_per_engine else f" · {row.task}")
        yield Bar(label, row.figures[quantity.name], machine.name, is_ours=True)


def _theirs(quantity: Quantity, role: Role) -> Iterator[Bar]:
    for row in PUBLISHED:
        if row.role is role and row.is_brief and quantity.name in row.figures:
            value = row.figures[quantity.name]
            spread = Spread(value, value, value)
            origin = f"{row.where}: {row.origin}"
            yield Bar(f"{row.engine} · {row.model}", spread, origin, is_ours=False)


def _draw(rows: Sequence[Row], machine: Machine, style: str) -> str:
    drawing = Drawing(WIDTH)
    y = _heading(drawing, rows, machine)
    for role in Role:
        for quantity in QUANTITIES:
            if role in quantity.roles and (found := bars(quantity, role, rows, machine)):
                y = _panel(drawing, f"{_TITLES[role]}: {quantity.tells}", quantity, found, y)
    for row in rows:
        if row.error:
            y += _LINE
            told = f"{row.engine} · {row.model}: {row.error.what} [{row.error.code}]"
            drawing.text(_MARGIN, y, told, "bad")
    height = y + _MARGIN
    drawing.behind(0, 0, WIDTH, height, "card")
    return drawing.finish(height, f"Engines on {machine.name}, beside published figures", style)


def _heading(drawing: Drawing, rows: Sequence[Row], machine: Machine) -> float:
    rounds = max((row.rounds for row in rows), default=0)
    drawing.text(_MARGIN, 52, "Engines", "title")
    told = f"medians of {rounds} rounds, with the lowest and highest; load {machine.load:g}"
    drawing.text(_MARGIN, 76, told, "muted")
    for y, kind, text in ((92, _OURS, f"ours, on {machine.name}"), (112, _THEIRS, _NOT_OURS)):
        drawing.rect(_MARGIN, y, 12, 12, kind)
        drawing.text(_MARGIN + 20, y + 10.5, text)
    return 128.0


_NOT_OURS = "published by others, not measured by us; hardware, source and date beside each"


def _panel(drawing: Drawing, title: str, quantity: Quantity, found: list[Bar], top: float) -> float:
    """Draw it under `top`; returns where it ends."""
    better = "more is better" if quantity.is_speed else "less is better"
    drawing.text(_MARGIN, top + 28, title, "words")
    drawing.text(_WHERE, top + 28, better, "small muted")
    scale = Scale(0.0, max(bar.value.high for bar in found) or 1.0, 0.0, _WHERE - _BARS - 130)
    y = top + _HEAD
    for bar in found:
        _line(drawing, bar, scale, y)
        y += _LINE
    return y + _GAP


def _line(drawing: Drawing, bar: Bar, scale: Scale, y: float) -> None:
    middle, value = y + _BAR / 2, bar.value
    drawing.text(_LABEL, y + 10, _cut(bar.label, 54), "small", "end")
    kind = _OURS if bar.is_ours else _THEIRS
    drawing.rect(_BARS, y, max(1.0, scale(value.median)), _BAR, kind, title=bar.label)
    if value.high > value.low:
        drawing.line(
            (_BARS + scale(value.low), middle), (_BARS + scale(value.high), middle), "line-ink"
        )
    drawing.text(_BARS + scale(value.high) + 8, y + 10, shown(value.median), "small")
    drawing.text(_WHERE, y + 10, _cut(bar.where, 72), "small muted")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
