"""Versions of images and packs, and which of two is newer: as https://semver.org orders them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Final

_PART: Final = r"[0-9A-Za-z]{1,20}"
_VERSION: Final = re.compile(
    rf"(\d{{1,9}}(?:\.\d{{1,9}}){{0,3}})(?:-({_PART}(?:\.{_PART}){{0,4}}))?(?:\+[\w.-]{{1,40}})?",
    re.ASCII,
)
_NUMBERS: Final = 4


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One to four numbers, perhaps what comes before them: `1.2`, `1.2.0-rc.1`; `+…` is ignored."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Version:
        """ValueError if it is none: what cannot be compared must not be installed."""
        if not _VERSION.fullmatch(text):
            raise ValueError(f"`{text[:40]}` is no version")
        return cls(text)

    def __eq__(self, other: object) -> bool:
        """`1.2` is `1.2.0`."""
        return isinstance(other, Version) and self._key() == other._key()

    def __lt__(self, other: Version) -> bool:
        """Older."""
        return self._key() < other._key()

    def __hash__(self) -> int:
        """As it compares."""
        return hash(self._key())

    def __str__(self) -> str:
        """As it was written."""
        return self.text

    def _key(self) -> tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...]]:
        found = _VERSION.fullmatch(self.text)
        numbers, before = (found[1], found[2]) if found else ("0", None)
        counted = tuple(int(part) for part in numbers.split("."))
        padded = counted + (0,) * (_NUMBERS - len(counted))
        parts = before.split(".") if before else ()
        return padded, before is None, tuple(_part(part) for part in parts)


def _part(text: str) -> tuple[bool, int, str]:
    """Numbers count as numbers, and come before words."""
    return (False, int(text), "") if text.isdecimal() else (True, 0, text)
