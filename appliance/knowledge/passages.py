"""Sections cut into passages: one to a section, more where it is long, none overlapping."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from appliance.knowledge.document import Section
from appliance.knowledge.sentences import split_sentences

MOST_WORDS = 180
"""A passage of this size is about a minute of speech, and seldom holds two topics."""
FEWEST_WORDS = 30
"""A shorter rest joins the passage before it."""


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
    whole: tuple[str, ...] | None = None
    for section in sections:
        whole = section.path[:1] if whole is None else whole
        title = spoken_title(document, section, whole)
        for text in _texts(section.blocks):
            yield Piece(text, document + section.anchor, title, section.path, section.page)


def spoken_title(document: str, section: Section, whole: tuple[str, ...]) -> str:
    """`docs/02_user-guide.md`, "3. Reset" → "the user guide, Reset".

    `whole` is the path of the document's own title, which is not named again.
    """
    stem = PurePosixPath(document).stem
    name = " ".join(re.sub(r"\A\d+[\s._-]+", "", stem).replace("_", " ").replace("-", " ").split())
    title = name if name.lower().startswith("the ") else f"the {name.lower()}"
    if section.page is not None:
        return f"{title}, page {section.page}"
    nearest = section.path[-1] if section.path else ""
    heading = re.sub(r"\A[\d.]+\s+", "", nearest) if section.path != whole else ""
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
        crumbs = groups.pop()
        groups[-1] += ["\n\n", *crumbs]
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


def heading_words(path: tuple[str, ...], source: str) -> str:
    """The nearest heading; where there is none, the name of the file stands in."""
    if path:
        return path[-1]
    return PurePosixPath(source.partition("#")[0]).stem.replace("_", " ")
