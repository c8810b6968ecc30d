"""Bytes of a terminal, as keys: VT100 and what its successors send. Any bytes make sense."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from enum import Enum, auto

_LONGEST_SEQUENCE = 16


class Key(Enum):
    """A key that is no character."""

    ENTER = auto()
    TAB = auto()
    BACKSPACE = auto()
    DELETE = auto()
    LEFT = auto()
    RIGHT = auto()
    UP = auto()
    DOWN = auto()
    HOME = auto()
    END = auto()
    CANCEL = auto()
    CLOSE = auto()
    KILL = auto()
    KILL_TO_END = auto()
    KILL_WORD = auto()
    REDRAW = auto()


_CONTROLS = {
    b"\r": Key.ENTER,
    b"\n": Key.ENTER,
    b"\t": Key.TAB,
    b"\x7f": Key.BACKSPACE,
    b"\x08": Key.BACKSPACE,
    b"\x01": Key.HOME,
    b"\x02": Key.LEFT,
    b"\x03": Key.CANCEL,
    b"\x04": Key.CLOSE,
    b"\x05": Key.END,
    b"\x06": Key.RIGHT,
    b"\x0b": Key.KILL_TO_END,
    b"\x0c": Key.REDRAW,
    b"\x0e": Key.DOWN,
    b"\x10": Key.UP,
    b"\x15": Key.KILL,
    b"\x17": Key.KILL_WORD,
}
_SEQUENCES = {
    b"A": Key.UP,
    b"B": Key.DOWN,
    b"C": Key.RIGHT,
    b"D": Key.LEFT,
    b"H": Key.HOME,
    b"F": Key.END,
    b"1~": Key.HOME,
    b"7~": Key.HOME,
    b"3~": Key.DELETE,
    b"4~": Key.END,
    b"8~": Key.END,
}
_RUNS = re.compile(rb"[\x20-\x7e\x80-\xff]+|[\x00-\x1f\x7f]")
_IN_SEQUENCE = re.compile(rb"[\x30-\x3f]*")  # numbers, before the byte that ends it


class Keys:
    """Cuts a stream of bytes into keys and text, in whatever pieces it comes."""

    def __init__(self) -> None:
        self._text = codecs.getincrementaldecoder("utf-8")("ignore")
        self._sequence: bytes | None = None  # what came after ESC
        self._after_return = False

    def feed(self, data: bytes) -> Iterator[Key | str]:
        """Keys, and runs of characters that can be shown."""
        for run in _RUNS.findall(data):
            if run == b"\x1b":
                self._sequence = b""
            elif run < b" " or run == b"\x7f":
                yield from self._control(run)
            else:
                yield from self._run(run)

    def _control(self, byte: bytes) -> Iterator[Key]:
        self._sequence = None
        self._text.reset()
        second = byte == b"\n" and self._after_return  # CR LF is one Enter
        self._after_return = byte == b"\r"
        if byte in _CONTROLS and not second:
            yield _CONTROLS[byte]

    def _run(self, run: bytes) -> Iterator[Key | str]:
        self._after_return = False
        if self._sequence is not None:
            run, key = self._rest_of_sequence(self._sequence + run)
            if key:
                yield key
        text = "".join(filter(str.isprintable, self._text.decode(run)))
        if text:
            yield text

    def _rest_of_sequence(self, data: bytes) -> tuple[bytes, Key | None]:
        """What follows ESC: `[` or `O`, numbers, one byte that ends it; else one byte."""
        self._sequence = None
        if data[:1] not in {b"[", b"O"}:
            return data[1:], None
        match = _IN_SEQUENCE.match(data, 1)
        end = match.end() if match else 1
        if end == len(data) and end < _LONGEST_SEQUENCE:
            self._sequence = data
            return b"", None
        return data[end + 1 :], _SEQUENCES.get(data[1 : end + 1])
