"""A light on the terminal: one line for each phase."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from appliance.lights.patterns import PATTERNS, Colour
from appliance.lights.ports import Phase


class TerminalLights:
    """A coloured dot and the phase's name; implements `Lights`. Silent where output is piped."""

    def __init__(self, console: Console) -> None:
        """Remember the console; nothing is printed before the first `show`."""
        self._console = console
        self._shown: Phase | None = None

    def show(self, phase: Phase) -> None:
        """Print the phase, unless it is the one shown last."""
        if phase is self._shown or not self._console.is_terminal:
            return
        self._shown = phase
        dot = "○" if PATTERNS[phase].level(0) == 0 else "●"
        name = phase.value.replace("_", "-")
        self._console.print(Text.assemble((dot, _style(PATTERNS[phase].colour)), f" {name}"))

    def close(self) -> None:
        """A line that was printed stays."""


def _style(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
