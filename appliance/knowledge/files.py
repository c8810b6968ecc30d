"""A folder of documents: which files count, and what each of them says."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import cast

from appliance.errors import KnowledgeError
from appliance.knowledge.document import Section

READERS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "plain",
    ".text": "plain",
    ".rst": "plain",
    ".htm": "web",
    ".html": "web",
    ".xhtml": "web",
    ".pdf": "pdf",
}
"""Suffix → module in `formats`, imported when the first such file appears: a query needs none."""
_OFFICE = ".doc .docx .odt .rtf .epub .pages .xls .xlsx .ods .ppt .pptx .odp"
UNSUPPORTED = frozenset(_OFFICE.split())
MOST_BYTES = {"pdf": 100_000_000}
MOST_TEXT_BYTES = 8_000_000
"""A novel has 1 MB. A Markdown file of this size takes some ten seconds on the build host."""

Reader = Callable[[bytes, str], list[Section]]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that could be read: path relative to the folder (with `/`), and its sections."""

    name: str
    sha256: str
    size: int
    sections: list[Section]


@dataclass(slots=True)
class Folder:
    """The documents of a folder, in the order of their names, and what was wrong with others."""

    documents: list[Document] = field(default_factory=list)
    problems: list[KnowledgeError] = field(default_factory=list)


def read_folder(folder: Path, progress: Callable[[str, float], None]) -> Folder:
    """Read every document below `folder`; `progress(name, fraction)` before each.

    Raises:
        KnowledgeError: the folder cannot be used, or not one document in it can.
    """
    _require_folder(folder)
    paths = list(_document_paths(folder))
    found = Folder()
    for index, path in enumerate(paths):
        name = path.relative_to(folder).as_posix()
        progress(name, index / len(paths))
        _add(path, name, found)
    if not found.documents:
        raise _no_documents(folder, found.problems)
    return found


def _require_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    cause = "it is a file, not a folder" if folder.exists() else "there is no such folder"
    raise KnowledgeError(
        "KNOW-NOT-A-FOLDER" if folder.exists() else "KNOW-NO-FOLDER",
        f"cannot build from {folder}",
        cause,
        "give the folder that holds the documents",
    )


def _no_documents(folder: Path, problems: list[KnowledgeError]) -> KnowledgeError:
    if problems:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        cause = f"none of its documents can be read: {first.what}, {first.cause}{more}"
        return KnowledgeError(
            "KNOW-ALL-BAD", f"cannot build from {folder}", cause, f"{first.remedy}, and build again"
        )
    return KnowledgeError(
        "KNOW-EMPTY-FOLDER",
        f"cannot build from {folder}",
        "it holds no documents",
        f"put documents there ({', '.join(sorted(READERS))})",
    )


def _document_paths(folder: Path) -> Iterator[Path]:
    """Files with a suffix of a document, by name; a folder that links back is entered once."""
    visited = {os.path.realpath(folder)}
    paths: list[Path] = []
    for root, folders, files in os.walk(folder, followlinks=True):
        folders[:] = [name for name in sorted(folders) if _enter(Path(root, name), visited)]
        wanted = (name for name in files if not name.startswith("."))
        paths += [Path(root, name) for name in wanted if _is_document(name)]
    return iter(sorted(paths, key=lambda path: path.relative_to(folder).as_posix()))


def _enter(path: Path, visited: set[str]) -> bool:
    real = os.path.realpath(path)
    if path.name.startswith(".") or real in visited:
        return False
    visited.add(real)
    return True


def _is_document(name: str) -> bool:
    suffix = Path(name).suffix.lower()
    return suffix in READERS or suffix in UNSUPPORTED


def _add(path: Path, name: str, found: Folder) -> None:
    try:
        found.documents.append(_read(path, name))
    except KnowledgeError as problem:
        found.problems.append(problem)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        found.problems.append(
            _problem("KNOW-UNREADABLE", name, reason, "check the file and its permissions")
        )
    except RecursionError:
        found.problems.append(
            _problem("KNOW-TOO-DEEP", name, "its parts are nested too deeply", "simplify it")
        )


def _read(path: Path, name: str) -> Document:
    kind = READERS.get(path.suffix.lower())
    if kind is None:
        remedy = "export it as PDF, HTML, Markdown or plain text"
        raise _problem("KNOW-UNSUPPORTED", name, f"{path.suffix} is not supported", remedy)
    data = _bytes(path, name, MOST_BYTES.get(kind, MOST_TEXT_BYTES))
    reader = cast("Reader", import_module(f"appliance.knowledge.formats.{kind}").read)
    sections = reader(data, name)
    if not sections:
        raise _problem("KNOW-EMPTY", name, "it holds no text", "remove it or write something in it")
    return Document(name, hashlib.sha256(data).hexdigest(), len(data), sections)


def _bytes(path: Path, name: str, limit: int) -> bytes:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise _problem("KNOW-UNREADABLE", name, "it is not a regular file", "remove it")
    if status.st_size > limit:
        cause = f"it has {status.st_size / 1e6:.0f} MB; the limit is {limit / 1e6:.0f} MB"
        raise _problem("KNOW-TOO-LARGE", name, cause, "split it into smaller documents")
    data = path.read_bytes()
    if not data.strip():
        raise _problem("KNOW-EMPTY", name, "it is empty", "remove it or write something in it")
    return data


def _problem(code: str, name: str, cause: str, remedy: str) -> KnowledgeError:
    return KnowledgeError(code, f"{name} cannot be read", cause, remedy)
