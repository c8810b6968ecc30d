"""Reads a question together with a passage: is the one answered by the other?

The encoder compares two texts that it has read apart: "how much honey may a baby have" and "how
much honey does a hive give" look alike to it. The verifier reads both at once, by the same layers;
`tests/appliance/knowledge/teach.py` taught it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from appliance.knowledge.meaning.adapted import AdaptedEncoder

ADAPTATION = Path(__file__).with_name("verifier.npz")
LONGEST, LONGEST_QUESTION = 112, 40
"""Word pieces of the pair and of the question; it was taught with these."""


class Verifier:
    """Weighs passages as answers to a question."""

    def __init__(self, adaptation: Path = ADAPTATION) -> None:
        """Read the weights (44 MB of memory).

        Raises:
            KnowledgeError: as `AdaptedEncoder`.
        """
        self._encoder = AdaptedEncoder(adaptation)

    def weigh(self, question: str, passages: Sequence[str]) -> list[float]:
        """For each passage (its heading before it) the logit that it answers the question."""
        marks = self._encoder.pieces
        asked = [marks.begin, *marks.pieces(question)[:LONGEST_QUESTION], marks.end]
        room = LONGEST - len(asked) - 1
        return [
            self._encoder.logit(asked, [*marks.pieces(passage)[:room], marks.end])
            for passage in passages
        ]
