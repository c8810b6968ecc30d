"""What engines are for, and the figures that are asked of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

PROMPT_TOKENS, ANSWER_TOKENS = 128, 64
"""In the format in which the NPU's vendor publishes."""
VENDOR_TASK = f"{PROMPT_TOKENS} tokens in, {ANSWER_TOKENS} out"


class Role(Enum):
    """Of an engine; the values are the sections of the configuration."""

    RECOGNITION = "recognition"
    ANSWERS = "answers"
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure.

    Attributes:
        name: of the field in `measure.Figures`.
        heading: over a column, its unit under it.
        tells: what it is, over a panel of the plot.
        roles: whose engines have it.
        is_per_engine: whether it is the same for all tasks of an engine.
        is_speed: whether more is better.
    """

    name: str
    heading: str
    tells: str
    roles: tuple[Role, ...] = tuple(Role)
    is_per_engine: bool = False
    is_speed: bool = False


_SOUND = (Role.RECOGNITION, Role.VOICE)
_WORDS = (Role.ANSWERS, Role.VOICE)
_MODEL = (Role.ANSWERS,)

QUANTITIES: tuple[Quantity, ...] = (
    Quantity("first_ms", "first\nms", "milliseconds to the first token, sentence or sound", _WORDS),
    Quantity("whole_s", "whole\ns", "seconds for the whole task"),
    Quantity(
        "prefill_tokens_per_s", "prefill\ntok/s", "tokens read a second", _MODEL, is_speed=True
    ),
    Quantity(
        "decode_tokens_per_s", "decode\ntok/s", "tokens written a second", _MODEL, is_speed=True
    ),
    Quantity("rtf", "RTF", "seconds of work for a second of sound", _SOUND),
    Quantity(
        "load_s",
        "load\ns",
        "seconds from the process's start until it can work",
        is_per_engine=True,
    ),
    Quantity("peak_mb", "peak\nMB", "most memory of the process, in MB", is_per_engine=True),
)


def shown(value: float) -> str:
    """A figure with three digits that mean something, at most three after the point."""
    digits = 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0  # noqa: PLR2004
    return f"{value:.{digits}f}"
