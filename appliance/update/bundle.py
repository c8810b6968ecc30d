"""The file of a RAUC bundle: where its parts lie, and whether its payload is what was signed.

RAUC tells only that a bundle is bad, not why, and looks at the payload no sooner than it writes it.
So the file is looked at here first. What counts is still RAUC's own check of the signature.
Layout: https://rauc.readthedocs.io/en/latest/reference.html#bundle-formats (`verity`).
Tree: https://docs.kernel.org/admin-guide/device-mapper/verity.html.
"""

from __future__ import annotations

import configparser
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from appliance.update.errors import cut_short, damaged, foreign, unreadable
from appliance.update.ports import Report, untold

MAGIC: Final = b"hsqs"
"""A squashfs."""
BLOCK: Final = 4096
SIGNATURE_MOST: Final = 65_536
_COUNT: Final = 8
"""Bytes at the very end that say how long the signature is."""
_AT_ONCE: Final = 256
"""Blocks that are read at once."""
_SEQUENCE, _CONTEXT, _OCTETS = 0x30, 0xA0, 0x04
_LONG: Final = 0x80


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the payload ends and its tree of hashes begins, and the hash that was signed."""

    file: Path
    payload: int
    tree: int
    salt: bytes
    root: bytes


def layout(file: Path) -> Layout:
    """Find the parts.

    Raises:
        UpdateError: `UPD-FILE`; refused: `UPD-CUT`, `UPD-FORMAT`.
    """
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(0)
            if opened.read(len(MAGIC)) != MAGIC:
                raise foreign(file, "it is no update bundle")
            signature = _signature(opened, size)
    except OSError as error:
        raise unreadable(file, error) from error
    if signature is None:
        raise cut_short(file)
    try:
        return _layout(file, size - _COUNT - len(signature), _manifest(signature))
    except (ValueError, KeyError, IndexError, configparser.Error) as error:
        raise foreign(file, "it is no bundle in verity format") from error


def _signature(opened: BinaryIO, size: int) -> bytes | None:
    """None where the end makes no sense: a file that was cut ends in the midst of its payload."""
    opened.seek(max(size - _COUNT, 0))
    length = int.from_bytes(opened.read(_COUNT), "big")
    if not 0 < length <= min(SIGNATURE_MOST, size - _COUNT):
        return None
    opened.seek(size - _COUNT - length)
    signature = opened.read(length)
    return signature if signature[0] == _SEQUENCE else None


def _layout(file: Path, end: int, manifest: str) -> Layout:
    # Without interpolation and with one value for each key: nothing here is clever.
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.read_string(manifest)
    bundle = parsed["bundle"]
    tree = int(bundle["verity-size"])
    if bundle["format"] != "verity" or tree <= 0 or tree % BLOCK or (end - tree) % BLOCK:
        raise ValueError("sizes that cannot be")
    if end - tree <= 0:
        raise ValueError("no payload")
    salt, root = (bytes.fromhex(bundle[f"verity-{name}"]) for name in ("salt", "hash"))
    return Layout(file, end - tree, tree, salt, root)


def _manifest(signature: bytes) -> str:
    """The text that is signed: CMS SignedData holds it (RFC 5652, section 5.1)."""
    _, content = _value(signature, 0)
    _, signed = _value(content, _after(content, 0))
    _, data = _value(signed, 0)
    at = _after(data, _after(data, 0))
    _, inner = _value(data, at)
    _, wrapped = _value(inner, _after(inner, 0))
    tag, text = _value(wrapped, 0)
    if tag != _OCTETS:
        raise ValueError("no text")
    return text.decode("utf-8")


def _value(data: bytes, at: int) -> tuple[int, bytes]:
    """Tag and contents of the DER value at `at`."""
    begin, length = _head(data, at)
    return data[at], data[begin : begin + length]


def _after(data: bytes, at: int) -> int:
    begin, length = _head(data, at)
    return begin + length


def _head(data: bytes, at: int) -> tuple[int, int]:
    length, begin = data[at + 1], at + 2
    if length >= _LONG:
        more = length - _LONG
        if not 1 <= more <= 4:  # noqa: PLR2004  # longer than any file; 0 is no DER
            raise ValueError("a length that cannot be")
        length, begin = int.from_bytes(data[begin : begin + more], "big"), begin + more
    if begin + length > len(data):
        raise ValueError("more than there is")
    return begin, length


def verify_payload(parts: Layout, report: Report = untold) -> None:
    """Read all of it, and compare with the hash that was signed.

    Raises:
        UpdateError: `UPD-FILE`; refused: `UPD-DAMAGED`.
    """
    try:
        with parts.file.open("rb") as opened:
            levels = [_hashes(_payload(opened, parts, report), parts.salt)]
            while len(levels[0]) > BLOCK:
                levels.insert(0, _hashes(_blocks(levels[0]), parts.salt))
            stored = opened.read(parts.tree)
    except OSError as error:
        raise unreadable(parts.file, error) from error
    root = hashlib.sha256(parts.salt + levels[0]).digest()
    if root != parts.root or stored != b"".join(levels):
        raise damaged(parts.file)


def _payload(opened: BinaryIO, parts: Layout, report: Report) -> Iterator[bytes]:
    for at in range(0, parts.payload, BLOCK * _AT_ONCE):
        report("checking", at / parts.payload)
        chunk = opened.read(min(BLOCK * _AT_ONCE, parts.payload - at))
        yield from _blocks(chunk)


def _blocks(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), BLOCK):
        yield data[at : at + BLOCK]


def _hashes(blocks: Iterator[bytes], salt: bytes) -> bytes:
    """A level of the tree, filled up to whole blocks."""
    salted = hashlib.sha256(salt)
    level = bytearray()
    for block in blocks:
        digest = salted.copy()
        digest.update(block)
        level += digest.digest()
    return bytes(level) + bytes(-len(level) % BLOCK)
