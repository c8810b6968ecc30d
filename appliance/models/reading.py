"""Reads a TOML table strictly: what is unknown, missing or of the wrong kind is named."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from appliance.errors import ModelError


class Table:
    """One table; `where` is its place in the file, for errors (all `MOD-MANIFEST`)."""

    def __init__(self, values: object, where: str, known: Collection[str]) -> None:
        """Refuse what is no table, and keys that are not `known`."""
        if not isinstance(values, dict):
            raise wrong(where, f"is {_shown(values)}", "it must be a table")
        self._values, self.where = values, where
        for key in values:
            if key not in known:
                raise wrong(f"{where}.{key}", "is not known", suggestion(key, known))

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def value(self, key: str) -> object:
        """What is set, of any kind; an error if nothing is."""
        if key not in self._values:
            raise wrong(f"{self.where}.{key}", "is not set", "it has no default")
        return self._values[key]

    def text(self, key: str, default: str | None = None) -> str:
        """A text; an error if it is not set and has no default."""
        if key not in self._values and default is not None:
            return default
        value = self.value(key)
        if not isinstance(value, str):
            raise self.wrong(key, value, "a text in quotes")
        return value

    def number(self, key: str, default: int | None = None) -> int:
        """A whole number of at least 0."""
        if key not in self._values and default is not None:
            return default
        value = self.value(key)
        if type(value) is not int or value < 0:
            raise self.wrong(key, value, "a whole number of at least 0")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self.value(key)
        if not isinstance(value, bool):
            raise self.wrong(key, value, "true or false")
        return value

    def items(self, key: str) -> list[object]:
        """A list of at least one thing."""
        value = self.value(key)
        if not isinstance(value, list) or not value:
            raise self.wrong(key, value, "a list that is not empty")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of at least one text."""
        values = self.items(key)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(key, values, "a list of texts in quotes")
        return tuple(map(str, values))

    def wrong(self, key: str, value: object, wanted: str) -> ModelError:
        """The error for a key whose value is not what is wanted."""
        return wrong(f"{self.where}.{key}", f"is {_shown(value)}", f"it must be {wanted}")


def wrong(where: str, what: str, cause: str) -> ModelError:
    """The error for a place in a manifest."""
    return ModelError("MOD-MANIFEST", f"`{where}` {what}", cause, "correct the manifest")


def suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest right name, in words."""
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean `{close[0]}`?" if close else f"these exist: {', '.join(names)}"


def _shown(value: object) -> str:
    return f"{value!r:.60}"
