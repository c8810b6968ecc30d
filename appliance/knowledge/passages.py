"""Sections cut into passages: one to a section, more where it is long, none overlapping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from appliance.knowledge.document import Section
from appliance.knowledge.sentences import split_sentences

MOST_WORDS = 180
"""A passage of this size is about a minute of speech, and seldom holds two topics."""
FEWEST_WORDS = 30
"""A shorter rest joins the passage before it."""
MOST_CHARS = 40
"""Longest word that is spoken; a longer run of characters (base64, a key) is cut."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage as it goes into the pack.

    Attributes:
        text: blocks, separated by an empty line.
        source: `guide.md#reset`, `guide.pdf#page=3`.
        title: what to call the source aloud.
        path: headings from the outermost to the nearest.
        page: page of a PDF, else None.
    """

    text: str
    source: str
    title: str
    path: tuple[str, ...]
    page: int | None


def pieces(document: str, sections: Iterable[Section]) -> Iterator[Piece]:
    """The passages of a document; `document` is its path relative to the folder, with `/`."""
    for section in sections:
        title = spoken_title(document, section)
        for text in _texts(section.blocks):
            yield Piece(text, document + section.anchor, title, section.path, section.page)


def spoken_title(document: str, section: Section) -> str:
    """`docs/02_user-guide.md`, "3. Reset" → "the user guide, Reset"."""
    stem = document.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    name = " ".join(re.sub(r"\A\d+[\s._-]+", "", stem).replace("_", " ").replace("-", " ").split())
    title = name if name.lower().startswith("the ") else f"the {name.lower()}"
    if section.page is not None:
        return f"{title}, page {section.page}"
    heading = re.sub(r"\A[\d.]+\s+", "", section.path[-1]) if len(section.path) > 1 else ""
    return f"{title}, {heading}" if heading else title


def _texts(blocks: Iterable[str]) -> Iterator[str]:
    """Blocks gathered into texts of at most `MOST_WORDS` words where that is possible."""
    groups: list[list[str]] = []
    room = 0
    for block, joint in _small_blocks(blocks):
        size = len(block.split())
        introduced = bool(groups) and groups[-1][-1].rstrip().endswith(":")
        if not groups or (size > room and not (introduced and size < MOST_WORDS)):
            groups.append([block])
            room = MOST_WORDS - size
        else:
            groups[-1].append(joint + block)
            room -= size
    yield from ("".join(group) for group in _without_crumbs(groups))


def _without_crumbs(groups: list[list[str]]) -> list[list[str]]:
    last = " ".join(groups[-1]) if groups else ""
    if len(groups) > 1 and len(last.split()) < FEWEST_WORDS:
        groups[-2] += ["\n\n", *groups.pop()]
    return groups


def _small_blocks(blocks: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Blocks with what joins each to the one before: long ones by lines, then by sentences."""
    for block in blocks:
        if len(block.split()) <= MOST_WORDS:
            yield block, "\n\n"
            continue
        joint = "\n\n"
        for line in block.split("\n"):
            for part in _small_lines(line):
                yield part, joint
                joint = " " if part is not line and "\n" not in block else "\n"


def _small_lines(line: str) -> list[str]:
    if len(line.split()) <= MOST_WORDS:
        return [line]
    parts: list[str] = []
    for sentence in split_sentences(line):
        words = sentence.split()
        parts += [
            " ".join(words[start : start + MOST_WORDS])
            for start in range(0, len(words), MOST_WORDS)
        ]
    return parts
