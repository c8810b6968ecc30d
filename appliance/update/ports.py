"""What updates need of the machine. Each port has a fake in `fakes.py` that can be told to fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

Report: TypeAlias = Callable[[str, float], None]
"""Gets what is being done, and the share that is done (0..1)."""
Fits: TypeAlias = Callable[[str, str], bool]
"""Whether a signature fits a text."""


def untold(_what: str, _share: float) -> None:
    """Nobody looks on."""


class Offer(NamedTuple):
    """What a bundle says of itself, its signature having been found good."""

    compatible: str
    version: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the two places of the system.

    Attributes:
        name: RAUC's, `rootfs.0`.
        bootname: the boot loader's, `A`.
        booted: whether this system runs from it.
        good: what the boot loader thinks of it.
        version: of the bundle that RAUC installed there; empty where it did not.
    """

    name: str
    bootname: str
    booted: bool
    good: bool
    version: str


@dataclass(frozen=True, slots=True)
class System:
    """What RAUC says.

    Attributes:
        operation: `idle` or `installing`.
        last_error: of the last installation since RAUC was started; empty: none.
        primary: name of the slot that is started next.
    """

    operation: str
    last_error: str
    primary: str
    slots: Sequence[Slot]


class Installer(Protocol):
    """RAUC, which checks signatures and writes slots. It wants absolute paths."""

    async def inspect(self, bundle: Path) -> Offer:
        """What it is; UpdateError (`UPD-SIGNATURE`) if it may not be trusted."""

    async def install(self, bundle: Path, report: Report) -> None:
        """Write it to the other slot, and make that one the next; UpdateError (`UPD-FAILED`)."""

    async def system(self) -> System:
        """Slots and what goes on; UpdateError (`UPD-NO-RAUC`)."""


class Person(Protocol):
    """Whoever is in the room."""

    def say(self, key: str, **parts: object) -> None:
        """A sentence of the phrase tables."""

    def light(self, *, on: bool) -> None:
        """Show that an update goes on."""

    def is_quiet(self) -> bool:
        """Whether nobody needs the device now."""


class Machine(Protocol):
    """What is started anew to use what was installed."""

    def restart(self) -> bool:
        """The service, soon; whether somebody starts it again."""

    def reboot(self) -> bool:
        """The machine, soon; whether that can be had."""


class Notes(Protocol):
    """Takes down what happened."""

    def note(self, code: str, figures: Mapping[str, str]) -> None:
        """An event, without words."""
