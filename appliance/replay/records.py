"""The values of one line of a trace, each checked before anybody believes it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from audio.format import Samples

LONGEST_S = 1e9
"""No stream is longer: thirty years."""


class BrokenError(Exception):
    """A line that is no record of a trace; the message says why."""


class Record:
    """One JSON object; every method raises BrokenError where the value is not as it should be."""

    def __init__(self, values: object) -> None:
        """Take what was parsed."""
        if not isinstance(values, dict):
            raise BrokenError("it is no record")
        self._values: dict[str, Any] = values

    @classmethod
    def parse(cls, line: bytes) -> Record:
        """Parse a line."""
        try:
            return cls(json.loads(line, parse_constant=_no_number))
        except (ValueError, RecursionError) as error:
            raise BrokenError("it is not JSON") from error

    def __contains__(self, key: str) -> bool:
        """Whether there is such a value."""
        return key in self._values

    def text(self, key: str) -> str:
        """A text; what no screen can show is left out."""
        value = self._values.get(key)
        if not isinstance(value, str):
            raise BrokenError(f"`{key}` is no text")
        return "".join(sign if sign.isprintable() else " " for sign in value)

    def optional_text(self, key: str) -> str | None:
        """A text, or None where there is none."""
        return self.text(key) if key in self else None

    def texts(self, key: str) -> list[str]:
        """A list of texts; none where there is no such value."""
        return [Record({key: item}).text(key) for item in self.items(key)]

    def number(self, key: str, low: float, high: float) -> float:
        """A number within a range."""
        return _number(self._values.get(key), key, low, high)

    def seconds(self, key: str) -> float:
        """A time of the stream."""
        return self.number(key, 0.0, LONGEST_S)

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number within a range."""
        value = self._values.get(key)
        if type(value) is not int or not low <= value <= high:
            raise BrokenError(f"`{key}` is not a whole number from {low} to {high}")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._values.get(key)
        if not isinstance(value, bool):
            raise BrokenError(f"`{key}` is neither true nor false")
        return value

    def levels(self, key: str, low: float, high: float) -> list[float]:
        """A list of numbers within a range."""
        return [_number(item, key, low, high) for item in self.items(key)]

    def numbers(self, key: str, low: float, high: float) -> Mapping[str, float]:
        """Named numbers within a range."""
        table = self._values.get(key)
        if not isinstance(table, dict):
            raise BrokenError(f"`{key}` is no table")
        return {
            Record({"name": name}).text("name"): _number(item, key, low, high)
            for name, item in table.items()
        }

    def part(self, key: str) -> Record | None:
        """A record within; None for null."""
        value = self._values.get(key)
        return None if value is None else Record(value)

    def items(self, key: str) -> Sequence[Any]:
        """A list of anything; empty where there is none."""
        value = self._values.get(key, [])
        if not isinstance(value, list):
            raise BrokenError(f"`{key}` is no list")
        return value

    def moments(self, key: str) -> list[tuple[str, float]]:
        """A list of [name, since], in order."""
        moments = [_moment(item, key) for item in self.items(key)]
        if moments != sorted(moments, key=lambda moment: moment[1]):
            raise BrokenError(f"`{key}` are out of order")
        return moments

    def spans(self, key: str) -> Mapping[str, tuple[float, float]]:
        """Named stretches of the stream: when each began and ended."""
        table = self._values.get(key)
        if not isinstance(table, dict):
            raise BrokenError(f"`{key}` is no table")
        return {
            Record({"name": name}).text("name"): _span(item, key) for name, item in table.items()
        }

    def samples(self, key: str) -> Samples:
        """16-bit samples in base64."""
        try:
            raw = base64.b64decode(self.text(key), validate=True)
            return np.frombuffer(raw, "<i2").astype(np.int16)
        except (binascii.Error, ValueError) as error:
            raise BrokenError(f"`{key}` is no sound") from error


def _number(value: object, key: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BrokenError(f"`{key}` is no number")
    if not low <= value <= high:
        raise BrokenError(f"`{key}` is not from {low:g} to {high:g}")
    return float(value)


def _moment(item: object, key: str) -> tuple[str, float]:
    match item:
        case [str(name), since]:
            return Record({key: name}).text(key), _number(since, key, 0.0, LONGEST_S)
    raise BrokenError(f"`{key}` are not pairs of a name and a time")


def _span(item: object, key: str) -> tuple[float, float]:
    match item:
        case [begun, ended]:
            begun_s = _number(begun, key, 0.0, LONGEST_S)
            return begun_s, _number(ended, key, begun_s, LONGEST_S)
    raise BrokenError(f"`{key}` are not pairs of times")


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")
