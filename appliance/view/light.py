"""The device's light, as a lamp in the live view: the colours and the rhythm of a LED."""

from __future__ import annotations

from rich.text import Text

from appliance.lights.patterns import PATTERNS
from appliance.lights.ports import Phase, phase_of
from appliance.view.model import Shown

_OFF = 48
"""Grey of a lamp that is dark, of 255."""
_DARK = 0.05


class ViewLight:
    """Tells the view what the light shows; implements `Lights`."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown

    def show(self, phase: Phase) -> None:
        """Only what no state tells is news."""
        self._shown.ringing = phase is Phase.RINGING

    def close(self) -> None:
        """The bell is silent, too."""
        self._shown.ringing = False


def lamp(shown: Shown, now_s: float) -> Text:
    """How the light looks at the loop's time `now_s`: two cells, and what only it can say."""
    phase = phase_of(shown.state, ringing=shown.ringing)
    pattern = PATTERNS[phase]
    level = pattern.level(1000 * max(0.0, now_s - shown.since_s))
    parts = (round(_OFF + (255 * part - _OFF) * level) for part in pattern.colour)
    style = "#" + "".join(f"{max(0, part):02x}" for part in parts)
    text = Text("○ " if level < _DARK else "● ", style)
    if phase is Phase.RINGING:
        text.append("RINGING · ", "bold " + style)
    return text
