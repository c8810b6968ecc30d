"""`appliance replay`: a turn out of a trace, as a page or a picture."""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

from appliance.errors import ApplianceError, ConfigError
from appliance.replay.page import page
from appliance.replay.raster import png
from appliance.replay.window import window_of

DESCRIPTION = """\
Draws one turn of a trace that `appliance listen --trace` wrote: what was heard, how loud it was,
when it counted as speech, the scores of the wake phrases, the states, and where the time went
between the end of speech and the first sound. OUT.html is a page that needs nothing else;
OUT.png is a picture (pip install 'voice-appliance[replay]').
"""
_KINDS = (".html", ".png")


def add_parser(verbs: Any) -> None:  # noqa: ANN401  # argparse's type is private
    """Register the verb."""
    parser = verbs.add_parser(
        "replay",
        help="draw a turn's timeline out of a trace",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("trace", type=Path, metavar="TRACE", help="the trace")
    parser.add_argument(
        "-o", "--out", type=Path, required=True, metavar="OUT", help="OUT.html or OUT.png"
    )
    parser.add_argument("--turn", type=int, metavar="N", help="which turn (default: the last)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Draw it."""
    out: Path = arguments.out
    kind = out.suffix.lower()
    if kind not in _KINDS:
        raise ConfigError(
            "CFG-OUT",
            f"{out} is neither a page nor a picture",
            f"its name does not end in {' or '.join(_KINDS)}",
            "name one with -o",
        )
    window = window_of(arguments.trace, arguments.turn)
    for note in window.notes:
        print(f"note: {note}")
    _write(out, png(window) if kind == ".png" else page(window).encode("utf-8"))
    print(f"{out}: {f'turn {window.turn.id}' if window.turn else 'no turn, the end of the trace'}")
    return 0


def _write(out: Path, data: bytes) -> None:
    """The file appears whole or not at all, and is for its owner's eyes only, like the trace."""
    try:
        with contextlib.ExitStack() as undo:
            handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
            undo.callback(Path(name).unlink, missing_ok=True)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(out)
    except OSError as error:
        raise ApplianceError(
            "REPLAY-WRITE",
            f"cannot write {out}",
            error.strerror or str(error),
            "check the folder and its permissions",
        ) from error
