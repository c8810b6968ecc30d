"""Fetches the bundle in pieces, each in a framed answer; goes on where it was interrupted."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from appliance.console.client import Client, data_or_raise
from appliance.console.errors import ConsoleError

MOST_BYTES = 8 << 20
"""What we would store of a device that lies."""


class Parcel(NamedTuple):
    """The bundle that a device has ready."""

    name: str
    size: int
    sha256: str


async def offered(client: Client, *, words: bool = False) -> Parcel:
    """Have it made, unless it is there.

    Raises:
        ConsoleError: the device refuses, makes no sense (`CON-BUNDLE`), or is silent.
    """
    told = data_or_raise(await client.request("bundle words" if words else "bundle"))
    try:
        parcel = Parcel(Path(str(told["name"])).name, int(told["bytes"]), str(told["sha256"]))
    except (KeyError, ValueError, TypeError) as error:
        raise _senseless(f"it tells no {error}") from error
    if not 0 <= parcel.size <= MOST_BYTES or not parcel.sha256.isalnum():
        raise _senseless("its size or hash cannot be")
    return parcel


async def fetch(
    client: Client,
    parcel: Parcel,
    into: Path,
    report: Callable[[str, float], None],
    unlock: Callable[[], Awaitable[None]],
) -> None:
    """Fetch it into a file, which is whole or is not there.

    What has arrived is kept beside it, so that the next call goes on there.

    Args:
        client: to whom the device answers; unlocked.
        parcel: as `offered`.
        into: the file.
        report: is told what goes on, and how far it is (0..1).
        unlock: gains the service right again: noise may type Ctrl-D, which locks.

    Raises:
        ConsoleError: the device refuses, is silent, or what came is not what was offered
            (`CON-BUNDLE`).
        OSError: the file cannot be written.
    """
    part = into.with_name(f".{into.name}.{parcel.sha256[:12]}.part")
    with part.open("ab") as file:
        while (at := file.tell()) < parcel.size:
            report("bundle", at / parcel.size)
            try:
                file.write(await _piece(client, parcel, at))
            except ConsoleError as error:
                if error.code != "CON-LOCKED":
                    raise
                await unlock()
            file.flush()
    if hashlib.sha256(part.read_bytes()).hexdigest() != parcel.sha256:
        part.unlink()
        raise _senseless("what came is not what was offered")
    part.replace(into)
    for older in into.parent.glob(f".{into.name}.*.part"):
        older.unlink()


async def _piece(client: Client, parcel: Parcel, at: int) -> bytes:
    told = data_or_raise(await client.request(f"bundle piece {at}"))
    try:
        piece = base64.b64decode(str(told["piece"]), validate=True)
    except (KeyError, binascii.Error) as error:
        raise _senseless("a piece is none") from error
    if told.get("at") != at or not 0 < len(piece) <= parcel.size - at:
        raise _senseless("a piece does not fit")
    return piece


def _senseless(cause: str) -> ConsoleError:
    remedy = "try again; see `appliance console log`"
    return ConsoleError("CON-BUNDLE", "the bundle cannot be fetched", cause, remedy)
