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
    UPDATING = "updating"  # do not pull the plug, nor the stick


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


def phase_of(state: State, *, ringing: bool = False, updating: bool = False) -> Phase:
    """What to show in a state.

    A ringing alarm and an update show only where nothing else is to be said: they can be heard
    anyway, while "muted" and "broken" can only be seen.
    """
    if state is State.IDLE and (ringing or updating):
        return Phase.RINGING if ringing else Phase.UPDATING
    return Phase(state.value)
