"""The questions that people would ask of some documents, each with a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appliance.engines.sphinx.frames import DOING, GENERAL, THING

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from appliance.engines.sphinx.phrases import Phrases, Words

Question = tuple[tuple[str, ...], float]

_MOST_PHRASES: Final = 1200
"""Of each kind, so that a large pack builds in bounded time."""

_GENERAL_SHARE: Final = 0.05


def questions(phrases: Phrases) -> Iterator[Question]:
    """Every frame around every phrase; the weights of all add up to about one."""
    yield from _framed(phrases.doing, DOING, 0.45)
    yield from _framed(phrases.things, THING, 0.5)
    for question in GENERAL:
        yield tuple(question.split()), _GENERAL_SHARE / len(GENERAL)


def _framed(phrases: Counter[Words], frames: list[str], share: float) -> Iterator[Question]:
    ranked = sorted(phrases.items(), key=lambda item: (-item[1], item[0]))[:_MOST_PHRASES]
    # A phrase said ten times is not asked about ten times as often.
    weights = [count**0.5 for _, count in ranked]
    unit = share / (sum(weights) * len(frames)) if ranked else 0.0
    for frame in frames:
        before, _, after = frame.partition("{}")
        head, tail = before.split(), after.split()
        for (phrase, _), weight in zip(ranked, weights, strict=True):
            yield (*head, *phrase, *tail), weight * unit
