"""The lock: what was pulled, byte for byte, so that nothing else is ever taken for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields

from appliance.errors import ModelError

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that was pulled: which, how large in bytes, its hash, and where it came from."""

    model: str
    file: str
    size: int
    sha256: str
    source: str
    revision: str


class Lock:
    """All entries. It never changes; `with_entry` makes another."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Of two entries for the same file, the later one counts."""
        self._entries = {(entry.model, entry.file): entry for entry in entries}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def find(self, model: str, file: str) -> Entry | None:
        """The entry of a file, if it was ever pulled."""
        return self._entries.get((model, file))

    def with_entry(self, entry: Entry) -> Lock:
        """The same, with one entry added or replaced."""
        return Lock([*self, entry])

    def dump(self) -> str:
        """As text: JSON, sorted, so that two stores can be compared."""
        files = [asdict(self._entries[key]) for key in sorted(self._entries)]
        return json.dumps({"format": _FORMAT, "files": files}, indent=1) + "\n"


def parse_lock(text: str, name: str) -> Lock:
    """The lock that `dump` wrote; `name` is the file's, for errors.

    Raises:
        ModelError: (`MOD-LOCK`) it is none.
    """
    try:
        page = json.loads(text)
        if page["format"] != _FORMAT:
            raise _no_lock(name, f"its format is {page['format']!r}, not {_FORMAT}")
        return Lock([_entry(item) for item in page["files"]])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _no_lock(name, f"{type(error).__name__}: {error}") from error


def _entry(values: dict[str, object]) -> Entry:
    entry = Entry(**values)  # type: ignore[arg-type]  # checked below
    for item in fields(Entry):
        value = getattr(entry, item.name)
        if type(value) is not (int if item.name == "size" else str):
            raise TypeError(f"`{item.name}` is {value!r:.40}")
    return entry


def _no_lock(name: str, cause: str) -> ModelError:
    return ModelError(
        "MOD-LOCK",
        f"the lock {name} cannot be read",
        cause,
        "restore it from a copy; or move it away and pull again, which trusts the sources anew",
    )
