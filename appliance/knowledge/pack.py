"""A knowledge pack, opened for reading: one SQLite file that never changes once built."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from appliance.errors import KnowledgeError
from appliance.knowledge.schema import APPLICATION_ID, VERSION, content_hash

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
REBUILD = "build it again with `appliance knowledge build`"


@dataclass(frozen=True, slots=True)
class PackText:
    """A passage as makers of assets want it: headings from the outermost, text, spoken title."""

    heading_path: tuple[str, ...]
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A row of the pack; `stems` has one tuple for each quotable unit of `text`."""

    id: int
    source: str
    title: str
    path: tuple[str, ...]
    page: int | None
    text: str
    stems: tuple[tuple[str, ...], ...]


class Pack:
    """Read access to a pack. Close it, or use it as a context manager. Not for many threads."""

    def __init__(self, path: Path, database: sqlite3.Connection, meta: dict[str, str]) -> None:
        self.path, self._database, self._meta = path, database, meta

    @classmethod
    def open(cls, path: Path | str, *, verify: bool = True) -> Pack:
        """Open the pack at `path`; `verify` reads all of it once and compares its hash.

        Raises:
            KnowledgeError: KNOW-PACK-MISSING, -FOLDER, -UNREADABLE, -CORRUPT, -FOREIGN (not a
                pack) or -VERSION.
        """
        path = Path(path)
        _check_header(path)
        uri = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
        with corruption(path):
            database = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            with corruption(path):
                return cls(path, database, _checked_meta(database, path, verify=verify))
        except KnowledgeError:
            database.close()
            raise

    @property
    def meta(self) -> dict[str, str]:
        """`hash`, `documents`, `passages`, `schema`."""
        return dict(self._meta)

    def passages(self) -> list[PackText]:
        """Headings, text and spoken title of every passage, in document order."""
        rows = self._rows("SELECT path, text, title FROM passages ORDER BY id")
        return [PackText(_path(path), text, title) for path, text, title in rows]

    def documents(self) -> dict[str, str]:
        """SHA-256 (hex) of every document, by its path relative to the folder."""
        return dict(self._rows("SELECT name, sha256 FROM documents ORDER BY name"))

    def sources(self) -> set[str]:
        """Every source id in the pack."""
        return {source for (source,) in self._rows("SELECT DISTINCT source FROM passages")}

    def paths(self) -> list[str]:
        """The heading paths in the pack, one string each."""
        rows = self._rows("SELECT DISTINCT path FROM passages ORDER BY path")
        return [str(path) for (path,) in rows]

    def asset(self, name: str) -> bytes | None:
        """What another package put into the pack under `name`, or None."""
        rows = self._rows("SELECT data FROM assets WHERE name = ?", name)
        return bytes(rows[0][0]) if rows else None

    def vocabulary(self) -> list[tuple[str, str, int]]:
        """Every word as written, its stem, and how many passages hold the stem."""
        rows = self._rows("SELECT word, stem, passages FROM vocabulary ORDER BY word")
        with corruption(self.path):
            return [(str(word), str(root), int(count)) for word, root, count in rows]

    def search(self, stems: list[str], limit: int) -> list[tuple[StoredPassage, float]]:
        """The passages that hold any of `stems`, best first, each with its BM25 score (> 0)."""
        words = " OR ".join('"' + stem.replace('"', "") + '"' for stem in stems)
        rows = self._rows(
            "SELECT p.id, source, title, p.path, page, text, stems, -bm25(search, 4.0, 1.5, 1.0)"
            " FROM search JOIN passages p ON p.id = search.rowid WHERE search MATCH ?"
            " ORDER BY bm25(search, 4.0, 1.5, 1.0), p.id LIMIT ?",
            words or '""',
            limit,
        )
        with corruption(self.path):
            return [(_stored(*row[:7]), float(row[7])) for row in rows]

    def stored(self) -> list[StoredPassage]:
        """Every passage, in document order."""
        rows = self._rows(
            "SELECT id, source, title, path, page, text, stems FROM passages ORDER BY id"
        )
        with corruption(self.path):
            return [_stored(*row) for row in rows]

    def meanings(self) -> dict[int, bytes]:
        """The vectors of every passage, by its id (`meaning/index.py`)."""
        rows = self._rows("SELECT passage, vectors FROM meanings ORDER BY passage")
        with corruption(self.path):
            return {int(passage): bytes(vectors) for passage, vectors in rows}

    def word_meanings(self) -> bytes:
        """The vectors of the words of `vocabulary` (`meaning/kinship.py`)."""
        with corruption(self.path):
            ((vectors,),) = self._rows("SELECT vectors FROM word_meanings")
            return bytes(vectors)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # sqlite3 rows have no static types; the schema is the type.
    def _rows(self, query: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with corruption(self.path):
            return self._database.execute(query, values).fetchall()


def _stored(
    number: int, source: str, title: str, path: str, page: int | None, text: str, stems: str
) -> StoredPassage:
    # Without `verify`, a damaged file may hold any type in any column.
    rows = tuple(tuple(line.split()) for line in str(stems).split("\n"))
    return StoredPassage(number, str(source), str(title), _path(str(path)), page, str(text), rows)


def _path(path: str) -> tuple[str, ...]:
    return tuple(path.split("\n")) if path else ()


def _check_header(path: Path) -> None:
    """Tell in words what a file is that cannot be a pack; SQLite would only say "malformed"."""
    if path.is_dir():
        raise _error("FOLDER", path, "it is a folder", "give the pack file that build wrote")
    if path.exists() and not path.is_file():
        raise _error("FOREIGN", path, "it is not a regular file", "give the pack that build wrote")
    try:
        with path.open("rb") as file:
            header, size = file.read(HEADER_BYTES), file.seek(0, 2)
    except FileNotFoundError as error:
        raise _error(
            "MISSING", path, "there is no such file", f"check the path, or {REBUILD}"
        ) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _error("UNREADABLE", path, reason, "check the file and its permissions") from error
    if size == 0:
        raise _error("CORRUPT", path, "the file is empty", REBUILD)
    if not header.startswith(MAGIC[: len(header)]):
        raise _error("FOREIGN", path, "it is not a knowledge pack", REBUILD)
    if len(header) < HEADER_BYTES or size < _expected_bytes(header):
        raise _error("CORRUPT", path, "the file is cut short", f"copy it again, or {REBUILD}")


def _expected_bytes(header: bytes) -> int:
    page = int.from_bytes(header[16:18], "big")
    return (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")


def _checked_meta(database: sqlite3.Connection, path: Path, *, verify: bool) -> dict[str, str]:
    (kind,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if kind != APPLICATION_ID:
        raise _error("FOREIGN", path, "it is a database, but not a knowledge pack", REBUILD)
    if version != VERSION:
        cause = f"its layout is version {version}; this program reads version {VERSION}"
        raise _error("VERSION", path, cause, REBUILD)
    meta: dict[str, str] = dict(database.execute("SELECT key, value FROM meta"))
    if not meta.get("passages", "").isdecimal():
        raise _error("CORRUPT", path, "its description is damaged", REBUILD)
    if verify and meta.get("hash") != content_hash(database):
        raise _error("CORRUPT", path, "its contents do not match its hash", REBUILD)
    return meta


@contextmanager
def corruption(path: Path) -> Iterator[None]:
    # Flipped bytes surface as any of these: bad pages, bad UTF-8, a type the schema rules out.
    try:
        yield
    except (sqlite3.Error, UnicodeError, ValueError, TypeError, OverflowError) as error:
        cause = f"the file is damaged ({error})"
        raise _error("CORRUPT", path, cause, f"copy it again, or {REBUILD}") from error


def _error(code: str, path: Path, cause: str, remedy: str) -> KnowledgeError:
    return KnowledgeError(
        f"KNOW-PACK-{code}", f"cannot open the knowledge pack {path}", cause, remedy
    )
