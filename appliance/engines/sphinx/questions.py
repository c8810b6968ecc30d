"""The questions that people would ask of some documents, each with a weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from appliance.engines.sphinx.frames import COMPLAINTS, DOING, EVERYDAY, GENERAL, STATES, THING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from appliance.engines.sphinx.phrases import Phrases, Words

Question = tuple[tuple[str, ...], float]

_MOST_PHRASES: Final = 1200
"""Of each kind, so that a large pack builds in bounded time."""

_SHARES: Final = {
    "doing": 0.4,
    "things": 0.4,
    "complaints": 0.08,
    "everyday": 0.08,
    "general": 0.04,
}


def questions(phrases: Phrases) -> Iterator[Question]:
    """Every frame around every phrase; the weights of all add up to about one."""
    yield from _framed(phrases.doing, DOING, _SHARES["doing"])
    yield from _framed(phrases.things, THING, _SHARES["things"])
    states = {tuple(s.split()): 1.0 for s in STATES}
    yield from _framed(states, COMPLAINTS, _SHARES["complaints"])
    for lines, share in ((EVERYDAY, _SHARES["everyday"]), (GENERAL, _SHARES["general"])):
        for line in lines:
            yield tuple(line.split()), share / len(lines)


def _framed(phrases: Mapping[Words, float], frames: list[str], share: float) -> Iterator[Question]:
    ranked = sorted(phrases.items(), key=lambda item: (-item[1], item[0]))[:_MOST_PHRASES]
    # A phrase said ten times is not asked about ten times as often.
    weights = [count**0.5 for _, count in ranked]
    unit = share / (sum(weights) * len(frames)) if ranked else 0.0
    for frame in frames:
        before, _, after = frame.partition("{}")
        head, tail = before.split(), after.split()
        for (phrase, _), weight in zip(ranked, weights, strict=True):
            yield (*head, *phrase, *tail), weight * unit
