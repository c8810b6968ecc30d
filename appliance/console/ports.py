"""What the console asks of the device. Each port is small, and has a fake in `fakes.py`.

Answers are mappings that JSON can hold. Whatever cannot be done raises an `ApplianceError` or an
`AudioError`; a part that does not exist raises `errors.unavailable`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

Figures: TypeAlias = Mapping[str, Any]


class Status(Protocol):
    """What goes on in the service now."""

    def status(self) -> Figures:
        """State, since when, profile, uptime, turns."""

    def levels(self) -> Figures:
        """`level_db`, `peak_db`, `speech` (0..1) and `wake` (phrase → score) of the last frame."""

    def ears(self) -> Figures:
        """Frames heard, seconds since the last, seconds of digital silence, thresholds."""

    def engines(self) -> Figures:
        """Name → whether its process is up, its number, and what it says of itself."""


class Machine(Protocol):
    """What the machine is and how it fares."""

    def version(self) -> Figures:
        """Device, program, Python, kernel."""

    def temperatures(self) -> Figures:
        """Zone → degrees Celsius."""

    def npu(self) -> Figures:
        """Driver, load, memory, as far as the kernel tells."""

    def models(self) -> Figures:
        """What the profile uses."""

    def pack(self) -> Figures:
        """The knowledge pack: file, hash, documents, passages."""

    def network(self) -> Figures:
        """Interfaces, sockets of the service, packets that tried to leave."""


class Voice(Protocol):
    """What sounds, and what is heard."""

    async def say(self, text: str) -> None:
        """Say it, once it is certain that it will be said."""

    async def ask(self, text: str) -> Figures:
        """Ask as if it had been spoken; returns `reason`, `answer`, `sources` once it was said."""

    async def record(self, seconds: int) -> Figures:
        """Say aloud that it records, then keep what is heard, in memory only."""

    async def play(self) -> Figures:
        """Play what was recorded."""

    def forget(self) -> None:
        """Forget what was recorded."""


class Controls(Protocol):
    """What can be set and started."""

    def mute(self, *, on: bool) -> None:
        """Close the microphone, or open it."""

    def volume(self) -> int:
        """Percent."""

    def set_volume(self, percent: int) -> None:
        """Set and keep it."""

    def restart(self) -> None:
        """End the service soon, to be started again."""

    def reboot(self) -> None:
        """Restart the machine soon."""


class Records(Protocol):
    """What happened."""

    def turns(self, n: int) -> Sequence[Figures]:
        """The last `n` turns, the latest first: id, reason, timings."""

    def why(self, n: int) -> str:
        """In a sentence, why the `n`th last turn was slow, silent or wrong."""

    def events(self, n: int) -> Sequence[Figures]:
        """The last `n` events, the latest first: `at`, `code`, figures."""

    def counters(self) -> Figures:
        """Turns, false wakes, drops, restarts."""

    def log(self, n: int) -> Sequence[str]:
        """The last `n` warnings and errors of the log, the latest last; no words of people."""


class Health(Protocol):
    """Proof of life."""

    def verdict(self) -> Figures:
        """`healthy`, and for each proof whether it is fresh."""


class Checks(Protocol):
    """Checks that a technician starts."""

    async def run(self, name: str) -> Figures:
        """Carry out one: `passed`, `found`, `remedy`."""


class Upkeep(Protocol):
    """What replaces or carries away what is on the device."""

    def update(self) -> Figures:
        """Begin to install the update that is there; asked again, how far it is."""

    def factory_reset(self) -> Figures:
        """Have everything forgotten that the owner set or said: `forgets`, `keeps`, `when`."""


class Bundles(Protocol):
    """The diagnostic bundle: one at a time, whose bytes stay as they are."""

    async def make(self, *, words: bool) -> Figures:
        """The one that there is, else a new one: `name`, `bytes`, `files`, `sha256`, `words`.

        A new one with `words`, where the one that there is has none.
        """

    def piece(self, at: int, most: int) -> bytes:
        """Its bytes from `at` on, at most so many; none behind its end."""

    def drop(self) -> None:
        """Forget it."""


class Notes(Protocol):
    """Takes down what happened at the console."""

    def note(self, code: str, figures: Figures) -> None:
        """An event, without words."""
