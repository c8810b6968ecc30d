"""A bundle's file: a .tar.gz of bounded size; its manifest holds the hash of every other file."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from appliance.errors import ApplianceError

MOST_BYTES = 2 << 20
"""Of a bundle, packed."""
MOST_FILE_BYTES = 4 << 20
MOST_UNPACKED_BYTES = 32 << 20
MOST_FILES = 200
MANIFEST = "manifest.json"
FORMAT = 1

_ROOM_BYTES = 64 << 10  # for the manifest and the archive's end
_HEADER_BYTES = 1024
_NAME = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)*\.[a-z]+")


class Entry(NamedTuple):
    """One file of a bundle."""

    name: str
    data: bytes


def pack(
    file: BinaryIO,
    entries: Iterable[Entry],
    facts: Mapping[str, Any],
    made_s: int,
    most_bytes: int = MOST_BYTES,
) -> int:
    """Write a bundle; the same entries at the same moment give the same bytes.

    Args:
        file: where to; it is never read.
        entries: the more important first: those that no longer fit are left out, and named.
        facts: what else the manifest says.
        made_s: seconds since 1970.
        most_bytes: how long the bundle may be.

    Returns:
        How many files it holds, the manifest included.
    """
    hashes: dict[str, str] = {}
    left_out: list[str] = []
    with (
        gzip.GzipFile("", "wb", fileobj=file, mtime=made_s) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive,
    ):
        for entry in entries:
            packed.flush()
            needed = len(zlib.compress(entry.data)) + _HEADER_BYTES
            room = most_bytes - _ROOM_BYTES - file.tell()
            is_last = len(hashes) >= MOST_FILES - 1
            if needed > room or len(entry.data) > MOST_FILE_BYTES or is_last:
                left_out.append(entry.name)
                continue
            _add(archive, entry, made_s)
            hashes[entry.name] = hashlib.sha256(entry.data).hexdigest()
        manifest = {**facts, "format": FORMAT, "sha256": hashes, "left_out": left_out[:MOST_FILES]}
        _add(archive, Entry(MANIFEST, json.dumps(manifest, indent=1).encode()), made_s)
    return len(hashes) + 1


def unpack(path: Path) -> dict[str, bytes]:
    """The files of a bundle, checked against its manifest, which is among them.

    Raises:
        ApplianceError: (`BUNDLE-UNREADABLE`) it cannot be read; (`BUNDLE-DAMAGED`) it is none, or
            not as it was made.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise ApplianceError(
            "BUNDLE-UNREADABLE", f"cannot read {path}", cause, "name a readable file"
        ) from error
    try:
        files = _files(data)
        _check(files)
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, zlib.error) as error:
        raise ApplianceError(
            "BUNDLE-DAMAGED",
            f"{path} is no whole bundle",
            str(error) or type(error).__name__,
            "fetch it again: appliance console bundle -o FILE",
        ) from error
    return files


def _add(archive: tarfile.TarFile, entry: Entry, made_s: int) -> None:
    info = tarfile.TarInfo(entry.name)
    info.size, info.mtime, info.mode = len(entry.data), made_s, 0o600
    archive.addfile(info, io.BytesIO(entry.data))


def _files(data: bytes) -> dict[str, bytes]:
    if len(data) > MOST_BYTES:
        raise ValueError("it is too long")
    found: dict[str, bytes] = {}
    room = MOST_UNPACKED_BYTES
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
        for info in archive:
            room -= info.size
            if not info.isreg() or info.size > MOST_FILE_BYTES or room < 0:
                raise ValueError("it holds what no bundle holds")
            if not _NAME.fullmatch(info.name) or info.name in found or len(found) >= MOST_FILES:
                raise ValueError("it holds names that no bundle has")
            member = archive.extractfile(info)
            found[info.name] = member.read() if member else b""
    return found


def _check(files: Mapping[str, bytes]) -> None:
    manifest = json.loads(files[MANIFEST])
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    hashes = {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != MANIFEST
    }
    if manifest.get("sha256") != hashes:
        raise ValueError("its files are not those of its manifest")
