"""What a document becomes before it is cut into passages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, or on one page.

    Attributes:
        path: headings from the outermost to the nearest; empty before the first heading.
        anchor: what follows the file name in a source id: "", "#reset" or "#page=3".
        blocks: plain text; a paragraph is one line, a list or a table has one line per item or row.
        page: 1-based page of a PDF, else None.
    """

    path: tuple[str, ...]
    anchor: str
    blocks: tuple[str, ...]
    page: int | None = None


class Slugger:
    """Anchors as GitHub makes them: a repeated heading gets `-1`, then `-2`."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def slug(self, heading: str) -> str:
        """The anchor of the next heading, without `#`; unique in this document."""
        base = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        slug = base
        while slug in self._seen:
            self._seen[base] += 1
            slug = f"{base}-{self._seen[base]}"
        self._seen[slug] = 0
        return slug


@dataclass(slots=True)
class Outline:
    """Collects the sections of a document while a reader walks through it."""

    page: int | None = None
    sections: list[Section] = field(default_factory=list)
    _slugger: Slugger = field(default_factory=Slugger)
    _path: list[tuple[int, str]] = field(default_factory=list)
    _anchor: str = ""
    _blocks: list[str] = field(default_factory=list)

    def heading(self, level: int, text: str) -> None:
        """Open a section under a heading of `level` (1 is the outermost)."""
        title = tidy(text)
        if not title:
            return
        self._close()
        self._path = [entry for entry in self._path if entry[0] < level] + [(level, title)]
        slug = self._slugger.slug(title)
        self._anchor = f"#{slug}" if slug else ""

    def block(self, text: str) -> None:
        """Add a paragraph, a list or a table to the section at hand."""
        clean = "\n".join(line for line in map(tidy, text.split("\n")) if line)
        if clean:
            self._blocks.append(clean)

    def finish(self) -> list[Section]:
        """All sections that hold text, in document order."""
        self._close()
        return self.sections

    def _close(self) -> None:
        if self._blocks:
            path = tuple(title for _, title in self._path)
            self.sections.append(Section(path, self._anchor, tuple(self._blocks), self.page))
        self._blocks = []


def tidy(text: str) -> str:
    """One line: whitespace collapsed, control, format and unpaired characters dropped."""
    kept = (c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join("".join(kept).split())


_KEYS = (
    "property parameter item specification feature attribute characteristic name key field "
    "setting option spec detail"
)
_VALUES = "value values detail details specification data rating"
GENERIC_KEYS, GENERIC_VALUES = frozenset(_KEYS.split()), frozenset(_VALUES.split())
"""Column names that say nothing when spoken."""


def table_lines(rows: list[list[str]]) -> str:
    """A table as lines that can be spoken, one per row (`Error: E3; Meaning: no water.`).

    A table of properties and values reads `Voltage: 230 V.` The first row names the columns.
    """
    rows = [[tidy(cell) for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if len(rows) == 1:
        return _ended(", ".join(cell for cell in rows[0] if cell))
    if not rows:
        return ""
    return "\n".join(_row(rows[0], row) for row in rows[1:])


def _row(header: list[str], row: list[str]) -> str:
    names = header + [""] * (len(row) - len(header))
    cells = [(name, cell) for name, cell in zip(names, row, strict=False) if cell]
    if _is_property(header, cells):
        return _ended(f"{cells[0][1].rstrip(':')}: {cells[1][1]}")
    return _ended(
        "; ".join(f"{name}: {cell.rstrip('.')}" if name else cell for name, cell in cells)
    )


def _is_property(header: list[str], cells: list[tuple[str, str]]) -> bool:
    if len(header) != 2 or len(cells) != 2:  # noqa: PLR2004
        return False
    key, value = (name.lower() for name in header)
    return not key or key in GENERIC_KEYS or not value or value in GENERIC_VALUES


def _ended(text: str) -> str:
    return text if not text or text[-1] in ".!?" else f"{text}."
