"""Golden questions: what a pack must be able to answer, and what it must leave unanswered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.errors import KnowledgeError
from appliance.knowledge.textfile import decode

NONE = "-"


@dataclass(frozen=True, slots=True)
class Golden:
    """A question and the sources that answer it; none if nothing in the pack does."""

    question: str
    sources: tuple[str, ...]
    line: int


def read_golden(path: Path | str) -> list[Golden]:
    """The questions of a file with lines `question<TAB>source[|source…]`; `-` is "no source".

    Raises:
        KnowledgeError: KNOW-GOLDEN-UNREADABLE, KNOW-GOLDEN-LINE or KNOW-GOLDEN-EMPTY.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _error("UNREADABLE", path, reason, "check the path and its permissions") from error
    lines = enumerate(decode(data, str(path)).split("\n"), 1)
    found = [_parsed(line, number, path) for number, line in lines if _counts(line)]
    if not found:
        raise _error("EMPTY", path, "it holds no questions", "write `question<TAB>source` lines")
    return found


def _counts(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _parsed(line: str, number: int, path: Path) -> Golden:
    question, _, rest = line.strip().partition("\t")
    sources = tuple(source.strip() for source in rest.split("|") if source.strip())
    if not question.strip() or not sources:
        cause = f"line {number} is not `question<TAB>source[|source…]`"
        raise _error("LINE", path, cause, "separate question and source by a tab; `-` is no source")
    return Golden(question.strip(), () if sources == (NONE,) else sources, number)


def _error(code: str, path: Path, cause: str, remedy: str) -> KnowledgeError:
    return KnowledgeError(
        f"KNOW-GOLDEN-{code}", f"cannot use the golden questions {path}", cause, remedy
    )
