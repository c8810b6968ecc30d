"""Documents to a knowledge pack: same documents, same pack; all of it or nothing."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from appliance.durable import move_durably
from appliance.errors import KnowledgeError
from appliance.knowledge.files import Document, read_folder
from appliance.knowledge.meaning.index import encode_passages, passage_texts
from appliance.knowledge.meaning.kinship import encode_words
from appliance.knowledge.pack import PackText
from appliance.knowledge.passages import Piece, heading_words, pieces
from appliance.knowledge.schema import APPLICATION_ID, TABLES, VERSION, content_hash
from appliance.knowledge.sentences import units
from appliance.knowledge.words import stem, tokens

AssetsMaker = Callable[[Sequence[PackText]], Mapping[str, bytes]]
"""Makes named blobs (a language model, a dictionary) from the texts of a pack."""
Progress = Callable[[str, float], None]
"""What is being done, and how much of all is done (0..1)."""
READING_SHARE, MEANINGS_FROM = 0.2, 0.5


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built, and which documents were left out and why."""

    path: Path
    hash: str
    documents: int
    passages: int
    bytes: int
    problems: tuple[KnowledgeError, ...]


def build_pack(
    directory: Path | str,
    out: Path | str,
    assets: AssetsMaker | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Build the pack `out` from the documents below `directory`.

    Raises:
        KnowledgeError: no document can be used, or the pack cannot be written; then `out` is as
            it was before.
    """
    out, report = Path(out), progress or (lambda _what, _fraction: None)
    _check_target(out)
    folder = read_folder(Path(directory), lambda name, part: report(name, READING_SHARE * part))
    found = [
        piece for document in folder.documents for piece in pieces(document.name, document.sections)
    ]
    report("recognition", READING_SHARE)
    texts = [PackText(piece.path, piece.text, piece.title) for piece in found]
    blobs = dict(assets(texts)) if assets else {}
    meanings = encode_passages(
        [passage_texts(piece.path, piece.text, units(piece.text)) for piece in found],
        lambda share: report("meanings", MEANINGS_FROM + (1 - MEANINGS_FROM) * share),
    )
    with _atomic(out) as temporary:
        digest = _write(temporary, folder.documents, found, blobs, meanings)
    report("done", 1.0)
    return BuildReport(
        out, digest, len(folder.documents), len(found), out.stat().st_size, tuple(folder.problems)
    )


def _check_target(out: Path) -> None:
    if out.is_dir():
        raise _unwritable(out, "it is a folder", "give the name of a file")
    if not out.absolute().parent.is_dir():
        raise _unwritable(out, "its folder does not exist", f"create {out.absolute().parent}")


@contextmanager
def _atomic(out: Path) -> Iterator[Path]:
    """A temporary file beside `out` that takes its place if all goes well, else vanishes."""
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{out.name}.", suffix=".tmp", dir=out.absolute().parent
        )
        temporary = Path(name)
        yield temporary
        _settle(handle, temporary, out)
    except (OSError, sqlite3.Error) as error:
        raise _write_error(out, error) from error
    finally:
        if temporary is not None:
            os.close(handle)
            temporary.unlink(missing_ok=True)


def _settle(handle: int, temporary: Path, out: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    os.fchmod(handle, 0o666 & ~mask)
    os.fsync(handle)
    move_durably(temporary, out)


def _write_error(out: Path, error: Exception) -> KnowledgeError:
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "full" in str(error)
    if full:
        return KnowledgeError(
            "KNOW-DISK-FULL",
            f"cannot write {out}",
            "there is no space left on the disk",
            "free some space and build again; no partial pack was left",
        )
    reason = getattr(error, "strerror", None) or str(error)
    return _unwritable(out, reason.lower(), "check the folder and its permissions")


def _unwritable(out: Path, cause: str, remedy: str) -> KnowledgeError:
    return KnowledgeError("KNOW-UNWRITABLE", f"cannot write {out}", cause, remedy)


def _write(
    path: Path,
    documents: list[Document],
    found: list[Piece],
    blobs: dict[str, bytes],
    meanings: list[bytes],
) -> str:
    database = sqlite3.connect(path, isolation_level=None)
    try:
        # The file is private until it is complete: no journal, one sync at the end.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(TABLES)
        database.execute("BEGIN")
        _fill(database, documents, found, blobs)
        database.executemany("INSERT INTO meanings VALUES (?, ?)", enumerate(meanings, 1))
        meta = {"schema": VERSION, "documents": len(documents), "passages": len(found)}
        database.executemany(
            "INSERT INTO meta VALUES (?, ?)", [(k, str(v)) for k, v in meta.items()]
        )
        digest = content_hash(database)
        database.execute("INSERT INTO meta VALUES ('hash', ?)", (digest,))
        database.execute("COMMIT")
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {VERSION}")
    finally:
        database.close()
    return digest


def _fill(
    database: sqlite3.Connection,
    documents: list[Document],
    found: list[Piece],
    blobs: dict[str, bytes],
) -> None:
    database.executemany(
        "INSERT INTO documents VALUES (?, ?, ?)", [(d.name, d.sha256, d.size) for d in documents]
    )
    frequency: Counter[str] = Counter()
    words: dict[str, str] = {}
    for number, piece in enumerate(found, 1):
        _add_passage(database, number, piece, frequency, words)
    database.executemany(
        "INSERT INTO vocabulary VALUES (?, ?, ?)",
        [(word, root, frequency[root]) for word, root in sorted(words.items())],
    )
    database.execute("INSERT INTO word_meanings VALUES (?)", (encode_words(sorted(words)),))
    database.executemany("INSERT INTO assets VALUES (?, ?)", sorted(blobs.items()))


def _add_passage(
    database: sqlite3.Connection,
    number: int,
    piece: Piece,
    frequency: Counter[str],
    words: dict[str, str],
) -> None:
    heading = tokens(heading_words(piece.path, piece.source))
    path = tokens(" ".join(piece.path[:-1]))
    rows = [tokens(unit) for unit in units(piece.text)]
    body = [word for row in rows for word in row]
    words.update((word, stem(word)) for word in (*heading, *path, *body))
    frequency.update({words[word] for word in (*heading, *path, *body)})
    lines = [" ".join(words[word] for word in row) for row in rows]
    database.execute(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            piece.source,
            piece.title,
            "\n".join(piece.path),
            piece.page,
            piece.text,
            "\n".join(lines),
        ),
    )
    stemmed = (" ".join(words[word] for word in part) for part in (heading, path, body))
    database.execute(
        "INSERT INTO search(rowid, heading, path, body) VALUES (?, ?, ?, ?)", (number, *stemmed)
    )
