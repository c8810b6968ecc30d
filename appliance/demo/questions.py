"""What the demo asks, and where the right answer stands."""

from __future__ import annotations

from typing import NamedTuple

WAKE_PHRASE = "hey jarvis"


class DemoQuestion(NamedTuple):
    """`section` is None where the manual does not say, and the right answer is to admit it."""

    name: str
    text: str
    section: str | None


GUIDE = "user-guide.md"

QUESTIONS = (
    DemoQuestion("red-light", "What does the red light mean?", "what-the-lights-mean"),
    DemoQuestion("reset", "How do I reset the purifier?", "resetting-the-purifier"),
    DemoQuestion("filter", "How long does the filter last?", "replacing-the-filter"),
    DemoQuestion("sensor", "How do I clean the dust sensor?", "cleaning-the-dust-sensor"),
    DemoQuestion("place", "Where should I place the purifier?", "where-to-place-it"),
    DemoQuestion("price", "How much does it cost?", None),
)
