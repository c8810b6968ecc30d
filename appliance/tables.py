"""TOML tables into frozen dataclasses: every key known, typed and within its range, or an error."""

from __future__ import annotations

import difflib
import tomllib
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from appliance.errors import ConfigError

T = TypeVar("T")


def read(path: Path) -> str:
    """The text of a file.

    Raises:
        ConfigError: `CFG-FILE`.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            "CFG-FILE",
            f"the configuration {path} cannot be read",
            str(error),
            "name a readable TOML file with --config",
        ) from error


def parse(text: str, name: str) -> dict[str, Any]:
    """The table in a text; `name` is the file's, for the error.

    Raises:
        ConfigError: `CFG-TOML`.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            "CFG-TOML", f"{name} is not valid TOML", str(error), "correct that line"
        ) from error


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both tables; where they differ, `above` counts. Wake phrases are replaced as a whole."""
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = laid_over(merged[key], value) if both and key != "phrases" else value
    return merged


def build(cls: type[T], table: Mapping[str, Any], where: str) -> T:
    """An instance of a dataclass from a TOML table; `where` is the table's path in the file.

    Raises:
        ConfigError: `CFG-UNKNOWN`, `CFG-MISSING`, `CFG-TYPE` or `CFG-RANGE`.
    """
    hints = get_type_hints(cls)
    known = {item.name: item for item in fields(cls)}  # type: ignore[arg-type]
    for key in table:
        if key not in known:
            raise _unknown(f"{where}{key}", suggestion(key, known))
    values = {
        key: _value(hints[key], value, known[key].metadata, f"{where}{key}")
        for key, value in table.items()
    }
    for name, item in known.items():
        if name not in values and item.default is MISSING and item.default_factory is MISSING:
            raise ConfigError(
                "CFG-MISSING",
                f"`{where}{name}` is not set",
                "it has no default",
                "set it in the configuration",
            )
    try:
        return cls(**values)
    except ValueError as error:  # a dataclass of another package checks its own ranges
        raise _out_of_range(where.rstrip("."), str(error)) from error


def _value(hint: Any, value: Any, metadata: Mapping[str, Any], where: str) -> Any:  # noqa: ANN401
    if is_dataclass(hint):
        return build(hint, _typed(value, dict, where), f"{where}.")  # type: ignore[arg-type]
    if get_origin(hint) is not None and get_origin(hint) is not types.UnionType:
        element = get_args(hint)[1]
        table = _typed(value, dict, where)
        return {
            key: _phrase_threshold(item, element, f"{where}.{key}") for key, item in table.items()
        }
    value = float(value) if hint is float and type(value) is int else value
    value = _typed(value, hint, where)
    if "low" in metadata and not metadata["low"] <= value <= metadata["high"]:
        raise _out_of_range(where, f"{value} is not within {metadata['low']} to {metadata['high']}")
    if value not in metadata.get("choices", (value,)):
        raise _out_of_range(where, f"{value} is none of {', '.join(metadata['choices'])}")
    return value


def _phrase_threshold(value: Any, element: type, where: str) -> float:  # noqa: ANN401
    number = float(value) if type(value) is int else value
    if not 0 < _typed(number, element, where) < 1:
        raise _out_of_range(where, f"{value} is not between 0 and 1")
    return float(number)


def _typed(value: Any, kind: type, where: str) -> Any:  # noqa: ANN401
    if type(value) is not kind:
        names = {dict: "a table", str: "a text in quotes", bool: "true or false"}
        wanted = names.get(kind, "a number" if kind is float else "a whole number")
        raise ConfigError(
            "CFG-TYPE", f"`{where}` is {value!r}", f"it must be {wanted}", "correct it"
        )
    return value


def _out_of_range(where: str, cause: str) -> ConfigError:
    return ConfigError("CFG-RANGE", f"`{where}` is out of range", cause, "choose a value within it")


def _unknown(where: str, suggestion: str) -> ConfigError:
    return ConfigError(
        "CFG-UNKNOWN",
        f"there is no setting `{where}`",
        suggestion or "nothing of that name exists",
        "correct or remove it",
    )


def suggestion(name: str, known: Any) -> str:  # noqa: ANN401  # any iterable of names
    """Which of the known names was meant; empty: none is near."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean `{close[0]}`?" if close else ""
