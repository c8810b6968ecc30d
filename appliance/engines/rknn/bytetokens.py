"""Whisper's tokens as text: byte-level BPE, whose pieces are strings of bytes.

A `vocab.json` writes each byte as one printable character: itself where it is printable in
Latin-1, else the next unused one from U+0100 on (GPT-2's `encoder.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from appliance.engines.asr_faults import bad_model, text_of

_PRINTABLE = (*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100))


class ByteTokens:
    """A vocabulary: token number to bytes."""

    def __init__(self, by_number: dict[int, bytes]) -> None:
        self._by_number = by_number

    @classmethod
    def read(cls, path: Path) -> ByteTokens:
        """The vocabulary of a `vocab.json`; names of special tokens in it are left out.

        Raises:
            EngineError: `ENG-NO-MODEL`, or `ENG-BAD-MODEL` where it is no such file.
        """
        try:
            written = json.loads(text_of(path))
            return cls({int(number): _bytes(token) for token, number in _ordinary(written)})
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise bad_model(path, f"no vocabulary of bytes: {error!r}") from error

    def text(self, numbers: Iterable[int]) -> str:
        """What the tokens spell; unknown ones spell nothing, broken characters become U+FFFD."""
        return b"".join(self._by_number.get(n, b"") for n in numbers).decode(errors="replace")


def _ordinary(written: dict[str, int]) -> Iterable[tuple[str, int]]:
    return ((token, number) for token, number in written.items() if not token.startswith("<|"))


def _bytes(token: str) -> bytes:
    return bytes(_alphabet()[character] for character in token)


@cache
def _alphabet() -> dict[str, int]:
    """The byte that each character of a vocabulary stands for."""
    others = [byte for byte in range(0x100) if byte not in _PRINTABLE]
    return {
        **{chr(byte): byte for byte in _PRINTABLE},
        **{chr(0x100 + at): byte for at, byte in enumerate(others)},
    }
