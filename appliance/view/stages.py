"""A turn's latency as a waterfall: the stages between the end of speech and the first sound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

LABELS = {
    "endpoint": "waiting for the end",
    "asr": "recognition",
    "retrieve": "retrieval",
    "first_token": "answer's first words",
    "tts_first_chunk": "voice's first sound",
}
"""In the order in which they begin."""
_ANOTHER_MS = 5.0  # less is the same sound


class Stage(NamedTuple):
    """One bar of the waterfall; times count from the true end of speech.

    What is drafted while the person may still be speaking overlaps with the wait for the end.
    """

    name: str
    label: str
    begins_ms: float
    lasts_ms: float

    @property
    def ends_ms(self) -> float:
        """When it is over."""
        return self.begins_ms + self.lasts_ms


def stages(spans: Mapping[str, tuple[float, float]], asked_s: float) -> list[Stage]:
    """The stages that a turn went through.

    Args:
        spans: stage → stream times of its beginning and its end.
        asked_s: stream time of the true end of speech.
    """
    return [
        Stage(
            name, label, 1000 * (spans[name][0] - asked_s), 1000 * (spans[name][1] - spans[name][0])
        )
        for name, label in LABELS.items()
        if name in spans
    ]


def first_sound_ms(timings_ms: Mapping[str, float]) -> float | None:
    """From the end of speech to the first sound, be it only a lead-in; None if none was made."""
    return timings_ms.get("first_sound", timings_ms.get("first_audio"))


def landmarks(timings_ms: Mapping[str, float]) -> list[tuple[str, float]]:
    """When the first sound was made, and the first content where that was another sound."""
    sound_ms, content_ms = first_sound_ms(timings_ms), timings_ms.get("first_audio")
    found = [("first sound", sound_ms)] if sound_ms is not None else []
    if content_ms is not None and sound_ms is not None and content_ms - sound_ms >= _ANOTHER_MS:
        found.append(("first content", content_ms))
    return found
