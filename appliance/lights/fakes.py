"""Lights without a LED: none at all, and one that remembers."""

from __future__ import annotations

from appliance.lights.ports import Phase


class NoLights:
    """A box without a light; implements `Lights`."""

    def show(self, phase: Phase) -> None:
        """Nobody looks."""

    def close(self) -> None:
        """Nothing to release."""


class RecordingLights:
    """Remembers what it was told to show; implements `Lights` and insists on its protocol."""

    def __init__(self) -> None:
        """Dark."""
        self.shown: list[Phase] = []
        self.closed = False

    def show(self, phase: Phase) -> None:
        """As the port; RuntimeError after `close`."""
        if self.closed:
            raise RuntimeError("show after close")
        self.shown.append(phase)

    def close(self) -> None:
        """As the port."""
        self.closed = True
