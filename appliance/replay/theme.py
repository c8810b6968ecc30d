"""Colours, and the style sheet of the figure: one for paper, one for the night, one for both."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

Palette = Mapping[str, str]

_COLOURS = {  # by day, by night
    "page": ("#f4f5f8", "#0d1016"),
    "card": ("#ffffff", "#151a22"),
    "ink": ("#171a21", "#e8ecf3"),
    "muted": ("#667085", "#8f99a8"),
    "grid": ("#e7e9ef", "#232a35"),
    "edge": ("#d9dce4", "#2b3340"),
    "wait": ("#f59e0b", "#f5b544"),
    "level": ("#4f7cd6", "#7aa2f7"),
    "speech": ("#12946a", "#3ccf91"),
    "played": ("#d9652b", "#ff9e64"),
    "wake0": ("#8b3fd1", "#bb8cf5"),
    "wake1": ("#0f8ea8", "#4fd0e7"),
    "wake2": ("#c0267e", "#f47cb8"),
    "wake3": ("#7a6a00", "#d8c65a"),
    "idle": ("#98a0af", "#7d8798"),
    "listening": ("#2f86e0", "#4b9df2"),
    "thinking": ("#e09a14", "#e5ad3d"),
    "speaking": ("#1f9d63", "#3fbf82"),
    "follow_up": ("#56b6c2", "#4aa7b4"),
    "muted_state": ("#6b7280", "#7b8494"),
    "fault": ("#d43c3c", "#f06a6a"),
    "servicing": ("#9059d6", "#a97bea"),
    "good": ("#12805c", "#4bd49b"),
    "bad": ("#c43131", "#ff8080"),
    "fair": ("#a86a00", "#efbd5a"),
}
LIGHT: Palette = {name: day for name, (day, _) in _COLOURS.items()}
DARK: Palette = {name: night for name, (_, night) in _COLOURS.items()}

STATE_COLOURS = {"starting": "idle", "muted": "muted_state"}
"""States whose colour has another name than they."""

_SANS = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"

_FIXED = f"""
svg.figure {{ font-family: {_SANS}; }}
svg.figure text {{ font-size: 12px; }}
svg.figure .title {{ font-size: 26px; font-weight: 700; }}
svg.figure .value {{ font-size: 22px; font-weight: 700; }}
svg.figure .words {{ font-size: 15px; }}
svg.figure .small {{ font-size: 11px; }}
svg.figure .inverse {{ fill: $card; font-weight: 700; }}
svg.figure .haze {{ fill: $wait; opacity: 0.14; }}
svg.figure .grid {{ fill: none; stroke: $grid; }}
svg.figure .frame {{ fill: none; stroke: $edge; }}
svg.figure .limit {{ stroke-dasharray: 4 3; opacity: 0.8; }}
svg.figure .halo {{ stroke: $card; stroke-width: 3; opacity: 0.4; }}
svg.figure .mark {{ stroke: $ink; stroke-width: 1.2; stroke-dasharray: 2 3; opacity: 0.75; }}
svg.figure .area {{ opacity: 0.22; }}
svg.figure .trace {{ fill: none; stroke-width: 1.6; stroke-linejoin: round; }}
"""


def stylesheet(palette: Palette) -> str:
    """The figure's style in these colours: `.ink` and so on fill, `.line-ink` and so on draw."""
    rules = ["svg.figure text { fill: $ink; }"]
    for name in _COLOURS:
        rules.append(f"svg.figure .{name} {{ fill: ${name}; }}")
        rules.append(f"svg.figure .line-{name} {{ stroke: ${name}; }}")
    return Template("\n".join(rules) + _FIXED).substitute(palette)


def variables(palette: Palette) -> str:
    """The colours as CSS variables, for a page that changes with the reader's scheme."""
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items())


BY_VARIABLE: Palette = {name: f"var(--{name})" for name in _COLOURS}
