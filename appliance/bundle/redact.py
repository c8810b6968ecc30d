"""The configuration as a technician may see it: no secrets, no names of people's things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

SHOWN = frozenset(
    {
        "profile",
        *("recognition.toolkit", "recognition.language", "recognition.library"),
        *("answers.library", "answers.version", "npu.driver_file"),
        *("voice.voice", "commands.languages", "models.use", "console.port"),
    }
)
"""Free texts that are the product's. Any other one may name a person or a thing of theirs."""
HIDDEN = "(set)"


def shown(config: object, where: str = "") -> dict[str, Any]:
    """A dataclass of settings as a table. Numbers, switches and choices are shown as they are."""
    return {
        each.name: _shown(getattr(config, each.name), f"{where}{each.name}", each.metadata)
        for each in fields(config)  # type: ignore[arg-type]
    }


def _shown(value: object, name: str, metadata: Mapping[str, Any]) -> Any:  # noqa: ANN401  # JSON
    if is_dataclass(value):
        return shown(value, f"{name}.")
    if isinstance(value, bool | int | float) or value is None or value == "":
        return value
    if isinstance(value, Mapping):  # of wake phrases, which are the product's
        return {str(key): _shown(item, "", {}) for key, item in value.items()}
    is_known = name in SHOWN or "choices" in metadata
    return value if isinstance(value, str) and is_known else HIDDEN
