"""The hops of a turn: each is timed, and an error in it is the turn's, with a reason code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from appliance.errors import ApplianceError
from appliance.record import Turn
from audio.errors import AudioError


class HopError(Exception):
    """A turn can't go past this hop; `reason` is of the catalogue."""

    def __init__(self, reason: str, error: ApplianceError | AudioError) -> None:
        super().__init__(reason)
        self.reason, self.error = reason, error


@contextlib.contextmanager
def hop(turn: Turn, name: str, reason: str) -> Iterator[None]:
    """Time a hop of the turn; an error in it becomes a `HopError` with `reason`."""
    began_s = turn.stream_s()
    with blame(reason):
        yield
    turn.took(name, began_s)


@contextlib.contextmanager
def blame(reason: str) -> Iterator[None]:
    """An error inside becomes a `HopError` with `reason`."""
    try:
        yield
    except (ApplianceError, AudioError) as error:
        raise HopError(reason, error) from error
