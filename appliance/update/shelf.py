"""Where installed knowledge packs are: the one in use, the one before it, and nothing else.

    knowledge/chosen.json            which one is used, which before, how often it was tried
    knowledge/5f7c0a…/knowledge.pack with its seal
    knowledge/.new/                  one that is being copied

A pack is whole, and on the disk, before `chosen.json` names it; a power cut at any instant leaves
the old one or the new one in use. The data partition is not trusted: the seal is checked at each
start. A pack that cannot be opened, or with which the service does not come up, gives way.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from appliance.durable import sync_folder
from appliance.errors import ApplianceError
from appliance.survivor.state import read_state, write_state
from appliance.update import seal
from appliance.update.copying import require_room, settle
from appliance.update.device import Device
from appliance.update.errors import UpdateError, not_copied
from appliance.update.ports import Fits, Report, untold
from appliance.update.version import Version

log = logging.getLogger(__name__)

FOLDER: Final = "knowledge"
PACK: Final = "knowledge.pack"
NEW: Final = ".new"
TRIES: Final = 3
"""Starts that a new pack may take until the service is up with it."""


@dataclass(slots=True)
class Chosen:
    """Which packs are used.

    Attributes:
        current, previous: names of folders; empty: none.
        tries: 0 once the service was up with `current`, else one more than the starts with it.
    """

    current: str = ""
    previous: str = ""
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What to answer from.

    Attributes:
        pack: the file.
        version: of its seal; None: it has none.
        gave_way: code of what was wrong with the one that was to be used; empty: nothing.
        lost: the version of that one, as far as it is known.
    """

    pack: Path
    version: Version | None
    gave_way: str = ""
    lost: str = ""


class Shelf:
    """The packs of one device. `opens` raises an ApplianceError if a file is no pack of ours."""

    def __init__(
        self, state: Path, fits: Fits | None, device: Device, opens: Callable[[Path], None]
    ) -> None:
        self._folder, self._fits, self._device, self._opens = state / FOLDER, fits, device, opens

    def check(self, pack: Path, installed: Version | None, report: Report = untold) -> seal.Seal:
        """Whether a pack may be installed; reads all of it.

        Raises:
            ApplianceError: `UPD-…`, `KNOW-PACK-…`: it may not.
        """
        found, _ = seal.trusted(pack, self._fits, self._device)
        seal.not_older(pack, found, installed)
        try:
            seal.compare(pack, found, report)
        except OSError as error:
            raise not_copied(pack, error) from error
        self._opens(pack)
        return found

    def place(self, pack: Path, installed: Version | None, report: Report = untold) -> seal.Seal:
        """Copy a pack here and use it from the next start on. What is checked is the copy.

        Raises:
            ApplianceError: `UPD-…`, `KNOW-PACK-…`; what was used before goes on being used.
        """
        found, data = seal.trusted(pack, self._fits, self._device)
        seal.not_older(pack, found, installed)
        try:
            self._copy(pack, found, data, report)
            self._use(found.sha256[:16])
        except OSError as error:
            raise not_copied(pack, error) from error
        return found

    def choose(self, image: Path) -> Choice:
        """What to answer from now; a new pack has one try less afterwards."""
        chosen, gave_way = self._chosen(), ""
        if chosen.current and chosen.tries > TRIES:
            gave_way = "UPD-TRIES"
        elif chosen.current:
            try:
                version = self._verified(chosen.current)
            except (ApplianceError, OSError) as error:
                gave_way = getattr(error, "code", "UPD-FILE")
            else:
                return self._current_or(image, chosen, version)
        lost = str(version_of(self._pack(chosen.current)) or "") if gave_way else ""
        if gave_way:
            chosen = Chosen(chosen.previous)
            self._note(chosen)
        return replace(self._previous_or(image, chosen), gave_way=gave_way, lost=lost)

    def in_use(self, image: Path) -> Version | None:
        """The version that is answered from, or will be after the next start."""
        name, ours = self._chosen().current, version_of(image)
        theirs = version_of(self._pack(name)) if name else None
        return max((v for v in (ours, theirs) if v is not None), default=None)

    def proven(self) -> None:
        """The service is up with it: it stays."""
        chosen = self._chosen()
        if chosen.tries:
            self._note(Chosen(chosen.current, chosen.previous))

    def _current_or(self, image: Path, chosen: Chosen, version: Version) -> Choice:
        ours = version_of(image)
        if ours is not None and ours > version:
            return Choice(image, ours)
        if chosen.tries:
            self._note(Chosen(chosen.current, chosen.previous, chosen.tries + 1))
        return Choice(self._pack(chosen.current), version)

    def _previous_or(self, image: Path, chosen: Chosen) -> Choice:
        if chosen.current:
            try:
                version = self._verified(chosen.current)
            except (ApplianceError, OSError):
                self._note(Chosen())
            else:
                return Choice(self._pack(chosen.current), version)
        return Choice(image, version_of(image))

    def _verified(self, name: str) -> Version:
        pack = self._pack(name)
        found, _ = seal.trusted(pack, self._fits, self._device)
        seal.compare(pack, found)
        self._opens(pack)
        return found.version

    def _copy(self, pack: Path, found: seal.Seal, data: bytes, report: Report) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        new, target = self._folder / NEW, self._folder / found.sha256[:16]
        shutil.rmtree(new, ignore_errors=True)
        require_room(pack, found.bytes, self._folder)
        new.mkdir()
        try:
            with (new / PACK).open("wb") as copy:
                seal.compare(pack, found, report, copy)
                settle(copy)
            with seal.beside(new / PACK).open("wb") as copy:
                copy.write(data)
                settle(copy)
            self._opens(new / PACK)
        except (ApplianceError, OSError):
            shutil.rmtree(new, ignore_errors=True)
            raise
        sync_folder(new)
        chosen = self._chosen()
        if target.name not in {chosen.current, chosen.previous}:
            shutil.rmtree(target, ignore_errors=True)  # a power cut left it there
            new.rename(target)
            sync_folder(self._folder)

    def _use(self, name: str) -> None:
        chosen = self._chosen()
        if chosen.current != name:
            self._write(Chosen(name, chosen.current, tries=1))
        self._tidy()

    def _tidy(self) -> None:
        """Remove what nobody names any more; it can wait for the next time."""
        chosen = self._chosen()
        for folder in self._folder.iterdir():
            if folder.is_dir() and folder.name not in {chosen.current, chosen.previous}:
                shutil.rmtree(folder, ignore_errors=True)

    def _chosen(self) -> Chosen:
        """What makes no sense names nothing: then the image's own pack is used."""
        try:
            return _as_chosen(read_state(self._folder / "chosen.json"))
        except ApplianceError:
            return Chosen()

    def _pack(self, name: str) -> Path:
        return self._folder / name / PACK

    def _note(self, chosen: Chosen) -> None:
        """On a disk that takes nothing the service still has to start."""
        try:
            self._write(chosen)
        except ApplianceError as error:
            log.warning("%s: %s", error.code, error)

    def _write(self, chosen: Chosen) -> None:
        write_state(self._folder / "chosen.json", asdict(chosen))


def version_of(pack: Path) -> Version | None:
    """As its seal says, unchecked; None where it has none."""
    try:
        return seal.read(pack)[0].version
    except UpdateError:
        return None


def _as_chosen(state: Mapping[str, object]) -> Chosen:
    """Names are those of folders in ours, never paths."""
    current, previous = (str(state.get(key, "")) for key in ("current", "previous"))
    tries = state.get("tries", 0)
    return Chosen(
        current if current.isalnum() else "",
        previous if previous.isalnum() else "",
        tries if isinstance(tries, int) else TRIES,
    )
