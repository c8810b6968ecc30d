"""Whether an update may be installed, and what would happen; for bundles and packs alike."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from appliance.clock import working
from appliance.update import bundle
from appliance.update.copying import take_in
from appliance.update.device import Device
from appliance.update.errors import foreign, older, refused, wrong_board
from appliance.update.ports import Installer, Report, untold
from appliance.update.shelf import Shelf
from appliance.update.version import Version

BUNDLE: Final = ".raucb"
PACK: Final = ".pack"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verdict:
    """An update that may be installed.

    Attributes:
        kind: `system` or `knowledge`.
        version: of the update.
        installed: what it replaces; None: nothing that has a version.
    """

    file: Path
    kind: str
    version: Version
    installed: Version | None

    @property
    def name(self) -> str:
        """Kind and version."""
        return f"{self.kind} {self.version}"

    @property
    def is_news(self) -> bool:
        """Whether it is another version than the one that is there."""
        return self.version != self.installed

    @property
    def says(self) -> str:
        """What installing it does."""
        now = f"version {self.installed}" if self.installed else "a pack without a version"
        if not self.is_news:
            return f"{self.name}: the version that is installed; again"
        after = {
            "system": "the machine is started anew, and the new system has to prove itself",
            "knowledge": "the service is started anew",
        }
        return f"{self.name} would replace {now}; then {after[self.kind]}"


@dataclass(frozen=True, slots=True)
class Bench:
    """What updates are checked against, and installed with.

    Attributes:
        pack_version: of the knowledge pack in use.
        incoming: folder for the bundle that is being installed.
    """

    device: Device
    installer: Installer
    shelf: Shelf
    pack_version: Callable[[], Version | None]
    incoming: Path

    async def check(self, file: Path, report: Report = untold) -> Verdict:
        """Look at an update.

        Raises:
            ApplianceError: `UPD-…`, `KNOW-PACK-…`: it may not be installed, and why.
        """
        if file.suffix == PACK:
            installed = self.pack_version()
            sealed = await on_thread(lambda: self.shelf.check(file, installed, report))
            return Verdict(file, "knowledge", sealed.version, installed)
        if file.suffix != BUNDLE:
            raise foreign(file, "its name does not say that it is an update")
        return await self._check_bundle(file, report)

    async def install(self, verdict: Verdict, report: Report = untold) -> None:
        """Install what was checked; ApplianceError (`UPD-…`) if that does not work.

        It is copied and checked again: a stick may show something else at a second look.
        """
        if verdict.kind == "knowledge":
            await on_thread(lambda: self.shelf.place(verdict.file, verdict.installed, report))
            return
        try:
            copy = await on_thread(lambda: take_in(verdict.file, self.incoming, report))
            await self.check(copy, report)
            await self.installer.install(copy, report)
        finally:
            await on_thread(self.tidy)

    def tidy(self) -> None:
        """Remove what an installation left, perhaps one that a power cut ended."""
        shutil.rmtree(self.incoming, ignore_errors=True)

    async def _check_bundle(self, file: Path, report: Report) -> Verdict:
        parts = await on_thread(lambda: bundle.layout(file))
        offer = await self.installer.inspect(file)
        ours = self.device
        if offer.compatible != ours.compatible:
            raise wrong_board(file, offer.compatible, ours.compatible)
        try:
            version = Version.parse(offer.version)
        except ValueError as error:
            raise refused("VERSION", file, str(error), "number it like 1.2.0") from error
        if version < ours.version:
            raise older(file, str(version), str(ours.version))
        await on_thread(lambda: bundle.verify_payload(parts, report))
        return Verdict(file, "system", version, ours.version)


async def on_thread(work: Callable[[], T]) -> T:
    """A stick may be slow, and the loop has to answer."""
    with working():
        return await asyncio.to_thread(work)
