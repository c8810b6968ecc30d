"""What the appliance asks of its mute switch."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol, TypeAlias

from appliance.errors import ApplianceError

log = logging.getLogger(__name__)

Lost: TypeAlias = Callable[[ApplianceError], None]
"""Told once when a switch stops working at run time. The device stays as muted as it was."""


class MuteSwitch(Protocol):
    """Says when the owner wants the microphone off. Belongs to the loop, and so do its callbacks.

    A *switch* has a position, which holds. A *key* has none: each press asks for the opposite of
    what is, so it has to be told when the device was muted or unmuted by other means.
    """

    def start(self, on_change: Callable[[bool], None]) -> None:
        """Watch it; `on_change` gets the present position before this returns, then each change.

        Raises:
            ApplianceError: `SWITCH-…`: it cannot be used.
            RuntimeError: it is being watched already.
        """

    def stop(self) -> None:
        """Release it; nothing is reported after this. May be called again."""

    @property
    def muted(self) -> bool:
        """What the owner wants, as far as is known; False before `start`."""

    def follow(self, *, muted: bool) -> None:
        """The device was muted or unmuted by other means (a voice command, the console)."""


def report_lost(error: ApplianceError) -> None:
    """What is done about a lost switch where nobody else wants to know: a line in the log."""
    log.error("%s: %s", error.code, error)


def lost_switch(name: str, cause: str) -> ApplianceError:
    """`SWITCH-LOST`: a switch that worked stopped doing so."""
    return ApplianceError(
        "SWITCH-LOST",
        f"the mute switch {name} no longer works",
        cause,
        "check its plug and `dmesg`; the microphone stays on or off as it was",
    )


def unusable(code: str, name: str, error: OSError, remedy: str) -> ApplianceError:
    """A switch that the operating system refuses."""
    cause = error.strerror or str(error)
    return ApplianceError(code, f"the mute switch {name} cannot be used", cause, remedy)
