"""Frames: what programs say on a line where bytes get lost, flip, and kernel messages intrude.

    RS kind id part/parts SPACE payload # crc LF

RS (1E, as in RFC 7464) occurs in nothing else, so whatever came before it is given up. `kind` is
one of `Kind`; `id` is eight hexadecimal digits; `crc` is CRC-32 of all between RS and `#`, eight
hexadecimal digits; the payload is a piece of an ASCII document, short because a long frame would
hardly ever survive: at 1 % of bytes wrong, half of the longest frames arrive.

A request holds no space: should noise cut a frame in two, so that its end is taken for typing, no
word of it is a command with an argument.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, NamedTuple

RS = 0x1E
PAYLOAD_CHARS = 48
MOST_PARTS = 999
MOST_CHARS = PAYLOAD_CHARS * MOST_PARTS
FRAME_BYTES = 96
"""No frame is longer; the longest has 76 bytes."""

_FRAME = re.compile(rb"([?!+])([0-9a-f]{8})(\d{1,3})/(\d{1,3}) ([\x20-\x7e]{0,48})#([0-9a-f]{8})")
_NUMBERS = re.compile(r"\d{1,3}(,\d{1,3})*")
_NUMBERS_A_FRAME = 12


class Kind(Enum):
    """What a frame carries."""

    ASK = "?"  # a piece of a request
    ANSWER = "!"  # a piece of its answer
    AGAIN = "+"  # numbers of pieces of the answer that did not arrive


class Frame(NamedTuple):
    """One frame, whole; `part` counts from 0."""

    kind: Kind
    id: str
    part: int
    parts: int
    payload: str


def encode(frame: Frame) -> bytes:
    """The frame as bytes, RS and LF included."""
    kind, id_, part, parts, payload = frame
    body = f"{kind.value}{id_}{part}/{parts} {payload}".encode("ascii")
    return b"\x1e%s#%08x\n" % (body, zlib.crc32(body))


def decode(line: bytes) -> Frame | None:
    """The frame between RS and LF; None where it is none, or not as it was sent."""
    match = _FRAME.fullmatch(line)
    if match is None or zlib.crc32(line[:-9]) != int(match[6], 16):
        return None
    kind, id_, part, parts, payload = (group.decode("ascii") for group in match.groups()[:5])
    if not int(part) < int(parts) <= MOST_PARTS or (kind == Kind.ASK.value and " " in payload):
        return None
    return Frame(Kind(kind), id_, int(part), int(parts), payload)


def request(document: Mapping[str, Any]) -> str:
    """A request as JSON without a space."""
    return json.dumps(document, separators=(",", ":")).replace(" ", r"\u0020")


def cut(kind: Kind, id_: str, document: str) -> list[Frame]:
    """A document of at most MOST_CHARS ASCII characters, in pieces."""
    starts = range(0, max(len(document), 1), PAYLOAD_CHARS)
    pieces = [document[start : start + PAYLOAD_CHARS] for start in starts]
    return [Frame(kind, id_, at, len(pieces), piece) for at, piece in enumerate(pieces)]


def again(id_: str, missing: Iterable[int]) -> Iterator[Frame]:
    """Ask for pieces of an answer by their numbers; none named: for all of it."""
    numbers = [str(number) for number in missing]
    for start in range(0, max(len(numbers), 1), _NUMBERS_A_FRAME):
        payload = ",".join(numbers[start : start + _NUMBERS_A_FRAME])
        yield Frame(Kind.AGAIN, id_, 0, 1, payload)


def wanted(frame: Frame) -> list[int] | None:
    """The numbers that an AGAIN frame names; None: all."""
    if not _NUMBERS.fullmatch(frame.payload):
        return None
    return [int(number) for number in frame.payload.split(",")]


class Assembly:
    """A document in the making; pieces come in any order and as often as they like."""

    def __init__(self, parts: int) -> None:
        self._pieces: list[str | None] = [None] * parts

    def add(self, frame: Frame) -> None:
        """Take a piece; one that does not fit is passed over."""
        if frame.parts == len(self._pieces):
            self._pieces[frame.part] = frame.payload

    @property
    def missing(self) -> list[int]:
        """The numbers of pieces that are still to come."""
        return [at for at, piece in enumerate(self._pieces) if piece is None]

    @property
    def document(self) -> str | None:
        """All of it, once nothing is missing."""
        return None if self.missing else "".join(piece or "" for piece in self._pieces)


class Splitter:
    """Tells frames from keys in a stream of bytes; keeps at most one frame."""

    def __init__(self) -> None:
        self._frame: bytearray | None = None
        self.spoilt = 0
        """Frames that arrived damaged."""

    def feed(self, data: bytes) -> Iterator[Frame | bytes]:
        """Frames and runs of keys, in order.

        A frame ends with its line; any other control character gives it up, so that a person can
        always type on after noise.
        """
        for run in re.findall(rb"\x1e|[\x00-\x1d\x1f]|[^\x00-\x1f]+", data):
            if run[0] == RS:
                self._give_up()
                self._frame = bytearray()
            elif self._frame is None:
                yield run
            elif run[0] >= 0x20:  # noqa: PLR2004  # the first that is no control character
                self._frame += run[: FRAME_BYTES - len(self._frame)]
            else:
                yield from self._ended(run)

    def _ended(self, by: bytes) -> Iterator[Frame | bytes]:
        line, self._frame = bytes(self._frame or b""), None
        if frame := decode(line):
            yield frame
        else:
            self.spoilt += 1
        if by not in b"\r\n":
            yield by

    def _give_up(self) -> None:
        self.spoilt += self._frame is not None
