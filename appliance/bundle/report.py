"""A bundle as one HTML page that loads nothing: where the time went, what failed, what to do."""

from __future__ import annotations

import html
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from appliance.bundle import sound
from appliance.errors import ApplianceError
from appliance.replay.svg import Drawing, Scale
from appliance.replay.theme import BY_VARIABLE, DARK, LIGHT, stylesheet, variables
from appliance.view.stages import LABELS

TURNS = 20
WIDTH, LEFT, RIGHT, ROW = 1100.0, 190.0, 1010.0, 20.0
SENSELESS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)
"""What a file may cause that no device wrote."""
MARKED = {
    "SERVICE_STARTED": "good",
    "SERVICE_DIED": "bad",
    "POWER_CUT": "bad",
    "WORKER_RESTARTED": "bad",
    "RESTART_SERVICE": "bad",
    "REBOOT": "bad",
    "HEATED": "bad",
    "COOLED": "good",
    "POWER_LOW": "bad",
    "POWER_BACK": "good",
}
"""Events that the timeline shows, and as what."""
HOTTEST_C = 110.0
HOT_C = 85.0
"""As `health.hot_c` is, unless its owner set another."""
_KINDS = dict(zip(LABELS, ("wait", "level", "speech", "wake0", "played"), strict=True))
_MARKS = {True: ("good", "PASS"), False: ("bad", "FAIL"), None: ("muted", "-")}
_STYLE = f"""
:root {{ color-scheme: light dark; {variables(LIGHT)} }}
@media (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}
body {{ margin: 0; padding: 24px; background: var(--page); color: var(--ink);
  font: 14px/1.5 system-ui, 'Noto Sans', 'DejaVu Sans', sans-serif; }}
section {{ max-width: 1100px; margin: 0 auto 16px; padding: 8px 24px 16px; background: var(--card);
  border: 1px solid var(--edge); border-radius: 14px; overflow-x: auto; }}
h1 {{ max-width: 1100px; margin: 0 auto 16px; }} svg {{ display: block; min-width: 800px; }}
td {{ text-align: left; padding: 2px 16px 2px 0; vertical-align: top; overflow-wrap: anywhere; }}
td:first-child, .checks td:nth-child(2) {{ white-space: nowrap; }}
.log td {{ white-space: normal; font-family: ui-monospace, 'DejaVu Sans Mono', monospace;
  font-size: 12px; }}
@media (max-width: 600px) {{ body {{ padding: 12px; }} h1 {{ font-size: 20px; }}
  section {{ padding: 4px 14px 12px; }} svg {{ min-width: 1000px; }}
  section:has(svg) h2::after {{ content: " \\2194"; color: var(--muted); }}
  td {{ padding-right: 10px; }} .checks tr, .why tr {{ display: block; padding: 4px 0; }}
  .checks td, .why td {{ display: inline; }}
  .why td + td, .checks td:last-child {{ display: block; }} }}
.good {{ color: var(--good); }} .bad {{ color: var(--bad); }} .muted {{ color: var(--muted); }}
"""


def page(files: Mapping[str, bytes], checks: Mapping[str, Any] | None = None) -> str:
    """The whole page.

    Args:
        files: of a bundle, as `parcel.unpack` gives them; what is missing is left out.
        checks: name → `passed`, `found`, `remedy`, carried out just now.

    Raises:
        ApplianceError: (`BUNDLE-SENSELESS`) a file holds what no device writes.
    """
    try:
        return _page(files, checks or {})
    except SENSELESS as error:
        raise ApplianceError(
            "BUNDLE-SENSELESS",
            "no report can be drawn of this bundle",
            f"it holds what makes no sense: {type(error).__name__}: {error}"[:200],
            "use the `appliance` of the device's release, or read its files: tar xf",
        ) from error


def _page(files: Mapping[str, bytes], checks: Mapping[str, Any]) -> str:
    manifest, turns = _table(files, "manifest"), _list(files, "turns")
    title = f"Device {manifest.get('device', '?')}, {_when({'at': manifest.get('made')})}"
    outcomes = Counter(str(turn.get("outcome", "?")) for turn in turns)
    sections = {
        "Checks": _checks({**_table(files, "checks"), **checks}),
        "Where the time went (ms after the end of speech)": _waterfall(turns[:TURNS]),
        "Outcomes": _rows(outcomes.most_common()),
        "Why": _rows(((_when(turn), turn.get("why", "")) for turn in turns[:TURNS]), "why"),
        "Restarts, heat and supply": _timeline(_list(files, "events")),
        "Temperatures": _temperatures(_table(files, "temperatures")),
        "Level when the bundle was made": _rows(_table(files, "levels").items()),
        "What was recorded with consent": _recorded(_table(files, "sound")),
        "Counters": _rows(_table(files, "counters").items()),
        "Versions": _rows(_table(files, "versions").items()),
        "Log": _rows(((line,) for line in _parsed(files, "log", [])), "log"),
    }
    body = "".join(f"<section><h2>{name}</h2>{text}</section>" for name, text in sections.items())
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{html.escape(title)}</title><style>{stylesheet(BY_VARIABLE)}{_STYLE}</style>
<h1>{html.escape(title)}</h1>{body}</html>
"""


def _checks(checks: Mapping[str, Any]) -> str:
    rows = []
    for name, told in checks.items():
        if isinstance(told, Mapping):
            kind, mark = _MARKS.get(told.get("passed"), _MARKS[None])
            cells = (name, told.get("found", ""), told.get("remedy", ""))
            rows.append(f'<tr><td class="{kind}">{mark}</td>{_cells(cells)}</tr>')
    return f'<table class="checks">{"".join(rows)}</table>' if rows else _none()


def _waterfall(turns: Sequence[Mapping[str, Any]]) -> str:
    spans = [_spans(turn) for turn in turns]
    times = [ms for found in spans for span in found.values() for ms in span]
    if not times:
        return _none()
    drawing, time = Drawing(WIDTH), Scale(min(0.0, *times), max(1.0, *times), LEFT, RIGHT)
    for at, (name, label) in enumerate(LABELS.items()):
        drawing.rect(LEFT + at * 165, 2, 10, 10, _KINDS[name])
        drawing.text(LEFT + at * 165 + 15, 12, label, "small")
    for number, (turn, found) in enumerate(zip(turns, spans, strict=True)):
        y = 24 + number * ROW
        drawing.text(0, y + 12, f"{_when(turn)} {turn.get('code', '?')}", "small")
        for name, (begin, end) in found.items():
            width = max(1.0, time(end) - time(begin))
            title = f"{LABELS[name]}: {end - begin:.0f} ms"
            drawing.rect(time(begin), y, width, ROW - 6, _KINDS[name], title=title, opacity="0.8")
        if found:
            last = max(end for _, end in found.values())
            drawing.text(time(last) + 5, y + 12, f"{last:.0f}", "small muted")
    bottom = 24 + len(turns) * ROW
    drawing.line((time(0), 20), (time(0), bottom), "mark")
    return drawing.finish(bottom + 4, "latency of the last turns")


def _spans(turn: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    figures = turn.get("figures")
    stages = figures.get("stages_ms") if isinstance(figures, Mapping) else None
    found = stages if isinstance(stages, Mapping) else {}
    return {
        name: (float(found[name][0]), float(found[name][1])) for name in LABELS if name in found
    }


def _timeline(events: Sequence[Mapping[str, Any]]) -> str:
    known = [event for event in events if event.get("code") in MARKED]
    dated = [(datetime.fromisoformat(e["at"]), str(e["code"])) for e in known if e.get("at")]
    if not dated:
        return _none()
    first, last = min(dated)[0].timestamp(), max(dated)[0].timestamp()
    drawing, time = Drawing(WIDTH), Scale(first, max(last, first + 60), LEFT, RIGHT)
    for row, (code, kind) in enumerate(MARKED.items()):
        y, when = 14 + row * ROW, [at.timestamp() for at, each in dated if each == code]
        drawing.text(0, y + 4, f"{code.lower().replace('_', ' ')}: {len(when)}", "small")
        drawing.line((LEFT, y), (RIGHT, y), "grid")
        for at_s in when:
            drawing.circle(time(at_s), y, 4, kind)
    bottom = 14 + len(MARKED) * ROW
    drawing.text(LEFT, bottom + 6, f"{min(dated)[0]:%Y-%m-%d %H:%M}", "small muted")
    drawing.text(RIGHT, bottom + 6, f"{max(dated)[0]:%Y-%m-%d %H:%M}", "small muted", "end")
    return drawing.finish(bottom + 14, "restarts over time")


def _temperatures(zones: Mapping[str, Any]) -> str:
    known = {name: float(c) for name, c in zones.items() if isinstance(c, int | float)}
    if not known:
        return _none()
    drawing, scale = Drawing(WIDTH), Scale(0.0, HOTTEST_C, LEFT, RIGHT)
    for row, (name, celsius) in enumerate(known.items()):
        y = row * ROW
        drawing.text(0, y + 14, name, "small")
        drawing.rect(
            LEFT, y + 4, scale(celsius) - LEFT, ROW - 8, "bad" if celsius >= HOT_C else "level"
        )
        drawing.text(scale(celsius) + 5, y + 14, f"{celsius:.0f} °C", "small muted")
    return drawing.finish(len(known) * ROW + 4, "temperatures")


def _recorded(told: Mapping[str, Any]) -> str:
    if not told:
        return '<p class="muted">Nothing: <code>record 5 consent</code>, then the report.</p>'
    return sound.drawn(told, Drawing(WIDTH), LEFT, RIGHT)


def _rows(rows: Iterable[Sequence[object]], kind: str = "") -> str:
    text = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return f'<table class="{kind}">{text}</table>' if text else _none()


def _cells(cells: Iterable[object]) -> str:
    return "".join(f"<td>{html.escape(_plain(cell))}</td>" for cell in cells)


def _plain(cell: object) -> str:
    if isinstance(cell, Mapping):
        return ", ".join(f"{name} {value}" for name, value in cell.items())
    return str(cell)


def _none() -> str:
    return '<p class="muted">Nothing was recorded.</p>'


def _when(record: Mapping[str, Any]) -> str:
    return str(record.get("at") or "clock unknown")[:16].replace("T", " ")


def _parsed(files: Mapping[str, bytes], name: str, empty: Any) -> Any:  # noqa: ANN401  # JSON
    found = json.loads(files.get(f"{name}.json", b"null"))
    return found if isinstance(found, type(empty)) else empty


def _table(files: Mapping[str, bytes], name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _parsed(files, name, {})
    return found


def _list(files: Mapping[str, bytes], name: str) -> list[Mapping[str, Any]]:
    return [item for item in _parsed(files, name, []) if isinstance(item, Mapping)]
