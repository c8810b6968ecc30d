"""The seal of a knowledge pack: who made it, for which board, which version. A text file beside it.

    voice-appliance pack 1
    for voice-appliance-rk3576
    version 2.1
    bytes 1234944
    sha256 5f7c…
    signature hJ3k…

The signature is of the five lines before it, so nothing but the pack itself is left to compare.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

from appliance.durable import write_durably
from appliance.update.device import Device
from appliance.update.errors import (
    cut_short,
    damaged,
    foreign,
    older,
    refused,
    unreadable,
    unsigned,
    wrong_board,
)
from appliance.update.ports import Fits, Report, untold
from appliance.update.version import Version

ANY: Final = "any"
"""A pack for every board."""
SUFFIX: Final = ".sig"
MOST_BYTES: Final = 1024
CHUNK: Final = 1 << 20
_SEAL: Final = re.compile(
    r"(voice-appliance pack 1\nfor ([\w.-]{1,60})\nversion (\S{1,60})\n"
    r"bytes ([1-9]\d{0,12})\nsha256 ([0-9a-f]{64})\n)signature ([\w-]{86})\n",
    re.ASCII,
)


class Seal(NamedTuple):
    """What is sealed."""

    compatible: str
    version: Version
    bytes: int
    sha256: str

    @property
    def text(self) -> str:
        """What is signed."""
        return (
            f"voice-appliance pack 1\nfor {self.compatible}\nversion {self.version}\n"
            f"bytes {self.bytes}\nsha256 {self.sha256}\n"
        )


def beside(pack: Path) -> Path:
    """Where the seal of a pack lies; where no pack is named, nothing does."""
    return Path(f"{pack}{SUFFIX}")


def make(pack: Path, compatible: str, version: str, sign: Callable[[str], str]) -> Seal:
    """Seal a pack, in a file beside it.

    Raises:
        UpdateError: `UPD-FILE`; refused: `UPD-VERSION`, `UPD-FORMAT`.
    """
    try:
        with pack.open("rb") as opened:
            found = digest(opened)
        seal = Seal(compatible, _version(pack, version), *found)
        text = f"{seal.text}signature {sign(seal.text)}\n"
        if not _SEAL.fullmatch(text):
            raise foreign(pack, f"`{compatible[:40]}` is no name of a board, or the pack is empty")
        write_durably(beside(pack), text)
    except OSError as error:
        raise unreadable(pack, error) from error
    return seal


def read(pack: Path) -> tuple[Seal, bytes, str]:
    """The seal beside a pack, its file, and its signature, which nobody has looked at yet.

    Raises:
        UpdateError: `UPD-FILE`; refused: `UPD-SIGNATURE`, `UPD-FORMAT`, `UPD-VERSION`.
    """
    try:
        with beside(pack).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        if not pack.exists():
            raise unreadable(pack, error) from error
        raise unsigned(pack, f"it has no seal: {beside(pack).name} is not beside it") from error
    except OSError as error:
        raise unreadable(beside(pack), error) from error
    found = _SEAL.fullmatch(data.decode("ascii", "replace"))
    if found is None:
        raise foreign(pack, f"{beside(pack).name} is no seal")
    seal = Seal(found[2], _version(pack, found[3]), int(found[4]), found[5])
    return seal, data, found[6]


def trusted(pack: Path, fits: Fits | None, device: Device) -> tuple[Seal, bytes]:
    """The seal beside a pack, if it is signed and for this device; the pack itself is not read.

    Raises:
        UpdateError: `UPD-NO-KEY`, as `read`; refused: `UPD-SIGNATURE`, `UPD-BOARD`.
    """
    seal, data, signature = read(pack)
    if fits is None:
        raise refused(
            "NO-KEY",
            pack,
            "this device has no key to check packs with",
            "put the public key into the image, and name it: updates.pack_key",
        )
    if not fits(seal.text, signature):
        raise unsigned(pack, "its seal was not made with the key that this device knows")
    if seal.compatible not in {ANY, device.compatible}:
        raise wrong_board(pack, seal.compatible, device.compatible)
    return seal, data


def not_older(pack: Path, seal: Seal, installed: Version | None) -> None:
    """RefusedError (`UPD-OLDER`) if it is."""
    if installed is not None and seal.version < installed:
        raise older(pack, str(seal.version), str(installed))


def compare(pack: Path, seal: Seal, report: Report = untold, copy: BinaryIO | None = None) -> None:
    """Read the pack once, perhaps copy what is read, and compare it with its seal.

    Raises:
        OSError: it cannot be read, or the copy not be written.
        UpdateError: refused: `UPD-CUT`, `UPD-DAMAGED`.
    """
    with pack.open("rb") as opened:
        size, sha256 = digest(opened, seal.bytes, report, copy)
    if size < seal.bytes:
        raise cut_short(pack)
    if (size, sha256) != (seal.bytes, seal.sha256):
        raise damaged(pack)


def digest(
    opened: BinaryIO, most: int = 1 << 62, report: Report = untold, copy: BinaryIO | None = None
) -> tuple[int, str]:
    """Bytes and SHA-256 of what is there; one byte more than `most` is enough to know."""
    sha256, size = hashlib.sha256(), 0
    while size <= most and (data := opened.read(min(CHUNK, most + 1 - size))):
        report("reading", size / max(most, 1))
        sha256.update(data)
        size += len(data)
        if copy is not None:
            copy.write(data)
    return size, sha256.hexdigest()


def _version(pack: Path, text: str) -> Version:
    try:
        return Version.parse(text)
    except ValueError as error:
        raise refused("VERSION", pack, str(error), "number it like 1.2.0") from error
