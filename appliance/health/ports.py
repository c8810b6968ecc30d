"""What health asks of the rest of the house."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Notes(Protocol):
    """Where it is written down what happened and why (`appliance.history`)."""

    def note(self, code: str, figures: Mapping[str, float | str]) -> None:
        """Keep it; never waits, never fails."""


class Person(Protocol):
    """How the person in the room is told, besides what they can see for themselves."""

    def missing(self, vital: str, code: str) -> None:
        """A part is missing: say it, light it."""

    def back(self, vital: str) -> None:
        """It works again."""


class Employee(Protocol):
    """An engine's process (`appliance.engines.worker.Worker`)."""

    name: str
    is_up: bool

    @property
    def pid(self) -> int | None:
        """The process's id, loaded or loading."""

    async def start(self) -> None:
        """Start it, unless it is up."""

    async def stop(self) -> None:
        """End it."""


class Writer(Protocol):
    """The thread that writes down what is noted (`appliance.history.chronicler.Chronicler`)."""

    @property
    def turns_made(self) -> int:
        """Rises while the thread lives and nothing holds it up."""

    def revive(self) -> None:
        """Begin the thread anew; ApplianceError where it hangs."""


class SoundDevice(Protocol):
    """A loudspeaker's device, which can be let go of and taken again."""

    def now_s(self) -> float:
        """Its clock, which only a device that takes sound drives."""

    def release(self) -> None:
        """Let go of it until `reopen`."""

    def reopen(self) -> None:
        """Take it again; AudioError."""
