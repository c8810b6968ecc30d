"""SVG to PNG, by resvg (the extra `replay`)."""

from __future__ import annotations

import importlib
from pathlib import Path

from appliance.errors import ApplianceError
from appliance.replay.figure import draw
from appliance.replay.theme import LIGHT, stylesheet
from appliance.replay.window import Window

ZOOM = 2.0
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def png(window: Window) -> bytes:
    """The figure of a turn as a picture; errors as `picture`."""
    return picture(draw(window, stylesheet(LIGHT)).svg)


def picture(svg: str) -> bytes:
    """A figure as a PNG, twice as sharp as it is drawn.

    Raises:
        ApplianceError: `REPLAY-NO-RESVG` or `REPLAY-NO-FONT`; resvg would draw no letters.
    """
    try:
        resvg = importlib.import_module("resvg_py")
    except ImportError as error:
        raise ApplianceError(
            "REPLAY-NO-RESVG",
            "no PNG can be drawn",
            "the library resvg-py is not installed",
            "pip install 'voice-appliance[replay]', or name a page (.html)",
        ) from error
    if not _has_fonts():
        raise ApplianceError(
            "REPLAY-NO-FONT",
            "no PNG can be drawn",
            "this machine has no fonts",
            "apt install fonts-dejavu-core, or name a page (.html)",
        )
    return bytes(resvg.svg_to_bytes(svg_string=svg, zoom=ZOOM, background=LIGHT["card"]))


def _has_fonts() -> bool:
    folders = [Path(name).expanduser() for name in _FONT_FOLDERS]
    return any(any(folder.rglob("*.[ot]tf")) for folder in folders if folder.is_dir())
