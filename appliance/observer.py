"""Who may watch a conversation: a terminal view, a trace, the lights. They decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from appliance.turn import Turn
from audio.ears import Reading
from audio.format import Samples
from states.state import State


class Observer(Protocol):
    """Told on the loop's thread, in order; must return at once."""

    def reading(self, reading: Reading) -> None:
        """The ears have heard a frame."""

    def state(self, state: State, at_s: float) -> None:
        """The conversation is in another state since this stream time."""

    def partial(self, text: str) -> None:
        """What somebody who is still speaking seems to have said."""

    def turn(self, turn: Turn) -> None:
        """A turn is over."""

    def played(self, samples: Samples, rate_hz: int, at_s: float) -> None:
        """The loudspeaker has played this; it began at this stream time."""


class Bystander:
    """An observer that looks away; override what is of interest."""

    def reading(self, reading: Reading) -> None:
        """As the port."""

    def state(self, state: State, at_s: float) -> None:
        """As the port."""

    def partial(self, text: str) -> None:
        """As the port."""

    def turn(self, turn: Turn) -> None:
        """As the port."""

    def played(self, samples: Samples, rate_hz: int, at_s: float) -> None:
        """As the port."""


class Observers:
    """Several, told one after the other."""

    def __init__(self, observers: Sequence[Observer] = ()) -> None:
        self._all = tuple(observers)

    def reading(self, reading: Reading) -> None:
        """As the port."""
        for observer in self._all:
            observer.reading(reading)

    def state(self, state: State, at_s: float) -> None:
        """As the port."""
        for observer in self._all:
            observer.state(state, at_s)

    def partial(self, text: str) -> None:
        """As the port."""
        for observer in self._all:
            observer.partial(text)

    def turn(self, turn: Turn) -> None:
        """As the port."""
        for observer in self._all:
            observer.turn(turn)

    def played(self, samples: Samples, rate_hz: int, at_s: float) -> None:
        """As the port."""
        for observer in self._all:
            observer.played(samples, rate_hz, at_s)
