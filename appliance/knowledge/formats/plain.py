"""Plain text: headings are underlined, numbered or in CAPITALS; lines are joined to paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.knowledge.document import Outline, Section, table_lines
from appliance.knowledge.textfile import decode

UNDERLINE = re.compile(r"\s*([=\-~*^_])\1{2,}\s*\Z")
NUMBERED = re.compile(r"\s*(\d{1,2}(?:\.\d{1,2})*)[.)]?\s+[A-Z]\S*(?:\s|\Z)")
ITEM = re.compile(r"\s*(?:[-*+\u2022\u00b7\u2013\u25cf\u25aa\u2023]|\(?\d{1,2}[.)]|[a-z][.)])\s+")
BULLET = re.compile(r"\s*[-*+\u2022\u00b7\u2013\u25cf\u25aa\u2023]\s+")
COLUMNS = re.compile(r"\s{2,}|\t+")
LEADER = re.compile(r"\s*\.{4,}\s*|\s*(?:\.\s){4,}\s*")
LONGEST_HEADING = 70
FEWEST_LETTERS = 3


def read(data: bytes, name: str) -> list[Section]:
    """The sections of a text file; `KnowledgeError` if it is not text."""
    outline = Outline()
    outline_lines(decode(data, name).split("\n"), outline)
    return outline.finish()


def outline_lines(lines: list[str], outline: Outline) -> None:
    """Find headings and blocks in `lines` and add them to `outline` (PDF pages come here too)."""
    pending: list[str] = []
    skip = False
    for index, line in enumerate(lines):
        if skip:
            skip = False
            continue
        level, skip = heading_level(lines, index)
        if level:
            _flush(pending, outline)
            outline.heading(level, line)
        elif line.strip():
            if not UNDERLINE.match(line):
                pending.append(line)
        else:
            _flush(pending, outline)
    _flush(pending, outline)


def heading_level(lines: list[str], index: int) -> tuple[int, bool]:
    """The level of the heading at `index` (0 if it is none), and whether its underline follows."""
    line = lines[index].strip()
    after = lines[index + 1].strip() if index + 1 < len(lines) else ""
    if not line or len(line) > LONGEST_HEADING or not any(c.isalpha() for c in line):
        return 0, False
    if UNDERLINE.match(after) and not BULLET.match(line):
        return (1 if after[0] == "=" else 2), True
    if index and lines[index - 1].strip() and not UNDERLINE.match(lines[index - 1]):
        return 0, False
    return _unmarked_level(line, lines[index + 1 :]), False


def _unmarked_level(line: str, rest: list[str]) -> int:
    if line[-1] in ".,;:!?" or COLUMNS.search(line):
        return 0
    following = next((text for text in rest if text.strip()), "")
    number = NUMBERED.match(line)
    if number:
        other = NUMBERED.match(following) or ITEM.match(following)
        listed = bool(other) and _depth(following) == _depth(line)
        return 0 if listed or not following else 1 + _depth(line)
    letters = [c for c in line if c.isalpha()]
    capitals = len(letters) >= FEWEST_LETTERS and all(c.isupper() for c in letters)
    return 1 if capitals and following and not ITEM.match(line) else 0


def _depth(line: str) -> int:
    number = re.match(r"\s*(\d+(?:\.\d+)*)", line)
    return number[1].count(".") + 1 if number else 0


def _flush(pending: list[str], outline: Outline) -> None:
    if pending:
        table = _columns(pending)
        outline.block(table_lines(table) if table else "\n".join(joined(pending)))
        pending.clear()


def _columns(lines: list[str]) -> list[list[str]]:
    """The cells, if the lines are a table set with wide gaps or bars; else nothing."""
    lines = [line for line in lines if not re.fullmatch(r"[\s|+:=\-]+", line)]
    barred = all("|" in line for line in lines)
    if barred:
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    else:
        rows = [COLUMNS.split(line.strip()) for line in lines]
    width = len(rows[0]) if rows else 0
    bulleted = any(BULLET.match(line) for line in lines)
    even = len(rows) > 1 and width > 1 and all(len(row) == width for row in rows)
    return rows if even and not bulleted else []


def joined(lines: list[str]) -> Iterator[str]:
    """Wrapped lines joined; each list item and each `name .... value` a line of its own."""
    text = ""
    for line in lines:
        starts = ITEM.match(line) or LEADER.search(line) or LEADER.search(text)
        if text and starts:
            yield _plain(text)
            text = ""
        text = _glue(text, line.strip())
    if text:
        yield _plain(text)


def _glue(text: str, line: str) -> str:
    hyphenated = text[-1:] == "-" and text[-2:-1].isalpha() and line[:1].islower()
    if hyphenated:
        return text[:-1] + line
    return f"{text} {line}".strip()


def _plain(text: str) -> str:
    text = BULLET.sub("- ", text, count=1) if BULLET.match(text) else text
    text = re.sub(r"\A\(?(\d{1,2})[.)]\s+", r"\1. ", text)
    return LEADER.sub(": ", text)
