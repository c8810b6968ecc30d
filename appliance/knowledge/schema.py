"""The layout of a knowledge pack: one SQLite file."""

from __future__ import annotations

import hashlib
import sqlite3

APPLICATION_ID = 0x4B4E5041
"""`KNPA` in the header of the file tells a pack from any other database."""
VERSION = 2

TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents(name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE passages(
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  title TEXT NOT NULL,
  path TEXT NOT NULL,    -- headings, outermost first, one per line
  page INTEGER,
  text TEXT NOT NULL,
  stems TEXT NOT NULL);  -- one line for each quotable unit of the text
CREATE TABLE vocabulary(word TEXT PRIMARY KEY, stem TEXT NOT NULL, passages INTEGER NOT NULL)
  WITHOUT ROWID;         -- words as written; how many passages hold the stem
CREATE TABLE meanings(
  passage INTEGER PRIMARY KEY,
  vectors BLOB NOT NULL); -- float16: of the heading, the whole, each unit (meaning/index.py)
CREATE TABLE word_meanings(vectors BLOB NOT NULL); -- float16, in the order of vocabulary
CREATE TABLE assets(name TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE VIRTUAL TABLE search USING fts5(
  heading, path, body, content='', tokenize="unicode61 remove_diacritics 0");
"""

HASHED = (
    "SELECT key, value FROM meta WHERE key <> 'hash' ORDER BY key",
    "SELECT name, sha256, bytes FROM documents ORDER BY name",
    "SELECT id, source, title, path, page, text, stems FROM passages ORDER BY id",
    "SELECT word, stem, passages FROM vocabulary ORDER BY word",
    "SELECT passage, vectors FROM meanings ORDER BY passage",
    "SELECT vectors FROM word_meanings",
    "SELECT name, data FROM assets ORDER BY name",
)


def content_hash(database: sqlite3.Connection) -> str:
    """SHA-256 (hex) over everything in the pack but the search index, which follows from it."""
    digest = hashlib.sha256()
    for query in HASHED:
        for row in database.execute(query):
            for value in row:
                data = value if isinstance(value, bytes) else str(value).encode()
                digest.update(len(data).to_bytes(8, "little"))
                digest.update(data)
    return digest.hexdigest()
