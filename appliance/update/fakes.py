"""RAUC, a person and a machine for tests and demonstrations; they can be told to fail."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path

from appliance.update.errors import UpdateError, unsigned
from appliance.update.ports import Offer, Report, Slot, System

SLOTS = (
    Slot("rootfs.0", "A", booted=True, good=True, version=""),
    Slot("rootfs.1", "B", booted=False, good=True, version=""),
)


@dataclass
class FakeRauc:
    """Implements `Installer`: two slots, A being booted.

    Attributes:
        offers: what is signed as it should be, by file name.
        failing: what every call raises from now on.
        breaks: what an installation says when it breaks off halfway; empty: it works.
        takes_s: how long one takes.
        installed: files, in order.
    """

    offers: dict[str, Offer] = field(default_factory=dict)
    failing: UpdateError | None = None
    breaks: str = ""
    takes_s: float = 10.0
    installed: list[str] = field(default_factory=list)
    slots: tuple[Slot, ...] = SLOTS
    primary: str = "rootfs.0"
    last_error: str = ""
    operation: str = "idle"

    async def inspect(self, bundle: Path) -> Offer:
        """As the port."""
        self._require()
        if bundle.name not in self.offers:
            raise unsigned(bundle, "its signature is not one that this device trusts")
        return self.offers[bundle.name]

    async def install(self, bundle: Path, report: Report) -> None:
        """As the port; one at a time."""
        self._require()
        if self.operation != "idle":
            raise UpdateError("UPD-FAILED", "no", "it installs already", "wait")
        offer, self.operation = await self.inspect(bundle), "installing"
        try:
            for share in (0.5, 1.0):
                await asyncio.sleep(self.takes_s / 2)
                report("Copying image", share)
                if self.breaks:
                    self.last_error = self.breaks
                    raise UpdateError("UPD-FAILED", "no", self.breaks, "try again")
        finally:
            self.operation = "idle"
        self.installed.append(bundle.name)
        other = next(slot for slot in self.slots if not slot.booted)
        written = replace(other, version=offer.version)
        self.slots = tuple(written if slot is other else slot for slot in self.slots)
        self.primary = other.name

    async def system(self) -> System:
        """As the port."""
        self._require()
        return System(self.operation, self.last_error, self.primary, self.slots)

    def _require(self) -> None:
        if self.failing is not None:
            raise self.failing


@dataclass
class FakePerson:
    """Implements `Person`.

    Attributes:
        quiet: whether nobody needs the device.
        said: keys, with their parts.
        lit: what the light showed, in order.
    """

    quiet: bool = True
    said: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    lit: list[bool] = field(default_factory=list)

    def say(self, key: str, **parts: object) -> None:
        """As the port."""
        self.said.append((key, parts))

    def light(self, *, on: bool) -> None:
        """As the port."""
        self.lit.append(on)

    def is_quiet(self) -> bool:
        """As the port."""
        return self.quiet


@dataclass
class FakeMachine:
    """Implements `Machine`; `supervised`: whether anybody starts it again."""

    supervised: bool = True
    done: list[str] = field(default_factory=list)

    def restart(self) -> bool:
        """As the port."""
        self.done.append("restart")
        return self.supervised

    def reboot(self) -> bool:
        """As the port."""
        self.done.append("reboot")
        return self.supervised
