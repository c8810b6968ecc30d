"""What the appliance asks of its light, and what a light can be asked to show."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from states.state import State


class Phase(Enum):
    """What a person across the room should know; one for each state, and one for the bell."""

    STARTING = "starting"
    IDLE = "idle"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    FOLLOW_UP = "follow_up"
    MUTED = "muted"
    FAULT = "fault"
    SERVICING = "servicing"
    RINGING = "ringing"  # a timer or an alarm has run out


class Lights(Protocol):
    """Shows one phase at a time. Belongs to the loop's thread; nothing here blocks or raises."""

    def show(self, phase: Phase) -> None:
        """Show this phase from now on."""

    def close(self) -> None:
        """Go dark and release the device; may be called again."""


class Together:
    """Several lights that show the same; implements `Lights`."""

    def __init__(self, *lights: Lights) -> None:
        self._lights = lights

    def show(self, phase: Phase) -> None:
        """Show this phase from now on."""
        for light in self._lights:
            light.show(phase)

    def close(self) -> None:
        """Go dark; may be called again."""
        for light in self._lights:
            light.close()


def phase_of(state: State, *, ringing: bool = False) -> Phase:
    """What to show in a state.

    A ringing alarm shows only where nothing else is to be said: it can be heard anyway, while
    "muted" and "broken" can only be seen.
    """
    if ringing and state is State.IDLE:
        return Phase.RINGING
    return Phase(state.value)
