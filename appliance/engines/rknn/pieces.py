"""SentencePiece tokens by number, out of a `tokens.txt`, and how they become text.

One `piece number` a line, as sherpa-onnx writes it. `▁` begins a word; `<0xE4>` is one byte of
a character that has no piece; `<|en|>` and the like say something of the sound, not in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from appliance.engines.asr_faults import bad_model, text_of

_TAG = re.compile(r"<\|(.*)\|>")
_BYTE = re.compile(r"<0x([0-9A-Fa-f]{2})>")
_SILENT = {"<unk>", "<s>", "</s>", "<blank>", "<blk>"}


class Pieces:
    """A vocabulary. `pieces[number]` is a piece as written."""

    def __init__(self, written: Iterable[str]) -> None:
        self._written = tuple(written)

    @classmethod
    def read(cls, path: Path) -> Pieces:
        """The vocabulary of a file.

        Raises:
            EngineError: `ENG-NO-MODEL`, or `ENG-BAD-MODEL` where a number is missing or double.
        """
        by_number: dict[int, str] = {}
        lines = text_of(path).split("\n")
        for count, line in enumerate(lines, 1):
            piece, _, number = line.rstrip("\r").rpartition(" ")
            if number.isdecimal():
                by_number[int(number)] = piece
            elif line.strip():
                raise bad_model(path, f"line {count} is no piece with its number: {line[:40]!r}")
        entries = sum(1 for line in lines if line.strip())
        if not by_number or sorted(by_number) != list(range(entries)):
            raise bad_model(path, "its numbers are not 0, 1, 2, … each once")
        return cls(by_number[number] for number in range(entries))

    def __len__(self) -> int:
        return len(self._written)

    def tag(self, number: int) -> str | None:
        """What a tag says ("en"), or None of a piece of text."""
        found = _TAG.fullmatch(self._written[number])
        return found[1] if found else None

    def text(self, numbers: Iterable[int]) -> str:
        """The words that the pieces spell; tags are left out, broken characters become U+FFFD."""
        spoken = (self._written[number] for number in numbers if self.tag(number) is None)
        data = b"".join(_bytes(piece) for piece in spoken if piece not in _SILENT)
        return data.decode("utf-8", errors="replace").replace("▁", " ").strip()


def _bytes(piece: str) -> bytes:
    byte = _BYTE.fullmatch(piece)
    return bytes([int(byte[1], 16)]) if byte else piece.encode()
