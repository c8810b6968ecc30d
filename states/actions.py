"""What the state machine may ask of the world. It knows no more of it than this."""

from __future__ import annotations

from typing import Protocol

from states.events import Event
from states.state import State
from states.table import Do


class Actions(Protocol):
    """Carried out at once and in order; none waits, none fails."""

    @property
    def turn_id(self) -> int | None:
        """The turn under way, if any."""

    def begin_turn(self, cause: Event) -> None:
        """A new turn is under way, caused by a wake phrase, by speech, or by text."""

    def perform(self, verb: Do) -> None:
        """Whatever else the table asks for; see `Do`."""

    def end_turn(self, reason: str | None) -> None:
        """The turn under way is over, once and for all: silence it and forget it."""

    def entered(self, state: State, entry: int) -> None:
        """The conversation is in `state` now; `entry` counts such changes."""
